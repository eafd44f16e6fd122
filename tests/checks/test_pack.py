"""The pack on real CDK apps, and its rules when they go wrong."""

import json

import pytest
from aws_cdk import (
    Acknowledgment,
    App,
    CfnOutput,
    Environment,
    NestedStack,
    Stack,
    Stage,
    Validations,
)
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.pack import FinOpsChecks, pack, violations_of
from finops_constructs.checks.registry import EntryKind
from finops_constructs.checks.rule import Rule
from finops_constructs.checks.template import read_templates

ENV = Environment(account="111122223333", region="eu-west-1")
TAGS = {
    "bedrock:tool": "Writer",
    "bedrock:project": "Alpha",
    "bedrock:environment": "prod",
    "finops:tenant": "writer",
}


@pytest.fixture
def app(tmp_path):
    made = App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    Validations.of(made).add_plugins(FinOpsChecks())
    return made


def add_profile(scope, id="Profile", *, source="eu.amazon.nova-pro-v1:0", tags=None):
    stack = Stack.of(scope)
    return bedrock.CfnApplicationInferenceProfile(
        scope,
        id,
        inference_profile_name=f"writer-{id}",
        model_source=bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty(
            copy_from=f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:"
            f"inference-profile/{source}"
        ),
        tags=[{"key": k, "value": v} for k, v in (TAGS if tags is None else tags).items()],
    )


def add_tenant(scope, **policy):
    value = {"schema_version": 1, "tenant": "writer", "budget_name": "x", "guard": "observe"}
    ssm.CfnParameter(
        scope,
        "Policy",
        type="String",
        name="/finops/writer/policy",
        value=json.dumps(value | policy),
    )
    budgets.CfnBudget(
        scope,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(budget_type="COST", time_unit="MONTHLY"),
        resource_tags=[budgets.CfnBudget.ResourceTagProperty(key="finops:tenant", value="writer")],
    )


def report(tmp_path):
    path = tmp_path / "out" / "validation-report.json"
    return next(iter(json.loads(path.read_text())["pluginReports"]), None)


def test_a_compliant_app_synthesizes_without_a_report(app, tmp_path):
    stack = Stack(app, "Writer", env=ENV)
    add_profile(stack)
    add_tenant(stack)
    app.synth()
    assert report(tmp_path) is None


def test_fails_when_a_profile_is_untagged_and_names_construct_and_fix(app, tmp_path):
    add_profile(Stack(app, "Writer", env=ENV), tags={})
    with pytest.raises(RuntimeError, match="finops::profile-cost-tags"):
        app.synth()
    (violation,) = report(tmp_path)["violations"]
    assert violation["ruleName"] == "profile-cost-tags"
    assert violation["severity"] == "error"
    assert "ApplicationInferenceProfile" in violation["suggestedFix"]
    assert violation["violatingConstructs"][0]["constructPath"] == "Writer/Profile"


@pytest.mark.parametrize("where", ["construct", "stack", "app"])
def test_an_acknowledged_finding_passes_and_keeps_its_reason(app, tmp_path, where):
    stack = Stack(app, "Writer", env=ENV)
    profile = add_profile(stack, source="global.amazon.nova-pro-v1:0")
    add_tenant(stack)
    scope = {"construct": profile, "stack": stack, "app": app}[where]
    reason = "standard contractual clauses signed, DPO 2026-04"
    Validations.of(scope).acknowledge(Acknowledgment(id="finops::data-residency", reason=reason))
    app.synth()
    (suppressed,) = report(tmp_path)["suppressedViolations"]
    assert suppressed["reason"] == reason
    assert suppressed["ruleName"] == "data-residency"
    assert report(tmp_path)["conclusion"] == "success"


def test_fails_when_only_one_of_two_constructs_is_acknowledged(app, tmp_path):
    stack = Stack(app, "Writer", env=ENV)
    one = add_profile(stack, "One", source="global.amazon.nova-pro-v1:0")
    add_profile(stack, "Two", source="global.amazon.nova-pro-v1:0")
    add_tenant(stack)
    Validations.of(one).acknowledge(Acknowledgment(id="finops::data-residency", reason="agreed"))
    with pytest.raises(RuntimeError, match="data-residency"):
        app.synth()
    (violation,) = report(tmp_path)["violations"]
    assert [c["constructPath"] for c in violation["violatingConstructs"]] == ["Writer/Two"]


def test_a_warning_is_reported_and_does_not_fail(tmp_path):
    app = App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    Validations.of(app).add_plugins(FinOpsChecks(profile_quota=1))
    stack = Stack(app, "Writer", env=ENV)
    add_profile(stack)
    add_tenant(stack)
    app.synth()
    (violation,) = report(tmp_path)["violations"]
    assert (violation["ruleName"], violation["severity"]) == ("profile-quota", "warning")
    assert report(tmp_path)["conclusion"] == "success"


def test_stacks_of_one_app_are_seen_together_also_in_a_stage(app):
    stage = Stage(app, "Prod", env=ENV)
    add_profile(Stack(stage, "Profiles"))
    add_tenant(Stack(stage, "Tenant"))
    app.synth()


def test_fails_when_a_stack_hands_the_state_tag_to_its_resources(app, tmp_path):
    Stack(app, "Writer", env=ENV, tags={"finops:state": "active"})
    with pytest.raises(RuntimeError, match="state-tag-in-template"):
        app.synth()
    (violation,) = report(tmp_path)["violations"]
    assert violation["violatingConstructs"][0]["constructPath"] == "Writer"


