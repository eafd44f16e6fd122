from datetime import timedelta

from tests.lambdas.platform_under_test import policy_arn, profile_arn
from tests.lambdas.shared.decision_inputs import NOW


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
