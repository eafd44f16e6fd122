"""The one dashboard of a platform."""

from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from finops_constructs._function import METRICS_NAMESPACE
from finops_constructs.enforcement.canary_alarms import HOPS
from finops_constructs.enforcement.kill_switch import KillSwitch
from finops_constructs.enforcement.spend_meter import SpendMeter
from finops_constructs.enforcement.tenant_table import TenantTable
from finops_constructs.enforcement.wake_queue import WakeQueue

_WIDTH, _HEIGHT, _ALARMS_HEIGHT, _TABLE_HEIGHT, _LINKS_HEIGHT = 12, 6, 4, 8, 2
_ROWS: Final = 25
_LARGEST: Final = 20
_DAY_SECONDS: Final = 86_400
_PERIOD_SECONDS: Final = 300
_STATES: Final = ["TenantsStopped", "TenantsHeld", "TenantsPaused"]
_TROUBLES: Final = [
    "SpendUnknown",
    "RegistryFaults",
    "UnguardedProfiles",
    "UnconfirmedSuspensions",
    "ActionFailures",
]


class PlatformDashboard(Construct):
    """Defines a CloudWatch dashboard of Bedrock and its guard in this account and Region.

    It costs $3 a month, and less than $1 for the counts of states. It shows the alarms on the
    guard, a table of tenants (spend against limit, last hour, state, drift), how many are stopped,
    the self-test's latencies, the estimate and its check, the runs of meter and kill switch, and
    the calls of the busiest profiles.

    Neither the table nor a graph grows with the tenants: the table shows those that need a person
    and the dearest, a graph the 20 largest of what a search finds, which ends at 500. A new tenant
    appears by itself.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        meter: SpendMeter,
        switch: KillSwitch,
        wake_queue: WakeQueue,
        alarm_arns: Sequence[str],
        tenant_table: TenantTable | None = None,
    ) -> None:
        """Define the dashboard.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            meter: The spend meter.
            switch: The kill switch.
            wake_queue: What wakes it.
            alarm_arns: The alarms on the guard, shown first.
            tenant_table: What fills the table of tenants. Default: there is no table.
        """
        super().__init__(scope, id)
        stack = Stack.of(self)
        region = stack.region
        graphs = [
            _own("Tenants that are not plainly active", "kill-switch", _STATES, region),
            _own("Self-test: seconds of each hop", "canary", HOPS, region),
            _own(
                "Calls in the estimate",
                "spend-meter",
                ["RecordsMetered", "RecordsRejected"],
                region,
            ),
            _differences(region),
            _runs(meter, switch, region),
            _own("What the kill switch could not know or do", "kill-switch", _TROUBLES, region),
            _search("Calls per profile or model", "Invocations", region),
            _search("Throttled calls", "InvocationThrottles", region),
            _search("Input tokens", "InputTokenCount", region),
            _search("Output tokens", "OutputTokenCount", region),
            _search("Rejected calls (4xx)", "InvocationClientErrors", region),
            _queues(meter, wake_queue, region),
        ]
        cloudwatch.CfnDashboard(
            self,
            "Resource",
            dashboard_body=stack.to_json_string(
                {
                    "widgets": [
                        _links(),
                        _alarm_list(alarm_arns),
                        *([_table(tenant_table)] if tenant_table else []),
                        *map(_placed, range(len(graphs)), graphs),
                    ]
                }
            ),
        )


def _links() -> dict[str, Any]:
    return {
        "type": "text",
        "x": 0,
        "y": 0,
        "width": 2 * _WIDTH,
        "height": _LINKS_HEIGHT,
        "properties": {
            "markdown": "Everything of a tenant: `finops tenants status <tenant>` · a stop that is "
            "wrong: docs/runbooks/false-stop.md · a runaway and no kill switch: "
            "docs/runbooks/runaway-by-hand.md · each alarm below names its page"
        },
    }


def _table(table: TenantTable) -> dict[str, Any]:
    return {
        "type": "custom",
        "x": 0,
        "y": _LINKS_HEIGHT + _ALARMS_HEIGHT,
        "width": 2 * _WIDTH,
        "height": _TABLE_HEIGHT,
        "properties": {
            "title": "Tenants: those that need a person, then the dearest",
            "endpoint": table.function.attr_arn,
            "params": {"top": _ROWS},
            "updateOn": {"refresh": True, "resize": False, "timeRange": False},
        },
    }


def _alarm_list(alarm_arns: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "alarm",
        "x": 0,
        "y": _LINKS_HEIGHT,
        "width": 2 * _WIDTH,
        "height": _ALARMS_HEIGHT,
        "properties": {"title": "The guard itself", "alarms": list(alarm_arns)},
    }


def _placed(number: int, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": (number % 2) * _WIDTH,
        "y": _LINKS_HEIGHT + _ALARMS_HEIGHT + _TABLE_HEIGHT + (number // 2) * _HEIGHT,
        "width": _WIDTH,
        "height": _HEIGHT,
        "properties": properties,
    }


def _search(title: str, metric: str, region: str) -> dict[str, Any]:
    found = f"SEARCH('{{AWS/Bedrock,ModelId}} MetricName=\"{metric}\"', 'Sum', {_PERIOD_SECONDS})"
    query = f"SORT({found}, SUM, DESC, {_LARGEST})"
    return _graph(title, region, [[{"expression": query, "id": "e1"}]], stat="Sum")


def _own(title: str, service: str, names: Sequence[str], region: str) -> dict[str, Any]:
    metrics = [[METRICS_NAMESPACE, name, "service", service] for name in names]
    return _graph(title, region, metrics, stat="Sum" if service == "spend-meter" else "Maximum")


def _differences(region: str) -> dict[str, Any]:
    metrics: list[list[Any]] = [
        [METRICS_NAMESPACE, name, "service", service, {"label": label}]
        for service, name, label in [
            ("cross-check", "CrossCheckDifferencePercent", "log against CloudWatch"),
            ("kill-switch", "EstimateDriftPercent", "estimate against bill"),
        ]
    ]
    found = (
        f"SEARCH('{{{METRICS_NAMESPACE},service,tenant}} MetricName=\"TenantDriftPercent\"', "
        f"'Maximum', {_DAY_SECONDS})"
    )
    largest = f"SORT({found}, MAX, DESC, {_LARGEST})"
    metrics.append([{"expression": largest, "id": "tenants", "label": "${PROP('Dim.tenant')}"}])
    return _graph("How far figures of one spend differ (%)", region, metrics, stat="Maximum")


def _runs(meter: SpendMeter, switch: KillSwitch, region: str) -> dict[str, Any]:
    metrics = [
        ["AWS/Lambda", name, "FunctionName", function.ref, {"label": f"{label}: {name.lower()}"}]
        for function, label in [(meter.function, "meter"), (switch.function, "switch")]
        for name in ("Invocations", "Errors")
    ]
    return _graph("Runs of meter and kill switch", region, metrics, stat="Sum")


def _queues(meter: SpendMeter, wake_queue: WakeQueue, region: str) -> dict[str, Any]:
    name = "ApproximateNumberOfMessagesVisible"
    metrics = [
        ["AWS/SQS", name, "QueueName", queue.attr_queue_name, {"label": label}]
        for queue, label in [
            (wake_queue.queue, "wake-ups waiting"),
            (wake_queue.dead_letters, "wake-ups given up"),
            (meter.dead_letters, "log records given up"),
        ]
    ]
    return _graph("What waits and what was given up", region, metrics, stat="Maximum")


def _graph(
    title: str, region: str, metrics: Sequence[Sequence[Any]], *, stat: str
) -> dict[str, Any]:
    return {
        "title": title,
        "region": region,
        "stat": stat,
        "period": _PERIOD_SECONDS,
        "view": "timeSeries",
        "metrics": list(metrics),
    }
