"""What a woken run knows of the tenants it was woken for: their entries as they are now.

Each function environment remembers the registry for a minute. A run that decided by that could
undo what another has just decided by a newer entry: stop again whom a raised limit has lifted, or
lift whom a lowered one has stopped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from shared.registry import ROOT, Registry, parse_registry

logger = Logger(child=True)
T = TypeVar("T")

MOST_READ_ONE_BY_ONE: Final = 20
"""For more tenants than this, reading the whole registry takes fewer calls."""


def with_fresh_entries(remembered: Registry, ssm: Any, tenants: Iterable[str]) -> Registry:
    """Return the registry with the entries of some tenants read now.

    A tenant whose entries cannot be read keeps what is remembered of it.

    Args:
        remembered: The registry as it was read a while ago.
        ssm: A boto3 SSM client.
        tenants: Whose entries to read.
    """
    for tenant in sorted(tenants):
        pages = ssm.get_paginator("get_parameters_by_path").paginate(
            Path=f"{ROOT}{tenant}/", Recursive=True
        )
        try:
            entries = {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}
        except (BotoCoreError, ClientError):
            logger.exception("entries not readable: going by what is remembered", tenant=tenant)
            continue
        remembered = _replaced(remembered, tenant, parse_registry(entries))
    return remembered


def _replaced(registry: Registry, tenant: str, now: Registry) -> Registry:
    others = [f for f in registry.faults if not f.path.startswith(f"{ROOT}{tenant}/")]
    return replace(
        registry,
        policies=_without(registry.policies, tenant) | dict(now.policies),
        profiles=_without(registry.profiles, tenant) | dict(now.profiles),
        replaced=_without(registry.replaced, tenant) | dict(now.replaced),
        callers=_without(registry.callers, tenant) | dict(now.callers),
        states=_without(registry.states, tenant) | dict(now.states),
        faults=(*others, *now.faults),
        faulty_tenants=(registry.faulty_tenants - {tenant}) | now.faulty_tenants,
    )


def _without(of_tenants: Mapping[str, T], tenant: str) -> dict[str, T]:
    return {each: value for each, value in of_tenants.items() if each != tenant}
