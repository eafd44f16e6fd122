"""Whether calls are logged, priced, archived and searchable, and whether a failure is noticed."""

from collections.abc import Iterator

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Resource
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.finding import ABSENT, Finding, equals, present, text_of


def calls_logged(setting: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge the setting of the account's log of calls: it must have a destination."""
    destinations = [
        finding
        for name in ("LogGroupName", "BucketName")
        if (finding := present(setting, name)).verdict is Verdict.SUPPORTS
    ]
    yield from destinations or [present(setting, "LogGroupName")]


def calls_metered(subscription: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge the subscription of the log: everything in it must reach the meter."""
    yield present(subscription, "DestinationArn")
    pattern = text_of(subscription, "FilterPattern")
    everything = pattern in {"", ABSENT}
    yield Finding(
        property="FilterPattern",
        value=pattern or '""',
        verdict=Verdict.SUPPORTS if everything else Verdict.PARTIALLY_SUPPORTS,
        note="" if everything else "records that do not match are not metered",
    )


def archived(resource: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge what copies the records: a function that something calls."""
    if resource.type == "AWS::Lambda::Function":
        yield present(resource, "Handler")
    elif resource.type == "AWS::Events::Rule":
        yield from _enabled_rule(resource)
    elif resource.type == "AWS::Lambda::EventSourceMapping":
        yield present(resource, "EventSourceArn")
        yield equals(resource, "Enabled", "true", ABSENT)
    else:
        yield present(resource, "NotificationConfiguration")


def watched(alarm: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge an alarm, which must tell somebody, or a function that tests the guard."""
    if alarm.type == "AWS::Lambda::Function":
        yield present(alarm, "Handler")
        return
    name = text_of(alarm, "MetricName")
    yield Finding(
        property="MetricName" if name != ABSENT else "Metrics",
        value=name if name != ABSENT else "(metric maths)",
        verdict=Verdict.SUPPORTS,
    )
    yield present(alarm, "AlarmActions")
    yield equals(alarm, "ActionsEnabled", "true", ABSENT)


def queryable(resource: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge what makes records searchable: a Glue table, or a workgroup to ask it from."""
    if resource.type == "AWS::Glue::Table":
        yield present(resource, "TableInput.StorageDescriptor.Location")
    else:
        yield equals(resource, "State", "ENABLED", ABSENT)


def _enabled_rule(rule: Resource) -> Iterator[Finding]:
    yield equals(rule, "State", "ENABLED", ABSENT)
    timing = text_of(rule, "ScheduleExpression")
    if timing != ABSENT:
        yield Finding(property="ScheduleExpression", value=timing, verdict=Verdict.SUPPORTS)
