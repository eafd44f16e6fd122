import re
from pathlib import Path

import pytest

from finops_constructs.enforcement.guard_alarms import GuardAlarms
from finops_constructs.estate.standing_cost import standing_cost, total
from tests.platform_under_test import by_id, platform_parts
from tests.stacks_under_test import resources

ROOT = Path(__file__).parents[2]
ALARM = "AWS::CloudWatch::Alarm"


@pytest.fixture(scope="module")
def stack():
    parts = platform_parts()
    GuardAlarms(
        parts.stack,
        "Guard",
        meter=parts.meter,
        switch=parts.switch,
        wake_queue=parts.queue,
        alerts=parts.alerts,
    )
    return parts.stack


@pytest.fixture(scope="module")
def alarms(stack):
    return [each["Properties"] for each in resources(stack, ALARM).values()]


def alarm(stack, name):
    return by_id(stack, ALARM, f"Guard{name}")


def test_every_alarm_says_what_missing_data_means_and_tells_the_operators(alarms):
    for each in alarms:
        assert each["TreatMissingData"] in {"notBreaching", "breaching", "ignore"}
        (action,) = each["AlarmActions"]
        assert action["Ref"].startswith("Alerts")


def test_every_alarm_names_a_section_of_a_runbook_that_is_there(alarms):
    for each in alarms:
        path, _, section = each["AlarmDescription"].rpartition("Runbook: ")[2].partition("#")
        text = (ROOT / path).read_text(encoding="utf-8")
        anchors = re.findall(r"^## ([a-z-]+)$", text, flags=re.MULTILINE)
        assert section in anchors, each["AlarmDescription"]


def test_the_runbook_has_no_section_of_an_alarm_that_is_gone(alarms):
    text = (ROOT / "docs" / "runbooks" / "guard.md").read_text(encoding="utf-8")
    anchors = re.findall(r"^## ([a-z-]+)$", text, flags=re.MULTILINE)
    named = [each["AlarmDescription"].rpartition("#")[2] for each in alarms]
    assert sorted(anchors) == sorted(named)


def test_the_burst_runbook_is_there():
    assert (ROOT / "docs" / "runbooks" / "burst.md").is_file()


@pytest.mark.parametrize(
    ("name", "service", "metric", "threshold"),
    [
        ("RejectedRecords", "spend-meter", "RecordsRejected", 0),
        ("MeterSilence", "cross-check", "SilentProfiles", 0),
        ("CrossCheckDifference", "cross-check", "CrossCheckDifferencePercent", 5),
        ("CacheTokensMissing", "cross-check", "CacheTokensMissing", 0),
        ("ActionFailures", "kill-switch", "ActionFailures", 0),
        ("UnconfirmedSuspensions", "kill-switch", "UnconfirmedSuspensions", 0),
        ("RegistryFaults", "kill-switch", "RegistryFaults", 0),
        ("UnguardedProfiles", "kill-switch", "UnguardedProfiles", 0),
        ("SpendUnknown", "kill-switch", "SpendUnknown", 0),
        ("EstimateDrift", "kill-switch", "EstimateDriftPercent", 10),
        ("PriceAge", "kill-switch", "PriceAgeDays", 30),
    ],
)
def test_a_metric_of_the_functions_is_watched_by_its_service(
    stack, name, service, metric, threshold
):
    found = alarm(stack, name)
    assert (found["Namespace"], found["MetricName"]) == ("FinOpsConstructs", metric)
    assert found["Dimensions"] == [{"Name": "service", "Value": service}]
    assert (found["ComparisonOperator"], found["Threshold"]) == (
        "GreaterThanThreshold",
        threshold,
    )


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("MeterErrors", "MeterFunction"),
        ("CrossCheckErrors", "MeterCrossCheck"),
        ("SwitchErrors", "SwitchFunction"),
        ("CommandErrors", "SwitchCommands"),
    ],
)
def test_errors_of_every_function_of_the_guard_are_watched(stack, name, function):
    found = alarm(stack, name)
    assert (found["Namespace"], found["MetricName"]) == ("AWS/Lambda", "Errors")
    (dimension,) = found["Dimensions"]
    assert dimension["Value"]["Ref"].startswith(function)


@pytest.mark.parametrize("name", ["MeterDeadLetters", "WakeDeadLetters"])
def test_dead_letters_of_both_queues_are_watched(stack, name):
    found = alarm(stack, name)
    assert found["MetricName"] == "ApproximateNumberOfMessagesVisible"
    (dimension,) = found["Dimensions"]
    assert dimension["Value"]["Fn::GetAtt"][1] == "QueueName"


def test_a_switch_that_does_not_run_for_a_quarter_of_an_hour_is_an_alarm_even_without_data(stack):
    found = alarm(stack, "SwitchNotRunning")
    assert (found["ComparisonOperator"], found["Threshold"]) == ("LessThanThreshold", 1)
    assert found["Period"] * found["EvaluationPeriods"] == 900
    assert found["TreatMissingData"] == "breaching"


def test_a_cross_check_that_does_not_run_is_taken_for_silence(stack):
    found = alarm(stack, "MeterSilence")
    assert found["TreatMissingData"] == "breaching"
    assert found["Period"] * found["EvaluationPeriods"] == 2 * 3600


def test_what_nobody_measured_again_is_not_taken_for_repaired(stack):
    for name in ("RegistryFaults", "UnguardedProfiles", "SpendUnknown", "EstimateDrift"):
        assert alarm(stack, name)["TreatMissingData"] == "ignore"


def test_each_alarm_costs_one_metric_a_month(alarms):
    template = {
        "Resources": {str(n): {"Type": ALARM, "Properties": a} for n, a in enumerate(alarms)}
    }
    assert total(standing_cost(template)) == len(alarms) * total(
        standing_cost({"Resources": {"one": template["Resources"]["0"]}})
    )
