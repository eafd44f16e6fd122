"""Records of the log against the calls that CloudWatch counted, hour by hour and model by model.

A record tells when a call was made, the metric when it was counted: around the full hour a call may
fall into two different hours. What one hour lacks and its neighbour has too much of is no gap.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from finops_constructs.audit_log.findings import Finding, Kind
from finops_constructs.audit_log.layout import hour_after
from finops_constructs.audit_log.manifests import Manifest

OPEN_HOURS: Final = 2
"""The last hours of a chain may still get records: they are not compared."""


@dataclass(slots=True)
class Tally:
    """Calls by hour and model.

    Attributes:
        logged: (hour, model) -> [successful, failed] records.
        counted: Hour -> model -> what CloudWatch counted; only hours whose counts are known.
    """

    logged: defaultdict[tuple[str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    counted: dict[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)

    def add(self, manifest: Manifest) -> None:
        """Add what a manifest tells."""
        if manifest.cloudwatch is not None:
            self.counted[manifest.hour] = manifest.cloudwatch
        for entry in manifest.entries:
            self._add_calls(entry.get("calls") or {})

    def _add_calls(self, calls: Mapping[str, Mapping[str, Sequence[int]]]) -> None:
        for model, hours in calls.items():
            for hour, (successful, failed) in hours.items():
                sums = self.logged[hour, model]
                sums[0] += successful
                sums[1] += failed

    def totals(self) -> dict[str, int]:
        """Return sums over everything, for a report."""
        compared = [c for models in self.counted.values() for c in models.values()]
        return {
            "records": sum(ok + failed for ok, failed in self.logged.values()),
            "failed_calls_logged": sum(failed for _, failed in self.logged.values()),
            "invocations_counted": sum(c.get("invocations", 0) for c in compared),
            "client_errors_counted": sum(c.get("client_errors", 0) for c in compared),
            "server_errors_counted": sum(c.get("server_errors", 0) for c in compared),
            "throttles_counted": sum(c.get("throttles", 0) for c in compared),
        }


def compare(tally: Tally, last_hour: str, first_hour: str = "") -> list[Finding]:
    """Return hours in which the log and CloudWatch differ.

    Args:
        tally: The calls.
        last_hour: The hour of the last manifest; empty if there is none.
        first_hour: The hour in which logging began, perhaps after calls that were counted; it is
            not compared. Default: all are.
    """
    closed = hour_after(last_hour, -OPEN_HOURS) if last_hour else ""
    models = {m for _, m in tally.logged} | {m for each in tally.counted.values() for m in each}
    findings = []
    for model in sorted(models):
        differences = _differences(tally, model)
        findings += [
            _finding(model, hour, difference, tally)
            for hour, difference in sorted(_settled(differences).items())
            if difference and first_hour < hour <= closed
        ]
    return findings


def _differences(tally: Tally, model: str) -> dict[str, int]:
    """Records less calls, by hour, where both are known."""
    return {
        hour: tally.logged.get((hour, model), [0, 0])[0]
        - counts.get(model, {}).get("invocations", 0)
        for hour, counts in tally.counted.items()
    }


def _settled(differences: Mapping[str, int]) -> dict[str, int]:
    """Set off what an hour lacks against what its neighbour has too much of."""
    left = dict(differences)
    for hour in sorted(left):
        after = hour_after(hour)
        if after in left and left[hour] * left[after] < 0:
            moved = min(abs(left[hour]), abs(left[after]))
            sign = 1 if left[hour] > 0 else -1
            left[hour] -= sign * moved
            left[after] += sign * moved
    return left


def _finding(model: str, hour: str, difference: int, tally: Tally) -> Finding:
    logged = tally.logged.get((hour, model), [0, 0])[0]
    counted = tally.counted[hour].get(model, {}).get("invocations", 0)
    kind = Kind.INCOMPLETE if difference < 0 else Kind.SURPLUS
    missing = f"{-difference} missing" if difference < 0 else f"{difference} too many"
    text = (
        f"hour {hour}, model {model}: {logged} records of {counted} calls that CloudWatch "
        f"counted ({missing})"
    )
    return Finding(kind=kind, hour=hour, key="", text=text)


def hours_not_compared(tally: Tally, manifests: Iterable[Any]) -> list[str]:
    """Return the hours whose manifests have no counts."""
    return sorted(m.hour for m in manifests if m.hour not in tally.counted)
