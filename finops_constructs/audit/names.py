"""Names of the log's parts, by which stacks of two accounts find each other without references."""

from typing import Final

from finops_constructs.landing_zone import LandingZone

CHAIN_TABLE: Final = "finops-audit-chain"
NAMES_TABLE: Final = "finops-audit-names"
INGEST_QUEUE: Final = "finops-audit-ingest"
DEAD_LETTERS: Final = "finops-audit-dead-letters"
ARCHIVER_FUNCTION: Final = "finops-log-archiver"
LANDING_PREFIX: Final = "bedrock"
"""Below which Bedrock delivers; the policy needs one to be narrow."""


def vault_bucket(zone: LandingZone, account: str, region: str) -> str:
    """Return the name of the locked bucket of an account's and Region's calls."""
    return f"{zone.name_prefix}finops-audit-{account}-{region}"


def vault_key_alias(account: str, region: str) -> str:
    """Return the alias of the locked bucket's key."""
    return f"alias/finops-audit-{account}-{region}"


def landing_bucket(zone: LandingZone, account: str, region: str) -> str:
    """Return the name of the bucket that Bedrock delivers into."""
    return f"{zone.name_prefix}finops-landing-{account}-{region}"


def content_bucket(zone: LandingZone, account: str, region: str) -> str:
    """Return the name of the short-lived bucket of prompts and answers."""
    return f"{zone.name_prefix}finops-content-{account}-{region}"


def access_bucket(zone: LandingZone, account: str, region: str) -> str:
    """Return the name of the bucket that tells who looked up names and read the log."""
    return f"{zone.name_prefix}finops-access-{account}-{region}"


def archiver_role_name(zone: LandingZone, region: str) -> str:
    """Return the name of the role that alone writes into the locked bucket."""
    return f"{zone.name_prefix}{ARCHIVER_FUNCTION}-{region}"


def archiver_role_arn(zone: LandingZone, partition: str, account: str, region: str) -> str:
    """Return the ARN of the role that alone writes into the locked bucket."""
    path = f"role{zone.role_path}{region}/{archiver_role_name(zone, region)}"
    return f"arn:{partition}:iam::{account}:{path}"


def records_prefix(account: str, region: str) -> str:
    """Return the prefix below which Bedrock delivers records (AWS, model-invocation-logging)."""
    return f"{LANDING_PREFIX}/AWSLogs/{account}/BedrockModelInvocationLogs/{region}/"
