"""A sample bill with all its side tables, written once for all tests of reports."""

import json
from datetime import date

import pytest

from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.sample.inputs import write_inputs
from finops_constructs.cost_data.sample.writer import plan_months, write_sample
from finops_constructs.report.gather import gather
from finops_constructs.report.money import Money
from finops_constructs.report.report import make_report
from finops_constructs.report.scope import choose_scope

AS_OF = date(2026, 11, 24)


@pytest.fixture(scope="session")
def bill(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bill")
    months = plan_months(last=AS_OF, months=4, rows=2000)
    write_inputs(folder, months, write_sample(folder, months).ledger)
    return folder


@pytest.fixture(scope="session")
def ledger(bill):
    return json.loads((bill / "ledger.json").read_text())["months"]


@pytest.fixture(scope="session")
def engine(bill):
    opened = DuckDbEngine(bill, as_of=AS_OF, threads=1)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def made(engine):
    """`made(money=..., month=..., filters=...)` returns a report of the sample."""

    def make(money=None, **scope):
        return make_report(
            gather(engine, choose_scope(engine.months(), **scope)),
            money=money or Money(),
            organization="Example Bank",
            source="a sample",
            made_on=AS_OF,
        )

    return make
