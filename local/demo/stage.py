"""One tenant as the emulated AWS holds it, read by AWS's own APIs."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from finops_constructs._function_code import use_function_code
from local.emulator import Emulator
from local.token_usage import TokenUsage
from local.traffic import CallRefusedError, Traffic

LOG_GROUP: Final = "/finops/bedrock-invocations"
_LEDGER: Final = "finops-ledger"
_MILLION: Final = 1_000_000
_READ_BACK: Final = frozenset({"applied", "confirmed"})
_NOTHING: Final = TokenUsage()


class Stage:
    """A tenant's profiles, callers, limits and state.

    Args:
        emulator: A running emulator with the tenant deployed.
        tenant: The tenant.
        region: Its Region.
    """

    def __init__(self, emulator: Emulator, tenant: str, region: str) -> None:
        self._emulator, self._tenant, self._region = emulator, tenant, region
        entries = self._entries(tenant)
        self._policy = entries[f"/finops/{tenant}/policy"]
        self._profiles = _below(entries, f"/finops/{tenant}/profiles/")
        callers = _below(entries, f"/finops/{tenant}/callers/")
        self.caller: str = min(each["role_arn"] for each in callers.values())
        self.profiles: dict[str, str] = {a: e["profile_arn"] for a, e in self._profiles.items()}
        self.budget_name: str = self._policy["budget_name"]
        limit = Decimal(self._policy["monthly_limit_usd"])
        self.stop_usd = limit * Decimal(str(self._policy["stop_percentage"])) / 100

    @property
    def role_name(self) -> str:
        """The caller's name."""
        return self.caller.rpartition("/")[2]

    def price(self, usage: TokenUsage, alias: str) -> Decimal:
        """Return what a call costs in USD by the registry's price; cache writes are left out."""
        rates = self._profiles[alias]["price"]["rates"]
        tokens = {kind: getattr(usage, kind) for kind in ("input", "output", "cache_read")}
        micro_usd = (count * Decimal(rates[kind]) for kind, count in tokens.items() if count)
        return sum(micro_usd, Decimal(0)) / _MILLION

    def estimate(self) -> Decimal:
        """Return the month's estimate in USD, from the ledger."""
        use_function_code()
        from shared.ledger import read_month  # noqa: PLC0415 - found only now

        dynamodb = self._emulator.client("dynamodb", self._region)
        return read_month(dynamodb, _LEDGER, self._tenant, datetime.now(UTC)).total_usd

    def suspended(self) -> list[str]:
        """Return the aliases whose profile is tagged as suspended."""
        bedrock = self._emulator.client("bedrock", self._region)
        tag = {"key": "finops:state", "value": "suspended"}
        return sorted(
            alias
            for alias, arn in self.profiles.items()
            if tag in bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
        )

    def all_suspended(self) -> bool:
        """Whether every profile is tagged as suspended."""
        return len(self.suspended()) == len(self.profiles)

    def attached_to(self) -> list[str]:
        """Return the roles that the tenant's suspension policy is attached to."""
        found = self._emulator.client("iam").list_entities_for_policy(
            PolicyArn=self._policy["suspension_policy_arn"]
        )
        return sorted(role["RoleName"] for role in found["PolicyRoles"])

    def reported(self, alias: str, cause: str) -> dict[str, Any] | None:
        """Return the entry that callers can read, once it says that a stop was read back.

        Args:
            alias: The alias that must be stopped.
            cause: The reason's code that must be among the reasons.
        """
        entry = self._entries(self._tenant).get(f"/finops/{self._tenant}/state")
        if not entry or all(each["code"] != cause for each in entry["why"]):
            return None
        return entry if entry["aliases"][alias]["state"] in _READ_BACK else None

    def schedule_rule(self) -> str:
        """Return the name of the rule that runs the kill switch every 5 minutes."""
        events = self._emulator.client("events", self._region)
        (rule,) = [
            each["Name"]
            for each in events.list_rules()["Rules"]
            if each.get("ScheduleExpression") == "rate(5 minutes)"
        ]
        return str(rule)

    def verdict_of_other_tenant(self, traffic: Traffic) -> dict[str, str]:
        """Return what AWS says to a caller of another tenant of the Region."""
        ssm = self._emulator.client("ssm", self._region)
        path = "/finops/customer-chatbot/"
        found = ssm.get_parameters_by_path(Path=path, Recursive=True)["Parameters"]
        entries = {each["Name"]: json.loads(each["Value"]) for each in found}
        profile = entries[f"{path}profiles/answer"]["profile_arn"]
        caller = min(e["role_arn"] for e in _below(entries, f"{path}callers/").values())
        try:
            traffic.call(caller, profile, _NOTHING)
        except CallRefusedError as refused:
            return {"tenant": "customer-chatbot", "decision": refused.verdict.decision}
        return {"tenant": "customer-chatbot", "decision": "Allowed"}

    def _entries(self, tenant: str) -> dict[str, Any]:
        ssm = self._emulator.client("ssm", self._region)
        pages = ssm.get_paginator("get_parameters_by_path").paginate(
            Path=f"/finops/{tenant}/", Recursive=True
        )
        return {p["Name"]: json.loads(p["Value"]) for page in pages for p in page["Parameters"]}


def _below(entries: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {
        path.removeprefix(prefix): entry
        for path, entry in entries.items()
        if path.startswith(prefix)
    }
