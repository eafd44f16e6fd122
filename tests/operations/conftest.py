import json

import boto3
import pytest
from moto import mock_aws

from tests.operations.fake_platform import FakePlatform, served


@pytest.fixture
def aws_settings(monkeypatch, tmp_path):
    """Fixed credentials and no configuration of the machine's."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LAMBDA", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path


@pytest.fixture
def ssm(aws_settings):
    with mock_aws():
        yield boto3.client("ssm", region_name="eu-west-1")


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def register(ssm):
    """Enter a function URL in the registry."""

    def put(url):
        ssm.put_parameter(
            Name="/finops/_platform/commands",
            Type="String",
            Overwrite=True,
            Value=json.dumps(
                {"schema_version": 1, "function_url": url, "function_name": "finops-commands"}
            ),
        )

    return put


@pytest.fixture
def deployed(register, platform):
    """A platform behind its function URL; gives the requests it got."""
    with served(platform.answer) as (url, requests):
        register(url)
        yield requests
