"""The kill switch's function: woken by the queue, by the schedule, and by reconciled bills."""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cache, partial
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from kill_switch import (
    api_keys,
    batch_jobs,
    budgets,
    bursts,
    calls,
    confirming,
    figures,
    idle,
    publishing,
    replaced,
    sources,
    statements,
    telling,
)
from kill_switch.clients import Clients
from kill_switch.clock import Clock
from kill_switch.hints import Hint, hint_of
from kill_switch.reconciled import (
    DETAIL_TYPE,
    SOURCE,
    is_newer,
    parse_reconciled,
    with_estimates,
)
from kill_switch.report import Report
from kill_switch.settings import Settings
from kill_switch.switch import Switch
from shared import registry, state_table, wake
from shared.drift import with_first_figure
from shared.ledger import month_of
from shared.registry_cache import RegistryCache

PERMISSIONS: Final = tuple(
    sorted(
        {
            *api_keys.PERMISSIONS,
            *batch_jobs.PERMISSIONS,
            *budgets.PERMISSIONS,
            *bursts.PERMISSIONS,
            *calls.PERMISSIONS,
            *confirming.PERMISSIONS,
            *idle.PERMISSIONS,
            *publishing.PERMISSIONS,
            *registry.PERMISSIONS,
            *replaced.PERMISSIONS,
            *sources.PERMISSIONS,
            *state_table.READ_PERMISSIONS,
            *telling.PERMISSIONS,
            *wake.PERMISSIONS,
        }
    )
)
"""Every IAM action the code calls; reading the wake queue is up to its event source."""

_LEFT_FOR_THE_RUNTIME_SECONDS: Final = 3
_AT_ONCE: Final = 8

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any] | None:
    """Look at whom the event names; at everybody if it names nobody.

    Args:
        event: Messages of the wake queue, a `finops.reconciled` or `finops.statement-issued` event,
            or anything else, such as the schedule's.
        context: Lambda's.

    Returns:
        For messages: those whose tenants' turn did not end, which come again.

    Raises:
        RuntimeError: If a tenant's turn did not end, where the event is no message.
    """
    if "Records" in event:
        return _look_for_messages(event, context)
    if event.get("detail-type") == statements.DETAIL_TYPE:
        _tell_statement(event, context)
        return None
    hint = Hint(everybody=True)
    billed = None
    if event.get("detail-type") == DETAIL_TYPE:
        billed = _store_reconciled(event["detail"], context)
        hint = Hint(tenants=frozenset({billed}))
    else:
        # What was deployed since the last scheduled run waits no longer than for this one.
        _switch(context.invoked_function_arn).registry.current(fresh=True)
    failed = _run(hint, context, billed=billed)
    if failed:
        raise RuntimeError(f"no turn for {', '.join(sorted(failed))}: see the log")
    return None


