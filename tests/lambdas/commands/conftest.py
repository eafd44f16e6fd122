import json

import pytest

from commands import handler as commands
from tests.lambdas.commands.signed_requests import CONTEXT, KIM, request
from tests.lambdas.commands_under_test import commands_service


@pytest.fixture
def ask(platform, monkeypatch):
    service = commands_service(platform)
    monkeypatch.setattr(commands, "_service", lambda _: service)

    def send(command, tenant=None, *, actor=KIM, **body):
        answer = commands.handler(
            request({"command": command, "tenant": tenant, **body}, actor), CONTEXT
        )
        return answer["statusCode"], json.loads(answer["body"])

    return send
