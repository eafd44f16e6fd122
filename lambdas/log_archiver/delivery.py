"""Reading a delivered file of log records, piece by piece, however large or broken it is."""

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

_GZIP: Final = 31
_MOST_AT_ONCE: Final = 1 << 20
_LONGEST_LINE: Final = 32 << 20
"""A record with bodies is some 200 KB; a line of more than this is no record."""
_DECODER: Final = json.JSONDecoder()


class BrokenDeliveryError(Exception):
    """The file ends, or goes wrong, before its end; what came before was read."""


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a gzip file, several members included.

    Args:
        chunks: Its bytes, in pieces.

    Raises:
        BrokenDeliveryError: If it is no gzip file or is cut short, after all that can be read.
    """
    rest: list[bytes] = []
    waiting = 0
    for piece in _unzipped(chunks):
        parts = piece.split(b"\n")
        rest.append(parts[0])
        waiting += len(parts[0])
        if waiting > _LONGEST_LINE:
            raise BrokenDeliveryError(f"a line of more than {_LONGEST_LINE} bytes")
        if len(parts) > 1:
            yield b"".join(rest)
            yield from parts[1:-1]
            rest, waiting = [parts[-1]], len(parts[-1])
    if any(rest):
        yield b"".join(rest)


def _unzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unzip = zlib.decompressobj(_GZIP)
    begun = False
    try:
        for chunk in chunks:
            ahead = chunk
            while ahead:
                if unzip.eof:
                    unzip, begun = zlib.decompressobj(_GZIP), False
                begun = True
                yield unzip.decompress(ahead, _MOST_AT_ONCE)
                ahead = unzip.unconsumed_tail or unzip.unused_data
        while begun and not unzip.eof:
            piece = unzip.decompress(unzip.unconsumed_tail, _MOST_AT_ONCE)
            if not piece:
                raise BrokenDeliveryError("the file is cut short")
            yield piece
    except zlib.error as error:
        raise BrokenDeliveryError(f"the file cannot be unzipped: {error}") from error


def values(line: bytes) -> Iterator[Any]:
    """Yield the JSON values of a line: one as a rule, several if nothing separates records.

    Raises:
        ValueError: If the line has something else in it.
    """
    try:
        yield json.loads(line)
    except ValueError:
        text = line.decode("utf-8")
        position, end = 0, len(text)
        while position < end:
            value, position = _DECODER.raw_decode(text, position)
            yield value
            while position < end and text[position] in " \t\r\n":
                position += 1
