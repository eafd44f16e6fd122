"""The check pack: its rules, and the CDK plugin that runs them when an app is synthesized."""

import importlib.metadata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from finops_constructs._tokens import is_unresolved
from finops_constructs.attribution.cost_tags import DEFAULT_BROAD_VALUES
from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.audit_log_retention import AUDIT_LOG_RETENTION
from finops_constructs.checks.broad_tag_value import broad_tag_value
from finops_constructs.checks.caller_standing_deny import CALLER_STANDING_DENY
from finops_constructs.checks.data_residency import DEFAULT_DATA_RESIDENCY, data_residency
from finops_constructs.checks.invoke_scope import INVOKE_SCOPE
from finops_constructs.checks.profile_cost_tags import profile_cost_tags
from finops_constructs.checks.profile_quota import DEFAULT_PROFILE_QUOTA, profile_quota
from finops_constructs.checks.registry_value_size import REGISTRY_VALUE_SIZE
from finops_constructs.checks.rule import Finding, Rule, Severity
from finops_constructs.checks.shared_caller import SHARED_CALLER
from finops_constructs.checks.state_tag_in_template import STATE_TAG_IN_TEMPLATE
from finops_constructs.checks.template import read_templates
from finops_constructs.checks.tenant_budget import TENANT_BUDGET
from finops_constructs.checks.tenant_policy_entry import TENANT_POLICY_ENTRY


@jsii.implements(IPolicyValidationPlugin)
class FinOpsChecks:
    """Checks the templates of an app when it is synthesized; an error fails the synthesis.

    Defines no resources. A finding is accepted at a construct, a stack or the app with
    `Validations.of(x).acknowledge(Acknowledgment(id="finops::<rule>", reason="..."))`.

    Example:
        >>> from aws_cdk import App, Validations
        >>> app = App()
        >>> Validations.of(app).add_plugins(FinOpsChecks())
    """

    def __init__(
        self,
        *,
        broad_values: Collection[str] = DEFAULT_BROAD_VALUES,
        extra_tag_key: str | None = None,
        profile_quota: int = DEFAULT_PROFILE_QUOTA,
        data_residency: Mapping[str, Collection[str]] = DEFAULT_DATA_RESIDENCY,
    ) -> None:
        """Choose what the rules allow.

        Args:
            broad_values: Tag values refused as too broad. Default: `DEFAULT_BROAD_VALUES`.
            extra_tag_key: A tag key every profile must have beside the three standard dimensions.
                Default: none.
            profile_quota: Application inference profiles AWS allows per account and Region.
                Default: 1,000, which is not verified.
            data_residency: Region prefix -> scopes of system inference profiles allowed there.
                Default: only `eu.` profiles in `eu-*` Regions.

        Raises:
            ValueError: If `profile_quota` is below 1.
        """
        if is_unresolved(profile_quota):
            raise ValueError("profile_quota must be a literal, got a token: profiles are counted")
        if profile_quota < 1:
            raise ValueError(f"profile_quota must be at least 1, got {profile_quota}")
        self._rules = pack(
            broad_values=broad_values,
            extra_tag_key=extra_tag_key,
            quota=profile_quota,
            residency=data_residency,
        )

    @property
    def name(self) -> str:
        """The namespace of the rule ids."""
        return "finops"

    @property
    def version(self) -> str:
        """The version of this package."""
        return importlib.metadata.version("finops-constructs")

    @property
    def rule_ids(self) -> list[str]:
        """The ids of the rules."""
        return [rule.id for rule in self._rules]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Run every rule over the templates of the app.

        Args:
            context: What CDK tells about the synthesized app.
        """
        # The one call into Node: accounts and Regions are read from the manifest beside.
        assembly = Assembly(read_templates(context.template_paths))
        violations = [v for rule in self._rules for v in violations_of(rule, assembly)]
        success = all(v.severity == Severity.WARNING for v in violations)
        return PolicyValidationPluginReport(success=success, violations=violations)


def pack(
    *,
    broad_values: Collection[str] = DEFAULT_BROAD_VALUES,
    extra_tag_key: str | None = None,
    quota: int = DEFAULT_PROFILE_QUOTA,
    residency: Mapping[str, Collection[str]] = DEFAULT_DATA_RESIDENCY,
) -> tuple[Rule, ...]:
    """Return the rules, in the order in which they are reported.

    Args:
        broad_values: See `FinOpsChecks`.
        extra_tag_key: See `FinOpsChecks`.
        quota: See `FinOpsChecks`.
        residency: See `FinOpsChecks`.
    """
    return (
        profile_cost_tags(extra_tag_key),
        broad_tag_value(broad_values, extra_tag_key),
        INVOKE_SCOPE,
        CALLER_STANDING_DENY,
        TENANT_BUDGET,
        TENANT_POLICY_ENTRY,
        data_residency(residency),
        profile_quota(quota),
        SHARED_CALLER,
        REGISTRY_VALUE_SIZE,
        STATE_TAG_IN_TEMPLATE,
        AUDIT_LOG_RETENTION,
    )


def violations_of(rule: Rule, assembly: Assembly) -> list[PolicyViolation]:
    """Return what a rule finds, one violation for all resources with the same fault.

    A rule that raises is a violation of itself. It is fatal, so that an acknowledgement of the
    rule elsewhere cannot hide that it did not run.

    Args:
        rule: The rule.
        assembly: The app.
    """
    try:
        findings = rule.find(assembly)
    except Exception as error:  # noqa: BLE001 whatever a rule raises is reported, never a crash
        text = f"rule {rule.id} could not run: {type(error).__name__}: {error}"
        return [
            PolicyViolation(
                rule_name=rule.id,
                description=text,
                fix="Report it to the maintainers of finops-constructs with the template.",
                severity="fatal",
                # CDK prints a violation per resource: without one it would pass in silence.
                violating_resources=[PolicyViolatingResource(locations=[])],
            )
        ]
    groups: dict[tuple[str, Severity], list[Finding]] = defaultdict(list)
    for found in findings:
        groups[found.detail, found.severity or rule.severity].append(found)
    return [
        PolicyViolation(
            rule_name=rule.id,
            description=f"{rule.description}: {detail}",
            fix=rule.fix,
            severity=severity.value,
            violating_resources=_violating(group),
        )
        for (detail, severity), group in groups.items()
    ]


def _violating(findings: Sequence[Finding]) -> list[PolicyViolatingResource]:
    return [
        PolicyViolatingResource(
            locations=[found.location] if found.location else [],
            resource_logical_id=found.resource.id,
            template_path=found.template.path,
        )
        if found.resource
        else PolicyViolatingResource(
            locations=["Tags"],
            construct_path=found.template.construct_path,
            template_path=found.template.path,
        )
        for found in findings
    ]
