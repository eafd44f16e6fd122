"""Callers that a stop would not reach; the preflight of what is deployed."""

from collections.abc import Iterator
from typing import Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import Finding
from finops_constructs.preflight.preflight import unreached_callers

ITEM: Final = "callers"


def examine(case: Case) -> Iterator[Finding]:
    """Yield the registered callers that the switch could not stop."""
    callers = {
        tenant: [*entries.callers, *entries.key_users] for tenant, entries in case.tenants.items()
    }
    for each in unreached_callers(case.aws, callers, account=case.account):
        yield Finding(
            item=ITEM,
            about=each.tenant,
            problem=f"a stop would not reach {each.caller_arn}: {each.problem}",
            command=each.command,
            owner=each.owner,
            blind=True,
            snippet=each.snippet,
        )
