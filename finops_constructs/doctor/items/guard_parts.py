"""The guard's own parts: is there a platform, does the switch run, would an alarm be heard."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import PLATFORM, Finding
from finops_constructs.enforcement.names import KILL_SWITCH_FUNCTION
from finops_constructs.operations.aws import translated

ITEM: Final = "guard"
_COMMANDS_FUNCTION: Final = "finops-commands"


def examine(case: Case) -> Iterator[Finding]:
    """Yield what is missing, switched off or alarming of the guard itself."""
    commands = case.entries.platform.get("commands")
    if commands is None:
        yield _blind(case, f"there is no platform in {case.aws.region}: nothing is watched")
        return
    prefix = str(commands.get("function_name", "")).removesuffix(_COMMANDS_FUNCTION)
    yield from _switch(case, f"{prefix}{KILL_SWITCH_FUNCTION}")
    yield from _alarms(case)


def _switch(case: Case, function: str) -> Iterator[Finding]:
    lambda_ = case.aws.client("lambda")
    with translated("reading the kill switch (lambda:GetFunction, ListEventSourceMappings)"):
        try:
            found = lambda_.get_function(FunctionName=function)
        except lambda_.exceptions.ResourceNotFoundException:
            yield _blind(case, f"the kill switch {function} is not there: nothing would be stopped")
            return
        mappings = lambda_.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    if found.get("Concurrency", {}).get("ReservedConcurrentExecutions") == 0:
        problem = "the kill switch may not run: its reserved concurrency is 0"
        command = f"aws lambda delete-function-concurrency --function-name {function}"
        yield _blind(case, problem, command)
    for mapping in mappings:
        if mapping.get("State") not in ("Enabled", "Enabling", "Creating", "Updating"):
            problem = "wake-ups do not reach the kill switch: its queue is not read"
            command = f"aws lambda update-event-source-mapping --uuid {mapping['UUID']} --enabled"
            yield _blind(case, problem, command)
    yield from _schedule(case, found["Configuration"]["FunctionArn"])


def _schedule(case: Case, function_arn: str) -> Iterator[Finding]:
    events = case.aws.client("events")
    with translated("reading its schedule (events:ListRuleNamesByTarget, DescribeRule)"):
        names = events.list_rule_names_by_target(TargetArn=function_arn)["RuleNames"]
        rules: list[dict[str, Any]] = [events.describe_rule(Name=name) for name in names]
    scheduled = [rule for rule in rules if rule.get("ScheduleExpression")]
    if not scheduled:
        yield _blind(case, "the kill switch has no schedule: it runs only when it is woken")
    for rule in scheduled:
        if rule["State"] == "DISABLED":
            problem = "the schedule of the kill switch is disabled"
            yield _blind(case, problem, f"aws events enable-rule --name {rule['Name']}")


def _alarms(case: Case) -> Iterator[Finding]:
    if not case.guard_alarms:
        yield _blind(case, "there is no alarm on the guard itself")
    for alarm in case.alarms:
        yield from _unheard(case, alarm)
    # Old prices have an item of their own, and blind nobody.
    sounding = [
        alarm
        for alarm in case.guard_alarms
        if alarm.get("StateValue") == "ALARM" and alarm.get("MetricName") != "PriceAgeDays"
    ]
    fresh = [alarm for alarm in sounding if _has_data_at(alarm) > case.now]
    for alarm in sounding:
        if alarm not in fresh:
            problem = f"alarm {alarm['AlarmName']} is in ALARM: {alarm.get('AlarmDescription', '')}"
            yield _blind(case, problem, "follow the runbook that its description names")
    if fresh:
        yield _just_set_up(fresh)
    yield from _missing_burst_alarms(case)


def _has_data_at(alarm: Mapping[str, Any]) -> datetime:
    """Return when an alarm that takes silence for trouble has looked at a whole window."""
    set_up: datetime = alarm["AlarmConfigurationUpdatedTimestamp"]
    if alarm.get("TreatMissingData") != "breaching":
        return set_up
    return set_up + timedelta(seconds=alarm["Period"] * alarm["EvaluationPeriods"])


def _just_set_up(alarms: list[Mapping[str, Any]]) -> Finding:
    names = ", ".join(alarm["AlarmName"] for alarm in alarms)
    return Finding(
        item=ITEM,
        about=PLATFORM,
        problem=f"alarms that were just set up sound until they have data: {names}",
        command=f"look again after {max(map(_has_data_at, alarms)):%Y-%m-%d %H:%M} UTC",
        known=False,
    )


def _unheard(case: Case, alarm: Mapping[str, Any]) -> Iterator[Finding]:
    name = alarm["AlarmName"]
    about = _about(case, name)
    if not alarm.get("ActionsEnabled", True):
        command = f"aws cloudwatch enable-alarm-actions --alarm-names {name}"
        yield _blind(case, f"alarm {name} is silenced: its actions are off", command, about)
    elif not alarm.get("AlarmActions"):
        yield _blind(case, f"nobody is behind alarm {name}: it has no action", about=about)


def _missing_burst_alarms(case: Case) -> Iterator[Finding]:
    known = {alarm["AlarmName"] for alarm in case.alarms}
    for tenant, entries in sorted(case.tenants.items()):
        for alias, profile in sorted(entries.profiles.items()):
            wanted = profile.get("burst_alarm_name")
            if wanted and wanted not in known:
                problem = f"the burst alarm of {alias} is not there: {wanted}"
                yield _blind(case, problem, f"cdk deploy finops-{tenant}", tenant)


def _about(case: Case, alarm: str) -> str:
    for tenant, entries in case.tenants.items():
        if any(p.get("burst_alarm_name") == alarm for p in entries.profiles.values()):
            return tenant
    return PLATFORM


def _blind(case: Case, problem: str, command: str | None = None, about: str = PLATFORM) -> Finding:
    return Finding(
        item=ITEM,
        about=about,
        problem=problem,
        command=command or case.deploy_platform,
        blind=True,
    )
