"""Facts against the account: what is as declared, what drifted, what could not be checked."""

import json
from contextlib import contextmanager

import pytest

from finops_constructs._place import Place
from finops_constructs.audit.auditor_statements import (
    AuditedLog,
    log_statements,
    settings_statements,
)
from finops_constructs.evidence.live.comparison import compare_live
from finops_constructs.evidence.live_state import LiveState
from finops_constructs.operations.aws import Aws
from local.emulator import Emulator
from local.testing import TestStack
from tests.evidence.assemblies import (
    ACCOUNT,
    NOW,
    PLATFORM,
    TENANT,
    evidence_of,
    strongest,
    write_assembly,
)

pytestmark = pytest.mark.emulator
SOURCE = (
    "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/"
    "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
)
TEXT, BUCKET = "S", "finops-live-log"
# Where IAM calls an action otherwise than the API its operation.
OTHER_ACTIONS = {
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "DescribeAlarms": "cloudwatch:DescribeAlarms",
}
DAYS = ("Log", "ObjectLockConfiguration.Rule.DefaultRetention.Days")
MORE = {
    "Log": {"BucketName": BUCKET},
    "State": {
        "TableName": "finops-live-state",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": TEXT}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    },
    "NoDelivery": {
        "AlarmName": "no-delivery",
        "Namespace": "AWS/Bedrock",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Period": 300,
        "Statistic": "Sum",
        "Threshold": 0,
        "AlarmActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:finops-alerts"],
    },
    "Entry": {"Type": "String"},
    "Smart": {"InferenceProfileName": "writer-smart", "ModelSource": {"CopyFrom": SOURCE}},
}
DEPLOYED = {
    PLATFORM: ("Log", "LogPolicy", "LogKey", "State", "NoDelivery"),
    TENANT: ("Entry", "Smart", "Suspension"),
}


def deployable():
    """What of the strongest assembly the emulator knows, complete enough to be deployed."""
    stacks = strongest()
    kept = {name: {each: stacks[name][each] for each in ids} for name, ids in DEPLOYED.items()}
    for resources in kept.values():
        for logical_id, resource in resources.items():
            resource["Properties"] |= MORE.get(logical_id, {})
            document = resource["Properties"].get("PolicyDocument")
            if document:
                document["Version"] = "2012-10-17"
    kept[TENANT]["Suspension"]["Properties"]["PolicyDocument"]["Statement"][0]["Resource"] = "*"
    return kept


@pytest.fixture(scope="module")
def emulator():
    with Emulator() as running:
        yield running


@pytest.fixture(scope="module")
def folder(emulator, tmp_path_factory):
    """The assembly, deployed."""
    stacks = deployable()
    for name, resources in stacks.items():
        TestStack(emulator, name).apply(resources)
    return write_assembly(tmp_path_factory.mktemp("live") / "cdk.out", stacks)


@pytest.fixture
def aws(emulator, monkeypatch):
    for key, value in emulator.env.items():
        if key.startswith("AWS_"):
            monkeypatch.setenv(key, value)
    return Aws(region="eu-west-1", endpoint_url=emulator.endpoint_url)


@pytest.fixture
def look(aws, folder, tmp_path):
    """Compare; returns (logical id, property) -> observation."""
    evidence = evidence_of(tmp_path / "again", deployable())

    def compare():
        found = compare_live(folder, evidence, aws, now=NOW)
        assert found.checked_at == NOW
        assert set(found.observations) == set(evidence.facts)
        return {(f.logical_id, f.property): o for f, o in found.observations.items()}

    return compare


@contextmanager
def changed(change, back):
    change()
    try:
        yield
    finally:
        back()


def test_what_was_deployed_is_as_declared(look):
    found = look()
    wrong = {k: (o.state, o.detail) for k, o in found.items() if o.state != "as-declared"}
    assert wrong == {}
    assert found[DAYS].detail == "template and resource say so"


def test_the_auditors_role_may_ask_all_that_was_asked(look, aws):
    asked = set()
    # Every call says its operation before it is signed.
    aws._session.register(
        "before-call", lambda model, **_: asked.add((model.service_model.service_name, model.name))
    )
    look()
    place = Place(partition="aws", account=ACCOUNT, region="eu-west-1")
    log = AuditedLog(bucket_arn="arn:aws:s3:::log", key_arn="arn:aws:kms:eu-west-1:1:key/1")
    statements = [*settings_statements(place, ["finops-*"]), *log_statements(place, log)]
    allowed = {action for statement in statements for action in statement["Action"]}
    needed = {OTHER_ACTIONS.get(name, f"{service}:{name}") for service, name in asked}
    assert len(needed) > 15
    assert needed - allowed == {"sts:GetCallerIdentity"}, "which needs no permission"


def drifted(found):
    return {key: o.detail for key, o in found.items() if o.state is LiveState.DRIFTED}


