"""Whether the setting is still ours, and whether what is called is delivered.

Calls are compared with deliveries, as AWS counts both: no call is made, and paid, to find out.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from invocation_logging.logic import Wanted
from shared.invocation_counts import HOUR, NAMESPACE, counted_models, read_hour

_ALL_MODELS: Final = {"Name": "ModelId", "Value": "Across all model IDs"}
_DELIVERED: Final = {
    "log group": "ModelInvocationLogsCloudWatchDeliverySuccess",
    "bucket": "ModelInvocationLogsS3DeliverySuccess",
}


def undelivered(cloudwatch: Any, wanted: Wanted, hour: datetime) -> dict[str, int]:
    """Return the calls of an hour of which nothing at all was delivered, by destination.

    Args:
        cloudwatch: A boto3 CloudWatch client; its errors are not caught.
        wanted: Where records should go.
        hour: When the hour begins.
    """
    counted = read_hour(cloudwatch, counted_models(cloudwatch), hour)
    calls = sum(counts.get("invocations", 0) for counts in counted.values())
    destinations = ["log group", *(["bucket"] if wanted.bucket else [])]
    if not calls:
        return dict.fromkeys(destinations, 0)
    delivered = _delivered(cloudwatch, destinations, hour)
    return {name: 0 if delivered[name] else calls for name in destinations}


def embedded_metrics(counts: Mapping[str, int], now: datetime) -> str:
    """Return a log line that CloudWatch reads metrics from (embedded metric format).

    Args:
        counts: Metric -> value.
        now: The moment.
    """
    declared = {
        "Namespace": "FinOpsConstructs",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
    }
    metadata = {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [declared]}
    return json.dumps({"_aws": metadata, "service": "invocation-logging", **counts})


def _delivered(cloudwatch: Any, destinations: Sequence[str], hour: datetime) -> Mapping[str, float]:
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": f"d{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": NAMESPACE,
                        "MetricName": _DELIVERED[name],
                        "Dimensions": [_ALL_MODELS],
                    },
                    "Period": int(HOUR.total_seconds()),
                    "Stat": "Sum",
                },
            }
            for number, name in enumerate(destinations)
        ],
        StartTime=hour,
        # A record may be delivered in the hour after.
        EndTime=hour + 2 * HOUR,
    )
    sums = {result["Id"]: sum(result["Values"]) for result in answer["MetricDataResults"]}
    return {name: sums.get(f"d{number}", 0.0) for number, name in enumerate(destinations)}
