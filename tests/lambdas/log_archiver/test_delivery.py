import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from log_archiver.delivery import BrokenDeliveryError, lines, values

texts = st.lists(st.binary(max_size=60).filter(lambda b: b"\n" not in b), min_size=1, max_size=6)


def pieces(content, size):
    return [content[start : start + size] for start in range(0, len(content), size)]


@given(texts, st.integers(1, 50))
def test_lines_come_out_whatever_the_pieces(parts, size):
    content = gzip.compress(b"\n".join(parts))
    assert [line for line in lines(pieces(content, size)) if line] == [p for p in parts if p]


@given(texts, texts)
def test_several_members_in_one_file_are_read(one, other):
    content = gzip.compress(b"\n".join(one) + b"\n") + gzip.compress(b"\n".join(other))
    assert [line for line in lines([content]) if line] == [p for p in one + other if p]


@settings(max_examples=40)
@given(st.lists(st.integers(), min_size=20, max_size=40), st.integers(5, 60))
def test_fails_when_it_is_cut_short_after_what_can_be_read(numbers, cut):
    content = gzip.compress(b"".join(b"%d\n" % number for number in numbers))
    found: list[bytes] = []
    with pytest.raises(BrokenDeliveryError):
        found.extend(lines([content[:-cut]]))
    assert [int(line) for line in found] == numbers[: len(found)]


@pytest.mark.parametrize(
    "content",
    [b"no gzip", b"\x1f\x8b\x08broken", gzip.compress(b"x", mtime=0)[:12]],
    ids=["no gzip", "broken header", "cut short"],
)
def test_fails_when_it_is_no_gzip_file(content):
    with pytest.raises(BrokenDeliveryError):
        list(lines([content]))


@given(st.lists(st.dictionaries(st.text(max_size=3), st.integers()), min_size=1, max_size=4))
def test_records_that_nothing_separates_are_told_apart(records):
    line = "".join(json.dumps(each) for each in records).encode()
    assert list(values(line)) == records


def test_fails_when_a_line_is_no_json():
    with pytest.raises(ValueError, match="Expecting"):
        list(values(b'{"a": 1} and more'))
