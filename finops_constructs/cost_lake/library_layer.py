"""The part of this library that functions of the cost lake run: a Lambda layer of pure Python."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets

if TYPE_CHECKING:
    from constructs import Construct

_PACKAGE: Final = Path(__file__).resolve().parent.parent
# No pydantic, no click, no DuckDB: what these import is the standard library and boto3.
_MODULES: Final = (
    "__init__.py",
    "_tokens.py",
    "attribution/__init__.py",
    "attribution/cost_tags.py",
)
_FOLDERS: Final = ("cost_data", "report", "sql")
_CHART_LIBRARY: Final = "package_data/plotly.min.js"
_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "*.pyc", "sample")


def define_library_layer(scope: Construct, id: str, *, charts: bool) -> lambda_.CfnLayerVersion:
    """Define the layer; its content is the installed library's, so its hash changes with it.

    Args:
        scope: The construct it belongs to.
        id: The layer's id.
        charts: Whether reports are drawn: then the charts' script is in it.

    Raises:
        ValueError: If charts are asked for and Plotly is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="finops-layer-") as name:
        _collect(Path(name) / "python", charts=charts)
        asset = aws_s3_assets.Asset(scope, f"{id}Code", path=name)
    return lambda_.CfnLayerVersion(
        scope,
        id,
        compatible_architectures=["arm64"],
        content=lambda_.CfnLayerVersion.ContentProperty(
            s3_bucket=asset.s3_bucket_name, s3_key=asset.s3_object_key
        ),
        description="The part of finops-constructs that asks the cost lake",
    )


def _collect(target: Path, *, charts: bool) -> None:
    package = target / "finops_constructs"
    for module in _MODULES:
        copy = package / module
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_PACKAGE / module, copy)
    for folder in _FOLDERS:
        shutil.copytree(_PACKAGE / folder, package / folder, ignore=_LEFT_OUT)
    if not charts:
        return
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise ValueError(
            "MonthlyReport needs Plotly, which is not installed: "
            "pip install 'finops-constructs[report]'"
        )
    script = target / "plotly" / _CHART_LIBRARY
    script.parent.mkdir(parents=True)
    shutil.copyfile(Path(found.origin).parent / _CHART_LIBRARY, script)
