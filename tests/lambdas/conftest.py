import json
import urllib.request

import pytest
from moto import mock_aws

from tests.lambdas.platform_under_test import REGION, Platform


@pytest.fixture
def account(monkeypatch):
    """An empty account on moto, and credentials that could reach no real one."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "kill-switch")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "FinOpsConstructs")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


@pytest.fixture
def platform(account):
    return Platform()


@pytest.fixture
def answers(monkeypatch):
    """What a custom resource's function has answered CloudFormation."""
    sent = []

    class Response:
        def __enter__(self):
            return self

        def __exit__(self, *args):
            return None

    def urlopen(request, timeout):
        sent.append(json.loads(request.data))
        return Response()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return sent
