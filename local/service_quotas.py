"""Service quotas of Bedrock: only the list, with values that a test may set.

Names are in the style of AWS's; the codes are made up.
"""

from typing import Any

from ministack import app
from ministack.core.responses import AccountRegionScopedDict

from local.json_service import JsonService

_PAGE = 100
_DEFAULTS = {
    "Inference profiles per account": 1000.0,
    "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 5.5": 2_000_000.0,
    "Cross-region model inference tokens per minute for Anthropic Claude Haiku 5.5": 4_000_000.0,
    "Cross-region model inference tokens per minute for Anthropic Claude Opus 5.5": 1_000_000.0,
    "Cross-region model inference tokens per minute for Amazon Nova Lite": 4_000_000.0,
}
_values = AccountRegionScopedDict()


def install() -> None:
    """Answer for the service `service-quotas`."""
    handler = JsonService({"ListServiceQuotas": _list}).handle
    app.SERVICE_HANDLERS["servicequotas"] = handler
    app.SERVICE_HANDLERS["service-quotas"] = handler


def set_value(name: str, value: float) -> float:
    """Set a quota of the account and Region at hand."""
    _values[name] = value
    return value


def _list(request: dict[str, Any]) -> dict[str, Any]:
    if request["ServiceCode"] != "bedrock":
        return {"Quotas": []}
    values = _DEFAULTS | dict(_values.items())
    start = int(request.get("NextToken") or 0)
    end = start + min(int(request.get("MaxResults") or _PAGE), _PAGE)
    quotas = [
        {
            "ServiceCode": "bedrock",
            "QuotaName": name,
            "QuotaCode": f"L-{number:08X}",
            "Value": value,
            "Adjustable": True,
        }
        for number, (name, value) in enumerate(sorted(values.items()), start=1)
    ]
    more = {"NextToken": str(end)} if end < len(quotas) else {}
    return {"Quotas": quotas[start:end], **more}