def _look_for_messages(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    known = _switch(context.invoked_function_arn).registry.current()
    hints = {each["messageId"]: hint_of(each["body"], known) for each in event["Records"]}
    failed = _run(_together(hints), context)

    again = []
    for message, hint in hints.items():
        missed = failed if hint.everybody else failed & hint.tenants
        if missed:
            logger.error("no turn: the message comes again", tenants=sorted(missed))
            again.append({"itemIdentifier": message})
    return {"batchItemFailures": again}


def _together(hints: Mapping[str, Hint]) -> Hint:
    return Hint(
        tenants=frozenset().union(*(hint.tenants for hint in hints.values())),
        everybody=any(hint.everybody for hint in hints.values()),
    )


def _store_reconciled(detail: Mapping[str, Any], context: Any) -> str:
    switch = _switch(context.invoked_function_arn)
    tenant, record = parse_reconciled(detail, switch.clock.now())
    known = tenant in switch.registry.current().tenants
    if not known and tenant not in switch.registry.current(fresh=True).tenants:
        logger.warning("reconciled bill of an unknown tenant", tenant=tenant)
        return tenant
    table = switch.table
    before = table.read(tenant, month_of(switch.clock.now())).billed.get(SOURCE)
    if is_newer(record, before):
        ledger = sources.read_ledger(
            table, switch.settings.ledger_table, tenant, switch.clock.now()
        )
        record = with_estimates(with_first_figure(record, before), ledger, before)
        table.store_billed(tenant, SOURCE, record)
    return tenant


def _tell_statement(event: Mapping[str, Any], context: Any) -> None:
    switch = _switch(context.invoked_function_arn)
    tenant, notice = statements.parse_statement(event["detail"], event["account"])
    policy = switch.registry.current(fresh=True).policies.get(tenant)
    if policy is None or policy.retired:
        logger.warning("statement of a tenant without a policy", tenant=tenant)
        return
    teller = telling.Teller(switch.client, switch.settings.state_table)
    _, failed = teller.deliver(tenant, [notice], [policy.alert_topic_arn], switch.clock.now())
    if failed:
        raise RuntimeError(f"{tenant} was not told of its statement: see the log")


def _run(hint: Hint, context: Any, *, billed: str | None = None) -> frozenset[str]:
    if hint == Hint():
        metrics.add_metric("ActionFailures", MetricUnit.Count, 0)
        return frozenset()
    seconds = context.get_remaining_time_in_millis() / 1000 - _LEFT_FOR_THE_RUNTIME_SECONDS
    report = _switch(context.invoked_function_arn).run(hint, seconds_left=seconds)
    _measure(report)
    if hint.everybody:
        _measure_everybody(report)
    if billed is not None and billed in report.figures:
        _measure_drift(billed, report.figures[billed].drift_percent)
    for fault in report.registry.faults:
        logger.warning("registry entry left out", path=fault.path, reason=fault.reason)
    return report.failed


def _measure(report: Report) -> None:
    each = report.figures.values()
    failures = figures.action_failures(each, len(report.failed), report.untold)
    metrics.add_metric("ActionFailures", MetricUnit.Count, failures)
    metrics.add_metric("SpendUnknown", MetricUnit.Count, figures.spend_unknown(each))


def _measure_drift(tenant: str, percent: Decimal | None) -> None:
    """Measure a tenant's drift once a bill: a metric of its own costs by the hours it is in use."""
    if percent is None:
        return
    with single_metric("TenantDriftPercent", MetricUnit.Percent, float(percent)) as metric:
        metric.add_dimension("service", metrics.provider.service)
        metric.add_dimension("tenant", tenant)


def _measure_everybody(report: Report) -> None:
    now, known = report.began, report.registry
    faults = len(known.faults) + report.stale
    metrics.add_metric("RegistryFaults", MetricUnit.Count, faults)
    unguarded = figures.unguarded_profiles(known)
    metrics.add_metric("UnguardedProfiles", MetricUnit.Count, unguarded)
    unconfirmed = figures.unconfirmed(report.figures, known.profiles, now)
    metrics.add_metric("UnconfirmedSuspensions", MetricUnit.Count, unconfirmed)
    for name, count in (
        ("TenantsStopped", figures.stopped),
        ("TenantsHeld", figures.held),
        ("TenantsPaused", figures.paused),
    ):
        metrics.add_metric(name, MetricUnit.Count, count(report.figures))
    drift = figures.drift(report.figures.values())
    if drift is not None:
        # CloudWatch knows numbers only as floats; no money is computed from here on.
        metrics.add_metric("EstimateDriftPercent", MetricUnit.Percent, float(drift))
    age = figures.price_age_days(known, now)
    if age is not None:
        metrics.add_metric("PriceAgeDays", MetricUnit.Count, age)


@cache
def _switch(function_arn: str) -> Switch:
    settings = Settings.read(os.environ, function_arn)
    clients = Clients()
    return Switch(
        settings=settings,
        client=clients,
        registry=RegistryCache(
            partial(registry.load_registry, clients("ssm")),
            seconds=time.monotonic,
            ttl_seconds=settings.registry_ttl_seconds,
        ),
        clock=Clock(),
        executor=ThreadPoolExecutor(max_workers=_AT_ONCE),
    )
