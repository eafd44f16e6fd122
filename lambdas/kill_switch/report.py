"""What one run of the kill switch came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kill_switch.figures import TenantFigures
from shared.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run came to.

    Attributes:
        began: When it began.
        registry: The registry it went by.
        stale: Whether that could not be read now.
        figures: What each tenant adds to the metrics.
        failed: Tenants whose turn did not end.
        untold: Notices that were not delivered.
    """

    began: datetime
    registry: Registry
    stale: bool
    figures: Mapping[str, TenantFigures]
    failed: frozenset[str]
    untold: int
