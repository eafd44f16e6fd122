"""The registry entry of one alias: what an opaque profile ARN does not tell."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aws_cdk import aws_ssm as ssm

from finops_constructs.attribution.model_rates import ProfilePrice
from finops_constructs.attribution.profile import InferenceProfile
from finops_constructs.enforcement.registry import define_entry, entry_text, money, profile_path
from finops_constructs.prices.model_price import Rates


class ProfileEntry:
    """Tells applications, tools and the platform where an alias leads and what it costs.

    Attributes:
        parameter: The SSM parameter.
    """

    parameter: ssm.CfnParameter

    def __init__(self, profile: InferenceProfile, cost_tags: Mapping[str, str]) -> None:
        """Define the entry below `profile`, which has no burst alarm so far."""
        self._profile = profile
        self._value: dict[str, Any] = {
            "tenant": profile.tenant,
            "alias": profile.alias,
            "base_model_id": profile.source.base_model_id,
            "model_source": profile.source.source_id,
            "scope": profile.source.scope.value,
            "cost_tags": dict(cost_tags),
            "metered": profile.metered,
            "price": _price(profile.pricing) if profile.pricing else None,
            "hourly_cap_usd": None,
            "burst_alarm_name": None,
        }
        self._references = {
            "region": profile.place.region,
            "profile_arn": profile.profile_arn,
            "profile_id": profile.profile_id,
        }
        self.parameter = define_entry(
            profile,
            "Entry",
            path=profile_path(profile.tenant, profile.alias),
            description=f"Where the alias {profile.alias} of tenant {profile.tenant} leads",
            value=self._value,
            references=self._references,
        )

    def watch(self, *, hourly_cap_usd: Decimal | float, burst_alarm_name: str) -> None:
        """State the cap of the alias and the alarm that watches it.

        Args:
            hourly_cap_usd: USD an hour; may be a token.
            burst_alarm_name: The alarm's name.
        """
        self._value["hourly_cap_usd"] = money(hourly_cap_usd)
        self._references["burst_alarm_name"] = burst_alarm_name
        text = entry_text(self._profile, self._value, self._references)
        self.parameter.add_property_override("Value", text)


def _price(price: ProfilePrice) -> dict[str, Any]:
    return {
        "rates": _rates(price.rates),
        "tiers": [
            {"above_input_tokens": tier.above_input_tokens, "rates": _rates(tier.rates)}
            for tier in price.tiers
        ],
        "source": price.source,
        "as_of": price.as_of.isoformat() if price.as_of else None,
    }


def _rates(rates: Rates) -> dict[str, str]:
    """Return the rates that are known, USD per 1,000,000 tokens, as exact decimals."""
    return {kind: f"{rate:f}" for kind, rate in rates.items() if rate is not None}
