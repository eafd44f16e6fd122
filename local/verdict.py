"""What AWS would answer to a model call, from the policies and tags that the emulator holds.

The emulator itself refuses no call for lack of permission: its own evaluation of Bedrock policies
is wrong, so it is not used. Here the role's policies and the profile's tags are read by the AWS
APIs, and the simulator is asked request by request as Bedrock asks IAM (`local.bedrock_calls`).

Not considered: service control policies, session policies and resource policies.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.bedrock_calls import INVOKE, Profile, through
from local.simulator import Caller, Simulator

ClientFactory = Callable[[str, str | None], Any]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One of the requests behind a call that is not allowed."""

    resource: str
    verdict: str
    denied_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CallVerdict:
    """The verdict on one call through a profile.

    Attributes:
        role_arn: Who calls.
        profile_arn: The profile called.
        action: The IAM action.
        decision: `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`.
        refusals: Which of the requests behind the call are refused, and by which policies.
    """

    role_arn: str
    profile_arn: str
    action: str
    decision: str
    refusals: tuple[Refusal, ...]

    @property
    def allowed(self) -> bool:
        """Whether AWS would let the call through."""
        return self.decision == "Allowed"


def call_verdict(
    client: ClientFactory,
    simulator: Simulator,
    *,
    role_arn: str,
    profile_arn: str,
    action: str = INVOKE,
) -> CallVerdict:
    """Say whether AWS would let a role call a profile.

    Args:
        client: Makes a client of a service in a Region, such as `Emulator.client`.
        simulator: A running simulator.
        role_arn: The role that calls.
        profile_arn: The application inference profile.
        action: The IAM action. Default: `bedrock:InvokeModel`, which `Converse` needs too.

    Raises:
        SimulatorError: A policy or a request makes no sense to IAM.
        botocore.exceptions.ClientError: The role or the profile is not there.
    """
    caller = read_caller(client, role_arn)
    requests = through(read_profile(client, profile_arn), action)
    judgements = simulator.judgements(caller, requests)
    refusals = tuple(
        Refusal(resource=request.resource, verdict=each.verdict, denied_by=each.denied_by)
        for request, each in zip(requests, judgements, strict=True)
        if each.verdict != "Allowed"
    )
    return CallVerdict(
        role_arn=role_arn,
        profile_arn=profile_arn,
        action=action,
        decision=_decision({refusal.verdict for refusal in refusals}),
        refusals=refusals,
    )


def read_caller(client: ClientFactory, role_arn: str) -> Caller:
    """Read a role with every policy that holds for it.

    Args:
        client: Makes a client of a service in a Region.
        role_arn: The role.
    """
    iam = client("iam", None)
    name = role_arn.rpartition("/")[2]
    boundary = iam.get_role(RoleName=name)["Role"].get("PermissionsBoundary") or {}
    boundary_arn = boundary.get("PermissionsBoundaryArn")
    return Caller(
        arn=role_arn,
        policies=dict([*_inline(iam, name), *_attached(iam, name)]),
        boundary=_document(iam, boundary_arn) if boundary_arn else None,
    )


def read_profile(client: ClientFactory, profile_arn: str) -> Profile:
    """Read an application inference profile with its tags and what it was copied from.

    Args:
        client: Makes a client of a service in a Region.
        profile_arn: The profile.
    """
    bedrock = client("bedrock", profile_arn.split(":")[3])
    described = bedrock.get_inference_profile(inferenceProfileIdentifier=profile_arn)
    tags = bedrock.list_tags_for_resource(resourceARN=profile_arn)["tags"]
    return Profile(
        arn=profile_arn,
        tags={tag["key"]: tag["value"] for tag in tags},
        # The emulator names the source here; AWS names the models it routes to.
        copied_from=described["models"][0]["modelArn"],
    )


def _decision(verdicts: set[str]) -> str:
    for verdict in ("ExplicitlyDenied", "ImplicitlyDenied"):
        if verdict in verdicts:
            return verdict
    return "Allowed"


def _inline(iam: Any, role: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role):
        for name in page["PolicyNames"]:
            yield name, iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]


def _attached(iam: Any, role: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for policy in page["AttachedPolicies"]:
            yield policy["PolicyArn"], _document(iam, policy["PolicyArn"])


def _document(iam: Any, policy_arn: str) -> Mapping[str, Any]:
    version = iam.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
    read = iam.get_policy_version(PolicyArn=policy_arn, VersionId=version)
    document: Mapping[str, Any] = read["PolicyVersion"]["Document"]
    return document
