"""From calls to money: which rate, which tier, and what cannot be priced."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from shared.rates import RateTable, TokenSums, UnpricedTokensError
from shared.registry_entries import ProfileEntry
from spend_meter.profiles import names_profile
from spend_meter.reading import Group, OtherCall, ProfileOf, Reading, UsualCall
from spend_meter.rejection import Reason, RejectedError
from spend_meter.totals import Totals


class Pricing:
    """Prices one batch's calls.

    Args:
        profile_of: Finds the profile of a record's `modelId`.
        reading: The calls; refused ones are noted in it.
    """

    def __init__(self, profile_of: ProfileOf, reading: Reading) -> None:
        self._profile_of = profile_of
        self._reading = reading
        self._totals = Totals()

    def totals(self) -> Totals:
        """Price every call and return the sums of those that have a price."""
        for group, calls in self._reading.usual.items():
            try:
                self._add_usual(group, calls)
            except RejectedError as error:
                for position, *_ in calls:
                    self._reading.reject(error.reason, position)
        for call in self._reading.other:
            try:
                self._add_other(call)
            except RejectedError as error:
                self._reading.reject(error.reason, call.position)
        return self._totals

    def _add_usual(self, group: Group, calls: Sequence[UsualCall]) -> None:
        profile = self._payable(group.model_id)
        if profile.rates is None or not profile.metered:
            self._totals.add_calls(profile, group, len(calls), TokenSums(), 0)
            return
        for tier, tokens, alike in _by_tier(profile.rates, calls):
            try:
                atoms = profile.rates.tiers[tier].cost_atoms(tokens)
            except UnpricedTokensError:  # of some: find out of which
                self._reading.other += [
                    OtherCall(call[0], group, _summed([call])) for call in alike
                ]
            else:
                self._totals.add_calls(profile, group, len(alike), tokens, atoms)

    def _add_other(self, call: OtherCall) -> None:
        if call.failed:
            profile = self._profile_of(call.group.model_id)
            self._totals.add_failed_call(profile, call.group)
            return
        profile = self._payable(call.group.model_id)
        if profile.rates is None or not profile.metered:
            self._totals.add_calls(profile, call.group, 1, TokenSums(), 0)
            return
        rates = profile.rates.tiers[profile.rates.tier_of(call.tokens.prompt)]
        try:
            atoms = rates.cost_atoms(call.tokens)
        except UnpricedTokensError as error:
            raise RejectedError(Reason.NO_RATE) from error
        self._totals.add_calls(profile, call.group, 1, call.tokens, atoms)

    def _payable(self, model_id: object) -> ProfileEntry:
        """Return the profile that is charged, or raise RejectedError."""
        if not isinstance(model_id, str):
            raise RejectedError(Reason.MALFORMED_RECORD)
        profile = self._profile_of(model_id)
        if profile is None:
            known_kind = names_profile(model_id)
            raise RejectedError(Reason.UNKNOWN_PROFILE if known_kind else Reason.NOT_A_PROFILE)
        if profile.metered and profile.rates is None:
            raise RejectedError(Reason.NO_RATE)
        return profile


def _by_tier(
    rates: RateTable, calls: Sequence[UsualCall]
) -> Iterator[tuple[int, TokenSums, Sequence[UsualCall]]]:
    """Yield the calls, with their sums, by the tier of each call's own size."""
    tokens = _summed(calls)
    if rates.tier_of(tokens.prompt) == 0:  # no call is larger than all together
        yield 0, tokens, calls
        return
    by_tier: defaultdict[int, list[UsualCall]] = defaultdict(list)
    for call in calls:
        by_tier[rates.tier_of(call[1] + call[3] + call[4])].append(call)
    for tier, alike in by_tier.items():
        yield tier, _summed(alike), alike


def _summed(calls: Sequence[UsualCall]) -> TokenSums:
    _, tokens_in, tokens_out, read, written = map(sum, zip(*calls, strict=True))
    return TokenSums(
        input=tokens_in, output=tokens_out, cache_read=read, cache_write_untold=written
    )
