"""The state of a CloudWatch alarm, from the values of its windows. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_BREACHES: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """When an alarm goes off.

    Attributes:
        comparison: How a value is compared with the threshold.
        threshold: The threshold.
        windows: How many windows are looked at.
        breaching_windows: How many of them must breach.
        missing: What a window without data counts as: `breaching`, `notBreaching`, `ignore` or
            `missing`.
    """

    comparison: str
    threshold: Decimal
    windows: int
    breaching_windows: int
    missing: str

    @classmethod
    def of(cls, alarm: Mapping[str, Any]) -> "AlarmRule":
        """Return the rule of an alarm.

        Args:
            alarm: As PutMetricAlarm takes it.
        """
        windows = int(alarm["EvaluationPeriods"])
        return cls(
            comparison=alarm["ComparisonOperator"],
            threshold=Decimal(str(alarm["Threshold"])),
            windows=windows,
            breaching_windows=int(alarm.get("DatapointsToAlarm") or windows),
            missing=alarm.get("TreatMissingData") or "missing",
        )

    def state(self, values: Sequence[Decimal | None], before: str) -> str:
        """Return the state after a look at the windows.

        AWS looks at more windows than the rule names when some have no data; here they do not
        count, and the state stays what it was if the others do not decide.

        Args:
            values: The value of each window; None where it has no data.
            before: The state before.
        """
        counted = [self._breaches(value) for value in values]
        breaching, fine = counted.count(True), counted.count(False)
        if breaching >= self.breaching_windows:
            return "ALARM"
        if fine > len(values) - self.breaching_windows:
            return "OK"
        if not breaching and not fine and self.missing == "missing":
            return "INSUFFICIENT_DATA"
        return before

    def _breaches(self, value: Decimal | None) -> bool | None:
        if value is not None:
            return _BREACHES[self.comparison](value, self.threshold)
        return {"breaching": True, "notBreaching": False}.get(self.missing)
