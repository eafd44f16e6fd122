"""Metrics and metric maths over windows of time, as GetMetricData and alarms both need them.

An expression is evaluated window by window with the parser of the replay, which knows what this
library writes and refuses the rest. Not understood: SEARCH, anomaly bands, Metrics Insights, and
the `Unit` of a query.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ministack.services import cloudwatch

from finops_constructs.replay.metric_math import parse_expression

Query = dict[str, Any]
Values = list[Decimal | None]


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Windows of one length, one after the other.

    Attributes:
        start: Where the first begins, in epoch seconds.
        period: How long each is, in seconds.
        count: How many there are.
    """

    start: float
    period: int
    count: int

    @classmethod
    def aligned(cls, start: float, end: float, period: int) -> "Windows":
        """Return the windows that cover a span, each beginning at a multiple of the period.

        Args:
            start: Where the span begins, in epoch seconds.
            end: Where it ends.
            period: The length of a window, in seconds.
        """
        first = math.floor(start / period) * period
        return cls(start=first, period=period, count=max(0, math.ceil((end - first) / period)))


class Queries:
    """Queries that may refer to one another by their ids.

    Args:
        queries: As PutMetricAlarm and GetMetricData take them.

    Raises:
        ValueError: An expression is not understood, or refers to an id that is not there.
    """

    def __init__(self, queries: Sequence[Query]) -> None:
        self._queries = {query["Id"]: query for query in queries}
        self._expressions = {
            name: parse_expression(query["Expression"])
            for name, query in self._queries.items()
            if query.get("Expression")
        }
        for name, expression in self._expressions.items():
            unknown = expression.ids - self._queries.keys()
            if unknown:
                raise ValueError(f"{name} refers to {', '.join(sorted(unknown))}")

    @property
    def returned(self) -> list[str]:
        """The ids of the queries whose data is asked for."""
        return [name for name, query in self._queries.items() if query.get("ReturnData", True)]

    def label(self, name: str) -> str:
        """Return what a query's data is called.

        Args:
            name: The query's id.
        """
        query = self._queries[name]
        metric = query.get("MetricStat", {}).get("Metric", {})
        return str(query.get("Label") or metric.get("MetricName") or name)

    def period(self, name: str) -> int:
        """Return the length of the windows of a query, in seconds.

        Args:
            name: The query's id.
        """
        query = self._queries[name]
        if "MetricStat" in query:
            return int(query["MetricStat"]["Period"])
        if query.get("Period"):
            return int(query["Period"])
        return max((self.period(each) for each in self._expressions[name].ids), default=60)

    def values(self, name: str, windows: Windows) -> Values:
        """Return the value of a query in each window; None where there is none.

        Args:
            name: The query's id.
            windows: The windows.
        """
        if name not in self._expressions:
            return _metric_values(self._queries[name]["MetricStat"], windows)
        expression = self._expressions[name]
        operands = {each: self.values(each, windows) for each in expression.ids}
        return [
            expression.evaluate({each: values[index] for each, values in operands.items()})
            for index in range(windows.count)
        ]


def _metric_values(stat: dict[str, Any], windows: Windows) -> Values:
    metric = stat["Metric"]
    dimensions = cloudwatch._dims_from_list(metric.get("Dimensions") or [])
    key = (metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(dimensions))
    points = defaultdict(list)
    for point in list(cloudwatch._metrics.get(key) or ()):
        points[math.floor((point["Timestamp"] - windows.start) / windows.period)].append(point)
    return [_statistic(points.get(index, []), stat["Stat"]) for index in range(windows.count)]


def _statistic(points: list[dict[str, Any]], name: str) -> Decimal | None:
    stats = cloudwatch._calc_stats(points)
    value = cloudwatch._stat_value(stats, name, points) if stats else None
    return None if value is None else Decimal(str(value))
