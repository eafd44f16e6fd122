"""Reads what an account holds of this library: registry, profiles, tags, budgets, alerts."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from finops_constructs.enforcement.names import CANARY_TENANT
from finops_constructs.estate.model import (
    TENANT_TAG,
    LiveBudget,
    LiveProfile,
    Subscription,
    Tenant,
    find_problems,
)

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_budgets import BudgetsClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_ssm import SSMClient

Clients = Callable[[str, str], Any]
"""Gives the client of an AWS service in a Region."""
_Registry = Mapping[str, Mapping[str, Any]]


class RegistryError(ValueError):
    """An entry of the registry cannot be read."""


def read_tenants(clients: Clients, regions: Sequence[str]) -> list[Tenant]:
    """Return every tenant of an account in the given Regions.

    Args:
        clients: Gives the client of a service in a Region.
        regions: AWS Regions.

    Raises:
        RegistryError: If an entry is no JSON object.
        botocore.exceptions.ClientError: If AWS refuses.
    """
    budgets = _Budgets(clients)
    return [tenant for region in regions for tenant in _read_region(clients, region, budgets)]


def _read_region(clients: Clients, region: str, budgets: "_Budgets") -> list[Tenant]:
    registry = _read_registry(clients("ssm", region))
    by_tenant: dict[str, list[LiveProfile]] = defaultdict(list)
    for profile in _read_profiles(clients("bedrock", region)):
        if TENANT_TAG in profile.tags:
            by_tenant[profile.tags[TENANT_TAG]].append(profile)
    sns = clients("sns", region)
    return [
        _tenant(each, region, registry, by_tenant[each], budgets, sns)
        for each in sorted({path.split("/")[2] for path in registry} | set(by_tenant))
        if each != CANARY_TENANT
    ]


def _tenant(  # noqa: PLR0917 - one record of what one pass over a Region found
    tenant: str,
    region: str,
    registry: _Registry,
    profiles: Sequence[LiveProfile],
    budgets: "_Budgets",
    sns: "SNSClient",
) -> Tenant:
    policy = registry.get(f"/finops/{tenant}/policy")
    found: dict[str, Any] = {
        "policy": policy,
        "entries": _below(registry, f"/finops/{tenant}/profiles/"),
        "replaced": _below(registry, f"/finops/{tenant}/replaced/"),
        "profiles": profiles,
        "budget": budgets.find(policy.get("budget_name", "")) if policy else None,
        "subscriptions": _subscriptions(sns, policy.get("alert_topic_arn")) if policy else [],
    }
    callers = _below(registry, f"/finops/{tenant}/callers/").values()
    return Tenant(
        id=tenant,
        region=region,
        state=registry.get(f"/finops/{tenant}/state"),
        callers=sorted(str(entry.get("role_arn")) for entry in callers),
        problems=find_problems(**found),
        **found,
    )


def _subscriptions(sns: "SNSClient", topic_arn: str | None) -> list[Subscription]:
    if topic_arn is None:
        return []
    try:
        return [
            Subscription(
                protocol=each["Protocol"],
                endpoint=each["Endpoint"],
                confirmed=each["SubscriptionArn"].startswith("arn:"),
            )
            for page in sns.get_paginator("list_subscriptions_by_topic").paginate(
                TopicArn=topic_arn
            )
            for each in page["Subscriptions"]
        ]
    except sns.exceptions.NotFoundException:
        return []


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
            # `/finops/_platform/...` and the like belong to the platform, not to a tenant.
            if not parameter["Name"].startswith("/finops/_"):
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

    def __init__(self, clients: Clients) -> None:
        self._account: str = clients("sts", "us-east-1").get_caller_identity()["Account"]
        self._client: BudgetsClient = clients("budgets", "us-east-1")

    def find(self, name: str) -> LiveBudget | None:
        """Return the budget of that name, or None."""
        account = self._account
        try:
            budget = self._client.describe_budget(AccountId=account, BudgetName=name)["Budget"]
        except self._client.exceptions.NotFoundException:
            return None
        notifications, subscribers = [], []
        for page in self._client.get_paginator("describe_notifications_for_budget").paginate(
            AccountId=account, BudgetName=name
        ):
            for notification in page["Notifications"]:
                notifications.append(
                    f"{notification['NotificationType']} > {notification['Threshold']:g} %"
                )
                found = self._client.describe_subscribers_for_notification(
                    AccountId=account, BudgetName=name, Notification=notification
                )
                subscribers += [subscriber["Address"] for subscriber in found["Subscribers"]]
        return LiveBudget(
            name=name,
            limit_usd=budget["BudgetLimit"]["Amount"],
            notifications=tuple(notifications),
            subscribers=tuple(dict.fromkeys(subscribers)),
        )
