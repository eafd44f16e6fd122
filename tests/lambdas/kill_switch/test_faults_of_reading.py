from tests.lambdas.platform_under_test import STATE


def test_an_unreadable_ledger_holds_both_a_stopped_and_an_active_tenant(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.spend("writer", 512)
    platform.run()
    platform.services("dynamodb").delete_table(TableName="finops-ledger")
    platform.later(minutes=5)
    report = platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.stopped("reader") == set()
    assert not any(each.spend_known for each in report.figures.values())
    assert platform.published("reader")["state"] == "held"
    assert platform.published("reader")["why"][0]["code"] == "spend-unknown"


def test_unreadable_alarms_keep_latches_and_change_no_tenants_entry(platform):
    platform.add_tenant("writer")
    platform.burst("writer", "fast")
    platform.run()
    before = platform.published("writer")
    platform.services.break_call("cloudwatch", "get_paginator", "Throttling")
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer") == {"fast"}
    assert platform.published("writer") == before


def test_a_faulty_policy_entry_holds_its_tenant_and_no_other(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.spend("writer", 512)
    platform.run()
    platform.put("/finops/writer/policy", "{")
    platform.spend("reader", 512)
    platform.later(minutes=5)
    report = platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.attached("writer") == {"app"}
    assert platform.stopped("reader") == {"smart", "fast"}
    assert len(report.registry.faults) == 1


def test_an_unreadable_state_leaves_its_tenant_alone_and_fails_its_turn_only(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    item = {"pk": {"S": "writer"}, "sk": {"S": "STATE"}, "doc": {"S": "?"}, "version": {"N": "1"}}
    platform.services("dynamodb").put_item(TableName=STATE, Item=item)
    platform.spend("writer", 512)
    platform.spend("reader", 512)
    report = platform.run()
    assert report.failed == {"writer"}
    assert platform.stopped("writer") == set()
    assert platform.stopped("reader") == {"smart", "fast"}
