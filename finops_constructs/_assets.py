"""The assets of the Lambda functions."""

from aws_cdk import IgnoreMode, aws_s3_assets
from constructs import Construct

from finops_constructs._function_code import function_code_path


def function_asset(scope: Construct, id: str, function: str) -> aws_s3_assets.Asset:
    """Define the asset of one function: its own package and `shared/`.

    Byte code is left out of the hash, which otherwise would change with every Python release.
    """
    return aws_s3_assets.Asset(
        scope,
        id,
        path=str(function_code_path()),
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
