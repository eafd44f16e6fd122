"""The tables of the log: which JSON each column comes from. Imports no aws_cdk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class LogColumn:
    """A column.

    Attributes:
        name: Its name.
        source: The JSON key it comes from; a dotted one is inside of an object.
        type: As Athena spells it.
    """

    name: str
    source: str
    type: str = "varchar"

    @property
    def glue_type(self) -> str:
        """The type as Glue spells it; its JSON reader finds keys whatever their case."""
        return _glue(self.type.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTable:
    """A table over one kind of archived object.

    Attributes:
        name: Its name.
        prefix: Where the objects lie in the bucket.
        meaning: What one row is.
        columns: Its columns, beside the partitions tenant and day.
    """

    name: str
    prefix: str
    meaning: str
    columns: tuple[LogColumn, ...]

    @property
    def serde_parameters(self) -> Mapping[str, str]:
        """What tells Athena's JSON reader the keys of columns that are named otherwise."""
        return {
            f"mapping.{column.name}": column.source
            for column in self.columns
            if column.source != column.name
        } | {"ignore.malformed.json": "false"}


def _column(name: str, source: str | None = None, type: str = "varchar") -> LogColumn:
    return LogColumn(name=name, source=source or name, type=type)


_COUNTS: Final = (
    "row(inputTokenCount bigint, cacheReadInputTokenCount bigint, cacheWriteInputTokenCount bigint)"
)
_SAID: Final = "row(tenant varchar, alias varchar, role varchar, person varchar, guardrail varchar)"

LOG_TABLES: Final = (
    LogTable(
        name="calls",
        prefix="records/",
        meaning="One logged call of Bedrock, without content and with names replaced",
        columns=(
            _column("called_at", "timestamp"),
            _column("request_id", "requestId"),
            _column("account_id", "accountId"),
            _column("region"),
            _column("operation"),
            _column("model_id", "modelId"),
            _column("error_code", "errorCode"),
            _column("identity", type="row(arn varchar)"),
            _column("input", type=_COUNTS),
            _column("output", type="row(outputTokenCount bigint)"),
            _column("finops", type=_SAID),
        ),
    ),
    LogTable(
        name="journal",
        prefix="journal/",
        meaning="One decision of the kill switch or word of a person",
        columns=(_column("decided_at", "at"), _column("entry", type="row(kind varchar)")),
    ),
    LogTable(
        name="statements",
        prefix="statements/",
        meaning="One review, test run, document or legal hold that was recorded",
        columns=(
            _column("stated_at", "at"),
            _column("type"),
            _column("actor"),
            _column("summary"),
            _column("result"),
            _column("document_sha256"),
        ),
    ),
    LogTable(
        name="events",
        prefix="events/",
        meaning="One failure of logging, or its end",
        columns=(
            _column("happened_at", "at"),
            _column("type"),
            _column("alarm"),
            _column("reason"),
        ),
    ),
)


def _glue(athena_type: str) -> str:
    if athena_type.startswith("row("):
        fields = (field.split(" ") for field in athena_type[4:-1].split(", "))
        return f"struct<{','.join(f'{name}:{_glue(kind)}' for name, kind in fields)}>"
    return {"varchar": "string"}.get(athena_type, athena_type)
