import contextlib
import gzip
import json

import pytest

from tests.lambdas.log_archiver.failing import DiedError, DyingClient
from tests.lambdas.log_archiver.log_world import PREFIX, PROFILE_ID, START, record, zipped

OTHER = "anthropic.claude-haiku-5-5"


def chained(world):
    """Close the hour; return its entries."""
    world.pass_hours(2)
    return [entry for hour in ("2026-11-26T01",) for entry in world.manifest(hour)["entries"]]


def request_ids(world):
    return sorted(
        line["requestId"] for key in world.objects(prefix="records/") for line in world.lines(key)
    )


def test_records_are_locked_by_tenant_and_day_without_names(world):
    key = world.deliver(record(1), record(2, modelId=OTHER), record(3, at=START.replace(day=25)))
    assert world.archiver.ingest.file(key).records == 3
    partitions = [each.rpartition("/")[0] for each in world.objects(prefix="records/")]
    assert partitions == [
        "records/tenant=_unattributed/day=2026-11-26",
        "records/tenant=writer/day=2026-11-25",
        "records/tenant=writer/day=2026-11-26",
    ]
    assert all(b"alice" not in gzip.decompress(world.read(k)) for k in world.objects())


def test_every_version_is_locked(world):
    world.archiver.ingest.file(world.deliver(record()))
    (key,) = world.objects()
    assert world.s3.head_object(Bucket="vault", Key=key)["ObjectLockMode"] == "GOVERNANCE"


def test_names_are_kept_outside_of_the_lock(world):
    world.archiver.ingest.file(world.deliver(record()))
    items = world.dynamodb.scan(TableName="names")["Items"]
    pairs = {item["pk"]["S"]: item["sk"]["S"] for item in items}
    (person,) = {v for k, v in pairs.items() if k == "NAME#alice@example.com"}
    assert pairs[f"PSEUDONYM#{person}"] == "alice@example.com"
    assert all(int(item["expires_at"]["N"]) > START.timestamp() for item in items)


def test_a_delivery_told_of_twice_is_archived_once(world):
    key = world.deliver(record(1), record(2))
    world.archiver.ingest.file(key)
    assert world.archiver.ingest.file(key).skipped
    (entry,) = chained(world)
    assert entry["records"] == 2
    assert entry["calls"] == {PROFILE_ID: {"2026-11-26T01": [2, 0]}}


def test_a_delivery_that_comes_again_under_another_name_is_archived_once(world):
    world.archiver.ingest.file(world.deliver(record(1), name="one.json.gz"))
    world.archiver.ingest.file(world.deliver(record(1), name="two.json.gz"))
    assert len(chained(world)) == 1
    assert world.objects("landing") == []


def test_the_landing_object_is_deleted_once_a_manifest_has_it(world):
    key = world.deliver(record())
    world.archiver.ingest.file(key)
    assert world.objects("landing") == [key]
    chained(world)
    assert world.objects("landing") == []


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
@pytest.mark.parametrize("after", range(4))
def test_dying_anywhere_loses_and_doubles_nothing(world, service, after):
    key = world.deliver(record(1), record(2, modelId=OTHER))
    dying = {service: DyingClient(getattr(world, service), after)}
    with contextlib.suppress(DiedError):
        world.new_archiver(**dying).ingest.file(key)
    world.registry.clear()  # What the first attempt knew of tenants holds for all.
    world.new_archiver().ingest.file(key)
    entries = chained(world)
    assert sorted(entry["key"] for entry in entries) == world.objects(prefix="records/")
    versions = world.s3.list_object_versions(Bucket="vault", Prefix="records/")["Versions"]
    assert len(versions) == len(entries), "nothing was written over"
    assert request_ids(world) == [record(1)["requestId"], record(2)["requestId"]]


def test_a_broken_gzip_gives_what_can_be_read_and_an_event_says_what_is_missing(world):
    whole = zipped(*(record(n, operation=f"Converse{n:0200}") for n in range(3000)))
    key = world.deliver(content=whole[: len(whole) // 2])
    done = world.archiver.ingest.file(key)
    assert done.broken == "the file is cut short"
    assert 0 < done.records < 3000
    assert len(request_ids(world)) == done.records
    (event,) = world.objects(prefix="events/")
    said = json.loads(world.read(event))
    assert said["type"] == "unreadable-delivery"
    assert said["records_read"] == done.records
    assert world.read(f"quarantine/{key}", "landing") == whole[: len(whole) // 2]
    assert len(chained(world)) == 2


def test_what_is_no_gzip_at_all_is_kept_aside_and_said(world):
    key = world.deliver(content=b"not a gzip file")
    assert world.archiver.ingest.file(key).records == 0
    (entry,) = chained(world)
    assert entry["kind"] == "events"
    assert world.objects("landing") == [f"quarantine/{key}"]


def test_lines_that_are_no_records_cost_no_others(world):
    content = gzip.compress(
        b'{"modelId": 5}\nnonsense\n\n' + json.dumps(record(1)).encode() + b"\n[]\n"
    )
    done = world.archiver.ingest.file(world.deliver(content=content))
    assert (done.records, done.unreadable) == (1, 3)
    assert len(world.objects(prefix="events/")) == 1


def test_content_goes_to_its_own_bucket_and_never_into_the_lock(world_with):
    world = world_with(content=True)
    body = {"messages": "the patient is Ada"}
    key = world.deliver(record(1, input={"inputBodyJson": body, "inputTokenCount": 1}))
    world.archiver.ingest.file(key)
    large = world.deliver(name="data/b.json.gz", content=b"Ada's picture")
    world.archiver.ingest.file(large)
    assert world.objects("content") == sorted([key, large])
    assert all(b"Ada" not in gzip.decompress(world.read(k)) for k in world.objects())


def test_what_bedrock_tries_the_bucket_with_is_left_alone(world):
    world.deliver(name="amazon-bedrock-logs-permission-check", content=b"x")
    world.s3.put_object(Bucket="landing", Key="other/file", Body=b"x")
    for key in world.objects("landing"):
        assert world.archiver.ingest.file(key).skipped
    assert world.archiver.ingest.file(f"{PREFIX}gone.json.gz").skipped
    assert world.objects() == []


def test_deliveries_whose_notification_was_lost_are_found(world):
    world.deliver(record())
    assert list(world.archiver.ingest.left_behind(3600)) == []
    assert len(list(world.archiver.ingest.left_behind(-5))) == 1
