"""Answers from the cost lake: the same views, run by Athena."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.engine import NO_FILTERS, Result, ResultColumn
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.selection import BASE, condition, filtered_view, totals_query
from finops_constructs.cost_data.views import CUR_TABLE, get_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 3.0
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "bigint": int,
    "integer": int,
    "double": float,
    "boolean": lambda text: text == "true",
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


class AthenaEngine:
    """Answers questions about a database of the cost lake; see `Engine`."""

    at_once = 5

    def __init__(
        self,
        client: Any,
        *,
        workgroup: str,
        database: str,
        timeout_s: float = 600,
        sleep: Callable[[float], None] = time.sleep,
        progress: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Hold what is needed to ask; nothing is sent yet.

        Args:
            client: A boto3 `athena` client.
            workgroup: Whose settings decide where results go and how many bytes may be scanned.
            database: That of the cost lake.
            timeout_s: Seconds after which a query is stopped.
            sleep: Waits between two looks at a query.
            progress: Told before something slow begins.
        """
        self._client = client
        self._workgroup = workgroup
        self._database = database
        self._schema = f'"{database}"'
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._progress = progress

    def months(self) -> list[str]:
        """Return the billing periods of the table; see `Engine.months`."""
        found = self._run(f"SELECT DISTINCT billing_period FROM {CUR_TABLE} ORDER BY 1")
        return [period for (period,) in found.rows]

    def view(
        self,
        name: str,
        *,
        months: Sequence[str] = (),
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    ) -> Result:
        """Return the rows of a view; see `Engine.view`."""
        view = get_view(name)
        _check_months(months)
        listed = ", ".join(f"'{month}'" for month in sorted(set(months)))
        monthly = any(column.name == "billing_period" for column in view.columns)
        where = f" WHERE billing_period IN ({listed})" if listed and monthly else ""
        order = ", ".join(str(place + 1) for place in range(len(view.columns)))
        rows = name
        if filters:
            rows = f"({filtered_view(name, filters, schema=self._schema)}) AS asked"
        result = self._run(f"SELECT * FROM {rows}{where} ORDER BY {order}")
        got = [(column.name, column.type) for column in result.columns]
        if got != [(column.name, column.type) for column in view.columns]:
            raise CostDataError(
                f"the view {name} in {self._database} is of another version than this library:"
                " deploy the cost lake again"
            )
        return result

    def totals(
        self,
        by: Sequence[str],
        *,
        months: Sequence[str],
        filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    ) -> Result:
        """Return cost and tokens, added up; see `Engine.totals`."""
        _check_months(months)
        return self._run(totals_query(by, months=months, filters=filters, schema=self._schema))

    def data_through(self, months: Sequence[str]) -> dict[str, datetime]:
        """Return month -> end of the latest hour with Bedrock data, UTC; none for absent months."""
        _check_months(months)
        found = self._run(
            f"SELECT billing_period, max(data_through) FROM {self._schema}.{BASE}"
            f"{condition({}, months)} GROUP BY 1 ORDER BY 1"
        )
        return {period: end for period, end in found.rows if end is not None}

    def statement(self, sql: str, *, months: Sequence[str] = ()) -> Result:
        """Return the rows of a SELECT; see `Engine.statement`."""
        if months:
            raise CostDataError("on Athena the statement itself says its months: billing_period")
        return self._run(sql)

    def close(self) -> None:
        """Nothing is held open; see `Engine.close`."""

    def _run(self, sql: str) -> Result:
        self._progress(f"asking Athena ({self._workgroup})")
        try:
            started = self._client.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": self._database},
                WorkGroup=self._workgroup,
            )
        except self._client.exceptions.ClientError as fault:
            raise CostDataError(
                f"Athena refused the query: {fault.response['Error']['Message']}"
            ) from None
        execution_id = started["QueryExecutionId"]
        execution = self._wait(execution_id)
        columns, rows = self._results(execution_id)
        scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
        return Result(
            columns=columns, rows=rows, notes=(f"Athena scanned {scanned:,} bytes for this",)
        )

    def _wait(self, execution_id: str) -> dict[str, Any]:
        pause, waited = _FIRST_PAUSE_S, 0.0
        while True:
            answer = self._client.get_query_execution(QueryExecutionId=execution_id)
            execution: dict[str, Any] = answer["QueryExecution"]
            state = execution["Status"]["State"]
            if state == "SUCCEEDED":
                return execution
            if state in {"FAILED", "CANCELLED"}:
                reason = execution["Status"].get("StateChangeReason", "no reason given")
                raise CostDataError(f"Athena: {state.lower()}: {reason}{_advice(reason)}")
            if waited >= self._timeout_s:
                self._client.stop_query_execution(QueryExecutionId=execution_id)
                raise CostDataError(
                    f"Athena has not answered within {self._timeout_s:.0f} s; the query was"
                    " stopped: ask for fewer months"
                )
            self._sleep(pause)
            waited += pause
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _results(self, execution_id: str) -> tuple[tuple[ResultColumn, ...], list[tuple[Any, ...]]]:
        columns: tuple[ResultColumn, ...] = ()
        rows: list[tuple[Any, ...]] = []
        for number, page in enumerate(self._pages(execution_id)):
            if not columns:
                described = page["ResultSetMetadata"]["ColumnInfo"]
                columns = tuple(ResultColumn(each["Name"], _type(each)) for each in described)
            data = page["Rows"][1 if number == 0 else 0 :]  # the very first row repeats the names
            for row in data:
                cells = (cell.get("VarCharValue") for cell in row["Data"])
                rows.append(
                    tuple(
                        None if cell is None else _value(cell, column.type)
                        for cell, column in zip(cells, columns, strict=True)
                    )
                )
        return columns, rows

    def _pages(self, execution_id: str) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            answer = self._client.get_query_results(QueryExecutionId=execution_id, **token)
            yield answer["ResultSet"]
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}


def _check_months(months: Sequence[str]) -> None:
    for month in months:
        if len(month) != 7 or not month.replace("-", "").isdigit():
            raise CostDataError(f"a month is written YYYY-MM, got {month!r}")


def _type(column: dict[str, Any]) -> str:
    name = str(column["Type"]).lower()
    if name == "decimal":
        return f"decimal({column['Precision']},{column['Scale']})"
    return name


def _value(text: str, type_: str) -> Any:
    if type_.startswith("decimal"):
        return Decimal(text)
    return _READERS.get(type_, str)(text)


def _advice(reason: str) -> str:
    if "TABLE_NOT_FOUND" in reason or "does not exist" in reason:
        return "; deploy the cost lake, or check the database's name"
    if "Bytes scanned limit" in reason or "bytes scanned" in reason.lower():
        return "; ask for fewer months, or raise the workgroup's limit"
    return ""
