"""Pausing, adjusting and repricing, by the real commands function and the real kill switch."""

import json
from decimal import Decimal

import boto3
import pytest

from finops_constructs.cli import ledger as ledger_commands
from shared.ledger import read_month
from spend_meter.delivery import log_events
from spend_meter.ledger_writer import LedgerWriter
from spend_meter.metering import meter
from tests.lambdas.platform_under_test import LEDGER, profile_arn
from tests.operations.test_contract import _json, _run, real

__all__ = ["real"]

GROUP = "/finops/bedrock-invocations"
WRONG = {"rates": {"input": "3", "output": "150"}, "source": "typo", "as_of": "2026-11-01"}
RIGHT = {"rates": {"input": "3", "output": "15"}, "source": "list", "as_of": "2026-11-20"}


@pytest.fixture
def mispriced(real, monkeypatch):
    """Four calls, logged, metered at ten times their price: $600 instead of $60."""
    platform = real.platform
    platform.add_profile("writer", "smart", price=WRONG)
    platform.later(minutes=2)
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
    record = {
        "timestamp": platform.now.isoformat(),
        "modelId": profile_arn("writer", "smart"),
        "identity": {"arn": "arn:aws:sts::123456789012:assumed-role/app/one"},
        "input": {"inputTokenCount": 0},
        "output": {"outputTokenCount": 1_000_000},
    }
    stamp = int(platform.now.timestamp() * 1000)
    messages = [json.dumps(record | {"requestId": str(n)}) for n in range(4)]
    logs.put_log_events(
        logGroupName=GROUP,
        logStreamName="s",
        logEvents=[{"timestamp": stamp, "message": message} for message in messages],
    )
    metered = meter(
        log_events([{"id": str(n), "message": m} for n, m in enumerate(messages)]),
        profile_of=platform.switch.registry.current(fresh=True).by_model_id.get,
        now=platform.now,
    )
    LedgerWriter(platform.services("dynamodb"), LEDGER).write_whole("batch", metered.updates)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    monkeypatch.setattr(ledger_commands, "_now", lambda: platform.now)
    return real


def total(real, **options):
    dynamodb = real.platform.services("dynamodb")
    return read_month(dynamodb, LEDGER, "writer", real.platform.now, **options)


def test_a_false_stop_by_a_wrong_price_is_paused_repriced_and_over(mispriced):
    platform = mispriced.platform
    code, said = _json(
        *("enforcement", "pause", "--tenant", "writer", "--for", "1h"), "--reason", "price is wrong"
    )
    assert (code, said["stage"]) == (0, "active")
    assert platform.stopped("writer") == set()
    platform.add_profile("writer", "smart", price=RIGHT)
    platform.later(hours=2)
    code, said = _json("ledger", "reprice", "--from", "2026-11-25", "--tenant", "writer")
    assert code == 0
    (booked,) = said["booked"]
    assert booked["message"].startswith("-$540.00 is booked for writer in 2026-11")
    assert total(mispriced).total_usd == 60
    for _ in range(2):
        platform.later(minutes=5)
        platform.run()
        assert platform.stopped("writer") == set()
    code, said = _json("ledger", "reprice", "--from", "2026-11-25")
    assert (code, said["booked"]) == (0, [])


def test_a_dry_run_books_nothing_and_shows_the_difference(mispriced):
    mispriced.platform.add_profile("writer", "smart", price=RIGHT)
    mispriced.platform.later(hours=2)
    result = _run("ledger", "reprice", "--from", "2026-11-25", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "4 log records from 2026-11-25 to 2026-11-25 12:00 UTC" in result.output
    assert "-$540.00" in result.output
    assert "Nothing was booked." in result.output
    assert total(mispriced).total_usd == 600


def test_a_call_that_only_the_log_knows_is_left_alone_with_exit_1(mispriced):
    platform = mispriced.platform
    platform.services("dynamodb").update_item(
        TableName=LEDGER,
        Key={"pk": {"S": "writer"}, "sk": {"S": "A#2026-11-25#smart"}},
        UpdateExpression="ADD n10 :n",
        ExpressionAttributeValues={":n": {"N": "-1"}},
    )
    platform.add_profile("writer", "smart", price=RIGHT)
    platform.later(hours=2)
    result = _run("ledger", "reprice", "--from", "2026-11-25")
    assert result.exit_code == 1
    assert "! left alone: writer smart on 2026-11-25, hours 10" in result.output
    assert total(mispriced).total_usd == 600


def test_an_adjustment_ends_a_false_stop_and_is_shown_to_a_person(mispriced):
    result = _run("ledger", "adjust", "writer", "--usd=-540", "--reason", "price x10, INC-9")
    assert result.exit_code == 0, result.output
    assert "$600.00 becomes $60.00" in result.output
    assert mispriced.platform.stopped("writer") == set()
    assert total(mispriced).total_usd == Decimal(60)
    shown = _run("tenants", "status", "writer").output
    assert "adjust -$540.00" in shown
    assert "price x10, INC-9" in shown


def test_a_pause_of_all_is_waited_for_and_shown_and_ended(mispriced):
    code, said = _json("enforcement", "pause", "--all", "--for", "90m", "--reason", "meter is mad")
    assert (code, said["decided"], said["tenants"], said["stopped"]) == (0, True, 2, [])
    result = _run("tenants", "status")
    assert result.exit_code == 1
    assert "paused" in result.output
    result = _run("enforcement", "resume", "--all", "--reason", "meter is mended")
    assert result.exit_code == 0, result.output
    assert "2 tenants, 1 of them stopped: writer" in result.output
    assert mispriced.platform.stopped("writer") == {"smart", "fast"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("enforcement", "pause", "--for", "1h", "--reason", "x"),
        ("enforcement", "pause", "--all", "--tenant", "writer", "--for", "1h", "--reason", "x"),
        ("enforcement", "pause", "--all", "--for", "25h", "--reason", "x"),
        ("enforcement", "pause", "--all", "--for", "soon", "--reason", "x"),
        ("enforcement", "resume", "--tenant", "writer", "--reason", "nothing is paused"),
        ("ledger", "adjust", "writer", "--usd", "much", "--reason", "x"),
        ("ledger", "adjust", "writer", "--usd=-601", "--reason", "more than was spent"),
        ("ledger", "adjust", "writer", "--usd", "1", "--day", "monday", "--reason", "x"),
        ("ledger", "reprice", "--from", "2026-11-27"),
        ("ledger", "reprice", "--from", "2026-11-25", "--tenant", "nobody"),
    ],
)
def test_what_makes_no_sense_is_exit_2_and_changes_nothing(mispriced, arguments):
    before = total(mispriced)
    result = _run(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert total(mispriced) == before
    assert mispriced.platform.stopped("writer") == {"smart", "fast"}
