"""The kill switch's role ends batch jobs and deactivates Bedrock keys of tagged users, no more."""

import pytest

from local.simulator import Request
from tests.iam.deployed import ACCOUNT, REGION
from tests.iam.test_function_roles import role_name

USER = f"arn:aws:iam::{ACCOUNT}:user/keys/BedrockAPIKey-a1b2"
JOB = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:model-invocation-job/0123456789ab"
SERVICE = "iam:ServiceSpecificCredentialServiceName"
TAGGED = {"aws:ResourceTag/finops:tenant": "writer"}
BEDROCK = {SERVICE: "bedrock.amazonaws.com"}
UPDATE, LIST = "iam:UpdateServiceSpecificCredential", "iam:ListServiceSpecificCredentials"


@pytest.fixture
def switch(platform):
    return platform.caller(role_name(platform, "KillSwitchFunctionRole"))


def allowed(simulator, switch, requests):
    named = {f"{r.action} {r.resource} {r.context}": [r] for r in requests}
    return simulator.allowed_ones(switch, named), set(named)


def test_it_may_end_batch_jobs_and_switch_keys_of_tagged_users(simulator, switch):
    done, asked = allowed(
        simulator,
        switch,
        [
            Request(action="bedrock:ListModelInvocationJobs", resource="*"),
            Request(action="bedrock:StopModelInvocationJob", resource=JOB),
            Request(action=LIST, resource=USER, context=TAGGED),
            Request(action=UPDATE, resource=USER, context=TAGGED | BEDROCK),
        ],
    )
    assert done == asked


def test_it_may_not_touch_an_untagged_user_another_service_or_make_keys(simulator, switch):
    done, _ = allowed(
        simulator,
        switch,
        [
            Request(action=LIST, resource=USER),
            Request(action=UPDATE, resource=USER, context=BEDROCK),
            Request(action=UPDATE, resource=USER, context=TAGGED),
            Request(
                action=UPDATE,
                resource=USER,
                context=TAGGED | {SERVICE: "codecommit.amazonaws.com"},
            ),
            *(
                Request(
                    action=f"iam:{verb}ServiceSpecificCredential", resource=USER, context=TAGGED
                )
                for verb in ("Create", "Delete", "Reset")
            ),
            Request(action="iam:UpdateAccessKey", resource=USER, context=TAGGED),
            Request(action="iam:TagUser", resource=USER, context=TAGGED),
            Request(action="bedrock:CreateModelInvocationJob", resource=JOB),
            Request(
                action="bedrock:StopModelCustomizationJob",
                resource=JOB.replace("invocation", "customization"),
            ),
        ],
    )
    assert done == set()
