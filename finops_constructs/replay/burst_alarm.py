"""A synthesized burst alarm on a simulated clock, evaluated as CloudWatch does.

CloudWatch evaluates a standard alarm every minute over windows that slide with it. What is not
published yet when it looks is missing from them, which `FILL(id, 0)` turns into zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from finops_constructs.replay.assembly import AssemblyError, SynthesizedAlarm
from finops_constructs.replay.metric_math import Expression, MetricMathError, parse_expression
from finops_constructs.replay.trace import MICROSECONDS, Request

MINUTE_US: Final = 60 * MICROSECONDS
_COMPARISONS: Final = ("GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
# AWS's own pages spell the cache metrics in two ways; played is the first that the alarm names.
_METRICS: Final[Mapping[str, str]] = {
    "InputTokenCount": "input",
    "OutputTokenCount": "output",
    "CacheReadInputTokenCount": "cache_read",
    "CacheReadInputTokens": "cache_read",
    "CacheWriteInputTokenCount": "cache_write",
    "CacheWriteInputTokens": "cache_write",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstAlarm:
    """One burst alarm as the template declares it.

    Attributes:
        name: Its name.
        expression: What it watches.
        kinds: Metric id -> the kind of token it counts; None for a spelling that is not played.
        period_minutes: The length of one window.
        windows: How many windows back it looks (EvaluationPeriods).
        breaching_windows: How many of them must breach (DatapointsToAlarm).
        threshold: In the expression's unit, USD a window.
        or_equal: Whether reaching the threshold is enough.
        missing_breaches: Whether a window without a value counts as breaching.
    """

    name: str
    expression: Expression
    kinds: Mapping[str, str | None]
    period_minutes: int
    windows: int
    breaching_windows: int
    threshold: Decimal
    or_equal: bool
    missing_breaches: bool

    def breaches(self, value: Decimal | None) -> bool:
        """Return whether one window's value breaches."""
        if value is None:
            return self.missing_breaches
        return value > self.threshold or (self.or_equal and value == self.threshold)


def parse_burst_alarm(alarm: SynthesizedAlarm, *, profile_id: str) -> BurstAlarm:
    """Return a burst alarm, ready to be played.

    Args:
        alarm: The alarm in the template.
        profile_id: The profile it should watch.

    Raises:
        AssemblyError: If it is of another form than burst alarms have.
    """
    try:
        return _parse(alarm.name, alarm.properties, profile_id)
    except (MetricMathError, LookupError, TypeError, ArithmeticError, ValueError) as error:
        why = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise AssemblyError(f"burst alarm {alarm.name!r} cannot be played: {why}") from None


def _parse(name: str, properties: Mapping[str, Any], profile_id: str) -> BurstAlarm:
    returned = [each for each in properties["Metrics"] if each.get("ReturnData", True)]
    if len(returned) != 1 or "Expression" not in returned[0]:
        raise ValueError("it must return one expression")
    expression = parse_expression(returned[0]["Expression"])
    metrics = {each["Id"]: each for each in properties["Metrics"] if "MetricStat" in each}
    unknown = sorted(expression.ids - metrics.keys())
    if unknown:
        raise ValueError(f"its expression names {', '.join(unknown)}, no metric of the alarm")
    periods = {_period(each["MetricStat"], profile_id) for each in metrics.values()}
    if len(periods) != 1:
        raise ValueError(f"its metrics must have one period, got {sorted(periods)}")
    comparison = properties["ComparisonOperator"]
    if comparison not in _COMPARISONS:
        raise ValueError(f"it must compare by {' or '.join(_COMPARISONS)}, got {comparison!r}")
    windows = int(properties["EvaluationPeriods"])
    return BurstAlarm(
        name=name,
        expression=expression,
        kinds=_kinds(metrics),
        period_minutes=periods.pop() // 60,
        windows=windows,
        breaching_windows=int(properties.get("DatapointsToAlarm", windows)),
        threshold=Decimal(str(properties["Threshold"])),
        or_equal=comparison == _COMPARISONS[1],
        missing_breaches=properties.get("TreatMissingData") == "breaching",
    )


def _period(stat: Mapping[str, Any], profile_id: str) -> int:
    metric, period = stat["Metric"], int(stat["Period"])
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
    if metric["Namespace"] != "AWS/Bedrock" or dimensions != {"ModelId": profile_id}:
        raise ValueError(f"it watches {metric['Namespace']} {dimensions}, not this profile")
    if stat["Stat"] != "Sum":
        raise ValueError(f"token counts are samples: the statistic must be Sum, got {stat['Stat']}")
    if period < 60 or period % 60:
        raise ValueError(f"its period must be whole minutes, got {period} seconds")
    return period


def _kinds(metrics: Mapping[str, Mapping[str, Any]]) -> dict[str, str | None]:
    names = {key: each["MetricStat"]["Metric"]["MetricName"] for key, each in metrics.items()}
    unknown = sorted(set(names.values()) - _METRICS.keys())
    if unknown:
        raise ValueError(f"it counts {', '.join(unknown)}, which is no token metric of Bedrock")
    published: dict[str, str] = {}
    for name, kind in _METRICS.items():
        if name in names.values():
            published.setdefault(kind, name)
    return {
        key: _METRICS[name] if published[_METRICS[name]] == name else None
        for key, name in names.items()
    }


class PlayedAlarm:
    """A burst alarm being played.

    Attributes:
        alarm: The alarm.
        alarm_since_us: Since when it is in ALARM; None: it is not.
        busiest: The highest value any window had when it was looked at.
    """

    def __init__(self, alarm: BurstAlarm, *, metric_delay_us: int) -> None:
        self.alarm = alarm
        self.alarm_since_us: int | None = None
        self.busiest = Decimal(0)
        self._delay_us = metric_delay_us
        self._minutes: dict[int, dict[str, int]] = {}

    def count(self, call: Request) -> None:
        """Take the metrics of one call."""
        minute = self._minutes.setdefault(call.at_us // MINUTE_US, {})
        for kind in _KINDS:
            tokens = getattr(call, kind)
            if tokens:
                minute[kind] = minute.get(kind, 0) + tokens

    def evaluate(self, now_us: int) -> bool:
        """Evaluate at a full minute; return whether it went into ALARM now."""
        end, alarm = now_us // MINUTE_US, self.alarm
        published = (now_us - self._delay_us) // MINUTE_US
        values = [
            self._value(end - (back + 1) * alarm.period_minutes, end - back * alarm.period_minutes,
                        published)
            for back in range(alarm.windows)
        ]  # fmt: skip
        self.busiest = max([self.busiest, *(value for value in values if value is not None)])
        breaching = sum(alarm.breaches(value) for value in values) >= alarm.breaching_windows
        went = breaching and self.alarm_since_us is None
        if went:
            self.alarm_since_us = now_us
        elif not breaching:
            self.alarm_since_us = None
        for minute in [m for m in self._minutes if m < end - alarm.windows * alarm.period_minutes]:
            del self._minutes[minute]
        return went

    def _value(self, start: int, end: int, published: int) -> Decimal | None:
        """The expression over the minutes from `start` to `end` that are published."""
        seen = [self._minutes[m] for m in range(start, min(end, published)) if m in self._minutes]
        sums: dict[str, Decimal | None] = {}
        for key, kind in self.alarm.kinds.items():
            counts = [minute[kind] for minute in seen if kind in minute]
            sums[key] = Decimal(sum(counts)) if counts else None
        return self.alarm.expression.evaluate(sums)


_KINDS: Final = ("input", "output", "cache_read", "cache_write")
