"""The Athena engine against a client that answers as Athena does."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from finops_constructs.cost_data.athena_engine import AthenaEngine
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.views import get_view


class ClientError(Exception):
    response = {"Error": {"Message": "WorkGroup absent is not found."}}  # noqa: RUF012


class Athena:
    """Answers in the shapes of StartQueryExecution, GetQueryExecution and GetQueryResults."""

    class exceptions:  # noqa: N801 - botocore's name
        ClientError = ClientError

    def __init__(self, columns, rows, states=("QUEUED", "RUNNING", "SUCCEEDED"), reason=""):
        self.columns, self.rows, self.reason = columns, rows, reason
        self.states = list(states)
        self.asked = []
        self.stopped = False

    def start_query_execution(self, **request):
        self.asked.append(request)
        if request["WorkGroup"] == "absent":
            raise ClientError
        return {"QueryExecutionId": "1"}

    def get_query_execution(self, **_request):
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        status = {"State": state, "StateChangeReason": self.reason}
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 1234567}}}

    def stop_query_execution(self, **_request):
        self.stopped = True

    def get_query_results(self, NextToken="0", **_request):  # noqa: N803 - AWS's name
        page = int(NextToken)
        names = [name for name, *_ in self.columns]
        everything = [names, *self.rows]
        rows = everything[page * 2 : page * 2 + 2]
        data = [
            {"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]}
            for row in rows
        ]
        described = [
            {"Name": name, "Type": type_, "Precision": 38, "Scale": 10}
            for name, type_ in self.columns
        ]
        answer: dict[str, object] = {
            "ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": described}},
        }
        if (page + 1) * 2 < len(everything):
            answer["NextToken"] = str(page + 1)
        return answer


COLUMNS = [("d", "date"), ("t", "timestamp"), ("c", "decimal"), ("n", "bigint"), ("x", "double"),
           ("b", "boolean"), ("s", "varchar")]  # fmt: skip
ROW = ["2026-10-01", "2026-10-01 23:00:00.000", "1.5000000000", "7", "0.25", "true", "a"]


def engine(client, **more):
    return AthenaEngine(client, workgroup="finops", database="lake", sleep=lambda _s: None, **more)


def test_pages_become_rows_with_types_and_the_names_are_not_a_row():
    client = Athena(COLUMNS, [ROW, [None] * 7, ROW])
    result = engine(client).statement("SELECT 1")
    typed = (
        date(2026, 10, 1),
        datetime(2026, 10, 1, 23),  # noqa: DTZ001 - Athena's timestamps have no zone
        Decimal("1.5000000000"),
        7,
        0.25,
        True,
        "a",
    )
    assert result.rows == [typed, (None,) * 7, typed]
    assert result.columns[2].type == "decimal(38,10)"
    assert result.notes == ("Athena scanned 1,234,567 bytes for this",)
    assert client.asked[0]["QueryExecutionContext"] == {"Database": "lake"}


def test_a_view_is_asked_for_the_wanted_months_in_a_settled_order():
    columns = [(each.name, each.type.split("(")[0]) for each in get_view("as_of").columns]
    client = Athena(columns, [["2026-11-24"]])
    assert engine(client).view("as_of", months=["2026-10"]).rows == [(date(2026, 11, 24),)]
    assert client.asked[0]["QueryString"] == "SELECT * FROM as_of ORDER BY 1"
    with pytest.raises(CostDataError, match="of another version than this library"):
        engine(client).view("showback", months=["2026-10", "2026-09"])
    assert "WHERE billing_period IN ('2026-09', '2026-10') ORDER" in client.asked[1]["QueryString"]


def test_months_come_from_the_partitions():
    client = Athena([("billing_period", "varchar")], [["2026-10"], ["2026-11"]])
    assert engine(client).months() == ["2026-10", "2026-11"]


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("TABLE_NOT_FOUND: Table 'lake.showback' does not exist", "deploy the cost lake"),
        ("Bytes scanned limit was exceeded", "ask for fewer months, or raise the workgroup's"),
        ("GENERIC_INTERNAL_ERROR", "GENERIC_INTERNAL_ERROR"),
    ],
)
def test_fails_when_athena_does_saying_what_to_do(reason, advice):
    client = Athena(COLUMNS, [], states=("RUNNING", "FAILED"), reason=reason)
    with pytest.raises(CostDataError, match=advice):
        engine(client).statement("SELECT 1")


def test_fails_when_there_is_no_such_workgroup():
    client = Athena(COLUMNS, [])
    absent = AthenaEngine(client, workgroup="absent", database="lake")
    with pytest.raises(CostDataError, match="Athena refused the query: WorkGroup absent"):
        absent.statement("SELECT 1")


def test_a_query_that_takes_too_long_is_stopped():
    client = Athena(COLUMNS, [], states=("RUNNING",))
    with pytest.raises(CostDataError, match="has not answered within 5 s"):
        engine(client, timeout_s=5).statement("SELECT 1")
    assert client.stopped


def test_fails_when_a_month_could_be_a_piece_of_sql():
    with pytest.raises(CostDataError, match="a month is written YYYY-MM"):
        engine(Athena(COLUMNS, [])).view("showback", months=["2026-10') --"])
    with pytest.raises(CostDataError, match="the statement itself says its months"):
        engine(Athena(COLUMNS, [])).statement("SELECT 1", months=["2026-10"])
