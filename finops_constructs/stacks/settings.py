"""From typed configuration to what the constructs take."""

from collections.abc import Iterable

from aws_cdk import DefaultStackSynthesizer
from constructs import Construct

from finops_constructs import _acknowledge
from finops_constructs.attribution.cost_tags import DEFAULT_BROAD_VALUES, CostTags
from finops_constructs.budgets.chat_channels import SlackChannel, TeamsChannel
from finops_constructs.config.platform import Attribution, PlatformConfig
from finops_constructs.config.tenant import Acknowledgement, AlertChannels, TenantConfig
from finops_constructs.controls.scope import (
    AiActDeclaration,
    ClauseDocument,
    LawDeclaration,
    TenantScope,
)
from finops_constructs.landing_zone import LandingZone


def landing_zone(platform: PlatformConfig, *, account: str, region: str) -> LandingZone:
    """Return what the organisation demands in one account and Region."""
    zone = platform.landing_zone
    here = [e for e in zone.environments if (e.account, e.region) == (account, region)]
    vpc = here[0].vpc if here else None
    return LandingZone(
        permissions_boundary=zone.permissions_boundary,
        role_path=zone.role_path,
        name_prefix=zone.name_prefix,
        mandatory_tags=zone.mandatory_tags,
        subnet_ids=tuple(vpc.subnet_ids) if vpc else (),
        security_group_ids=tuple(vpc.security_group_ids) if vpc else (),
        kms_key_arn=here[0].kms_key_arn if here else None,
        powertools_layer_arn=platform.functions.powertools_layer_arn,
    )


def synthesizer(platform: PlatformConfig) -> DefaultStackSynthesizer:
    """Return what deploys one stack by the organisation's bootstrap.

    Each stack needs its own: one that is shared lists every earlier stack's assets in the next
    one's manifest, those of other apps of the process too.
    """
    return DefaultStackSynthesizer(qualifier=platform.landing_zone.cdk_qualifier)


def broad_values(attribution: Attribution) -> frozenset[str]:
    """Return the tag values the organisation finds too broad to allocate by."""
    allowed = {value.casefold() for value in attribution.allowed_broad_values}
    return (DEFAULT_BROAD_VALUES | set(attribution.broad_values)) - allowed


def cost_tags(tenant: TenantConfig, platform: PlatformConfig) -> CostTags:
    """Return the tenant's cost tags, under the organisation's own key for the fourth."""
    tags, key = tenant.cost_tags, platform.attribution.extra_tag_key
    return CostTags(
        tool=tags.tool,
        project=tags.project,
        environment=tags.environment,
        extra={key: tags.extra} if key and tags.extra else None,
        broad_values=broad_values(platform.attribution),
    )


def slack_channels(alerts: AlertChannels) -> list[SlackChannel]:
    """Return the Slack channels of a tenant or the platform."""
    return [
        SlackChannel(workspace_id=c.workspace_id, channel_id=c.channel_id) for c in alerts.slack
    ]


def teams_channels(alerts: AlertChannels) -> list[TeamsChannel]:
    """Return the Microsoft Teams channels of a tenant or the platform."""
    return [
        TeamsChannel(tenant_id=c.tenant_id, team_id=c.team_id, channel_id=c.channel_id)
        for c in alerts.teams
    ]


def regulation(tenant: TenantConfig) -> TenantScope:
    """Return what is declared about a tenant and the law."""
    declared = tenant.regulation
    laws = {
        name: LawDeclaration(**law.model_dump())
        for name, law in (("dora", declared.dora), ("mifid", declared.mifid))
        if law is not None
    }
    return TenantScope(
        ai_act=AiActDeclaration(**declared.ai_act.model_dump()) if declared.ai_act else None,
        documents=tuple(ClauseDocument(**each.model_dump()) for each in declared.documents),
        **laws,
    )


def acknowledge(construct: Construct, acknowledgements: Iterable[Acknowledgement]) -> None:
    """Accept findings of the checks below `construct`, each with its reason."""
    _acknowledge.acknowledge(construct, {item.rule: item.reason for item in acknowledgements})
