import pytest

from finops_constructs.checks.invoke_scope import INVOKE_SCOPE
from finops_constructs.enforcement.statements import invoke_statements

MODEL = "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
SYSTEM = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.claude-x"
OWN = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc"
ARN_KEY = "bedrock:InferenceProfileArn"


def condition(operator, value):
    return {operator: {ARN_KEY: value}}


def test_the_grant_of_the_library_is_compliant(assembly, policy, details):
    grant = policy(Resource="*")
    grant["Properties"]["PolicyDocument"]["Statement"] = invoke_statements(
        tenant="writer",
        aliases=["smart"],
        profile_arns=[OWN],
        all_profiles="arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/*",
        system_profiles="arn:aws:bedrock:eu-west-1:111122223333:inference-profile/*",
        foundation_models="arn:aws:bedrock:*::foundation-model/*",
    )
    assert details(INVOKE_SCOPE, assembly({"Grant": grant})) == {}


@pytest.mark.parametrize(
    "action", ["bedrock:InvokeModel", "bedrock:invokemodel*", "bedrock:Invoke*", "bedrock:*", "*"]
)
@pytest.mark.parametrize("resource", ["*", MODEL, SYSTEM, "arn:aws:bedrock:*", [OWN, MODEL]])
def test_fails_when_invoke_is_allowed_past_the_profiles(
    assembly, policy, details, action, resource
):
    app = assembly({"Bad": policy(action=action, Resource=resource)})
    assert list(details(INVOKE_SCOPE, app)) == ["Bad"]


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::IAM::Policy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::UserPolicy",
        "AWS::IAM::GroupPolicy",
    ],
)
def test_fails_in_every_kind_of_policy(assembly, policy, details, kind):
    assert list(details(INVOKE_SCOPE, assembly({"Bad": policy(kind, Resource="*")}))) == ["Bad"]


@pytest.mark.parametrize("kind", ["AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"])
def test_fails_in_a_policy_written_into_its_principal(assembly, policy, details, kind):
    document = policy(Resource=MODEL)["Properties"]["PolicyDocument"]
    principal = {
        "Type": kind,
        "Properties": {"Policies": [{"PolicyName": "x", "PolicyDocument": document}]},
    }
    assert list(details(INVOKE_SCOPE, assembly({"Who": principal}))) == ["Who"]


@pytest.mark.parametrize(
    "name", ["AdministratorAccess", "PowerUserAccess", "AmazonBedrockFullAccess"]
)
def test_fails_when_an_aws_policy_allows_everything(assembly, details, name):
    arn = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::aws:policy/{name}"]]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [arn]}}
    assert details(INVOKE_SCOPE, assembly({"R": role})) == {"R": f"{name} allows it on *"}


def test_fails_when_everything_but_some_action_is_allowed(assembly, policy, details):
    app = assembly({"Bad": policy(NotAction="iam:*", Resource="*")})
    assert list(details(INVOKE_SCOPE, app)) == ["Bad"]
    safe = assembly({"Ok": policy(NotAction=["iam:*", "bedrock:Invoke*"], Resource="*")})
    assert details(INVOKE_SCOPE, safe) == {}


def test_fails_when_everything_but_some_resource_is_allowed(assembly, policy, details):
    app = assembly({"Bad": policy(NotResource=OWN)})
    assert list(details(INVOKE_SCOPE, app)) == ["Bad"]
    one_region = ["arn:aws:bedrock:eu-west-1::foundation-model/*", "arn:aws:bedrock:*:*:inference*"]
    assert list(details(INVOKE_SCOPE, assembly({"Bad": policy(NotResource=one_region)})))
    partition = {"Fn::Sub": "arn:${AWS::Partition}:bedrock:*::foundation-model/*"}
    both = [partition, "arn:aws:bedrock:*:*:inference-profile/*"]
    assert details(INVOKE_SCOPE, assembly({"Ok": policy(NotResource=both)})) == {}


