from decimal import Decimal

import pytest

from finops_constructs.replay.metric_math import MetricMathError, parse_expression

VALUES = {"input": Decimal(1000), "output": Decimal(10), "none": None}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("FILL(input,0)*0.000003+FILL(output, 0)*0.000015", "0.00315"),
        ("12*(FILL(input,0)*0.001 + FILL(none,0))", "12"),
        ("MAX([FILL(input,0),FILL(none,0)])*2", "2000"),
        ("MIN([input,output])", "10"),
        ("SUM([input,output,none])", "1010"),
        ("FILL(none,7)", "7"),
        ("input-output-1", "989"),
        ("input/output/2", "50"),
        ("input*1e-3", "1"),
        ("0", "0"),
    ],
)
def test_what_burst_alarms_are_written_in_is_computed(text, value):
    assert parse_expression(text).evaluate(VALUES) == Decimal(value)


@pytest.mark.parametrize("text", ["none", "none+1", "2*none", "MAX([none])", "input/(output-10)"])
def test_without_data_there_is_no_value(text):
    assert parse_expression(text).evaluate(VALUES) is None


def test_the_metrics_it_names_are_known():
    assert parse_expression("FILL(input,0)*2+MAX([a,b])").ids == {"input", "a", "b"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "input+",
        "input input",
        "(input",
        "RATE(input)",
        "FILL(input,REPEAT)",
        "FILL(input)",
        "FILL(2,0)",
        "MAX(input)",
        "MAX([input)",
        "IF(input>1,1,0)",
        "METRICS()",
        "SEARCH('x')",
        "rate(input)",
        "-input",
        "input^2",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(MetricMathError, match="is not understood"):
        parse_expression(text)
