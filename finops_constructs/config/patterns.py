"""Regular expressions of the configuration, each with its meaning in plain language."""

from collections.abc import Mapping
from typing import Final

SLUG_PATTERN: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
ACCOUNT_PATTERN: Final = r"^[0-9]{12}$"
REGION_PATTERN: Final = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"
EMAIL_PATTERN: Final = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
ROLE_ARN_PATTERN: Final = (
    r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/([\x21-\x7e]+/)?[A-Za-z0-9+=,.@_-]{1,64}$"
)
USER_ARN_PATTERN: Final = ROLE_ARN_PATTERN.replace(":role/", ":user/")
PROFILE_ARN_PATTERN: Final = (
    r"^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:[0-9]{12}:application-inference-profile/[a-z0-9-]+$"
)
PROFILE_DESCRIPTION_PATTERN: Final = r"^([0-9a-zA-Z:.][ _-]?)+$"
BEDROCK_ARN_PATTERN: Final = r"^arn:aws[a-z-]*:bedrock:.+$"
BUDGET_NAME_PATTERN: Final = r"^[^:\\]{1,100}$"
SLACK_WORKSPACE_PATTERN: Final = r"^T[0-9A-Z]{4,}$"
SLACK_CHANNEL_PATTERN: Final = r"^[CG][0-9A-Z]{4,}$"
UUID_PATTERN: Final = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
RULE_PATTERN: Final = r"^[A-Za-z0-9-]+::[A-Za-z0-9.-]+$"
SUBNET_PATTERN: Final = r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$"
SECURITY_GROUP_PATTERN: Final = r"^sg-([0-9a-f]{8}|[0-9a-f]{17})$"
KEY_ARN_PATTERN: Final = r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-zA-Z-]+$"
POLICY_NAME_PATTERN: Final = r"^[A-Za-z0-9_+=,.@/-]+$"
ROLE_PATH_PATTERN: Final = r"^/([\x21-\x7e]+/)?$"
NAME_PREFIX_PATTERN: Final = r"^([a-z][a-z0-9-]{0,10}-)?$"
QUALIFIER_PATTERN: Final = r"^[a-z0-9]{1,10}$"
TAG_TEXT_PATTERN: Final = r"^[a-zA-Z0-9 ._:/=+@\-]*$"
LAYER_ARN_PATTERN: Final = (
    r"^arn:aws[a-z-]*:lambda:(\{region\}|[a-z0-9-]+):[0-9]{12}:layer:.+:[0-9]+$"
)
PRINCIPAL_ARN_PATTERN: Final = r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\x21-\x7e]+$"
CLAUSE_PATTERN: Final = r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$"
ANNEX_III_PATTERN: Final = r"^[1-8](\([a-z]+\))?$"
SHA256_PATTERN: Final = r"^[0-9a-f]{64}$"
CURRENCY_PATTERN: Final = r"^[A-Z]{3}$"

PLAIN: Final[Mapping[str, str]] = {
    SLUG_PATTERN: "lower-case letters, digits and single hyphens, starting with a letter",
    ACCOUNT_PATTERN: "an AWS account id: 12 digits, in quotes",
    REGION_PATTERN: "an AWS Region such as eu-west-1",
    EMAIL_PATTERN: "an e-mail address such as ai@example.com",
    ROLE_ARN_PATTERN: "the ARN of an IAM role, such as arn:aws:iam::111122223333:role/writer-app",
    USER_ARN_PATTERN: "the ARN of an IAM user, such as arn:aws:iam::111122223333:user/key-user",
    PROFILE_ARN_PATTERN: "the ARN of an application inference profile "
    "(arn:aws:bedrock:<region>:<account>:application-inference-profile/<id>)",
    PROFILE_DESCRIPTION_PATTERN: "letters, digits, colons and points, with single blanks, hyphens "
    "or underscores between them",
    BEDROCK_ARN_PATTERN: "the ARN of a Bedrock model (arn:aws:bedrock:...)",
    BUDGET_NAME_PATTERN: "the name of an AWS budget: 1 to 100 characters other than : and \\",
    SLACK_WORKSPACE_PATTERN: "a Slack workspace id such as T0EXAMPLE",
    SLACK_CHANNEL_PATTERN: "a Slack channel id such as C0EXAMPLE",
    UUID_PATTERN: "a UUID in lower case, such as 01234567-89ab-cdef-0123-456789abcdef",
    RULE_PATTERN: "a rule as findings name it: <pack>::<rule>, such as finops::data-residency",
    SUBNET_PATTERN: "a subnet id such as subnet-0a1b2c3d",
    SECURITY_GROUP_PATTERN: "a security group id such as sg-0a1b2c3d",
    KEY_ARN_PATTERN: "the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), no alias",
    POLICY_NAME_PATTERN: "the name of a managed policy, with its path if any, not its ARN",
    ROLE_PATH_PATTERN: "an IAM path, beginning and ending in /",
    NAME_PREFIX_PATTERN: "at most 12 lower-case letters, digits and hyphens, starting with a "
    "letter and ending in a hyphen",
    QUALIFIER_PATTERN: "a CDK qualifier: 1 to 10 lower-case letters and digits",
    TAG_TEXT_PATTERN: "letters, digits, blanks and . _ : / = + - @ only",
    LAYER_ARN_PATTERN: "the ARN of a Lambda layer version "
    "(arn:aws:lambda:{region}:<account>:layer:<name>:<version>)",
    PRINCIPAL_ARN_PATTERN: "the ARN of an IAM role or user, such as "
    "arn:aws:iam::111122223333:role/external-audit",
    CLAUSE_PATTERN: "the id of a clause of the catalogue, such as ai-act.art-11",
    ANNEX_III_PATTERN: "a point of Annex III such as 5(b)",
    SHA256_PATTERN: "a SHA-256 as 64 hexadecimal digits in lower case",
    CURRENCY_PATTERN: "the ISO 4217 code of a currency, such as GBP",
}
"""What each pattern allows, as an error message or an editor says it."""
