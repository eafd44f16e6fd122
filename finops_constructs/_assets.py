"""Where the Lambda functions' code lies, in a checkout and in an installed wheel."""

from pathlib import Path

from aws_cdk import IgnoreMode, aws_s3_assets
from constructs import Construct

_HERE = Path(__file__).resolve().parent


def asset_path() -> Path:
    """Return the folder that holds the functions' packages."""
    installed = _HERE / "_lambdas"
    return installed if installed.is_dir() else _HERE.parent / "lambdas"


def function_asset(scope: Construct, id: str, function: str) -> aws_s3_assets.Asset:
    """Define the asset of one function: its own package and `shared/`.

    Byte code is left out of the hash, which otherwise would change with every Python release.
    """
    return aws_s3_assets.Asset(
        scope,
        id,
        path=str(asset_path()),
        ignore_mode=IgnoreMode.GIT,
        exclude=[
            "*",
            f"!{function}",
            f"!{function}/**",
            "!shared",
            "!shared/**",
            "**/__pycache__",
            "**/*.pyc",
        ],
    )
