"""Parts of the bill: they add up to it, and both engines give the same ones."""

import pytest
import sqlglot

from finops_constructs.cost_data.athena_engine import AthenaEngine
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.selection import (
    DIMENSIONS,
    condition,
    filtered_view,
    why_not_filtered,
)
from finops_constructs.cost_data.views import get_view
from finops_constructs.report.gather import VIEWS
from tests.cost_data.conftest import AS_OF, total
from tests.cost_lake.fake_athena import FakeAthena

MONTH = "2026-10"
WRITER = {"tenant": ["writer"]}
PART = {"model": ["Claude Sonnet 5.5", "Nova Pro"], "tenant": ["(none)", "writer"]}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_parts_by_any_dimension_are_the_bill(engine, dimension):
    whole = total(engine.view("showback", months=[MONTH]).records())
    parts = list(engine.totals([dimension], months=[MONTH]).records())
    assert total(parts) == whole
    for part in parts[:3]:
        value = part[dimension]
        filters = {dimension: ["(none)" if value is None else value]}
        own = engine.view("showback", months=[MONTH], filters=filters)
        assert total(own.records()) == part["cost_usd"]


@pytest.mark.parametrize("filters", [WRITER, PART], ids=["tenant", "models and nobody"])
@pytest.mark.parametrize("name", VIEWS)
def test_a_filtered_statement_can_be_read_by_athena_or_says_why_there_is_none(name, filters):
    why_not = why_not_filtered(get_view(name), filters)
    if why_not is None:
        assert sqlglot.parse_one(filtered_view(name, filters, schema='"finops"'), read="athena")
        return
    with pytest.raises(CostDataError, match=why_not):
        filtered_view(name, filters, schema='"finops"')


def test_values_are_quoted_and_names_are_checked():
    assert condition({"tenant": ["o'hara"]}) == " WHERE (tenant IN ('o''hara'))"
    assert condition({"tenant": ["(none)"]}) == " WHERE (tenant IS NULL)"
    assert condition({}) == ""
    with pytest.raises(CostDataError, match="'1=1; --' is no dimension"):
        condition({"1=1; --": ["x"]})


@pytest.fixture(scope="module")
def athena(sample_folder):
    client = FakeAthena(sample_folder, AS_OF)
    yield AthenaEngine(client, workgroup="finops", database="finops")
    client.engine.close()


@pytest.mark.parametrize("filters", [{}, WRITER], ids=["all", "a part"])
def test_both_engines_give_the_same_rows_for_every_view(engine, athena, filters):
    for name in VIEWS:
        if filters and why_not_filtered(get_view(name), filters):
            continue
        here = engine.view(name, months=[MONTH], filters=filters)
        there = athena.view(name, months=[MONTH], filters=filters)
        assert there.columns == here.columns, name
        assert sorted(map(repr, there.rows)) == sorted(map(repr, here.rows)), name
