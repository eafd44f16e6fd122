"""The auditor's role: reads the log, its lock, keys, queries and settings; changes nothing."""

import json
import re

import cdk_nag
import pytest
from aws_cdk import App, Validations
from aws_cdk.assertions import Template

from finops_constructs import AuditorRole
from finops_constructs.audit.auditor_statements import AuditedLog
from finops_constructs.audit.vault_policies import VaultAccess, bucket_statements, key_statements
from finops_constructs.landing_zone import LandingZone
from local.simulator import Request, Simulator
from tests.iam.catalogue import ALL_ROUTES
from tests.iam.deployed import ACCOUNT, REGION, Deployment
from tests.iam.tampering import TAMPERING
from tests.stacks_under_test import flat, new_stack, only

BUCKET = "arn:aws:s3:::finops-audit-111122223333-eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef"
EVIDENCE = "arn:aws:s3:::bank-evidence"
LOG = AuditedLog(bucket_arn=BUCKET, key_arn=KEY, database="finops_audit")
EXTERNAL = "arn:aws:iam::999988887777:role/external-audit"
THROUGH_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}


def arn(service, resource):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


STACK = arn("cloudformation", "stack/finops-platform-111122223333-eu-west-1/0a1b")
TABLE = arn("dynamodb", "table/finops-state")
FUNCTION = arn("lambda", "function:finops-commands")
WORKGROUP = arn("athena", "workgroup/finops-auditor-finops_audit")
SUSPENSION = f"arn:aws:iam::{ACCOUNT}:policy/finops/suspension/eu-west-1/finops-suspension-writer"
STANDING_DENY = f"arn:aws:iam::{ACCOUNT}:policy/finops/standing-deny/eu-west-1/writer-Deny0A1B"
CALLER = f"arn:aws:iam::{ACCOUNT}:role/apps/writer-app"
PROFILE = arn("bedrock", "application-inference-profile/0a1b2c3d4e5f")
READS = {
    STACK: ["cloudformation:GetTemplate", "cloudformation:ListStackResources"],
    PROFILE: ["bedrock:ListTagsForResource"],
    arn("cloudwatch", "alarm:GuardMeterErrors"): ["cloudwatch:DescribeAlarms"],
    arn("ssm", "parameter/finops/writer/policy"): ["ssm:GetParameter"],
    TABLE: ["dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups"],
    FUNCTION: ["lambda:GetFunctionUrlConfig", "lambda:GetFunctionConfiguration"],
    CALLER: ["iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
    SUSPENSION: ["iam:GetPolicy", "iam:GetPolicyVersion"],
    STANDING_DENY: ["iam:GetPolicy", "iam:GetPolicyVersion"],
    BUCKET: [
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:ListBucket",
        "s3:ListBucketVersions",
    ],
    f"{BUCKET}/records/tenant=writer/1.json.gz": [
        "s3:GetObject",
        "s3:GetObjectLegalHold",
        "s3:GetObjectRetention",
        "s3:GetObjectVersion",
    ],
    KEY: ["kms:DescribeKey", "kms:GetKeyPolicy"],
    WORKGROUP: [
        "athena:StartQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
    ],
    arn("glue", "table/finops_audit/records"): ["glue:GetTable"],
    f"{EVIDENCE}/2026/evidence.html": ["s3:GetObject"],
}
CHANGES = {
    STACK: ["cloudformation:UpdateStack", "cloudformation:DeleteStack"],
    PROFILE: ["bedrock:TagResource", "bedrock:InvokeModel", "bedrock:DeleteInferenceProfile"],
    arn("ssm", "parameter/finops/writer/policy"): ["ssm:PutParameter", "ssm:DeleteParameter"],
    arn("ssm", "parameter/other/secret"): ["ssm:GetParameter"],
    TABLE: ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:DeleteTable"],
    FUNCTION: ["lambda:InvokeFunctionUrl", "lambda:UpdateFunctionCode", "lambda:InvokeFunction"],
    CALLER: ["iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:DetachRolePolicy"],
    BUCKET: [
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketPolicy",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
    ],
    f"{BUCKET}/records/tenant=writer/1.json.gz": [
        "s3:PutObject",
        "s3:PutObjectLegalHold",
        "s3:PutObjectRetention",
        "s3:BypassGovernanceRetention",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
    ],
    KEY: ["kms:Decrypt", "kms:Encrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"],
    WORKGROUP: ["athena:UpdateWorkGroup", "athena:DeleteWorkGroup"],
    arn("athena", "workgroup/primary"): ["athena:StartQueryExecution"],
    arn("glue", "table/finops_audit/records"): ["glue:DeleteTable", "glue:UpdateTable"],
    arn("glue", "table/other/customers"): ["glue:GetTable"],
    "arn:aws:s3:::customers/list.csv": ["s3:GetObject"],
    f"{EVIDENCE}/2026/evidence.html": ["s3:PutObject", "s3:DeleteObject"],
    arn("dynamodb", "table/finops-audit-names"): ["dynamodb:GetItem", "dynamodb:Query"],
}


@pytest.fixture(scope="module")
def stack():
    stack = new_stack("Audit")
    AuditorRole(stack, "Auditor", principal_arns=[EXTERNAL], log=LOG, evidence_bucket_arn=EVIDENCE)
    return stack


@pytest.fixture(scope="module")
def auditor(stack):
    deployment = Deployment({"Audit": Template.from_stack(stack).to_json()})
    (name,) = [
        deployment.stacks[0].resolve({"Ref": logical_id})
        for logical_id, _ in deployment.stacks[0].resources("AWS::IAM::Role")
    ]
    return deployment.caller(name)


@pytest.fixture(scope="module")
def simulator():
    with Simulator() as simulator:
        yield simulator


VAULT = VaultAccess(
    account=ACCOUNT,
    partition="aws",
    writer_arn=f"arn:aws:iam::{ACCOUNT}:role/finops/eu-west-1/finops-log-archiver-eu-west-1",
    deployment_arns=[f"arn:aws:iam::{ACCOUNT}:role/cdk-deployment"],
    reader_arns=(),
    hold_arns=(),
)
POLICIES = {
    KEY: {"Version": "2012-10-17", "Statement": key_statements(VAULT, REGION)},
    BUCKET: {"Version": "2012-10-17", "Statement": bucket_statements(BUCKET, VAULT)},
}


def request(action, resource, **context):
    """Asked of a resource under its own policy, if it has one."""
    policy = POLICIES.get(resource.split("/")[0] if "s3" in resource else resource)
    return Request(action=action, resource=resource, context=context, resource_policy=policy)


def requests(catalogue):
    return {
        f"{action} {resource}": [request(action, resource)]
        for resource, actions in catalogue.items()
        for action in actions
    }


def test_it_may_read_everything_an_auditor_asks_for(simulator, auditor):
    wanted = requests(READS)
    wanted["the log of calls"] = [request("bedrock:GetModelInvocationLoggingConfiguration", "*")]
    wanted["the key, through S3"] = [request("kms:Decrypt", KEY, **THROUGH_S3)]
    assert set(wanted) - simulator.allowed_ones(auditor, wanted) == set()


def test_it_may_change_nothing_and_read_nothing_else(simulator, auditor):
    assert simulator.allowed_ones(auditor, requests(CHANGES)) == set()


def test_it_may_neither_call_a_model_nor_touch_the_guard(simulator, auditor):
    reading = ("Describe", "Get", "List")
    tampering = [
        request
        for each in TAMPERING.values()
        for request in each
        if not request.action.partition(":")[2].startswith(reading)
    ]
    calls = {f"{r.action} {r.resource} {r.context}": [r] for r in (*ALL_ROUTES, *tampering)}
    assert simulator.allowed_ones(auditor, calls) == set()


def test_only_the_named_may_take_it(stack):
    (statement,) = only(stack, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    (account,) = statement["Principal"]["AWS"]
    assert flat(account) == "arn:${AWS::Partition}:iam::999988887777:root"
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [EXTERNAL]}}


