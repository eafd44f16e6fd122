"""Whom and what the sample bill charges: invented tenants, real models at their list prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTenant:
    """One tenant of the sample; the ids are those of the example organisation in `config/`."""

    id: str
    tool: str
    project: str
    environment: str
    cost_centre: str
    account: str
    account_name: str
    region: str
    role: str
    models: tuple[str, ...]
    weight: int
    """How many lines it gets, in comparison to the others."""
    colon_tags: bool = False
    """Whether its tags arrive as `user:bedrock:tool` instead of `user_bedrock_tool`."""
    finops_tag: bool = True
    """Whether `finops:tenant` is on its lines too; without, the tool is the tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleModel:
    """One model: how AWS bills it and at what rate.

    Attributes:
        name: As AWS writes it in `product['model']`.
        provider: As AWS writes it in `product['provider']`.
        offer: `marketplace` (random product code, per 1M tokens), `marketplace-new` (the same with
            the newer usage types), `first-party` (per 1K tokens) or `mantle` (per 1K, other
            endpoint).
        code: The product code.
        usage: The model's name in first-party usage types; empty for Marketplace ones.
        rates: Token kind -> USD per 1,000,000 tokens.
    """

    name: str
    provider: str
    offer: str
    code: str
    usage: str
    rates: dict[str, str]


def _claude(read: str, factor: int) -> dict[str, str]:
    """Return rates in Claude's proportions: output 5 x, cache writes 1.25 x and 2 x the input."""
    return {
        "input": f"{factor / 100:.4f}",
        "output": f"{factor / 20:.4f}",
        "cache_read": read,
        "cache_write_5m": f"{factor / 80:.4f}",
        "cache_write_1h": f"{factor / 50:.4f}",
    }


# USD per 1M tokens: the shipped price list of 2026-11-20, EU profile for Claude (aws-facts 7).
MODELS: Final = (
    SampleModel(
        name="Claude Opus 5.5",
        provider="Anthropic",
        offer="marketplace-new",
        code="4k7q1w9zm2xv8b3n6c5d0f1g2",
        usage="",
        rates=_claude("0.2200", 440),
    ),
    SampleModel(
        name="Claude Sonnet 5.5",
        provider="Anthropic",
        offer="marketplace",
        code="7zgyu5r4t8w2q6s1d3f9h0j5k",
        usage="",
        rates=_claude("0.1100", 220),
    ),
    SampleModel(
        name="Claude Haiku 5.5",
        provider="Anthropic",
        offer="marketplace",
        code="2pd8v6n4b0m9l7k5j3h1g8f6d",
        usage="",
        rates=_claude("0.0110", 11),
    ),
    SampleModel(
        name="Nova Lite",
        provider="Amazon",
        offer="first-party",
        code="AmazonBedrock",
        usage="NovaLite",
        rates={"input": "0.0780", "output": "0.3120", "cache_read": "0.0195"},
    ),
    SampleModel(
        name="Nova Pro",
        provider="Amazon",
        offer="first-party",
        code="AmazonBedrock",
        usage="NovaPro",
        rates={"input": "1.0500", "output": "4.2000", "cache_read": "0.2625"},
    ),
    SampleModel(
        name="gpt-oss-120b",
        provider="OpenAI",
        offer="mantle",
        code="AmazonBedrock",
        usage="openai.gpt-oss-120b",
        rates={"input": "0.1500", "output": "0.6000"},
    ),
)

TENANTS: Final = (
    SampleTenant(
        id="writer",
        tool="Writer",
        project="Alpha",
        environment="prod",
        cost_centre="CC-1042",
        account="111122223333",
        account_name="ai-prod",
        region="eu-west-1",
        role="content/writer-api",
        models=("Claude Sonnet 5.5", "Claude Haiku 5.5"),
        weight=24,
    ),
    SampleTenant(
        id="coding-assistant",
        tool="Coding assistant",
        project="Developer productivity",
        environment="prod",
        cost_centre="CC-2210",
        account="111122223333",
        account_name="ai-prod",
        region="eu-west-1",
        role="engineering/ide-gateway",
        models=("Claude Opus 5.5", "Claude Sonnet 5.5", "Claude Haiku 5.5"),
        weight=30,
    ),
    SampleTenant(
        id="customer-chatbot",
        tool="Customer chatbot",
        project="UK servicing",
        environment="prod",
        cost_centre="CC-3307",
        account="111122223333",
        account_name="ai-prod",
        region="eu-west-2",
        role="chatbot/conversation-service",
        models=("Claude Haiku 5.5", "Nova Lite"),
        weight=20,
        colon_tags=True,
    ),
    SampleTenant(
        id="research-sandbox",
        tool="Research sandbox",
        project="Model evaluation",
        environment="dev",
        cost_centre="CC-4100",
        account="444455556666",
        account_name="ai-dev",
        region="eu-west-2",
        role="research/notebooks",
        models=("Claude Opus 5.5", "Nova Pro"),
        weight=8,
    ),
    SampleTenant(
        id="Data extraction",
        tool="Data extraction",
        project="Trade documents",
        environment="prod",
        cost_centre="CC-5120",
        account="444455556666",
        account_name="ai-dev",
        region="eu-west-1",
        role="documents/extractor",
        models=("Nova Pro", "Nova Lite"),
        weight=10,
        finops_tag=False,
    ),
)

BROAD_TAG: Final = "AI"
"""The value that the sample's badly tagged profile carries as its tool."""

REGION_CODES: Final = {"eu-west-1": "EUW1", "eu-west-2": "EUW2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherService:
    """A line of the bill that is not Bedrock's.

    Attributes:
        code: The product code.
        family: `product_product_family`.
        usage_type: Without the Region's code.
        resource: The resource id.
        unit: The pricing unit.
        rate: USD per unit.
        support: `logging` or `library` where it is Bedrock's support, else empty.
        weight: How many lines it gets, in comparison to the others.
    """

    code: str
    family: str
    usage_type: str
    resource: str
    unit: str
    rate: str
    support: str = ""
    weight: int = 10


OTHER_SERVICES: Final = (
    OtherService(
        code="AmazonEC2",
        family="Compute Instance",
        usage_type="BoxUsage:m7i.xlarge",
        resource="i-0abc1234def567890",
        unit="Hrs",
        rate="0.2243",
        weight=50,
    ),
    OtherService(
        code="AmazonRDS",
        family="Database Instance",
        usage_type="InstanceUsage:db.r7g.large",
        resource="arn:aws:rds:eu-west-1:111122223333:db:ledger",
        unit="Hrs",
        rate="0.2660",
        weight=20,
    ),
    OtherService(
        code="AmazonS3",
        family="Storage",
        usage_type="TimedStorage-ByteHrs",
        resource="customer-documents",
        unit="GB-Mo",
        rate="0.0230",
        weight=20,
    ),
    OtherService(
        code="AmazonCloudWatch",
        family="Data Payload",
        usage_type="DataProcessing-Bytes",
        resource="arn:aws:logs:eu-west-1:111122223333:log-group:/aws/bedrock/invocations",
        unit="GB",
        rate="0.5700",
        support="logging",
        weight=3,
    ),
    OtherService(
        code="AWSLambda",
        family="Serverless",
        usage_type="Lambda-GB-Second",
        resource="arn:aws:lambda:eu-west-1:111122223333:function:finops-spend-meter",
        unit="Lambda-GB-Second",
        rate="0.0001",
        support="library",
        weight=2,
    ),
)
