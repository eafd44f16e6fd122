from datetime import UTC, datetime, timedelta
from decimal import Decimal

from shared.decision_types import Order, Override, Resume
from tests.lambdas.platform_under_test import policy_arn, profile_arn, role_arn
from tests.lambdas.shared.decision_inputs import NOW

KIM = "arn:aws:sts::123456789012:assumed-role/admin/kim"


def test_a_tenant_past_its_limit_is_tagged_attached_and_read_back(platform):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.spend("writer", 512)
    platform.spend("reader", 20)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.attached("writer") == {"app"}
    assert platform.stopped("reader") == set()
    assert platform.attached("reader") == set()
    published = platform.published("writer")
    assert published["state"] == "applied"
    assert published["why"][0]["code"] == "monthly-limit"
    assert "finops override writer" in published["ask_for_an_override"]
    assert platform.published("reader")["state"] == "active"


def test_a_new_month_resumes_and_says_so(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.now = datetime(2026, 12, 1, 0, 4, tzinfo=UTC)
    platform.run()
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()
    assert platform.published("writer")["state"] == "active"
    subjects = [m["Subject"] for m in platform.read_mail(platform.mail["writer"])]
    assert subjects == ["finops: writer: suspended", "finops: writer: calls are allowed again"]


def test_one_message_a_stop_with_everything_a_person_asks(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    for _ in range(3):
        platform.run()
        platform.later(minutes=5)
    (message,) = platform.read_mail(platform.mail["writer"])
    assert message["Message"].splitlines() == [
        "Writer (writer): suspended",
        "",
        "What:     all aliases (fast, smart)",
        "Why:      spend of 2026-11 was $512.00 and reached $500.00, 100 % of the monthly limit",
        "Since:    2026-11-25 10:42 UTC",
        "Ends:     with the month, at 2026-12-01 00:00 UTC, or when the limit is raised",
        "Estimate: $512.00 of $500.00 (102.4 %) in 2026-11",
        "Top role: app ($512.00)",
        "",
        "To ask for an override, send this to the platform team:",
        '  finops override writer --hours 4 --up-to-usd 615 --reason "..."',
        "",
        "Status: finops tenants status writer",
    ]
    assert len(platform.read_mail(platform.platform_mail)) == 1


def test_thresholds_warn_once_each_and_a_month(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 380)
    platform.run()
    platform.run()
    platform.spend("writer", 80)
    platform.run()
    subjects = [m["Subject"] for m in platform.read_mail(platform.mail["writer"])]
    assert subjects == [
        "finops: writer: has passed 75 % of its monthly limit",
        "finops: writer: has passed 90 % of its monthly limit",
    ]


def test_shadow_mode_touches_nothing_and_says_what_it_would_have_done(platform):
    platform.add_tenant("writer", mode="shadow")
    platform.spend("writer", 512)
    platform.run()
    assert platform.bedrock.calls["tag"] == 0
    assert platform.attached("writer") == set()
    (message,) = platform.read_mail(platform.mail["writer"])
    assert message["Subject"] == ("finops: writer: would have been stopped, but its mode is shadow")


def test_a_run_that_finds_nothing_new_stores_nothing(platform):
    platform.add_tenant("writer", mode="shadow")
    platform.spend("writer", 512)
    platform.run()
    version = platform.switch.table.read("writer", "2026-11").version
    for _ in range(3):
        platform.later(minutes=5)
        platform.run()
    assert platform.switch.table.read("writer", "2026-11").version == version


def test_a_burst_flips_the_tag_of_its_alias_alone(platform):
    platform.add_tenant("writer")
    platform.burst("writer", "fast")
    platform.run()
    assert platform.stopped("writer") == {"fast"}
    assert platform.attached("writer") == set()
    platform.burst("writer", "fast", "OK")
    platform.later(hours=2)
    platform.run()
    assert platform.stopped("writer") == {"fast"}


def test_a_person_suspends_and_resumes(platform):
    platform.add_tenant("writer", mode="shadow")
    order = Order(scope=None, at=NOW, actor=KIM, reason="INC-7")
    platform.word("writer", "ORDER", order)
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.state("writer").decided_at == platform.now
    resume = Resume(scope=None, at=platform.now, actor=KIM, reason="fixed")
    platform.word("writer", "RESUME", resume)
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()


def test_an_override_lifts_and_its_end_stops_again(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    override = Override(
        at=platform.now,
        expires_at=platform.now + timedelta(hours=1),
        up_to_usd=Decimal(600),
        actor=KIM,
        reason="quarter end",
    )
    platform.word("writer", "OVERRIDE", override)
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.published("writer")["override"]["up_to_usd"] == "600"
    platform.later(hours=1)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    subjects = [m["Subject"] for m in platform.read_mail(platform.mail["writer"])]
    assert subjects == [
        "finops: writer: suspended",
        "finops: writer: automatic stops are overridden",
        "finops: writer: calls are allowed again",
        "finops: writer: the override has ended",
    ]


def test_last_months_budget_suspends_nobody_in_a_new_month_but_this_months_does(platform):
    platform.add_tenant("writer")
    platform.bill("writer", "900", datetime(2026, 11, 1, tzinfo=UTC))
    platform.now = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    platform.run()
    platform.run()
    assert platform.stopped("writer") == set()
    platform.bill("writer", "501", datetime(2026, 12, 1, tzinfo=UTC))
    platform.later(minutes=61)
    platform.run()
    (wake,) = platform.wakes()
    assert wake == {"wake": "kill-switch", "tenants": ["writer"]}
    platform.run("writer")
    assert platform.stopped("writer") == {"smart", "fast"}


def test_budgets_are_asked_at_most_hourly(platform):
    platform.add_tenant("writer")
    for _ in range(13):
        platform.run()
        platform.later(minutes=5)
    assert platform.budgets.asked["budget-writer"] == 2


def test_stray_tags_and_attachments_are_put_right(platform):
    platform.add_tenant("writer")
    platform.run()
    platform.bedrock.tags[profile_arn("writer", "smart")]["finops:state"] = "suspended"
    platform.services("iam").attach_role_policy(
        RoleName="app",
        PolicyArn="arn:aws:iam::123456789012:policy/finops/suspension/eu-west-1/"
        "finops-suspension-eu-west-1-writer",
    )
    for _ in range(12):
        platform.later(minutes=5)
        platform.run()
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()


def test_active_tenants_are_checked_by_turns_each_within_the_hour(platform):
    names = [f"tenant-{number:02}" for number in range(20)]
    for tenant in names:
        platform.add_tenant(tenant, aliases=("a",), roles=())
    reads: list[int] = []
    for _ in range(24):
        before = platform.bedrock.calls["read"]
        platform.run()
        reads.append(platform.bedrock.calls["read"] - before)
        platform.later(minutes=5)
    assert max(reads) == 3
    assert sum(reads[:12]) >= 20
    assert sum(reads[12:]) >= 20
    assert all(platform.state(tenant).checked_at > NOW + timedelta(hours=1) for tenant in names)


def test_what_somebody_lifts_of_a_stop_is_put_back_within_one_period(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    del platform.bedrock.tags[profile_arn("writer", "smart")]["finops:state"]
    platform.services("iam").detach_role_policy(RoleName="app", PolicyArn=policy_arn("writer"))
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.attached("writer") == {"app"}


def test_a_replaced_profile_of_a_stopped_tenant_is_stopped_too(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.add_profile("writer", "smart", arn=profile_arn("writer", "smart2"))
    platform.later(minutes=5)
    platform.run()
    assert platform.bedrock.state(profile_arn("writer", "smart2")) == "suspended"


def test_a_shared_role_loses_only_the_stopped_tenants_profiles(platform):
    platform.add_tenant("writer", roles=("shared",))
    platform.add_tenant("reader", roles=("shared",))
    platform.spend("writer", 512)
    platform.run()
    assert platform.attached("writer") == {"shared"}
    assert platform.attached("reader") == set()
    assert platform.stopped("reader") == set()


def test_a_role_that_may_not_be_edited_is_said_and_never_tried(platform):
    platform.add_tenant("writer", roles=())
    platform.add_caller("writer", "sso", "/aws-reserved/sso.amazonaws.com/")
    platform.add_caller("writer", "own", "/finops/eu-west-1/")
    platform.add_caller("writer", "app")
    platform.spend("writer", 512)
    report = platform.run()
    assert platform.attached("writer") == {"app"}
    failures = platform.state("writer").failures
    assert {target: failure.code for target, failure in failures.items()} == {
        "role sso": "not-editable",
        "role own": "not-editable",
    }
    assert role_arn("sso", "/aws-reserved/sso.amazonaws.com/") in failures["role sso"].text
    assert len(report.figures["writer"].state.failures) == 2


def test_a_profile_that_two_tenants_claim_is_touched_for_neither(platform):
    platform.add_tenant("writer", aliases=("smart",))
    platform.add_tenant("reader", aliases=(), roles=("reader-app",))
    platform.add_profile("reader", "mine", arn=profile_arn("writer", "smart"))
    platform.spend("writer", 512)
    platform.run()
    assert platform.stopped("writer") == set()
    assert platform.state("writer").failures["profile smart"].code == "misplaced"


def test_a_policy_outside_the_tenants_own_place_is_never_attached(platform):
    platform.add_tenant("writer")
    platform.put_policy("writer", suspension_policy_arn=policy_arn("reader"))
    platform.spend("writer", 512)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert (
        platform.services("iam").list_attached_role_policies(RoleName="app")["AttachedPolicies"]
        == []
    )
    assert platform.state("writer").failures["policy"].code == "misplaced"


def test_a_retired_tenant_is_released_and_its_entry_does_not_come_back(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.put_policy("writer", retired=True)
    platform.remove("/finops/writer/state")
    platform.later(minutes=1)
    platform.run()
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()
    names = platform.services("ssm").get_parameters_by_path(Path="/finops/writer")["Parameters"]
    assert "/finops/writer/state" not in [each["Name"] for each in names]
    assert platform.state("writer").retired
    subjects = [m["Subject"] for m in platform.read_mail(platform.mail["writer"])]
    assert subjects == ["finops: writer: suspended"]


def test_a_run_that_does_not_know_of_the_retirement_yet_brings_no_entry_back(platform):
    platform.add_tenant("writer")
    platform.run()
    platform.put_policy("writer", retired=True)
    platform.remove("/finops/writer/state")
    platform.spend("writer", 512)
    platform.run("writer")
    names = platform.services("ssm").get_parameters_by_path(Path="/finops/writer")["Parameters"]
    assert "/finops/writer/state" not in [each["Name"] for each in names]
    platform.later(minutes=2)
    platform.run()
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()


def test_a_tenant_whose_policy_entry_is_gone_is_left_as_it_is(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.remove("/finops/writer/policy")
    platform.now = datetime(2026, 12, 1, 0, 4, tzinfo=UTC)
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.attached("writer") == {"app"}
    assert "no-policy" in {reason.code for reason in platform.state("writer").reasons}


def test_a_deleted_and_recreated_tenant_is_suspended_again(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.put_policy("writer", retired=True)
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer") == set()
    for name in ("policy", "profiles/smart", "profiles/fast", "callers/app", "state"):
        platform.remove(f"/finops/writer/{name}")
    platform.later(minutes=5)
    platform.run()
    platform.put_policy("writer")
    platform.add_profile("writer", "smart", arn=profile_arn("writer", "new"))
    platform.add_caller("writer", "app")
    platform.later(minutes=5)
    platform.run()
    assert platform.bedrock.state(profile_arn("writer", "new")) == "suspended"
    assert platform.attached("writer") == {"app"}


def test_every_change_is_in_the_journal(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.run()
    kinds = [entry["kind"] for entry in platform.journal("writer")]
    assert kinds == ["decision", "read-back"]
    decision = platform.journal("writer")[0]
    assert decision["desired"] == {"smart": "suspended", "fast": "suspended"}
    assert decision["reasons"][0]["code"] == "monthly-limit"


def test_a_quiet_stop_is_confirmed_after_five_minutes_and_a_called_one_is_not(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.later(minutes=5)
    platform.run()
    assert platform.published("writer")["state"] == "applied"
    metric = {
        "MetricName": "Invocations",
        "Dimensions": [{"Name": "ModelId", "Value": "writerfast"}],
        "Timestamp": platform.now - timedelta(minutes=1),
        "Value": 3,
    }
    platform.services("cloudwatch").put_metric_data(Namespace="AWS/Bedrock", MetricData=[metric])
    platform.later(minutes=6)
    platform.run()
    seen = platform.state("writer").profiles
    assert seen["smart"].confirmed_at == platform.now
    assert seen["fast"].confirmed_at is None
    platform.later(minutes=10)
    platform.run()
    assert platform.published("writer")["state"] == "confirmed"


def test_a_stop_made_anew_is_not_confirmed_by_the_quiet_of_the_one_before(platform):
    platform.add_tenant("writer", aliases=("smart",))
    platform.word("writer", "ORDER", Order(scope=None, at=NOW, actor=KIM, reason="x"))
    platform.run()
    platform.later(minutes=11)
    platform.run()
    assert platform.published("writer")["state"] == "confirmed"
    platform.word("writer", "RESUME", Resume(scope=None, at=platform.now, actor=KIM, reason="x"))
    platform.run()
    platform.later(minutes=1)
    platform.word("writer", "ORDER", Order(scope=None, at=platform.now, actor=KIM, reason="x"))
    platform.run()
    assert platform.published("writer")["state"] == "applied"
