"""A woken run goes by the entries of the tenant it was woken for, as they are now."""


def two_that_remember(platform, *, limit):
    platform.add_tenant("writer")
    platform.put_policy("writer", limit=limit)
    platform.spend("writer", 512)
    first, second = platform.switch, platform.new_switch()
    platform.run(switch=first)
    platform.run(switch=second)
    return first, second


def test_a_woken_run_that_remembers_a_lower_limit_stops_nobody_whom_the_raised_one_lifted(platform):
    first, second = two_that_remember(platform, limit=500)
    assert platform.stopped("writer")
    platform.put_policy("writer", limit=1000)
    second.registry.current(fresh=True)
    platform.run(switch=second)
    assert platform.stopped("writer") == set()
    platform.run("writer", switch=first)
    assert platform.stopped("writer") == set()


def test_a_woken_run_that_remembers_a_higher_limit_lifts_nobody_whom_the_lowered_one_stopped(
    platform,
):
    first, second = two_that_remember(platform, limit=1000)
    assert platform.stopped("writer") == set()
    platform.put_policy("writer", limit=500)
    second.registry.current(fresh=True)
    platform.run(switch=second)
    stopped = platform.stopped("writer")
    assert stopped
    platform.run("writer", switch=first)
    assert platform.stopped("writer") == stopped


def test_a_tenant_registered_a_moment_ago_is_known_to_the_run_it_wakes(platform):
    platform.add_tenant("writer")
    platform.run()
    platform.add_tenant("chat")
    platform.spend("chat", 512)
    platform.run("chat")
    assert platform.stopped("chat")
    assert platform.stopped("writer") == set()
