from pathlib import Path

import pytest

from finops_constructs.attribution.model_source import Scope, parse_model_source
from finops_constructs.config.loader import load_config
from finops_constructs.enforcement.modes import Guard, Mode
from finops_constructs.prices.price_list import load_price_list

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def example():
    return load_config(CONFIG)


def test_the_example_organisation_is_valid_and_without_warnings(example):
    assert [tenant.id for tenant in example.tenants] == [
        "coding-assistant", "customer-chatbot", "research-sandbox", "writer",
    ]  # fmt: skip
    assert example.warnings == ()


def test_it_fits_one_account_and_two_regions(example):
    assert {tenant.account for tenant in example.tenants} == {"111122223333"}
    assert {tenant.region for tenant in example.tenants} == {"eu-west-1", "eu-west-2"}


def test_it_shows_both_ends_of_enforcement(example):
    settings = {(tenant.mode, tenant.guard) for tenant in example.tenants}
    assert {(Mode.ENFORCE, Guard.ENFORCE), (Mode.SHADOW, Guard.OBSERVE)} <= settings


def test_its_models_stay_in_the_eu_and_have_no_known_end(example):
    prices = load_price_list()
    for tenant in example.tenants:
        assert len(tenant.models) >= 2
        for model in tenant.models.values():
            source = parse_model_source(model.model)
            price = prices.find(source, region=tenant.region)
            assert source.scope in {Scope.EU, Scope.REGIONAL}
            assert price is not None
            assert price.metered
            assert price.deprecation_date is None


def test_one_role_serves_two_tenants(example):
    shared = [c.role_arn for t in example.tenants for c in t.callers if c.shared_with]
    assert len(shared) == 2
    assert len(set(shared)) == 1


def test_every_file_names_its_schema():
    for file in [CONFIG / "platform.yaml", *(CONFIG / "tenants").glob("*.yaml")]:
        first = file.read_text().splitlines()[0]
        schema = file.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert schema.resolve().is_file(), file
