from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.lambdas.platform_under_test import LEDGER, STATE, profile_arn


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


def test_status_tells_what_was_replaced_since_when_and_who_still_calls_it(platform, ask):
    platform.add_tenant("writer")
    old = profile_arn("writer", "old1")
    platform.bedrock.create(old)
    entry = {
        "base_model_id": "old-model",
        "model_source": "eu.old-model",
        "region": "eu-west-1",
        "profile_arn": old,
        "profile_id": "writerold1",
        "replaced_at": "2026-11-20T10:00:00+00:00",
    }
    platform.put("/finops/writer/replaced/smart/writerold1", entry)
    for day, calls in ((24, 3), (25, 2)):
        platform.services("dynamodb").update_item(
            TableName=LEDGER,
            Key={"pk": {"S": "writer"}, "sk": {"S": f"R#2026-11-{day}#batch"}},
            UpdateExpression="ADD #n :v",
            ExpressionAttributeNames={"#n": "replaced#writerold1"},
            ExpressionAttributeValues={":v": {"N": str(calls)}},
        )
    platform.spend("writer", 512)
    platform.run()
    (replaced,) = ask("status", "writer")[1]["status"]["replaced"]
    assert replaced == {
        "alias": "smart",
        "profile_arn": old,
        "model": "eu.old-model",
        "replaced_at": "2026-11-20T10:00:00+00:00",
        "state": "suspended",
        "callers": [{"role": "batch", "calls": 5, "last": "2026-11-25"}],
    }
    (writer,) = ask("status")[1]["tenants"]
    assert writer["replaced"][0]["callers"] is None, "of all tenants it is not read"
    assert ask("retire", "writer", reason="over")[0] == 200
    retired = ask("status", "writer")[1]["status"]["retired"]
    assert retired["profiles"]["smart/writerold1"] == old
