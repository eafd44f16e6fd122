from typing import Any

import boto3
import pytest

from invocation_logging import handler as logging_handler
from tests.lambdas.custom_resources import CONTEXT, custom_resource_event

GROUP = "/finops/bedrock-invocations"
ROLE = "arn:aws:iam::123456789012:role/finops/eu-west-1/logs"
KEPT = "/finops/_platform/invocation-logging"
FOREIGN = {
    "s3Config": {"bucketName": "security-logs", "keyPrefix": "bedrock"},
    "textDataDeliveryEnabled": True,
}


@pytest.fixture(autouse=True)
def _destinations(account, answers, monkeypatch):
    monkeypatch.setattr(logging_handler, "_SECONDS_BETWEEN", 0)
    boto3.client("s3").create_bucket(
        Bucket="security-logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    boto3.client("logs").create_log_group(logGroupName=GROUP)


def ask(kind, *, overwrite=False, role=ROLE):
    event = custom_resource_event(
        kind,
        {
            "ServiceToken": "x",
            "LogGroupName": GROUP,
            "RoleArn": role,
            "Overwrite": str(overwrite).lower(),
            "FoundParameter": KEPT,
        },
    )
    logging_handler.handler(event, CONTEXT)


def current():
    answer = boto3.client("bedrock").get_model_invocation_logging_configuration()
    return answer.get("loggingConfig") or None


def put(configuration):
    boto3.client("bedrock").put_model_invocation_logging_configuration(loggingConfig=configuration)


def parameters():
    return [each["Name"] for each in boto3.client("ssm").describe_parameters()["Parameters"]]


def test_calls_are_logged_into_the_log_group_without_any_content(answers):
    ask("Create")
    assert answers[0]["Status"] == "SUCCESS"
    found = current()
    assert found["cloudWatchConfig"]["logGroupName"] == GROUP
    assert "s3Config" not in found
    delivered = {key: value for key, value in found.items() if key.endswith("Enabled")}
    assert len(delivered) >= 3
    assert not any(delivered.values())


def test_nothing_is_left_when_there_was_nothing_before(answers):
    ask("Create")
    ask("Delete")
    assert [each["Status"] for each in answers] == ["SUCCESS", "SUCCESS"]
    assert current() is None
    assert parameters() == []


def test_fails_when_somebody_else_logs_calls_and_says_where_to(answers):
    put(FOREIGN)
    ask("Create")
    assert answers[0]["Status"] == "FAILED"
    assert "bucket security-logs" in answers[0]["Reason"]
    assert "overwrite_invocation_logging" in answers[0]["Reason"]
    assert current()["s3Config"]["bucketName"] == "security-logs"


def test_the_rollback_of_a_refused_creation_leaves_the_others_configuration(answers):
    put(FOREIGN)
    ask("Create")
    ask("Delete")
    assert answers[1]["Status"] == "SUCCESS"
    assert current()["s3Config"]["bucketName"] == "security-logs"


def test_what_was_overwritten_is_restored(answers):
    put(FOREIGN)
    before = current()
    ask("Create", overwrite=True)
    assert current()["cloudWatchConfig"]["logGroupName"] == GROUP
    ask("Delete", overwrite=True)
    assert {each["Status"] for each in answers} == {"SUCCESS"}
    assert current() == before
    assert parameters() == []


def test_a_repeated_creation_does_not_forget_what_was_found(answers):
    put(FOREIGN)
    for kind in ("Create", "Create", "Update", "Delete"):
        ask(kind, overwrite=True)
    assert current()["s3Config"]["bucketName"] == "security-logs"


def test_what_somebody_has_set_since_is_left_alone(answers):
    ask("Create")
    put(FOREIGN)
    ask("Delete")
    assert answers[1]["Status"] == "SUCCESS"
    assert current()["s3Config"]["bucketName"] == "security-logs"


def test_a_destination_that_somebody_has_added_since_is_left_alone():
    ask("Create")
    put(current() | FOREIGN)
    ask("Delete")
    assert current()["s3Config"]["bucketName"] == "security-logs"


def test_a_new_role_is_put_in_without_asking(answers):
    ask("Create")
    ask("Update", role=f"{ROLE}-2")
    assert answers[1]["Status"] == "SUCCESS"
    assert current()["cloudWatchConfig"]["roleArn"] == f"{ROLE}-2"


class RefusingBedrock:
    """Bedrock that does not know the role yet, for so many calls."""

    def __init__(self, refusals):
        real = boto3.client("bedrock")
        self.exceptions, self._real, self.left = real.exceptions, real, refusals

    def __getattr__(self, name):
        return getattr(self._real, name)

    def put_model_invocation_logging_configuration(self, **arguments):
        if self.left:
            self.left -= 1
            refusal: Any = {
                "Error": {"Code": "ValidationException", "Message": "cannot assume role"}
            }
            raise self.exceptions.ValidationException(refusal, "Put")
        return self._real.put_model_invocation_logging_configuration(**arguments)


@pytest.mark.parametrize(("refusals", "status"), [(3, "SUCCESS"), (100, "FAILED")])
def test_a_role_that_iam_does_not_know_everywhere_yet_is_waited_for(
    monkeypatch, answers, refusals, status
):
    bedrock, real = RefusingBedrock(refusals), boto3.client
    monkeypatch.setattr(boto3, "client", lambda name: bedrock if name == "bedrock" else real(name))
    ask("Create")
    assert answers[0]["Status"] == status
