from finops_constructs.checks.shared_caller import SHARED_CALLER

ARN = "arn:aws:iam::111122223333:role/app"


def test_a_role_both_tenants_declare_shared_is_compliant(assembly, entry, details):
    app = assembly(
        {"A": entry("writer/callers/1", role_arn=ARN, shared_with=["chatbot"])},
        {"B": entry("chatbot/callers/1", role_arn=ARN, shared_with=["writer"])},
    )
    assert details(SHARED_CALLER, app) == {}


def test_fails_when_one_tenant_does_not_declare_it(assembly, entry, details):
    app = assembly(
        {"A": entry("writer/callers/1", role_arn=ARN, shared_with=["chatbot"])},
        {"B": entry("chatbot/callers/1", role_arn=ARN, shared_with=[])},
    )
    assert details(SHARED_CALLER, app) == {"B": "chatbot shares app with writer undeclared"}


def test_a_role_of_one_tenant_is_not_its_business(assembly, entry, details):
    app = assembly(
        {
            "A": entry("writer/callers/1", role_arn=ARN),
            "B": entry("chatbot/callers/1", role_arn="arn:aws:iam::999999999999:role/app"),
        }
    )
    assert details(SHARED_CALLER, app) == {}


def test_one_role_made_in_the_app_is_recognised_by_its_reference(assembly, entry, details):
    callers = {"A": entry("writer/callers/1"), "B": entry("chatbot/callers/1")}
    parts = ['{"role_arn":"', {"Fn::GetAtt": ["Role", "Arn"]}, '","shared_with":[]}']
    for caller in callers.values():
        caller["Properties"]["Value"] = {"Fn::Join": ["", parts]}
    app = assembly({"Role": {"Type": "AWS::IAM::Role"}, **callers})
    assert sorted(details(SHARED_CALLER, app)) == ["A", "B"]


def test_a_value_known_only_at_deployment_is_not_reported(assembly, entry, details):
    unknown = entry("writer/callers/1")
    unknown["Properties"]["Value"] = {"Ref": "Value"}
    assert details(SHARED_CALLER, assembly({"A": unknown})) == {}
