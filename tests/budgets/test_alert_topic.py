import pytest
from aws_cdk import App
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Match, Template

from finops_constructs import AlertTopic, SlackChannel, TeamsChannel
from tests.stacks_under_test import flat, new_stack, only, resources


@pytest.mark.parametrize(
    ("service", "source"),
    [
        ("budgets", ":budgets::111122223333:*"),
        ("cloudwatch", ":cloudwatch:eu-west-1:111122223333:alarm:*"),
        ("costalerts", None),
    ],
)
def test_each_publisher_may_publish_for_this_account_only(service, source):
    stack = new_stack()
    AlertTopic(stack, "Alerts")
    (statement,) = [
        s
        for s in only(stack, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
        if s["Principal"] == {"Service": f"{service}.amazonaws.com"}
    ]
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    if source:
        assert flat(statement["Condition"]["ArnLike"]["aws:SourceArn"]).endswith(source)


def test_the_key_lets_every_publisher_encrypt():
    stack = new_stack()
    AlertTopic(stack, "Alerts")
    Template.from_stack(stack).has_resource_properties(
        "AWS::KMS::Key",
        {
            "EnableKeyRotation": True,
            "KeyPolicy": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                                "Principal": {
                                    "Service": [
                                        "budgets.amazonaws.com",
                                        "cloudwatch.amazonaws.com",
                                        "costalerts.amazonaws.com",
                                    ]
                                },
                            }
                        )
                    ]
                )
            },
        },
    )


def test_an_existing_key_saves_the_dollar():
    stack = new_stack()
    AlertTopic(stack, "Alerts", key=kms.Alias.from_alias_name(stack, "K", "alias/finops"))
    assert not resources(stack, "AWS::KMS::Key")
    assert flat(only(stack, "AWS::SNS::Topic")["KmsMasterKeyId"]).endswith("alias/finops")


def test_an_alert_wakes_the_kill_switch_unless_told_not_to():
    stack = new_stack()
    AlertTopic(stack, "Alerts")
    AlertTopic(stack, "Quiet", wake=False)
    subscription = only(stack, "AWS::SNS::Subscription")
    assert subscription["Protocol"] == "sqs"
    assert flat(subscription["Endpoint"]).endswith(":sqs:eu-west-1:111122223333:finops-wake")


def test_the_wake_queue_admits_the_topic_by_its_name():
    stack = new_stack()
    AlertTopic(stack, "Alerts")
    assert only(stack, "AWS::SNS::Topic")["TopicName"].startswith("finops-")


def test_two_topics_in_one_stack_and_one_in_another_have_different_names():
    app = App()
    stacks = [new_stack("One", app=app), new_stack("Two", app=app)]
    for stack in stacks:
        for name in ("A", "B"):
            AlertTopic(stack, name)
    topics = [t for stack in stacks for t in resources(stack, "AWS::SNS::Topic").values()]
    assert len({topic["Properties"]["TopicName"] for topic in topics}) == 4


def test_emails_slack_and_teams_are_channels_of_the_topic():
    stack = new_stack()
    AlertTopic(
        stack,
        "Alerts",
        emails=["a@example.com", "b@example.com"],
        slack=[SlackChannel(workspace_id="T0EXAMPLE", channel_id="C0EXAMPLE")],
        teams=[TeamsChannel(tenant_id="t", team_id="u", channel_id="19:x@thread.tacv2")],
        wake=False,
    )
    addresses = {
        s["Properties"]["Endpoint"] for s in resources(stack, "AWS::SNS::Subscription").values()
    }
    assert addresses == {"a@example.com", "b@example.com"}
    topic = {"Ref": next(iter(resources(stack, "AWS::SNS::Topic")))}
    slack = only(stack, "AWS::Chatbot::SlackChannelConfiguration")
    teams = only(stack, "AWS::Chatbot::MicrosoftTeamsChannelConfiguration")
    assert slack["SnsTopicArns"] == teams["SnsTopicArns"] == [topic]
    assert teams["TeamsChannelId"] == "19%3Ax%40thread.tacv2"
    assert slack["GuardrailPolicies"] == ["arn:aws:iam::aws:policy/AWSDenyAll"]


def test_taking_one_address_out_leaves_the_subscriptions_of_the_others_alone():
    def ids(*emails):
        stack = new_stack()
        AlertTopic(stack, "Alerts", emails=emails, wake=False)
        return {
            s["Properties"]["Endpoint"]: logical_id
            for logical_id, s in resources(stack, "AWS::SNS::Subscription").items()
        }

    before, after = ids("a@example.com", "b@example.com"), ids("b@example.com")
    assert before["b@example.com"] == after["b@example.com"]


def test_a_channel_given_twice_is_told_once():
    stack = new_stack()
    slack = SlackChannel(workspace_id="T0EXAMPLE", channel_id="C0EXAMPLE")
    AlertTopic(stack, "Alerts", emails=["a@example.com"] * 2, slack=[slack] * 2, wake=False)
    assert only(stack, "AWS::SNS::Subscription")["Endpoint"] == "a@example.com"
    assert only(stack, "AWS::Chatbot::SlackChannelConfiguration")


def test_plain_text_publishing_is_denied():
    stack = new_stack()
    AlertTopic(stack, "Alerts")
    statements = only(stack, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    (deny,) = [s for s in statements if s["Effect"] == "Deny"]
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
