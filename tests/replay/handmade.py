"""A cloud assembly in the shape of a synthesized tenant, written by hand."""

import json
from typing import Any

ALARM = "finops-burst-eu-west-1-writer-smart"
SONNET_4_6 = {"input": "3", "output": "15", "cache_read": "0.3", "cache_write_5m": "3.75"}


def write_assembly(folder, *, policy=None, profile=None, alarm=None, more_resources=None):
    """Write a tenant `writer` of a $100 month with one alias `smart` at Sonnet 4.6 prices.

    Args:
        folder: Where to.
        policy: Changes of the policy entry.
        profile: Changes of the profile entry.
        alarm: Changes of the burst alarm's properties; None: it caps $120/hour.
        more_resources: More of the template.
    """
    resources = {
        "Policy": parameter("/finops/writer/policy", policy_entry() | (policy or {})),
        "ProfileEntry": profile_parameter(profile_entry() | (profile or {})),
        "Caller": parameter(
            "/finops/writer/callers/0123456789abcdef",
            {
                "schema_version": 1,
                "tenant": "writer",
                "shared_with": [],
                "role_arn": "arn:aws:iam::111122223333:role/apps/writer-app",
            },
        ),
        "Burst": {"Type": "AWS::CloudWatch::Alarm", "Properties": burst_alarm() | (alarm or {})},
        **(more_resources or {}),
    }
    manifest = {
        "version": "48.0.0",
        "artifacts": {
            "finops-writer": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://111122223333/eu-west-1",
                "displayName": "finops-writer",
                "properties": {"templateFile": "finops-writer.template.json"},
            }
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "finops-writer.template.json").write_text(json.dumps({"Resources": resources}))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def policy_entry() -> dict[str, Any]:
    return {
        "schema_version": 1,
        "tenant": "writer",
        "display_name": "Writer",
        "owner": None,
        "monthly_limit_usd": "100",
        "alert_percentages": [75, 90],
        "stop_percentage": 100,
        "hard_cap_percentage": 120,
        "mode": "enforce",
        "guard": "enforce",
        "approval": {"timeout_minutes": 60, "on_timeout": "stop"},
        "daily_cap_usd": None,
        "cool_down_minutes": None,
        "cost_tags": {},
        "budget_name": "finops-writer",
        "alert_topic_arn": "arn:aws:sns:eu-west-1:111122223333:finops-alerts-writer",
        "suspension_policy_arn": "arn:aws:iam::111122223333:policy/finops/suspension/writer",
    }


def profile_entry() -> dict[str, Any]:
    return {
        "schema_version": 1,
        "tenant": "writer",
        "alias": "smart",
        "base_model_id": "anthropic.claude-sonnet-4-6",
        "model_source": "eu.anthropic.claude-sonnet-4-6",
        "scope": "eu",
        "cost_tags": {},
        "metered": True,
        "region": "eu-west-1",
        "price": {"rates": SONNET_4_6, "tiers": [], "source": "by hand", "as_of": "2026-11-20"},
        "hourly_cap_usd": "120",
        "burst_alarm_name": ALARM,
    }


def parameter(name: str, value: object) -> dict[str, Any]:
    text = value if isinstance(value, dict) and "Fn::Join" in value else json.dumps(value)
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Value": text}}


def profile_parameter(entry: dict[str, Any], logical_id: str = "Smart") -> dict[str, Any]:
    """The entry of a profile whose ARN and id only the deployment knows."""
    path = f"/finops/{entry['tenant']}/profiles/{entry['alias']}"
    head = json.dumps(entry)[:-1]
    parts = [
        f'{head},"profile_arn":"',
        {"Fn::GetAtt": [logical_id, "InferenceProfileArn"]},
        '","profile_id":"',
        {"Fn::GetAtt": [logical_id, "InferenceProfileId"]},
        '"}',
    ]
    return parameter(path, {"Fn::Join": ["", parts]})


def burst_alarm(logical_id: str = "Smart") -> dict[str, Any]:
    """More than $10 in 5 minutes: an hourly cap of $120."""

    def metric(key: str, name: str) -> dict[str, Any]:
        dimension = {
            "Name": "ModelId",
            "Value": {"Fn::GetAtt": [logical_id, "InferenceProfileId"]},
        }
        return {
            "Id": key,
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Bedrock",
                    "MetricName": name,
                    "Dimensions": [dimension],
                },
                "Period": 300,
                "Stat": "Sum",
            },
        }

    return {
        "AlarmName": ALARM,
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 1,
        "Threshold": 10,
        "TreatMissingData": "notBreaching",
        "Metrics": [
            {"Id": "cost", "Expression": "FILL(input,0)*0.000003+FILL(output,0)*0.000015"},
            metric("input", "InputTokenCount"),
            metric("output", "OutputTokenCount"),
        ],
    }
