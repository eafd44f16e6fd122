import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.token_usage import TokenUsage

counts = st.integers(min_value=0, max_value=10**9)
usages = st.builds(
    TokenUsage,
    input=counts,
    output=counts,
    cache_read=counts,
    cache_write_5m=counts,
    cache_write_1h=counts,
)


@given(usages, st.binary(max_size=20), st.binary(max_size=20))
def test_a_marker_is_read_wherever_it_stands_in_a_request(usage, before, after):
    assert TokenUsage.marked(before + usage.marker().encode() + after) == usage


@given(usages)
def test_every_shape_of_an_answer_tells_the_same_cached_tokens(usage):
    converse, anthropic = usage.as_converse(), usage.as_anthropic()
    assert converse["cacheWriteInputTokens"] == anthropic["cache_creation_input_tokens"]
    details = converse.get("cacheDetails", [])
    assert sum(item["inputTokens"] for item in details) == usage.cache_write


@pytest.mark.parametrize(
    "request_", [b"", b"hello", b"[[tokens]]", b"[[tokens input=-1]]", b"[[tokens secret=1]]"]
)
def test_what_is_no_marker_chooses_nothing(request_):
    assert TokenUsage.marked(request_) is None
