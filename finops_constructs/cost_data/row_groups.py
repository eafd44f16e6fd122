"""Parquet files as PyArrow reads them for adding up: texts as numbers, those inside maps too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FAULTS: Final = (OSError, pa.ArrowException)
"""What PyArrow raises for files that it cannot read; the database says what is wrong with them."""


class NotAsExpectedError(Exception):
    """A column is missing, has another type, or holds what cannot be added up here."""


class RowGroup:
    """A part of a file, of which columns are read when they are asked for.

    What was read last is still near the processor: a column is best used up before the next.
    """

    def __init__(self, file: Path, number: int, footer: pq.FileMetaData | None) -> None:
        """Name it; nothing is read yet.

        Args:
            file: A Parquet file.
            number: From 0 on.
            footer: The file's metadata; None if it cannot be read, nor can the columns then.
        """
        self._file, self._number, self._footer = file, number, footer

    def texts(self, names: Sequence[str]) -> dict[str, Any]:
        """Return columns of text, as dictionary arrays where the file allows it."""
        return dict(zip(names, self._read(names, names, _is_text), strict=True))

    def text(self, name: str) -> Any:
        """Return a column of text as it is: one with a text of its own on nearly every line."""
        return self._read([name], [], _is_text)[0]

    def map(self, name: str) -> Any:
        """Return a column of maps of texts, as dictionary arrays where the file allows it."""
        leaves = [f"{name}.key_value.{part}" for part in ("key", "value")]
        return self._read([name], leaves, pa.types.is_map)[0]

    def times(self, *names: str) -> list[Any]:
        """Return columns of timestamps, in microseconds, UTC."""
        columns = self._read(names, [], pa.types.is_timestamp)
        return [column.cast(pa.timestamp("us")) for column in columns]

    def amounts(self, *names: str) -> list[Any]:
        """Return columns of numbers."""
        return self._read(names, [], pa.types.is_float64)

    def _read(
        self, names: Sequence[str], encoded: Sequence[str], expected: Callable[[Any], bool]
    ) -> list[Any]:
        opened = pq.ParquetFile(
            self._file, metadata=self._footer, read_dictionary=encoded, pre_buffer=False
        )
        rows = opened.read_row_group(self._number, columns=list(names), use_threads=False)
        for name in names:
            if name not in rows.column_names or not expected(rows.schema.field(name).type):
                raise NotAsExpectedError(name)
        return [_one(rows.column(name)) for name in names]


def row_groups(file: Path) -> list[RowGroup]:
    """Return a file's row groups; one that will fail to be read where the file cannot be."""
    try:
        footer = pq.read_metadata(file)
    except FAULTS:
        return [RowGroup(file, 0, None)]
    return [RowGroup(file, number, footer) for number in range(footer.num_row_groups)]


def _is_text(type_: Any) -> bool:
    value = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))


def _one(column: pa.ChunkedArray) -> Any:
    if column.num_chunks == 1:
        return column.chunk(0)
    whole = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column
    return whole.combine_chunks()
