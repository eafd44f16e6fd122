"""What AWS would answer about the locked bucket, by the policies as they are deployed."""

import pytest

from finops_constructs.audit.vault_policies import VaultAccess, bucket_statements
from local.simulator import Caller, Request, Simulator

ACCOUNT = "111122223333"
ARN = "arn:aws:s3:::finops-audit"
ROLES = {
    "administrator": f"arn:aws:iam::{ACCOUNT}:role/Administrator",
    "archiver": f"arn:aws:iam::{ACCOUNT}:role/finops/eu-west-1/finops-log-archiver-eu-west-1",
    "deployment": f"arn:aws:iam::{ACCOUNT}:role/cdk-x-cfn-exec-role-{ACCOUNT}-eu-west-1",
    "legal": f"arn:aws:iam::{ACCOUNT}:role/legal",
}
ACCESS = VaultAccess(
    account=ACCOUNT,
    partition="aws",
    writer_arn=ROLES["archiver"],
    deployment_arns=[ROLES["deployment"]],
    reader_arns=["arn:aws:iam::999900001111:role/auditor"],
    hold_arns=[ROLES["legal"]],
)
POLICY = {"Version": "2012-10-17", "Statement": bucket_statements(ARN, ACCESS)}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
SETTINGS = (
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
)


@pytest.fixture(scope="module")
def simulator():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def allowed(simulator):
    """The roles, of those that IAM lets do everything, whom the bucket lets do one thing."""

    def ask(action, **context):
        arn = ARN if action in SETTINGS or action.endswith("Bucket") else f"{ARN}/records/x"
        found = set()
        for name, role in ROLES.items():
            request = Request(
                action=action,
                resource=arn,
                context={"aws:SecureTransport": "true", "aws:PrincipalArn": role, **context},
                resource_policy=POLICY,
            )
            if simulator.allowed(Caller(arn=role, policies={"all": ALL}), [request]):
                found.add(name)
        return found

    return ask


def test_nobody_bypasses_the_lock_or_deletes(allowed):
    assert allowed("s3:BypassGovernanceRetention") == set()
    assert allowed("s3:DeleteObjectVersion") == set()
    assert allowed("s3:DeleteObject") == set()


def test_the_archiver_alone_writes_and_never_over_anything(allowed):
    assert allowed("s3:PutObject", **{"s3:if-none-match": "*"}) == {"archiver"}
    assert allowed("s3:PutObject") == set()


@pytest.mark.parametrize("action", [*SETTINGS, "s3:PutObjectRetention"])
def test_the_deployment_alone_changes_settings(allowed, action):
    assert allowed(action) == {"deployment"}


def test_holds_are_for_those_that_were_named(allowed):
    assert allowed("s3:PutObjectLegalHold") == {"legal"}


def test_reading_is_left_to_iam_but_not_without_tls(allowed):
    assert allowed("s3:GetObject") == set(ROLES)
    assert allowed("s3:GetObject", **{"aws:SecureTransport": "false"}) == set()


def test_a_reader_of_another_account_reads_and_does_no_more(simulator):
    auditor = ACCESS.reader_arns[0]
    verdicts = {}
    for action in ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"):
        request = Request(
            action=action,
            resource=f"{ARN}/records/x",
            context={"aws:SecureTransport": "true", "aws:PrincipalArn": auditor},
            resource_policy=POLICY,
            resource_account=ACCOUNT,
        )
        caller = Caller(arn=auditor, policies={"all": ALL})
        verdicts[action] = simulator.allowed(caller, [request])
    assert verdicts == {
        "s3:GetObject": True,
        "s3:GetObjectVersion": True,
        "s3:PutObject": False,
        "s3:DeleteObject": False,
    }
