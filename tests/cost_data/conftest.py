"""One sample bill for all tests, written once, and an engine over it as of a fixed day."""

import json
from datetime import date
from decimal import Decimal

import pytest

from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.sample.inputs import write_inputs
from finops_constructs.cost_data.sample.writer import plan_months, write_sample

AS_OF = date(2026, 11, 24)
MONTHS = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    months = plan_months(last=AS_OF, months=len(MONTHS), rows=3000)
    written = write_sample(folder, months)
    write_inputs(folder, months, written.ledger)
    return folder


@pytest.fixture(scope="session")
def ledger(sample_folder):
    return json.loads((sample_folder / "ledger.json").read_text())["months"]


@pytest.fixture(scope="session")
def engine(sample_folder):
    opened = DuckDbEngine(sample_folder, as_of=AS_OF, threads=1)
    yield opened
    opened.close()


@pytest.fixture
def ask(engine):
    """The rows of a view of one month, as dictionaries."""

    def rows(name, month="2026-10"):
        return list(engine.view(name, months=[month]).records())

    return rows


def total(rows, column="cost_usd"):
    return sum((row[column] for row in rows), Decimal(0))
