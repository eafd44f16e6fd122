"""CloudWatch alarms, with metric maths, exact dimensions, missing data and a clock of their own.

Every alarm is looked at each second, as well as when data is put or the alarm is, over windows that
slide with the minute. AWS looks once a minute and waits for the minute to be over; here the minute
that has begun counts if it breaches, so that a demonstration needs no minute of patience.

Anomaly detection alarms never change their state.
"""

import math
import threading
import time
from decimal import Decimal
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from local.alarm_state import AlarmRule
from local.metric_queries import Queries, Query, Windows
from local.service_calls import Response

_LOOK_EVERY_SECONDS = 1.0
_OF_A_METRIC = (
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Dimensions",
    "Unit",
)

_ministack_put = cloudwatch._put_metric_alarm


def install() -> None:
    """Put the evaluation in the place of ministack's, and start the clock."""
    cloudwatch._put_metric_alarm = _put
    cloudwatch._evaluate_alarm = evaluate
    threading.Thread(target=_look_for_good, daemon=True).start()


def evaluate(alarm: dict[str, Any]) -> None:
    """Bring an alarm's state up to date, and do what it says about a change.

    Args:
        alarm: The stored alarm, of the account and Region at hand.
    """
    queries = _queries(alarm)
    if not queries:
        return
    rule = AlarmRule.of(alarm)
    asked = Queries(queries)
    (name,) = asked.returned
    before = alarm["StateValue"]
    period = asked.period(name)
    step = min(period, 60)
    begun = math.ceil(time.time() / step) * step
    state, values = before, []
    # The minute that is over, then the one that has begun: it may only make things worse.
    for end in (begun - step, begun):
        windows = Windows(start=end - period * rule.windows, period=period, count=rule.windows)
        values = asked.values(name, windows)
        latest = rule.state(values, state)
        state = latest if end < begun or latest == "ALARM" else state
    if state != before:
        _change(alarm, before, state, rule, values)


def _change(
    alarm: dict[str, Any],
    before: str,
    state: str,
    rule: AlarmRule,
    values: list[Decimal | None],
) -> None:
    known = ", ".join(f"{value:f}" for value in values if value is not None) or "none"
    reason = f"Threshold Crossed: [{known}] {rule.comparison} {rule.threshold:f}"
    alarm |= {"StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": time.time()}
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _queries(alarm: dict[str, Any]) -> list[Query]:
    if alarm.get("Metrics"):
        return list(alarm["Metrics"])
    if not alarm.get("Namespace") or not alarm.get("MetricName"):
        return []
    metric = {key: alarm[key] for key in ("Namespace", "MetricName")}
    stat = {
        "Metric": metric | {"Dimensions": alarm.get("Dimensions") or []},
        "Period": alarm.get("Period") or 60,
        "Stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average",
    }
    return [{"Id": "m", "MetricStat": stat}]


def _put(params: Any, request: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Response:  # noqa: FBT001, FBT002
    metrics = request.get("Metrics")
    if metrics:
        try:
            returned = Queries(metrics).returned
        except ValueError as error:
            refused: Response = _validation_error(str(error), is_cbor=is_cbor, is_json=is_json)
            return refused
        if len(returned) != 1:
            reason = f"exactly one of the metrics must return data, got {returned}"
            return _validation_error(reason, is_cbor=is_cbor, is_json=is_json)
    answer: Response = _ministack_put(params, request, is_cbor, is_json)
    alarm = cloudwatch._alarms.get(request.get("AlarmName"))
    if metrics and alarm and answer[0] == 200:
        for name in _OF_A_METRIC:
            alarm.pop(name, None)
        alarm["Metrics"] = metrics
        evaluate(alarm)
    return answer


def _validation_error(reason: str, *, is_cbor: bool, is_json: bool) -> Response:
    answer: Response = cloudwatch._error(
        "ValidationError", reason, 400, use_json=is_json, use_cbor=is_cbor
    )
    return answer


def _look_for_good() -> None:
    while True:
        time.sleep(_LOOK_EVERY_SECONDS)
        for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
            with request_scope(account, region):
                cloudwatch._evaluate_all_alarms()
