"""Looks at every item, side by side; one that cannot be looked at is a finding too."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import ModuleType
from typing import Final

from finops_constructs.doctor.case import Case, read_alarms
from finops_constructs.doctor.finding import PLATFORM, Finding
from finops_constructs.doctor.items import (
    alert_channels,
    callers,
    cost_tags,
    guard_parts,
    invocation_log,
    models,
    prices,
    quotas,
    registered,
    replaced_profiles,
    slack,
    trail,
)
from finops_constructs.doctor.registry import read_entries
from finops_constructs.operations.aws import Aws
from finops_constructs.operations.errors import CredentialsError, OperationsError
from finops_constructs.preflight.preflight import account_of

_ITEMS: Final = (
    guard_parts,
    invocation_log,
    registered,
    callers,
    cost_tags,
    alert_channels,
    prices,
    models,
    quotas,
    replaced_profiles,
    slack,
    trail,
)
"""In the order they are shown."""
_ESSENTIAL: Final = (
    guard_parts,
    invocation_log,
    registered,
    callers,
    cost_tags,
    alert_channels,
)
"""Where not being able to look could hide that the guard is blind."""
_SIDE_BY_SIDE: Final = 6


def examine(
    aws: Aws,
    *,
    tenant: str | None = None,
    payer: Aws | None = None,
    slack_workspaces: Mapping[str, Iterable[str]] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Finding]:
    """Return everything that a person must still do, what could blind the guard first.

    Args:
        aws: The platform's account and Region.
        tenant: The one tenant to look at, beside the platform. Default: all.
        payer: The payer account, which alone knows the cost allocation tags. Default: `aws`.
        slack_workspaces: Workspaces that a configuration names, by tenant. Default: none.
        now: The clock.

    Raises:
        OperationsError: If the registry or the alarms cannot be read, or there is no such tenant.
    """
    entries = read_entries(aws, tenant)
    if tenant is not None and tenant not in entries.tenants:
        raise OperationsError(f"no tenant {tenant!r} is registered in {aws.region}")
    case = Case(
        aws=aws,
        payer=payer,
        account=account_of(aws),
        tenant=tenant,
        entries=entries,
        alarms=read_alarms(aws, tenant),
        slack_workspaces=slack_workspaces or {},
        now=now(),
    )
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        found = list(pool.map(lambda item: list(_of_item(item, case)), _ITEMS))
    return sorted((each for item in found for each in item), key=lambda each: not each.blind)


def could_be_blind(findings: Sequence[Finding]) -> bool:
    """Whether any finding means that the guard could be blind."""
    return any(finding.blind for finding in findings)


def _of_item(item: ModuleType, case: Case) -> Iterator[Finding]:
    try:
        yield from item.examine(case)
    except CredentialsError:
        raise
    except OperationsError as error:
        yield Finding(
            item=item.ITEM,
            about=PLATFORM,
            problem=f"could not be looked at: {error}",
            command="look again with an identity that may read it",
            owner="whoever runs the doctor",
            blind=item in _ESSENTIAL,
            known=False,
        )
