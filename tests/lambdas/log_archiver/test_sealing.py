import base64
import contextlib
import hashlib
import json
from datetime import timedelta
from itertools import pairwise

import pytest
from botocore.exceptions import EndpointConnectionError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from log_archiver.chain_table import ChainTable
from log_archiver.manifest import sha256_hex
from tests.lambdas.log_archiver.failing import DiedError, DyingClient
from tests.lambdas.log_archiver.log_world import PROFILE_ID, START

FIRST = "2026-11-26T01"


def chain(world):
    """Every manifest, oldest first, with its hash."""
    keys = [key for key in world.objects(prefix="manifests/") if key.endswith(".json")]
    contents = [world.read(key) for key in keys]
    return [(json.loads(content), sha256_hex(content)) for content in contents]


def test_each_hour_is_closed_once_it_is_over_and_its_delay_too(world):
    assert world.pass_hours(1.1) == []  # 02:11, and the delay is 15 minutes
    assert world.pass_hours(0.1) == [FIRST]
    assert world.run() == []
    assert world.pass_hours(3) == ["2026-11-26T02", "2026-11-26T03", "2026-11-26T04"]


def test_each_manifest_names_the_hash_of_the_one_before(world):
    world.call(3)
    world.pass_hours(4)
    manifests = chain(world)
    assert [m["sequence"] for m, _ in manifests] == [1, 2, 3]
    assert manifests[0][0]["previous"] is None
    for (_, before), (after, _) in pairwise(manifests):
        assert after["previous"]["sha256"] == before


def test_an_entry_is_what_is_in_the_bucket(world):
    world.call(3)
    world.pass_hours(2)
    (entry,) = world.manifest(FIRST)["entries"]
    content = world.read(entry["key"])
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["size"] == len(content)
    version = world.s3.head_object(Bucket="vault", Key=entry["key"])["VersionId"]
    assert entry["version_id"] == version


def test_cloudwatchs_counts_are_frozen(world):
    world.call(3)
    world.count(5)
    world.pass_hours(2)
    frozen = world.manifest(FIRST)["cloudwatch"]
    assert frozen["models"][PROFILE_ID]["invocations"] == 5
    assert frozen["read_at"]


def test_a_manifest_without_counts_is_better_than_none(world, monkeypatch):
    def fail(**_):
        raise EndpointConnectionError(endpoint_url="https://monitoring")

    monkeypatch.setattr(world.cloudwatch, "paginate", fail)
    assert world.pass_hours(2) == [FIRST]
    assert world.manifest(FIRST)["cloudwatch"] == {"models": {}, "read_at": None}


def test_a_late_delivery_is_in_the_manifest_of_the_hour_it_came_in(world):
    world.pass_hours(2)
    world.call(2, at=START, name="late.json.gz")
    world.pass_hours(2)
    assert world.manifest(FIRST)["entries"] == []
    late = next(m for m, _ in chain(world) if m["entries"])
    assert late["entries"][0]["calls"] == {PROFILE_ID: {FIRST: [2, 0]}}


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
@pytest.mark.parametrize("after", range(7))
def test_dying_anywhere_leaves_a_chain_that_goes_on(world, service, after):
    world.call(2)
    world.now += timedelta(hours=3)
    dying = world.new_archiver(**{service: DyingClient(getattr(world, service), after)})
    with contextlib.suppress(DiedError):
        dying.sealer.run(world.now, lambda: False)
    world.archiver = world.new_archiver()
    world.call(1, at=world.now, name="meanwhile.json.gz")
    world.pass_hours(2)
    manifests = chain(world)
    assert [m["sequence"] for m, _ in manifests] == list(range(1, len(manifests) + 1))
    for (_, before), (following, _) in pairwise(manifests):
        assert following["previous"]["sha256"] == before
    keys = [entry["key"] for m, _ in manifests for entry in m["entries"]]
    assert sorted(keys) == world.objects(prefix="records/")
    assert world.objects("landing") == []


def test_two_runs_at_once_close_an_hour_once(world, monkeypatch):
    world.call(2)
    world.now += timedelta(hours=1.5)
    advance = ChainTable.advance
    raced: list[ChainTable] = []

    def after_another_run(table, before, after):
        if not raced:
            raced.append(table)
            world.run()
        return advance(table, before, after)

    monkeypatch.setattr(ChainTable, "advance", after_another_run)
    assert world.new_archiver().sealer.run(world.now, lambda: False) == []
    assert len(chain(world)) == 1


def test_a_table_that_was_lost_finds_the_chain_in_the_bucket(world):
    world.call(2)
    world.pass_hours(2)
    for item in world.dynamodb.scan(TableName="chain")["Items"]:
        world.dynamodb.delete_item(TableName="chain", Key={"pk": item["pk"], "sk": item["sk"]})
    world.archiver = world.new_archiver()
    world.pass_hours(1)
    assert [m["sequence"] for m, _ in chain(world)] == [1, 2]


def test_a_signature_is_the_keys_over_the_manifest(world_with):
    world = world_with(sign=True)
    world.pass_hours(2)
    manifest = world.read("manifests/2026/11/26/01.json")
    signature = base64.b64decode(world.read("manifests/2026/11/26/01.json.sig"))
    world.kms.key.public_key().verify(signature, manifest, ec.ECDSA(hashes.SHA256()))
    assert world.manifest(FIRST)["signing_key"] == world.kms.arn


def test_hours_behind_are_counted(world):
    assert world.archiver.sealer.hours_behind(world.now) == 0
    assert world.archiver.sealer.hours_behind(world.now + timedelta(hours=5)) == 4
    world.pass_hours(5)
    assert world.archiver.sealer.hours_behind(world.now) == 0


def test_the_run_leaves_what_it_has_no_time_for(world):
    world.now += timedelta(hours=5)
    turns = iter([False, True])
    assert len(world.archiver.sealer.run(world.now, lambda: next(turns))) == 1
    assert len(world.run()) == 3
