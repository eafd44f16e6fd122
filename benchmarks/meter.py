"""The spend meter: its speed against bare decoding, what it writes, and how it starts."""

import base64
import gzip
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.busy_table import BusyTable, deliver_at_once, warm_meter
from benchmarks.first_event import ratio_to_boto3
from spend_meter.service import SpendMeter
from tests.lambdas.invocations import (
    delivery,
    delivery_of,
    entries_of,
    event,
    policy_entry,
    profile_arn,
    profile_entry,
    record,
    registry_of,
)
from tests.lambdas.ledger_table import LedgerTable

_RECORDS = 1000
_ROLES = 20
_ALIASES = ("a", "b", "c", "d", "e")
_BATCHES = 20
_REGISTRY = registry_of(
    policy_entry("writer"), *(profile_entry("writer", alias) for alias in _ALIASES)
)


def measure() -> dict[str, float]:
    """Return ratios, and what 1,000 records of 20 roles through 5 profiles write."""
    return {**_speed(), **_ledger_items(), **_concurrency(), **_first_event()}


def _speed() -> dict[str, float]:
    """Compare with the fastest bare decoding known, and with decoding each record alone."""
    data = _batch(1)
    table = LedgerTable()
    meter = warm_meter(table, _REGISTRY)
    fastest, singly, metering = _fastest_seconds(
        lambda: _decode_at_once(data),
        lambda: _decode_singly(data),
        lambda: _deliver_anew(meter, table, data),
    )
    return {
        "meter_vs_decoding": fastest / metering,
        "meter_vs_decoding_one_by_one": singly / metering,
        "meter_us_per_record": metering / _RECORDS * 1_000_000,
    }


def _deliver_anew(meter: SpendMeter, table: LedgerTable, data: str) -> None:
    table.items.clear()
    handled = meter.deliver(data)
    assert handled.metered == _RECORDS


def _ledger_items() -> dict[str, float]:
    table = LedgerTable()
    warm_meter(table, _REGISTRY).deliver(_batch(1))
    assert table.transactions == table.writes == 1
    return {
        "ledger_items_per_1000_records": len(table.items),
        "ledger_wcu_per_1000_records": table.write_units,
    }


def _concurrency() -> dict[str, float]:
    """Meter 20 batches of one tenant at the same moment: every one meets every other."""
    table = BusyTable()
    seconds = deliver_at_once(table, _REGISTRY, [_batch(seed) for seed in range(_BATCHES)])
    assert table.sum("A#", "n") == _BATCHES * _RECORDS
    return {
        "ledger_20_batches_transactions": table.transactions,
        "ledger_20_batches_conflicts": table.conflicts,
        "ledger_20_batches_wcu": table.write_units + table.wasted_units,
        "ledger_20_batches_s": seconds,
    }


def _first_event() -> dict[str, float]:
    entries = entries_of(policy_entry("writer"), profile_entry("writer", "smart"))
    now = datetime.now(UTC).isoformat()
    queue = "https://sqs.eu-west-1.amazonaws.com/111122223333/"
    ratio = ratio_to_boto3(
        "spend_meter.handler",
        event={"awslogs": {"data": delivery_of(record("writersmart", timestamp=now))}},
        answers={
            "GetParametersByPath": {
                "Parameters": [{"Name": name, "Value": value} for name, value in entries.items()]
            },
            "TransactWriteItems": {},
            "Query": {"Items": []},
            "SendMessage": {},
        },
        environment={
            "LEDGER_TABLE": "finops-ledger",
            "WAKE_QUEUE_URL": f"{queue}finops-wake",
            "DEAD_LETTER_QUEUE_URL": f"{queue}finops-meter-dead-letters",
        },
    )
    return {"meter_first_event_vs_import_boto3": ratio}


def _batch(seed: int) -> str:
    """Return a delivery as an agent fleet makes it within a minute: sessions, cached prompts."""
    chance = random.Random(seed)  # noqa: S311 - the same batch every time
    begin = datetime(2026, 11, 25, 14, 3, tzinfo=UTC)
    return delivery(
        event(
            seed * _RECORDS + number,
            record(
                modelId=profile_arn(f"writer{chance.choice(_ALIASES)}"),
                role=f"Role{chance.randrange(_ROLES)}",
                timestamp=f"{begin + timedelta(seconds=chance.randrange(60)):%Y-%m-%dT%H:%M:%SZ}",
                requestId=f"{chance.getrandbits(128):032x}",
                tokens_in=chance.randrange(3_000),
                tokens_out=chance.randrange(1_000),
                read=chance.randrange(20_000),
                written=chance.choice([0, 0, 0, 4_000]),
            ),
        )
        for number in range(_RECORDS)
    )


def _decode_at_once(data: str) -> Any:
    messages = [event["message"] for event in _opened(data)]
    return json.loads(f"[{','.join(messages)}]")


def _decode_singly(data: str) -> Any:
    return [json.loads(event["message"]) for event in _opened(data)]


def _opened(data: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(data)))["logEvents"]


def _fastest_seconds(*candidates: Callable[[], Any], rounds: int = 60) -> list[float]:
    """Return the least processor time of each, in turns, so that all meet the same machine."""
    fastest = [float("inf")] * len(candidates)
    for _ in range(rounds):
        for position, candidate in enumerate(candidates):
            started = time.process_time()
            candidate()
            fastest[position] = min(fastest[position], time.process_time() - started)
    return fastest
