"""What a person must still do: one finding each, with the command and whose it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

PLATFORM: Final = "platform"
PLATFORM_TEAM: Final = "platform team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be, or that could not be looked at.

    Attributes:
        item: What was looked at, such as `cost-tags`.
        about: The tenant; `platform` where it is about all of them.
        problem: A sentence, lower case.
        command: What a person types, or does where there is no command.
        owner: Who can.
        blind: Whether the guard could be blind because of it: spend is not seen, a stop does not
            reach a caller, or nobody is told.
        known: False if it could not be looked at.
        snippet: Text to be pasted somewhere; None where there is none.
    """

    item: str
    about: str
    problem: str
    command: str
    owner: str = PLATFORM_TEAM
    blind: bool = False
    known: bool = True
    snippet: str | None = None

    def as_json(self) -> Mapping[str, Any]:
        """Return the finding as plain data."""
        return asdict(self)
