from types import SimpleNamespace

import pytest

from dashboard import handler as dashboard
from dashboard.table import MOST_ROWS, table
from shared.canary_tenant import CANARY_TENANT
from tests.lambdas.commands_under_test import commands_service
from tests.lambdas.platform_under_test import FUNCTION_ARN

CONTEXT = SimpleNamespace(
    function_name="finops-dashboard",
    memory_limit_in_mb=512,
    invoked_function_arn=FUNCTION_ARN,
    aws_request_id="r-1",
)


@pytest.fixture
def look(platform, monkeypatch):
    service = commands_service(platform)
    monkeypatch.setattr(dashboard, "_sources", lambda _: (service.registry, service.statuses))
    return lambda **event: dashboard.handler(event, CONTEXT)


def rows(html):
    return [row.split("<td>")[1].split("<")[0] for row in html.split("<tr>")[2:]]


def status(tenant, usd, **changes):
    return {
        "tenant": tenant,
        "display_name": tenant.title(),
        "state": "active",
        "aliases": {"smart": {"state": "active"}},
        "why": [],
        "estimated_usd": usd,
        "last_hour_usd": "1.5",
        "limit_usd": "500",
        "percent": "1.0",
        "corrected": {"usd": None},
        "drift_percent": None,
        "pause": None,
        "override": None,
    } | changes


def test_it_shows_spend_last_hour_state_and_why_and_not_the_canary(platform, look):
    platform.add_tenant("writer")
    platform.add_tenant(CANARY_TENANT, roles=("canary-app",))
    platform.spend("writer", 512)
    platform.run()
    html = look(top=25)
    assert rows(html) == ["writer (Writer)"]
    for shown in ("$512.00 of $500.00 (102.4 %)", "<td>$512.00</td>", "applied", "monthly-limit"):
        assert shown in html
    assert "1 of 1 tenants, 1 not plainly active" in html


def test_those_that_need_a_person_come_first_then_the_dearest():
    known = [
        status("cheap", "1"),
        status("dear", "90"),
        status("stopped", "5", state="applied", aliases={"smart": {"state": "applied"}}),
        status("paused", "3", pause={"scope": "tenant"}),
    ]
    html = table(known, rows=3)
    assert rows(html) == ["stopped (Stopped)", "paused (Paused)", "dear (Dear)"]
    assert "3 of 4 tenants, 2 not plainly active; all together $99.00" in html


def test_an_estimate_that_the_bill_corrects_is_shown_so():
    html = table([status("writer", "400", corrected={"usd": "448.2"})], rows=5)
    assert "$400.00 of $500.00 (1.0 %); by the bill $448.20" in html


def test_five_hundred_tenants_stay_a_page():
    known = [status(f"t{n}", str(n), state="held") for n in range(500)]
    html = table(known, rows=25)
    assert len(rows(html)) == MOST_ROWS
    assert len(html) < 60_000


def test_names_cannot_bring_markup_into_the_page():
    html = table([status("writer", None, display_name="<script>x</script>")], rows=5)
    assert "<script>" not in html
    assert "not known of $500.00" in html


@pytest.mark.parametrize(("asked", "shown"), [(1, 1), (0, 1), ("x", 2), (True, 2), (10**9, 2)])
def test_the_number_of_rows_is_taken_only_if_it_makes_sense(platform, look, asked, shown):
    for tenant in ("writer", "chat"):
        platform.add_tenant(tenant, roles=(f"{tenant}-app",))
    platform.run()
    assert len(rows(look(top=asked))) == shown


def test_it_says_what_it_is(look):
    assert "top" in look(describe=True)
