"""Playing traffic against every tier of the control, each as if it alone existed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from finops_constructs.replay.ensemble import TIERS, Ensemble
from finops_constructs.replay.scenario import Scenario
from finops_constructs.replay.switch import Event

Progress = Callable[[int], None]
"""Is told every simulated minute what time it is, in microseconds since the play began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What happened, had nothing been stopped but what each tier stops by itself.

    Attributes:
        scenario: What was played.
        tiers: When each tier alone, in mode `enforce`, had stopped it; None: it did not.
        announced: When the kill switch as configured, with all tiers, first had something to say.
        configured: When it had stopped it; None: it did not.
        ended_at_us: When the play ended.
        skipped_us: From when to when steady traffic was added up, not played; None: all of it was.
        busiest_burst: The highest value of the burst alarm's expression; None without an alarm.
    """

    scenario: Scenario
    tiers: Mapping[str, Event | None]
    announced: Event | None
    configured: Event | None
    ended_at_us: int
    skipped_us: tuple[int, int] | None
    busiest_burst: Decimal | None


def play(scenario: Scenario, progress: Progress = lambda _: None) -> Played:
    """Play a scenario until every tier has fired that can.

    Beside a runaway, rounds of steady traffic between the time when everything but the month's
    limit is settled, and shortly before that limit, are added up instead of being played.

    Args:
        scenario: What to play.
        progress: Is told how far the play is. Default: nobody is.
    """
    first = Ensemble(scenario)
    for now_us in first.minutes():
        progress(now_us)
        settled = now_us >= scenario.settled_us and first.has_configured_its_say
        if settled or first.is_over:
            break
    last, skipped_us = first, None
    if not first.is_over and scenario.approach_us is not None:
        if scenario.approach_us > first.now_us:
            last = Ensemble(scenario, start_us=scenario.approach_us, before=first)
            skipped_us = first.now_us, last.now_us
        for now_us in last.minutes():
            progress(now_us)
            if last.is_over:
                break
    said = first if first.configured.has_spoken else last
    return Played(
        scenario=scenario,
        tiers={name: first.stops[name] or last.stops[name] for name in TIERS},
        announced=said.configured.announcement,
        configured=said.configured.stop,
        ended_at_us=last.now_us,
        skipped_us=skipped_us,
        busiest_burst=first.busiest_burst,
    )
