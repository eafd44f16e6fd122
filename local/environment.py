"""The environment of the processes that talk to the emulator."""

import os
from collections.abc import Mapping
from pathlib import Path

_PROXY_NAMES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"})


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
    home: Path, *, endpoint_url: str, account: str, region: str
) -> dict[str, str]:
    """Return the environment for boto3, the CDK CLI and their child processes.

    Args:
        home: An empty folder that replaces the user's home.
        endpoint_url: Where the emulator listens.
        account: The account to act in; ministack reads it from the access key.
        region: The default Region.
    """
    return isolated_environment(os.environ, home) | {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ENDPOINT_URL_S3": endpoint_url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "emulator",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "CDK_HOME": str(home / "cdk"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
    }


def server_environment(home: Path, *, account: str, region: str) -> dict[str, str]:
    """Return the environment for the emulator's own process.

    Args:
        home: The folder that takes everything the emulator writes.
        account: The account of requests that name none.
        region: The Region of requests that name none.
    """
    return isolated_environment(os.environ, home) | {
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": region,
        "STATE_DIR": str(home / "state"),
        "S3_DATA_DIR": str(home / "s3"),
        "LAMBDA_EXECUTOR": "local",
        "PYTHONUNBUFFERED": "1",
        # ministack removes containers at start-up and opens two more ports on every interface.
        "DOCKER_HOST": f"unix://{home}/no-docker.sock",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
