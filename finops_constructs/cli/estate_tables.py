"""Tables of what an account holds, for people; and the same as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from finops_constructs.estate.model import ALIAS_TAG, Tenant, is_replaced


def as_json(tenants: Sequence[Tenant]) -> list[dict[str, Any]]:
    """Return the tenants as plain data."""
    return [asdict(tenant) for tenant in tenants]


def print_tenants(console: Console, tenants: Sequence[Tenant]) -> None:
    """Print tenants, their profiles, budgets, registry entries and what is wrong."""
    console.print(_tenant_table(tenants))
    console.print(_profile_table(tenants))
    console.print(_budget_table(tenants))
    console.print(_registry_table(tenants))
    for tenant in tenants:
        for problem in tenant.problems:
            console.print(Text(f"! {tenant.id} ({tenant.region}): {problem}", style="yellow"))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _last(arn: str) -> str:
    """The part of an ARN that a person tells things apart by."""
    return arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _tenant_table(tenants: Sequence[Tenant]) -> Table:
    table = _table(
        "Tenants", "tenant", "name", "Region", "USD/month", "mode", "guard", "state", "callers"
    )
    for tenant in tenants:
        policy = tenant.policy or {}
        table.add_row(
            tenant.id,
            policy.get("display_name", "?"),
            tenant.region,
            policy.get("monthly_limit_usd", "none"),
            policy.get("mode", "unguarded"),
            policy.get("guard", "unguarded"),
            (tenant.state or {}).get("state", "not written yet"),
            str(len(tenant.callers)),
        )
    return table


def _profile_table(tenants: Sequence[Tenant]) -> Table:
    table = _table("Profiles", "tenant", "alias", "model", "profile", "cost tags")
    for tenant in tenants:
        dimensions = (tenant.policy or {}).get("cost_tags", {})
        for profile in sorted(tenant.profiles, key=lambda each: each.tags.get(ALIAS_TAG, "")):
            alias = profile.tags.get(ALIAS_TAG, "?")
            replaced = is_replaced(profile, tenant.entries)
            former = {e.get("profile_arn"): e for e in tenant.replaced.values()}
            entry = former.get(profile.arn, {}) if replaced else tenant.entries.get(alias, {})
            model = entry.get("model_source", "?")
            if not entry.get("metered", True):
                model += " (unmetered)"
            tags = ", ".join(profile.tags.get(key, f"no {key}") for key in dimensions)
            shown = f"{alias} (replaced)" if replaced else alias
            table.add_row(tenant.id, shown, model, profile.name, tags)
    return table


def _budget_table(tenants: Sequence[Tenant]) -> Table:
    table = _table("Budgets", "tenant", "USD/month", "tells when", "tells", "budget")
    for tenant in tenants:
        if tenant.budget is None:
            continue
        told = [
            "the kill switch" if each.protocol == "sqs" else each.endpoint
            for each in tenant.subscriptions
        ]
        table.add_row(
            tenant.id,
            tenant.budget.limit_usd,
            "\n".join(tenant.budget.notifications),
            "\n".join(told or tenant.budget.subscribers),
            tenant.budget.name,
        )
    return table


def _registry_table(tenants: Sequence[Tenant]) -> Table:
    table = _table("Registry", "entry", "leads to")
    for tenant in tenants:
        path = f"/finops/{tenant.id}"
        if tenant.policy is not None:
            table.add_row(f"{path}/policy", _last(tenant.policy.get("suspension_policy_arn", "?")))
        for alias, entry in sorted(tenant.entries.items()):
            table.add_row(f"{path}/profiles/{alias}", _last(entry.get("profile_arn", "?")))
        for caller in tenant.callers:
            table.add_row(f"{path}/callers/...", f"role {_last(caller)}")
    return table
