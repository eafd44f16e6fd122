"""A tenant's stack is handed to the CDK at once: it must be what its constructs define singly."""

from contextlib import nullcontext

import pytest
from aws_cdk import App, Names, Stack, Stage, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from aws_cdk.assertions import Template
from constructs import Construct
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs._references import in_cloudformation, logical_id, mark, unique_name
from finops_constructs._sheet import define, sheet
from finops_constructs._shell import Shell
from finops_constructs.enforcement.registry import entry_text
from finops_constructs.landing_zone import LandingZone
from finops_constructs.prices.price_list import load_price_list
from finops_constructs.stacks import tenant_stack
from finops_constructs.stacks.tenant_stack import TenantStack
from tests.organisation_under_test import platform, tenant
from tests.stacks.test_organisation import EVERYTHING
from tests.stacks_under_test import flat, resources

OWN = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/a1b2c3d4e5f6"
SONNET = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"


def tenant_of(config, **settings):
    zone = {"landing_zone": settings} if settings else {}
    return TenantStack(
        App(context={"aws:cdk:enable-path-metadata": True}),
        f"finops-{config.id}",
        tenant=config,
        platform=platform(**zone),
        prices=load_price_list(),
    )


def in_any_order(stack):
    """Its resources, with what must come before each as a set."""
    return {
        name: each | {"DependsOn": set(each.get("DependsOn", []))}
        for name, each in Template.from_stack(stack).to_json()["Resources"].items()
    }


@pytest.mark.parametrize(
    "config",
    [
        tenant(),
        tenant("writer", **EVERYTHING),
        tenant(
            models={"smart": {"model": SONNET, "profile_arn": OWN}},
            budget={"monthly_limit_usd": "500", "adopt_budget": "theirs"},
        ),
    ],
    ids=["plain", "everything", "adopted"],
)
def test_a_tenant_is_the_same_at_once_and_one_by_one(config, monkeypatch):
    settings = {"name_prefix": "bank-", "permissions_boundary": "edge"}
    at_once = in_any_order(tenant_of(config, **settings))
    monkeypatch.setattr(tenant_stack, "sheet", lambda _: nullcontext())
    assert at_once == in_any_order(tenant_of(config, **settings))


def test_mandatory_tags_reach_what_was_handed_over():
    stack = tenant_of(tenant(), mandatory_tags={"owner": "bank"})
    (topic,) = resources(stack, "AWS::SNS::Topic").values()
    assert {"Key": "owner", "Value": "bank"} in topic["Properties"]["Tags"]


def test_a_finished_tenant_can_be_built_upon():
    stack = tenant_of(tenant())
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    stack.profiles["smart"].grant_invoke(role)
    known = iam.Role.from_role_arn(stack, "Known", "arn:aws:iam::111122223333:role/apps/writer-app")
    stack.profiles["fast"].grant_invoke(known)
    (profile,) = [name for name in in_any_order(stack) if name.startswith("Profilesmart")][:1]
    (policy,) = [
        each["Properties"]
        for name, each in resources(stack, "AWS::IAM::Policy").items()
        if name.startswith("RoleDefaultPolicy")
    ]
    invoke = policy["PolicyDocument"]["Statement"][0]
    assert invoke["Resource"] == {"Fn::GetAtt": [profile, "InferenceProfileArn"]}
    (release,) = resources(stack, "Custom::FinOpsTenantRelease").values()
    assert len(release["Properties"]["RoleNames"]) == 2
    names = [
        each["Properties"]["PolicyName"] for each in resources(stack, "AWS::IAM::Policy").values()
    ]
    assert len(set(names)) == len(names) == 3


def test_a_change_of_a_resource_that_was_handed_over_arrives():
    stack = Stack(App(), "S")
    with sheet(stack):
        first = define(ssm.CfnParameter, stack, "First", type="String", value="a")
        second = define(ssm.CfnParameter, stack, "Second", type="String", value="b")
    second.add_property_override("Value", f"see {mark('First', 'Ref')}")
    second.node.add_dependency(stack.node.find_child("Resources"))
    second.add_metadata("seen", "yes")
    written = Template.from_stack(stack).to_json()["Resources"]["Second"]
    assert flat(written["Properties"]["Value"]) == "see ${First}"
    assert written["Metadata"]["seen"] == "yes"
    assert "${Token[" in first.ref
    assert "finops-sheet" not in first.ref


def test_nothing_is_handed_over_of_a_stack_that_failed():
    stack = Stack(App(), "S")

    def fail():
        with sheet(stack):
            define(ssm.CfnParameter, stack, "First", type="String", value="a")
            raise ValueError("no price")

    with pytest.raises(ValueError, match="no price"):
        fail()
    assert Template.from_stack(stack).to_json().get("Resources", {}) == {}


