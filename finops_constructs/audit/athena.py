"""The log as tables and views that Athena can ask."""

import base64
import json
from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import aws_glue as glue
from constructs import Construct

from finops_constructs._place import place_of
from finops_constructs.audit.log_tables import LOG_TABLES, LogTable
from finops_constructs.audit.log_views import log_views
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.cost_data.view_file import View

_JSON_SERDE: Final = "org.openx.data.jsonserde.JsonSerDe"
# Athena says that its own type names, in a view's columns, are Presto's.
_PARTITIONS: Final = ("tenant", "day")


class AuditLogQueries(Construct):
    """Defines a Glue database of the log: four tables on the locked bucket, and views on them.

    Partitions are projected from the tenants' names and the days, so no crawler runs; what is asked
    of one tenant and a few days reads only those objects. Costs nothing until somebody asks.

    Attributes:
        database: The database.
        database_name: Its name.
    """

    database: glue.CfnDatabase
    database_name: str

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket_name: str,
        log_account: str,
        log_region: str,
        tenants: Sequence[str],
        first_day: str = "2026-01-01",
    ) -> None:
        """Define the database.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            bucket_name: The locked bucket.
            log_account: The account whose calls are logged; it names the database.
            log_region: Their Region.
            tenants: The tenants' ids. A tenant that is not among them is not found by a query.
            first_day: Where the projection of days begins, `YYYY-MM-DD`. Default: 2026-01-01.
        """
        super().__init__(scope, id)
        place = place_of(self)
        self.database_name = f"finops_audit_{log_account}_{log_region.replace('-', '_')}"
        self.database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=place.account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.database_name,
                description="The write-once log of Bedrock calls; docs/audit-log.md",
            ),
        )
        projected = sorted({*tenants, "_platform", "_unattributed"})
        for table in LOG_TABLES:
            self._table(table, bucket_name, projected, first_day)
        for view in log_views().values():
            self._view(view)

    def _table(self, table: LogTable, bucket: str, tenants: Sequence[str], first_day: str) -> None:
        properties, location = glue.CfnTable, f"s3://{bucket}/{table.prefix}"
        defined = properties(
            self,
            f"Table{table.name.title()}",
            catalog_id=place_of(self).account,
            database_name=self.database.ref,
            table_input=properties.TableInputProperty(
                name=table.name,
                description=table.meaning,
                parameters={
                    "classification": "json",
                    "projection.enabled": "true",
                    "projection.day.type": "date",
                    "projection.day.format": "yyyy-MM-dd",
                    "projection.day.range": f"{first_day},NOW",
                    "projection.tenant.type": "enum",
                    "projection.tenant.values": ",".join(tenants),
                    "storage.location.template": f"{location}tenant=${{tenant}}/day=${{day}}",
                },
                partition_keys=[
                    properties.ColumnProperty(name=name, type="string") for name in _PARTITIONS
                ],
                storage_descriptor=properties.StorageDescriptorProperty(
                    columns=[
                        properties.ColumnProperty(name=column.name, type=column.glue_type)
                        for column in table.columns
                    ],
                    input_format="org.apache.hadoop.mapred.TextInputFormat",
                    location=location,
                    output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    serde_info=properties.SerdeInfoProperty(
                        serialization_library=_JSON_SERDE, parameters=table.serde_parameters
                    ),
                ),
                table_type="EXTERNAL_TABLE",
            ),
        )
        declare(defined, {Control.LOG_QUERYABLE: table.meaning})

    def _view(self, view: View) -> None:
        properties = glue.CfnTable
        properties(
            self,
            f"View{''.join(part.title() for part in view.name.split('_'))}",
            catalog_id=place_of(self).account,
            database_name=self.database.ref,
            table_input=properties.TableInputProperty(
                name=view.name,
                description=view.question,
                parameters={"presto_view": "true", "comment": "Presto View"},
                storage_descriptor=properties.StorageDescriptorProperty(
                    columns=[
                        properties.ColumnProperty(name=c.name, type=_glue_type(c.type))
                        for c in view.columns
                    ],
                    serde_info=properties.SerdeInfoProperty(),
                ),
                table_type="VIRTUAL_VIEW",
                view_expanded_text="/* Presto View */",
                view_original_text=_presto_view(view, self.database_name),
            ),
        )


def _presto_view(view: View, schema: str) -> str:
    told: dict[str, Any] = {
        "originalSql": view.sql,
        "catalog": "awsdatacatalog",
        "schema": schema,
        "columns": [{"name": c.name, "type": c.type} for c in view.columns],
    }
    return f"/* Presto View: {base64.b64encode(json.dumps(told).encode()).decode()} */"


def _glue_type(presto_type: str) -> str:
    return {"varchar": "string", "integer": "int"}.get(presto_type, presto_type)