@pytest.mark.parametrize("operator", ["StringEquals", "ArnLike", "ForAnyValue:ArnEquals"])
@pytest.mark.parametrize("value", [OWN, [OWN], {"Fn::GetAtt": ["P", "InferenceProfileArn"]}])
def test_a_condition_on_an_application_profile_is_compliant(
    assembly, policy, details, operator, value
):
    app = assembly({"Ok": policy(Resource=MODEL, Condition=condition(operator, value))})
    assert details(INVOKE_SCOPE, app) == {}


@pytest.mark.parametrize(
    "loose",
    [
        condition("ArnEquals", SYSTEM),
        condition("ArnLike", [OWN, "*"]),
        condition("StringEqualsIfExists", OWN),
        condition("ForAllValues:StringEquals", OWN),
        condition("StringNotEquals", OWN),
        condition("Null", "false"),
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    ],
)
def test_fails_when_the_condition_also_holds_past_the_profiles(assembly, policy, details, loose):
    app = assembly({"Bad": policy(Resource=MODEL, Condition=loose)})
    assert list(details(INVOKE_SCOPE, app)) == ["Bad"]


@pytest.mark.parametrize(
    "resource",
    [
        OWN,
        "arn:aws:s3:::*",
        "arn:aws:bedrock:*:*:application-inference-profile/*",
        # A foundation model has no account.
        "arn:aws:bedrock:*:111122223333:foundation-model/*",
    ],
)
def test_resources_that_are_no_model_are_not_its_business(assembly, policy, details, resource):
    assert details(INVOKE_SCOPE, assembly({"Ok": policy(Resource=resource)})) == {}


@pytest.mark.parametrize(
    ("system_profile", "model_condition"),
    [
        ("arn:aws:bedrock:*:*:inference-profile/*", OWN),
        ("arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.*", OWN),
        ("arn:aws:bedrock:eu-west-1:111122223333:inference-profile/*", SYSTEM),
        (SYSTEM, SYSTEM),
    ],
)
def test_fails_when_a_system_profile_is_not_the_source_of_a_grant(
    assembly, policy, system_profile, model_condition
):
    both = policy(Resource=system_profile)
    limited = policy(Resource=MODEL, Condition=condition("ArnEquals", model_condition))
    statements = both["Properties"]["PolicyDocument"]["Statement"]
    statements += limited["Properties"]["PolicyDocument"]["Statement"]
    found = [finding.detail for finding in INVOKE_SCOPE.find(assembly({"Bad": both}))]
    assert found[0] == f"statement 0 allows it on {system_profile}"


def test_denies_and_other_actions_are_not_its_business(assembly, policy, details):
    deny = policy(Effect="Deny", Resource="*")
    other = policy(action=["bedrock:ListFoundationModels", "s3:*"], Resource="*")
    assert details(INVOKE_SCOPE, assembly({"Deny": deny, "Other": other})) == {}


def test_a_policy_that_is_only_a_boundary_grants_nothing(assembly, policy, details):
    boundary = policy("AWS::IAM::ManagedPolicy", action="*", Resource="*")
    bounded = {"PermissionsBoundary": {"Ref": "B"}}
    role = {"Type": "AWS::IAM::Role", "Properties": bounded}
    assert details(INVOKE_SCOPE, assembly({"B": boundary, "R": role})) == {}
    attached = {**bounded, "ManagedPolicyArns": [{"Ref": "B"}]}
    role = {"Type": "AWS::IAM::Role", "Properties": attached}
    assert list(details(INVOKE_SCOPE, assembly({"B": boundary, "R": role}))) == ["B"]


def test_a_resource_known_only_at_deployment_is_not_reported(assembly, policy, details):
    app = assembly({"Ok": policy(Resource=[{"Ref": "Arn"}, {"Fn::GetAtt": ["P", "Arn"]}])})
    assert details(INVOKE_SCOPE, app) == {}
    model = {"Fn::Sub": "arn:${AWS::Partition}:bedrock:${Somewhere}::foundation-model/x"}
    assert list(details(INVOKE_SCOPE, assembly({"Bad": policy(Resource=model)}))) == ["Bad"]
