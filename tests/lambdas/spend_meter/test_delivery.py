import base64
import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend_meter.delivery import EVENTS_PER_BATCH, log_events, open_delivery, parse_messages
from spend_meter.rejection import Reason, RejectedError
from tests.lambdas.invocations import delivery, event

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def opened(*events):
    found = open_delivery(delivery(events))
    assert found is not None
    return found


def test_an_event_that_comes_twice_is_one_event():
    events = opened(event(2, {"b": 1}), event(1, {"a": 1}), event(2, {"b": 1}))
    assert events.ids == [f"{1:056}", f"{2:056}"]
    assert parse_messages(events.messages) == [{"a": 1}, {"b": 1}]


def test_a_batch_is_the_same_in_whatever_order_its_events_come():
    one, two = event(1, {}), event(2, {})
    assert opened(one, two).batch_id(0) == opened(two, one, one).batch_id(0)


def test_other_events_and_other_attempts_are_other_batches():
    one, two = event(1, {}), event(2, {})
    names = {opened(one).batch_id(n) for n in range(3)} | {opened(one, two).batch_id(0)}
    assert len(names) == 4


def test_a_test_message_of_cloudwatch_logs_has_no_events():
    assert open_delivery(delivery([], "CONTROL_MESSAGE")) is None


def test_a_large_delivery_is_split_by_the_ids_alone():
    count = 2 * EVENTS_PER_BATCH + 1
    batches = list(opened(*(event(i, {}) for i in reversed(range(count)))).batches())
    assert [len(batch.ids) for batch in batches] == [EVENTS_PER_BATCH, EVENTS_PER_BATCH, 1]
    assert [each for batch in batches for each in batch.ids] == [f"{i:056}" for i in range(count)]


WHOLE = base64.b64decode(delivery([event(1, {"a": 1})]))


def packed(content: bytes) -> str:
    return encoded(gzip.compress(content, mtime=0))


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


UNOPENABLE = {
    "nothing": None,
    "a number": 5,
    "no text": "",
    "no base64": "not base64!",
    "no gzip": encoded(b"not gzip"),
    "a cut end": encoded(WHOLE[:-20]),
    "hardly a beginning": encoded(WHOLE[:10]),
    "a hole": encoded(WHOLE[:30] + b"\0\0" + WHOLE[32:]),
    "no JSON": packed(b"not JSON"),
    "no UTF-8": packed(b"\xff"),
    "a pit": packed(b"[" * 100_000),
    "a list": packed(b"[]"),
    "an empty object": packed(b"{}"),
    "events that are none": packed(b'{"messageType":"DATA_MESSAGE","logEvents":5}'),
}


@pytest.mark.parametrize("data", UNOPENABLE.values(), ids=UNOPENABLE)
def test_a_delivery_that_cannot_be_opened_is_refused_whole(data):
    with pytest.raises(RejectedError) as refused:
        open_delivery(data)
    assert refused.value.reason is Reason.UNDECODABLE_DELIVERY


def test_every_cut_of_a_delivery_is_refused_and_none_crashes():
    for length in range(len(WHOLE)):
        with pytest.raises(RejectedError):
            open_delivery(base64.b64encode(WHOLE[:length]).decode())


def test_an_event_without_what_every_event_has_is_kept_as_a_message_that_is_no_record():
    odd: list[Any] = [
        event(1, {"a": 1}),
        None,
        {"id": 5, "message": "{}"},
        {"id": "x"},
        {"id": "x"},
    ]
    events = log_events(odd)
    assert len(events.ids) == 5
    assert parse_messages(events.messages).count({"a": 1}) == 1
    assert parse_messages(events.messages).count(None) == 4
    assert events.batch_id(0) == log_events(odd).batch_id(0)


@given(st.lists(json_values))
def test_messages_are_parsed_as_if_each_were_parsed_alone(values):
    assert parse_messages([json.dumps(value) for value in values]) == values


@given(st.lists(json_values.map(json.dumps) | st.text() | st.sampled_from(["1,2", "[", "]", '"'])))
def test_no_message_changes_how_another_is_read(messages):
    def alone(message):
        try:
            return json.loads(message)
        except ValueError:
            return None

    assert str(parse_messages(messages)) == str([alone(message) for message in messages])


@pytest.mark.parametrize(
    "messages",
    [
        ['{"a":[1', "2]}"],
        ["{},{}", '{"a":[1', "2]}"],
        ["1,2", "[", "]"],
        ["", ""],
        ["[" * 100_000, "{}"],
        ["9" * 5000, "{}"],
    ],
)
def test_messages_that_only_make_sense_together_make_none(messages):
    assert parse_messages(messages) == [{} if message == "{}" else None for message in messages]
