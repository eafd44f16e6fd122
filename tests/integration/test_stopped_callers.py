"""Who is stopped with a tenant, and who is not: by the policy simulator's verdict."""

import json

import pytest

from local.demo.narration import wait_until
from local.verdict import call_verdict
from tests.integration.scene import LIMIT_USD, guarded, opened
from tests.organisation_under_test import ACCOUNT

pytestmark = pytest.mark.emulator
MOST_POLICIES = 10
KEY_USER = "BedrockAPIKey-a1b2"
MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0"
LOOKS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
}


def role(name):
    return f"arn:aws:iam::{ACCOUNT}:role/apps/{name}"


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Two tenants that share a role, and one of whose two roles has all the policies IAM allows."""
    with opened(tmp_path_factory.mktemp("scene")) as scene:
        scene.deploy(
            guarded("first", callers=[{"role_arn": role("shared-app"), "shared_with": ["second"]}]),
            guarded(
                "second",
                callers=[{"role_arn": role("shared-app"), "shared_with": ["first"]}],
                api_key_users=[f"arn:aws:iam::{ACCOUNT}:user/{KEY_USER}"],
            ),
            guarded(
                "full", callers=[{"role_arn": role("crammed-app")}, {"role_arn": role("free-app")}]
            ),
        )
        iam = scene.aws.client("iam")
        taken = len(scene.policies_of("crammed-app"))
        for number in range(MOST_POLICIES - taken):
            made = iam.create_policy(
                PolicyName=f"filler-{number}",
                PolicyDocument=json.dumps(LOOKS),
            )
            iam.attach_role_policy(RoleName="crammed-app", PolicyArn=made["Policy"]["Arn"])
        yield scene


def decisions(scene, name, tenant):
    """What AWS would answer to a role that calls each alias of a tenant."""
    profiles = scene.stage(tenant).profiles
    return {
        alias: call_verdict(
            scene.aws.client, scene.simulator, role_arn=role(name), profile_arn=arn
        ).decision
        for alias, arn in profiles.items()
    }


def all_aliases(decision):
    return dict.fromkeys(("fast", "smart"), decision)


def test_a_shared_role_loses_the_stopped_tenants_profiles_and_keeps_the_others(scene):
    for tenant in ("first", "second"):
        assert decisions(scene, "shared-app", tenant) == all_aliases("Allowed")
    scene.spend("first", LIMIT_USD + 10)
    scene.stopped("first")
    assert decisions(scene, "shared-app", "first") == all_aliases("ExplicitlyDenied")
    assert decisions(scene, "shared-app", "second") == all_aliases("Allowed")
    assert scene.status("second")["state"] == "active"


def test_a_role_that_takes_no_more_policies_is_reported_and_keeps_nothing_else_from_being_stopped(
    scene,
):
    scene.spend("full", LIMIT_USD + 10)
    scene.stopped("full")
    assert scene.stage("full").all_suspended()
    assert scene.stage("full").attached_to() == ["free-app"]

    def reported():
        status = scene.status("full")
        return status if any(w["code"] == "action-failed" for w in status["why"]) else None

    status = wait_until("the failure is reported", reported)
    (failure,) = (each["text"] for each in status["why"] if each["code"] == "action-failed")
    assert failure.startswith("role crammed-app: attach: ")
    assert "quota" in failure.lower()
    assert status["state"] == "suspending", "what is not read back is not claimed"
    assert decisions(scene, "free-app", "full") == all_aliases("ExplicitlyDenied")
    assert decisions(scene, "crammed-app", "full") == all_aliases("ExplicitlyDenied")


def submit(bedrock, name, profile_arn):
    return bedrock.create_model_invocation_job(
        jobName=name,
        roleArn=role("batch"),
        modelId=profile_arn,
        inputDataConfig={"s3InputDataConfig": {"s3Uri": "s3://batch/in"}},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": "s3://batch/out"}},
    )["jobArn"]


def test_a_persons_stop_ends_batch_jobs_and_keys_and_a_resumption_gives_the_keys_back(scene):
    bedrock, iam = scene.aws.client("bedrock"), scene.aws.client("iam")
    iam.create_user(UserName=KEY_USER, Tags=[{"Key": "finops:tenant", "Value": "second"}])
    iam.create_service_specific_credential(UserName=KEY_USER, ServiceName="bedrock.amazonaws.com")

    def status_of(job):
        return bedrock.get_model_invocation_job(jobIdentifier=job)["status"]

    def key():
        (found,) = iam.list_service_specific_credentials(UserName=KEY_USER)[
            "ServiceSpecificCredentials"
        ]
        return found["Status"]

    own = submit(bedrock, "own", scene.stage("second").profiles["smart"])
    other = submit(bedrock, "other", f"arn:aws:bedrock:eu-west-1::foundation-model/{MODEL}")
    scene.finops.run("suspend", "second", "--reason", "runaway")
    wait_until("the job is ended", lambda: status_of(own) != "InProgress" or None)
    wait_until("the key is off", lambda: key() == "Inactive" or None)
    assert status_of(other) == "InProgress"
    scene.finops.run("resume", "second", "--reason", "fixed")
    wait_until("the key is on", lambda: key() == "Active" or None)
    assert status_of(own) == "Stopped"
