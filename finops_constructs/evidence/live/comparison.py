"""Every fact of an assembly against its account: the same rules, on what is deployed."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Final

import botocore.exceptions

from finops_constructs.evidence.facts import Fact, read_declarations, read_facts
from finops_constructs.evidence.finding import ABSENT
from finops_constructs.evidence.live.deployed import DeployedStack, Region, read_deployed
from finops_constructs.evidence.live_state import LiveComparison, LiveState, Observation
from finops_constructs.evidence.model import Evidence
from finops_constructs.evidence.sources import Sources, Stack, read_sources
from finops_constructs.operations.aws import Aws, translated

if TYPE_CHECKING:
    from finops_constructs.checks.template import Template

_Key = tuple[str, str, str, str]
_ARN_OF: Final = re.compile(r"\$\{(\w+)\.Arn\}")
_TEMPLATE_ONLY: Final = "the deployed template says so; the resource itself was not asked"


def compare_live(folder: Path, evidence: Evidence, aws: Aws, *, now: datetime) -> LiveComparison:
    """Compare an assembly's facts with the account of the caller.

    Args:
        folder: The assembly.
        evidence: What was read from it.
        aws: As whom and where to ask; each stack is asked in its own Region.
        now: The time to put on it.

    Raises:
        OperationsError: If AWS does not say who asks.
    """
    with translated("asking who you are (sts:GetCallerIdentity)"):
        identity = aws.client("sts").get_caller_identity()
    sources = read_sources(folder)
    wanted: dict[str, set[str]] = defaultdict(set)
    for fact in evidence.facts:
        wanted[fact.stack].add(fact.logical_id)
    regions = {stack.region: Region(aws, stack.region) for stack in sources.stacks}
    unread: dict[str, str] = {}
    deployed: dict[str, DeployedStack] = {}
    for stack in sources.stacks:
        reason = _not_ours(stack, str(identity["Account"]))
        read = reason or _read(stack, regions[stack.region], wanted[stack.name])
        if isinstance(read, DeployedStack):
            deployed[stack.name] = read
        else:
            unread[stack.name] = read
    seen = _facts_by_key(_as_deployed(sources, deployed))
    return LiveComparison(
        checked_at=now,
        callers=(identity["Arn"],),
        observations={fact: _observation(fact, seen, deployed, unread) for fact in evidence.facts},
    )


def _read(stack: Stack, clients: Region, logical_ids: set[str]) -> DeployedStack | str:
    """Return the stack as the account has it, or why it cannot be read."""
    try:
        return read_deployed(stack, clients, logical_ids)
    except botocore.exceptions.ClientError as error:
        return f"{error.operation_name}: {error.response['Error']['Code']}"
    except botocore.exceptions.BotoCoreError as error:
        return str(error)


def _not_ours(stack: Stack, account: str) -> str | None:
    if stack.account is not None and stack.account != account:
        return f"the stack is of account {stack.account}, the caller of {account}"
    if stack.template.parent is not None:
        return "a nested stack is not compared"
    return None


def _as_deployed(sources: Sources, deployed: Mapping[str, DeployedStack]) -> Sources:
    """Return the sources with every template as the account holds it."""
    siblings: dict[str, Template] = {}
    stacks = [
        dataclasses.replace(
            stack,
            template=dataclasses.replace(
                stack.template, body=deployed[stack.name].body, siblings=siblings
            ),
        )
        for stack in sources.stacks
        if stack.name in deployed and deployed[stack.name].body
    ]
    return Sources(folder=sources.folder, stacks=tuple(stacks), exceptions=())


def _facts_by_key(sources: Sources) -> Mapping[_Key, Fact]:
    return {_key(fact): fact for fact in read_facts(sources, read_declarations(sources))}


def _key(fact: Fact) -> _Key:
    return fact.stack, fact.logical_id, fact.control, fact.property


def _observation(
    fact: Fact,
    seen: Mapping[_Key, Fact],
    deployed: Mapping[str, DeployedStack],
    unread: Mapping[str, str],
) -> Observation:
    if fact.stack in unread:
        return Observation(state=LiveState.NOT_CHECKED, detail=unread[fact.stack])
    stack = deployed[fact.stack]
    for reason in _gone(fact, stack):
        return Observation(state=LiveState.DRIFTED, detail=reason)
    if fact.logical_id in stack.problems:
        return Observation(state=LiveState.NOT_CHECKED, detail=stack.problems[fact.logical_id])
    now = seen.get(_key(fact))
    if now is None:
        return Observation(state=LiveState.DRIFTED, detail="the deployed resource does not show it")
    if not _same(fact, now, stack):
        told = f"{now.value} ({now.verdict}) instead of {fact.value} ({fact.verdict})"
        return Observation(state=LiveState.DRIFTED, detail=told)
    asked = fact.logical_id in stack.asked
    detail = "template and resource say so" if asked else _TEMPLATE_ONLY
    return Observation(state=LiveState.AS_DECLARED, detail=detail)


def _gone(fact: Fact, stack: DeployedStack) -> Iterator[str]:
    if not stack.body:
        yield "the stack is not deployed"
    elif fact.logical_id not in stack.body.get("Resources", {}):
        yield "the deployed template does not have the resource"
    elif fact.logical_id in stack.gone:
        yield f"the resource {stack.physical_ids[fact.logical_id]} is gone"


def _same(fact: Fact, now: Fact, stack: DeployedStack) -> bool:
    """Return whether two facts say the same, as far as the template knows what it will be."""
    if fact.verdict is not now.verdict:
        return False
    if fact.value == now.value:
        return True
    reference = _ARN_OF.fullmatch(fact.value)
    if reference and reference[1] in stack.physical_ids:
        return stack.physical_ids[reference[1]] in now.value
    declared = stack.resolved(fact.value)
    # AWS answers a default where the template leaves it open.
    known = declared != ABSENT and "${" not in declared
    return not known or declared == now.value or _is_number(declared, now.value)


def _is_number(declared: str, seen: str) -> bool:
    """Return whether both say the same number: AWS answers 25.0 for 25."""
    try:
        return Decimal(declared) == Decimal(seen)
    except InvalidOperation:
        return False
