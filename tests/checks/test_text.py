import pytest

from finops_constructs.checks.template import Template
from finops_constructs.checks.text import display, has_token, render


@pytest.fixture
def template():
    return Template(path="a.template.json", body={}, account="111122223333", region="eu-west-1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        (12, "12"),
        (True, "true"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::AccountId"}]]}, "a-111122223333"),
        ({"Fn::Sub": "${AWS::Partition}/${Topic.Arn}/${!Literal}"}, "aws/${Topic.Arn}/${Literal}"),
        ({"Fn::Sub": ["${X}-${Y}", {"X": "x"}]}, "x-${Y}"),
        ({"Fn::GetAtt": ["Topic", "TopicArn"]}, "${Topic.TopicArn}"),
        ({"Fn::GetAtt": "Topic.TopicArn"}, "${Topic.TopicArn}"),
        ({"Fn::If": ["C", "a", "b"]}, "${{'Fn::If': ['C', 'a', 'b']}}"),
    ],
)
def test_a_value_reads_as_a_person_would_write_it(template, value, text):
    assert display(render(value, template)) == text


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Join": ["-", {"Ref": "List"}]},
        {"Fn::Sub": 3},
        {"Fn::GetAtt": ["Topic"]},
        {"Fn::ImportValue": "elsewhere"},
        {"Fn::Select": [0, []]},
        {"two": 1, "keys": 2},
        [],
    ],
)
def test_a_shape_it_does_not_know_is_a_token_and_no_crash(template, value):
    assert has_token(render(value, template))


def test_the_region_of_an_agnostic_stack_is_a_token():
    template = Template(path="a.template.json", body={})
    assert display(render({"Ref": "AWS::Region"}, template)) == "${AWS::Region}"


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_the_partition_follows_from_the_region(region, partition):
    template = Template(path="a.template.json", body={}, region=region)
    assert render({"Ref": "AWS::Partition"}, template) == partition


def test_references_of_two_stacks_are_not_confused(template):
    other = Template(path="b.template.json", body={})
    assert render({"Ref": "Role"}, template) != render({"Ref": "Role"}, other)
