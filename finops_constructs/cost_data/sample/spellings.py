"""How AWS spells things on the bill: usage types, tags, ARNs and the product map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.sample.catalogue import REGION_CODES

if TYPE_CHECKING:
    from finops_constructs.cost_data.sample.catalogue import SampleModel, SampleTenant

_FIRST_PARTY: Final = {
    "input": "input-tokens",
    "output": "output-tokens",
    "cache_read": "cache-read-input-token-count",
    "cache_write_5m": "cache-write-input-token-count",
}
_MARKETPLACE: Final = {
    "input": "InputTokenCount",
    "output": "OutputTokenCount",
    "cache_read": "CacheReadInputTokenCount",
    "cache_write_5m": "CacheWriteInputTokenCount",
    "cache_write_1h": "CacheWrite1hInputTokenCount",
}
_MARKETPLACE_NEW: Final = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write_5m": "cache_write_tokens",
    "cache_write_1h": "cache_write_tokens_1h",
}
_INFERENCE_TYPES: Final = {
    "input": "Input tokens",
    "output": "Output tokens",
    "cache_read": "Cache read input tokens",
    "cache_write_5m": "Cache write input tokens",
    "cache_write_1h": "Cache write 1h input tokens",
}


def tag_map(tenant: SampleTenant) -> dict[str, str]:
    """Return a tenant's tags as the bill spells them, in one of the two spellings."""
    values = {
        "tool": tenant.tool,
        "project": tenant.project,
        "environment": tenant.environment,
        "cost-centre": tenant.cost_centre,
    }
    if tenant.colon_tags:
        tags = {f"user:bedrock:{key}": value for key, value in values.items()}
        return tags | ({"user:finops:tenant": tenant.id} if tenant.finops_tag else {})
    tags = {f"user_bedrock_{key.replace('-', '_')}": value for key, value in values.items()}
    return tags | ({"user_finops_tenant": tenant.id} if tenant.finops_tag else {})


def profile_arn(tenant: SampleTenant, model: SampleModel) -> str:
    """Return the ARN of the tenant's profile of a model: opaque, always the same."""
    opaque = f"{sum(map(ord, tenant.id)) * 7919 % 10**6:06d}{sum(map(ord, model.name)):06d}"
    return (
        f"arn:aws:bedrock:{tenant.region}:{tenant.account}:application-inference-profile/{opaque}"
    )


def principal_arn(tenant: SampleTenant) -> str:
    """Return the tenant's role as the bill names it, without the session."""
    return f"arn:aws:sts::{tenant.account}:assumed-role/{tenant.role.rsplit('/', 1)[-1]}"


def usage_type(model: SampleModel, region: str, kind: str, *, tier: str, reach: str) -> str:
    """Return the usage type AWS gives such a line (aws-facts section 4.2)."""
    code = REGION_CODES[region]
    if model.offer == "marketplace":
        suffix = ("_Global" if reach == "global" else "") + ("_Batch" if tier == "batch" else "")
        return f"{code}-MP:{code}_{_MARKETPLACE[kind]}{suffix}-Units"
    if model.offer == "marketplace-new":
        middle = "_global" if reach == "global" else ""
        return f"{code}-MP:{code}_{_MARKETPLACE_NEW[kind]}{middle}_{tier}-Units"
    if model.offer == "mantle":
        return f"{code}-{model.usage}-mantle-{_FIRST_PARTY[kind]}-{tier}"
    suffix = ("-cross-region-global" if reach == "global" else "") + (
        f"-{tier}" if tier != "standard" else ""
    )
    return f"{code}-{model.usage}-{_FIRST_PARTY[kind]}{suffix}"


def product_map(model: SampleModel, kind: str, tier: str, *, metadata: bool) -> dict[str, str]:
    """Return the line's `product` map, with or without the metadata that AWS adds since July."""
    edition = f"{model.name} (Amazon Bedrock Edition)"
    name = edition if model.offer.startswith("marketplace") else "Amazon Bedrock"
    if not metadata:
        return {"product_name": name}
    return {
        "product_name": name,
        "servicename": name,
        "provider": model.provider,
        "model": model.name,
        "inference_type": _INFERENCE_TYPES[kind],
        "feature": "Batch Inference" if tier == "batch" else "On-demand Inference",
    }
