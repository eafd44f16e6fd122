"""From what a user calls a source to the engine that reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.engine import NO_SIDE_ROWS
from finops_constructs.cost_data.errors import CostDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from finops_constructs.cost_data.engine import Engine

_ATHENA: Final = "athena://"


def open_source(
    source: str,
    *,
    as_of: date | None = None,
    extra_tag_key: str = "bedrock:cost-centre",
    region: str | None = None,
    side_rows: Mapping[str, Sequence[Sequence[object]]] = NO_SIDE_ROWS,
    progress: Callable[[str], None] = lambda _text: None,
) -> Engine:
    """Return the engine for a source; close it when done.

    Args:
        source: A folder, or `athena://workgroup/database`.
        as_of: Folder only: the day that open months are told by. Default: today in UTC.
        extra_tag_key: Folder only: the organisation's fourth cost tag. On Athena the views of the
            database know it.
        region: Athena only: the Region. Default: that of the AWS session.
        side_rows: Folder only: rows of side tables that have no files. On Athena they are views.
        progress: Told before something slow begins.

    Raises:
        CostDataError: If it is no source, or cannot be opened.
    """
    if not source.startswith(_ATHENA):
        if "://" in source:
            raise CostDataError(
                f"{source}: a source is a folder or athena://WORKGROUP/DATABASE; copy a bucket's"
                " export to a folder with aws s3 sync"
            )
        from finops_constructs.cost_data.duckdb_engine import DuckDbEngine  # noqa: PLC0415

        return DuckDbEngine(
            Path(source),
            as_of=as_of,
            extra_tag_key=extra_tag_key,
            side_rows=side_rows,
            progress=progress,
        )
    workgroup, _, database = source.removeprefix(_ATHENA).partition("/")
    if not workgroup or not database or "/" in database:
        raise CostDataError(f"{source}: write athena://WORKGROUP/DATABASE")
    if as_of is not None:
        raise CostDataError("Athena tells open months by its own clock: leave --as-of out")
    import boto3  # noqa: PLC0415 - slow, and for Athena only

    from finops_constructs.cost_data.athena_engine import AthenaEngine  # noqa: PLC0415

    client = boto3.client("athena", region_name=region)
    return AthenaEngine(client, workgroup=workgroup, database=database, progress=progress)
