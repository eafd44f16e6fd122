from finops_constructs.checks.tenant_budget import TENANT_BUDGET


def budget(tenant):
    tags = [{"Key": "finops:tenant", "Value": tenant}]
    return {"Type": "AWS::Budgets::Budget", "Properties": {"ResourceTags": tags}}


def test_a_tenant_with_a_budget_in_another_stack_is_compliant(assembly, profile, details):
    app = assembly({"P": profile()}, {"B": budget("writer")})
    assert details(TENANT_BUDGET, app) == {}


def test_a_tenant_that_adopts_a_budget_is_compliant(assembly, profile, entry, details):
    app = assembly({"P": profile(), "E": entry("writer/policy", budget_name="writer-2026")})
    assert details(TENANT_BUDGET, app) == {}


def test_an_adopted_budget_counts_beside_a_bare_number_token(assembly, profile, entry, details):
    adopted = entry("writer/policy")
    parts = ['{"limit":', {"Ref": "Limit"}, ',"budget_name":"writer-2026"}']
    adopted["Properties"]["Value"] = {"Fn::Join": ["", parts]}
    assert details(TENANT_BUDGET, assembly({"P": profile(), "E": adopted})) == {}


def test_fails_when_only_another_tenant_has_a_budget(assembly, profile, entry, details):
    app = assembly(
        {"P": profile(), "B": budget("chatbot"), "E": entry("writer/policy", budget_name="")}
    )
    assert details(TENANT_BUDGET, app) == {"P": "tenant writer has none"}


def test_fails_when_the_budget_is_untagged(assembly, profile, details):
    app = assembly({"P": profile(), "B": {"Type": "AWS::Budgets::Budget"}})
    assert list(details(TENANT_BUDGET, app)) == ["P"]


def test_a_profile_of_no_tenant_is_not_its_business(assembly, profile, details):
    assert details(TENANT_BUDGET, assembly({"P": profile(None)})) == {}


def test_a_tenant_known_only_at_deployment_is_not_reported(assembly, profile, details):
    assert details(TENANT_BUDGET, assembly({"P": profile({"Ref": "Tenant"})})) == {}
    app = assembly({"P": profile(), "B": budget({"Ref": "Tenant"})})
    assert details(TENANT_BUDGET, app) == {}
