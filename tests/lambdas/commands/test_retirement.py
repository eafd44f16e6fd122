from tests.lambdas.commands.signed_requests import KIM
from tests.lambdas.platform_under_test import profile_arn


def retired(platform, ask):
    owner = {"team": "t", "email": "t@example.com", "cost_centre": "CC-7"}
    platform.add_tenant("writer", owner=owner)
    platform.now = platform.now.replace(month=10)
    platform.spend("writer", 40)
    platform.now = platform.now.replace(month=11)
    platform.spend("writer", 12.5)
    status, answer = ask("retire", "writer", reason="replaced by writer-2")
    assert status == 200
    platform.later(seconds=1)
    platform.run("writer")
    return answer


def test_a_retired_tenant_is_stopped_with_its_final_figures_and_cost_mapping(platform, ask):
    answer = retired(platform, ask)
    assert "estimated spend of 2 months: $52.50" in answer["message"]
    assert platform.stopped("writer") == {"smart", "fast"}
    assert platform.attached("writer") == {"app"}
    said = ask("status", "writer")[1]["status"]
    assert said["retired"]["final_usd"] == {"2026-10": "40.000000", "2026-11": "12.500000"}
    assert said["retired"]["cost_centre"] == "CC-7"
    assert said["retired"]["profiles"]["smart"] == profile_arn("writer", "smart")
    assert said["why"][0]["code"] == "retired-for-good"
    assert said["why"][0]["text"] == f"retired by {KIM}: replaced by writer-2"


def test_nothing_lifts_it_neither_persons_nor_a_pause_nor_a_new_month(platform, ask):
    retired(platform, ask)
    for command, more in (
        ("resume", {}),
        ("override", {"minutes": 60, "up_to_usd": "900"}),
        ("pause", {"minutes": 60}),
        ("adjust", {"usd": "-1"}),
        ("retire", {}),
    ):
        status, answer = ask(command, "writer", reason="please", **more)
        assert status == 409
        assert "its id stays taken" in answer["error"]
    ask("pause", all=True, minutes=60, reason="meter is wrong")
    platform.later(days=10)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}


def test_its_stack_can_be_destroyed_and_what_is_deployed_under_its_id_is_stopped_at_once(
    platform, ask
):
    retired(platform, ask)
    platform.put_policy("writer", retired=True)
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()
    platform.put_policy("writer")
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}


def test_the_same_under_a_new_id_starts_with_nothing(platform, ask):
    retired(platform, ask)
    platform.add_tenant("writer-2", roles=("writer-2-app",))
    platform.later(minutes=5)
    platform.run()
    assert platform.stopped("writer-2") == set()
    assert ask("status", "writer-2")[1]["status"]["estimated_usd"] == "0.000000"
