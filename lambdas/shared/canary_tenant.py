"""The reserved tenant of the daily self-test: nobody calls for it, and its money is nobody's."""

from typing import Final

CANARY_TENANT: Final = "finops-canary"
"""No tenant of the configuration may be named so; totals, lists and reports leave it out."""
CANARY_ALIAS: Final = "canary"
