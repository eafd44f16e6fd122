"""Where a platform's log is, as its registry entry tells."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.errors import AnswerError, NoPlatformError

PARAMETER: Final = "/finops/_platform/audit-log"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """Where a log is.

    Attributes:
        bucket: The locked bucket.
        bucket_account: Whose it is.
        names_table: The re-identification table.
        function_url: Where statements are sent.
        function_name: The archiver.
    """

    bucket: str
    bucket_account: str
    names_table: str
    function_url: str
    function_name: str


def log_place(aws: Aws) -> LogPlace:
    """Return where the log of a Region's platform is.

    Raises:
        NoPlatformError: If there is no audit log here.
        OperationsError: If AWS refuses or cannot be reached.
    """
    ssm = aws.client("ssm")
    with translated(f"reading {PARAMETER} (ssm:GetParameter)"):
        try:
            value = ssm.get_parameter(Name=PARAMETER)["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            raise NoPlatformError(
                f"there is no audit log in {aws.region}: {PARAMETER} does not exist"
            ) from None
    return _parse(json.loads(value))


def _parse(entry: Mapping[str, Any]) -> LogPlace:
    try:
        return LogPlace(**{name: entry[name] for name in LogPlace.__dataclass_fields__})
    except KeyError as error:
        raise AnswerError(f"registry entry {PARAMETER} lacks {error}") from None
