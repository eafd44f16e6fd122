import datetime as dt

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.emulator
HOUR = dt.timedelta(hours=1)
NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)


def metric(name, profile, **more):
    dimensions = [{"Name": "ModelId", "Value": profile}]
    metric = {"Namespace": "Test/Bedrock", "MetricName": name, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": 3600, "Stat": "Sum"}
    return {"Id": name.lower(), "MetricStat": stat, **more}


@pytest.fixture
def cloudwatch(emulator):
    return emulator.client("cloudwatch")


def put(cloudwatch, name, profile, *hours_and_values):
    cloudwatch.put_metric_data(
        Namespace="Test/Bedrock",
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": "ModelId", "Value": profile}],
                "Timestamp": NOW - hours * HOUR + dt.timedelta(minutes=10),
                "Value": value,
            }
            for hours, value in hours_and_values
        ],
    )


def read(cloudwatch, *queries, hours=4, **options):
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=list(queries), StartTime=NOW - hours * HOUR, EndTime=NOW, **options
    )
    return {
        result["Id"]: list(zip(result["Timestamps"], result["Values"], strict=True))
        for result in answer["MetricDataResults"]
    }


def test_hours_are_summed_latest_first_and_those_without_data_are_left_out(cloudwatch):
    put(cloudwatch, "Input", "one", (3, 5), (3, 6), (1, 7))
    put(cloudwatch, "Input", "two", (2, 1000))
    seen = read(cloudwatch, metric("Input", "one"))["input"]
    assert seen == [(NOW - HOUR, 7), (NOW - 3 * HOUR, 11)]
    ascending = read(cloudwatch, metric("Input", "one"), ScanBy="TimestampAscending")["input"]
    assert ascending == seen[::-1]


def test_two_spellings_of_a_metric_are_added_up_by_maths_hour_by_hour(cloudwatch):
    put(cloudwatch, "CacheReadInputTokenCount", "three", (3, 5))
    put(cloudwatch, "CacheReadInputTokens", "three", (2, 8), (3, 2))
    seen = read(
        cloudwatch,
        metric("CacheReadInputTokenCount", "three", ReturnData=False),
        metric("CacheReadInputTokens", "three", ReturnData=False),
        {
            "Id": "most",
            "Expression": "MAX([FILL(cachereadinputtokencount,0),FILL(cachereadinputtokens,0)])",
        },
    )
    assert {at: value for at, value in seen.pop("most") if value} == {
        NOW - 2 * HOUR: 8,
        NOW - 3 * HOUR: 5,
    }
    assert seen == {}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [("input+output", "refers to output"), ("SEARCH(input)", "not understood")],
)
def test_an_expression_that_cannot_be_evaluated_is_refused_with_the_reason(
    cloudwatch, expression, reason
):
    with pytest.raises(ClientError, match=reason):
        read(cloudwatch, metric("Input", "one"), {"Id": "e", "Expression": expression})


def test_more_datapoints_than_cloudwatch_returns_are_refused(cloudwatch):
    with pytest.raises(ClientError, match="at most 100800"):
        read(cloudwatch, metric("Input", "one"), hours=200_000)
