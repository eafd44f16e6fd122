"""Checks of `audit_log` in `platform.yaml` that its types cannot express."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from finops_constructs.audit.retention import (
    DEFAULT_DAYS,
    PRESETS,
    EarlierRetention,
    LockMode,
    Retention,
    retention_faults,
)
from finops_constructs.config.audit_log import AuditLog
from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault

_SECTION = "audit_log"


def audit_log_faults(platform: Document) -> Iterator[Fault]:
    """Yield what is wrong with how the log is to be kept."""
    if not isinstance(platform.get(_SECTION), dict):
        return
    try:
        log = AuditLog.model_validate(platform.get(_SECTION))
    except ValidationError:
        return  # Told by its types.
    base = (_SECTION, "retention")
    if log.retention.days is not None and log.retention.preset is not None:
        problem = "give days or preset, not both"
        yield platform.fault((*base, "preset"), problem)
    kept = declared_retention(log, check=False)
    for name, problem in retention_faults(kept):
        yield platform.fault((*base, name), problem)
    if log.cold_after_days >= kept.days:
        problem = f"must be below the retention, {kept.days} days"
        yield platform.fault((_SECTION, "cold_after_days"), problem)
    if "content_days" in platform.keys(_SECTION) and log.content == "none":
        problem = "means nothing with content: none"
        yield platform.fault((_SECTION, "content_days"), problem)


def declared_retention(log: AuditLog, *, check: bool = True) -> Retention:
    """Return the retention that a configuration declares.

    Args:
        log: The configuration.
        check: Whether a fault raises ValueError. Default: True.
    """
    said = log.retention
    usual = PRESETS[said.preset] if said.preset else None
    given: dict[str, Any] = {
        "days": said.days or (usual.days if usual else DEFAULT_DAYS),
        "mode": LockMode(said.mode),
        "owner": said.owner,
        "declared_on": said.declared_on,
        "irreversible": said.irreversible,
        "earlier": tuple(EarlierRetention(days=e.days, mode=e.mode) for e in said.earlier),
    }
    basis = said.basis or (usual.source if usual else None)
    if basis:
        given["basis"] = basis
    return Retention(**given) if check else Retention.unchecked(**given)
