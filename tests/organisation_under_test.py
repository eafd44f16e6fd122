"""A small organisation built from typed configuration, without files."""

from typing import Any

from finops_constructs.config.loader import ConfigFolder
from finops_constructs.config.platform import PlatformConfig
from finops_constructs.config.tenant import TenantConfig
from finops_constructs.prices.price_list import load_price_list

ACCOUNT = "111122223333"


def tenant(id: str = "writer", **changes: Any) -> TenantConfig:
    config: dict[str, Any] = {
        "id": id,
        "display_name": id.title(),
        "owner": {"team": "Content", "email": f"{id}@example.com", "cost_centre": "CC-1042"},
        "account": ACCOUNT,
        "region": "eu-west-1",
        "cost_tags": {"tool": id, "project": "Alpha", "environment": "prod"},
        "budget": {"monthly_limit_usd": "500"},
        "models": {
            "smart": {"model": "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"},
            "fast": {"model": "eu.amazon.nova-lite-v1:0"},
        },
        "callers": [{"role_arn": f"arn:aws:iam::{ACCOUNT}:role/apps/{id}-app"}],
    }
    return TenantConfig.model_validate(config | changes)


def platform(**changes: Any) -> PlatformConfig:
    return PlatformConfig.model_validate({"organization": "Example Bank"} | changes)


def folder(*tenants: TenantConfig, **platform_changes: Any) -> ConfigFolder:
    """What `load_config` would return."""
    settings = platform(**platform_changes)
    prices = load_price_list().with_overlay(settings.prices.overlay)
    return ConfigFolder(platform=settings, tenants=tenants or (tenant(),), prices=prices)
