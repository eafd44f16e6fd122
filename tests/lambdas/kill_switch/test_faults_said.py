import pytest

from tests.lambdas.platform_under_test import policy_arn, profile_arn


def codes(platform, tenant):
    return {t: f.code for t, f in platform.state(tenant).failures.items()}


@pytest.mark.parametrize(
    ("service", "method", "code", "targets"),
    [
        ("bedrock", "tag_resource", "ThrottlingException", {"profile fast", "profile smart"}),
        ("bedrock", "tag_resource", "AccessDeniedException", {"profile fast", "profile smart"}),
        ("iam", "attach_role_policy", "Throttling", {"role app"}),
        ("iam", "attach_role_policy", "AccessDenied", {"role app"}),
        ("iam", "attach_role_policy", "LimitExceeded", {"role app"}),
        ("iam", "attach_role_policy", "UnmodifiableEntity", {"role app"}),
    ],
)
def test_what_fails_is_reported_never_claimed_and_succeeds_in_a_later_run(
    platform, service, method, code, targets
):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.services.break_call(service, method, code)
    platform.run()
    assert set(codes(platform, "writer")) == targets
    assert platform.published("writer")["state"] == "suspending"
    (wake,) = [w for w in platform.wakes() if w["tenants"] == ["writer"]]
    assert wake["wake"] == "kill-switch"
    platform.services.mend()
    platform.later(minutes=5)
    platform.run()
    assert codes(platform, "writer") == {}
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.attached("writer") == {"app"}
    assert platform.published("writer")["state"] == "applied"


def test_each_fault_is_named_by_what_aws_said(platform):
    platform.add_tenant("writer", roles=("full", "gone", "app"))
    platform.services("iam").delete_role(RoleName="gone")
    platform.spend("writer", 512)
    platform.services.break_call(
        "iam", "attach_role_policy", "LimitExceeded", lambda **kw: kw["RoleName"] == "full"
    )
    report = platform.run()
    assert codes(platform, "writer") == {"role full": "quota-full", "role gone": "gone"}
    assert platform.attached("writer") == {"app"}
    assert len(report.figures["writer"].state.failures) == 2
    journal = platform.journal("writer")[-1]
    assert {f["target"] for f in journal["failures"]} == {"role full", "role gone"}


def test_what_is_never_tried_wakes_nobody_again_and_again(platform):
    platform.add_tenant("writer", roles=())
    platform.add_caller("writer", "sso", "/aws-reserved/sso.amazonaws.com/")
    platform.spend("writer", 512)
    for _ in range(3):
        platform.run("writer")
        assert platform.wakes() == []
        platform.later(minutes=1)


def test_a_tag_that_does_not_read_back_is_never_called_applied(platform, monkeypatch):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    monkeypatch.setattr(platform.bedrock, "tag_resource", lambda **_: {})
    platform.run()
    assert platform.published("writer")["state"] == "suspending"
    assert platform.state("writer").failures["profile smart"].text == "reads back as no tag"


def test_an_attachment_that_does_not_read_back_is_never_called_applied(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.services.break_call("iam", "get_paginator", "Throttling")
    platform.run()
    assert platform.published("writer")["state"] == "suspending"
    assert codes(platform, "writer") == {"policy": "throttled"}
    platform.services.mend()
    platform.later(minutes=5)
    platform.run()
    assert platform.published("writer")["state"] == "applied"


def test_a_burst_resumed_while_its_profile_is_gone_is_reported_gone(platform):
    platform.add_tenant("writer")
    del platform.bedrock.tags[profile_arn("writer", "fast")]
    platform.spend("writer", 512)
    platform.run()
    assert codes(platform, "writer") == {"profile fast": "gone"}
    assert platform.stopped("writer") == {"smart"}


def test_a_suspension_policy_that_is_gone_is_said(platform):
    platform.add_tenant("writer")
    platform.services("iam").delete_policy(PolicyArn=policy_arn("writer"))
    platform.spend("writer", 512)
    platform.run()
    assert codes(platform, "writer") == {"role app": "gone"}
    assert platform.stopped("writer") == {"smart", "fast"}
