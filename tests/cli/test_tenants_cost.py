import json

import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli
from finops_constructs.stacks.organisation import build_app
from tests.organisation_under_test import folder, tenant


@pytest.fixture(scope="module")
def assembly(tmp_path_factory):
    out = tmp_path_factory.mktemp("cost") / "cdk.out"
    build_app(folder(tenant("writer"), tenant("chat")), outdir=str(out)).synth()
    return out


def run(*arguments):
    return CliRunner().invoke(cli, ["tenants", "cost", *map(str, arguments)])


def test_the_standing_cost_of_every_stack_is_computed_from_its_template(assembly):
    costs = json.loads(run("--assembly", assembly, "--json").output)
    assert costs.keys() == {"finops-chat", "finops-platform-111122223333-eu-west-1",
                            "finops-writer"}  # fmt: skip
    platform = costs["finops-platform-111122223333-eu-west-1"]
    assert {"AWS::KMS::Key", "AWS::CloudWatch::Dashboard"} <= {
        line["type"] for line in platform["lines"]
    }
    assert float(platform["standing_usd_per_month"]) >= 4


def test_nothing_of_a_tenant_and_of_its_platform_is_left_without_a_price(assembly):
    costs = json.loads(run("--assembly", assembly, "--json").output)
    lines = [line for stack in costs.values() for line in stack["lines"]]
    assert [line for line in lines if line["usd"] is None] == []


def test_a_tenant_with_two_profiles_stands_for_at_most_a_dollar_and_a_half_a_month(assembly):
    cost = json.loads(run("writer", "--assembly", assembly, "--json").output)
    assert cost.keys() == {"finops-writer"}
    assert float(cost["finops-writer"]["standing_usd_per_month"]) <= 1.5


def test_the_sum_stands_above_what_makes_it_up(assembly):
    first, *lines = run("platform-111122223333-eu-west-1", "--assembly", assembly).output.split(
        "\n"
    )
    assert first.startswith("finops-platform-111122223333-eu-west-1: $")
    assert any("$3.00  dashboard" in line for line in lines)


def test_a_stack_that_costs_nothing_says_so(tmp_path):
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    (tmp_path / "finops-x.template.json").write_text(json.dumps(template))
    said = run("x", "--assembly", tmp_path).output
    assert said == "finops-x: $0.00 a month: nothing in it costs anything while unused\n"


def test_a_type_without_a_price_is_named_and_not_taken_for_free(tmp_path):
    template = {"Resources": {"Cluster": {"Type": "AWS::ECS::Cluster"}}}
    (tmp_path / "Chat.template.json").write_text(json.dumps(template))
    assert "not priced  no price known for this type: Cluster" in run("--assembly", tmp_path).output


def test_a_tenant_that_is_not_there_is_answered_with_those_that_are(assembly):
    done = run("writter", "--assembly", assembly)
    assert done.exit_code == 2
    assert "no tenant 'writter'; known are chat, writer\n" in done.output


@pytest.mark.parametrize("content", [None, "{"])
def test_what_is_no_synthesized_app_is_answered_with_how_to_make_one(tmp_path, content):
    if content:
        (tmp_path / "x.template.json").write_text(content)
    done = run("--assembly", tmp_path)
    assert done.exit_code == 2
    assert "run python app.py" in done.output
    assert "Traceback" not in done.output
