"""Profiles that an alias led to before: they stay until nobody has called them for some days."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from finops_constructs._function_code import use_function_code
from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import Finding
from finops_constructs.enforcement.names import LEDGER_TABLE
from finops_constructs.operations.aws import translated

use_function_code()

from shared.replaced_callers import ReplacedCaller  # noqa: E402
from shared.replaced_status import read_callers  # noqa: E402

ITEM: Final = "replaced"


def examine(case: Case) -> Iterator[Finding]:
    """Yield each replaced profile that lingers, and who still calls it."""
    for tenant, entries in sorted(case.tenants.items()):
        if not entries.replaced:
            continue
        with translated(f"reading who calls (dynamodb:Query on {LEDGER_TABLE})"):
            callers = read_callers(case.aws.client("dynamodb"), LEDGER_TABLE, tenant, case.now)
        for name, entry in sorted(entries.replaced.items()):
            alias, _, profile_id = name.partition("/")
            yield _finding(tenant, entries.owner, alias, entry, callers.get(profile_id, []))


def _finding(
    tenant: str,
    owner: str,
    alias: str,
    entry: Mapping[str, Any],
    callers: list[ReplacedCaller],
) -> Finding:
    arn, model = entry.get("profile_arn"), entry.get("model_source")
    since = str(entry.get("replaced_at"))[:10]
    problem = f"alias {alias} led to {arn} ({model}) until {since}"
    who = ", ".join(f"{c.role} ({c.calls} calls, last on {c.last})" for c in callers)
    return Finding(
        item=ITEM,
        about=tenant,
        problem=f"{problem}; it is still called by {who}" if who else f"{problem}; no call lately",
        command=f"read the ARN from /finops/{tenant}/profiles/{alias} in each of these roles"
        if who
        else "nothing: the kill switch removes it when its days are over",
        owner=owner if who else "nobody",
    )
