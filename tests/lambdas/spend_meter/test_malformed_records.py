"""Ten thousand records somebody else's bug has spoilt: none counted wrongly, none lost, no crash.

A second, plain reading of what a good record is decides what each must come to.
"""

import base64
import copy
import json
import random
from datetime import datetime, timedelta
from typing import Any

from spend_meter.dead_letters import decode_records, without_bodies
from tests.lambdas.invocations import (
    NOW,
    delivery,
    event,
    policy_entry,
    profile_entry,
    record,
)
from tests.lambdas.meter_world import World

_ODD_VALUES: tuple[Any, ...] = (
    None, True, False, -1, -(10**30), 0, 1, 7, 10**9, 10**30, 1.5, 1e30, float("nan"),
    float("inf"), "", "5", "1e30", "\ud800", "\x00", [], [1], {}, {"a": 1}, [[[]]],
    "2026-11-25T14:03:22Z", "2026-13-45T99:99:99Z", "2026-11-25", "arn:aws:iam::1:role/x",
)  # fmt: skip


def places(value, path=()):
    """Yield the path of every value within a record."""
    for key, inner in value.items():
        yield (*path, key)
        if isinstance(inner, dict):
            yield from places(inner, (*path, key))


def spoilt(chance: random.Random, number: int) -> str:
    good = record(
        requestId=str(number),
        read=chance.choice([None, 0, 50]),
        written=chance.choice([None, 0, 60]),
    )
    bad = copy.deepcopy(good)
    for _ in range(chance.choice([1, 1, 2])):
        *parents, key = chance.choice(list(places(bad)))
        holder = bad
        for parent in parents:
            holder = holder[parent]
        if chance.random() < 0.3:
            del holder[key]
        else:
            holder[key] = chance.choice(_ODD_VALUES)
    text = json.dumps(bad)
    cut = chance.random()
    if cut < 0.1:
        return text[: chance.randrange(len(text))]
    return text + chance.choice(["}", ",{}", "]", " x"]) if cut < 0.15 else text


def whole(value, most=10**8):
    return type(value) is int and 0 <= value <= most


def is_good(text: str) -> bool:
    """Whether a record is one of profile `writersmart` that must be metered."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return (
        isinstance(found, dict)
        and found.get("modelId") == record()["modelId"]
        and has_good_counts(found)
        and has_good_identity(found)
        and has_good_time(found)
    )


def has_good_counts(found: dict[str, Any]) -> bool:
    given, made = found.get("input"), found.get("output")
    if not isinstance(given, dict) or not isinstance(made, dict):
        return False
    caches = [given.get("cacheReadInputTokenCount"), given.get("cacheWriteInputTokenCount")]
    needed = [given.get("inputTokenCount"), made.get("outputTokenCount")]
    counts = [*needed, *(count for count in caches if count is not None)]
    return all(type(count) is int and 0 <= count <= 10**8 for count in counts)


def has_good_identity(found: dict[str, Any]) -> bool:
    identity = found.get("identity")
    arn = identity.get("arn") if isinstance(identity, dict) else identity
    return arn is None or arn == record()["identity"]["arn"]


def has_good_time(found: dict[str, Any]) -> bool:
    try:
        moment = datetime.fromisoformat(found.get("timestamp", ""))
    except (TypeError, ValueError):
        return False
    if moment.tzinfo is None:
        return False
    return NOW - timedelta(days=35) <= moment <= NOW + timedelta(hours=1)


def test_ten_thousand_spoilt_records_are_counted_or_kept_each_exactly_once():
    chance = random.Random(20261125)
    world = World(policy_entry("writer"), profile_entry("writer", "smart"))
    texts = [spoilt(chance, number) for number in range(10_000)]
    for start in range(0, len(texts), 500):
        numbers = range(start, start + 500)
        world.deliver(delivery(event(number, texts[number]) for number in numbers))
    good = {n for n, text in enumerate(texts) if is_good(text)}
    kept: dict[int, str] = {}
    for body in world.dead_letters:
        letters = decode_records(json.loads(body)).events
        for event_id, text in zip(letters.ids, letters.messages, strict=True):
            assert int(event_id) not in kept
            kept[int(event_id)] = text
    assert 1000 < len(good) < 9000
    assert set(kept) == set(range(10_000)) - good
    assert all(text == without_bodies(texts[number]) for number, text in kept.items())
    records = [json.loads(texts[n]) for n in good]
    assert world.table.sum("A#", "n") == world.table.sum("R#", "calls") == len(good)
    assert world.table.sum("A#", "in") == sum(r["input"]["inputTokenCount"] for r in records)
    assert world.table.sum("A#", "out") == sum(r["output"]["outputTokenCount"] for r in records)
    assert world.table.sum("X#", "records") == len(kept)
    assert world.metered() == len(good)


def test_a_thousand_spoilt_deliveries_are_kept_whole_and_crash_nothing():
    chance = random.Random(25)
    world = World(policy_entry("writer"), profile_entry("writer", "smart"))
    good = base64.b64decode(delivery([event(1, record())]))
    spoilt_ones: set[str] = set()
    while len(spoilt_ones) < 1000:
        cut = bytearray(good[: chance.randrange(len(good))])
        for _ in range(chance.randrange(3)):
            if cut:
                cut[chance.randrange(len(cut))] = chance.randrange(256)
        spoilt_ones.add(base64.b64encode(bytes(cut)).decode())
    for data in sorted(spoilt_ones):
        world.deliver(data)
    kept = {json.loads(body)["awslogs"]["data"] for body in world.dead_letters}
    assert kept == spoilt_ones
    assert world.table.sum("X#", "records") == 1000
    assert world.table.sum("A#", "n") == 0
