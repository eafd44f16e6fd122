import pytest

from finops_constructs.checks.profile_cost_tags import profile_cost_tags

RULE = profile_cost_tags(None)
ARN = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc"


def test_a_profile_with_all_tags_is_compliant(assembly, profile, details):
    assert details(RULE, assembly({"P": profile()})) == {}


@pytest.mark.parametrize(
    "key", ["bedrock:tool", "bedrock:project", "bedrock:environment", "finops:tenant"]
)
def test_fails_when_a_required_tag_is_missing(assembly, profile, details, key):
    app = assembly({"P": profile(**{key.replace(":", "__"): None})})
    assert details(RULE, app) == {"P": f"missing {key}"}


def test_fails_when_a_tag_is_blank(assembly, profile, details):
    assert details(RULE, assembly({"P": profile(bedrock__tool="  ")})) == {
        "P": "missing bedrock:tool"
    }


def test_fails_when_there_are_no_tags_at_all(assembly, profile, details):
    bare = profile()
    del bare["Properties"]["Tags"]
    assert "finops:tenant" in details(RULE, assembly({"P": bare}))["P"]


def test_fails_when_the_organisations_own_dimension_is_missing(assembly, profile, details):
    rule = profile_cost_tags("bedrock:cost-centre")
    assert details(rule, assembly({"P": profile()})) == {"P": "missing bedrock:cost-centre"}
    tagged = profile(**{"bedrock__cost-centre": "CC-1042"})
    assert details(rule, assembly({"P": tagged})) == {}


def test_fails_when_an_adopted_profile_has_no_cost_tags(assembly, entry, details):
    app = assembly({"E": entry("writer/profiles/smart", profile_arn=ARN)})
    assert details(RULE, app) == {"E": "missing bedrock:tool, bedrock:project, bedrock:environment"}


def test_an_entry_whose_profile_only_the_deployment_knows_is_not_adopted(assembly, entry, details):
    unknown = entry("writer/profiles/smart")
    parts = ['{"profile_arn":"', {"Ref": "Arn"}, '"}']
    unknown["Properties"]["Value"] = {"Fn::Join": ["", parts]}
    assert details(RULE, assembly({"E": unknown})) == {}


def test_other_resources_are_not_its_business(assembly, details):
    assert details(RULE, assembly({"Topic": {"Type": "AWS::SNS::Topic"}})) == {}


def test_a_value_known_only_at_deployment_counts_as_given(assembly, profile, details):
    assert details(RULE, assembly({"P": profile(bedrock__tool={"Ref": "Tool"})})) == {}
    conditional = profile()
    conditional["Properties"]["Tags"] = {"Fn::If": ["Prod", [], []]}
    assert details(RULE, assembly({"P": conditional})) == {}
