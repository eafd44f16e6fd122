import pytest

from spend_meter.rejection import Reason, RejectedError
from spend_meter.usage import CallTokens, logged_usage, tokens_of
from tests.lambdas.invocations import record


def tokens(body=None, **envelope):
    return tokens_of(record(body=body, **envelope))


def test_the_envelope_counts_cache_apart_from_input_and_does_not_tell_a_lifetime():
    assert tokens(tokens_in=10, tokens_out=20, read=30, written=40) == CallTokens(
        input=10, output=20, cache_read=30, cache_write_untold=40
    )


def test_an_envelope_without_cache_counts_tells_none():
    assert tokens(tokens_in=10, tokens_out=20) == CallTokens(input=10, output=20)


CONVERSE = {
    "inputTokens": 11,
    "outputTokens": 22,
    "totalTokens": 183,
    "cacheReadInputTokens": 50,
    "cacheWriteInputTokens": 100,
    "cacheDetails": [{"inputTokens": 60, "ttl": "5m"}, {"inputTokens": 40, "ttl": "1h"}],
}


def test_converse_tells_cache_writes_by_lifetime():
    assert tokens({"output": {}, "usage": CONVERSE}, written=1) == CallTokens(
        input=11,
        output=22,
        cache_read=50,
        cache_write_5m=60,
        cache_write_1h=40,
        cache_write_untold=0,
    )


def test_a_converse_stream_tells_its_usage_in_the_last_chunk():
    chunks = [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": "Hello"}}},
        {"metadata": {"usage": CONVERSE, "metrics": {"latencyMs": 3}}},
    ]
    assert tokens(chunks) == tokens({"usage": CONVERSE})


def test_what_converse_details_leave_out_of_the_writes_is_untold():
    usage = CONVERSE | {"cacheDetails": [{"inputTokens": 60, "ttl": "5m"}]}
    told = tokens({"usage": usage})
    assert (told.cache_write_5m, told.cache_write_1h, told.cache_write_untold) == (60, 0, 40)


def test_a_converse_write_without_details_is_untold():
    usage = {k: v for k, v in CONVERSE.items() if k != "cacheDetails"}
    assert tokens({"usage": usage}).cache_write_untold == 100


ANTHROPIC = {
    "input_tokens": 11,
    "output_tokens": 22,
    "cache_read_input_tokens": 50,
    "cache_creation_input_tokens": 100,
    "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40},
}


def test_anthropic_tells_cache_writes_by_lifetime():
    body = {"type": "message", "content": [], "usage": ANTHROPIC}
    assert tokens(body) == tokens({"usage": CONVERSE})


def test_an_anthropic_stream_counts_its_growing_output_once():
    chunks = [
        {"type": "message_start", "message": {"usage": ANTHROPIC | {"output_tokens": 1}}},
        {"type": "content_block_delta", "delta": {"text": "Hello"}},
        {"type": "message_delta", "usage": {"output_tokens": 9}},
        {"type": "message_delta", "usage": {"output_tokens": 22}},
        {"type": "message_stop"},
    ]
    assert tokens(chunks) == tokens({"usage": ANTHROPIC})


def test_an_anthropic_write_without_its_lifetimes_is_untold():
    usage = {k: v for k, v in ANTHROPIC.items() if k != "cache_creation"}
    assert tokens({"usage": usage}).cache_write_untold == 100


def test_openai_responses_count_cache_within_the_input():
    usage = {
        "input_tokens": 161,
        "output_tokens": 22,
        "input_tokens_details": {"cached_tokens": 50, "cache_write_tokens": 100},
    }
    expected = CallTokens(input=11, output=22, cache_read=50, cache_write_untold=100)
    assert tokens({"object": "response", "usage": usage}, tokens_in=161) == expected
    completed = {"type": "response.completed", "response": {"usage": usage}}
    assert tokens([{"type": "response.created"}, completed]) == expected


def test_openai_chat_completions_count_cache_within_the_prompt():
    usage = {
        "prompt_tokens": 61,
        "completion_tokens": 22,
        "prompt_tokens_details": {"cached_tokens": 50},
    }
    chunks = [{"choices": []}, {"choices": [], "usage": usage}]
    assert tokens(chunks) == CallTokens(input=11, output=22, cache_read=50)


def test_what_the_body_does_not_tell_is_taken_from_the_envelope():
    body = {"usage": {"outputTokens": 7}}
    assert tokens(body, tokens_in=10, tokens_out=6, read=30, written=40) == CallTokens(
        input=10, output=7, cache_read=30, cache_write_untold=40
    )


@pytest.mark.parametrize(
    "body", ["text", 5, [], [None, "text"], {}, {"usage": None}, {"usage": []}, {"message": 3}]
)
def test_a_body_without_usage_leaves_the_envelope(body):
    assert tokens(body, tokens_in=10, tokens_out=20) == CallTokens(input=10, output=20)


@pytest.mark.parametrize(
    "count", [-1, 1.0, 1e30, True, "5", [], 100_000_001, pytest.param(10**400, id="huge")]
)
@pytest.mark.parametrize("kind", ["tokens_in", "tokens_out", "read", "written"])
def test_a_count_that_is_no_believable_whole_number_is_refused(kind, count):
    with pytest.raises(RejectedError) as refused:
        tokens(**{kind: count})
    assert refused.value.reason is Reason.BAD_TOKEN_COUNT


@pytest.mark.parametrize(
    "usage",
    [
        CONVERSE | {"inputTokens": -1},
        CONVERSE | {"cacheDetails": [{"inputTokens": 1.5, "ttl": "5m"}]},
        ANTHROPIC | {"cache_creation": {"ephemeral_1h_input_tokens": -4}},
        {"input_tokens": 10, "input_tokens_details": {"cached_tokens": 11}},
    ],
)
def test_a_logged_usage_that_cannot_be_is_refused(usage):
    with pytest.raises(RejectedError) as refused:
        tokens({"usage": usage})
    assert refused.value.reason is Reason.BAD_TOKEN_COUNT


@pytest.mark.parametrize("part", ["input", "output"])
def test_a_part_that_is_no_object_is_malformed(part):
    with pytest.raises(RejectedError) as refused:
        tokens_of(record() | {part: [1]})
    assert refused.value.reason is Reason.MALFORMED_RECORD


@pytest.mark.parametrize("body", [{"usage": CONVERSE}, {"message": {"usage": ANTHROPIC}}])
def test_the_usage_alone_tells_as_much_as_its_body(body):
    assert tokens({"usage": logged_usage(body)}) == tokens(body)
