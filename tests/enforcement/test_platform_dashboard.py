import json

import pytest

from finops_constructs.enforcement.platform_dashboard import PlatformDashboard
from finops_constructs.enforcement.tenant_table import TenantTable
from tests.platform_under_test import by_id, platform_parts

MOST_METRICS_A_GRAPH, MOST_WIDGETS = 500, 500


@pytest.fixture(scope="module")
def stack():
    parts = platform_parts()
    PlatformDashboard(
        parts.stack,
        "Dashboard",
        meter=parts.meter,
        switch=parts.switch,
        wake_queue=parts.queue,
        alarm_arns=["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a"],
        tenant_table=TenantTable(parts.stack, "Table", meter=parts.meter, switch=parts.switch),
    )
    return parts.stack


@pytest.fixture(scope="module")
def widgets(stack):
    body = by_id(stack, "AWS::CloudWatch::Dashboard", "Dashboard")["DashboardBody"]
    text = "".join(part if isinstance(part, str) else "token" for part in body["Fn::Join"][1])
    return json.loads(text)["widgets"]


def test_nothing_on_it_grows_with_the_tenants(widgets):
    assert len(widgets) < MOST_WIDGETS / 10
    for widget in widgets:
        for metric in widget["properties"].get("metrics", ()):
            expression = metric[0].get("expression", "") if isinstance(metric[0], dict) else ""
            assert "SEARCH" not in expression or expression.startswith("SORT(SEARCH(")
        assert len(widget["properties"].get("metrics", ())) <= MOST_METRICS_A_GRAPH / 10


def test_the_widgets_do_not_cover_each_other(widgets):
    cells = [
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells))


def test_it_shows_tenants_states_and_the_self_tests_latencies(widgets):
    (table,) = [each for each in widgets if each["type"] == "custom"]
    assert table["properties"]["params"] == {"top": 25}
    shown = {
        metric[1]
        for w in widgets
        for metric in w["properties"].get("metrics", ())
        if len(metric) > 1
    }
    assert {"TenantsStopped", "TenantsPaused", "EstimateDriftPercent"} <= shown
    assert {"CanaryMeteredSeconds", "CanaryStoppedSeconds", "CanaryResumedSeconds"} <= shown


def test_the_tables_function_only_looks(stack):
    role = by_id(stack, "AWS::IAM::Role", "TableRole")
    (work,) = [p for p in role["Policies"] if p["PolicyName"] == "work"]
    actions = {a for s in work["PolicyDocument"]["Statement"] for a in s["Action"]}
    assert actions == {"dynamodb:Query", "ssm:GetParametersByPath"}
