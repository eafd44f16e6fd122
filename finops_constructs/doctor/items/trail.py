"""A trail with management events: without one, changes to profiles and roles are noticed later."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import PLATFORM, Finding
from finops_constructs.operations.aws import translated

ITEM: Final = "trail"


def examine(case: Case) -> Iterator[Finding]:
    """Yield that no trail of the Region records management events, if none does."""
    cloudtrail = case.aws.client("cloudtrail")
    needed = "cloudtrail:DescribeTrails, GetTrailStatus, GetEventSelectors"
    with translated(f"reading the trails ({needed})"):
        trails = cloudtrail.describe_trails()["trailList"]
        if any(_records_changes(cloudtrail, trail) for trail in trails):
            return
    yield Finding(
        item=ITEM,
        about=PLATFORM,
        problem=(
            "no trail records management events here: the switch notices a changed profile or role "
            "within 5 minutes, not within seconds"
        ),
        command=(
            "aws cloudtrail create-trail --name management --s3-bucket-name <bucket> "
            "--is-multi-region-trail && aws cloudtrail start-logging --name management"
        ),
        owner="security team",
    )


def _records_changes(cloudtrail: Any, trail: Mapping[str, Any]) -> bool:
    arn = trail["TrailARN"]
    if not cloudtrail.get_trail_status(Name=arn)["IsLogging"]:
        return False
    said = cloudtrail.get_event_selectors(TrailName=arn)
    plain = any(
        each.get("IncludeManagementEvents") and each.get("ReadWriteType", "All") != "ReadOnly"
        for each in said.get("EventSelectors", ())
    )
    return plain or any(map(_takes_management, said.get("AdvancedEventSelectors", ())))


def _takes_management(selector: Mapping[str, Any]) -> bool:
    fields = {each["Field"]: each for each in selector["FieldSelectors"]}
    category = fields.get("eventCategory", {}).get("Equals", ())
    read_only = fields.get("readOnly", {}).get("Equals", ())
    return "Management" in category and list(read_only) != ["true"]