def test_a_nested_stack_is_checked_and_its_finding_can_be_acknowledged(app, tmp_path):
    stack = Stack(app, "Writer", env=ENV)
    nested = NestedStack(stack, "Nested")
    profile = add_profile(nested, source="us.amazon.nova-pro-v1:0")
    add_tenant(stack)
    Validations.of(profile).acknowledge(Acknowledgment(id="finops::data-residency", reason="ok"))
    app.synth()
    assert report(tmp_path)["suppressedViolations"][0]["ruleName"] == "data-residency"


def test_a_grant_to_a_role_of_another_stack_is_followed_through_exports(app):
    profiles = Stack(app, "Writer", env=ENV)
    arn = add_profile(profiles).attr_inference_profile_arn
    add_tenant(profiles, guard="enforce")
    role = iam.Role(
        Stack(app, "App", env=ENV), "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
    )
    role.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=[arn]))
    with pytest.raises(RuntimeError, match="caller-standing-deny"):
        app.synth()


def test_a_reference_into_a_nested_stack_and_out_of_it_is_followed(tmp_path):
    app = App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    stack = Stack(app, "Writer", env=ENV)
    nested = NestedStack(stack, "Nested")
    principal = iam.ServicePrincipal("lambda.amazonaws.com")
    outer = iam.Role(stack, "Outer", assumed_by=principal)
    inner = iam.Role(nested, "Inner", assumed_by=principal)
    for name, scope, role in (("out", stack, inner), ("in", nested, outer)):
        ssm.CfnParameter(
            scope,
            "Caller",
            type="String",
            name=f"/finops/{name}/callers/1",
            value=stack.to_json_string({"role_arn": role.role_arn}),
        )
    app.synth()
    assembly = Assembly(read_templates([str(tmp_path / "out" / "Writer.template.json")]))
    arns = {entry.tenant: entry.text("role_arn") for entry in assembly.entries(EntryKind.CALLER)}
    assert "Writer.template.json#Outer" in arns["in"]
    assert ".nested.template.json#Inner" in arns["out"]


def test_templates_are_read_without_a_manifest_beside_them(tmp_path):
    path = tmp_path / "a.template.json"
    path.write_text('{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}')
    (template,) = read_templates([str(path)])
    assert (template.account, template.region) == (None, None)


def test_an_agnostic_stack_has_no_account_and_region(tmp_path):
    app = App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    stack = Stack(app, "Anywhere")
    CfnOutput(stack, "Out", value="x")
    app.synth()
    (template,) = read_templates([str(tmp_path / "out" / "Anywhere.template.json")])
    assert (template.account, template.region) == (None, None)


def test_a_rule_that_raises_is_a_violation_of_that_rule_that_nothing_hides():
    def find(_):
        raise KeyError("Tags")

    rule = Rule(id="broken", description="d", fix="f", find=find)
    (violation,) = violations_of(rule, Assembly([]))
    assert violation.rule_name == "broken"
    assert violation.severity == "fatal"
    assert violation.description == "rule broken could not run: KeyError: 'Tags'"


def test_fails_when_a_rule_cannot_run_even_where_it_is_acknowledged(app, monkeypatch):
    def find(_):
        raise KeyError("Tags")

    rule = Rule(id="broken", description="d", fix="f", find=find)
    plugin = FinOpsChecks()
    monkeypatch.setattr(plugin, "_rules", (rule,))
    Validations.of(app).add_plugins(plugin)
    Validations.of(app).acknowledge(Acknowledgment(id="finops::broken", reason="hidden"))
    Stack(app, "Writer", env=ENV)
    with pytest.raises(RuntimeError, match="broken could not run"):
        app.synth()


def test_every_rule_has_its_own_page_entry_and_an_id_that_can_be_acknowledged(request):
    rules = pack()
    ids = [rule.id for rule in rules]
    assert len(set(ids)) == len(ids)
    assert all("::" not in rule_id and rule_id == rule_id.lower() for rule_id in ids)
    page = (request.config.rootpath / "docs" / "checks.md").read_text()
    assert [line[4:-1] for line in page.splitlines() if line.startswith("## `")] == ids
    assert all(rule.fix.endswith(".") and not rule.description.endswith(".") for rule in rules)


def test_fails_when_the_quota_is_not_positive():
    with pytest.raises(ValueError, match="profile_quota must be at least 1, got 0"):
        FinOpsChecks(profile_quota=0)


def test_a_hundred_tenants_are_checked_together(profile, entry, policy, assembly):
    def stack(tenant):
        made = {f"Profile{n}": profile(tenant) for n in range(3)}
        made["Policy"] = entry(f"{tenant}/policy", budget_name="x", guard="enforce")
        for n in range(10):
            made[f"Caller{n}"] = entry(f"{tenant}/callers/{n}", role_arn=f"{tenant}-{n}")
            made[f"Grant{n}"] = policy(Resource={"Ref": "Profile0"}, RoleName=f"{tenant}-{n}")
        return made

    app = assembly(*[stack(f"tenant-{n}") for n in range(100)])
    found = [v for rule in pack() for v in violations_of(rule, app)]
    assert {v.rule_name for v in found} == {"caller-standing-deny"}
