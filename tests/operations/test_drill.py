from typing import Any

import pytest

from finops_constructs.operations.drill_report import Check, Hop, Verdict
from finops_constructs.operations.errors import OperationsError, UnreachableError
from tests.operations.drill_world import aws, drilled, platform
from tests.operations.fake_aws import PREFIX, denied, profile_entry
from tests.operations.fake_platform import LIMIT, status

__all__ = ["aws", "drilled", "platform"]


def _verdicts(report):
    return {check.name: check.verdict for check in report.checks}


def test_a_switch_that_works_holds_in_every_check(drilled, aws, platform):
    report = drilled().run()
    assert report.held
    assert report.unavailable == ()
    assert set(_verdicts(report).values()) == {Verdict.HELD}
    assert [hop.name for hop in report.hops] == [
        "canary created",
        "suspend: accepted",
        "suspend: tag read back",
        "suspend: applied",
        "resume: accepted",
        "resume: tag read back",
        "resume: active",
    ]
    assert [(each["command"], each["alias"]) for each in platform.orders] == [
        ("suspend", report.canary),
        ("resume", report.canary),
    ]
    assert aws.left_over == []


def test_the_canary_is_a_tagged_copy_of_the_alias(drilled, aws):
    report = drilled(alias="smart").run()
    (made,) = aws.created
    assert report.canary.startswith("drill-")
    assert made["name"] == f"writer-{report.canary}"
    assert made["modelSource"]["copyFrom"] == (
        "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/"
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
    )
    assert {tag["key"]: tag["value"] for tag in made["tags"]} == {
        "bedrock:tool": "writer",
        "finops:alias": report.canary,
        "finops:tenant": "writer",
    }


def test_a_bare_model_is_copied_by_its_own_arn(drilled, aws):
    assert drilled().run().alias == "fast"
    copied = aws.created[0]["modelSource"]["copyFrom"]
    assert copied == "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"


def test_the_canarys_entry_is_marked_and_costs_nothing(drilled, aws, monkeypatch):
    entries: list[dict[str, Any]] = []

    def note(operation):
        if operation == "delete_parameters":
            entries.append(dict(aws.parameters))

    monkeypatch.setattr(aws, "called", note)
    report = drilled(alias="smart").run()
    entry = entries[0][f"/finops/writer/profiles/{report.canary}"]
    assert entry["canary"] is True
    assert (entry["metered"], entry["price"]) == (False, None)
    assert (entry["hourly_cap_usd"], entry["burst_alarm_name"]) == (None, None)
    assert entry["alias"] == report.canary
    assert entry["profile_arn"].endswith(entry["profile_id"])
    assert entry["model_source"] == profile_entry("smart")["model_source"]


def test_a_switch_that_does_nothing_does_not_hold(drilled, aws, platform, monkeypatch):
    monkeypatch.setattr(platform, "_act", lambda _: None)
    report = drilled().run()
    assert not report.held
    assert _verdicts(report)["the profile's tag reads back as suspended"] is Verdict.FAILED
    assert _verdicts(report)["the platform says it was read back"] is Verdict.FAILED
    assert aws.left_over == []


def test_a_platform_that_claims_what_the_tag_does_not_show_does_not_hold(
    drilled, aws, platform, monkeypatch
):
    act = platform._act

    def only_claim(body):
        act(body)
        aws.profiles[f"{PREFIX}{body['alias'][6:]}"]["tags"].pop("finops:state")

    monkeypatch.setattr(platform, "_act", only_claim)
    verdicts = _verdicts(drilled().run())
    assert verdicts["the profile's tag reads back as suspended"] is Verdict.FAILED
    assert verdicts["the platform says it was read back"] is Verdict.HELD


@pytest.mark.parametrize("harm", ["profile", "policy"])
def test_a_switch_that_touches_anything_else_does_not_hold(
    drilled, aws, platform, monkeypatch, harm
):
    act = platform._act

    def too_much(body):
        act(body)
        if harm == "profile":
            aws.profiles[f"{PREFIX}smart"]["tags"]["finops:state"] = "suspended"
        else:
            aws.attached.append("writer-app")

    monkeypatch.setattr(platform, "_act", too_much)
    report = drilled().run()
    (touched,) = [c for c in report.checks if c.name == "nothing else of the tenant was touched"]
    assert touched.verdict is Verdict.FAILED
    assert ("smart" if harm == "profile" else "suspension policy's roles") in touched.detail


def test_what_cannot_be_checked_does_not_fail_and_does_not_pass_silently(drilled, aws):
    aws.failing["list_entities_for_policy"] = denied("iam:ListEntitiesForPolicy")
    aws.failing["simulate_principal_policy"] = denied("iam:SimulatePrincipalPolicy")
    report = drilled().run()
    assert report.held
    assert len(report.unavailable) == 2
    assert all("not authorized" in check.detail for check in report.unavailable)


def test_a_tenant_without_callers_is_said_to_have_none(drilled, aws):
    del aws.parameters["/finops/writer/callers/abc"]
    (check,) = drilled().run().unavailable
    assert check.detail == "writer has no registered caller role"


def test_a_status_that_cannot_be_read_for_a_moment_does_not_end_the_drill(drilled, platform):
    drill = drilled()
    answer, failures = platform.answer, [UnreachableError("throttled")]

    def once_unreachable(body):
        if body["command"] == "status" and platform.orders and failures:
            raise failures.pop()
        return answer(body)

    platform.answer = once_unreachable
    assert drill.run().held
    assert failures == []


def test_fails_for_a_tenant_that_is_stopped(drilled, platform):
    platform.tenants["writer"] = status(state="applied", why=[LIMIT])
    with pytest.raises(OperationsError, match=r"writer is applied now .*a drill proves nothing"):
        drilled()


def test_fails_for_an_alias_there_is_not(drilled):
    with pytest.raises(OperationsError, match="no alias 'smrt'; it has fast, smart"):
        drilled(alias="smrt")


def test_fails_for_a_tenant_without_profiles(drilled, aws):
    aws.parameters = {}
    with pytest.raises(OperationsError, match="no profile to copy"):
        drilled()


def test_news_comes_as_it_happens(drilled):
    news: list[Hop | Check] = []
    report = drilled(on_news=news.append).run()
    assert [each for each in news if isinstance(each, Hop)] == report.hops
    assert [each for each in news if isinstance(each, Check)] == report.checks


def test_the_report_says_what_it_does_not_prove(drilled):
    data = drilled().run().as_json()
    assert data["held"] is True
    assert any("suspension policy" in text for text in data["does_not_prove"])
    assert any("does not document" in text for text in data["does_not_prove"])
