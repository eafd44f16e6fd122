"""What one run of the cross-check found, over all profiles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from cross_check.cloudwatch import HourSeen
from cross_check.comparison import Finding
from shared.registry_entries import ProfileEntry

LARGEST_EXPECTED_PERCENT: Final = 5
"""A larger difference between log and CloudWatch is alarmed."""


@dataclass(slots=True)
class Checked:
    """Aliases, as `tenant/alias`, by what was found of them.

    Attributes:
        compared: Those that could be compared.
        failed: Those that could not.
        silent: Those with calls that were not logged.
        differing: Those whose log differs by more than is expected, and by how many percent.
        cache_tokens_missing: Those whose records do not tell cache tokens that CloudWatch counts.
        cache_tokens_told: Those whose records do tell them.
        unpriced: Those that used kinds of token without a rate, and which.
        largest_difference_percent: The largest difference of all.
    """

    compared: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    differing: dict[str, str] = field(default_factory=dict)
    cache_tokens_missing: list[str] = field(default_factory=list)
    cache_tokens_told: list[str] = field(default_factory=list)
    unpriced: dict[str, list[str]] = field(default_factory=dict)
    largest_difference_percent: Decimal = Decimal(0)

    def note(self, profile: ProfileEntry, found: Finding | None, seen: Sequence[HourSeen]) -> None:
        """Add one profile.

        Args:
            profile: The profile.
            found: What comparing it found; None if that failed.
            seen: What CloudWatch counted for it.
        """
        name = f"{profile.tenant}/{profile.alias}"
        if found is None:
            self.failed.append(name)
            return
        self.compared.append(name)
        if found.silent:
            self.silent.append(name)
        if found.difference_percent > LARGEST_EXPECTED_PERCENT:
            self.differing[name] = f"{found.difference_percent:.1f}"
        if found.cache_tokens_missing:
            self.cache_tokens_missing.append(name)
        elif any(hour.cache_tokens for hour in seen) and not found.silent:
            self.cache_tokens_told.append(name)
        if found.unpriced:
            self.unpriced[name] = list(found.unpriced)
        self.largest_difference_percent = max(
            self.largest_difference_percent, found.difference_percent
        )
