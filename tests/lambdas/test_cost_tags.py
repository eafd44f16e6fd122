"""Cost allocation tags: activated once AWS has seen them, and never the end of a deployment."""

import json
from datetime import date
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError

from cost_tags import handler as module
from cost_tags.logic import calls, inactive_since, longest_days, plan

PARAMETER = "/finops/_platform/cost-allocation-tags"
KEYS = ["bedrock:tool", "finops:tenant"]
FIRST = date(2026, 1, 1)
CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-west-1:111122223333:function:f",
    aws_request_id="1",
    log_stream_name="s",
)


def tag(key, status="Inactive"):
    return {"TagKey": key, "Type": "UserDefined", "Status": status}


def test_what_aws_has_seen_is_activated_and_what_it_has_not_is_waited_for():
    todo = plan(KEYS, [tag("bedrock:tool"), tag("other")], [], backfill_from=FIRST)
    assert (todo.activate, todo.waiting, todo.backfill) == (
        ("bedrock:tool",),
        ("finops:tenant",),
        False,
    )


@pytest.mark.parametrize(
    ("history", "wanted"),
    [
        ([], True),
        ([{"BackfillFrom": "2026-01-01T00:00:00Z", "BackfillStatus": "SUCCEEDED"}], False),
        ([{"BackfillFrom": "2026-02-01T00:00:00Z", "BackfillStatus": "SUCCEEDED"}], True),
        ([{"BackfillFrom": "2026-01-01T00:00:00Z", "BackfillStatus": "FAILED"}], True),
    ],
)
def test_a_backfill_is_asked_for_once_all_are_active(history, wanted):
    active = [tag(key, "Active") for key in KEYS]
    assert plan(KEYS, active, history, backfill_from=FIRST).backfill is wanted
    assert not plan(KEYS, active, history, backfill_from=None).backfill


def test_a_key_is_inactive_since_the_first_day_it_was_missed():
    today = date(2026, 11, 24)
    since = inactive_since({"a": "2026-11-20", "b": "2026-11-01"}, {"a", "c"}, today)
    assert since == {"a": "2026-11-20", "c": "2026-11-24"}
    assert longest_days(since, today) == 4
    assert longest_days({}, today) == 0


def test_keys_are_activated_twenty_at_a_time():
    assert [len(each) for each in calls([str(n) for n in range(41)])] == [20, 20, 1]


def refusal(code, operation):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


class CostExplorer:
    def __init__(self, *tags):
        self.tags = {each["TagKey"]: each for each in tags}
        self.backfills = []
        self.history = []
        self.refused: tuple[str, ...] = ()

    def list_cost_allocation_tags(self, TagKeys, NextToken=None):  # noqa: N803 - AWS's names
        found = [self.tags[key] for key in TagKeys if key in self.tags]
        if NextToken or len(found) < 2:
            return {"CostAllocationTags": found[1:] if NextToken else found}
        return {"CostAllocationTags": found[:1], "NextToken": "more"}

    def list_cost_allocation_tag_backfill_history(self):
        return {"BackfillRequests": self.history}

    def update_cost_allocation_tags_status(self, CostAllocationTagsStatus):  # noqa: N803
        for each in CostAllocationTagsStatus:
            if each["TagKey"] not in self.refused:
                self.tags[each["TagKey"]]["Status"] = each["Status"]
        return {"Errors": [{"TagKey": key, "Message": "no"} for key in self.refused]}

    def start_cost_allocation_tag_backfill(self, BackfillFrom):  # noqa: N803
        self.backfills.append(BackfillFrom)
        if len(self.backfills) > 1:
            raise refusal("LimitExceededException", "StartCostAllocationTagBackfill")


@pytest.fixture
def environment(account, monkeypatch):
    monkeypatch.setenv("TAG_KEYS", json.dumps(KEYS))
    monkeypatch.setenv("STATE_PARAMETER", PARAMETER)
    monkeypatch.setenv("PAYER_ROLE_ARN", "arn:aws:iam::999988887777:role/finops/activation")
    return monkeypatch


def run(monkeypatch, explorer, event=None):
    monkeypatch.setattr(module, "_cost_explorer", lambda: explorer)
    module.handler(event or {"tags": "schedule"}, CONTEXT)


def kept():
    found = boto3.client("ssm").get_parameter(Name=PARAMETER)
    return json.loads(found["Parameter"]["Value"])


def metric(capsys, name):
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    (value,) = lines[-1][name]
    return value


def test_tags_are_activated_and_the_missing_one_is_remembered(environment, capsys):
    explorer = CostExplorer(tag("bedrock:tool"))
    run(environment, explorer)
    assert explorer.tags["bedrock:tool"]["Status"] == "Active"
    assert list(kept()) == ["finops:tenant"]
    assert metric(capsys, "InactiveCostTags") == 1


def test_a_key_that_stays_inactive_counts_its_days(environment, capsys):
    old = json.dumps({"finops:tenant": "2026-01-01"})
    boto3.client("ssm").put_parameter(Name=PARAMETER, Value=old, Type="String")
    run(environment, CostExplorer(tag("bedrock:tool", "Active")))
    assert metric(capsys, "CostTagDaysInactive") > 3


def test_once_all_are_active_nothing_is_missing_and_the_backfill_is_asked_for(environment, capsys):
    environment.setenv("BACKFILL_FROM", "2026-01-01")
    explorer = CostExplorer(*(tag(key, "Active") for key in KEYS))
    run(environment, explorer)
    run(environment, explorer)  # refused: once a day; it is no failure
    assert explorer.backfills == ["2026-01-01T00:00:00Z"] * 2
    assert kept() == {}
    assert metric(capsys, "CostTagDaysInactive") == 0


def test_a_key_that_aws_refuses_to_activate_is_inactive(environment, capsys):
    explorer = CostExplorer(tag("bedrock:tool"), tag("finops:tenant", "Active"))
    explorer.refused = ("bedrock:tool",)
    run(environment, explorer)
    assert metric(capsys, "InactiveCostTags") == 1


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_no_deployment_fails_whatever_the_payer_says(environment, answers, kind, capsys):
    def refuse():
        raise refusal("AccessDenied", "AssumeRole")

    environment.setattr(module, "_cost_explorer", refuse)
    request = {
        "RequestType": kind,
        "StackId": "s",
        "RequestId": "r",
        "LogicalResourceId": "l",
        "ResponseURL": "https://cloudformation.example",
    }
    module.handler(request, CONTEXT)
    assert [answer["Status"] for answer in answers] == ["SUCCESS"]
    if kind != "Delete":
        assert metric(capsys, "InactiveCostTags") == 2


def test_deleting_leaves_tags_as_they_are(environment, answers):
    explorer = CostExplorer(tag("bedrock:tool"))
    environment.setattr(module, "_cost_explorer", lambda: explorer)
    boto3.client("ssm").put_parameter(Name=PARAMETER, Value="{}", Type="String")
    request = dict.fromkeys(
        ("StackId", "RequestId", "LogicalResourceId", "ResponseURL"), "https://x"
    )
    module.handler(request | {"RequestType": "Delete"}, CONTEXT)
    assert explorer.tags["bedrock:tool"]["Status"] == "Inactive"
    assert boto3.client("ssm").describe_parameters()["Parameters"] == []


def test_cost_explorer_is_reached_by_the_payers_role(environment):
    client = module._cost_explorer()
    assert client.meta.service_model.service_name == "ce"
    assert client.meta.endpoint_url == "https://ce.us-east-1.amazonaws.com"
