from datetime import timedelta

import pytest
from moto import mock_aws

from finops_constructs.audit_log.bucket_store import BucketStore
from finops_constructs.audit_log.verify import Options, verify
from tests.lambdas.log_archiver.log_world import START, LogWorld, record


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        yield LogWorld()


def verified(world, *, live=False, now=None):
    store = BucketStore(world.s3, "vault", "123456789012")
    return verify(store, Options(now=now or world.now, live=live))


def kinds(report):
    return [finding.kind.value for finding in report.findings]


def test_a_bucket_is_clean(world):
    world.call(3)
    world.pass_hours(4)
    report = verified(world, live=True)
    assert report.findings == []
    assert report.log == "s3://vault"
    assert report.objects == 1


def test_an_object_written_again_or_hidden_is_named(world):
    world.call(3)
    world.pass_hours(4)
    (key,) = world.objects(prefix="records/")
    world.s3.put_object(
        Bucket="vault", Key=key, Body=b"nothing happened", ChecksumAlgorithm="SHA256"
    )
    assert kinds(verified(world)) == ["overwritten"]
    world.s3.delete_object(Bucket="vault", Key=key)
    assert kinds(verified(world)) == ["hidden", "overwritten"]


def test_a_manifest_written_again_or_hidden_is_named_and_the_chain_holds(world):
    world.call(3)
    world.pass_hours(4)
    key = "manifests/2026/11/26/01.json"
    world.s3.put_object(Bucket="vault", Key=key, Body=b"{}", ChecksumAlgorithm="SHA256")
    world.s3.delete_object(Bucket="vault", Key=key)
    report = verified(world)
    assert kinds(report) == ["hidden", "overwritten"]
    assert report.untrusted_from is None


def test_a_weaker_or_shorter_lock_is_named(world):
    world.lock(200)
    world.call(3)
    world.pass_hours(4)
    report = verified(world)
    assert set(kinds(report)) == {"not-locked"}
    assert "200 days; 400 were declared" in report.findings[0].text


def test_objects_under_legal_hold_are_counted(world):
    world.call(3)
    world.pass_hours(4)
    (key,) = world.objects(prefix="records/")
    world.s3.put_object_legal_hold(Bucket="vault", Key=key, LegalHold={"Status": "ON"})
    assert verified(world).held == 1


def test_a_chain_that_has_stopped_is_told(world):
    world.call(3)
    world.pass_hours(4)
    report = verified(world, live=True, now=world.now + timedelta(hours=6))
    assert kinds(report) == ["hour-missing"]
    assert "no manifest since" in report.findings[0].text


def test_missing_records_are_told_by_hour_and_model(world):
    world.pass_hours(1)
    world.call(3)
    world.count(5, at=world.now)
    world.pass_hours(5)
    (finding,) = verified(world).findings
    assert (finding.kind, finding.hour) == ("incomplete", "2026-11-26T02")
    assert "3 records of 5 calls" in finding.text


def test_calls_of_the_hour_in_which_logging_began_may_have_come_before_it(world):
    world.call(3)
    world.count(5)
    world.pass_hours(5)
    assert verified(world).findings == []


def test_a_request_that_is_logged_twice_is_named(world):
    world.archiver.ingest.file(world.deliver(record(1), record(2), name="a.json.gz"))
    world.archiver.ingest.file(world.deliver(record(2), record(3), name="b.json.gz"))
    world.count(4)
    world.pass_hours(5)
    (finding,) = verified(world).findings
    assert finding.kind == "repeated"
    assert record(2)["requestId"] in finding.text


def test_a_request_repeated_in_a_later_run_is_named_too(world, tmp_path):
    world.archiver.ingest.file(world.deliver(record(1), name="a.json.gz"))
    world.count(2)
    world.pass_hours(2)
    store = BucketStore(world.s3, "vault")
    options = {"now": world.now, "state_file": tmp_path / "state.json"}
    assert verify(store, Options(**options)).findings == []
    late = world.deliver(record(1), record(2), name="b.json.gz", content=None)
    world.archiver.ingest.file(late)
    world.pass_hours(5)
    report = verify(store, Options(**options))
    assert "repeated" in kinds(report)
    assert START.isoformat()[:10] in report.findings[-1].text + report.findings[0].text
