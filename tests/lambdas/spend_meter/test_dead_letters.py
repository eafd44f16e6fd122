import base64
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend_meter.dead_letters import (
    LONGEST_MESSAGE_BYTES,
    decode_records,
    encode_delivery,
    encode_records,
    without_bodies,
)
from spend_meter.delivery import log_events
from spend_meter.rejection import Reason
from spend_meter.usage import tokens_of
from tests.lambdas.invocations import event, record


def events_of(*messages):
    return log_events([event(i, message) for i, message in enumerate(messages)])


def test_a_batchs_refused_records_fit_into_one_message_that_says_why():
    events = events_of(*(record(requestId=str(i)) for i in range(1000)))
    rejected = {Reason.UNKNOWN_PROFILE: range(600), Reason.NO_RATE: range(600, 1000)}
    (body,) = encode_records(events, rejected, attempt=2)
    message = json.loads(body)
    assert message["records"] == 1000
    assert message["reasons"] == {"no-rate": 400, "unknown-profile": 600}
    letters = decode_records(message)
    assert letters.attempt == 2
    assert letters.events == events


def test_only_refused_records_are_kept():
    events = events_of(record(), "{", record())
    (body,) = encode_records(events, {Reason.MALFORMED_RECORD: [1]}, attempt=0)
    assert decode_records(json.loads(body)).events == events.at([1])


def test_what_does_not_fit_into_one_message_goes_into_several_and_none_is_lost():
    noise = random.Random(1)
    events = events_of(*(f"{noise.getrandbits(60_000):x}" for _ in range(60)))
    bodies = encode_records(events, {Reason.MALFORMED_RECORD: range(60)}, attempt=0)
    kept = [decode_records(json.loads(body)).events for body in bodies]
    assert len(bodies) > 1
    assert all(len(body) <= LONGEST_MESSAGE_BYTES for body in bodies)
    assert [i for each in kept for i in each.ids] == list(events.ids)


def test_the_same_records_give_the_same_messages():
    events = events_of(record(), "{")
    rejected = {Reason.MALFORMED_RECORD: [1], Reason.UNKNOWN_PROFILE: [0]}
    assert encode_records(events, rejected, attempt=0) == encode_records(
        events, rejected, attempt=0
    )


def test_prompts_and_answers_are_not_kept_but_their_usage_is():
    usage = {"inputTokens": 5, "outputTokens": 6, "cacheDetails": [{"inputTokens": 4, "ttl": "1h"}]}
    logged = record(body={"output": "a secret answer", "usage": usage})
    logged["input"]["inputBodyJson"] = {"messages": "a secret question"}
    kept = without_bodies(json.dumps(logged))
    assert "secret" not in kept
    assert tokens_of(json.loads(kept)) == tokens_of(logged)
    assert json.loads(kept)["requestId"] == logged["requestId"]


def test_a_record_without_bodies_is_kept_as_it_came():
    text = json.dumps(record(), indent=3)
    assert without_bodies(text) == text


def test_a_single_text_too_long_is_cut_and_says_so():
    kept = without_bodies("\U0001f600" * 1_000_000)
    assert "cut: 1000000 characters, sha256" in kept
    (body,) = encode_records(events_of(kept), {Reason.MALFORMED_RECORD: [0]}, attempt=0)
    assert len(body) <= LONGEST_MESSAGE_BYTES


@given(st.text() | st.text().map(lambda t: json.dumps({"input": {"inputBodyJson": t}})))
def test_whatever_was_logged_can_be_kept_and_read_back(text):
    events = events_of(text)
    (body,) = encode_records(events, {Reason.MALFORMED_RECORD: [0]}, attempt=0)
    kept = decode_records(json.loads(body.encode("ascii"))).events
    assert kept.ids == events.ids
    assert kept.messages == [without_bodies(text)]


@pytest.mark.parametrize("data", ["H4sIAA", None, 5, {"a": 1}])
def test_a_delivery_that_cannot_be_opened_is_kept_as_an_event_of_its_kind(data):
    (body,) = encode_delivery(data, attempt=0)
    message = json.loads(body)
    assert message["reasons"] == {"undecodable-delivery": 1}
    assert message["awslogs"]["data"] == (data if isinstance(data, str) else json.dumps(data))


def test_a_huge_delivery_that_cannot_be_opened_is_kept_in_parts():
    data = base64.b64encode(random.Random(1).randbytes(500_000)).decode()
    messages = [json.loads(body) for body in encode_delivery(data, attempt=0)]
    assert all(len(json.dumps(message)) <= LONGEST_MESSAGE_BYTES for message in messages)
    assert [m["part"] for m in messages] == list(range(1, messages[0]["of"] + 1))
    assert "".join(message["text"] for message in messages) == data
