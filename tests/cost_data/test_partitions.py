"""Which months a view opens, and that an answer from aggregates says so."""

import shutil

import pytest

from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from finops_constructs.cost_data.views import all_views, read_by
from tests.cost_data.conftest import AS_OF

HISTORY = {
    name
    for name in all_views()
    if any(all_views()[each].history for each in read_by(frozenset({name})) & all_views().keys())
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("months")
    write_sample(folder, plan_months(last=AS_OF, months=3, rows=300))
    return folder


@pytest.fixture
def other_months_unreadable(written, tmp_path):
    folder = shutil.copytree(written, tmp_path / "export")
    for period in ("2026-09", "2026-11"):
        for file in (folder / f"data/BILLING_PERIOD={period}").iterdir():
            file.write_bytes(b"PAR1 nothing of use PAR1")
    return folder


def test_a_single_month_view_opens_the_files_of_its_month_only(other_months_unreadable):
    engine = DuckDbEngine(other_months_unreadable, as_of=AS_OF, threads=1)
    asked = all_views().keys() - HISTORY
    assert {"showback", "chargeback_statement", "unit_cost", "llm_tax", "invoice_tie"} <= asked
    for name in sorted(asked):
        engine.view(name, months=["2026-10"])
    engine.close()


def test_a_view_with_history_needs_the_earlier_months(other_months_unreadable):
    engine = DuckDbEngine(other_months_unreadable, as_of=AS_OF, threads=1)
    with pytest.raises(CostDataError, match="2026-09"):
        engine.view("forecast", months=["2026-10"])
    engine.close()


def test_an_answer_from_daily_aggregates_says_so(written):
    engine = DuckDbEngine(written, as_of=AS_OF, threads=1)
    for name in ("showback", "forecast"):
        assert any("daily aggregates" in note for note in engine.view(name).notes)
    engine.close()
