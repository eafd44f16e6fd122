"""What evidence may say of a clause; nothing else."""

from enum import StrEnum


class Verdict(StrEnum):
    """What the templates show of one clause for one tenant.

    It is never a statement about the law: `supports` says that a technical measure is declared,
    present and set as the clause's catalogue entry asks.
    """

    SUPPORTS = "supports"
    """Every measure the catalogue names is declared and set as it asks."""
    PARTIALLY_SUPPORTS = "partially-supports"
    """Some are, or all are and the clause asks for more than a template can show."""
    NOT_EVIDENCED = "not-evidenced"
    """None is."""
    NOT_APPLICABLE = "not-applicable"
    """The tenant's declared role, classification or law puts the clause out of scope."""
    NEEDS_HUMAN = "needs-human"
    """A person must judge: templates cannot, or nobody has declared the scope."""
