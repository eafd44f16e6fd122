"""A platform's ledger in the bucket of the cost account: by the simulator's verdict, and clean."""

import importlib
import json
from functools import partial

import cdk_nag
import pytest
from aws_cdk import Fn, Validations
from aws_cdk.assertions import Template

from finops_constructs.cost_lake.export_bucket import ExportBucket, ExportDestination
from finops_constructs.cost_lake.ledger_export import LedgerExport
from finops_constructs.stacks.platform_stack import PlatformStack
from local.simulator import Request, Simulator
from tests.cost_lake.conftest import BILLING, of_type, quick_app, synthesized
from tests.iam.deployed import Deployment
from tests.iam.test_function_roles import LOGGING, allowed_actions
from tests.organisation_under_test import folder, tenant
from tests.platform_under_test import platform_parts

ACCOUNT, COST, REGION = "111122223333", "222233334444", "eu-west-1"
BUCKET = f"finops-cost-data-{COST}-eu-west-1"
FILES = f"arn:aws:s3:::{BUCKET}/inputs/estimates"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    return tmp_path_factory.mktemp("platform") / "cdk.out"


@pytest.fixture(scope="module")
def platform(assembly):
    config = folder(tenant("writer"), billing=BILLING, cost_account=COST).platform
    app = quick_app(str(assembly))
    PlatformStack(app, "finops-platform", platform=config, account=ACCOUNT, region=REGION)
    packs = [cdk_nag.AwsSolutionsChecks(), cdk_nag.NIST80053R5Checks()]
    Validations.of(app).add_plugins(*packs)
    app.synth()
    return json.loads((assembly / "finops-platform.template.json").read_text())


@pytest.fixture(scope="module")
def role(platform):
    deployed = Deployment({"finops-platform": platform})
    (stack,) = deployed.stacks
    (name,) = [
        stack.resolve({"Ref": logical_id})
        for logical_id, _ in stack.resources("AWS::IAM::Role")
        if logical_id.startswith("LedgerExport")
    ]
    return deployed.caller(name)


def put(name):
    return Request(action="s3:PutObject", resource=f"{FILES}/{name}", context={})


def test_the_function_is_told_where_the_cost_stack_has_its_bucket(platform):
    (variables,) = [
        each["Environment"]["Variables"]
        for each in of_type(platform, "AWS::Lambda::Function").values()
        if each["Handler"] == "ledger_export.handler.handler"
    ]
    assert variables["BUCKET"] == BUCKET
    assert (variables["BUCKET_ACCOUNT"], variables["BUCKET_REGION"]) == (COST, "eu-west-1")


def test_without_a_cost_lake_nothing_is_exported(tmp_path):
    config = folder(tenant("writer")).platform
    app = quick_app(str(tmp_path))
    stack = PlatformStack(app, "finops-platform", platform=config, account=ACCOUNT, region=REGION)
    assert stack.node.try_find_child("LedgerExport") is None


def test_it_scans_the_ledger_and_writes_its_own_files(role, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    handler = importlib.import_module("ledger_export.handler")
    assert set(allowed_actions(role.policies.values())) == {*handler.PERMISSIONS, *LOGGING}
    ledger = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/finops-ledger"
    needed = [
        put(f"{ACCOUNT}-{REGION}-2026-11.csv"),
        Request(action="dynamodb:Scan", resource=ledger, context={}),
    ]
    never = [
        put(f"{ACCOUNT}-eu-west-2-2026-11.csv"),
        put(f"{COST}-{REGION}-2026-11.csv"),
        Request(action="s3:PutObject", resource=f"arn:aws:s3:::{BUCKET}/finops-cur2/x", context={}),
        Request(action="s3:DeleteObject", resource=needed[0].resource, context={}),
        Request(action="dynamodb:PutItem", resource=ledger, context={}),
    ]
    with Simulator() as simulator:
        asked = {f"{each.action} {each.resource}": [each] for each in [*needed, *never]}
        assert set(simulator.allowed_ones(role, asked)) == {
            f"{each.action} {each.resource}" for each in needed
        }


def test_operators_are_told_when_nothing_was_written_for_two_days(platform):
    handler = importlib.import_module("ledger_export.handler")
    (alarm,) = [
        each
        for name, each in of_type(platform, "AWS::CloudWatch::Alarm").items()
        if name.startswith("LedgerExport")
    ]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": handler.SERVICE}]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("ExportedEstimates", "SampleCount")
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 2 * 86_400
    assert alarm["TreatMissingData"] == "breaching"
    (topic,) = alarm["AlarmActions"]
    assert topic["Ref"].startswith("Alerts")


def test_the_platform_is_clean_under_cdk_nag(platform, assembly):
    report = json.loads((assembly / "validation-report.json").read_text())
    for each in report["pluginReports"]:
        assert each["conclusion"] == "success", each["violations"]


def test_the_bucket_admits_the_other_accounts_each_under_its_own_name(tmp_path):
    cost = synthesized(tmp_path, cost_account=COST)["finops-cost"]
    (policy,) = [
        each
        for name, each in of_type(cost, "AWS::S3::BucketPolicy").items()
        if name.startswith("Exports")
    ]
    by_sid = {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}
    admitted = by_sid["AllowLedgers"]
    assert admitted["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}
    assert admitted["Action"] == "s3:PutObject"
    resource = json.dumps(admitted["Resource"])
    assert resource.count("/inputs/estimates/${aws:PrincipalAccount}-*") == 1
    role = "arn:aws:iam::*:role/finops/*"
    assert admitted["Condition"] == {"ArnLike": {"aws:PrincipalArn": role}}


def test_its_own_account_needs_no_admission(cost):
    text = json.dumps(of_type(cost, "AWS::S3::BucketPolicy"))
    assert "AllowLedgers" not in text


def test_a_bucket_that_is_known_at_deployment_only_passes_through():
    parts = platform_parts()
    value = Fn.import_value("V")
    to = ExportDestination(bucket_name=value, region=value, owner=value)
    export = partial(LedgerExport, parts.stack, meter=parts.meter, alerts=parts.alerts)
    export("Export", destination=to)
    own = ExportBucket(parts.stack, "Own", payer_account="9" * 12).destination
    export("ToOwn", destination=own)
    text = json.dumps(Template.from_stack(parts.stack).to_json())
    assert '{"Fn::ImportValue": "V"}' in text
    assert "Token[" not in text
