"""The ledger: what was spent by tenant, alias or role, and UTC day.

Table `finops-ledger`, keys `pk` and `sk`. For each hour of a (tenant, alias, day) item `h07` is
the spend by the invocation log in micro-USD and `w07` the spend by CloudWatch's token metrics;
the hour's spend is the larger of the two, because either source may lack records. A month is the
sum of its days: there is no monthly counter that could disagree with them. Corrections that
persons booked lie among the items of their day (`shared.corrections`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from shared.corrections import Correction, correction_of, is_correction
from shared.money import MICRO, to_usd

HOURS: Final = tuple(f"{hour:02}" for hour in range(24))
UNATTRIBUTED: Final = "#unattributed"
READ_PERMISSIONS: Final = ("dynamodb:Query",)
_ALIAS: Final = "A#"
_ROLE: Final = "R#"
_REJECTED: Final = "X#"
_FAILED: Final = "E#"
_BATCH: Final = "B#"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSpend:
    """Estimated spend of one tenant in one UTC month up to `now`, in USD.

    Attributes:
        month: The month, as `2026-11`.
        total_usd: The whole month so far, all aliases, past ones too.
        by_alias: The same by alias.
        today_usd: The UTC day of `now`.
        today_by_alias: The same by alias.
        by_day: The whole month by ISO day.
        by_role: By caller role, from the log alone; empty unless roles were read.
        last_hour_usd: The UTC clock hour of `now`, as far as it has been metered.
        corrections: What persons booked, contained in the other figures; of roles, too, if they
            were read.
    """

    month: str
    total_usd: Decimal = Decimal(0)
    by_alias: Mapping[str, Decimal] = field(default_factory=dict)
    today_usd: Decimal = Decimal(0)
    today_by_alias: Mapping[str, Decimal] = field(default_factory=dict)
    by_day: Mapping[str, Decimal] = field(default_factory=dict)
    by_role: Mapping[str, Decimal] = field(default_factory=dict)
    last_hour_usd: Decimal = Decimal(0)
    corrections: tuple[Correction, ...] = ()


def alias_key(tenant: str, alias: str, day: date) -> dict[str, str]:
    """Return the key of one alias's item of a UTC day."""
    return {"pk": tenant, "sk": f"{_ALIAS}{day.isoformat()}#{alias}"}


def role_key(tenant: str, role: str, day: date) -> dict[str, str]:
    """Return the key of one caller role's item of a UTC day."""
    return {"pk": tenant, "sk": f"{_ROLE}{day.isoformat()}#{role}"}


def rejected_key(day: date, reason: str) -> dict[str, str]:
    """Return the key of the count of records rejected for one reason, by day of arrival."""
    return {"pk": UNATTRIBUTED, "sk": f"{_REJECTED}{day.isoformat()}#{reason}"}


def failed_key(day: date) -> dict[str, str]:
    """Return the key of the count of failed calls that no alias is known for, by their day."""
    return {"pk": UNATTRIBUTED, "sk": f"{_FAILED}{day.isoformat()}"}


def batch_key(batch_id: str, part: str) -> dict[str, str]:
    """Return the key of a batch's marker (`000`) or of a part of its plan (`001`, ...)."""
    return {"pk": f"{_BATCH}{batch_id}", "sk": part}


def month_of(now: date) -> str:
    """Return the UTC month of a moment or of a UTC day, as `2026-11`."""
    return (now.astimezone(UTC) if isinstance(now, datetime) else now).strftime("%Y-%m")


def month_spend(items: Iterable[Mapping[str, Any]], *, now: datetime) -> MonthSpend:
    """Return what a tenant's ledger items say it has spent in the month of `now`.

    Args:
        items: The tenant's items as plain values (int or Decimal numbers); other months' and
            other kinds of items are left out.
        now: The moment; any time zone.
    """
    now = now.astimezone(UTC)
    sums = _Sums(now)
    for item in items:
        sums.take(item)
    return sums.month_spend()


def hour_micro_usd(item: Mapping[str, Any], hour: str) -> int:
    """Return an hour's spend in micro-USD: the larger of what the log and CloudWatch say."""
    return max(int(item.get(f"h{hour}", 0)), int(item.get(f"w{hour}", 0)))


def read_month(
    dynamodb: Any, table: str, tenant: str, now: datetime, *, roles: bool = False
) -> MonthSpend:
    """Read a tenant's spend of the month of `now`, strongly consistent.

    Args:
        dynamodb: A boto3 DynamoDB client; its errors are not caught.
        table: The ledger's name.
        tenant: The tenant.
        now: The moment.
        roles: Whether to read the spend by role too.
    """
    items = read_alias_items(dynamodb, table, tenant, now)
    if roles:
        items += read_role_items(dynamodb, table, tenant, now)
    return month_spend(items, now=now)


def read_alias_items(
    dynamodb: Any, table: str, tenant: str, now: datetime
) -> list[dict[str, str | int]]:
    """Read a tenant's items by alias of the month of `now`, as `month_spend` takes them."""
    return list(_query(dynamodb, table, tenant, f"{_ALIAS}{month_of(now)}"))


