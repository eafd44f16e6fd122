import json
from decimal import Decimal

import pytest

from finops_constructs.operations.aws import Aws
from finops_constructs.operations.client import Operator
from finops_constructs.operations.errors import (
    AccessDeniedError,
    AnswerError,
    NoPlatformError,
    RefusedError,
    UnreachableError,
)
from tests.operations.fake_platform import ACTOR, T0, FakePlatform, status


@pytest.fixture
def operator(platform):
    return Operator(platform)


@pytest.mark.parametrize(
    ("give", "sent"),
    [
        (
            lambda o: o.suspend("writer", reason="loop"),
            {"command": "suspend", "reason": "loop"},
        ),
        (
            lambda o: o.suspend("writer", reason="loop", alias="smart"),
            {"command": "suspend", "reason": "loop", "alias": "smart"},
        ),
        (
            lambda o: o.resume("writer", reason="fixed", alias="smart"),
            {"command": "resume", "reason": "fixed", "alias": "smart"},
        ),
        (
            lambda o: o.override("writer", reason="close", minutes=240, up_to_usd=Decimal("600.5")),
            {"command": "override", "reason": "close", "minutes": 240, "up_to_usd": "600.5"},
        ),
        (
            lambda o: o.approve("writer", reason="yes"),
            {"command": "approve", "reason": "yes", "reject": False},
        ),
        (
            lambda o: o.approve("writer", reason="no", reject=True),
            {"command": "approve", "reason": "no", "reject": True},
        ),
    ],
)
def test_an_order_is_sent_as_the_contract_says(operator, platform, give, sent):
    answer = give(operator)
    assert platform.orders == [{"tenant": "writer"} | sent]
    assert (answer.command, answer.actor) == (sent["command"], ACTOR)
    assert answer.accepted_at == T0
    assert answer.alias == sent.get("alias")
    assert answer.status.tenant == "writer"


def test_the_actor_is_never_sent(operator, platform):
    operator.suspend("writer", reason="loop")
    assert not {"actor", "user", "caller"} & platform.orders[0].keys()


def test_all_tenants_come_by_their_ids():
    operator = Operator(FakePlatform(status("writer"), status("chat")))
    assert [each.tenant for each in operator.tenants()] == ["chat", "writer"]


def test_fails_for_a_tenant_there_is_not_naming_those_there_are():
    operator = Operator(FakePlatform(status("writer"), status("chat")))
    with pytest.raises(RefusedError, match=r"^no tenant 'wrtier'; known tenants: writer, chat$"):
        operator.suspend("wrtier", reason="loop")
    with pytest.raises(RefusedError, match="known tenants"):
        operator.status("wrtier")


@pytest.mark.parametrize(
    "content", [{}, {"status": "fine"}, {"status": {"tenant": "writer"}}, {"status": []}]
)
def test_fails_for_an_answer_it_does_not_understand(platform, operator, content):
    platform.failures = [(200, content)]
    with pytest.raises(AnswerError, match="older than the platform"):
        operator.status("writer")


def test_the_platform_is_found_through_the_registry(deployed):
    assert Operator.connect(region="eu-west-1").status("writer").state == "active"
    assert json.loads(deployed[0][2]) == {"command": "status", "tenant": "writer"}


def test_fails_where_there_is_no_platform(ssm):
    with pytest.raises(NoPlatformError, match=r"no platform in eu-west-2: there is no parameter"):
        Operator.connect(region="eu-west-2")


@pytest.mark.parametrize("value", ["{", "[]", '{"function_url": "https://x/"}'])
def test_fails_for_a_registry_entry_that_is_none(ssm, value):
    ssm.put_parameter(Name="/finops/_platform/commands", Type="String", Value=value)
    with pytest.raises(AnswerError, match="/finops/_platform/commands"):
        Operator.connect()


def test_fails_without_the_right_to_read_the_registry(aws_settings):
    from tests.operations.fake_platform import served

    denied = {
        "__type": "AccessDeniedException",
        "message": "User x is not authorized to perform: ssm:GetParameter",
    }
    with (
        served(lambda _: (400, denied)) as (url, _),
        pytest.raises(AccessDeniedError, match="ssm:GetParameter"),
    ):
        Operator.of(Aws(endpoint_url=url))


def test_fails_where_nothing_listens(aws_settings):
    with pytest.raises(UnreachableError, match="_platform/commands in eu-west-1"):
        Operator.of(Aws(endpoint_url="http://127.0.0.1:9"))
