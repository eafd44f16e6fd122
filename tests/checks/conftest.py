"""Small templates to run rules on."""

import json

import pytest

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Template

ACCOUNT = "111122223333"
EU_PROFILE = "inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.fixture
def assembly():
    """Build the assembly of an app from one dict of resources per stack."""

    def build(*stacks, region="eu-west-1", account=ACCOUNT):
        siblings: dict[str, Template] = {}
        return Assembly(
            [
                Template(
                    path=f"stack-{index}.template.json",
                    construct_path=f"stack-{index}",
                    body={"Resources": resources},
                    region=region,
                    account=account,
                    siblings=siblings,
                )
                for index, resources in enumerate(stacks)
            ]
        )

    return build


@pytest.fixture
def profile():
    """Build a complete application inference profile."""

    def build(tenant="writer", *, source=EU_PROFILE, **tags):
        values = {
            "bedrock:tool": "Writer",
            "bedrock:project": "Alpha",
            "bedrock:environment": "prod",
            "finops:tenant": tenant,
        } | {key.replace("__", ":"): value for key, value in tags.items()}
        return {
            "Type": "AWS::Bedrock::ApplicationInferenceProfile",
            "Properties": {
                "InferenceProfileName": "writer-smart",
                "ModelSource": {
                    "CopyFrom": {
                        "Fn::Join": [
                            "",
                            [
                                "arn:",
                                {"Ref": "AWS::Partition"},
                                ":bedrock:eu-west-1:",
                                {"Ref": "AWS::AccountId"},
                                f":{source}",
                            ],
                        ]
                    }
                },
                "Tags": [{"Key": k, "Value": v} for k, v in values.items() if v is not None],
            },
        }

    return build


@pytest.fixture
def entry():
    """Build a registry entry."""

    def build(name, **value):
        return {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Type": "String",
                "Name": f"/finops/{name}",
                "Value": json.dumps({"schema_version": 1, **value}),
            },
        }

    return build


@pytest.fixture
def policy():
    """Build an IAM policy of one statement."""

    def build(kind="AWS::IAM::Policy", *, action="bedrock:InvokeModel", **rest):
        statement = {"Effect": "Allow", "Action": action}
        for key in ("Effect", "Resource", "NotResource", "NotAction", "Condition"):
            if key in rest:
                statement[key] = rest.pop(key)
        if "NotAction" in statement:
            del statement["Action"]
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return {"Type": kind, "Properties": {"PolicyDocument": document, **rest}}

    return build


@pytest.fixture
def details():
    """Run a rule and return what it found, as logical id -> detail."""

    def run(rule, app):
        return {f.resource.id if f.resource else "": f.detail for f in rule.find(app)}

    return run
