import pytest

from local.testing import StackError

pytestmark = pytest.mark.emulator
ROLE = "arn:aws:iam::111122223333:role/chat"
TOPICS = ["arn:aws:sns:eu-west-1:111122223333:finops-alerts"]


def slack(name, channel="C012345"):
    return {
        "Type": "AWS::Chatbot::SlackChannelConfiguration",
        "Properties": {
            "ConfigurationName": name,
            "IamRoleArn": ROLE,
            "SlackChannelId": channel,
            "SlackWorkspaceId": "T012345",
            "SnsTopicArns": TOPICS,
        },
    }


def teams(name):
    return {
        "Type": "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
        "Properties": {
            "ConfigurationName": name,
            "IamRoleArn": ROLE,
            "TeamId": "11111111-2222-3333-4444-555555555555",
            "TeamsChannelId": "19%3Aabc",
            "TeamsTenantId": "66666666-7777-8888-9999-000000000000",
            "SnsTopicArns": TOPICS,
        },
    }


def test_a_channel_is_known_by_the_arn_that_its_name_makes(stack):
    made = stack.apply(
        {"S": slack("writer"), "T": teams("writer")}, slack={"Ref": "S"}, teams={"Ref": "T"}
    )
    prefix = "arn:aws:chatbot::111122223333:chat-configuration"
    assert made["slack"] == f"{prefix}/slack-channel/writer"
    assert made["teams"] == f"{prefix}/microsoft-teams-channel/writer"


def test_a_channel_changes_in_place_and_another_name_replaces_it(stack):
    arn = {"arn": {"Ref": "S"}}
    first = stack.apply({"S": slack("one")}, **arn)
    assert stack.apply({"S": slack("one", channel="C999")}, **arn) == first
    assert stack.apply({"S": slack("two")}, **arn) != first
    stack.apply({"S": slack("two"), "Again": slack("one")})


def test_two_channels_of_one_name_collide(stack):
    with pytest.raises(StackError, match="already exists"):
        stack.apply({"S": slack("one"), "Again": slack("one")})