@pytest.mark.parametrize(
    "path",
    [
        ("Budget",),
        ("a-b",),
        ("Alerts", "Resource"),
        ("Resource", "Resource"),
        ("Default", "Entry"),
        ("Entry", "Default"),
        ("Caller-1", "1", "Entry"),
        ("Twice", "Twice", "Thing"),
        ("X" * 200, "Y" * 100),
    ],
    ids=lambda path: ".".join(path)[:20],
)
def test_logical_ids_are_those_of_the_cdk(path):
    stack = Stack(App(), "S")
    scope: Construct = stack
    for part in path[:-1]:
        scope = Construct(scope, part)
    parameter = ssm.CfnParameter(scope, path[-1], type="String", value="x")
    assert logical_id(path) == stack.resolve(parameter.logical_id)


def test_references_within_texts_are_joined_and_alone_stay_what_they_are():
    arn, name = mark("Topic", "TopicArn"), mark("Topic", "Ref")
    assert in_cloudformation({"a": [arn]}) == {"a": [{"Fn::GetAtt": ["Topic", "TopicArn"]}]}
    assert in_cloudformation(f"{name}/{arn}!") == {
        "Fn::Join": ["", [{"Ref": "Topic"}, "/", {"Fn::GetAtt": ["Topic", "TopicArn"]}, "!"]]
    }
    assert in_cloudformation(["plain", 1, None, 0.5]) == ["plain", 1, None, 0.5]


@given(
    st.lists(
        st.one_of(st.text(), st.sampled_from(['"', "\\", '\\"', "\n", '","'])), max_size=4
    ).map("".join),
    st.text(max_size=3),
)
def test_a_mark_is_found_in_any_text_and_leaves_the_text_as_it_was(before, after):
    found = in_cloudformation({before: [before, f"{before}{mark('Topic', 'Ref')}{after}", after]})
    parts = [part for part in (before, {"Ref": "Topic"}, after) if part]
    joined = parts[0] if len(parts) == 1 else {"Fn::Join": ["", parts]}
    assert found == {before: [before, joined, after]}


def test_a_tenants_constructs_enter_the_tree_when_they_are_looked_for():
    stack = tenant_of(tenant())
    assert stack.node.try_find_child("Budget") is None
    assert stack.budget.node.path == f"{stack.node.path}/Budget"
    assert stack.node.find_child("Budget") is stack.budget


def test_something_can_be_defined_below_a_tenants_construct():
    stack = tenant_of(tenant())
    ssm.CfnParameter(stack.profiles["smart"], "Note", type="String", value="mine")
    assert stack.profiles["smart"].node.path == f"{stack.node.path}/Profile-smart"
    assert "ProfilesmartNote" in "".join(in_any_order(stack))


def test_outside_a_sheet_a_construct_is_in_the_tree_at_once():
    stack = Stack(App(), "Plain")
    inner = Shell(stack, "Inner")
    assert stack.node.find_child("Inner") is inner


def test_two_resources_of_one_path_are_refused():
    stack = Stack(App(), "Plain")

    def define_twice():
        with sheet(stack):
            for value in ("a", "b"):
                define(ssm.CfnParameter, stack, "Mine", type="String", value=value)

    with pytest.raises(ValueError, match="Plain: defined twice: Mine"):
        define_twice()


@pytest.mark.parametrize(
    "ids", [("Alerts",), ("Team", "Resource", "My alerts!"), ("Default", "A" * 200, "B" * 90)]
)
def test_a_unique_name_is_the_cdks(ids):
    stack = Stack(App(), "finops-writer")
    construct: Construct = stack
    for each in ids:
        construct = Construct(construct, each)
    theirs = Names.unique_resource_name(construct, max_length=249, separator="-")
    assert unique_name((stack.stack_name, *ids), longest=249) == theirs


def test_a_tenants_function_is_uploaded_where_the_tenant_lives():
    buckets = [
        flat(function["Properties"]["Code"]["S3Bucket"])
        for region in ("eu-west-1", "eu-west-2")
        for function in resources(
            tenant_of(tenant(region=region)), "AWS::Lambda::Function"
        ).values()
    ]
    assert [bucket.rpartition("111122223333-")[2] for bucket in buckets] == [
        "eu-west-1",
        "eu-west-2",
    ]


def test_a_tenants_settings_hold_below_it_whatever_holds_around_it():
    app = App()
    stage = Stage(app, "Prod")
    LandingZone(name_prefix="outer-").apply(stage)
    stack = TenantStack(
        stage, "finops-writer", tenant=tenant(), platform=platform(), prices=load_price_list()
    )
    part, other = Construct(stack, "Part"), Construct(stack, "Other")
    LandingZone(name_prefix="part-").apply(part)
    assert LandingZone.of(part).name_prefix == "part-"
    assert LandingZone.of(other).name_prefix == ""


def test_text_that_only_the_deployment_knows_is_escaped_in_an_entry():
    stack = Stack(App(), "S")
    known_later = Token.as_string({"Fn::Join": ["", ['the "', {"Ref": "Team"}, '"']]})
    text = stack.resolve(entry_text(stack, {"team": known_later}, {}))
    assert text == {
        "Fn::Join": [
            "",
            [r'{"schema_version":1,"team":"the \"', {"Ref": "Team"}, r'\""}'],
        ]
    }
