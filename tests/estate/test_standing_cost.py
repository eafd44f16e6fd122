from decimal import Decimal

import pytest

from finops_constructs.estate.standing_cost import standing_cost, total


def cost(kind, **properties):
    lines = standing_cost({"Resources": {"One": {"Type": kind, "Properties": properties}}})
    return lines[0].usd if lines else Decimal(0)


def test_an_alarm_costs_ten_cents_for_each_metric_it_reads_and_nothing_for_its_maths():
    stat = {"Id": "a", "MetricStat": {"Stat": "Sum"}}
    maths = {"Id": "cost", "Expression": "a*2"}
    assert cost("AWS::CloudWatch::Alarm", Metrics=[maths, stat, stat]) == Decimal("0.20")
    assert cost("AWS::CloudWatch::Alarm", MetricName="Errors") == Decimal("0.10")


def test_a_table_paid_per_request_costs_nothing_while_idle():
    assert cost("AWS::DynamoDB::Table", BillingMode="PAY_PER_REQUEST") == 0


@pytest.mark.parametrize(
    ("kind", "properties"),
    [("AWS::DynamoDB::Table", {"BillingMode": "PROVISIONED"}), ("AWS::EC2::NatGateway", {})],
)
def test_what_has_no_price_here_is_reported_and_never_counted_as_free(kind, properties):
    template = {"Resources": {"One": {"Type": kind, "Properties": properties}}}
    (line,) = standing_cost(template)
    assert line.usd is None
    assert total([line]) == 0


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::Events::EventBusPolicy",
        "AWS::Events::Rule",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Url",
        "AWS::Logs::SubscriptionFilter",
        "Custom::FinOpsInvocationLogging",
        "Custom::FinOpsPlatformRelease",
    ],
)
def test_what_is_paid_per_use_costs_nothing_while_idle(kind):
    assert cost(kind) == 0
