import json

import pytest
from aws_cdk import Stack
from aws_cdk.assertions import Template

from finops_constructs.audit.audit_log_bucket import AuditLogBucket
from finops_constructs.audit.retention import Retention
from tests.audit.conftest import EVERYTHING
from tests.organisation_under_test import ACCOUNT
from tests.stacks_under_test import new_stack

BUCKET, POLICY, KEY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::KMS::Key"


def test_every_version_is_locked_for_400_days_by_default(vault, one):
    bucket = one(vault, BUCKET)["Properties"]
    lock = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert lock == {"Days": 400, "Mode": "GOVERNANCE"}
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_a_declared_retention_is_in_the_template_with_who_decided_it(full_stacks, one):
    bucket = one(full_stacks[0], BUCKET)
    lock = bucket["Properties"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert lock == {"Days": 1827, "Mode": "COMPLIANCE"}
    declared = bucket["Metadata"]["finops:retention"]
    assert (declared["owner"], declared["declaredOn"]) == ("Head of Records", "2026-11-24")
    assert "Floor of six months" in declared["statement"]


def test_the_bucket_is_closed_encrypted_with_its_own_key_and_outlives_the_stack(vault, one):
    bucket = one(vault, BUCKET)
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    rules = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    encryption = rules[0]["ServerSideEncryptionByDefault"]
    assert encryption["SSEAlgorithm"] == "aws:kms"
    assert encryption["KMSMasterKeyID"]["Fn::GetAtt"][0].startswith("VaultKey")
    for resource in (bucket, one(vault, KEY), one(vault, POLICY)):
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resource["UpdateReplacePolicy"] == "Retain"


def test_what_is_archived_expires_after_its_retention_and_manifests_never_do(vault, one):
    rules = one(vault, BUCKET)["Properties"]["LifecycleConfiguration"]["Rules"]
    prefixes = {rule["Prefix"] for rule in rules}
    assert prefixes == {"events/", "journal/", "records/", "statements/"}
    for rule in rules:
        assert rule["ExpirationInDays"] == 401
        assert rule["Transitions"] == [{"StorageClass": "GLACIER_IR", "TransitionInDays": 90}]


def test_the_key_rotates_and_has_a_name(vault, one):
    assert one(vault, KEY)["Properties"]["EnableKeyRotation"] is True
    alias = one(vault, "AWS::KMS::Alias")["Properties"]
    assert alias["AliasName"] == f"alias/finops-audit-{ACCOUNT}-eu-west-1"


def test_only_a_role_of_the_platforms_account_writes_into_the_archives_account(full_stacks, one):
    statements = one(full_stacks[0], POLICY)["Properties"]["PolicyDocument"]["Statement"]
    writer = next(s for s in statements if s["Sid"] == "AllowArchiver")
    assert ACCOUNT in json.dumps(writer["Principal"])
    role = "role/finops/eu-west-1/finops-log-archiver-eu-west-1"
    assert role in json.dumps(writer["Condition"])
    archiver = next(
        r for k, r in full_stacks[1]["Resources"].items() if "AuditLogArchiverFunctionRole" in k
    )["Properties"]
    assert f"role{archiver['Path']}{archiver['RoleName']}" == role


def test_readers_and_holders_are_those_that_were_named(full_stacks, one):
    statements = one(full_stacks[0], POLICY)["Properties"]["PolicyDocument"]["Statement"]
    by_sid = {s["Sid"]: s for s in statements}
    assert EVERYTHING["readers"][0] in json.dumps(by_sid["AllowReader0"])
    assert EVERYTHING["legal_hold_roles"][0] in json.dumps(by_sid["DenyLegalHolds"])


def test_the_retention_may_be_lengthened_in_place(one):
    stack = new_stack()
    bucket(stack, retention=Retention(days=500))
    template = Template.from_stack(stack).to_json()
    properties = one(template, BUCKET)["Properties"]
    assert properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"] == 500
    assert properties["BucketName"] == "my-log"


def bucket(stack: Stack, **changes):
    writer = f"arn:aws:iam::{ACCOUNT}:role/archiver"
    return AuditLogBucket(
        stack, "Vault", **{"bucket_name": "my-log", "writer_role_arn": writer} | changes
    )


@pytest.mark.parametrize("days", [29, 400, 5000])
def test_fails_when_objects_would_cool_down_after_their_end_or_too_early(days):
    with pytest.raises(ValueError, match=f"cold_after_days must be 30 to 399, got {days}"):
        bucket(new_stack(), cold_after_days=days)
