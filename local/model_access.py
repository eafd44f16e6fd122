"""Which models the account may call: all of them, until one is taken away.

ministack knows a few models by name, and says of every other that there is none.
"""

from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock

from local.service_calls import Response

_missing = AccountRegionScopedDict()


def install() -> None:
    """Answer for every model."""
    bedrock._get_foundation_model_availability = _availability


def set_access(model_id: str, *, granted: bool) -> bool:
    """Give or take the access to a model in the account and Region at hand."""
    _missing[model_id] = not granted
    return granted


def _availability(model_id: str) -> Response:
    agreement = "NOT_AVAILABLE" if _missing.get(model_id) else "AVAILABLE"
    answer: dict[str, Any] = {
        "ModelId": model_id,
        "AgreementAvailability": {"Status": agreement},
        "AuthorizationStatus": "AUTHORIZED",
        "EntitlementAvailability": "AVAILABLE",
        "RegionAvailability": "AVAILABLE",
    }
    status, headers, body = bedrock._json(answer)
    return status, headers, body
