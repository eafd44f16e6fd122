import json

import pytest

pytestmark = pytest.mark.emulator


def queue_and_topic():
    topic_policy = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "budgets.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": {"Ref": "Topic"},
            }
        ]
    }
    queue_policy = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": {"Fn::GetAtt": ["Queue", "Arn"]},
            }
        ]
    }
    return {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {"KeyPolicy": {"Statement": []}, "EnableKeyRotation": True},
        },
        "KeyName": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": "alias/finops", "TargetKeyId": {"Ref": "Key"}},
        },
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": "finops-writer", "KmsMasterKeyId": {"Ref": "Key"}},
        },
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": topic_policy},
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "finops-wake"}},
        "QueuePolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": queue_policy},
        },
        "Wake": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]},
            },
        },
        "Mail": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": "finops@example.com",
            },
        },
    }


def test_an_alert_reaches_the_wake_queue_and_both_subscriptions_and_policies_are_there(
    emulator, stack
):
    made = stack.apply(queue_and_topic(), topic={"Ref": "Topic"}, queue={"Ref": "Queue"})
    sns, sqs = emulator.client("sns"), emulator.client("sqs")
    listed = sns.list_subscriptions_by_topic(TopicArn=made["topic"])["Subscriptions"]
    assert sorted(item["Protocol"] for item in listed) == ["email", "sqs"]
    attributes = sns.get_topic_attributes(TopicArn=made["topic"])["Attributes"]
    assert "budgets.amazonaws.com" in attributes["Policy"]
    read = sqs.get_queue_attributes(QueueUrl=made["queue"], AttributeNames=["Policy"])
    assert "sns.amazonaws.com" in read["Attributes"]["Policy"]
    sns.publish(TopicArn=made["topic"], Message="Budget Name: writer")
    message = sqs.receive_message(QueueUrl=made["queue"], WaitTimeSeconds=2)["Messages"][0]
    assert json.loads(message["Body"])["Message"] == "Budget Name: writer"
    names = [item["AliasName"] for item in emulator.client("kms").list_aliases()["Aliases"]]
    assert "alias/finops" in names


def test_registry_entries_are_read_by_path_and_follow_the_template(emulator, stack):
    def parameter(name, value):
        properties = {"Name": name, "Type": "String", "Value": value}
        return {"Type": "AWS::SSM::Parameter", "Properties": properties}

    def entries():
        pages = emulator.client("ssm").get_paginator("get_parameters_by_path")
        found = pages.paginate(Path="/finops/writer", Recursive=True)
        return {item["Name"]: item["Value"] for page in found for item in page["Parameters"]}

    joined = {"Fn::Join": ["", ['{"region":"', {"Ref": "AWS::Region"}, '"}']]}
    smart = "/finops/writer/profiles/smart"
    stack.apply({"P": parameter("/finops/writer/policy", "{}"), "A": parameter(smart, joined)})
    assert entries() == {"/finops/writer/policy": "{}", smart: '{"region":"eu-west-1"}'}
    stack.apply({"A": parameter(smart, "changed")})
    assert entries() == {smart: "changed"}


def test_a_dashboard_is_kept_as_its_template_says(emulator, stack):
    body = {"Fn::Join": ["", ['{"widgets":[],"periodOverride":"', "auto", '"}']]}
    properties = {"DashboardName": "finops", "DashboardBody": body}
    stack.apply({"D": {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}})
    read = emulator.client("cloudwatch").get_dashboard(DashboardName="finops")
    assert json.loads(read["DashboardBody"]) == {"widgets": [], "periodOverride": "auto"}
