"""What a model call leaves behind: what the caller is told, a log record, metrics."""

import datetime as dt
import json

import pytest
from botocore.exceptions import ClientError

from local.token_usage import TokenUsage
from local.traffic import Traffic
from tests.local.model_calls import logging_to, metric, profile, records

pytestmark = pytest.mark.emulator
GROUP = "/finops/bedrock-invocations"
USAGE = TokenUsage(input=1000, output=20, cache_read=300, cache_write_5m=40, cache_write_1h=7)
MESSAGES = [{"role": "user", "content": [{"type": "text", "text": USAGE.marker()}]}]
WRITER = "arn:aws:iam::111122223333:role/apps/writer-app"


def converse(runtime, arn):
    said = [{"role": "user", "content": [{"text": USAGE.marker()}]}]
    usage = runtime.converse(modelId=arn, messages=said)["usage"]
    return usage["inputTokens"], usage["cacheReadInputTokens"], usage["cacheDetails"]


def converse_stream(runtime, arn):
    said = [{"role": "user", "content": [{"text": USAGE.marker()}]}]
    *_, last = runtime.converse_stream(modelId=arn, messages=said)["stream"]
    usage = last["metadata"]["usage"]
    return usage["inputTokens"], usage["cacheReadInputTokens"], usage["cacheDetails"]


def invoke_model(runtime, arn):
    answer = runtime.invoke_model(modelId=arn, body=json.dumps({"messages": MESSAGES}))
    usage = json.loads(answer["body"].read())["usage"]
    written = usage["cache_creation"]
    details = [
        {"inputTokens": written["ephemeral_5m_input_tokens"], "ttl": "5m"},
        {"inputTokens": written["ephemeral_1h_input_tokens"], "ttl": "1h"},
    ]
    return usage["input_tokens"], usage["cache_read_input_tokens"], details


def invoke_model_with_response_stream(runtime, arn):
    *_, last = runtime.invoke_model_with_response_stream(
        modelId=arn, body=json.dumps({"messages": MESSAGES})
    )["body"]
    told = json.loads(last["chunk"]["bytes"])["amazon-bedrock-invocationMetrics"]
    assert told["cacheWriteInputTokenCount"] == 47
    return told["inputTokenCount"], told["cacheReadInputTokenCount"], None


@pytest.mark.parametrize(
    "call", [converse, converse_stream, invoke_model, invoke_model_with_response_stream]
)
def test_each_operation_tells_logs_and_measures_the_tokens_that_its_caller_chose(emulator, call):
    with profile(emulator, "counted") as arn, logging_to(emulator, GROUP):
        told, cached, details = call(emulator.client("bedrock-runtime"), arn)
        assert (told, cached) == (1000, 300)
        assert details is None or sorted(item["inputTokens"] for item in details) == [7, 40]
        (record,) = records(emulator, GROUP, 1)
        assert record["operation"] == call.__name__.title().replace("_", "")
        assert record["modelId"] == arn
        assert record["input"] == {
            "inputContentType": "application/json",
            "inputTokenCount": 1000,
            "cacheReadInputTokenCount": 300,
            "cacheWriteInputTokenCount": 47,
        }
        assert record["output"]["outputTokenCount"] == 20
        assert (record["schemaType"], record["schemaVersion"]) == ("ModelInvocationLog", "1.0")
        profile_id = arn.rpartition("/")[2]
        measured = {
            name: metric(emulator, name, profile_id)
            for name in (
                "Invocations",
                "InputTokenCount",
                "OutputTokenCount",
                "CacheReadInputTokenCount",
                "CacheWriteInputTokenCount",
                "InvocationClientErrors",
            )
        }
        assert list(measured.values()) == [1, 1000, 20, 300, 47, 0]


def test_a_record_names_the_session_that_called_and_the_request_it_was_given(emulator):
    with profile(emulator, "named") as arn, logging_to(emulator, GROUP):
        session = emulator.assume_role(WRITER, "nightly")
        runtime = emulator.client("bedrock-runtime", None, session)
        answer = runtime.converse(
            modelId=arn,
            messages=[{"role": "user", "content": [{"text": "hello"}]}],
            requestMetadata={"ticket": "A-1"},
        )
        (record,) = records(emulator, GROUP, 1)
        assert record["identity"]["arn"] == (
            "arn:aws:sts::111122223333:assumed-role/writer-app/nightly"
        )
        identity = emulator.client("sts", None, session).get_caller_identity()
        assert identity["Arn"] == record["identity"]["arn"]
        assert record["requestId"] == answer["ResponseMetadata"]["RequestId"]
        assert record["requestMetadata"] == {"ticket": "A-1"}
        assert record["input"]["inputTokenCount"] == answer["usage"]["inputTokens"]
        assert "hello" not in json.dumps(record)


def test_what_was_said_is_logged_only_when_the_configuration_asks_for_it(emulator):
    with profile(emulator, "quoted") as arn, logging_to(emulator, GROUP, text=True):
        runtime = emulator.client("bedrock-runtime")
        said = [{"role": "user", "content": [{"text": "hello"}]}]
        runtime.converse(modelId=arn, messages=said)
        list(runtime.converse_stream(modelId=arn, messages=said)["stream"])
        whole, streamed = records(emulator, GROUP, 2)
        assert whole["input"]["inputBodyJson"]["messages"] == said
        assert "usage" in whole["output"]["outputBodyJson"]
        assert "usage" in streamed["output"]["outputBodyJson"][-1]


def test_a_refused_call_is_an_error_in_the_log_and_the_metrics_and_counts_no_tokens(emulator):
    with profile(emulator, "refused") as arn, logging_to(emulator, GROUP):
        with pytest.raises(ClientError, match="ValidationException"):
            emulator.client("bedrock-runtime").converse(
                modelId=arn, messages=[{"role": "nobody", "content": [{"text": "x"}]}]
            )
        (record,) = records(emulator, GROUP, 1)
        assert record["errorCode"] == "ValidationException"
        assert "inputTokenCount" not in record["input"]
        profile_id = arn.rpartition("/")[2]
        assert metric(emulator, "InvocationClientErrors", profile_id) == 1
        assert metric(emulator, "Invocations", profile_id) == 0


def test_a_call_is_measured_but_not_logged_while_no_log_is_configured(emulator):
    with profile(emulator, "unlogged") as arn:
        Traffic(emulator).call(WRITER, arn, TokenUsage(input=5))
        with logging_to(emulator, GROUP):
            Traffic(emulator).call(WRITER, arn, TokenUsage(input=7))
            (record,) = records(emulator, GROUP, 1)
        assert record["input"]["inputTokenCount"] == 7
        assert metric(emulator, "InputTokenCount", arn.rpartition("/")[2]) == 12


def test_a_call_can_be_dated_back_in_its_record_and_its_metrics(emulator):
    two_hours = 7200
    with profile(emulator, "earlier") as arn, logging_to(emulator, GROUP):
        now = dt.datetime.now(dt.UTC)
        Traffic(emulator).call(WRITER, arn, TokenUsage(input=11), seconds_ago=two_hours)
        (record,) = records(emulator, GROUP, 1)
        told = dt.datetime.fromisoformat(record["timestamp"])
        assert abs((now - told).total_seconds() - two_hours) < 30
        profile_id = arn.rpartition("/")[2]
        assert metric(emulator, "InputTokenCount", profile_id) == 0
        assert metric(emulator, "InputTokenCount", profile_id, hours=3) == 11
