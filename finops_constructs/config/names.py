"""Patterns and limits of the names that keys, paths and policies are built from."""

from typing import Annotated, Final

from pydantic import Field

TENANT_ID_PATTERN: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
ALIAS_PATTERN: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
MAX_TENANT_ID_LENGTH: Final = 32
MAX_ALIAS_LENGTH: Final = 20
# The suspension policy names every profile ARN of the tenant, and IAM allows a managed policy 6,144 characters.
MAX_ALIASES: Final = 40

TenantId = Annotated[
    str,
    Field(
        pattern=TENANT_ID_PATTERN,
        min_length=2,
        max_length=MAX_TENANT_ID_LENGTH,
        description="Immutable; every key, path and policy name is built from it.",
        examples=["writer"],
    ),
]
Alias = Annotated[str, Field(pattern=ALIAS_PATTERN, min_length=2, max_length=MAX_ALIAS_LENGTH)]
AccountId = Annotated[
    str,
    Field(pattern=r"^[0-9]{12}$", description="AWS account id: 12 digits in quotes."),
]
Region = Annotated[
    str,
    Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$", description="AWS Region.", examples=["eu-west-1"]),
]
Email = Annotated[
    str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254, examples=["ai@example.com"])
]
RoleArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/([\x21-\x7e]+/)?[A-Za-z0-9+=,.@_-]{1,64}$",
        description="ARN of an IAM role.",
        examples=["arn:aws:iam::111122223333:role/writer-app"],
    ),
]
