"""What the cost stacks' roles may do, by the IAM simulator's verdict, and nothing else."""

import importlib
import json

import pytest

from local.simulator import Caller, Request, Simulator
from tests.iam.deployed import Deployment
from tests.iam.test_function_roles import LOGGING, allowed_actions

ACCOUNT, REGION, PAYER = "111122223333", "eu-west-1", "999988887777"
S3 = "arn:aws:s3:::"
EXPORTS = f"{S3}finops-cost-data-{ACCOUNT}-{REGION}"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/finops/"
GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}:"
FUNCTIONS = {
    "cost_tags": "CostAllocationTagsRole",
    "reconciliation": "ReconciliationFunctionRole",
    "monthly_report": "MonthlyReportFunctionRole",
}
# What Athena does with the caller's rights.
BY_ATHENA = {
    *("glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"),
    *("s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"),
    "s3:PutObject",
}
TOPIC_KEY = {"kms:Decrypt", "kms:GenerateDataKey"}


@pytest.fixture(scope="module")
def simulator():
    with Simulator() as simulator:
        yield simulator


def with_arns(template):
    """The template with the ARNs of its buckets and keys, which `Deployment` does not know."""
    text = json.dumps(template)
    for name, resource in template["Resources"].items():
        arns = {
            "AWS::S3::Bucket": EXPORTS if name.startswith("Exports") else f"{S3}{name.lower()}",
            "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}",
        }
        if resource["Type"] in arns:
            attribute = json.dumps({"Fn::GetAtt": [name, "Arn"]})
            text = text.replace(attribute, json.dumps(arns[resource["Type"]]))
    return json.loads(text)


@pytest.fixture(scope="module")
def deployed(cost):
    return Deployment({"finops-cost": with_arns(cost)})


def caller(deployed, package):
    (stack,) = deployed.stacks
    (name,) = [
        stack.resolve({"Ref": logical_id})
        for logical_id, _ in stack.resources("AWS::IAM::Role")
        if logical_id.startswith(FUNCTIONS[package])
    ]
    return deployed.caller(name)


def verdicts(simulator, role, requests):
    named = {f"{each.action} {each.resource}": [each] for each in requests}
    return {tuple(name.split()) for name in simulator.allowed_ones(role, named)}


def pairs(requests):
    return {(each.action, each.resource) for each in requests}


def ask(action, resource, **context):
    return Request(action=action, resource=resource, context=context)


