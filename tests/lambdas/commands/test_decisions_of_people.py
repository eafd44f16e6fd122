from datetime import UTC, datetime

from tests.lambdas.commands.signed_requests import KIM


def test_suspend_is_written_down_journalled_and_wakes_the_switch(platform, ask):
    platform.add_tenant("writer")
    status, answer = ask("suspend", "writer", reason="  INC-7,\nprompt loop ")
    assert status == 200
    assert answer["message"] == "writer is being suspended until a person resumes it"
    assert answer["actor"] == KIM
    assert datetime.fromisoformat(answer["accepted_at"]).tzinfo is not None
    (entry,) = platform.journal("writer")
    assert entry["actor"] == KIM
    assert entry["written"]["reason"] == "INC-7, prompt loop"
    assert platform.wakes() == [{"wake": "commands", "tenants": ["writer"]}]
    platform.later(seconds=1)
    platform.run("writer")
    _, after = ask("status", "writer")
    assert after["status"]["state"] == "applied"
    assert after["status"]["decided_at"] >= answer["accepted_at"]
    assert after["status"]["why"][0]["text"] == f"suspended by {KIM}: INC-7, prompt loop"


def test_resume_ends_it_and_the_next_one_is_refused(platform, ask):
    platform.add_tenant("writer")
    ask("suspend", "writer", reason="INC-7")
    platform.later(seconds=1)
    assert ask("resume", "writer", reason="fixed")[0] == 200
    platform.run("writer")
    assert platform.stopped("writer") == set()
    status, answer = ask("resume", "writer", reason="fixed")
    assert status == 409
    assert answer["error"] == "nothing of writer is stopped that a person could resume"


def test_resuming_a_monthly_stop_is_refused_with_what_ends_it_and_how_to_go_on(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    status, answer = ask("resume", "writer", reason="please")
    assert status == 409
    assert "ends with the month, at 2026-12-01 00:00 UTC" in answer["error"]
    assert "finops override writer" in answer["error"]


def test_resuming_a_latch_under_a_monthly_stop_says_that_the_limit_still_stops(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.burst("writer", "fast")
    platform.run()
    status, answer = ask("resume", "writer", reason="fixed")
    assert status == 200
    assert "it stays stopped because spend of 2026-11 was $512.00" in answer["message"]


def test_an_override_needs_a_ceiling_above_the_spend_and_at_most_a_day(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    ok: dict[str, object] = {"reason": "quarter end", "minutes": 60, "up_to_usd": "600"}
    wrongs: list[tuple[dict[str, object], str]] = [
        ({"reason": None}, "reason is required"),
        ({"reason": "\n\t"}, "reason must be a text"),
        ({"reason": "x" * 501}, "1 to 500"),
        ({"minutes": 1441}, "from 1 to 1440, got 1441"),
        ({"minutes": 0}, "from 1 to 1440"),
        ({"minutes": True}, "from 1 to 1440"),
        ({"minutes": None}, "from 1 to 1440"),
        ({"up_to_usd": None}, "up_to_usd is required"),
        ({"up_to_usd": "512"}, "more than the month's spend so far, $512.00"),
        ({"up_to_usd": "NaN"}, "must be a decimal"),
        ({"up_to_usd": "1e99"}, "must be a decimal"),
        ({"up_to_usd": "many"}, "must be a decimal"),
        ({"alias": "smart"}, "leave alias out"),
    ]
    for wrong, text in wrongs:
        status, answer = ask("override", "writer", **(ok | wrong))
        assert (status, text in answer["error"]) == (400, True), answer
    status, answer = ask("override", "writer", **ok)
    assert status == 200
    assert "until 2026-11-25 11:42 UTC, or until the month's spend is $600.00" in answer["message"]
    platform.run("writer")
    _, after = ask("status", "writer")
    assert after["status"]["override"] == {
        "reason": "quarter end",
        "actor": KIM,
        "started_at": "2026-11-25T10:42:00+00:00",
        "ends_at": "2026-11-25T11:42:00+00:00",
        "up_to_usd": "600",
    }
    assert platform.stopped("writer") == set()


def test_a_bill_above_the_estimate_counts_for_an_overrides_ceiling(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 100)
    platform.bill("writer", "550", datetime(2026, 11, 1, tzinfo=UTC))
    platform.run()
    status, answer = ask("override", "writer", reason="x", minutes=5, up_to_usd="540")
    assert status == 400
    assert "$550.00" in answer["error"]


def test_an_override_in_shadow_mode_makes_no_sense(platform, ask):
    platform.add_tenant("writer", mode="shadow")
    status, answer = ask("override", "writer", reason="x", minutes=5, up_to_usd="540")
    assert status == 409
    assert "mode shadow" in answer["error"]


def test_approving_and_rejecting_what_is_asked(platform, ask):
    platform.add_tenant("writer", mode="approve")
    assert ask("approve", "writer", reason="yes")[0] == 409
    platform.spend("writer", 512)
    platform.run()
    assert platform.stopped("writer") == set()
    _, before = ask("status", "writer")
    assert before["status"]["approval"]["state"] == "pending"
    assert before["status"]["approval"]["times_out_at"] == "2026-11-25T11:42:00+00:00"
    platform.later(minutes=1)
    status, answer = ask("approve", "writer", reason="not now", reject=True)
    assert status == 200
    assert answer["message"].startswith("writer goes on until its hard cap")
    platform.run("writer")
    _, after = ask("status", "writer")
    assert after["status"]["approval"]["state"] == "rejected"
    assert after["status"]["approval"]["actor"] == KIM
    assert platform.stopped("writer") == set()
    platform.spend("writer", 90)
    platform.run("writer")
    assert platform.stopped("writer") == {"smart", "fast"}


def test_a_drills_canary_leaves_no_word_behind_and_sends_no_mail(platform, ask):
    platform.add_tenant("writer")
    platform.run()
    platform.read_mail(platform.mail["writer"])
    platform.add_profile("writer", "drill-1", canary=True, metered=False)
    _, order = ask("suspend", "writer", alias="drill-1", reason="drill")
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == {"drill-1"}
    _, during = ask("status", "writer")
    assert during["status"]["aliases"]["drill-1"]["state"] == "applied"
    assert during["status"]["state"] == "active"
    assert during["status"]["unmetered"] == []
    assert during["status"]["decided_at"] >= order["accepted_at"]
    assert ask("resume", "writer", alias="drill-1", reason="drill")[0] == 200
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.read_mail(platform.mail["writer"]) == []
    assert platform.switch.table.read("writer", "2026-11").orders == ()
