"""Months' lines, added up by everything that the daily views read of them.

The views' statements mean the same over them, and have thousands of rows to interpret, not
millions. Which columns and which keys of maps are kept is read from the statements.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from finops_constructs.cost_data.columns import PARTITION_COLUMN, REQUIRED_COLUMNS
from finops_constructs.cost_data.line_groups import (
    NOT_CODED,
    LinesRead,
    groups,
    merged,
    whole,
)
from finops_constructs.cost_data.row_groups import FAULTS, NotAsExpectedError, row_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from finops_constructs.cost_data.row_groups import RowGroup

_AT_ONCE: Final = 4
"""Row groups that one thread takes: their groups are then equal more often than not."""
_CURRENCY: Final = "line_item_currency_code"
"""Read of every line: bills in another one are refused."""
_TELLING: Final = r"resource_id\)? LIKE '%([^'%]*)%'"


def condensed(
    months: Mapping[str, Sequence[Path]], bedrock: str, bill: str, *, threads: int
) -> tuple[list[str], pa.Table | None]:
    """Return months' lines, added up.

    Args:
        months: Billing period -> its Parquet files.
        bedrock: The statement of `bedrock_daily`.
        bill: The statement of `bill_daily`.
        threads: How many to use.

    Returns:
        The billing periods that were, and their lines: the columns that the statements read;
        amounts as exact decimals, maps of the keys that are looked up, starts as days, and
        `condensed_lines`. Of a line that is not Bedrock's, what `bill_daily` reads; other columns
        are NULL. A month is left out if a file has a type, or amounts, that this cannot add up
        exactly, or no line.
    """
    wanted = lines_read(bedrock, bill)
    tables: dict[str, pa.Table] = {}
    with ThreadPoolExecutor(threads) as pool:
        adding_up = {
            period: [pool.submit(_added_up, some, wanted) for some in _shares(files)]
            for period, files in months.items()
        }
        for period, futures in adding_up.items():
            try:
                parts = merged([part for future in futures for part in future.result()])
                if parts:
                    tables[period] = whole(parts, wanted)
            except (NotAsExpectedError, *FAULTS):
                continue
    if not tables:
        return [], None
    named = [
        lines.append_column(PARTITION_COLUMN, pa.repeat(pa.scalar(period), len(lines)))
        for period, lines in tables.items()
    ]
    return list(tables), pa.concat_tables(named, promote_options="default")


def _shares(files: Sequence[Path]) -> Iterator[list[RowGroup]]:
    every = [group for file in files for group in row_groups(file)]
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]


def _added_up(rows: Sequence[RowGroup], wanted: LinesRead) -> list[pa.Table]:
    return merged([part for each in rows for part in groups(each, wanted)])


def lines_read(bedrock: str, bill: str) -> LinesRead:
    """Return what two statements read of a line, `bedrock_daily`'s and `bill_daily`'s."""
    columns = [
        column
        for column in REQUIRED_COLUMNS
        if _reads(bedrock, column.name) or _reads(bill, column.name)
    ]
    maps = {column.name: looked_up(bedrock, column.name) for column in columns if column.is_map}
    texts = [c.name for c in columns if c.name not in {*maps, *NOT_CODED}]
    return LinesRead(
        texts=texts,
        maps=maps,
        bill=[name for name in texts if _reads(bill, name) or name == _CURRENCY],
        telling=sorted({word.lower() for word in re.findall(_TELLING, bill)}),
    )


def _reads(sql: str, column: str) -> bool:
    return re.search(rf"\b{column}\b", sql) is not None


def looked_up(sql: str, column: str) -> list[str]:
    """Return the keys that a statement looks up in a map."""
    return sorted(set(re.findall(rf"element_at\({column}, '([^']*)'\)", sql)))
