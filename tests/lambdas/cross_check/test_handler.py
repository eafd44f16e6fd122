"""The function with AWS's own interfaces, played by moto."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from cross_check import handler as function
from shared.ledger import alias_key, read_month
from tests.lambdas.aws_account import (
    CREDENTIALS,
    LEDGER,
    REGION,
    create_ledger,
    create_queue,
    lambda_context,
    messages,
    register,
    rights_used,
)
from tests.lambdas.invocations import entries_of, policy_entry, profile_entry
from tests.lambdas.ledger_table import client_error

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


class Account:
    """The account, and ways to make traffic in it."""

    def __init__(self, dynamodb, wake_url):
        self.dynamodb, self.wake_url = dynamodb, wake_url
        self.cloudwatch = boto3.client("cloudwatch", region_name=REGION)

    def counted(self, profile_id, **metrics):
        self.cloudwatch.put_metric_data(
            Namespace="AWS/Bedrock",
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "ModelId", "Value": profile_id}],
                    "Timestamp": HOUR + timedelta(minutes=10),
                    "Value": value,
                }
                for name, value in metrics.items()
            ],
        )

    def logged(self, tenant, alias, **numbers):
        key = alias_key(tenant, alias, HOUR.date())
        item = {name: {"S": text} for name, text in key.items()}
        item |= {name: {"N": str(number)} for name, number in numbers.items()}
        self.dynamodb.put_item(TableName=LEDGER, Item=item)

    def spent(self, tenant):
        return read_month(self.dynamodb, LEDGER, tenant, HOUR).total_usd


@pytest.fixture
def account(monkeypatch):
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        monkeypatch.setenv("LEDGER_TABLE", LEDGER)
        wake_url = create_queue("finops-wake")
        monkeypatch.setenv("WAKE_QUEUE_URL", wake_url)
        register(
            entries_of(
                policy_entry("writer"),
                profile_entry("writer", "smart"),
                profile_entry("chat", "smart"),
            )
        )
        forget_clients()
        yield Account(create_ledger(), wake_url)
    forget_clients()


def forget_clients():
    function._cross_check.cache_clear()
    function._client.cache_clear()


def run():
    function.handler({}, lambda_context())


def printed(capsys):
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[:1] == "{"]
    (found,) = [line for line in lines if "_aws" in line]
    return {name: found[name] for name in found if name[0].isupper()}


AT = f"{HOUR:%H}"


def test_what_the_log_lacks_is_raised_to_what_cloudwatch_counted(account, capsys):
    account.counted("writersmart", Invocations=2, InputTokenCount=1_000_000)
    account.logged("writer", "smart", **{f"h{AT}": 1_500_000, f"n{AT}": 1})
    run()
    assert account.spent("writer") == 3
    assert printed(capsys) == {
        "CrossCheckDifferencePercent": [50.0],
        "SilentProfiles": [0.0],
        "CacheTokensMissing": [0.0],
    }
    wakes = [json.loads(body) for body in messages(account.wake_url)]
    assert wakes == [{"wake": "cross-check", "tenants": ["writer"]}]


def test_a_figure_is_never_lowered(account):
    account.counted("writersmart", Invocations=1, InputTokenCount=1_000_000)
    account.logged("writer", "smart", **{f"w{AT}": 9_000_000, f"h{AT}": 3_000_000, f"n{AT}": 1})
    run()
    assert account.spent("writer") == 9


def test_a_second_run_changes_nothing(account):
    account.counted("writersmart", Invocations=1, InputTokenCount=1_000_000)
    run()
    run()
    assert account.spent("writer") == 3


def test_a_log_that_is_silent_is_alarmed_and_does_not_hide_the_spend(account, capsys):
    account.counted("chatsmart", Invocations=7, OutputTokenCount=1_000_000)
    run()
    assert account.spent("chat") == 15
    assert printed(capsys)["SilentProfiles"] == [1.0]
    assert json.loads(messages(account.wake_url)[0])["tenants"] == ["chat"]


def test_records_that_do_not_tell_cache_tokens_are_found_out_and_said(account, capsys, caplog):
    account.counted("writersmart", Invocations=1, CacheReadInputTokens=1_000_000)
    account.logged("writer", "smart", **{f"n{AT}": 1})
    account.counted("chatsmart", Invocations=1, CacheReadInputTokenCount=1_000_000)
    account.logged("chat", "smart", **{f"n{AT}": 1, "cr": 1_000_000, f"h{AT}": 300_000})
    run()
    summary, warning = caplog.records
    assert vars(summary)["cache_tokens_missing"] == ["writer/smart"]
    assert vars(summary)["cache_tokens_told"] == ["chat/smart"]
    assert "do not tell cache tokens" in warning.getMessage()
    assert printed(capsys)["CacheTokensMissing"] == [1.0]


def test_nothing_spent_is_nothing_written_and_nobody_woken(account, capsys):
    run()
    assert account.spent("writer") == 0
    assert messages(account.wake_url) == []
    assert set(map(tuple, printed(capsys).values())) == {(0.0,)}


def test_a_profile_that_fails_stops_no_other(account, monkeypatch, capsys):
    account.counted("writersmart", Invocations=1, InputTokenCount=1_000_000)
    account.counted("chatsmart", Invocations=1, InputTokenCount=1_000_000)
    dynamodb = function._client("dynamodb")
    update = dynamodb.update_item

    def fail_for_chat(**request):
        if request["Key"]["pk"]["S"] == "chat":
            raise client_error("ThrottlingException")
        return update(**request)

    monkeypatch.setattr(dynamodb, "update_item", fail_for_chat)
    with pytest.raises(function.IncompleteError, match="chat/smart"):
        run()
    assert account.spent("writer") == 3
    assert printed(capsys)["SilentProfiles"] == [1.0]


def test_a_call_that_fails_for_all_is_made_for_each_alone(account, monkeypatch):
    account.counted("writersmart", Invocations=1, InputTokenCount=1_000_000)
    cloudwatch = function._client("cloudwatch")
    paginator = cloudwatch.get_paginator

    class OnlyAlone:
        def paginate(self, **request):
            if "chatsmart" in str(request["MetricDataQueries"]):
                raise client_error("InvalidParameterValue")
            return paginator("get_metric_data").paginate(**request)

    monkeypatch.setattr(cloudwatch, "get_paginator", lambda _: OnlyAlone())
    with pytest.raises(function.IncompleteError, match="chat/smart"):
        run()
    assert account.spent("writer") == 3


def test_a_profile_claimed_by_two_aliases_is_charged_to_neither(account):
    register(entries_of(profile_entry("thief", "mine", profile_id="writersmart")))
    account.counted("writersmart", Invocations=1, InputTokenCount=1_000_000)
    run()
    assert account.spent("writer") == account.spent("thief") == 0


@pytest.mark.parametrize("name", ["LEDGER_TABLE", "WAKE_QUEUE_URL"])
def test_fails_when_the_environment_lacks_a_name(account, monkeypatch, name):
    monkeypatch.delenv(name)
    with pytest.raises(KeyError, match=name):
        run()


def test_permissions_name_exactly_what_the_code_calls(account):
    account.counted("writersmart", Invocations=1, InputTokenCount=1_000_000)
    with rights_used() as used:
        run()
    assert list(function.PERMISSIONS) == sorted(used)
