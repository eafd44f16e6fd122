"""GetMetricData with metric maths, exact dimensions and the order of AWS."""

from typing import Any

from ministack.services import cloudwatch

from local.metric_queries import Queries, Windows
from local.service_calls import Response

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
_MOST_DATAPOINTS = 100_800

_ministack_get = cloudwatch._get_metric_data


def install() -> None:
    """Put the operation in the place of ministack's."""
    cloudwatch._get_metric_data = _get


def _get(params: Any, request: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Response:  # noqa: FBT001, FBT002
    if not is_cbor and not is_json:
        answer: Response = _ministack_get(params, request, is_cbor, is_json)
        return answer
    start, end = (cloudwatch._parse_ts(request[key]) for key in ("StartTime", "EndTime"))
    ascending = request.get("ScanBy") == "TimestampAscending"
    try:
        queries = Queries(request.get("MetricDataQueries") or [])
        results = [_result(queries, name, start, end) for name in queries.returned]
    except ValueError as error:
        refused: Response = cloudwatch._error(
            "ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor
        )
        return refused
    for result in results:
        if not ascending:
            result["Timestamps"].reverse()
            result["Values"].reverse()
    answers: Response = (
        cloudwatch._cbor_ok(
            {"MetricDataResults": [cloudwatch._cbor_metric_data_result(r) for r in results]}
        )
        if is_cbor
        else cloudwatch._json_ok({"MetricDataResults": results})
    )
    return answers


def _result(queries: Queries, name: str, start: float, end: float) -> dict[str, Any]:
    windows = Windows.aligned(start, end, queries.period(name))
    if windows.count > _MOST_DATAPOINTS:
        raise ValueError(
            f"{name} would have {windows.count} datapoints, at most {_MOST_DATAPOINTS}"
        )
    found = [
        (windows.start + index * windows.period, float(value))
        for index, value in enumerate(queries.values(name, windows))
        if value is not None
    ]
    return {
        "Id": name,
        "Label": queries.label(name),
        "Timestamps": [cloudwatch._ts_iso(at) for at, _ in found],
        "Values": [value for _, value in found],
        "StatusCode": "Complete",
    }
