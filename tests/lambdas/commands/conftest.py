import json

import pytest

from commands import handler as commands
from commands.service import Service
from commands.statuses import Statuses
from shared.registry import load_registry
from shared.registry_cache import RegistryCache
from shared.state_table import StateTable
from tests.lambdas.commands.signed_requests import CONTEXT, KIM, request
from tests.lambdas.fake_aws import InlineExecutor
from tests.lambdas.platform_under_test import LEDGER, PLACE, STATE


@pytest.fixture
def ask(platform, monkeypatch):
    table = StateTable(platform.services("dynamodb"), STATE)
    service = Service(
        registry=RegistryCache(
            lambda: load_registry(platform.services("ssm")),
            seconds=lambda: platform.seconds,
            ttl_seconds=60,
        ),
        table=table,
        statuses=Statuses(
            table=table,
            ledger_table=LEDGER,
            place=PLACE,
            now=lambda: platform.now,
            executor=InlineExecutor(),
        ),
        sqs=platform.services("sqs"),
        wake_queue_url="finops-wake",
        now=lambda: platform.now,
    )
    monkeypatch.setattr(commands, "_service", lambda _: service)

    def send(command, tenant=None, *, actor=KIM, **body):
        answer = commands.handler(
            request({"command": command, "tenant": tenant, **body}, actor), CONTEXT
        )
        return answer["statusCode"], json.loads(answer["body"])

    return send
