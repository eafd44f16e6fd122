"""The bill as data: CUR 2.0 and FOCUS 1.2, delivered every day."""

from __future__ import annotations

from aws_cdk import aws_bcmdataexports as exports
from constructs import Construct

from finops_constructs._place import place_of
from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import invalid
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.cost_lake.export_bucket import ExportBucket, ExportDestination
from finops_constructs.cost_lake.exports import (
    EXPORT_REGION,
    ExportTable,
    cur_export,
    focus_export,
)


class CostExport(Construct):
    """Defines two data exports of an account: CUR 2.0 and FOCUS 1.2, Parquet, overwritten in place.

    In the payer account they hold the whole organisation; in a member account only its own usage,
    without credits, refunds and fees that are the payer's, at that account's rates.

    Example:
        CostExport(stack, "Exports", destination=bucket)

    Attributes:
        cur: CUR 2.0, with an explicit list of columns, resources and IAM principals.
        focus: FOCUS 1.2.
    """

    cur: exports.CfnExport
    focus: exports.CfnExport

    def __init__(
        self, scope: Construct, id: str, *, destination: ExportBucket | ExportDestination
    ) -> None:
        """Define the exports.

        Args:
            scope: The construct it belongs to; its stack must be in us-east-1.
            id: The construct's id.
            destination: The bucket; of another account or Region if it is an `ExportDestination`.

        Raises:
            ValueError: If the stack is elsewhere, or does not say where it is.
        """
        super().__init__(scope, id)
        region = place_of(self).region
        if is_unresolved(region) or region != EXPORT_REGION:
            got = "a Region that is known at deployment only" if is_unresolved(region) else region
            raise invalid(
                self,
                f"data exports are kept in {EXPORT_REGION} only, got {got}; give the stack an"
                " environment there (the bucket may be in any Region)",
            )
        bucket = destination if isinstance(destination, ExportBucket) else None
        to = bucket.destination if bucket else destination
        assert isinstance(to, ExportDestination)
        self.cur = self._export("Cur", cur_export(), to)
        self.focus = self._export("Focus", focus_export(), to)
        if bucket:
            for export in (self.cur, self.focus):
                export.add_resource_dependency(bucket.policy)

    def _export(self, id: str, table: ExportTable, to: ExportDestination) -> exports.CfnExport:
        of = exports.CfnExport
        export = of(
            self,
            id,
            export=of.ExportProperty(
                name=table.name,
                description="Amazon Bedrock cost reports; defined by finops-constructs",
                data_query=of.DataQueryProperty(
                    query_statement=table.query,
                    table_configurations={table.table: table.settings},
                ),
                destination_configurations=of.DestinationConfigurationsProperty(
                    s3_destination=of.S3DestinationProperty(
                        s3_bucket=to.bucket_name,
                        s3_prefix=to.prefix,
                        s3_region=to.region,
                        s3_bucket_owner=to.owner,
                        s3_output_configurations=of.S3OutputConfigurationsProperty(
                            compression="PARQUET",
                            format="PARQUET",
                            output_type="CUSTOM",
                            overwrite="OVERWRITE_REPORT",
                        ),
                    )
                ),
                refresh_cadence=of.RefreshCadenceProperty(frequency="SYNCHRONOUS"),
            ),
        )
        declare(export, {Control.BILL_EXPORTED: "It carries the bill, line by line, with its tags"})
        return export
