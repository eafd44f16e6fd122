"""The daily self-test of a platform, on a tenant of its own that nobody calls."""

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import CfnTag
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._acknowledge import acknowledge
from finops_constructs._function import define_function
from finops_constructs._place import Place, place_of
from finops_constructs.attribution.application_inference_profile import profile_name
from finops_constructs.attribution.cost_tags import ENVIRONMENT_KEY, PROJECT_KEY, TOOL_KEY
from finops_constructs.attribution.model_source import parse_model_source
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.canary_alarms import canary_alarms
from finops_constructs.enforcement.event_rules import define_function_rule
from finops_constructs.enforcement.function_rights import canary_rights, wildcard_reasons
from finops_constructs.enforcement.guard_alarms import define_alarm
from finops_constructs.enforcement.kill_switch import KillSwitch
from finops_constructs.enforcement.names import CANARY_TENANT
from finops_constructs.enforcement.registry import (
    caller_path,
    define_entry,
    policy_path,
    profile_path,
)
from finops_constructs.enforcement.spend_meter import SpendMeter
from finops_constructs.enforcement.statements import ALIAS_TAG, TENANT_TAG
from finops_constructs.enforcement.suspension_policy import SuspensionPolicy
from finops_constructs.landing_zone import LandingZone

CANARY_ALIAS: Final = "canary"
_SCHEDULE: Final = "cron(10 4 * * ? *)"
_TIMEOUT_SECONDS: Final = 720
_RUNBOOK: Final = "docs/runbooks/canary.md"
_LIMIT_USD: Final = "1"
_PRICE: Final = {"rates": {"input": "1", "output": "1"}, "source": "the self-test's own"}


