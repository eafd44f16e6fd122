"""Whether a stop would reach a caller: judged from what IAM says of it, and nothing else.

A caller is stopped by the suspension policy, which needs a role of this account that may be edited
and has room for it, or by a deny on the state tag that the caller carries already. One that has
neither goes on calling, whatever the switch does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Final

from finops_constructs.preflight.permission_set import permission_set_snippet

TENANT_TAG: Final = "finops:tenant"
_STATE_CONDITION: Final = "aws:ResourceTag/finops:state"
_INVOKE: Final = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
_A_PROFILE: Final = "application-inference-profile/"
_OURS: Final = ":policy/finops/suspension/"
_ROLE: Final = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role(/.*)")
_USER: Final = re.compile(r"arn:[a-z-]+:iam::(\d{12}):user(/.*)")


class Reach(StrEnum):
    """Why a stop does not reach a caller."""

    OTHER_ACCOUNT = "other-account"
    NO_SUCH_CALLER = "no-such-caller"
    WRONG_PATH = "wrong-path"
    IDENTITY_CENTER = "identity-center"
    NOT_EDITABLE = "not-editable"
    FULL = "full"
    KEY_USER = "key-user"
    NOT_READABLE = "not-readable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """What IAM says of a role or a user.

    Attributes:
        arn: Its ARN, with its true path.
        attached: ARNs of its managed policies.
        documents: Its inline policies, as documents.
        tags: Its tags.
        active_keys: Ids of a user's active Bedrock API keys; empty for a role.
    """

    arn: str
    attached: Sequence[str] = ()
    documents: Sequence[Mapping[str, Any]] = ()
    tags: Mapping[str, str] | None = None
    active_keys: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A caller that a stop would not reach.

    Attributes:
        tenant: Whose caller it is.
        caller_arn: The caller, as it was declared.
        reach: Why, as a word.
        problem: Why, as a sentence.
        command: What a person does about it.
        owner: Who can.
        snippet: What goes into the permission set; None where there is none.
    """

    tenant: str
    caller_arn: str
    reach: Reach
    problem: str
    command: str
    owner: str
    snippet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A caller as the tenants that declare it do.

    Attributes:
        arn: The role's or user's ARN.
        tenants: The tenants, sorted; a role of two needs room for two policies.
    """

    arn: str
    tenants: Sequence[str]


def judge(
    declared: Declared, facts: CallerFacts | None, *, account: str, quota: int
) -> Iterator[Unreached]:
    """Yield why stops of its tenants would not reach a caller; nothing if they do.

    Args:
        declared: The caller.
        facts: What IAM says; None: there is no such role or user in the account.
        account: The account of the tenants.
        quota: How many managed policies a role may have.
    """
    for tenant in declared.tenants:
        found = _verdict(declared, tenant, facts, account, quota)
        if found is not None:
            reach, problem, command, owner = found
            partition = declared.arn.split(":")[1]
            by_hand = reach is Reach.IDENTITY_CENTER
            snippet = permission_set_snippet(partition) if by_hand else None
            yield Unreached(
                tenant=tenant,
                caller_arn=declared.arn,
                reach=reach,
                problem=problem,
                command=command,
                owner=owner,
                snippet=snippet,
            )


_Verdict = tuple[Reach, str, str, str]


def _verdict(
    declared: Declared, tenant: str, facts: CallerFacts | None, account: str, quota: int
) -> _Verdict | None:
    if _USER.fullmatch(declared.arn):
        return _user_verdict(declared, tenant, facts, account)
    role = _ROLE.fullmatch(declared.arn)
    name = declared.arn.rpartition("/")[2]
    if role is None or role[1] != account:
        problem = f"is no role of account {account}: its policies cannot be changed from here"
        fix = "let it assume a role of this account, and declare that one under callers"
        return Reach.OTHER_ACCOUNT, problem, fix, "application team"
    if facts is None:
        problem = f"there is no role {name} in account {account}"
        command = f"aws iam list-roles --query \"Roles[?contains(RoleName, '{name}')].Arn\""
        return Reach.NO_SUCH_CALLER, problem, command, "application team"
    if facts.arn != declared.arn:
        problem = f"the role's ARN is {facts.arn}: grant and guard name another one"
        return Reach.WRONG_PATH, problem, f"declare role_arn: {facts.arn}", "platform team"
    if carries_state_deny(facts.documents):
        return None
    return _editable_verdict(facts, declared, quota, path=role[2])


def _editable_verdict(
    facts: CallerFacts, declared: Declared, quota: int, *, path: str
) -> _Verdict | None:
    if path.startswith("/aws-reserved/"):
        problem = "IAM Identity Center owns this role: no policy can be attached to it"
        command = (
            "put the snippet below into the permission set's inline policy and provision it again"
        )
        return Reach.IDENTITY_CENTER, problem, command, "identity team"
    if path.startswith(("/finops/", "/aws-service-role/")):
        problem = "the switch never touches roles of AWS or of the guard itself"
        fix = "call with a role of another path, and declare that one"
        return Reach.NOT_EDITABLE, problem, fix, "application team"
    others = [arn for arn in facts.attached if not _is_ours(arn, declared.tenants)]
    missing = len(others) + len(declared.tenants) - quota
    if missing > 0:
        problem = (
            f"has {len(others)} of {quota} managed policies, and a stop attaches "
            f"{len(declared.tenants)} more"
        )
        command = "ask AWS for more managed policies per role"
        if others:
            command = (
                f"aws iam detach-role-policy --role-name {facts.arn.rpartition('/')[2]} "
                f"--policy-arn {others[-1]}   # or merge policies, or {command}"
            )
        return Reach.FULL, problem, command, "application team"
    return None


def _user_verdict(
    declared: Declared, tenant: str, facts: CallerFacts | None, account: str
) -> _Verdict | None:
    name = declared.arn.rpartition("/")[2]
    if facts is None or f"::{account}:" not in declared.arn:
        problem = f"there is no IAM user {name} in account {account}"
        return Reach.NO_SUCH_CALLER, problem, "aws iam list-users", "application team"
    if (facts.tags or {}).get(TENANT_TAG) != tenant:
        problem = f"its API key stays valid in a stop: the user's {TENANT_TAG} is not {tenant}"
        command = f"aws iam tag-user --user-name {name} --tags Key={TENANT_TAG},Value={tenant}"
        return Reach.KEY_USER, problem, command, "platform team"
    return None


def carries_state_deny(documents: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a policy refuses suspended profiles by their state tag, and under no other condition.

    Args:
        documents: Policy documents.
    """
    refused: set[str] = set()
    for document in documents:
        for statement in _listed(document.get("Statement", [])):
            if _denies_suspended(statement):
                patterns = [str(each).lower() for each in _listed(statement.get("Action", []))]
                refused |= {a for a in _INVOKE if any(fnmatchcase(a.lower(), p) for p in patterns)}
    return refused == set(_INVOKE)


def _denies_suspended(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition")
    if statement.get("Effect") != "Deny" or not isinstance(condition, Mapping):
        return False
    by_tag = condition.get("StringEquals") or condition.get("StringEqualsIgnoreCase") or {}
    values = _listed(by_tag.get(_STATE_CONDITION, []))
    alone = len(condition) == 1 and len(by_tag) == 1
    return alone and "suspended" in values and any(map(_covers, _listed(statement["Resource"])))


def _covers(resource: str) -> bool:
    return resource == "*" or resource.endswith((f"{_A_PROFILE}*", ":*:*"))


def _is_ours(policy_arn: str, tenants: Sequence[str]) -> bool:
    return _OURS in policy_arn and policy_arn.endswith(tuple(f"-{tenant}" for tenant in tenants))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
