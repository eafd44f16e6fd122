"""The environment of the processes that talk to the emulator."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# The secret of an access key that is an account number; the function URLs check signatures.
ACCOUNT_SECRET = "emulator"  # noqa: S105
_PROXY_NAMES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"})


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What signs a request.

    Attributes:
        access_key_id: The access key; one of 12 digits is the root of that account.
        secret_access_key: What the key signs with.
        session_token: The token of a session. Default: None, the key is not a session's.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    @classmethod
    def of_account(cls, account: str) -> "Credentials":
        """Return the credentials of an account's root.

        Args:
            account: The account.
        """
        return cls(access_key_id=account, secret_access_key=ACCOUNT_SECRET)

    def environment(self) -> dict[str, str]:
        """Return the variables in which the SDKs look for credentials."""
        pair = {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
        }
        return pair | ({"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {})


def isolated_environment(base: Mapping[str, str], home: Path) -> dict[str, str]:
    """Copy an environment without anything that could lead to the real AWS.

    Args:
        base: The environment to start from.
        home: An empty folder that replaces the user's home.

    Returns:
        `base` without AWS settings and proxies, with `HOME` and the AWS files inside `home`.
    """
    kept = {
        name: value
        for name, value in base.items()
        if not name.startswith(("AWS_", "CDK_")) and name.lower() not in _PROXY_NAMES
    }
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "AWS_CONFIG_FILE": str(home / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def client_environment(
    home: Path, *, endpoint_url: str, credentials: Credentials, region: str
) -> dict[str, str]:
    """Return the environment for boto3, the CDK CLI and their child processes.

    Args:
        home: An empty folder that replaces the user's home.
        endpoint_url: Where the emulator listens.
        credentials: Who acts; ministack reads the account from the access key.
        region: The default Region.
    """
    return isolated_environment(os.environ, home) | {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ENDPOINT_URL_S3": endpoint_url,
        **credentials.environment(),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "CDK_HOME": str(home / "cdk"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        # The CDK CLI is 16 MB of JavaScript, compiled anew by every command otherwise.
        "NODE_COMPILE_CACHE": str(home / "node-compile-cache"),
    }


def server_environment(
    home: Path, *, account: str, region: str, log_delay_seconds: float, trail: bool
) -> dict[str, str]:
    """Return the environment for the emulator's own process.

    Args:
        home: The folder that takes everything the emulator writes.
        account: The account of requests that name none.
        region: The Region of requests that name none.
        log_delay_seconds: How long Bedrock takes to deliver a log record.
        trail: Whether the account has a CloudTrail trail, whose events EventBridge gets.
    """
    return isolated_environment(os.environ, home) | {
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": region,
        "STATE_DIR": str(home / "state"),
        "S3_DATA_DIR": str(home / "s3"),
        "LAMBDA_EXECUTOR": "local",
        # AWS waits a minute before it invokes a function that failed again.
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
        "AWS_SECRET_ACCESS_KEY": ACCOUNT_SECRET,
        "FINOPS_EMULATOR_LOG_DELAY": str(log_delay_seconds),
        "FINOPS_EMULATOR_TRAIL": "1" if trail else "0",
        "PYTHONUNBUFFERED": "1",
        # Here alone: what functions' processes compile, the next ones find.
        "PYTHONDONTWRITEBYTECODE": "",
        # ministack removes containers at start-up and opens two more ports on every interface.
        "DOCKER_HOST": f"unix://{home}/no-docker.sock",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
