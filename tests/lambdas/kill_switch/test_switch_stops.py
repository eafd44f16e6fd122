from datetime import UTC, datetime

from tests.lambdas.platform_under_test import policy_arn, profile_arn, role_arn


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
