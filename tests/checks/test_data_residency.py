import pytest

from finops_constructs.checks.data_residency import DEFAULT_DATA_RESIDENCY, data_residency

RULE = data_residency(DEFAULT_DATA_RESIDENCY)
ADOPTED = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc"


@pytest.mark.parametrize(
    "source",
    ["inference-profile/eu.amazon.nova-pro-v1:0", "foundation-model/amazon.nova-pro-v1:0"],
)
def test_a_source_in_the_eu_is_compliant(assembly, profile, details, source):
    assert details(RULE, assembly({"P": profile(source=source)})) == {}


@pytest.mark.parametrize("scope", ["us", "apac", "global", "jp", "a-new-one"])
def test_fails_when_the_source_routes_elsewhere(assembly, profile, details, scope):
    app = assembly({"P": profile(source=f"inference-profile/{scope}.amazon.nova-pro-v1:0")})
    assert details(RULE, app) == {"P": f"in eu-west-1, copied from {scope}.amazon.nova-pro-v1:0"}


def test_fails_when_the_foundation_model_is_in_another_region(assembly, profile, details):
    moved = profile()
    moved["Properties"]["ModelSource"] = {
        "CopyFrom": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
    }
    assert details(RULE, assembly({"P": moved})) == {
        "P": "in eu-west-1, copied from amazon.nova-pro-v1:0 of us-east-1"
    }


def test_fails_when_an_adopted_profile_routes_elsewhere(assembly, entry, details):
    adopted = entry("writer/profiles/a", profile_arn=ADOPTED, model_source="global.amazon.nova")
    assert list(details(RULE, assembly({"E": adopted}))) == ["E"]
    local = entry("writer/profiles/a", profile_arn=ADOPTED, model_source="amazon.nova")
    assert details(RULE, assembly({"E": local})) == {}


def test_areas_can_be_chosen(assembly, profile, details):
    source = "inference-profile/global.amazon.nova-pro-v1:0"
    app = assembly({"P": profile(source=source)})
    assert details(data_residency({"eu-": ["eu", "global"]}), app) == {}
    assert details(data_residency({}), app) == {}


@pytest.mark.parametrize("region", ["us-east-1", None])
def test_other_and_unknown_regions_are_not_its_business(assembly, profile, details, region):
    source = "inference-profile/us.amazon.nova-pro-v1:0"
    assert details(RULE, assembly({"P": profile(source=source)}, region=region)) == {}


def test_a_source_known_only_at_deployment_is_not_reported(assembly, profile, details):
    unknown = profile()
    unknown["Properties"]["ModelSource"] = {"CopyFrom": {"Ref": "Source"}}
    assert details(RULE, assembly({"P": unknown})) == {}
