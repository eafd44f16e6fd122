from datetime import UTC, datetime

from tests.lambdas.platform_under_test import profile_arn


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
