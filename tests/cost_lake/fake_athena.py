"""An Athena client that answers from DuckDB: statements are read as Athena's and translated."""

from decimal import Decimal
from uuid import uuid4

import sqlglot

from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.views import all_views


class FakeAthena:
    """Enough of the client for `AthenaEngine`, over a folder's bill."""

    class exceptions:  # noqa: N801 - botocore's name
        class ClientError(Exception):
            response: dict[str, object] = {}  # noqa: RUF012

    def __init__(self, folder, as_of):
        self.engine = DuckDbEngine(folder, as_of=as_of, threads=1)
        for name in all_views():
            if name not in {"bedrock_daily", "bill_daily"}:
                self.engine._prepare({name}, list(self.engine._months.values()))
        self.asked = []
        self.answers = {}

    def start_query_execution(self, **request):
        self.asked.append(request)
        sql = request["QueryString"].replace('"finops".', "main.")
        if "FROM cur" in sql:
            sql = sql.replace("FROM cur", "FROM bedrock_daily")
        translated = sqlglot.transpile(sql, read="athena", write="duckdb")[0]
        cursor = self.engine._connection.cursor().execute(translated)
        columns = [(name, str(type_).lower()) for name, type_, *_ in cursor.description]
        query = str(uuid4())
        self.answers[query] = columns, cursor.fetchall()
        return {"QueryExecutionId": query}

    def get_query_execution(self, **_):
        statistics = {"DataScannedInBytes": 1}
        return {"QueryExecution": {"Status": {"State": "SUCCEEDED"}, "Statistics": statistics}}

    def get_query_results(self, *, QueryExecutionId):  # noqa: N803 - AWS's
        columns, rows = self.answers[QueryExecutionId]
        described = []
        for name, type_ in columns:
            kind, _, rest = type_.partition("(")
            column = {"Name": name, "Type": kind}
            if rest:
                digits, scale = rest.rstrip(")").split(",")
                column |= {"Precision": int(digits), "Scale": int(scale)}
            described.append(column)
        header = {"Data": [{"VarCharValue": name} for name, _ in columns]}
        data = [{"Data": [_cell(value) for value in row]} for row in rows]
        return {
            "ResultSet": {
                "Rows": [header, *data],
                "ResultSetMetadata": {"ColumnInfo": described},
            }
        }


def _cell(value):
    if value is None:
        return {}
    if isinstance(value, Decimal):
        return {"VarCharValue": format(value, "f")}
    return {"VarCharValue": str(value)}
