"""The calls that stop and release a tenant, and what may come of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from shared.decision_types import SUSPENDED
from shared.tenant_state import FailureCode

STATE_TAG: Final = "finops:state"
PERMISSIONS: Final = (
    "bedrock:ListTagsForResource",
    "bedrock:TagResource",
    "bedrock:UntagResource",
    "iam:AttachRolePolicy",
    "iam:DetachRolePolicy",
    "iam:ListEntitiesForPolicy",
)
Lane = Literal["tag", "read-tag", "role", "read-roles"]
Kind = Literal["tag", "untag", "read-tag", "attach", "detach", "read-roles"]
LANE_OF: Final[dict[Kind, Lane]] = {
    "tag": "tag",
    "untag": "tag",
    "read-tag": "read-tag",
    "attach": "role",
    "detach": "role",
    "read-roles": "read-roles",
}
_THROTTLED: Final = frozenset(
    {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException"}
)
_CODES: Final[dict[str, FailureCode]] = {
    "AccessDenied": "access-denied",
    "AccessDeniedException": "access-denied",
    "UnmodifiableEntity": "access-denied",
    "LimitExceeded": "quota-full",
    "NoSuchEntity": "gone",
    "ResourceNotFoundException": "gone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of Bedrock or IAM.

    Attributes:
        kind: What it does.
        tenant: For whom.
        target: The alias, or the role's name; empty for `read-roles`.
        arn: The profile or the suspension policy.
        priority: Smaller ones go first.
    """

    kind: Kind
    tenant: str
    target: str
    arn: str
    priority: int

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return not self.kind.startswith("read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a call.

    Attributes:
        tag: The state tag's value, of `read-tag`; empty if there is none.
        roles: The roles a policy is attached to, of `read-roles`.
        failure: Code and text; None: it succeeded.
    """

    tag: str = ""
    roles: tuple[str, ...] = ()
    failure: tuple[FailureCode, str] | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """Makes the calls.

    Attributes:
        client: Returns the boto3 client of `bedrock` or `iam`.
    """

    client: Callable[[str], Any]

    def make(self, call: Call) -> Result:
        """Make a call; whatever AWS answers becomes a result."""
        try:
            return _MAKE[call.kind](self.client, call)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NoSuchEntity" and call.kind in {"detach", "read-roles"}:
                return Result()
            throttled = code in _THROTTLED
            known: FailureCode = "throttled" if throttled else _CODES.get(code, "failed")
            return Result(failure=(known, str(error)))
        except BotoCoreError as error:
            return Result(failure=("failed", f"{type(error).__name__}: {error}"))


def _tag(client: Callable[[str], Any], call: Call) -> Result:
    tags = [{"key": STATE_TAG, "value": SUSPENDED}]
    client("bedrock").tag_resource(resourceARN=call.arn, tags=tags)
    return Result()


def _untag(client: Callable[[str], Any], call: Call) -> Result:
    client("bedrock").untag_resource(resourceARN=call.arn, tagKeys=[STATE_TAG])
    return Result()


def _read_tag(client: Callable[[str], Any], call: Call) -> Result:
    tags = client("bedrock").list_tags_for_resource(resourceARN=call.arn)["tags"]
    return Result(tag=next((tag["value"] for tag in tags if tag["key"] == STATE_TAG), ""))


def _attach(client: Callable[[str], Any], call: Call) -> Result:
    client("iam").attach_role_policy(RoleName=call.target, PolicyArn=call.arn)
    return Result()


def _detach(client: Callable[[str], Any], call: Call) -> Result:
    client("iam").detach_role_policy(RoleName=call.target, PolicyArn=call.arn)
    return Result()


def _read_roles(client: Callable[[str], Any], call: Call) -> Result:
    pages = (
        client("iam")
        .get_paginator("list_entities_for_policy")
        .paginate(PolicyArn=call.arn, EntityFilter="Role")
    )
    return Result(roles=tuple(r["RoleName"] for page in pages for r in page["PolicyRoles"]))


_MAKE: Final[dict[Kind, Callable[[Callable[[str], Any], Call], Result]]] = {
    "tag": _tag,
    "untag": _untag,
    "read-tag": _read_tag,
    "attach": _attach,
    "detach": _detach,
    "read-roles": _read_roles,
}
