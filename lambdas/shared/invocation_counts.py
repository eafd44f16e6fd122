"""What CloudWatch counted in one hour, by model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

HOUR: Final = timedelta(hours=1)
PERMISSIONS: Final = ("cloudwatch:GetMetricData", "cloudwatch:ListMetrics")
NAMESPACE: Final = "AWS/Bedrock"
METRICS: Final = {
    "invocations": "Invocations",
    "client_errors": "InvocationClientErrors",
    "server_errors": "InvocationServerErrors",
    "throttles": "InvocationThrottles",
}
_MODELS_PER_CALL: Final = 500 // len(METRICS)
"""GetMetricData takes at most 500 metrics a call."""


def counted_models(cloudwatch: Any) -> set[str]:
    """Return the models, profiles among them, that have counted calls in the last two weeks."""
    pages = cloudwatch.get_paginator("list_metrics").paginate(
        Namespace=NAMESPACE, MetricName=METRICS["invocations"]
    )
    return {
        metric["Dimensions"][0]["Value"]
        for page in pages
        for metric in page["Metrics"]
        if [each["Name"] for each in metric["Dimensions"]] == ["ModelId"]
    }


def read_hour(cloudwatch: Any, models: Iterable[str], hour: datetime) -> dict[str, dict[str, int]]:
    """Return the counts of one hour, of the models that counted anything.

    Args:
        cloudwatch: A boto3 CloudWatch client; its errors are not caught.
        models: Values of the dimension `ModelId`.
        hour: When the hour begins.
    """
    wanted = sorted(models)
    counted: dict[str, dict[str, int]] = {}
    for start in range(0, len(wanted), _MODELS_PER_CALL):
        batch = wanted[start : start + _MODELS_PER_CALL]
        for model, name, value in _read(cloudwatch, batch, hour):
            counts = counted.setdefault(model, {})
            counts[name] = counts.get(name, 0) + value
    return {model: counts for model, counts in counted.items() if any(counts.values())}


def _read(cloudwatch: Any, models: Sequence[str], hour: datetime) -> Iterator[tuple[str, str, int]]:
    names = list(METRICS)
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[
            _query(f"p{position}m{number}", model, METRICS[name])
            for position, model in enumerate(models)
            for number, name in enumerate(names)
        ],
        StartTime=hour,
        EndTime=hour + HOUR,
    )
    for result in (each for page in pages for each in page["MetricDataResults"]):
        position, _, number = result["Id"][1:].partition("m")
        for value in result["Values"]:
            yield models[int(position)], names[int(number)], round(value)


def _query(identifier: str, model: str, metric: str) -> Mapping[str, Any]:
    return {
        "Id": identifier,
        "MetricStat": {
            "Metric": {
                "Namespace": NAMESPACE,
                "MetricName": metric,
                "Dimensions": [{"Name": "ModelId", "Value": model}],
            },
            "Period": int(HOUR.total_seconds()),
            "Stat": "Sum",
        },
    }
