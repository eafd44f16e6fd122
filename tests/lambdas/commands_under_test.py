"""The commands function's service on a platform of moto."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from commands.service import Service
from shared.registry import load_registry
from shared.registry_cache import RegistryCache
from shared.state_table import StateTable
from shared.statuses import Statuses
from tests.lambdas.fake_aws import InlineExecutor
from tests.lambdas.platform_under_test import LEDGER, PLACE, STATE


class Around(Protocol):
    """What a service is put into: AWS's services, and a clock."""

    now: datetime
    seconds: float

    @property
    def services(self) -> Callable[[str], Any]:
        """Returns the client of a service."""


def commands_service(platform: Around) -> Service:
    """Return a service that reads and writes what `platform` holds, by its clock."""
    table = StateTable(platform.services("dynamodb"), STATE)
    return Service(
        registry=RegistryCache(
            lambda: load_registry(platform.services("ssm")),
            seconds=lambda: platform.seconds,
            ttl_seconds=60,
        ),
        table=table,
        statuses=Statuses(
            table=table,
            ledger_table=LEDGER,
            place=PLACE,
            now=lambda: platform.now,
            executor=InlineExecutor(),
        ),
        sqs=platform.services("sqs"),
        wake_queue_url="finops-wake",
        now=lambda: platform.now,
    )
