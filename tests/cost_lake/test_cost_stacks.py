"""Both stacks together, and what is missing without the payer's rights."""

import json
import subprocess
import sys
from datetime import date
from typing import Any

import cdk_nag
import pytest
from aws_cdk import Environment, Stack, Validations

from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.cost_lake.cost_allocation_tags import CostAllocationTags
from finops_constructs.cost_lake.cost_lake import CostLake
from finops_constructs.cost_lake.export_bucket import ExportBucket
from finops_constructs.cost_lake.reconciliation import Reconciliation
from finops_constructs.stacks.organisation import define_cost_stacks
from tests.cost_lake.conftest import BILLING, MONTHLY, of_type, quick_app, synthesized
from tests.organisation_under_test import folder, tenant


def functions(template):
    """Handler package -> properties."""
    found = of_type(template, "AWS::Lambda::Function").values()
    return {each["Handler"].split(".")[0]: each for each in found}


def variables(template, package):
    return functions(template)[package]["Environment"]["Variables"]


def test_the_four_cost_tags_are_activated_and_the_organisations_own(cost):
    keys = json.loads(variables(cost, "cost_tags")["TAG_KEYS"])
    assert keys == ["bedrock:environment", "bedrock:project", "bedrock:tool", "finops:tenant"]


def test_a_key_that_stays_inactive_for_three_days_is_alarmed_and_so_is_silence(cost):
    alarms = {each["MetricName"]: each for each in of_type(cost, "AWS::CloudWatch::Alarm").values()}
    tags = alarms["CostTagDaysInactive"]
    assert (tags["Threshold"], tags["ComparisonOperator"]) == (3, "GreaterThanOrEqualToThreshold")
    assert tags["TreatMissingData"] == "breaching"
    assert alarms["ReconciledTenants"]["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("package", ["reconciliation", "monthly_report"])
def test_every_platform_is_told_what_was_billed_and_charged(cost, package):
    assert json.loads(variables(cost, package)["TARGETS"]) == [
        {"account": "111122223333", "region": "eu-west-1"},
        {"account": "111122223333", "region": "eu-west-2"},
    ]


def test_the_functions_that_ask_have_the_library_as_a_layer(cost, outdir):
    layers = of_type(cost, "AWS::Lambda::LayerVersion")
    for package in ("reconciliation", "monthly_report"):
        own = [each["Ref"] for each in functions(cost)[package]["Layers"] if "Ref" in each]
        assert len(own) == 1
        assert own[0] in layers
    assets = [folder / "python" / "finops_constructs" for folder in outdir.glob("asset.*")]
    libraries = [folder for folder in assets if folder.is_dir()]
    assert libraries
    for library in libraries:
        assert (library / "sql" / "showback.sql").is_file()
        assert not list(library.rglob("*.pyc"))
        assert not (library / "cli").exists()
    assert any((each.parent / "plotly/package_data/plotly.min.js").is_file() for each in libraries)


def test_the_layer_alone_can_make_a_report(outdir, tmp_path):
    """In Lambda there is neither pydantic nor click nor DuckDB."""
    (folder,) = [
        each / "python"
        for each in outdir.glob("asset.*")
        if (each / "python/plotly/package_data/plotly.min.js").is_file()
    ]
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "for name in ('pydantic', 'click', 'duckdb', 'aws_cdk', 'yaml', 'rich'):\n"
        "    sys.modules[name] = None\n"
        "import finops_constructs.report.files, finops_constructs.report.gather\n"
        "import finops_constructs.report.issue, finops_constructs.report.cards\n"
        "import finops_constructs.cost_data.athena_engine\n"
        "from finops_constructs.report.page import chart_library\n"
        "from finops_constructs.cost_data.views import all_views\n"
        "assert finops_constructs.__file__.startswith(sys.argv[1])\n"
        "print(len(all_views()), len(chart_library()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    views, script = done.stdout.split()
    assert int(views) > 18
    assert int(script) > 1_000_000


def test_the_report_comes_on_its_day_to_its_readers(cost):
    said = variables(cost, "monthly_report")
    assert (said["WORKING_DAY"], json.loads(said["HOLIDAYS"])) == ("5", ["2026-12-25"])
    emails = {
        each["Endpoint"]
        for each in of_type(cost, "AWS::SNS::Subscription").values()
        if each["Protocol"] == "email"
    }
    assert emails == {"finance@example.com"}


def test_without_the_payers_rights_a_member_accounts_export_is_read(tmp_path):
    member = {**BILLING, "export_account": "777788889999"}
    made = synthesized(tmp_path / "out", billing=member, reporting={})
    assert of_type(made["finops-billing"], "AWS::IAM::Role") == {}
    assert "cost_tags" not in functions(made["finops-cost"])
    assert "monthly_report" not in functions(made["finops-cost"])
    text = json.dumps(of_type(made["finops-cost"], "AWS::S3::BucketPolicy"))
    assert "777788889999" in text
    assert str(BILLING["payer_account"]) not in text


def test_an_existing_key_is_used_instead_of_one_of_its_own(tmp_path):
    arn = "arn:aws:kms:eu-west-1:999988887777:key/01234567-89ab-cdef-0123-456789abcdef"
    place = {"account": "999988887777", "region": "eu-west-1", "kms_key_arn": arn}
    made = synthesized(tmp_path / "out", landing_zone={"environments": [place]})
    assert of_type(made["finops-cost"], "AWS::KMS::Key") == {}
    topics = of_type(made["finops-cost"], "AWS::SNS::Topic").values()
    assert {topic["KmsMasterKeyId"] for topic in topics} == {arn}


@pytest.fixture(scope="module")
def stack():
    made = Stack(quick_app(), "S", env=Environment(account="111122223333", region="eu-west-1"))
    return made, AlertTopic(made, "Alerts", wake=False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tag_keys": []}, "1 to 100 different keys"),
        ({"tag_keys": ["a", "a"]}, "1 to 100 different keys"),
        ({"backfill_from": date(2026, 1, 2)}, "first of a month"),
    ],
)
def test_fails_when_tags_cannot_be_activated_so(stack, changes, said):
    arguments: dict[str, Any] = {"tag_keys": ["a"], "payer_role_arn": "arn:aws:iam::1:role/r"}
    arguments |= {"alerts": stack[1], **changes}
    with pytest.raises(ValueError, match=said):
        CostAllocationTags(stack[0], f"T{len(said)}{len(str(changes))}", **arguments)


def test_fails_when_nobody_is_to_be_told():
    made = Stack(quick_app(), "S", env=Environment(account="111122223333", region="eu-west-1"))
    lake = CostLake(made, "Lake", exports=ExportBucket(made, "E", payer_account="9" * 12))
    alerts = AlertTopic(made, "Alerts", wake=False)
    with pytest.raises(ValueError, match="at least one account and Region"):
        Reconciliation(made, "R", lake=lake, platforms=[], alerts=alerts)


def test_both_packs_of_cdk_nag_find_nothing_that_is_not_explained(tmp_path):
    config = folder(tenant("writer"), billing=BILLING, reporting={"monthly": MONTHLY})
    app = quick_app(str(tmp_path / "out"))
    define_cost_stacks(app, config)
    Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app), cdk_nag.NIST80053R5Checks(app))
    app.synth()
    report = json.loads((tmp_path / "out" / "validation-report.json").read_text())
    assert len(report["pluginReports"]) == 2
