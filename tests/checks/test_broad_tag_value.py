from finops_constructs.checks.broad_tag_value import broad_tag_value

RULE = broad_tag_value({"AI", "shared"}, "team")


def test_a_telling_value_is_compliant(assembly, profile, details):
    assert details(RULE, assembly({"P": profile()})) == {}


def test_fails_when_a_value_is_on_the_list_in_any_case(assembly, profile, details):
    app = assembly({"P": profile(bedrock__tool=" ai ")})
    assert details(RULE, app) == {"P": "bedrock:tool=' ai ' says nothing to allocate by"}


def test_fails_when_the_organisations_own_dimension_is_too_broad(assembly, profile, details):
    assert list(details(RULE, assembly({"P": profile(team="Shared")}))) == ["P"]


def test_other_tags_are_not_its_business(assembly, profile, details):
    assert details(RULE, assembly({"P": profile(owner="shared")})) == {}


def test_a_value_known_only_at_deployment_is_not_reported(assembly, profile, details):
    assert details(RULE, assembly({"P": profile(bedrock__tool={"Ref": "AI"})})) == {}