class PlatformCanary(Construct):
    """Defines the daily self-test: a reserved tenant, a function, its schedule and five alarms.

    The function writes a log record in the name of the tenant `finops-canary`, sees it metered,
    stopped, read back from Bedrock and IAM, and resumed by a correction that books the money back.
    No model is called: the profile and the role exist to be stopped, and nobody may assume the
    role. $0.50 a month for the alarms, $1.20 for the metrics of its hops and result.

    Attributes:
        function: The function; invoke it to test now.
        alarm_arns: The alarms.
        profile: The profile that is stopped.
    """

    function: lambda_.CfnFunction
    alarm_arns: list[str]
    profile: bedrock.CfnApplicationInferenceProfile

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        model: str,
        meter: SpendMeter,
        switch: KillSwitch,
        alerts: AlertTopic,
        extra_tag_key: str | None = None,
    ) -> None:
        """Define the self-test.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            model: What its profile is copied from, by id or ARN; any model of the Region serves.
            meter: The spend meter.
            switch: The kill switch.
            alerts: Where the operators are told.
            extra_tag_key: The organisation's own cost tag, which its profile then carries, too.
                Default: none.
        """
        super().__init__(scope, id)
        self.profile = self._profile(model, extra_tag_key)
        role = self._role()
        suspension = SuspensionPolicy(self, "Suspension", tenant=CANARY_TENANT)
        suspension.add_profile(self.profile.attr_inference_profile_arn)
        self._register(model, role, suspension.policy_arn, alerts.topic_arn)
        self.function = self._function(
            {
                "COMMANDS_URL": switch.commands.function_url.attr_function_url,
                "LEDGER_TABLE": meter.ledger.ref,
                "LOG_GROUP": meter.log_group.ref,
                "PROFILE_ARN": self.profile.attr_inference_profile_arn,
                "ROLE_ARN": role.attr_arn,
                "STATE_TABLE": switch.state.ref,
                "SUSPENSION_POLICY_ARN": suspension.policy_arn,
            },
            commands_arn=switch.commands.function.attr_arn,
            policy_arn=suspension.policy_arn,
        )
        define_function_rule(
            self,
            "Schedule",
            function=self.function,
            description="Runs the canary, the platform's self-test, once a day",
            schedule=_SCHEDULE,
            constant_input='{"test":"schedule"}',
        )
        self.alarm_arns = [
            define_alarm(self, each, topic_arn=alerts.topic_arn, runbook=_RUNBOOK).attr_arn
            for each in canary_alarms()
        ]

    def _profile(
        self, model: str, extra_tag_key: str | None
    ) -> bedrock.CfnApplicationInferenceProfile:
        source = parse_model_source(model)
        tags = {
            TENANT_TAG: CANARY_TENANT,
            ALIAS_TAG: CANARY_ALIAS,
            TOOL_KEY: "FinOpsCanary",
            PROJECT_KEY: "FinOpsPlatform",
            ENVIRONMENT_KEY: "prod",
        } | ({extra_tag_key: "FinOpsPlatform"} if extra_tag_key else {})
        profile = bedrock.CfnApplicationInferenceProfile(
            self,
            "Profile",
            inference_profile_name=profile_name(CANARY_TENANT, CANARY_ALIAS, source, None),
            model_source=bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty(
                copy_from=source.arn(place_of(self))
            ),
            tags=[CfnTag(key=key, value=value) for key, value in sorted(tags.items())],
        )
        acknowledge(profile, {"finops::data-residency": "Nobody calls it, so it processes nothing"})
        return profile

    def _role(self) -> iam.CfnRole:
        zone = LandingZone.of(self)
        boundary, beside = zone.permissions_boundary, zone.role_path.rstrip("/") or "/finops"
        return iam.CfnRole(
            self,
            "Caller",
            # Beside the path of the platform's own roles, which the kill switch never touches.
            path=f"{beside}-canary/",
            role_name=zone.role_name(self, "Caller"),
            description="Nobody's: the self-test of the FinOps platform attaches a deny to it",
            permissions_boundary=(
                place_of(self).global_arn("iam", f"policy/{boundary}") if boundary else None
            ),
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}],
            },
        )

    def _register(
        self, model: str, role: iam.CfnRole, suspension_policy_arn: str, topic_arn: str
    ) -> None:
        define_entry(
            self,
            "PolicyEntry",
            path=policy_path(CANARY_TENANT),
            description="Limit of the platform's self-test",
            value={
                "tenant": CANARY_TENANT,
                "display_name": "Self-test of the platform",
                "owner": None,
                "monthly_limit_usd": _LIMIT_USD,
                "alert_percentages": [],
                "mode": "enforce",
                # Its caller carries no standing deny: nobody may assume it.
                "guard": "observe",
                "budget_name": "none",
            },
            references={
                "alert_topic_arn": topic_arn,
                "suspension_policy_arn": suspension_policy_arn,
            },
        )
        source = parse_model_source(model)
        define_entry(
            self,
            "ProfileEntry",
            path=profile_path(CANARY_TENANT, CANARY_ALIAS),
            description="Profile of the platform's self-test",
            value={
                "tenant": CANARY_TENANT,
                "alias": CANARY_ALIAS,
                "base_model_id": source.source_id,
                "model_source": source.source_id,
                "region": place_of(self).region,
                "metered": True,
                "price": _PRICE,
            },
            references={
                "profile_arn": self.profile.attr_inference_profile_arn,
                "profile_id": self.profile.attr_inference_profile_id,
            },
        )
        define_entry(
            self,
            "CallerEntry",
            path=caller_path(CANARY_TENANT, CANARY_ALIAS),
            description="Caller of the platform's self-test",
            value={"shared_with": []},
            references={"role_arn": role.attr_arn},
        )

    def _function(
        self, environment: Mapping[str, Any], *, commands_arn: str, policy_arn: str
    ) -> lambda_.CfnFunction:
        place: Place = place_of(self)
        rights = canary_rights(
            place,
            profile_arn=self.profile.attr_inference_profile_arn,
            policy_arn=policy_arn,
            commands_arn=commands_arn,
        )
        function = define_function(
            Construct(self, "Function"),
            package="canary",
            name="finops-canary",
            description="Tests meter and kill switch end to end, without a call, once a day",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=rights,
            wildcards=wildcard_reasons(rights),
            environment=environment,
            concurrency="A schedule calls it once a day",
            dead_letters="An alarm tells that it failed or did not run, and tomorrow it runs again",
        ).function
        declare(function, {Control.GUARD_WATCHED: "It sees a stop and its end, once a day"})
        return function
