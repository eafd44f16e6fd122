"""Bills that tell days: how they move what is held against the limit, and what is said of it."""

import json

import pytest

from kill_switch import handler as function
from tests.lambdas.commands_under_test import commands_service
from tests.lambdas.kill_switch.test_handler import CONTEXT, reconciled


@pytest.fixture(autouse=True)
def switch(platform, monkeypatch):
    monkeypatch.setattr(function, "_switch", lambda _: platform.switch)
    monkeypatch.setattr(function.metrics.provider, "namespace", "FinOpsConstructs")
    return platform.switch


def status_of(platform):
    service = commands_service(platform)
    return service.statuses.of("writer", service.registry.current())


def days_of(usd, first=1, last=24):
    return {f"2026-11-{day:02}": usd for day in range(first, last + 1)}


def spend_daily(platform, usd, last=24):
    now = platform.now
    for day in range(1, last + 1):
        platform.now = now.replace(day=day)
        platform.spend("writer", usd)
    platform.now = now


def test_a_bill_above_the_estimate_raises_it_until_it_stops(platform):
    platform.add_tenant("writer")
    spend_daily(platform, 16)
    platform.spend("writer", 34)
    platform.run()
    assert platform.stopped("writer") == set()
    function.handler(reconciled(billed_usd="460", days=days_of("20")), CONTEXT)
    assert platform.stopped("writer") == {"smart", "fast"}
    (reason,) = platform.state("writer").reasons
    # 23 whole days are billed; of the rest, 16 and 34 were estimated, and x 1.25 is billed.
    assert reason.text == (
        "spend of 2026-11 was $522.50 by the bill ($418.00 were estimated) and reached $500.00, "
        "100 % of the monthly limit"
    )


def test_a_bill_below_the_estimate_lifts_nothing_and_is_told(platform):
    platform.add_tenant("writer")
    spend_daily(platform, 21)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    function.handler(reconciled(billed_usd="345", days=days_of("15")), CONTEXT)
    assert platform.stopped("writer") == {"smart", "fast"}
    said = status_of(platform)
    assert said["corrected"] == {
        "usd": "360.000000",
        "percent": "72.0",
        "ratio": "0.7143",
        "days": 7,
        "through": "2026-11-24",
        "not_available": None,
    }
    assert (said["counted_usd"], said["drift_percent"]) == ("504.000000", "40.0")


def test_the_drift_of_each_tenant_is_measured_once_a_bill(platform, capsys):
    platform.add_tenant("writer")
    spend_daily(platform, 6)
    bills = {"billed_usd": "1", "as_of": "2026-11-23T04:00:00+00:00"}
    function.handler(reconciled(**bills), CONTEXT)
    platform.later(days=3)
    capsys.readouterr()
    told = reconciled(billed_usd="120", days=days_of("5"), as_of="2026-11-28T04:00:00+00:00")
    function.handler(told, CONTEXT)
    (measured,) = [
        each
        for each in map(json.loads, capsys.readouterr().out.splitlines())
        if "TenantDriftPercent" in each
    ]
    assert measured["TenantDriftPercent"] == [20.0]
    assert measured["tenant"] == "writer"
    (of,) = measured["_aws"]["CloudWatchMetrics"]
    assert sorted(of["Dimensions"][0]) == ["service", "tenant"]


def test_a_bill_is_kept_without_a_ratio_while_the_ledger_cannot_be_read(platform, monkeypatch):
    platform.add_tenant("writer")
    spend_daily(platform, 6)
    with monkeypatch.context() as broken:
        broken.setattr("kill_switch.sources.read_ledger", lambda *_: None)
        function.handler(reconciled(billed_usd="120", days=days_of("5")), CONTEXT)
    said = status_of(platform)
    assert said["billed"]["amount_usd"] == "120"
    assert said["corrected"]["not_available"] == "the ledger could not be read when the bill came"


def test_a_bill_that_comes_while_the_ledger_cannot_be_read_lets_nothing_go(platform, monkeypatch):
    platform.add_tenant("writer")
    spend_daily(platform, 16)
    platform.spend("writer", 34)
    function.handler(reconciled(billed_usd="460", days=days_of("20")), CONTEXT)
    assert platform.stopped("writer") == {"smart", "fast"}
    with monkeypatch.context() as broken:
        broken.setattr("kill_switch.handler.sources.read_ledger", lambda *_: None)
        told = reconciled(billed_usd="461", days=days_of("20"), as_of="2026-11-25T09:00:00+00:00")
        function.handler(told, CONTEXT)
    platform.run()
    assert status_of(platform)["billed"]["amount_usd"] == "461"
    assert status_of(platform)["corrected"]["ratio"] == "1.2500"
    assert platform.stopped("writer") == {"smart", "fast"}
