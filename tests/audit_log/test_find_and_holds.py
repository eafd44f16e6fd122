import json
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from moto import mock_aws

from finops_constructs.audit_log.bucket_store import BucketStore
from finops_constructs.audit_log.client import AuditLog
from finops_constructs.audit_log.errors import AuditLogError
from finops_constructs.audit_log.find import Search, find
from finops_constructs.audit_log.holds import LegalHolds, Selection
from finops_constructs.audit_log.principal import Names, resolve
from log_archiver.journal import archive_journal
from log_archiver.statements import append
from shared.state_table import journal_item
from tests.lambdas.log_archiver.log_world import ACCOUNT, ROLE_SESSION, START, LogWorld, record

BOB = f"arn:aws:sts::{ACCOUNT}:assumed-role/WriterApp/bob"
DAY = timedelta(days=1)


@pytest.fixture
def world():
    with mock_aws():
        world = LogWorld()
        records = [
            record(1),
            record(2, identity={"arn": BOB}),
            record(3, identity={"arn": f"arn:aws:iam::{ACCOUNT}:role/Batch"}),
            record(4, at=START + DAY),
            record(5, modelId="anthropic.claude-haiku-5-5"),
        ]
        world.archiver.ingest.file(world.deliver(*records))
        yield world


class Channel:
    """What carries statements to the archiver, as its function URL does."""

    def __init__(self, world):
        self.world, self.sent = world, []

    def post(self, body, *, repeatable):
        assert repeatable
        self.sent.append(body)
        self.world.now += timedelta(seconds=1)
        event = {
            "requestContext": {"authorizer": {"iam": {"userArn": ROLE_SESSION}}},
            "body": json.dumps(body),
        }
        return append(event, self.world.archiver.archive, self.world.now)


def store(world):
    return BucketStore(world.s3, "vault")


def names(world):
    return Names(world.dynamodb, "names")


def found(world, principal=None, *, tenant="writer", start=START, days=1, known=True):
    who = resolve(principal, names(world) if known else None) if principal else None
    search = Search(tenant=tenant, start=start, end=start + days * DAY, principal=who)
    return list(find(store(world), search))


def numbers(entries):
    return [int(e["entry"]["requestId"][-2:]) for e in entries if e["kind"] == "records"]


def test_everything_of_a_tenant_between_two_moments(world):
    assert numbers(found(world)) == [1, 2, 3]
    assert numbers(found(world, days=2)) == [1, 2, 3, 4]
    assert numbers(found(world, start=START + timedelta(seconds=1))) == [4]
    assert numbers(found(world, tenant="_unattributed")) == [5]


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("alice@example.com", [1]),
        (ROLE_SESSION, [1]),
        ("bob", [2]),
        ("WriterApp", [1, 2]),
        (f"arn:aws:iam::{ACCOUNT}:role/apps/Batch", [3]),
        ("nobody", []),
    ],
)
def test_a_principal_by_name_session_role_or_arn(world, principal, expected):
    assert numbers(found(world, principal)) == expected


def test_a_pseudonym_needs_no_table_and_leads_back_to_its_name(world):
    (person,) = names(world).pseudonyms_of("bob")
    assert numbers(found(world, person, known=False)) == [2]
    assert names(world).name_of(person) == "bob"


def test_an_erased_name_leads_nowhere_and_others_are_known(world):
    known = names(world)
    (person,) = known.pseudonyms_of("bob")
    assert known.name_of(person) == "bob"
    assert known.erase("bob") == {person}
    assert numbers(found(world, "bob")) == []
    assert (known.name_of(person), known.erase("bob")) == (None, frozenset())
    assert numbers(found(world, "alice@example.com")) == [1]
    assert numbers(found(world, person, known=False)) == [2]


def test_decisions_and_statements_are_found_beside_the_calls(world):
    item = journal_item("writer", {"kind": "suspend", "actor": ROLE_SESSION})
    item["sk"] = {"S": "JOURNAL#2026-11-26T05:00:00.000000+00:00#ab12"}
    record = {"eventName": "INSERT", "dynamodb": {"NewImage": item}}
    archive_journal(record, world.archiver.archive)
    AuditLog(Channel(world)).append("human-review", tenant="writer", summary="checked")
    kinds = [e["kind"] for e in found(world)]
    assert kinds == ["records"] * 3 + ["statements", "journal"]
    of_alice = [e["kind"] for e in found(world, "alice@example.com")]
    assert of_alice == ["records", "statements", "journal"]


def test_a_documents_hash_is_recorded_and_an_unreadable_one_is_an_error(world, tmp_path):
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"plan")
    channel = Channel(world)
    added = AuditLog(channel).append("document", summary="risk plan", document=plan, id="plan-v3-1")
    assert channel.sent[0]["document_sha256"].startswith("64879f7d")
    assert added.id == "plan-v3-1"
    assert world.lines(added.key)[0]["document_name"] == "plan.pdf"
    with pytest.raises(AuditLogError, match="cannot be read"):
        AuditLog(channel).append("document", summary="x", document=tmp_path / "none")


@pytest.fixture
def holds(world):
    channel = Channel(world)
    return SimpleNamespace(
        legal=LegalHolds(world.s3, "vault", store(world), AuditLog(channel)), channel=channel
    )


def held(world):
    status = {
        key: world.s3.get_object_legal_hold(Bucket="vault", Key=key)["LegalHold"]["Status"]
        for key in world.objects(prefix="records/")
    }
    return sorted(key.split("/")[1:3] for key, on in status.items() if on == "ON")


WRITER_26, WRITER_27 = ["tenant=writer", "day=2026-11-26"], ["tenant=writer", "day=2026-11-27"]
NOBODY_26 = ["tenant=_unattributed", "day=2026-11-26"]


def unheld(world):
    for key in world.objects(prefix="records/"):
        off = {"Status": "OFF"}
        world.s3.put_object_legal_hold(Bucket="vault", Key=key, LegalHold=off)


def test_a_hold_covers_a_tenant_and_days_and_is_in_the_log(world, holds):
    unheld(world)
    selection = Selection(tenant="writer", last=date(2026, 11, 26))
    done = holds.legal.hold("CASE-1", selection, "matter 1")
    assert held(world) == [WRITER_26]
    assert done.objects == 1
    assert [s["result"] for s in holds.channel.sent] == ["hold", "hold-done"]
    assert holds.legal.open_cases() == {"CASE-1": [selection]}


def test_releasing_a_case_leaves_what_another_holds(world, holds):
    unheld(world)
    holds.legal.hold("CASE-1", Selection(tenant="writer"), "matter 1")
    holds.legal.hold("CASE-2", Selection(first=date(2026, 11, 27)), "matter 2")
    done = holds.legal.release("CASE-1", "settled")
    assert held(world) == [WRITER_27]
    assert (done.objects, done.kept) == (1, 1)
    holds.legal.release("CASE-2", "settled")
    assert held(world) == []
    assert holds.legal.open_cases() == {}


def test_everything_may_be_held(world, holds):
    unheld(world)
    holds.legal.hold("CASE-3", Selection(), "all of it")
    assert held(world) == [NOBODY_26, WRITER_26, WRITER_27]


def test_fails_when_a_case_is_not_known(holds):
    with pytest.raises(AuditLogError, match="holds nothing; open cases: none"):
        holds.legal.release("CASE-9", "settled")
