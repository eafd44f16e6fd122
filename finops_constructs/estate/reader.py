"""Reads what an account holds of this library: registry, profiles, tags, budgets."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from finops_constructs.estate.model import (
    TENANT_TAG,
    LiveBudget,
    LiveProfile,
    Tenant,
    find_problems,
)

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_budgets import BudgetsClient
    from mypy_boto3_ssm import SSMClient

_Registry = Mapping[str, Mapping[str, Any]]


class RegistryError(ValueError):
    """An entry of the registry cannot be read."""


def read_tenants(
    session: "boto3.Session", regions: Sequence[str], *, endpoint_url: str | None = None
) -> list[Tenant]:
    """Return every tenant of the session's account in the given Regions.

    Args:
        session: Whose credentials to use.
        regions: AWS Regions.
        endpoint_url: Where to call instead of AWS. Default: AWS, or AWS_ENDPOINT_URL.

    Raises:
        RegistryError: If an entry is no JSON object.
        botocore.exceptions.ClientError: If AWS refuses.
    """
    budgets = _Budgets(session, endpoint_url)
    return [
        tenant
        for region in regions
        for tenant in _read_region(session, region, endpoint_url, budgets)
    ]


def _read_region(
    session: "boto3.Session", region: str, endpoint_url: str | None, budgets: "_Budgets"
) -> list[Tenant]:
    registry = _read_registry(session.client("ssm", region_name=region, endpoint_url=endpoint_url))
    by_tenant: dict[str, list[LiveProfile]] = defaultdict(list)
    for profile in _read_profiles(
        session.client("bedrock", region_name=region, endpoint_url=endpoint_url)
    ):
        if TENANT_TAG in profile.tags:
            by_tenant[profile.tags[TENANT_TAG]].append(profile)
    ids = {path.split("/")[2] for path in registry} | set(by_tenant)
    return [_tenant(each, region, registry, by_tenant[each], budgets) for each in sorted(ids)]


def _tenant(
    tenant: str,
    region: str,
    registry: _Registry,
    profiles: Sequence[LiveProfile],
    budgets: "_Budgets",
) -> Tenant:
    policy = registry.get(f"/finops/{tenant}/policy")
    entries = _below(registry, f"/finops/{tenant}/profiles/")
    budget = budgets.find(policy.get("budget_name", "")) if policy else None
    return Tenant(
        id=tenant,
        region=region,
        policy=policy,
        entries=entries,
        profiles=profiles,
        callers=sorted(
            str(entry.get("role_arn"))
            for entry in _below(registry, f"/finops/{tenant}/callers/").values()
        ),
        budget=budget,
        problems=find_problems(policy=policy, entries=entries, profiles=profiles, budget=budget),
    )


def _below(registry: _Registry, prefix: str) -> dict[str, Mapping[str, Any]]:
    return {
        path.removeprefix(prefix): entry
        for path, entry in registry.items()
        if path.startswith(prefix)
    }


def _read_registry(ssm: "SSMClient") -> dict[str, Mapping[str, Any]]:
    entries: dict[str, Mapping[str, Any]] = {}
    for page in ssm.get_paginator("get_parameters_by_path").paginate(
        Path="/finops/", Recursive=True
    ):
        for parameter in page["Parameters"]:
            entries[parameter["Name"]] = _parse(parameter["Name"], parameter["Value"])
    return entries


def _parse(path: str, text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise RegistryError(f"registry entry {path} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise RegistryError(f"registry entry {path} must be a JSON object, got {text[:60]!r}")
    return value


def _read_profiles(bedrock: "BedrockClient") -> list[LiveProfile]:
    profiles = []
    for page in bedrock.get_paginator("list_inference_profiles").paginate(typeEquals="APPLICATION"):
        for summary in page["inferenceProfileSummaries"]:
            arn = summary["inferenceProfileArn"]
            tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
            profiles.append(
                LiveProfile(
                    arn=arn,
                    name=summary["inferenceProfileName"],
                    status=summary["status"],
                    tags={tag["key"]: tag["value"] for tag in tags},
                )
            )
    return profiles


class _Budgets:
    """The account's budgets, looked up by name; AWS keeps them in one place for all Regions."""

    def __init__(self, session: "boto3.Session", endpoint_url: str | None) -> None:
        sts = session.client("sts", region_name="us-east-1", endpoint_url=endpoint_url)
        self._account: str = sts.get_caller_identity()["Account"]
        self._client: BudgetsClient = session.client(
            "budgets", region_name="us-east-1", endpoint_url=endpoint_url
        )

    def find(self, name: str) -> LiveBudget | None:
        """Return the budget of that name, or None."""
        where = {"AccountId": self._account, "BudgetName": name}
        try:
            budget = self._client.describe_budget(**where)["Budget"]
        except self._client.exceptions.NotFoundException:
            return None
        notifications, subscribers = [], []
        for page in self._client.get_paginator("describe_notifications_for_budget").paginate(
            **where
        ):
            for notification in page["Notifications"]:
                notifications.append(
                    f"{notification['NotificationType']} > {notification['Threshold']:g} %"
                )
                found = self._client.describe_subscribers_for_notification(
                    **where, Notification=notification
                )
                subscribers += [subscriber["Address"] for subscriber in found["Subscribers"]]
        return LiveBudget(
            name=name,
            limit_usd=budget["BudgetLimit"]["Amount"],
            notifications=tuple(notifications),
            subscribers=tuple(dict.fromkeys(subscribers)),
        )
