"""The one dashboard of a platform."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from finops_constructs.enforcement.wake_queue import WakeQueue

_WIDTH, _HEIGHT = 12, 6


class PlatformDashboard(Construct):
    """Defines a CloudWatch dashboard of what Bedrock does in this account and Region ($3 a month).

    Searches, not fixed ids, fill the graphs, so that a new tenant appears by itself.
    """

    def __init__(self, scope: Construct, id: str, *, wake_queue: WakeQueue) -> None:
        """Define the dashboard."""
        super().__init__(scope, id)
        stack = Stack.of(self)
        graphs = [
            _search("Calls per profile or model", "Invocations", stack.region),
            _search("Throttled calls", "InvocationThrottles", stack.region),
            _search("Input tokens", "InputTokenCount", stack.region),
            _search("Output tokens", "OutputTokenCount", stack.region),
            _search("Rejected calls (4xx)", "InvocationClientErrors", stack.region),
            _wake_queue(wake_queue, stack.region),
        ]
        cloudwatch.CfnDashboard(
            self,
            "Resource",
            dashboard_body=stack.to_json_string(
                {
                    "widgets": [
                        {
                            "type": "metric",
                            "x": (number % 2) * _WIDTH,
                            "y": (number // 2) * _HEIGHT,
                            "width": _WIDTH,
                            "height": _HEIGHT,
                            "properties": properties,
                        }
                        for number, properties in enumerate(graphs)
                    ]
                }
            ),
        )


def _search(title: str, metric: str, region: str) -> dict[str, Any]:
    query = f"SEARCH('{{AWS/Bedrock,ModelId}} MetricName=\"{metric}\"', 'Sum', 300)"
    return {
        "title": title,
        "region": region,
        "stat": "Sum",
        "period": 300,
        "view": "timeSeries",
        "metrics": [[{"expression": query, "id": "e1"}]],
    }


def _wake_queue(queue: WakeQueue, region: str) -> dict[str, Any]:
    name = "ApproximateNumberOfMessagesVisible"
    return {
        "title": "Wake-ups waiting and given up",
        "region": region,
        "stat": "Maximum",
        "period": 300,
        "view": "timeSeries",
        "metrics": [
            ["AWS/SQS", name, "QueueName", queue.queue.attr_queue_name, {"label": "waiting"}],
            [
                "AWS/SQS",
                name,
                "QueueName",
                queue.dead_letters.attr_queue_name,
                {"label": "given up"},
            ],
        ],
    }
