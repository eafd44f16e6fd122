"""The bill as tables that Athena answers questions about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import CfnResource
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from constructs import Construct

from finops_constructs._place import Place, place_of
from finops_constructs._validation import invalid, require_literal
from finops_constructs.cost_data.cur_folder import INPUTS_FOLDER
from finops_constructs.cost_data.views import all_views
from finops_constructs.cost_lake.buckets import define_bucket, define_bucket_policy, shown_arn
from finops_constructs.cost_lake.lake_tables import table_inputs, view_inputs
from finops_constructs.cost_lake.names import DATABASE, WORKGROUP
from finops_constructs.prices.price_list import load_price_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from aws_cdk import aws_s3 as s3

    from finops_constructs.cost_lake.export_bucket import ExportBucket
    from finops_constructs.enforcement.iam_statement import Statement
    from finops_constructs.prices.price_list import PriceList

_GIB: Final = 1024**3
_RESULT_DAYS: Final = 7
_QUERY: Final = [
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
]
_CATALOGUE: Final = ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
_RESULTS: Final = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
_THIS_MONTH: Final = "date_format(current_date, '%Y-%m')"


class CostLake(Construct):
    """Defines a Glue database over the exports, an Athena workgroup, views and named queries.

    Athena works out the months' partitions itself, without a crawler, and a query reads those it
    asks for. Views are part of the template: a new version of the library brings its own. Prices,
    budgets and broad tag values are views of fixed rows, from the configuration. Results are
    encrypted and expire after 7 days; a query that would read more than the limit is stopped.

    Example:
        lake = CostLake(stack, "Lake", exports=ExportBucket(stack, "Exports", payer_account=PAYER))
        lake.grant_query(analysts)

    Attributes:
        database_name: The Glue database, `finops`.
        workgroup_name: The Athena workgroup, `finops`.
        results: Where results are kept for 7 days.
        workgroup: The workgroup.
    """

    database_name: str
    workgroup_name: str
    results: s3.CfnBucket
    workgroup: athena.CfnWorkGroup

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        exports: ExportBucket,
        prices: PriceList | None = None,
        budgets: Mapping[str, Decimal] | None = None,
        broad_values: Sequence[str] = (),
        extra_tag_key: str | None = None,
        scan_limit_gib: int = 100,
    ) -> None:
        """Define the lake.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            exports: The bucket that the exports are delivered to, of the same account and Region.
            prices: The price list. Default: the shipped one.
            budgets: Tenant -> USD a month. Default: none are recorded.
            broad_values: Tag values too broad to allocate by. Default: the built-in list.
            extra_tag_key: The organisation's fourth cost tag. Default: `bedrock:cost-centre`.
            scan_limit_gib: The most one query may read, in GiB. Default: 100.

        Raises:
            ValueError: If the limit is not above 0.
        """
        super().__init__(scope, id)
        require_literal(self, "scan_limit_gib", scan_limit_gib, "bytes are computed from it")
        if scan_limit_gib <= 0:
            raise invalid(self, f"scan_limit_gib must be > 0, got {scan_limit_gib}")
        self.database_name, self.workgroup_name = DATABASE, WORKGROUP
        self._exports = exports
        place = place_of(self)
        results = Construct(self, "Results")
        self.results = define_bucket(
            results, name=None, expire_days=_RESULT_DAYS, old_version_days=1, keep=True
        )
        define_bucket_policy(results, self.results)
        database = glue.CfnDatabase(
            self,
            "Resource",
            catalog_id=place.account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=DATABASE, description="What Amazon Bedrock cost; by finops-constructs"
            ),
        )
        to = exports.destination
        tables = [
            *table_inputs(bucket=to.bucket_name, prefix=to.prefix),
            *view_inputs(
                database=DATABASE,
                prices=prices or load_price_list(),
                budgets=budgets or {},
                broad_values=broad_values,
                extra_tag_key=extra_tag_key,
            ),
        ]
        for table in tables:
            self._table(place, database, table)
        self.workgroup = self._workgroup(place, scan_limit_gib)
        self._named_queries()

    def query_statements(self) -> list[Statement]:
        """Return what a role needs to ask the lake, and nothing more."""
        place = place_of(self)
        bucket, results = self._exports.bucket.attr_arn, self.results.attr_arn
        return [
            _allow(_QUERY, [place.arn("athena", f"workgroup/{WORKGROUP}")]),
            _allow(
                _CATALOGUE,
                [
                    place.arn("glue", "catalog"),
                    place.arn("glue", f"database/{DATABASE}"),
                    place.arn("glue", f"table/{DATABASE}/*"),
                ],
            ),
            _allow(["s3:GetObject"], [f"{bucket}/{below}" for below in self._read_below()]),
            _allow(["s3:GetBucketLocation", "s3:ListBucket"], [bucket, results]),
            _allow(_RESULTS, [f"{results}/*"]),
        ]

    def query_wildcards(self) -> dict[str, str]:
        """Return the resources with a wildcard in `query_statements`, each with its reason."""
        place, bucket = place_of(self), shown_arn(self._exports.bucket)
        return {
            place.arn("glue", f"table/{DATABASE}/*"): "All tables of the lake's database",
            **{f"{bucket}/{below}": "The exports and side tables" for below in self._read_below()},
            f"{shown_arn(self.results)}/*": "Athena chooses the names of results",
        }

    def _read_below(self) -> list[str]:
        prefix = self._exports.destination.prefix
        return [f"{prefix}/*" if prefix else "finops-*", f"{INPUTS_FOLDER}/*"]

    def grant_query(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody ask the lake with `finops report`, `finops query` or Athena's console.

        Args:
            grantee: A role of this account.
        """
        grant: iam.Grant | None = None
        for statement in self.query_statements():
            added = iam.Grant.add_to_principal(
                grantee=grantee,
                actions=list(statement["Action"]),
                resource_arns=list(statement["Resource"]),
            )
            grant = grant.combine(added) if grant else added
        assert grant is not None
        return grant

    def _table(self, place: Place, database: glue.CfnDatabase, table: dict[str, Any]) -> None:
        # As a plain resource: a property object for each of 1,000 columns would cost seconds.
        resource = CfnResource(
            self,
            f"Table-{table['Name']}",
            type="AWS::Glue::Table",
            properties={
                "CatalogId": place.account,
                "DatabaseName": DATABASE,
                "TableInput": table,
            },
        )
        resource.add_resource_dependency(database)

    def _workgroup(self, place: Place, scan_limit_gib: int) -> athena.CfnWorkGroup:
        of = athena.CfnWorkGroup
        return of(
            self,
            "Workgroup",
            name=WORKGROUP,
            description="Questions about the bill; by finops-constructs",
            recursive_delete_option=True,
            work_group_configuration=of.WorkGroupConfigurationProperty(
                bytes_scanned_cutoff_per_query=scan_limit_gib * _GIB,
                enforce_work_group_configuration=True,
                engine_version=of.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                publish_cloud_watch_metrics_enabled=True,
                result_configuration=of.ResultConfigurationProperty(
                    encryption_configuration=of.EncryptionConfigurationProperty(
                        encryption_option="SSE_S3"
                    ),
                    expected_bucket_owner=place.account,
                    output_location=f"s3://{self.results.ref}/",
                ),
            ),
        )

    def _named_queries(self) -> None:
        for view in all_views().values():
            monthly = any(column.name == "billing_period" for column in view.columns)
            where = f"\nWHERE billing_period = {_THIS_MONTH}" if monthly else ""
            query = athena.CfnNamedQuery(
                self,
                f"Query-{view.name}",
                name=view.name,
                database=DATABASE,
                description=view.question[:1024],
                query_string=f"SELECT *\nFROM {view.name}{where}",
                work_group=WORKGROUP,
            )
            query.add_resource_dependency(self.workgroup)


def _allow(actions: list[str], resources: list[str]) -> Statement:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}
