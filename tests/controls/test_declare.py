"""A construct's word about what it supports stands in its template, in place."""

from datetime import date
from typing import Any

import pytest
from aws_cdk import CfnResource
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from constructs import Construct

from finops_constructs.controls.control import CATALOGUE_VERSION, METADATA_KEY, Control
from finops_constructs.controls.declare import declare
from finops_constructs.controls.scope import (
    AiActDeclaration,
    Classification,
    ClauseDocument,
    LawDeclaration,
    Role,
    TenantScope,
)
from tests.stacks_under_test import new_stack

SCOPE = TenantScope(
    ai_act=AiActDeclaration(
        role=Role.DEPLOYER,
        classification=Classification.HIGH_RISK,
        annex_iii="5(b)",
        basis="pre-sorts loan requests",
        owner="Head of Compliance",
        date=date(2026, 10, 5),
    ),
    mifid=LawDeclaration(
        applies=False, basis="takes no orders", owner="Head of Compliance", date=date(2026, 10, 5)
    ),
    documents=(
        ClauseDocument(
            clause="ai-act.art-11",
            title="Technical documentation",
            sha256="ab" * 32,
            owner="Product Owner",
            reviewed_on=date(2026, 9, 18),
        ),
    ),
)


@pytest.fixture(scope="module")
def stack():
    return new_stack("Declared")


def test_it_stands_in_the_metadata_of_the_resource(stack):
    bucket = s3.Bucket(stack, "Log")
    declare(bucket, {Control.LOG_RETENTION: "400 days", Control.LOG_IMMUTABLE: "Object Lock"})
    entry = CfnResource(stack, "Entry", type="AWS::SSM::Parameter", properties={"Name": "x"})
    declare(entry, {Control.OWNER_NAMED: "it names the owner"}, scope=SCOPE)
    template = Template.from_stack(stack)
    (found,) = template.find_resources("AWS::S3::Bucket").values()
    assert found["Metadata"][METADATA_KEY] == {
        "catalogue": CATALOGUE_VERSION,
        "supports": {"log-immutable": "Object Lock", "log-retention": "400 days"},
    }
    (found,) = template.find_resources("AWS::SSM::Parameter").values()
    declared = found["Metadata"][METADATA_KEY]["scope"]
    assert declared["ai_act"]["date"] == "2026-10-05"
    assert "dora" not in declared
    assert TenantScope.of_metadata(declared) == SCOPE


@pytest.mark.parametrize("supports", [{}, {Control.LOG_RETENTION: " "}])
def test_fails_without_a_reason(supports):
    resource = CfnResource(new_stack("NoReason"), "Log", type="AWS::S3::Bucket")
    with pytest.raises(ValueError, match="NoReason/Log: supports must name at least one control"):
        declare(resource, supports)


def test_fails_on_an_unknown_control():
    resource = CfnResource(new_stack("Unknown"), "Log", type="AWS::S3::Bucket")
    supports: Any = {"log-shiny": "because"}
    with pytest.raises(ValueError, match="'log-shiny' is not a valid Control"):
        declare(resource, supports)


def test_fails_on_a_construct_that_is_no_resource():
    construct = Construct(new_stack("NoResource"), "Group")
    with pytest.raises(ValueError, match="only a resource can support a control"):
        declare(construct, {Control.LOG_RETENTION: "400 days"})


@pytest.mark.parametrize(
    "raw",
    [
        {"ai_act": {"role": "reader"}},
        {"dora": {"applies": True}},
        {"documents": [{"clause": "x"}]},
        {"dora": 7},
    ],
)
def test_a_garbled_scope_is_an_error(raw):
    with pytest.raises(ValueError, match=r"not a declared scope|not a valid Role"):
        TenantScope.of_metadata(raw)
