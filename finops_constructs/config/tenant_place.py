"""Where a tenant lives, if that can be told: what other keys are measured by."""

import re

from finops_constructs.config.document import Document
from finops_constructs.config.patterns import ACCOUNT_PATTERN, REGION_PATTERN


def own_account(tenant: Document) -> str | None:
    """Return the tenant's account; None if it is at fault itself."""
    return _sound(tenant, "account", ACCOUNT_PATTERN)


def own_region(tenant: Document) -> str | None:
    """Return the tenant's Region; None if it is at fault itself."""
    return _sound(tenant, "region", REGION_PATTERN)


def _sound(tenant: Document, key: str, pattern: str) -> str | None:
    text = tenant.text(key)
    if text is None or (key,) in tenant.broken or not re.fullmatch(pattern, text):
        return None
    return text
