from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.lambdas.platform_under_test import STATE


def test_status_tells_what_is_estimated_billed_and_not_available(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 120, role="batch")
    platform.spend("writer", 80)
    platform.run()
    _, answer = ask("status", "writer")
    said = answer["status"]
    assert (said["estimated_usd"], said["limit_usd"], said["percent"]) == (
        "200.000000",
        "500",
        "40.0",
    )
    assert said["billed"]["amount_usd"] is None
    assert said["billed"]["not_available"].startswith("AWS Budgets: ")
    assert said["top_roles"] == [["batch", "120.000000"], ["app", "80.000000"]]
    assert said["price_as_of"] == "2026-11-01"
    worst = said["worst_case_loss_usd"]
    assert Decimal(worst["usd"]) == Decimal(500) + 2 * 15 + Decimal("9.60")
    assert {each["basis"] for each in worst["inputs"]} == {"measured", "assumed"}
    assert said["decided_at"] == "2026-11-25T10:42:00+00:00"


def test_status_shows_the_bill_and_how_far_the_estimate_is_from_it(platform, ask):
    platform.add_tenant("writer")
    platform.now -= timedelta(days=3)
    platform.spend("writer", 80)
    platform.now += timedelta(days=3)
    platform.bill("writer", "100", datetime(2026, 11, 1, tzinfo=UTC))
    platform.run()
    _, answer = ask("status", "writer")
    assert answer["status"]["billed"]["amount_usd"] == "100"
    assert answer["status"]["billed"]["period"] == "2026-11"
    assert answer["status"]["drift_percent"] == "20.0"


def test_one_tenants_unreadable_state_spoils_no_other_status(platform, ask):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.services("dynamodb").put_item(
        TableName=STATE,
        Item={
            "pk": {"S": "writer"},
            "sk": {"S": "STATE"},
            "doc": {"S": "{"},
            "version": {"N": "1"},
        },
    )
    _, answer = ask("status")
    states = {each["tenant"]: each for each in answer["tenants"]}
    assert states["writer"]["state"] == "held"
    assert states["writer"]["why"][0]["code"] == "state-unreadable"
    assert states["reader"]["state"] == "active"
