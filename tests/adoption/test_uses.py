"""Invocation records from files, Insights and CloudTrail are counted alike."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import duckdb
import pytest

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.doctor.registry import TenantEntries
from finops_constructs.invocations.insights import MOST_ROWS, read_log_group
from finops_constructs.invocations.record_files import read_record_files
from finops_constructs.invocations.self_test import without_self_test
from finops_constructs.invocations.trail import read_trail
from finops_constructs.invocations.use import Kind, gathered, parse_principal
from finops_constructs.operations.errors import OperationsError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
APP = "arn:aws:sts::111122223333:assumed-role/app"


def line(who, model, at, **more):
    told = {"schemaType": "ModelInvocationLog", "timestamp": at, "modelId": model}
    return json.dumps({**told, "identity": {"arn": who}, "operation": "Converse", **more})


LINES = [
    line(f"{APP}/one", "m1", "2026-11-01T00:00:00Z"),
    line(f"{APP}/two", "m1", "2026-11-03T00:00:00Z", input={"inputTokenCount": 3}),
    line(f"{APP}/two", "m2", "2026-11-02T00:00:00Z"),
]


@pytest.mark.parametrize(
    ("arn", "kind", "account", "name"),
    [
        (f"{APP}/session", Kind.ROLE, "111122223333", "app"),
        ("arn:aws:iam::111122223333:role/a/b/app", Kind.ROLE, "111122223333", "app"),
        ("arn:aws-us-gov:iam::111122223333:user/x/me", Kind.USER, "111122223333", "me"),
        ("arn:aws:iam::111122223333:root", Kind.OTHER, "111122223333", None),
        ("nonsense", Kind.OTHER, "", None),
    ],
)
def test_an_identity_is_told_without_its_session(arn, kind, account, name):
    found = parse_principal(arn)
    assert (found.kind, found.account, found.name) == (kind, account, name or arn)


def write(folder, name, lines):
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(lines).encode()
    (folder / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)


def test_gzip_plain_and_parquet_files_below_a_folder_are_counted_together(tmp_path):
    write(tmp_path / "2026/11/01", "a.json.gz", LINES[:2])
    write(tmp_path / "2026/11/02", "b.json", LINES[2:])
    write(tmp_path / "2026/11/02", "notes.txt", ["not a record"])
    write(tmp_path / "2026/11/02/data", "body.json.gz", ["a large body, no record"])
    source = tmp_path / "2026/11/01/a.json.gz"
    duckdb.sql(
        f"COPY (SELECT * FROM read_json('{source}')) TO '{tmp_path / 'c.parquet'}' (FORMAT parquet)"
    )
    found = read_record_files([tmp_path])
    assert [(use.principal.name, use.model_id, use.calls) for use in found.uses] == [
        ("app", "m1", 4),
        ("app", "m2", 1),
    ]
    assert found.uses[0].first == datetime(2026, 11, 1, tzinfo=UTC)
    assert (found.last, found.covers_since) == (datetime(2026, 11, 3, tzinfo=UTC), found.first)
    assert found.unread == 0


def test_records_that_say_too_little_are_counted_as_unread(tmp_path):
    write(tmp_path, "a.json", [*LINES, json.dumps({"modelId": "m1"}), json.dumps({"x": 1})])
    assert read_record_files([tmp_path]).unread == 2


@pytest.mark.parametrize("name", ["a.json.gz", "a.json", "a.parquet"])
def test_a_file_that_is_not_what_its_name_says_is_an_error_without_a_traceback(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x00 nothing of the kind \x00")
    with pytest.raises(CostDataError, match="invocation records"):
        read_record_files([tmp_path])


def test_a_folder_without_records_is_an_error(tmp_path):
    with pytest.raises(CostDataError, match=r"no invocation records; expected \*\.json\.gz"):
        read_record_files([tmp_path])


class Client:
    def __init__(self, **answers):
        self._answers = answers
        self.asked = []

    def __getattr__(self, name):
        def call(**asked):
            self.asked.append((name, asked))
            answer = self._answers[name]
            return answer.pop(0) if isinstance(answer, list) else answer

        return call

    def get_paginator(self, name):
        return SimpleNamespace(paginate=lambda **_: [self._answers[name]])


def aws_with(client):
    return SimpleNamespace(client=lambda *_: client)


def row(**fields):
    return [{"field": name.replace("__", "."), "value": value} for name, value in fields.items()]


def logs_with(rows, **group):
    told = {"logGroupName": "calls", "creationTime": 0, **group}
    complete = {"status": "Complete", "results": rows}
    return Client(
        start_query={"queryId": "q"},
        get_query_results=[{"status": "Running", "results": []}, complete],
        describe_log_groups={"logGroups": [{**told, "logGroupName": "calls-2"}, told]},
    )


def millis(day):
    return str(int(datetime(2026, 11, day, tzinfo=UTC).timestamp() * 1000))


def test_insights_counts_sessions_of_a_role_together_and_waits_for_the_answer():
    rows = [
        row(identity__arn=f"{APP}/one", modelId="m1", calls="2", first=millis(20), last=millis(21)),
        row(identity__arn=f"{APP}/two", modelId="m1", calls="3", first=millis(19), last=millis(20)),
    ]
    waits: list[float] = []
    found = read_log_group(
        aws_with(logs_with(rows)), "calls", since=timedelta(days=14), now=NOW, sleep=waits.append
    )
    (use,) = found.uses
    assert (use.calls, use.first.day, use.last.day, waits) == (5, 19, 21, [1.0])
    assert found.covers_since == NOW - timedelta(days=14)


def test_a_log_group_covers_no_more_than_it_keeps():
    rows = [row(identity__arn=APP, modelId="m", calls="1", first=millis(25), last=millis(25))]
    aws = aws_with(logs_with(rows, retentionInDays=3))
    found = read_log_group(aws, "calls", since=timedelta(days=14), now=NOW, sleep=lambda _: None)
    assert found.covers_since == NOW - timedelta(days=3)


def test_insights_that_could_not_show_all_is_refused_rather_than_believed():
    rows = [
        row(identity__arn=APP, modelId=str(n), calls="1", first="0", last="0") for n in range(9)
    ]
    logs = logs_with(rows * (MOST_ROWS // 9 + 1))
    with pytest.raises(OperationsError, match="ask for fewer days, or give the records as files"):
        read_log_group(
            aws_with(logs), "calls", since=timedelta(days=14), now=NOW, sleep=lambda _: None
        )


def test_cloudtrail_tells_the_role_behind_a_session():
    issuer = {"arn": "arn:aws:iam::111122223333:role/apps/app"}
    told = {
        "userIdentity": {"arn": f"{APP}/one", "sessionContext": {"sessionIssuer": issuer}},
        "requestParameters": {"modelId": "m1"},
    }
    events = [{"EventTime": NOW, "CloudTrailEvent": json.dumps(told)}, {"EventTime": NOW}]
    client = Client(lookup_events={"Events": events})
    (use,) = read_trail(aws_with(client), since=timedelta(days=14), now=NOW).uses
    assert (use.principal.name, use.calls) == ("app", 4)


def test_the_self_tests_made_up_calls_are_nobodys():
    role = "arn:aws:iam::111122223333:role/finops/self-test"
    profile = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/canary"
    session = "arn:aws:sts::111122223333:assumed-role/{}/canary"
    when = datetime(2026, 11, 26, tzinfo=UTC)
    rows = [
        (session.format("self-test"), profile, 3, when, when),
        (session.format("self-test"), "an-earlier-profile", 1, when, when),
        (session.format("app"), profile, 1, when, when),
        (session.format("app"), "somebodys-profile", 5, when, when),
    ]
    uses = gathered("a log", rows)
    canary = TenantEntries(profiles={"canary": {"profile_arn": profile}}, callers={role: ()})
    (left,) = without_self_test(uses, canary).uses
    assert (left.principal.name, left.model_id, left.calls) == ("app", "somebodys-profile", 5)
    assert without_self_test(uses, None) == uses
