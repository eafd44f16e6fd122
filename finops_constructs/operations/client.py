"""The operator's way to the platform: orders and questions to its commands function.

Example:
    from finops_constructs.operations.client import Operator

    operator = Operator.connect(region="eu-west-1")
    operator.suspend("writer", reason="prompt loop, INC-4711")
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Protocol, Self

from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.errors import AnswerError, NoPlatformError
from finops_constructs.operations.function_url import FunctionUrl
from finops_constructs.operations.status import TenantStatus
from finops_constructs.operations.status_answer import parse_status, parse_time

COMMANDS_PARAMETER: Final = "/finops/_platform/commands"


class Channel(Protocol):
    """What carries a request to the commands function."""

    def post(self, body: Mapping[str, Any], *, repeatable: bool) -> dict[str, Any]:
        """Send one JSON object and return the one that is answered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The platform has accepted an order; nothing more is said by it.

    Attributes:
        command: The order.
        tenant: The tenant.
        alias: The one alias it is about; None: all of the tenant.
        message: The platform's own words.
        actor: Who gave it, as the platform sees the caller.
        accepted_at: When it was written down; None if the platform did not say.
        status: The tenant right after.
        request: What was sent.
        raw: The answer as it came.
    """

    command: str
    tenant: str
    alias: str | None
    message: str
    actor: str | None
    accepted_at: datetime | None
    status: TenantStatus
    request: Mapping[str, Any]
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForAll:
    """The platform has accepted an order about all tenants.

    Attributes:
        command: The order.
        message: The platform's own words.
        actor: Who gave it, as the platform sees the caller.
        accepted_at: When it was written down; None if the platform did not say.
        raw: The answer as it came.
    """

    command: str
    message: str
    actor: str | None
    accepted_at: datetime | None
    raw: Mapping[str, Any]


class Operator:
    """Gives orders about tenants; the platform sees the caller's own AWS identity.

    Args:
        channel: What carries the requests.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @classmethod
    def connect(
        cls,
        *,
        region: str | None = None,
        profile: str | None = None,
        endpoint_url: str | None = None,
    ) -> Self:
        """Find the platform of a Region.

        Args:
            region: The Region. Default: that of the profile or of `AWS_REGION`.
            profile: A profile of the AWS configuration. Default: as the AWS CLI chooses it.
            endpoint_url: Where to call instead of AWS. Default: AWS.

        Raises:
            NoPlatformError: If the Region has none.
            OperationsError: If AWS refuses or cannot be reached.
        """
        return cls.of(Aws(region=region, profile=profile, endpoint_url=endpoint_url))

    @classmethod
    def of(cls, aws: Aws) -> Self:
        """Find the platform of a Region; raises as `connect`."""
        entry = _commands_entry(aws)
        try:
            channel = FunctionUrl(
                aws, url=entry["function_url"], function_name=entry["function_name"]
            )
        except KeyError as error:
            raise AnswerError(f"registry entry {COMMANDS_PARAMETER} lacks {error}") from None
        return cls(channel)

    def suspend(self, tenant: str, *, reason: str, alias: str | None = None) -> Answer:
        """Stop a tenant, or one of its aliases, until a person resumes it."""
        return self._order("suspend", tenant, reason=reason, alias=alias)

    def resume(self, tenant: str, *, reason: str, alias: str | None = None) -> Answer:
        """End a stop that a person gave or that latched; a limit that is passed stops again."""
        return self._order("resume", tenant, reason=reason, alias=alias)

    def override(self, tenant: str, *, reason: str, minutes: int, up_to_usd: Decimal) -> Answer:
        """Lift automatic stops for `minutes`, or until the month's spend is `up_to_usd`."""
        return self._order(
            "override", tenant, reason=reason, minutes=minutes, up_to_usd=str(up_to_usd)
        )

    def approve(self, tenant: str, *, reason: str, reject: bool = False) -> Answer:
        """Answer the question whether a tenant is to be stopped."""
        return self._order("approve", tenant, reason=reason, reject=reject)

    def pause(self, tenant: str, *, reason: str, minutes: int) -> Answer:
        """Hold a tenant's automatic stops for `minutes`, at most a day; lift those there are."""
        return self._order("pause", tenant, reason=reason, minutes=minutes)

    def end_pause(self, tenant: str, *, reason: str) -> Answer:
        """End a tenant's pause before its time."""
        return self._order("end-pause", tenant, reason=reason)

    def pause_all(self, *, reason: str, minutes: int) -> AnswerForAll:
        """Hold the automatic stops of all tenants for `minutes`, at most a day."""
        return self._order_for_all("pause", reason=reason, minutes=minutes)

    def end_pause_of_all(self, *, reason: str) -> AnswerForAll:
        """End the pause of all tenants before its time; pauses of single tenants go on."""
        return self._order_for_all("end-pause", reason=reason)

    def adjust(
        self,
        tenant: str,
        *,
        reason: str,
        usd: Decimal,
        alias: str | None = None,
        day: date | None = None,
    ) -> Answer:
        """Book a signed correction of what a tenant, or one alias, has spent on a UTC day."""
        return self._order(
            "adjust",
            tenant,
            reason=reason,
            usd=str(usd),
            alias=alias,
            day=None if day is None else day.isoformat(),
        )

    def reprice(self, tenant: str, *, reason: str, amounts: Sequence[Mapping[str, str]]) -> Answer:
        """Book what a recomputation came to: `usd` and `day` with `alias` or `role`, 90 at most."""
        return self._order("reprice", tenant, reason=reason, amounts=list(amounts))

    def retire(self, tenant: str, *, reason: str) -> Answer:
        """Stop a tenant for good; its id stays taken, its books stay."""
        return self._order("retire", tenant, reason=reason)

    def status(self, tenant: str) -> TenantStatus:
        """Return what the platform says of one tenant."""
        answer = self._channel.post({"command": "status", "tenant": tenant}, repeatable=True)
        return parse_status(_part(answer, "status", dict))

    def tenants(self) -> tuple[TenantStatus, ...]:
        """Return what the platform says of every tenant, by their ids."""
        answer = self._channel.post({"command": "status"}, repeatable=True)
        found = [parse_status(each) for each in _part(answer, "tenants", list)]
        return tuple(sorted(found, key=lambda status: status.tenant))

    def _order_for_all(self, command: str, **rest: object) -> AnswerForAll:
        answer = self._channel.post({"command": command, "all": True, **rest}, repeatable=False)
        return AnswerForAll(
            command=command,
            message=_part(answer, "message", str),
            actor=answer.get("actor"),
            accepted_at=parse_time(answer.get("accepted_at")),
            raw=answer,
        )

    def _order(self, command: str, tenant: str, **rest: object) -> Answer:
        given = {key: value for key, value in rest.items() if value is not None}
        body = {"command": command, "tenant": tenant, **given}
        answer = self._channel.post(body, repeatable=False)
        alias = given.get("alias")
        return Answer(
            command=command,
            tenant=tenant,
            alias=alias if isinstance(alias, str) else None,
            message=_part(answer, "message", str),
            actor=answer.get("actor"),
            accepted_at=parse_time(answer.get("accepted_at")),
            status=parse_status(_part(answer, "status", dict)),
            request=body,
            raw=answer,
        )


def _commands_entry(aws: Aws) -> Mapping[str, Any]:
    ssm = aws.client("ssm")
    doing = f"reading {COMMANDS_PARAMETER} in {aws.region} (ssm:GetParameter)"
    with translated(doing):
        try:
            value = ssm.get_parameter(Name=COMMANDS_PARAMETER)["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            raise NoPlatformError(
                f"no platform in {aws.region}: there is no parameter {COMMANDS_PARAMETER}; "
                "is it another Region or account, or not deployed yet?"
            ) from None
    try:
        entry = json.loads(value)
    except ValueError as error:
        raise AnswerError(f"registry entry {COMMANDS_PARAMETER} is not JSON: {error}") from None
    return entry if isinstance(entry, dict) else {}


def _part(answer: Mapping[str, Any], key: str, kind: type) -> Any:
    part = answer.get(key)
    if not isinstance(part, kind):
        raise AnswerError(
            f"the platform's answer has no {key!r}, but {sorted(answer)}: "
            "is this finops older than the platform?"
        )
    return part
