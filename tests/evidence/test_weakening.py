"""Whatever weakens a measure turns a verdict and fails the gate for pull requests."""

import pytest

from finops_constructs.evidence.diff import Direction, compare
from tests.evidence.assemblies import (
    PLATFORM,
    TENANT,
    changed,
    evidence_of,
    strongest,
    tenant_resources,
    verdicts,
)

RETENTION = ("ObjectLockConfiguration", "Rule", "DefaultRetention")
LOG, KEY = (PLATFORM, "Log", "Properties"), (PLATFORM, "LogKey", "Properties", "KeyPolicy")
STATEMENTS = (PLATFORM, "LogPolicy", "Properties", "PolicyDocument", "Statement")
ALLOWED = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
EXEMPT = ("Condition", "ArnNotEquals", "aws:PrincipalArn")

WEAKENINGS = {
    "COMPLIANCE to GOVERNANCE": ((*LOG, *RETENTION, "Mode"), "GOVERNANCE"),
    "400 to 90 days": ((*LOG, *RETENTION, "Days"), 90),
    "days known at deployment only": ((*LOG, *RETENTION, "Days"), {"Ref": "Days"}),
    "no default retention": ((*LOG, "ObjectLockConfiguration"), None),
    "versioning off": ((*LOG, "VersioningConfiguration", "Status"), "Suspended"),
    "object lock off": ((*LOG, "ObjectLockEnabled"), None),
    "TLS statement removed": ((*STATEMENTS, 0), None),
    "TLS statement for one principal": ((*STATEMENTS, 0, "Principal"), {"AWS": "arn:one"}),
    "TLS statement allows": ((*STATEMENTS, 0), ALLOWED),
    "TLS statement for the bucket, not its objects": ((*STATEMENTS, 0, "Resource"), ["bucket"]),
    "lock statement for objects only": ((*STATEMENTS, 2, "Resource"), ["bucket/*"]),
    "bypass no longer denied": ((*STATEMENTS, 1), None),
    "lock may be changed by everybody": ((*STATEMENTS, 2, *EXEMPT), "*"),
    "bucket policy gone": ((PLATFORM, "LogPolicy"), None),
    "encryption off": ((*LOG, "BucketEncryption"), None),
    "open to the public": ((*LOG, "PublicAccessBlockConfiguration", "BlockPublicPolicy"), False),
    "access lists count": ((*LOG, "OwnershipControls"), None),
    "log goes with its stack": ((PLATFORM, "Log", "DeletionPolicy"), "Delete"),
    "logging off": ((PLATFORM, "Calls"), None),
    "logging without a destination": ((PLATFORM, "Calls", "Properties", "LogGroupName"), None),
    "KMS deletion allowed": ((*KEY, "Statement", 1), None),
    "KMS policy may be changed": (
        (*KEY, "Statement", 1, "Action"),
        ["kms:DisableKey", "kms:ScheduleKeyDeletion"],
    ),
    "KMS deletion denied to nobody": ((*KEY, "Statement", 1, *EXEMPT), "*"),
    "KMS key goes with its stack": ((PLATFORM, "LogKey", "DeletionPolicy"), "Delete"),
    "KMS key disabled": ((PLATFORM, "LogKey", "Properties", "Enabled"), False),
    "archiver gone": ((PLATFORM, "Archiver"), None),
    "alarm tells nobody": ((PLATFORM, "NoDelivery", "Properties", "AlarmActions"), []),
    "alarm switched off": ((PLATFORM, "NoDelivery", "Properties", "ActionsEnabled"), False),
    "metering a part": ((PLATFORM, "Metering", "Properties", "FilterPattern"), "{ $.a = 1 }"),
    "bill to nowhere": ((PLATFORM, "Bill", "Properties", "Export", "DataQuery"), None),
    "guard not watched": ((PLATFORM, "GuardErrors"), None),
    "anybody may command": ((PLATFORM, "Url", "Properties", "AuthType"), "NONE"),
    "no cost tag": ((TENANT, "Smart", "Properties", "Tags", 0), None),
    "standing deny without its point": (
        (TENANT, "Deny", "Properties", "PolicyDocument", "Statement", 0, "Sid"),
        "Other",
    ),
    "burst alarm tells nobody": ((TENANT, "Burst", "Properties", "AlarmActions"), []),
    "budget gone": ((TENANT, "Budget"), None),
    "suspension policy gone": ((TENANT, "Suspension"), None),
    "no burst alarm": ((TENANT, "Burst"), None),
    "budget without a filter": (
        (TENANT, "Budget", "Properties", "Budget", "FilterExpression"),
        None,
    ),
    "budget tells nobody": (
        (TENANT, "Budget", "Properties", "NotificationsWithSubscribers", 0, "Subscribers"),
        [],
    ),
    "suspension allows": (
        (TENANT, "Suspension", "Properties", "PolicyDocument", "Statement", 0, "Effect"),
        "Allow",
    ),
    "declaration gone": ((TENANT, "Smart", "Metadata"), None),
    "scope no longer declared": ((TENANT, "Entry", "Metadata", "finops:evidence", "scope"), None),
    "shadow": ((TENANT, "Entry"), tenant_resources(mode="shadow")["Entry"]),
    "observe": ((TENANT, "Entry"), tenant_resources(guard="observe")["Entry"]),
    "no owner": ((TENANT, "Entry"), tenant_resources(owner=None)["Entry"]),
}
# The clauses about these ask for more than templates can show, so that they are in part anyhow.
WEAKENINGS_OF_A_PART = {
    "no table over the log": ((PLATFORM, "Records"), None),
    "journal not streamed": ((PLATFORM, "State", "Properties", "StreamSpecification"), None),
    "journal not restorable": (
        (PLATFORM, "State", "Properties", "PointInTimeRecoverySpecification"),
        None,
    ),
    "auditor may write": (
        (PLATFORM, "Auditor", "Properties", "Policies", 0, "PolicyDocument", "Statement", 0),
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"]},
    ),
}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return evidence_of(tmp_path_factory.mktemp("strongest"), strongest())


