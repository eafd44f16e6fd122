"""CloudWatch Logs Insights with `stats ... by ...`, which ministack passes over.

Of aggregates only `count(*)`, `min(@timestamp)` and `max(@timestamp)`; of filters only one that
compares a field of a JSON record with a text.
"""

import json
import re
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import cloudwatch_logs

from local.service_calls import Response

_STATS = re.compile(r"\|\s*stats\s+(?P<what>.+?)\s+by\s+(?P<by>.+?)\s*(\||$)")
_FILTER = re.compile(r'^\s*filter\s+([\w.]+)\s*=\s*"([^"]*)"')
_ministack_start = cloudwatch_logs._start_query


def install() -> None:
    """Answer queries that count."""
    cloudwatch_logs._start_query = _start


def _start(request: dict[str, Any]) -> Response:
    query = request.get("queryString", "")
    stats = _STATS.search(query)
    groups = cloudwatch_logs._resolve_query_log_groups(request)
    if stats is None or any(group not in cloudwatch_logs._log_groups for group in groups):
        refused: Response = _ministack_start(request)
        return refused
    records = cloudwatch_logs._collect_query_records(
        groups, request.get("startTime", 0), request["endTime"]
    )
    names = [each.strip() for each in stats["by"].split(",")]
    query_id = new_uuid()
    cloudwatch_logs._queries[query_id] = {
        "queryId": query_id,
        "queryString": query,
        "status": "Complete",
        "results": _rows(records, _FILTER.match(query), names),
    }
    answer: Response = cloudwatch_logs.json_response({"queryId": query_id})
    return answer


def _rows(
    records: list[dict[str, Any]], wanted: re.Match[str] | None, names: list[str]
) -> list[list[dict[str, str]]]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for record in records:
        told = _parsed(record["@message"])
        if wanted is None or _value(told, wanted[1]) == wanted[2]:
            key = tuple(_value(told, name) for name in names)
            groups.setdefault(key, []).append(int(_milliseconds(record)))
    return [
        [
            *({"field": n, "value": v} for n, v in zip(names, key, strict=True) if v),
            {"field": "calls", "value": str(len(times))},
            {"field": "first", "value": str(min(times))},
            {"field": "last", "value": str(max(times))},
        ]
        for key, times in groups.items()
    ]


def _parsed(message: str) -> dict[str, Any]:
    try:
        told = json.loads(message)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _value(told: dict[str, Any], path: str) -> str:
    value: Any = told
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None else str(value)


def _milliseconds(record: dict[str, Any]) -> float:
    return float(record["_timestamp_ms"])
