import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from log_archiver.pseudonyms import Pseudonyms
from log_archiver.records import Locker, UnreadableRecordError, owner_of_entries
from tests.lambdas.log_archiver.log_world import PROFILE, PROFILE_ID, record

SECRET = "the patient's name is Ada"
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just(SECRET)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def locker(**kept):
    return Locker(Pseudonyms(b"key"), owner_of_entries({PROFILE: ("writer", "smart")}), **kept)


def test_a_record_keeps_its_metadata_and_says_whose_it_is():
    locked = locker().lock(record(7))
    assert (locked.tenant, locked.hour, locked.model) == ("writer", "2026-11-26T01", PROFILE_ID)
    line = json.loads(locked.line)
    assert line["requestId"] == record(7)["requestId"]
    assert line["input"] == {"inputContentType": "application/json", "inputTokenCount": 12}
    assert line["finops"]["role"] == "WriterApp"
    assert "alice" not in locked.line


@settings(max_examples=40)
@given(json_values, json_values)
def test_no_content_is_ever_locked(said, answered):
    body = {"inputBodyJson": said, "inputBodyS3Path": SECRET, "inputTokenCount": 1}
    full = record(input=body, output={"outputBodyJson": answered}, errorMessage=SECRET)
    assert SECRET not in locker().lock(full | {"somethingNew": said}).line


def test_content_leaves_a_keyed_digest_that_tells_the_same_from_another():
    first = json.loads(locker().lock(record(input={"inputBodyJson": {"a": 1}})).line)
    again = json.loads(locker().lock(record(input={"inputBodyJson": {"a": 1}})).line)
    other = json.loads(locker().lock(record(input={"inputBodyJson": {"a": 2}})).line)
    assert first["finops"]["input_hmac"] == again["finops"]["input_hmac"]
    assert first["finops"]["input_hmac"] != other["finops"]["input_hmac"]


@pytest.mark.parametrize(
    ("body", "action"),
    [
        ({"stopReason": "guardrail_intervened"}, "intervened"),
        ({"amazon-bedrock-guardrailAction": "INTERVENED"}, "intervened"),
        (
            [{"contentBlock": 1}, {"messageStop": {"stopReason": "guardrail_intervened"}}],
            "intervened",
        ),
        ({"stopReason": "end_turn"}, "none"),
    ],
)
def test_a_guardrails_action_is_kept(body, action):
    locked = locker().lock(record(output={"outputBodyJson": body}))
    assert json.loads(locked.line)["finops"]["guardrail"] == action


def test_metadata_is_replaced_but_for_the_keys_that_are_kept():
    line = locker(kept_metadata=["case"]).lock(record(requestMetadata={"user": "ada", "case": "x"}))
    metadata = json.loads(line.line)["requestMetadata"]
    assert metadata["case"] == "x"
    assert metadata["user"].startswith("p-")


def test_calls_through_no_registered_profile_are_nobodys():
    locked = locker().lock(record(modelId="anthropic.claude-haiku-5-5"))
    assert locked.tenant == "_unattributed"
    assert locked.model == "anthropic.claude-haiku-5-5"


@pytest.mark.parametrize(
    "odd",
    [None, [], "text", {}, {"modelId": "m"}, record(timestamp="yesterday"),
     record(timestamp="2026-11-26T01:05:00"), record(modelId=5), record(timestamp=5)],
)  # fmt: skip
def test_fails_when_it_is_no_record_of_a_call(odd):
    with pytest.raises(UnreadableRecordError):
        locker().lock(odd)


def test_a_failed_call_is_told_apart():
    assert locker().lock(record(errorCode="ThrottlingException")).failed
    assert not locker().lock(record()).failed