def read_role_items(
    dynamodb: Any, table: str, tenant: str, now: datetime
) -> list[dict[str, str | int]]:
    """Read a tenant's items by caller role of the month of `now`, as `month_spend` takes them."""
    return list(_query(dynamodb, table, tenant, f"{_ROLE}{month_of(now)}"))


def read_months(dynamodb: Any, table: str, tenant: str) -> dict[str, Decimal]:
    """Read what a tenant has spent in each month the ledger knows, in USD by `2026-11`."""
    items = list(_query(dynamodb, table, tenant, _ALIAS))
    months = sorted({split_key(str(item["sk"]))[1][:7] for item in items})
    return {
        month: month_spend(items, now=datetime.fromisoformat(f"{month}-01T00:00+00:00")).total_usd
        for month in months
    }


def spent_before(items: Iterable[Mapping[str, Any]], until: datetime) -> Decimal:
    """Return what items by alias say was spent in the hours that had ended at `until`, in USD.

    A correction counts from the beginning of its day.
    """
    last_day, last_hour = until.astimezone(UTC).date().isoformat(), until.astimezone(UTC).hour
    spent = 0
    for item in items:
        _, day, name = split_key(item["sk"])
        if is_correction(name):
            spent += int(item["usd"]) if day <= last_day else 0
        else:
            spent += sum(
                hour_micro_usd(item, hour)
                for hour in HOURS
                if (day, int(hour)) < (last_day, last_hour)
            )
    return to_usd(spent)


def read_today(dynamodb: Any, table: str, tenant: str, now: datetime) -> Decimal:
    """Read a tenant's spend of the UTC day of `now` in USD, strongly consistent."""
    today = now.astimezone(UTC).date().isoformat()
    return month_spend(_query(dynamodb, table, tenant, f"{_ALIAS}{today}"), now=now).today_usd


def plain_item(item: Mapping[str, Mapping[str, str]]) -> dict[str, str | int]:
    """Return an item of the low-level client as plain values; the ledger has whole numbers only."""
    return {
        name: int(value["N"]) if "N" in value else value["S"]
        for name, value in item.items()
        if "N" in value or "S" in value
    }


class _Sums:
    """A tenant's items of one month, summed up in micro-USD."""

    def __init__(self, now: datetime) -> None:
        self._month, self._today, self._hour = month_of(now), now.date().isoformat(), now.hour
        self._total = self._spent_today = self._last_hour = 0
        self._by_alias: defaultdict[str, int] = defaultdict(int)
        self._today_by_alias: defaultdict[str, int] = defaultdict(int)
        self._by_day: defaultdict[str, int] = defaultdict(int)
        self._by_role: defaultdict[str, int] = defaultdict(int)
        self._corrections: list[Correction] = []

    def take(self, item: Mapping[str, Any]) -> None:
        kind, day, name = split_key(item["sk"])
        if not day.startswith(self._month):
            return
        if is_correction(name):
            self._correct(correction_of(item), day)
        elif kind == _ROLE:
            self._by_role[name] += int(item.get("usd", 0))
        elif kind == _ALIAS:
            self._spend(name, day, sum(hour_micro_usd(item, hour) for hour in HOURS))
            if day == self._today:
                self._last_hour += hour_micro_usd(item, HOURS[self._hour])

    def _correct(self, correction: Correction, day: str) -> None:
        self._corrections.append(correction)
        micro = int(correction.usd * MICRO)
        if correction.role is not None:
            self._by_role[correction.role] += micro
        else:
            self._spend(correction.alias, day, micro)

    def _spend(self, alias: str | None, day: str, micro: int) -> None:
        """Add to the tenant's spend, and to an alias's unless it is the tenant's alone."""
        today = day == self._today
        self._total += micro
        self._by_day[day] += micro
        self._spent_today += micro if today else 0
        if alias is not None:
            self._by_alias[alias] += micro
            if today:
                self._today_by_alias[alias] += micro

    def month_spend(self) -> MonthSpend:
        return MonthSpend(
            month=self._month,
            total_usd=to_usd(self._total),
            by_alias=_in_usd(self._by_alias),
            today_usd=to_usd(self._spent_today),
            today_by_alias=_in_usd(self._today_by_alias),
            by_day=_in_usd(self._by_day),
            by_role=_in_usd(self._by_role),
            last_hour_usd=to_usd(self._last_hour),
            corrections=tuple(self._corrections),
        )


def _query(dynamodb: Any, table: str, tenant: str, prefix: str) -> Iterator[dict[str, str | int]]:
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues={":pk": {"S": tenant}, ":prefix": {"S": prefix}},
    )
    for page in pages:
        for item in page["Items"]:
            yield plain_item(item)


def split_key(sk: str) -> tuple[str, str, str]:
    """Return the kind, the day, and the alias, role or correction of a sort key."""
    kind, _, rest = sk.partition("#")
    day, _, name = rest.partition("#")
    return f"{kind}#", day, name


def _in_usd(micro: Mapping[str, int]) -> dict[str, Decimal]:
    return {name: to_usd(amount) for name, amount in micro.items()}
