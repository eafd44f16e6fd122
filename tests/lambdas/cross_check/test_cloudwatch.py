from datetime import UTC, datetime, timedelta, timezone

import pytest

from cross_check.cloudwatch import (
    METRICS,
    PROFILES_PER_CALL,
    last_full_hours,
    queries,
    read_hours,
)
from shared.rates import TokenSums

HOURS = [datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 25, 13, tzinfo=UTC)]


class CloudWatch:
    """Answers GetMetricData with the given sums by profile, metric and hour, two at a time."""

    def __init__(self, sums, unanswered=()):
        self.sums, self.unanswered, self.asked = sums, unanswered, []

    def get_paginator(self, operation):
        assert operation == "get_metric_data"
        return self

    def paginate(self, *, MetricDataQueries, StartTime, EndTime):  # noqa: N803
        self.asked.append((MetricDataQueries, StartTime, EndTime))
        results = [self.answer(query) for query in MetricDataQueries]
        for start in range(0, len(results), 2):
            yield {"MetricDataResults": results[start : start + 2]}

    def answer(self, query):
        metric = query["MetricStat"]["Metric"]
        profile = metric["Dimensions"][0]["Value"]
        hours = self.sums.get((profile, metric["MetricName"]), {})
        return {
            "Id": query["Id"],
            "Timestamps": list(hours),
            "Values": list(hours.values()),
            "StatusCode": "InternalError" if profile in self.unanswered else "Complete",
        }


def test_the_hour_that_is_running_is_not_full():
    assert last_full_hours(datetime(2026, 11, 25, 14, 5, 3, 7, UTC)) == HOURS


def test_the_last_hours_may_be_yesterdays():
    hours = last_full_hours(datetime(2026, 11, 25, 1, 0, tzinfo=UTC))
    assert [hour.isoformat()[:13] for hour in hours] == ["2026-11-24T23", "2026-11-25T00"]


def test_a_full_call_stays_within_what_aws_takes():
    asked = queries([f"profile{i}" for i in range(PROFILES_PER_CALL)])
    assert len(asked) <= 500
    assert len({query["Id"] for query in asked}) == len(asked)
    assert {query["MetricStat"]["Stat"] for query in asked} == {"Sum"}


def test_each_hour_has_its_calls_and_tokens():
    sums = {
        ("a", "Invocations"): {HOURS[0]: 3.0, HOURS[1]: 4.0},
        ("a", "InputTokenCount"): {HOURS[1]: 100.0},
        ("b", "OutputTokenCount"): {HOURS[0]: 7.0},
    }
    found = read_hours(CloudWatch(sums), ["a", "b"], HOURS)
    assert [hour.invocations for hour in found["a"]] == [3, 4]
    assert [hour.tokens for hour in found["a"]] == [TokenSums(), TokenSums(input=100)]
    assert [hour.tokens for hour in found["b"]] == [TokenSums(output=7), TokenSums()]


@pytest.mark.parametrize("ending", ["TokenCount", "Tokens"])
def test_either_spelling_of_a_cache_metric_is_understood(ending):
    sums = {
        ("a", f"CacheReadInput{ending}"): {HOURS[0]: 5.0},
        ("a", f"CacheWriteInput{ending}"): {HOURS[0]: 6.0},
    }
    (first, _) = read_hours(CloudWatch(sums), ["a"], HOURS)["a"]
    assert first.tokens == TokenSums(cache_read=5, cache_write_untold=6)
    assert first.cache_tokens == 11


def test_a_metric_published_under_both_spellings_counts_once():
    sums = {
        ("a", "CacheReadInputTokens"): {HOURS[0]: 5.0},
        ("a", "CacheReadInputTokenCount"): {HOURS[0]: 5.0},
    }
    (first, _) = read_hours(CloudWatch(sums), ["a"], HOURS)["a"]
    assert first.tokens.cache_read == 5


def test_hours_are_told_apart_in_whatever_zone_they_are_answered():
    tokyo = timezone(timedelta(hours=9))
    sums = {("a", "Invocations"): {HOURS[1].astimezone(tokyo): 4.0}}
    found = read_hours(CloudWatch(sums), ["a"], HOURS)
    assert [hour.invocations for hour in found["a"]] == [0, 4]


def test_a_profile_that_could_not_be_answered_for_is_left_out():
    assert set(read_hours(CloudWatch({}, {"a"}), ["a", "b"], HOURS)) == {"b"}


def test_the_whole_of_the_last_hour_is_asked_for():
    cloudwatch = CloudWatch({})
    read_hours(cloudwatch, ["a"], HOURS)
    ((asked, start, end),) = cloudwatch.asked
    assert (start, end) == (HOURS[0], HOURS[1] + timedelta(hours=1))
    assert len(asked) == len(METRICS)