def test_a_lock_somebody_shortened_is_found(look, emulator):
    s3 = emulator.client("s3")
    lock = s3.get_object_lock_configuration(Bucket=BUCKET)["ObjectLockConfiguration"]
    shorter = {
        **lock,
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 90}},
    }
    with changed(
        lambda: s3.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=shorter),
        lambda: s3.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=lock),
    ):
        found = drifted(look())
    assert found[DAYS] == "90 (not-evidenced) instead of 400 (supports)"
    assert found["Log", "ObjectLockConfiguration.Rule.DefaultRetention.Mode"].startswith(
        "GOVERNANCE (partially-supports)"
    )
    assert drifted(look()) == {}


def test_encryption_with_another_key_is_found(look, emulator):
    s3 = emulator.client("s3")
    rules = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    other = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0a1b2c3d-0000-0000-0000-000000000000"
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": other}
    another = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    with changed(
        lambda: s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=another),
        lambda: s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=rules),
    ):
        (told,) = drifted(look()).values()
    assert told.startswith(other)


def test_encryption_taken_off_is_found(look, emulator):
    s3 = emulator.client("s3")
    rules = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]
    with changed(
        lambda: s3.delete_bucket_encryption(Bucket=BUCKET),
        lambda: s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=rules),
    ):
        found = {name.rpartition(".")[2] for _, name in drifted(look())}
    # What the template calls a reference is known at deployment only; that it is gone is not.
    assert found == {"SSEAlgorithm", "KMSMasterKeyID"}


def test_a_policy_somebody_removed_is_found(look, emulator):
    s3 = emulator.client("s3")
    policy = s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    with changed(
        lambda: s3.delete_bucket_policy(Bucket=BUCKET),
        lambda: s3.put_bucket_policy(Bucket=BUCKET, Policy=policy),
    ):
        found = drifted(look())
    assert {logical_id for logical_id, _ in found} == {"LogPolicy"}
    assert len(found) == 4


def test_a_registry_entry_somebody_changed_is_found(look, emulator):
    ssm = emulator.client("ssm")
    name = "/finops/writer/policy"
    value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    shadow = json.dumps({**json.loads(value), "mode": "shadow"})
    with changed(
        lambda: ssm.put_parameter(Name=name, Value=shadow, Type="String", Overwrite=True),
        lambda: ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True),
    ):
        assert drifted(look()) == {
            ("Entry", "Value: mode"): "shadow (not-evidenced) instead of enforce (supports)"
        }


def test_a_resource_somebody_deleted_is_found(look, emulator):
    cloudwatch = emulator.client("cloudwatch")
    alarm = {**deployable()[PLATFORM]["NoDelivery"]["Properties"]}
    with changed(
        lambda: cloudwatch.delete_alarms(AlarmNames=["no-delivery"]),
        lambda: cloudwatch.put_metric_alarm(**alarm),
    ):
        found = drifted(look())
    assert {logical_id for logical_id, _ in found} == {"NoDelivery"}
    assert set(found.values()) == {"the resource no-delivery is gone"}


def test_a_tag_somebody_took_off_is_found(look, emulator):
    bedrock = emulator.client("bedrock")
    arn = _physical_id(emulator, TENANT, "Smart")
    tag = {"key": "bedrock:tool", "value": "Writer"}
    with changed(
        lambda: bedrock.untag_resource(resourceARN=arn, tagKeys=["bedrock:tool"]),
        lambda: bedrock.tag_resource(resourceARN=arn, tags=[tag]),
    ):
        assert set(drifted(look())) == {("Smart", "Tags: bedrock:tool")}


def test_a_stack_that_is_not_deployed_is_drift(aws, tmp_path):
    stacks = {f"elsewhere-{name}": resources for name, resources in strongest().items()}
    folder = write_assembly(tmp_path, stacks)
    found = compare_live(folder, evidence_of(tmp_path, stacks), aws, now=NOW)
    assert {(o.state.value, o.detail) for o in found.observations.values()} == {
        ("drifted", "the stack is not deployed")
    }


def test_another_account_is_not_checked(aws, tmp_path):
    stacks = strongest()
    evidence = evidence_of(tmp_path, stacks, account="444455556666")
    found = compare_live(tmp_path, evidence, aws, now=NOW)
    assert found.callers == (f"arn:aws:iam::{ACCOUNT}:root",)
    assert not found.has_drifted
    assert {(o.state.value, o.detail) for o in found.observations.values()} == {
        ("not-checked", f"the stack is of account 444455556666, the caller of {ACCOUNT}")
    }


def _physical_id(emulator, stack, logical_id):
    found = emulator.client("cloudformation").list_stack_resources(StackName=stack)
    (found_id,) = [
        each["PhysicalResourceId"]
        for each in found["StackResourceSummaries"]
        if each["LogicalResourceId"] == logical_id
    ]
    return found_id
