"""A platform on moto: tables, topics, registry, roles; and a kill switch with a set clock."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kill_switch.clock import Clock
from kill_switch.hints import Hint
from kill_switch.report import Report
from kill_switch.settings import Settings
from kill_switch.switch import Switch
from shared.json_values import to_json
from shared.ledger import alias_key, role_key
from shared.reach import Place
from shared.registry import load_registry
from shared.registry_cache import RegistryCache
from shared.state_table import StateTable
from shared.tenant_state import TenantState
from tests.lambdas.aws_account import create_table
from tests.lambdas.fake_aws import InlineExecutor, Services, real_client
from tests.lambdas.shared.decision_inputs import NOW

REGION, ACCOUNT = "eu-west-1", "123456789012"
PLACE = Place(partition="aws", region=REGION, account=ACCOUNT)
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:finops-kill-switch"
LEDGER, STATE = "finops-ledger", "finops-state"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
DENY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*"}],
    }
)


def profile_arn(tenant: str, alias: str) -> str:
    return f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/{tenant}{alias}"


def policy_arn(tenant: str) -> str:
    name = f"finops-suspension-{REGION}-{tenant}"
    return f"arn:aws:iam::{ACCOUNT}:policy/finops/suspension/{REGION}/{name}"


def role_arn(name: str, path: str = "/") -> str:
    return f"arn:aws:iam::{ACCOUNT}:role{path}{name}"


class Platform:
    """Everything around the switch; must be made inside `mock_aws`."""

    def __init__(self) -> None:
        self.now = NOW
        self.seconds = 0.0
        self.services = Services()
        self.bedrock = self.services.bedrock
        self.budgets = self.services.budgets
        for name in (LEDGER, STATE):
            create_table(self.services("dynamodb"), name)
        self.topic, self.platform_mail = self._topic("finops-platform")
        self.mail: dict[str, str] = {}
        self.switch = self.new_switch()

    def new_switch(self, executor: Any = None) -> Switch:
        """A switch of its own, as another Lambda environment has it."""
        return Switch(
            settings=Settings(
                ledger_table=LEDGER,
                state_table=STATE,
                wake_queue_url="finops-wake",
                platform_topic_arn=self.topic,
                registry_ttl_seconds=60,
                place=PLACE,
            ),
            client=self.services,
            registry=RegistryCache(
                lambda: load_registry(self.services("ssm")),
                seconds=lambda: self.seconds,
                ttl_seconds=60,
            ),
            clock=Clock(now=lambda: self.now, seconds=lambda: self.seconds, sleep=self._sleep),
            executor=executor or InlineExecutor(),
        )

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def add_tenant(
        self,
        tenant: str,
        *,
        aliases: tuple[str, ...] = ("smart", "fast"),
        roles: tuple[str, ...] = ("app",),
        mode: str = "enforce",
        limit: str = "500",
        **policy: Any,
    ) -> None:
        topic, self.mail[tenant] = self._topic(f"finops-{tenant}")
        self.put_policy(tenant, mode=mode, limit=limit, topic=topic, **policy)
        for alias in aliases:
            self.add_profile(tenant, alias)
        for role in roles:
            self.add_caller(tenant, role)
        self.services("iam").create_policy(
            PolicyName=policy_arn(tenant).rpartition("/")[2],
            Path=f"/finops/suspension/{REGION}/",
            PolicyDocument=DENY,
        )

    def put_policy(self, tenant: str, *, topic: str = "", **changes: Any) -> None:
        limit = changes.pop("limit", "500")
        self.put(
            f"/finops/{tenant}/policy",
            {
                "tenant": tenant,
                "display_name": tenant.title(),
                "monthly_limit_usd": limit,
                "mode": "enforce",
                "budget_name": f"budget-{tenant}",
                "alert_topic_arn": topic or f"arn:aws:sns:{REGION}:{ACCOUNT}:finops-{tenant}",
                "suspension_policy_arn": policy_arn(tenant),
                **changes,
            },
        )

    def add_profile(self, tenant: str, alias: str, arn: str = "", **changes: Any) -> None:
        arn = arn or profile_arn(tenant, alias)
        self.bedrock.create(arn, **{"finops:tenant": tenant})
        self.put(
            f"/finops/{tenant}/profiles/{alias}",
            {
                "alias": alias,
                "base_model_id": "anthropic.claude",
                "model_source": "anthropic.claude",
                "region": REGION,
                "profile_arn": arn,
                "profile_id": arn.rpartition("/")[2],
                "price": {
                    "rates": {"input": "3", "output": "15"},
                    "source": "test",
                    "as_of": "2026-11-01",
                },
                "burst_alarm_name": f"finops-burst-{REGION}-{tenant}-{alias}",
                **changes,
            },
        )

    def add_caller(self, tenant: str, role: str, path: str = "/", *, make: bool = True) -> None:
        iam = self.services("iam")
        made = {each["RoleName"] for each in iam.list_roles()["Roles"]}
        if make and role not in made:
            iam.create_role(RoleName=role, Path=path, AssumeRolePolicyDocument=TRUST)
        self.put(
            f"/finops/{tenant}/callers/{role}",
            {"shared_with": [], "role_arn": role_arn(role, path)},
        )

    def put(self, path: str, value: Any) -> None:
        text = value if isinstance(value, str) else json.dumps({"schema_version": 1, **value})
        self.services("ssm").put_parameter(Name=path, Value=text, Type="String", Overwrite=True)

    def remove(self, path: str) -> None:
        self.services("ssm").delete_parameter(Name=path)

    def spend(self, tenant: str, usd: float | str, alias: str = "smart", role: str = "app") -> None:
        """Add to the ledger what the meter would, in the hour of the clock."""
        micro = str(int(Decimal(str(usd)) * 1_000_000))
        now = self.now.astimezone()
        for key, name in (
            (alias_key(tenant, alias, now.date()), f"h{now.hour:02}"),
            (role_key(tenant, role, now.date()), "usd"),
        ):
            self.services("dynamodb").update_item(
                TableName=LEDGER,
                Key={part: {"S": value} for part, value in key.items()},
                UpdateExpression="ADD #n :v",
                ExpressionAttributeNames={"#n": name},
                ExpressionAttributeValues={":v": {"N": micro}},
            )

    def burst(self, tenant: str, alias: str, state: str = "ALARM") -> None:
        name = f"finops-burst-{REGION}-{tenant}-{alias}"
        cloudwatch = self.services("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/Bedrock",
            MetricName="InputTokenCount",
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")

    def bill(self, tenant: str, usd: str, starts: datetime) -> None:
        self.budgets.periods.setdefault(f"budget-{tenant}", []).append(
            {
                "BudgetedAmount": {"Amount": "500", "Unit": "USD"},
                "ActualAmount": {"Amount": usd, "Unit": "USD"},
                "TimePeriod": {"Start": starts, "End": starts + timedelta(days=30)},
            }
        )

    def word(self, tenant: str, sk: str, word: Any) -> None:
        self.services("dynamodb").put_item(
            TableName=STATE,
            Item={"pk": {"S": tenant}, "sk": {"S": sk}, "doc": {"S": to_json(word)}},
        )

    def run(self, *tenants: str, seconds: float = 297, switch: Switch | None = None) -> Report:
        hint = Hint(tenants=frozenset(tenants), everybody=not tenants)
        return (switch or self.switch).run(hint, seconds_left=seconds)

    def later(self, **delta: float) -> None:
        step = timedelta(**delta)
        self.now += step
        self.seconds += step.total_seconds()

    def state(self, tenant: str) -> TenantState:
        found = StateTable(self.services("dynamodb"), STATE).read(tenant, "2026-11").state
        return found or TenantState()

    def stopped(self, tenant: str) -> set[str]:
        """Aliases whose profile is tagged as suspended."""
        prefix = f":application-inference-profile/{tenant}"
        return {
            arn.rpartition(prefix)[2]
            for arn in self.bedrock.tags
            if prefix in arn and self.bedrock.state(arn) == "suspended"
        }

    def attached(self, tenant: str) -> set[str]:
        found = self.services("iam").list_entities_for_policy(PolicyArn=policy_arn(tenant))
        return {role["RoleName"] for role in found["PolicyRoles"]}

    def published(self, tenant: str) -> dict[str, Any]:
        found = self.services("ssm").get_parameter(Name=f"/finops/{tenant}/state")
        value: dict[str, Any] = json.loads(found["Parameter"]["Value"])
        return value

    def read_mail(self, queue: str) -> list[dict[str, Any]]:
        """Take every message out of a queue."""
        found = []
        sqs = real_client("sqs")
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    def wakes(self) -> list[dict[str, Any]]:
        """Take every message that was to wake the switch."""
        found = [json.loads(each["MessageBody"]) for each in self.services.wakes.messages]
        self.services.wakes.messages.clear()
        return found

    def journal(self, tenant: str) -> list[dict[str, Any]]:
        found = self.services("dynamodb").query(
            TableName=STATE,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": tenant}, ":prefix": {"S": "JOURNAL#"}},
        )["Items"]
        return [json.loads(item["doc"]["S"]) for item in found]

    def _queue(self, name: str) -> str:
        url: str = real_client("sqs").create_queue(QueueName=name)["QueueUrl"]
        return url

    def _topic(self, name: str) -> tuple[str, str]:
        topic = self.services("sns").create_topic(Name=name)["TopicArn"]
        queue = self._queue(f"{name}-mail")
        self.services("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}-mail"
        )
        return topic, queue