def test_its_statements_have_names_of_their_own(stack):
    (policy,) = only(stack, "AWS::IAM::Role")["Policies"]
    names = [statement["Sid"] for statement in policy["PolicyDocument"]["Statement"]]
    assert len(names) == len(set(names))


def test_its_workgroup_keeps_results_out_of_buckets(stack):
    configuration = only(stack, "AWS::Athena::WorkGroup")["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["ManagedQueryResultsConfiguration"] == {"Enabled": True}
    assert "ResultConfiguration" not in configuration


def test_without_a_log_it_reads_settings_only_in_the_organisations_place():
    stack = new_stack("Settings")
    zone = LandingZone(role_path="/audit/", name_prefix="eb-", permissions_boundary="bank")
    zone.apply(stack)
    AuditorRole(stack, "Auditor", principal_arns=[EXTERNAL], external_id="EB-2026")
    role = only(stack, "AWS::IAM::Role")
    assert role["Path"] == "/audit/eu-west-1/"
    assert re.fullmatch("eb-.*Auditor.*-eu-west-1", role["RoleName"])
    assert "policy/bank" in str(role["PermissionsBoundary"])
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"]["StringEquals"] == {"sts:ExternalId": "EB-2026"}
    actions = str(role["Policies"])
    assert "s3:GetObject" not in actions
    assert "athena:" not in actions


def test_it_is_clean_under_cdk_nag_with_a_reason_for_every_wildcard(tmp_path):
    app = App(outdir=str(tmp_path), builtin_cloud_formation_validation=False)
    AuditorRole(
        new_stack("Nag", app=app),
        "Auditor",
        principal_arns=[EXTERNAL],
        log=LOG,
        evidence_bucket_arn=EVIDENCE,
    )
    packs = [cdk_nag.AwsSolutionsChecks(), cdk_nag.NIST80053R5Checks()]
    Validations.of(app).add_plugins(*packs)
    app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert len(report["pluginReports"]) == len(packs)
    assert [r["violations"] for r in report["pluginReports"]] == [[], []]
    accepted = [each for r in report["pluginReports"] for each in r["suppressedViolations"]]
    assert all(len(each["reason"]) > 20 for each in accepted)
    assert len(accepted) > 10


@pytest.mark.parametrize(
    ("principals", "problem"),
    [
        ([], "principal_arns must name at least one role or user"),
        (["*"], r"principal_arns\[0\] must be the ARN of an IAM role or user"),
        ([EXTERNAL, "999988887777"], r"principal_arns\[1\] must be the ARN"),
        (["arn:aws:iam::*:role/x"], r"got 'arn:aws:iam::\*:role/x'"),
        (["${Token[TOKEN.7]}"], r"principal_arns\[0\] must be a literal"),
    ],
)
def test_fails_when_it_is_not_clear_who_may_take_it(principals, problem):
    with pytest.raises(ValueError, match=problem):
        AuditorRole(new_stack("Unclear"), "Auditor", principal_arns=principals)
