from datetime import UTC, datetime, timedelta

import pytest

from finops_constructs.operations.drill_report import Verdict
from finops_constructs.operations.errors import RefusedError
from tests.operations.drill_world import aws, drilled, platform
from tests.operations.fake_aws import denied, profile_entry

__all__ = ["aws", "drilled", "platform"]
STEPS = ["create_inference_profile", "put_parameter", "list_tags_for_resource",
         "simulate_principal_policy"]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_ctrl_c_at_any_step_leaves_nothing(drilled, aws, platform, step):
    drill = drilled()
    called = aws.called

    def interrupted(operation):
        called(operation)
        before_the_canary = operation == "list_tags_for_resource" and not platform.orders
        if operation == step and not before_the_canary:
            aws.called = called
            raise KeyboardInterrupt

    aws.called = interrupted
    with pytest.raises(KeyboardInterrupt):
        drill.run()
    assert aws.left_over == []
    suspended = [each["command"] for each in platform.orders]
    assert suspended in ([], ["suspend", "resume"])
    assert drill.report.checks[-1].verdict is Verdict.HELD


def test_ctrl_c_right_after_the_profile_was_made_still_finds_it_by_name(drilled, aws, monkeypatch):
    drill = drilled()
    client = type(drill._bedrock)
    create = client.create_inference_profile

    def made_but_not_told(self, **arguments):
        create(self, **arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(client, "create_inference_profile", made_but_not_told)
    with pytest.raises(KeyboardInterrupt):
        drill.run()
    assert len(aws.created) == 1
    assert aws.left_over == []


def test_a_refused_order_is_an_error_and_leaves_nothing(drilled, aws, platform):
    drill = drilled()
    refused = (403, {"error": "a caller of the tenant may only ask for the status"})
    answer = platform.answer
    platform.answer = lambda body: refused if body["command"] == "suspend" else answer(body)
    with pytest.raises(RefusedError, match="may only ask"):
        drill.run()
    assert platform.orders == []
    assert aws.left_over == []


@pytest.mark.parametrize("step", ["delete_inference_profile", "delete_parameters"])
def test_what_cannot_be_removed_is_told_and_the_rest_is_removed(drilled, aws, step):
    aws.failing[step] = denied(step)
    report = drilled().run()
    assert not report.held
    assert report.checks[-1].name == "canary and registry entry are gone again"
    assert step in report.checks[-1].detail
    assert len(aws.left_over) == 1


def _abandoned(aws, age, **changes):
    made = (datetime.now(UTC) - age).isoformat()
    entry = profile_entry("drill-0badcafe") | {"canary": True, "created_at": made} | changes
    aws.parameters["/finops/writer/profiles/drill-0badcafe"] = entry
    aws.profiles[entry["profile_arn"]] = {"name": "writer-drill-0badcafe", "tags": {}}


def test_the_canary_of_a_killed_drill_is_removed_by_the_next(drilled, aws):
    _abandoned(aws, timedelta(hours=2))
    report = drilled().run()
    assert report.checks[0].name == "the canary drill-0badcafe of an earlier drill is gone"
    assert report.held
    assert aws.left_over == []


@pytest.mark.parametrize(("code", "holds"), [(409, True), (404, True), (403, False)])
def test_an_abandoned_canary_may_have_left_no_order_behind(drilled, aws, platform, code, holds):
    _abandoned(aws, timedelta(hours=2))
    drill = drilled()
    answer = platform.answer

    def refusing(body):
        if body.get("alias") == "drill-0badcafe":
            return code, {"error": "nothing of it is stopped"}
        return answer(body)

    platform.answer = refusing
    report = drill.run()
    assert report.held is holds
    assert aws.left_over == []


@pytest.mark.parametrize("changes", [{}, {"canary": False}, {"alias": "smart2"}])
def test_a_running_drill_and_a_real_alias_are_left_alone(drilled, aws, changes):
    _abandoned(aws, timedelta(hours=2) if changes else timedelta(minutes=5), **changes)
    drilled().run()
    assert len(aws.left_over) == 2
