"""CloudWatch's embedded metric format: metrics that a function writes into its log."""

import json
from typing import Any

from ministack.services import cloudwatch


def publish(line: str) -> None:
    """Publish the metrics of a line of log, if it is in the format.

    Args:
        line: The line.
    """
    if not line.startswith("{") or '"CloudWatchMetrics"' not in line:
        return
    try:
        document = json.loads(line)
        told = document["_aws"]
        for directive in told["CloudWatchMetrics"]:
            _publish(directive, document, told["Timestamp"] / 1000)
    except (AttributeError, KeyError, TypeError, ValueError):
        return  # CloudWatch passes over what it cannot read, too


def _publish(directive: dict[str, Any], document: dict[str, Any], timestamp: float) -> None:
    for names in directive.get("Dimensions") or [[]]:
        dimensions = {name: str(document[name]) for name in names}
        for metric in directive["Metrics"]:
            value = document[metric["Name"]]
            cloudwatch._store_datum(
                directive["Namespace"],
                metric["Name"],
                dimensions,
                timestamp,
                metric.get("Unit", "None"),
                None,
                value if isinstance(value, list) else [value],
                None,
                None,
            )
