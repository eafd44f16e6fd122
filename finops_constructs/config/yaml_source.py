"""Reading a YAML file from disk, whatever it turns out to be."""

import stat
from pathlib import Path
from typing import Final

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault, shown_file
from finops_constructs.config.yaml_events import parse_yaml

MAX_FILE_BYTES: Final = 256 * 1024


def read_yaml(path: Path) -> Document:
    """Return the file as a document; what cannot be read is a document with that one fault."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return _unreadable(path, "not a file; expected a YAML file")
        if status.st_size > MAX_FILE_BYTES:
            return _too_large(path, status.st_size)
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return _unreadable(path, f"cannot be read: {reason.lower()}")
    if len(raw) > MAX_FILE_BYTES:
        return _too_large(path, len(raw))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"not UTF-8: byte {error.start} is 0x{raw[error.start]:02x}; save it as UTF-8"
        return _unreadable(path, problem, line=line)
    return parse_yaml(shown_file(path), text.removeprefix("\ufeff"))


def _too_large(path: Path, size: int) -> Document:
    kib = MAX_FILE_BYTES // 1024
    return _unreadable(path, f"{size:,} bytes; a configuration file has at most {kib} KiB")


def _unreadable(path: Path, problem: str, *, line: int = 0) -> Document:
    file = shown_file(path)
    fault = Fault(file=file, line=line, key="", value="", problem=problem)
    return Document(file=file, faults=[fault], usable=False)
