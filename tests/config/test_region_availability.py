import pytest
from cfnlint.helpers import REGIONS
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from finops_constructs.config.region_checks import MISSING
from tests.config.config_folders import WRITER, faults_in, write_folder


@pytest.mark.parametrize("kind", MISSING)
def test_the_regions_that_lack_a_resource_type_are_those_of_the_pinned_cfn_lint(kind):
    lack = {r for r in REGIONS if kind not in PROVIDER_SCHEMA_MANAGER.get_resource_types(r)}
    assert lack == MISSING[kind]


def faults(tmp_path, *edits):
    text = WRITER
    for old, new in edits:
        text = text.replace(old, new)
    found = faults_in(write_folder(tmp_path, tenants={"writer": text}))
    return [(f.line, f.key, f.value, f.problem) for f in found if f.key == "region"]


def test_a_region_without_budgets_and_profiles_is_refused_with_a_way_out(tmp_path):
    budget, profile = faults(tmp_path, ("region: eu-west-1", "region: eu-north-1"))
    assert budget[:3] == profile[:3] == (9, "region", "'eu-north-1'")
    assert "no AWS::Bedrock::ApplicationInferenceProfile there" in budget[3]
    assert "give smart, own an existing profile as profile_arn" in budget[3]
    assert "name an existing budget as budget.adopt_budget" in profile[3]


def test_a_region_without_budgets_will_do_for_a_tenant_that_has_one(tmp_path):
    moved = ("region: eu-west-1", "region: eu-south-1")
    assert len(faults(tmp_path, moved)) == 1
    adopted = ("  stop_percentage: 100", "  adopt_budget: old\n  stop_percentage: 100")
    assert faults(tmp_path, moved, adopted) == []
