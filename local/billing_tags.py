"""Cost allocation tags: the two operations of Cost Explorer that list and activate them.

A key is known at once if a profile carries it; AWS takes up to 24 hours, and a day more until the
bill shows it. Every account is its own payer here.
"""

from datetime import UTC, datetime
from typing import Any

from ministack import app
from ministack.core.responses import AccountScopedDict, get_account_id
from ministack.services import bedrock

from local.json_service import JsonService

_statuses = AccountScopedDict()


def install() -> None:
    """Answer for the service `ce`."""
    service = JsonService(
        {"ListCostAllocationTags": _list, "UpdateCostAllocationTagsStatus": _update}
    )
    app.SERVICE_HANDLERS["ce"] = service.handle


def _list(request: dict[str, Any]) -> dict[str, Any]:
    wanted, status = request.get("TagKeys"), request.get("Status")
    tags = [
        {"TagKey": key, "Type": "UserDefined"}
        | (_statuses.get(key) or {"Status": "Inactive", "LastUpdatedDate": ""})
        for key in sorted(_known() | set(_statuses))
        if not wanted or key in wanted
    ]
    return {"CostAllocationTags": [tag for tag in tags if status in (None, tag["Status"])]}


def _update(request: dict[str, Any]) -> dict[str, Any]:
    errors = []
    known = _known() | set(_statuses)
    for change in request["CostAllocationTagsStatus"]:
        if change["TagKey"] not in known:
            message = "Tag keys not found"
            errors.append(
                {"TagKey": change["TagKey"], "Code": "TagKeysNotFoundException", "Message": message}
            )
            continue
        _statuses[change["TagKey"]] = {
            "Status": change["Status"],
            "LastUpdatedDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    return {"Errors": errors}


def set_active_since(keys: list[str], since: str) -> int:
    """Activate keys as of an earlier instant; return how many."""
    for key in keys:
        _statuses[key] = {"Status": "Active", "LastUpdatedDate": since}
    return len(keys)


def _known() -> set[str]:
    """Return the keys on the profiles of every Region of the account."""
    account = get_account_id()
    return {
        key
        for (owner, _region, arn), tags in bedrock._tags._data.items()
        if owner == account and "application-inference-profile" in arn
        for key in tags
        if not key.startswith("finops:")
    }
