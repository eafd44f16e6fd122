"""What the deployment of a platform and of tenants leaves, as far as the doctor looks at it."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from local.controls import Controls
from local.emulator import Emulator
from local.seeded_estate.application import (
    ACCOUNT,
    KEY_USER_ARN,
    PARTNER_ROLE_ARN,
    REGION,
    Application,
)

_SWITCH = "finops-kill-switch"
_CODE = "def handler(event, context):\n    return None\n"


class Registered:
    """Enters things in the registry.

    Args:
        emulator: A running emulator.
        profiles: ARN of each application's profile, by its number.
    """

    def __init__(self, emulator: Emulator, profiles: dict[int, str]) -> None:
        self._emulator = emulator
        self._profiles = profiles

    def platform(self) -> None:
        """A kill switch that runs by the clock and by its queue, and one alarm on it."""
        self._put("/finops/_platform/commands", {"function_name": "finops-commands"})
        topic = self._topic("finops-platform", "platform@example.com")
        function = self._switch()
        events = self._client("events")
        events.put_rule(Name="finops-schedule", ScheduleExpression="rate(5 minutes)")
        events.put_targets(Rule="finops-schedule", Targets=[{"Id": "switch", "Arn": function}])
        self._alarm(f"finops-platform-{ACCOUNT}-{REGION}-SwitchErrors", topic)

    def application(self, app: Application) -> None:
        """A tenant's policy, profile and callers, its topic and its burst alarm."""
        topic = self._topic(f"finops-{app.id}", app.mail)
        if app.number == 10:
            Controls(self._emulator).add_slack_channel("T0TENTH", "C0TENTH", topic)
        self._put(f"/finops/{app.id}/policy", self._policy(app, topic))
        self._put(f"/finops/{app.id}/profiles/main", self._profile(app))
        self._caller(app, app.role_arn)
        if app.number == 8:
            self._caller(app, PARTNER_ROLE_ARN)
        self._alarm(self._burst_alarm(app), topic)

    def _policy(self, app: Application, topic: str) -> dict[str, Any]:
        owner = {"team": f"Team {app.number:02}", "email": app.mail, "cost_centre": "CC-1"}
        return {
            "tenant": app.id,
            "display_name": app.tags["bedrock:tool"],
            "owner": owner,
            "monthly_limit_usd": "500",
            "mode": "shadow",
            "guard": "observe",
            "cost_tags": app.tags,
            "budget_name": f"{app.id}-2026",
            "alert_topic_arn": topic,
            "suspension_policy_arn": f"arn:aws:iam::{ACCOUNT}:policy/finops/suspension/{REGION}/"
            f"finops-suspension-{REGION}-{app.id}",
            **({"api_key_users": [KEY_USER_ARN]} if app.number == 7 else {}),
        }

    def _profile(self, app: Application) -> dict[str, Any]:
        arn = self._profiles[app.number]
        return {
            "alias": "main",
            "base_model_id": app.base_model,
            "model_source": f"eu.{app.base_model}",
            "region": REGION,
            "profile_arn": arn,
            "profile_id": arn.rpartition("/")[2],
            "metered": True,
            "price": {
                "rates": {"input": "2.2", "output": "11"},
                "source": "seeded",
                "as_of": datetime.now(UTC).date().isoformat(),
            },
            "burst_alarm_name": self._burst_alarm(app),
        }

    def _caller(self, app: Application, role_arn: str) -> None:
        name = role_arn.rpartition("/")[2].lower()[:20]
        self._put(f"/finops/{app.id}/callers/{name}", {"role_arn": role_arn, "shared_with": []})

    def _client(self, service: str) -> Any:
        return self._emulator.client(service, REGION)

    def _put(self, path: str, value: dict[str, Any]) -> None:
        self._client("ssm").put_parameter(
            Name=path, Type="String", Value=json.dumps({"schema_version": 1, **value})
        )

    def _topic(self, name: str, mail: str) -> str:
        sns = self._client("sns")
        arn = sns.create_topic(Name=name)["TopicArn"]
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=mail)
        return str(arn)

    def _burst_alarm(self, app: Application) -> str:
        return f"finops-burst-{REGION}-{app.id}-main"

    def _alarm(self, name: str, topic: str) -> None:
        self._client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            AlarmActions=[topic],
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": _SWITCH}],
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )

    def _switch(self) -> str:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("index.py", _CODE)
        lambda_ = self._client("lambda")
        made = lambda_.create_function(
            FunctionName=_SWITCH,
            Runtime="python3.12",
            Handler="index.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/corp-logging",
            Code={"ZipFile": packed.getvalue()},
        )
        queue = self._client("sqs").create_queue(QueueName="finops-wake")["QueueUrl"]
        arn = self._client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])[
            "Attributes"
        ]["QueueArn"]
        lambda_.create_event_source_mapping(EventSourceArn=arn, FunctionName=_SWITCH)
        return str(made["FunctionArn"])
