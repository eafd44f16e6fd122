from decimal import Decimal

import pytest

from finops_constructs.replay.assembly import AssemblyError
from finops_constructs.replay.tenant import load_tenant
from tests.replay import handmade
from tests.replay.handmade import write_assembly


def aliases(**entries):
    """More aliases of the tenant, as changes of the first."""
    return {
        f"Entry{alias}": handmade.profile_parameter(
            handmade.profile_entry() | {"alias": alias, "burst_alarm_name": None} | changes,
            alias.title(),
        )
        for alias, changes in entries.items()
    }


def priced(rate):
    rates = {"input": rate, "output": rate}
    return {"price": {"rates": rates, "source": "by hand", "as_of": "2026-11-20"}}


def test_the_dearest_alias_is_played_unless_told_otherwise(tmp_path):
    more = aliases(cheap=priced("0.1"), dear=priced("30"), image={"metered": False, "price": None})
    folder = write_assembly(tmp_path, more_resources=more)
    tenant = load_tenant(folder, "writer")
    assert tenant.profile.alias == "dear"
    assert not tenant.alias_was_chosen
    assert tenant.aliases == ("cheap", "dear", "image", "smart")
    assert load_tenant(folder, "writer", alias="cheap").alias_was_chosen


def test_a_single_priced_alias_needs_no_choice(tmp_path):
    assert load_tenant(write_assembly(tmp_path), "writer").alias_was_chosen


def test_the_limit_may_be_another(tmp_path):
    tenant = load_tenant(write_assembly(tmp_path), "writer", limit_usd=Decimal("7.5"))
    assert tenant.policy.monthly_limit_usd == Decimal("7.5")


@pytest.mark.parametrize(
    ("alias", "said"),
    [
        ("image", r"alias 'image' of tenant 'writer' is not priced by its tokens.*metered: smart"),
        ("nope", r"no alias 'nope' \(there: image, smart\)"),
    ],
)
def test_an_alias_that_cannot_be_played_is_refused(tmp_path, alias, said):
    more = aliases(image={"metered": False, "price": None})
    with pytest.raises(AssemblyError, match=said):
        load_tenant(write_assembly(tmp_path, more_resources=more), "writer", alias=alias)


def test_without_any_price_there_is_nothing_to_replay(tmp_path):
    folder = write_assembly(tmp_path, profile={"metered": False, "price": None})
    with pytest.raises(AssemblyError, match="no alias with a price"):
        load_tenant(folder, "writer")


def test_an_entry_nobody_could_read_is_named(tmp_path):
    folder = write_assembly(tmp_path, policy={"monthly_limit_usd": "many"})
    with pytest.raises(AssemblyError, match=r"/finops/writer/policy: monthly_limit_usd must be"):
        load_tenant(folder, "writer")


def test_an_alias_without_an_alarm_has_none(tmp_path):
    folder = write_assembly(tmp_path, profile={"burst_alarm_name": None})
    assert load_tenant(folder, "writer").alarm is None


def test_an_alarm_that_is_named_but_missing_is_refused(tmp_path):
    folder = write_assembly(tmp_path, alarm={"AlarmName": "another"})
    with pytest.raises(AssemblyError, match="which no template of the assembly has"):
        load_tenant(folder, "writer")