ASKING = [
    ask("athena:StartQueryExecution", f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/finops"),
    ask("glue:GetTable", f"{GLUE}table/finops/showback"),
    ask("s3:GetObject", f"{EXPORTS}/finops-cur2/data/BILLING_PERIOD=2026-10/a.parquet"),
    ask("s3:GetObject", f"{EXPORTS}/inputs/outcomes/a.parquet"),
]
NEVER = [
    ask("athena:StartQueryExecution", f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/primary"),
    ask("athena:DeleteWorkGroup", f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/finops"),
    ask("glue:GetTable", f"{GLUE}table/customers/accounts"),
    ask("glue:UpdateTable", f"{GLUE}table/finops/showback"),
    ask("s3:PutObject", f"{EXPORTS}/finops-cur2/data/BILLING_PERIOD=2026-10/a.parquet"),
    ask("s3:DeleteObject", f"{EXPORTS}/inputs/outcomes/a.parquet"),
    ask("s3:GetObject", f"{S3}customer-documents/a.pdf"),
    ask("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/m"),
    ask("dynamodb:UpdateItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/finops-ledger"),
    ask("ssm:PutParameter", f"{PARAMETER}writer/policy"),
    ask("ce:UpdateCostAllocationTagsStatus", "*"),
    ask("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/any"),
]


@pytest.mark.parametrize("package", ["reconciliation", "monthly_report"])
def test_they_ask_the_lake_and_change_nothing_in_it(simulator, deployed, package):
    assert verdicts(simulator, caller(deployed, package), [*ASKING, *NEVER]) == pairs(ASKING)


def test_the_tags_function_takes_the_payers_role_and_keeps_one_parameter(simulator, deployed):
    needed = [
        ask("sts:AssumeRole", f"arn:aws:iam::{PAYER}:role/finops/finops-cost-tag-activation"),
        ask(
            "ssm:PutParameter",
            f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/finops/_platform/cost-allocation-tags",
        ),
    ]
    other = ask("sts:AssumeRole", f"arn:aws:iam::{PAYER}:role/OrganizationAccountAccessRole")
    role = caller(deployed, "cost_tags")
    assert verdicts(simulator, role, [*needed, other, *ASKING, *NEVER]) == {
        (needed[1].action, needed[1].resource),
        (needed[0].action, needed[0].resource),
    }


def bus(region, source):
    arn = f"arn:aws:events:{region}:{ACCOUNT}:event-bus/default"
    return Request(action="events:PutEvents", resource=arn, context={"events:source": [source]})


@pytest.mark.parametrize("package", ["reconciliation", "monthly_report"])
def test_platforms_are_told_under_our_name_only(simulator, deployed, package):
    role = caller(deployed, package)
    told = {
        name: [request]
        for name, request in {
            "ours": bus("eu-west-1", "finops-constructs"),
            "ours elsewhere": bus("eu-west-2", "finops-constructs"),
            "not a platform": bus("us-east-1", "finops-constructs"),
            "another name": bus("eu-west-1", "aws.billing"),
        }.items()
    }
    assert set(simulator.allowed_ones(role, told)) == {"ours", "ours elsewhere"}


@pytest.mark.parametrize("package", FUNCTIONS)
def test_a_role_allows_exactly_the_actions_that_its_handler_lists(deployed, package, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    handler = importlib.import_module(f"{package}.handler")
    done_by_aws = set() if package == "cost_tags" else BY_ATHENA
    if package == "monthly_report":
        done_by_aws |= TOPIC_KEY
    found = set(allowed_actions(caller(deployed, package).policies.values()))
    assert found == {*handler.PERMISSIONS, *done_by_aws, *LOGGING}
    assert not any("*" in action for action in found)


def activation_role(billing):
    (role,) = [
        each["Properties"]
        for each in billing["Resources"].values()
        if each["Type"] == "AWS::IAM::Role"
    ]
    return role


def test_the_payers_role_activates_tags_and_nothing_else(simulator, billing):
    role = activation_role(billing)
    policies = {each["PolicyName"]: each["PolicyDocument"] for each in role["Policies"]}
    arn = f"arn:aws:iam::{PAYER}:role/finops/finops-cost-tag-activation"
    payer = Caller(arn=arn, policies=policies)
    needed = [
        ask("ce:UpdateCostAllocationTagsStatus", "*"),
        ask("ce:ListCostAllocationTags", "*"),
        ask("ce:StartCostAllocationTagBackfill", "*"),
    ]
    other = [
        ask("ce:GetCostAndUsage", f"arn:aws:billing::{PAYER}:billingview/primary"),
        ask("ce:DeleteCostCategoryDefinition", f"arn:aws:ce::{PAYER}:costcategory/x"),
    ]
    never = [each for each in NEVER if not each.action.startswith("ce:")]
    assert verdicts(simulator, payer, [*needed, *other, *never]) == pairs(needed)


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("finops-cost-CostAllocationTagsCostAllocationTagsRole-1", True),
        ("finops-platform-KillSwitchFunctionRole-1", False),
    ],
)
def test_only_the_function_of_the_tags_may_take_it(billing, name, taken):
    (statement,) = activation_role(billing)["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    pattern = statement["Condition"]["ArnLike"]["aws:PrincipalArn"]
    import fnmatch

    arn = f"arn:aws:iam::{ACCOUNT}:role/finops/{REGION}/{name}"
    assert fnmatch.fnmatchcase(arn, pattern) is taken
