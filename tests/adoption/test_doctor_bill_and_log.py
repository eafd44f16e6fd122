"""What the doctor says of cost tags, of who hears of alerts, and of the invocation log."""

import pytest

from finops_constructs.doctor.items import alert_channels, cost_tags, invocation_log
from tests.adoption.doctor_case import TOPIC, case, said, writer
from tests.adoption.fake_aws import FakeAws, denied


def listed(*tags):
    return {"list_cost_allocation_tags": {"CostAllocationTags": list(tags)}}


def tag(status, updated="2026-01-01T00:00:00Z"):
    return {"TagKey": "bedrock:tool", "Status": status, "LastUpdatedDate": updated}


def budget(spent):
    actual = {"ActualSpend": {"Amount": spent, "Unit": "USD"}}
    return {"describe_budgets": {"Budgets": [{"BudgetName": "writer", "CalculatedSpend": actual}]}}


class TestCostTags:
    def test_active_tags_are_calm(self):
        assert said(cost_tags, case(ce=listed(tag("Active")))) == []

    @pytest.mark.parametrize(
        ("tags", "problem"), [((), "not known to billing yet"), ((tag("Inactive"),), "not active")]
    )
    def test_a_tag_that_is_not_active_blinds_and_says_how_to_activate_it(self, tags, problem):
        (found,) = cost_tags.examine(case(ce=listed(*tags)))
        assert found.blind
        assert problem in found.problem
        assert found.command.endswith("TagKey=bedrock:tool,Status=Active")

    def test_the_payer_account_is_asked_if_its_profile_is_given(self):
        payer = FakeAws(ce=listed(tag("Inactive")))
        looked_at = case(payer=payer, ce=listed(tag("Active")))
        assert [blind for *_, blind in said(cost_tags, looked_at)] == [True]

    def test_a_tag_activated_within_48_hours_is_told_and_blinds_nobody(self):
        fresh = tag("Active", "2026-11-25T12:00:01Z")
        ((_, text, blind),) = said(cost_tags, case(ce=listed(fresh)))
        assert "not complete before 2026-11-27 12:00 UTC" in text
        assert not blind
        assert said(cost_tags, case(ce=listed(tag("Active", "2026-11-24T11:59:00Z")))) == []

    def test_where_the_payer_cannot_be_asked_a_budget_with_a_figure_proves_the_tags(self):
        refused = {"list_cost_allocation_tags": denied()}
        assert said(cost_tags, case(ce=refused, budgets=budget("3.20"))) == []
        (found,) = cost_tags.examine(case(ce=refused, budgets=budget("0")))
        assert (found.blind, found.known) == (True, False)
        assert "--payer-profile" in found.command


def subscriptions(*given):
    return {
        "list_subscriptions": {
            "Subscriptions": [
                {
                    "TopicArn": TOPIC,
                    "Protocol": protocol,
                    "Endpoint": f"{protocol}@example.com",
                    "SubscriptionArn": "arn:x" if confirmed else "PendingConfirmation",
                }
                for protocol, confirmed in given
            ]
        }
    }


class TestAlertChannels:
    @pytest.mark.parametrize(
        ("given", "blind"),
        [
            ([("email", True), ("sqs", True)], []),
            ([("https", True)], []),
            ([("sqs", True), ("lambda", True)], [True]),
            ([], [True]),
            ([("email", False)], [True]),
            ([("email", False), ("sms", True)], [False]),
        ],
    )
    def test_a_topic_needs_a_person_who_said_yes(self, given, blind):
        looked_at = case(sns=subscriptions(*given))
        assert [each for *_, each in said(alert_channels, looked_at)] == blind

    def test_the_topic_that_the_self_test_shares_is_the_platforms(self):
        looked_at = case(tenants={"finops-canary": writer()}, sns=subscriptions())
        ((about, *_),) = said(alert_channels, looked_at)
        assert about == "platform"


class TestInvocationLog:
    def log(self, group, filters=("meter",)):
        config = {"loggingConfig": {"cloudWatchConfig": {"logGroupName": group}}} if group else {}
        return case(
            bedrock={"get_model_invocation_logging_configuration": config},
            logs={"describe_subscription_filters": {"subscriptionFilters": list(filters)}},
        )

    @pytest.mark.parametrize(
        ("group", "filters", "problem"),
        [
            (None, (), "invocations are not logged"),
            (
                "/corp/log",
                (),
                "somebody else's invocation logging is set up, to log group /corp/log",
            ),
            ("/finops/bedrock-invocations", (), "nobody reads /finops/bedrock-invocations"),
        ],
    )
    def test_what_keeps_calls_from_the_meter_blinds(self, group, filters, problem):
        ((_, text, blind),) = said(invocation_log, self.log(group, filters))
        assert problem in text
        assert blind

    def test_our_own_log_that_is_read_is_calm(self):
        assert said(invocation_log, self.log("/finops/bedrock-invocations")) == []
