"""How far a verification has come, so that an interrupted one goes on where it was."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from finops_constructs.audit_log.errors import AuditLogError
from finops_constructs.audit_log.findings import Finding, Kind

_VERSION: Final = 1


@dataclass(slots=True)
class State:
    """What was verified.

    Attributes:
        log: The log's name.
        sequence: The last manifest whose objects were all read; 0: none.
        sha256: Its hash.
        objects: Objects read so far.
        bytes: Their bytes.
        findings: What was wrong with them.
    """

    log: str
    sequence: int = 0
    sha256: str = ""
    objects: int = 0
    bytes: int = 0
    findings: list[Finding] = field(default_factory=list)


def load_state(path: Path, log: str) -> State:
    """Return the state of a log; a new one if there is no file.

    Raises:
        AuditLogError: If the file is no state, or another log's.
    """
    if not path.exists():
        return State(log=log)
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = told.pop("version")
        told["findings"] = [Finding(**{**f, "kind": Kind(f["kind"])}) for f in told["findings"]]
        state = State(**told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AuditLogError(f"{path} is no state of a verification: {error}") from None
    if version != _VERSION:
        raise AuditLogError(f"{path} is of version {version}, this is {_VERSION}")
    if state.log != log:
        raise AuditLogError(f"{path} is the state of {state.log}, not of {log}")
    return state


def save_state(path: Path, state: State) -> None:
    """Write the state; whoever interrupts it finds the old one."""
    told = {
        "version": _VERSION,
        "log": state.log,
        "sequence": state.sequence,
        "sha256": state.sha256,
        "objects": state.objects,
        "bytes": state.bytes,
        "findings": [finding.plain() for finding in state.findings],
    }
    unfinished = path.with_name(path.name + ".tmp")
    unfinished.write_text(json.dumps(told), encoding="utf-8")
    unfinished.replace(path)