def test_at_its_strongest_every_measure_supports_its_clauses(before):
    assert {fact.verdict.value for fact in before.facts} == {"supports"}
    found = verdicts(before)
    assert found["ai-act.art-19.1"] == found["ai-act.art-26.6"] == "supports"
    assert found["dora-rts.art-12.protection"] == "supports"
    assert found["mifid-565.art-72.1.c"] == "supports"
    assert "not-evidenced" not in found.values()


@pytest.mark.parametrize(("path", "value"), WEAKENINGS.values(), ids=WEAKENINGS)
def test_a_weakening_turns_a_verdict_and_fails_the_gate(before, tmp_path, path, value):
    after = evidence_of(tmp_path, changed(strongest(), *path, value=value))
    assert verdicts(after) != verdicts(before)
    found = compare(before, after)
    assert found.is_weaker
    assert Direction.WEAKER in {change.direction for change in found.verdicts}
    assert not compare(after, before).is_weaker


@pytest.mark.parametrize(("path", "value"), WEAKENINGS_OF_A_PART.values(), ids=WEAKENINGS_OF_A_PART)
def test_what_weakens_a_part_of_a_clause_fails_the_gate_too(before, tmp_path, path, value):
    after = evidence_of(tmp_path, changed(strongest(), *path, value=value))
    assert verdicts(after) == verdicts(before)
    assert compare(before, after).is_weaker
    assert not compare(after, before).is_weaker


@pytest.mark.parametrize(
    ("path", "value", "clauses"),
    [
        ((*LOG, *RETENTION, "Days"), 90, {"ai-act.art-19.1", "ai-act.art-26.6"}),
        ((*LOG, *RETENTION, "Days"), 183, {"ai-act.art-19.1", "ai-act.art-26.6"}),
        ((PLATFORM, "Calls"), None, {"ai-act.art-12.1"}),
    ],
)
def test_without_what_it_is_about_a_clause_is_not_evidenced(tmp_path, path, value, clauses):
    found = verdicts(evidence_of(tmp_path, changed(strongest(), *path, value=value)))
    assert {found[clause] for clause in clauses} == {"not-evidenced"}


@pytest.mark.parametrize("days", [184, 400, 3653])
def test_six_months_are_184_days(tmp_path, days):
    stacks = changed(strongest(), *LOG, *RETENTION, "Days", value=days)
    assert verdicts(evidence_of(tmp_path, stacks))["ai-act.art-19.1"] == "supports"


def test_a_shorter_period_above_the_floor_is_weaker_though_no_verdict_turns(before, tmp_path):
    after = evidence_of(tmp_path, changed(strongest(), *LOG, *RETENTION, "Days", value=200))
    assert verdicts(after) == verdicts(before)
    found = compare(before, after)
    assert [(c.before and c.before.value, c.fact.value) for c in found.facts] == [("400", "200")]
    assert found.is_weaker
    assert not compare(after, before).is_weaker


def test_a_period_in_years_counts_its_days(before, tmp_path):
    stacks = changed(strongest(), *LOG, *RETENTION, value={"Years": 1, "Mode": "COMPLIANCE"})
    after = evidence_of(tmp_path, stacks)
    assert verdicts(after)["ai-act.art-19.1"] == "supports"
    assert compare(before, after).is_weaker
