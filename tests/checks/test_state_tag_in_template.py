from finops_constructs.checks.state_tag_in_template import STATE_TAG_IN_TEMPLATE


def test_a_profile_without_the_state_tag_is_compliant(assembly, profile, details):
    assert details(STATE_TAG_IN_TEMPLATE, assembly({"P": profile()})) == {}


def test_fails_when_a_profile_sets_it(assembly, profile, details):
    app = assembly({"P": profile(finops__state="active")})
    assert details(STATE_TAG_IN_TEMPLATE, app) == {"P": "Tags has finops:state"}


def test_fails_when_a_resource_with_a_tag_map_sets_it(assembly, details):
    tags = {"finops:state": "active"}
    app = assembly({"S": {"Type": "AWS::SSM::Parameter", "Properties": {"Tags": tags}}})
    assert list(details(STATE_TAG_IN_TEMPLATE, app)) == ["S"]


def test_fails_when_the_stack_hands_it_to_all_its_resources(assembly):
    app = assembly({})
    app.templates[0].stack_tags = {"finops:state": "active"}
    (found,) = STATE_TAG_IN_TEMPLATE.find(app)
    assert found.resource is None
    assert found.template.construct_path == "stack-0"


def test_untagged_resources_are_not_its_business(assembly, details):
    assert details(STATE_TAG_IN_TEMPLATE, assembly({"T": {"Type": "AWS::SNS::Topic"}})) == {}


def test_a_value_known_only_at_deployment_is_refused_too(assembly, profile, details):
    app = assembly({"P": profile(finops__state={"Ref": "State"})})
    assert list(details(STATE_TAG_IN_TEMPLATE, app)) == ["P"]
