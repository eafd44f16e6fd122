"""Which files of a configuration folder are read, and which look as if they should have been."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from finops_constructs.config.faults import Fault, shown_file

PLATFORM_FILE: Final = "platform.yaml"
TENANTS_FOLDER: Final = "tenants"
_LOOKALIKES: Final = frozenset({".yml", ".yaml", ".json"})


@dataclass(slots=True)
class FolderFiles:
    """The files of a configuration folder."""

    platform: Path
    tenants: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def list_files(folder: Path) -> FolderFiles:
    """Return the files to read, and a fault for each that would be left out by mistake."""
    files = FolderFiles(platform=folder / PLATFORM_FILE)
    for other in (folder / "platform.yml", folder / "platform.json"):
        if other.exists():
            files.faults.append(_fault(other, f"not read: rename it to {PLATFORM_FILE}"))
    tenants = folder / TENANTS_FOLDER
    try:
        entries = sorted(tenants.iterdir())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        problem = f"cannot be read: {reason}; expected a folder with one <id>.yaml per tenant"
        files.faults.append(_fault(tenants, problem))
        return files
    for entry in entries:
        if entry.suffix == ".yaml" and not entry.name.startswith("."):
            files.tenants.append(entry)
        else:
            files.faults += _left_out(entry)
    return files


def _left_out(entry: Path) -> list[Fault]:
    """Return a fault if somebody may believe that this entry is read."""
    if entry.name.startswith("."):
        return []
    if entry.suffix.lower() in _LOOKALIKES:
        return [_fault(entry, f"not read: rename it to {entry.stem}.yaml")]
    if entry.is_dir():
        problem = "folders are not read here: put one <id>.yaml per tenant beside it"
        return [_fault(entry, problem)]
    return []


def _fault(path: Path, problem: str) -> Fault:
    return Fault(file=shown_file(path), line=0, key="", value="", problem=problem)
