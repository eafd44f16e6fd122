"""The assets of the Lambda functions."""

from typing import Final, NamedTuple

from aws_cdk import IgnoreMode, aws_s3_assets
from constructs import Construct

from finops_constructs._function_code import function_code_path
from finops_constructs._place import Uploads, stack_of, uploads_of
from finops_constructs._sheet import is_written


class Location(NamedTuple):
    """Where an asset is found once it was deployed.

    Attributes:
        bucket: The bucket's name.
        key: The object's key.
    """

    bucket: str
    key: str


_locations: Final[dict[tuple[Uploads, str], Location]] = {}


def function_asset(scope: Construct, id: str, function: str) -> Location:
    """Define the asset of one function, its own package and `shared/`, and return where it will be.

    Byte code is left out of the hash, which otherwise would change with every Python release.
    """
    stack = stack_of(scope)
    asset = aws_s3_assets.Asset(
        stack if is_written(scope) else scope,
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
    uploads = uploads_of(stack)
    known = None if uploads is None else _locations.get((uploads, function))
    location = known or Location(asset.s3_bucket_name, asset.s3_object_key)
    if uploads is not None:
        _locations[uploads, function] = location
    return location
