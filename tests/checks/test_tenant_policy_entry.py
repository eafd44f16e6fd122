from finops_constructs.checks.tenant_policy_entry import TENANT_POLICY_ENTRY


def test_an_entry_in_another_stack_of_the_app_is_compliant(assembly, profile, entry, details):
    app = assembly({"P": profile()}, {"E": entry("writer/policy", mode="shadow")})
    assert details(TENANT_POLICY_ENTRY, app) == {}


def test_fails_when_only_other_entries_exist(assembly, profile, entry, details):
    app = assembly({"P": profile(), "A": entry("chatbot/policy"), "B": entry("writer/callers/1")})
    assert details(TENANT_POLICY_ENTRY, app) == {"P": "tenant writer has none"}


def test_a_profile_of_no_tenant_is_not_its_business(assembly, profile, details):
    assert details(TENANT_POLICY_ENTRY, assembly({"P": profile(None)})) == {}


def test_a_tenant_known_only_at_deployment_is_not_reported(assembly, profile, entry, details):
    assert details(TENANT_POLICY_ENTRY, assembly({"P": profile({"Ref": "Tenant"})})) == {}
    unknown = entry("writer/policy")
    unknown["Properties"]["Name"] = {"Fn::Sub": "/finops/${Tenant}/policy"}
    assert details(TENANT_POLICY_ENTRY, assembly({"P": profile(), "E": unknown})) == {}
