from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.replay.trace import Request, TraceFaults, read_trace

AZURE = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def read(folder, text, name="trace.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_trace(path)


def faults(folder, text):
    with pytest.raises(TraceFaults) as raised:
        read(folder, text)
    return str(raised.value).splitlines()


def test_the_azure_columns_are_read_to_the_microsecond(tmp_path):
    trace = read(
        tmp_path,
        "TIMESTAMP,ContextTokens,GeneratedTokens\n"
        "2023-11-16 18:17:03.9799600,4808,10\n"
        "2023-11-16 18:17:04.0319600,3180,8\n",
    )
    assert trace.requests == (Request(0, 4808, 10), Request(52_000, 3180, 8))
    assert trace.month == datetime(2023, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "header",
    [
        "time,input_tokens,output_tokens,cached_tokens",
        "Time; Prompt Tokens; Completion Tokens; cacheReadInputTokens",
        "ts\tinputTokenCount\toutputTokenCount\tcache_read_tokens",
        "\ufefftimestamp,input,output,cached_tokens",
    ],
)
def test_friendlier_columns_and_separators_are_read(tmp_path, header):
    separator = next(each for each in ";\t," if each in header)
    row = separator.join(["2026-11-16T18:17:03Z", "10", "20", "30"])
    assert read(tmp_path, f"{header}\n{row}\n").requests == (Request(0, 10, 20, 30),)


def test_columns_stand_in_any_order_beside_others(tmp_path):
    trace = read(
        tmp_path, "model,output,cache_write_tokens,input,time\nsonnet,2,4,1,2026-01-01T00:00:00Z\n"
    )
    assert trace.requests == (Request(0, 1, 2, 0, 4),)


def test_rows_are_put_in_the_order_of_their_time_in_any_zone(tmp_path):
    trace = read(
        tmp_path,
        "time,input,output\n2026-03-01T01:00:01+02:00,1,1\n2026-02-28 23:00:00,2,2\n\n",
    )
    assert trace.requests == (Request(0, 2, 2), Request(1_000_000, 1, 1))
    assert trace.month == datetime(2026, 2, 1, tzinfo=UTC)


def test_times_may_be_seconds(tmp_path):
    trace = read(tmp_path, "time,input,output\n100.5,1,1\n101,2,2\n")
    assert [each.at_us for each in trace.requests] == [0, 500_000]


@pytest.mark.parametrize(
    ("times", "period_s"),
    [((0, 100, 200, 300), 400), ((7,), 60), ((5, 5, 5), 60), ((0, 10), 60), ((0, 80), 160)],
)
def test_a_trace_repeats_after_its_span_and_one_mean_gap(tmp_path, times, period_s):
    rows = "".join(f"{time},1,1\n" for time in times)
    assert read(tmp_path, f"time,input,output\n{rows}").period_us == period_s * 1_000_000


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-13-01,1,1", "trace.csv:2: column time: must be a time such as"),
        ("noon,1,1", "trace.csv:2: column time: must be a time such as"),
        ("-1,1,1", "trace.csv:2: column time: must be a time such as"),
        ("nan,1,1", "trace.csv:2: column time: must be a time such as"),
        ("1790000000000,1,1", "trace.csv:2: column time: must be a time such as"),
        ("1,-5,1", "column input: must be a whole number from 0 to 100,000,000, got '-5'"),
        ("1,1e30,1", "column input: must be a whole number from 0 to 100,000,000, got '1e30'"),
        ("1,1.5,1", "column input: must be a whole number"),
        ("1,1,", "column output: must be a whole number from 0 to 100,000,000, got ''"),
        ("1,1,\u0663", "column output: must be a whole number"),
        ("1,1,999999999999", "column output: must be a whole number"),
        ("1,1", "trace.csv:2: 2 columns, where the header has 3"),
        ('1,"1', "trace.csv:2: "),
    ],
)
def test_a_bad_row_is_answered_with_its_line_and_column(tmp_path, row, said):
    (fault,) = faults(tmp_path, f"time,input,output\n{row}\n")
    assert said in fault


def test_a_time_of_another_kind_than_the_first_is_a_fault(tmp_path):
    (fault,) = faults(tmp_path, "time,input,output\n2026-01-01,1,1\n17,1,1\n")
    assert fault.startswith("trace.csv:3: column time: ")


def test_ten_faults_are_told_and_the_others_counted(tmp_path):
    rows = "".join(f"{n},x,y\n" for n in range(100))
    told = faults(tmp_path, f"time,input,output\n{rows}")
    assert told[0].startswith("trace.csv:2: column input: ")
    assert len(told) == 11
    assert told[-1] == "trace.csv: and 190 faults more"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column TIMESTAMP or time; none ContextTokens or input_tokens; none Gene"),
        ("a,b\n1,2\n", "(there: a, b)"),
        ("time,input,output\n", "trace.csv:1: no requests under the header"),
        ("time,input,output,Context Tokens\n1,1,1,1\n", "both hold input tokens"),
        (b"time,input,output\n1,\xff,1\n", "trace.csv: not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_trace_is_refused(tmp_path, text, said):
    assert said in faults(tmp_path, text)[0]


@given(st.binary(max_size=200))
def test_whatever_follows_the_header_is_read_or_refused(tmp_path_factory, rubbish):
    folder = tmp_path_factory.mktemp("rubbish")
    try:
        trace = read(folder, b"time,input,output\n" + rubbish)
    except TraceFaults:
        return
    assert trace.requests[0].at_us == 0


@pytest.mark.parametrize(("name", "count"), [("code", 8_819), ("conv", 19_366)])
def test_the_azure_hours_are_read_whole(name, count):
    path = AZURE / f"azure_llm_2023_{name}.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    assert len(read_trace(path).requests) == count
