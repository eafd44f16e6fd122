"""Reading a request trace: a CSV of when calls were made and how many tokens they used."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, NamedTuple

MICROSECONDS: Final = 1_000_000
_MOST_FAULTS: Final = 10
_MOST_TOKENS: Final = 100_000_000
_SHORTEST_PERIOD_US: Final = 60 * MICROSECONDS
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DEFAULT_MONTH: Final = datetime(2026, 1, 1, tzinfo=UTC)

# Names as they are compared: lower case, letters and digits only.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "timestamp": ("timestamp", "time", "datetime", "ts"),
    "input": ("contexttokens", "inputtokens", "prompttokens", "inputtokencount", "input"),
    "output": (
        "generatedtokens",
        "outputtokens",
        "completiontokens",
        "outputtokencount",
        "output",
    ),
    "cache_read": ("cachedtokens", "cachereadtokens", "cachereadinputtokens", "cacheread"),
    "cache_write": ("cachewritetokens", "cachewriteinputtokens", "cachecreationinputtokens"),
}
_NEEDED: Final = ("timestamp", "input", "output")
_SHOWN_NAMES: Final = {
    "timestamp": "TIMESTAMP or time",
    "input": "ContextTokens or input_tokens",
    "output": "GeneratedTokens or output_tokens",
}


class TraceFaults(ValueError):  # noqa: N818 - several faults, told at once
    """What is wrong with a trace, one line a fault: file, line, column and what is allowed."""


class Request(NamedTuple):
    """One call: when, and its tokens, each counted once.

    `input` are those neither read from nor written to a cache, as Bedrock counts them.
    """

    at_us: int
    """Microseconds after the trace's first request."""
    input: int
    output: int
    cache_read: int = 0
    cache_write: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Requests in the order of their time.

    Attributes:
        name: The file's name.
        requests: At least one; the first is at 0.
        month: The first moment of the month it is from, in UTC; some month where the trace tells
            seconds only.
    """

    name: str
    requests: tuple[Request, ...]
    month: datetime

    @property
    def period_us(self) -> int:
        """After how long the trace repeats: its span and one mean gap, at least a minute."""
        span = self.requests[-1].at_us
        gaps = max(len(self.requests) - 1, 1)
        return max(span + span // gaps, _SHORTEST_PERIOD_US)


def read_trace(path: Path) -> Trace:
    """Return the trace in a CSV file with a header.

    Columns are known by several names, in any order and case: see `docs/replay.md`. Times are ISO
    8601, in UTC unless they say otherwise, or seconds. Rows need not be in order.

    Raises:
        TraceFaults: If it cannot be read as such; tells the first ten faults.
        OSError: If the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _Reading(path.name, file.readline()).trace(file)
    except UnicodeDecodeError as error:
        raise TraceFaults(f"{path.name}: not UTF-8 text: {error.reason}") from None


class _Reading:
    """One file being read; its header has been."""

    def __init__(self, name: str, header: str) -> None:
        self._name = name
        self._faults: list[str] = []
        self._dropped = 0
        self._delimiter = max(",;\t", key=header.count)
        self._header = next(csv.reader([header], delimiter=self._delimiter), [])
        self._places = self._find_columns()
        self._parse_time: Callable[[str], int] | None = None

    def trace(self, lines: Iterator[str]) -> Trace:
        requests = sorted(self._requests(lines))
        if not requests and not self._faults:
            self._fault(1, "no requests under the header")
        self._raise_faults()
        start = requests[0].at_us
        return Trace(
            name=self._name,
            requests=tuple(request._replace(at_us=request.at_us - start) for request in requests),
            month=_month_of(start) if self._parse_time is _iso_us else _DEFAULT_MONTH,
        )

    def _find_columns(self) -> dict[str, int]:
        known = {name: kind for kind, names in _COLUMNS.items() for name in names}
        places: dict[str, int] = {}
        for place, title in enumerate(self._header):
            kind = known.get(re.sub(r"[^a-z0-9]", "", title.lower()))
            if kind in places:
                other = self._header[places[kind]]
                self._fault(1, f"columns {other!r} and {title!r} both hold {kind} tokens")
            elif kind is not None:
                places[kind] = place
        missing = [_SHOWN_NAMES[kind] for kind in _NEEDED if kind not in places]
        if missing:
            there = ", ".join(title.strip() for title in self._header) or "nothing"
            self._fault(1, f"no column {'; none '.join(missing)} (there: {there})")
        self._raise_faults()
        return places

    def _requests(self, lines: Iterator[str]) -> Iterator[Request]:
        rows = csv.reader(lines, delimiter=self._delimiter)
        try:
            for row in rows:
                if row and (request := self._request(rows.line_num + 1, row)) is not None:
                    yield request
        except csv.Error as error:
            self._fault(rows.line_num + 1, str(error))

    def _request(self, line: int, row: Sequence[str]) -> Request | None:
        if len(row) != len(self._header):
            self._fault(line, f"{len(row)} columns, where the header has {len(self._header)}")
            return None
        values: dict[str, int] = {}
        for kind, place in self._places.items():
            text = row[place].strip()
            try:
                values[kind] = self._time(text) if kind == "timestamp" else _tokens(text)
            except ValueError as error:
                self._fault(line, f"column {self._header[place].strip()}: {error}")
        if len(values) < len(self._places):
            return None
        return Request(
            values["timestamp"],
            values["input"],
            values["output"],
            values.get("cache_read", 0),
            values.get("cache_write", 0),
        )

    def _time(self, text: str) -> int:
        if self._parse_time is None:
            self._parse_time = _iso_us if _looks_like_date(text) else _seconds_us
        return self._parse_time(text)

    def _fault(self, line: int, what: str) -> None:
        if len(self._faults) == _MOST_FAULTS:
            self._dropped += 1
            return
        self._faults.append(f"{self._name}:{line}: {what}")

    def _raise_faults(self) -> None:
        if self._faults:
            more = [f"{self._name}: and {self._dropped:,} faults more"] if self._dropped else []
            raise TraceFaults("\n".join([*self._faults, *more]))


def _looks_like_date(text: str) -> bool:
    return bool(re.match(r"\d{4}-", text))


def _iso_us(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"must be a time such as 2026-11-16 18:15:46.68, got {text!r}") from None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def _seconds_us(text: str) -> int:
    try:
        seconds = Decimal(text)
    except InvalidOperation:
        seconds = Decimal("nan")
    if not seconds.is_finite() or not 0 <= seconds < 10**11:
        raise ValueError(f"must be a time such as 2026-11-16 18:15:46.68, or seconds, got {text!r}")
    return int(seconds * MICROSECONDS)


def _tokens(text: str) -> int:
    count = int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else -1
    if not 0 <= count <= _MOST_TOKENS:
        raise ValueError(f"must be a whole number from 0 to {_MOST_TOKENS:,}, got {text!r}")
    return count


def _month_of(at_us: int) -> datetime:
    at = _EPOCH + timedelta(microseconds=at_us)
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
