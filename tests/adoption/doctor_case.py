"""A case for the doctor's items: one tenant, whose services answer what a test says."""

from datetime import UTC, datetime, timedelta
from typing import Any

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.registry import Entries, TenantEntries
from tests.adoption.fake_aws import ACCOUNT, REGION, FakeAws

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:finops-writer"
ARN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/abc"
GUARD_ALARM = f"finops-platform-{ACCOUNT}-{REGION}-SwitchErrors"
BURST_ALARM = f"finops-burst-{REGION}-writer-smart"


def alarm(name=GUARD_ALARM, **changes):
    return {
        "AlarmName": name,
        "AlarmActions": [TOPIC],
        "ActionsEnabled": True,
        "StateValue": "OK",
        "MetricName": "Errors",
        "Period": 300,
        "EvaluationPeriods": 1,
        "TreatMissingData": "notBreaching",
        "AlarmConfigurationUpdatedTimestamp": NOW - timedelta(days=9),
        **changes,
    }


def writer(policy=None, **profile):
    return TenantEntries(
        policy={
            "schema_version": 1,
            "cost_tags": {"bedrock:tool": "Writer"},
            "budget_name": "writer",
            "alert_topic_arn": TOPIC,
            "owner": {"team": "Content", "email": "c@example.com"},
            **(policy or {}),
        },
        profiles={
            "smart": {
                "profile_arn": ARN,
                "profile_id": "abc",
                "base_model_id": "anthropic.claude-sonnet-5-5",
                "price": {"as_of": "2026-11-20"},
                "burst_alarm_name": BURST_ALARM,
                **profile,
            }
        },
    )


def case(*, tenant=None, tenants=None, alarms=None, payer=None, slack_workspaces=None, **services):
    platform = {"commands": {"function_name": "finops-commands"}}
    aws: Any = FakeAws(**services)
    return Case(
        aws=aws,
        payer=payer,
        account=ACCOUNT,
        tenant=tenant,
        entries=Entries(
            tenants={"writer": writer()} if tenants is None else tenants,
            platform=platform,
            unreadable=(),
        ),
        alarms=(alarm(), alarm(BURST_ALARM)) if alarms is None else tuple(alarms),
        slack_workspaces=slack_workspaces or {},
        now=NOW,
    )


def said(item, looked_at):
    return [(f.about, f.problem, f.blind) for f in item.examine(looked_at)]
