"""A request the simulator cannot judge is an error of the test, not a denial."""

import pytest

from local.simulator import Caller, Request, SimulatorError
from tests.iam.catalogue import MODEL, PROFILE, ROLE_ARN
from tests.iam.scenarios import BROAD_ALLOWS

CALLER = Caller(arn=ROLE_ARN, policies={"own": BROAD_ALLOWS["*"]})


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (Request(action="bedrock:Converse", resource=MODEL), "invalid.action"),
        (Request(action="bedrocks:InvokeModel", resource=MODEL), "invalid.service"),
        (Request(action="bedrock:InvokeModel", resource="arn:aws:s3:::a"), "no.resource.types"),
        (
            Request(action="bedrock:InvokeModel", resource=PROFILE, context={"a:b": "c"}),
            "not a condition key of this request: a:b",
        ),
    ],
)
def test_what_aws_does_not_know_fails_loudly(simulator, request_, problem):
    with pytest.raises(SimulatorError, match=problem):
        simulator.allowed(CALLER, [request_])


def test_a_policy_that_iam_would_refuse_fails_loudly(simulator):
    broken = {"Version": "2012-10-17", "Statement": [{"Effect": "Forbid", "Action": "*"}]}
    with pytest.raises(SimulatorError, match=r"policy\.errors"):
        simulator.allowed(
            CALLER.plus("broken", broken), [Request(action="bedrock:InvokeModel", resource=MODEL)]
        )
