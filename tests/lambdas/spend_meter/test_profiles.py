import pytest

from shared.registry_cache import RegistryCache
from spend_meter.profiles import KNOWN_AFTER_SECONDS, find_profile, names_profile
from tests.lambdas.invocations import profile_arn, profile_entry, registry_of


class Source:
    """A registry that can be changed, broken, and counts how often it is read."""

    def __init__(self, *entries):
        self.entries, self.reads, self.broken, self.now = list(entries), 0, False, 100.0
        self.cached = RegistryCache(load=self.load, seconds=lambda: self.now, ttl_seconds=60)

    def load(self):
        self.reads += 1
        if self.broken:
            raise ConnectionError("no answer")
        return registry_of(*self.entries)

    def alias_of(self, model_id):
        profile = find_profile(self.cached, None, model_id)
        return profile.alias if profile else None


@pytest.mark.parametrize(
    "model_id",
    [profile_arn("abc123"), "abc123"],
)
def test_an_application_profile_is_told_by_its_arn_or_id(model_id):
    assert names_profile(model_id)


@pytest.mark.parametrize(
    "model_id",
    [
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-pro-v1:0",
        "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0",
        "arn:aws:bedrock:eu-west-1:111122223333:provisioned-model/abc123",
    ],
)
def test_a_model_or_a_system_profile_is_no_application_profile(model_id):
    assert not names_profile(model_id)


def test_a_profile_is_found_by_its_arn_and_by_its_id():
    source = Source(profile_entry("writer", "smart"))
    assert source.alias_of(profile_arn("writersmart")) == "smart"
    assert source.alias_of("writersmart") == "smart"
    assert source.reads == 1


def test_the_registry_is_read_again_when_its_time_is_up():
    source = Source(profile_entry("writer", "smart"))
    source.cached.current()
    source.now += 59
    source.cached.current()
    assert source.reads == 1
    source.now += 1
    source.cached.current()
    assert source.reads == 2


def test_a_profile_registered_a_moment_ago_is_found():
    source = Source()
    source.cached.current()
    source.entries.append(profile_entry("writer", "smart"))
    source.now += KNOWN_AFTER_SECONDS
    assert source.alias_of("writersmart") == "smart"


def test_a_thousand_unknown_profiles_do_not_read_the_registry_a_thousand_times():
    source = Source()
    for number in range(1000):
        assert source.alias_of(f"unknown{number}") is None
    assert source.reads == 1
    source.now += KNOWN_AFTER_SECONDS
    for number in range(1000):
        assert source.alias_of(f"unknown{number}") is None
    assert source.reads == 2


def test_a_model_that_is_no_profile_does_not_make_the_registry_be_read_again():
    source = Source()
    source.cached.current()
    source.now += KNOWN_AFTER_SECONDS
    assert source.alias_of("amazon.nova-pro-v1:0") is None
    assert source.reads == 1


def test_a_registry_that_cannot_be_read_again_is_used_as_it_was():
    source = Source(profile_entry("writer", "smart"))
    source.cached.current()
    source.broken = True
    source.now += 60
    assert source.alias_of("writersmart") == "smart"
    source.now += 1
    assert source.alias_of("writersmart") == "smart"
    assert source.reads == 2
    assert source.cached.stale
    source.broken = False
    source.now += 60
    assert source.alias_of("writersmart") == "smart"
    assert not source.cached.stale


def test_fails_when_the_registry_was_never_readable():
    source = Source()
    source.broken = True
    with pytest.raises(ConnectionError):
        source.alias_of("writersmart")
