"""Slack and Microsoft Teams as alert channels, through AWS's own chat service."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from aws_cdk import Names
from aws_cdk import aws_chatbot as chatbot
from constructs import Construct

from finops_constructs._place import place_of
from finops_constructs._sheet import define
from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import id_part
from finops_constructs.landing_zone import LandingZone

# Limits what anybody can do from a channel to what it is for: reading alerts.
_GUARDRAIL_POLICIES = ["arn:aws:iam::aws:policy/AWSDenyAll"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel:
    """A Slack channel; its workspace must be authorised once by hand in the AWS console.

    Attributes:
        workspace_id: Such as `T0EXAMPLE`.
        channel_id: Such as `C0EXAMPLE`.
    """

    workspace_id: str
    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsChannel:
    """A Microsoft Teams channel; its team must be authorised once by hand in the AWS console.

    Attributes:
        tenant_id: The Microsoft tenant's UUID.
        team_id: The team's UUID.
        channel_id: The channel's id, such as `19:...@thread.tacv2`, as it is or URL-encoded; a
            token must be URL-encoded.
    """

    tenant_id: str
    team_id: str
    channel_id: str


def define_chat_channels(
    scope: Construct,
    *,
    topic_arn: str,
    slack: Sequence[SlackChannel],
    teams: Sequence[TeamsChannel],
) -> None:
    """Define the channels that read a topic, and the role they run as, which may do nothing."""
    if not slack and not teams:
        return
    role = LandingZone.of(scope).define_role(
        scope, "ChatRole", service="chatbot.amazonaws.com", policies={}
    )
    for number, slack_channel in enumerate(dict.fromkeys(slack)):
        channel_id = slack_channel.channel_id
        key = number if is_unresolved(channel_id) else channel_id
        channel = Construct(scope, f"Slack-{key}")
        define(
            chatbot.CfnSlackChannelConfiguration,
            channel,
            "Resource",
            configuration_name=_name(channel),
            guardrail_policies=_GUARDRAIL_POLICIES,
            iam_role_arn=role.attr_arn,
            logging_level="ERROR",
            slack_channel_id=channel_id,
            slack_workspace_id=slack_channel.workspace_id,
            sns_topic_arns=[topic_arn],
        )
    for number, teams_channel in enumerate(dict.fromkeys(teams)):
        channel_id = teams_channel.channel_id
        channel = Construct(scope, f"Teams-{id_part(channel_id, number)}")
        define(
            chatbot.CfnMicrosoftTeamsChannelConfiguration,
            channel,
            "Resource",
            configuration_name=_name(channel),
            guardrail_policies=_GUARDRAIL_POLICIES,
            iam_role_arn=role.attr_arn,
            logging_level="ERROR",
            sns_topic_arns=[topic_arn],
            team_id=teams_channel.team_id,
            teams_channel_id=channel_id if is_unresolved(channel_id) else _encoded(channel_id),
            teams_tenant_id=teams_channel.tenant_id,
        )


def _encoded(channel_id: str) -> str:
    # CloudFormation takes it URL-encoded only.
    return quote(unquote(channel_id), safe="")


def _name(channel: Construct) -> str:
    # One name space for the whole account: the path, with the stack, and the Region tell apart.
    unique = Names.unique_resource_name(channel, max_length=110, separator="-")
    return f"{unique}-{place_of(channel).region}"
