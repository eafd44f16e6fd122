"""Statements that were issued: the tenant's owner is told by its alert topic, once."""

import pytest

from kill_switch import handler as function
from kill_switch.statements import NoStatementError
from tests.lambdas.kill_switch.test_handler import CONTEXT

DETAIL = {
    "tenant": "writer",
    "number": "CB-2026-10-002",
    "month": "2026-10",
    "cost_centre": "CC-1001",
    "basis": "provisional",
    "owner": "writer@example.com",
    "usd": "1234.56",
    "lines": [
        {"kind": "charge", "month": "2026-10", "usd": "1244.56"},
        {"kind": "true-up", "month": "2026-09", "usd": "-10.00"},
    ],
    "bucket": "finops-kept",
    "region": "eu-west-1",
    "prefix": "statements/",
}


@pytest.fixture(autouse=True)
def switch(platform, monkeypatch):
    monkeypatch.setattr(function, "_switch", lambda _: platform.switch)
    monkeypatch.setattr(function.metrics.provider, "namespace", "FinOpsConstructs")
    return platform.switch


def issued(**changes):
    return {
        "detail-type": "finops.statement-issued",
        "source": "finops-constructs",
        "account": "999988887777",
        "detail": DETAIL | changes,
    }


def charged(platform, queue=None):
    mail = platform.read_mail(queue or platform.mail["writer"])
    return [each for each in mail if "charged" in each["Subject"]]


def test_the_owner_is_told_once_and_the_platform_team_is_not(platform):
    platform.add_tenant("writer")
    platform.add_tenant("chat", roles=("chat-app",))
    for _ in range(2):
        function.handler(issued(), CONTEXT)
    (mail,) = charged(platform)
    assert mail["Subject"] == "finops: writer: charged $1,234.56 for 2026-10"
    for said in (
        "CB-2026-10-002, from a provisional bill",
        "Cost centre: CC-1001",
        "writer@example.com, by the books",
        "2026-09  true-up   -$10.00",
        "signed in to account 999988887777",
        "eu-west-1.console.aws.amazon.com/s3/object/finops-kept?region=eu-west-1&prefix=statements/",
    ):
        assert said in mail["Message"], said
    assert charged(platform, platform.mail["chat"]) == []
    assert charged(platform, platform.platform_mail) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": None},
        {"number": "CB-2026-10-1/../x"},
        {"bucket": "evil.example.com/login?"},
        {"region": "login.example.com/"},
        {"prefix": "https://x/"},
        {"usd": "much"},
        {"lines": [{"kind": "charge"}]},
        {"lines": 7},
        {"basis": "urgent: pay here"},
    ],
)
def test_an_event_cannot_bring_a_link_or_text_of_its_own(platform, wrong):
    platform.add_tenant("writer")
    with pytest.raises(NoStatementError):
        function.handler(issued(**wrong), CONTEXT)
    assert charged(platform) == []


def test_names_of_the_books_are_one_short_line(platform):
    platform.add_tenant("writer")
    function.handler(issued(cost_centre="CC\nRead it: https://x", owner="o" * 900), CONTEXT)
    (mail,) = charged(platform)
    assert "Cost centre: CC Read it: https://x\n" in mail["Message"]
    assert "o" * 101 not in mail["Message"]


def test_a_tenant_that_is_not_here_is_nobodys_mail(platform):
    function.handler(issued(tenant="nobody"), CONTEXT)
    function.handler(issued(tenant="Data extraction"), CONTEXT)
    platform.add_tenant("writer", retired=True)
    function.handler(issued(), CONTEXT)
    assert charged(platform) == []
