"""Types and limits of the names that keys, paths and policies are built from."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from finops_constructs.config.patterns import (
    ACCOUNT_PATTERN,
    EMAIL_PATTERN,
    REGION_PATTERN,
    ROLE_ARN_PATTERN,
    SLUG_PATTERN,
    USER_ARN_PATTERN,
)

TENANT_ID_PATTERN: Final = SLUG_PATTERN
ALIAS_PATTERN: Final = SLUG_PATTERN
MAX_TENANT_ID_LENGTH: Final = 32
MAX_ALIAS_LENGTH: Final = 20
# The suspension policy names every profile ARN of the tenant; IAM allows it 6,144 characters.
MAX_ALIASES: Final = 40
# They are named in the policy entry, a parameter of 4 KB.
MAX_KEY_USERS: Final = 5

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
    Field(
        pattern=ACCOUNT_PATTERN,
        description="AWS account id: 12 digits in quotes.",
        examples=["111122223333"],
    ),
]
Region = Annotated[
    str, Field(pattern=REGION_PATTERN, description="AWS Region.", examples=["eu-west-1"])
]
Email = Annotated[str, Field(pattern=EMAIL_PATTERN, max_length=254, examples=["ai@example.com"])]
RoleArn = Annotated[
    str,
    Field(
        pattern=ROLE_ARN_PATTERN,
        description="ARN of an IAM role.",
        examples=["arn:aws:iam::111122223333:role/writer-app"],
    ),
]
UserArn = Annotated[
    str,
    Field(
        pattern=USER_ARN_PATTERN,
        description="ARN of an IAM user.",
        examples=["arn:aws:iam::111122223333:user/BedrockAPIKey-a1b2"],
    ),
]
Flag = Annotated[bool, Field(strict=True)]


def _refuse_flag(value: object) -> object:
    """Refuse true and false, which Python counts as 1 and 0."""
    if isinstance(value, bool):
        raise PydanticCustomError("decimal_type", "input should be a number")
    return value


NOT_A_FLAG: Final = BeforeValidator(_refuse_flag)
