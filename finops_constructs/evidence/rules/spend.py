"""Whether spend has an owner, a budget and a watcher, and arrives on the bill with its tags."""

from collections.abc import Iterator
from typing import Final

from finops_constructs.attribution.cost_tags import ENVIRONMENT_KEY, PROJECT_KEY, TOOL_KEY
from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.registry import Entry, read_entries
from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import display, render, token
from finops_constructs.controls.verdict import Verdict
from finops_constructs.enforcement.statements import TENANT_TAG
from finops_constructs.evidence.finding import ABSENT, UNKNOWN, Finding, present, value_at
from finops_constructs.evidence.rules.switch import policy_entry

_ENTRY: Final = "AWS::SSM::Parameter"
_BUDGET: Final = "AWS::Budgets::Budget"
_ALARM: Final = "AWS::CloudWatch::Alarm"


def allocated(profile: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge a profile's cost tags; of an adopted profile, what its registry entry says of them."""
    if profile.type == _ENTRY:
        yield _adopted_tags(profile)
        return
    tags = profile.tags()
    for key in (TOOL_KEY, PROJECT_KEY, ENVIRONMENT_KEY, TENANT_TAG):
        value = UNKNOWN if tags is None else display(tags.get(key, ABSENT))
        holds = value not in {UNKNOWN, ABSENT, ""}
        yield Finding(
            property=f"Tags: {key}",
            value=value,
            verdict=Verdict.SUPPORTS if holds else Verdict.NOT_EVIDENCED,
        )


def watched(profile: Resource, assembly: Assembly) -> Iterator[Finding]:
    """Judge a burst alarm, or whether a profile has one in its stack."""
    if profile.type == _ALARM:
        yield Finding(
            property="Threshold (USD in 5 minutes)",
            value=profile.text("Threshold"),
            verdict=Verdict.SUPPORTS
            if profile.properties.get("Metrics")
            else Verdict.NOT_EVIDENCED,
        )
        yield present(profile, "AlarmActions")
    else:
        name = _alarm_of(profile, assembly)
        yield Finding(
            property="AWS/Bedrock metrics",
            value=f"watched by {name}" if name else "no alarm of its stack watches them",
            verdict=Verdict.SUPPORTS if name else Verdict.NOT_EVIDENCED,
            note="" if name else "a model that is free or not metered has no burst alarm",
        )


def _alarm_of(profile: Resource, assembly: Assembly) -> str | None:
    """Return the logical id of the alarm that watches a profile, or a registered alias."""
    alarms = [a for a in assembly.of_type(_ALARM) if a.template is profile.template]
    if profile.type == _ENTRY:
        wanted = next((e.text("burst_alarm_name") for e in read_entries([profile])), "")
        return next((a.id for a in alarms if wanted and a.text("AlarmName") == wanted), None)
    own_id = token(f"{profile.template.path}#{profile.id}.InferenceProfileId")
    return next((a.id for a in alarms if own_id in _dimensions(a)), None)


def budget_by_tag(resource: Resource, assembly: Assembly) -> Iterator[Finding]:
    """Judge a budget, filtered by tags and telling people early; or that a tenant has one."""
    if resource.type == _BUDGET:
        yield from _judged_budget(resource)
        return
    entry = policy_entry(resource)
    name = entry.text("budget_name")
    own = any(_is_of(budget, entry) for budget in assembly.of_type(_BUDGET))
    elsewhere = Verdict.PARTIALLY_SUPPORTS if name else Verdict.NOT_EVIDENCED
    yield Finding(
        property="Value: budget_name",
        value=display(name) or ABSENT,
        verdict=Verdict.SUPPORTS if own and name else elsewhere,
        note="" if own and name else "an adopted budget keeps its own filter and notifications",
    )


def owner_named(resource: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge whether the tenant's entry names an owner with address and cost centre."""
    entry = policy_entry(resource)
    for key in ("team", "email", "cost_centre"):
        value = value_at(entry.value, f"owner.{key}")
        yield Finding(
            property=f"Value: owner.{key}",
            value=display(str(value)) if value else ABSENT,
            verdict=Verdict.SUPPORTS if value else Verdict.NOT_EVIDENCED,
        )


def bill_exported(export: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge an export of the bill: it must have a query and a bucket."""
    yield present(export, "Export.DataQuery.QueryStatement")
    yield present(export, "Export.DestinationConfigurations.S3Destination.S3Bucket")


def _adopted_tags(parameter: Resource) -> Finding:
    entries = read_entries([parameter])
    tags = entries[0].value.get("cost_tags") if entries else None
    keys = ", ".join(sorted(tags)) if isinstance(tags, dict) else ""
    return Finding(
        property="Value: cost_tags",
        value=keys or ABSENT,
        verdict=Verdict.PARTIALLY_SUPPORTS if keys else Verdict.NOT_EVIDENCED,
        note="an adopted profile is tagged at deployment, which --live can show",
    )


def _dimensions(alarm: Resource) -> set[str]:
    """Return what an alarm's metrics are about."""
    metrics = [value_at(each, "MetricStat.Metric") for each in alarm.properties.get("Metrics", ())]
    return {
        render(value_at(dimension, "Value"), alarm.template)
        for metric in metrics
        for dimension in value_at(metric, "Dimensions") or ()
    }


def _is_of(budget: Resource, entry: Entry) -> bool:
    tags = budget.tags("ResourceTags") or {}
    return budget.template is entry.resource.template and tags.get(TENANT_TAG) == entry.tenant


def _judged_budget(budget: Resource) -> Iterator[Finding]:
    parts = value_at(budget.properties, "Budget.FilterExpression.And") or []
    keys = [str(value_at(part, "Tags.Key")) for part in parts if value_at(part, "Tags.Key")]
    yield Finding(
        property="Budget.FilterExpression",
        value=", ".join(keys) or ABSENT,
        verdict=Verdict.SUPPORTS if keys else Verdict.NOT_EVIDENCED,
        note="" if keys else "a filter by cost tags would support it",
    )
    notices = value_at(budget.properties, "NotificationsWithSubscribers") or []
    before = sorted(
        float(value_at(each, "Notification.Threshold"))
        for each in notices
        if value_at(each, "Notification.NotificationType") == "ACTUAL" and each.get("Subscribers")
    )
    early = [threshold for threshold in before if threshold < 100]
    yield Finding(
        property="NotificationsWithSubscribers (ACTUAL, percent)",
        value=", ".join(f"{threshold:g}" for threshold in before) or ABSENT,
        verdict=Verdict.SUPPORTS if early else Verdict.NOT_EVIDENCED,
        note="" if early else "one below 100 % with a subscriber would support it",
    )
