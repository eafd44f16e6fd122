"""The platform's two tables: the ledger and the state, which outlive the stack."""

from aws_cdk import CfnDeletionPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from finops_constructs._acknowledge import TABLE_BACKUP_PLAN, acknowledge


def define_table(
    scope: Construct,
    id: str,
    *,
    name: str,
    expiry_attribute: str | None = None,
    stream: bool = False,
) -> dynamodb.CfnTable:
    """Define a table of items by `pk` and `sk`, paid per request and kept for ever.

    It is restorable to any second of the last 35 days. Deleting the stack leaves it, so that the
    record of what was spent and stopped survives; deploying the platform again then takes
    `cdk deploy --import-existing-resources`. A first deployment that fails takes it away again.
    It is encrypted with AWS's own key, because the platform's key goes with the stack.

    Args:
        scope: The construct it belongs to.
        id: The table's id.
        name: Its name.
        expiry_attribute: Items with this attribute go at that second. Default: none go.
        stream: Whether new item images are streamed. Default: False.
    """
    text = dynamodb.CfnTable.AttributeDefinitionProperty
    key = dynamodb.CfnTable.KeySchemaProperty
    table = dynamodb.CfnTable(
        scope,
        id,
        attribute_definitions=[
            text(attribute_name="pk", attribute_type="S"),
            text(attribute_name="sk", attribute_type="S"),
        ],
        billing_mode="PAY_PER_REQUEST",
        key_schema=[
            key(attribute_name="pk", key_type="HASH"),
            key(attribute_name="sk", key_type="RANGE"),
        ],
        point_in_time_recovery_specification=(
            dynamodb.CfnTable.PointInTimeRecoverySpecificationProperty(
                point_in_time_recovery_enabled=True
            )
        ),
        stream_specification=(
            dynamodb.CfnTable.StreamSpecificationProperty(stream_view_type="NEW_IMAGE")
            if stream
            else None
        ),
        table_name=name,
        time_to_live_specification=(
            dynamodb.CfnTable.TimeToLiveSpecificationProperty(
                attribute_name=expiry_attribute, enabled=True
            )
            if expiry_attribute
            else None
        ),
    )
    table.cfn_options.deletion_policy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
    table.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
    reason = (
        "Restorable to any second of 35 days; a plan of AWS Backup is the organisation's choice"
    )
    acknowledge(table, {TABLE_BACKUP_PLAN: reason})
    return table
