from tests.lambdas.commands.signed_requests import KIM

WRITER_APP = "arn:aws:sts::123456789012:assumed-role/app/session"


def stopped_writer(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}


def test_a_pause_lifts_a_stop_is_told_and_ends_by_itself(platform, ask):
    stopped_writer(platform)
    platform.read_mail(platform.mail["writer"])
    status, answer = ask("pause", "writer", minutes=60, reason="the price list is wrong")
    assert status == 200
    assert "paused until 2026-11-25 11:42 UTC" in answer["message"]
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()
    said = ask("status", "writer")[1]["status"]
    assert said["pause"]["actor"] == KIM
    assert said["pause"]["ends_at"] == "2026-11-25T11:42:00+00:00"
    assert "paused" in {each["code"] for each in said["why"]}
    assert platform.published("writer")["pause"]["reason"] == "the price list is wrong"
    platform.later(hours=1)
    platform.run()
    assert platform.stopped("writer") == {"smart", "fast"}
    assert ask("status", "writer")[1]["status"]["pause"] is None
    subjects = [m["Subject"] for m in platform.read_mail(platform.mail["writer"])]
    assert subjects == [
        "finops: writer: automatic stops are paused",
        "finops: writer: calls are allowed again",
        "finops: writer: the pause has ended",
    ]


def test_a_pause_of_all_lifts_every_tenant_and_sends_the_platform_no_mail_for_each(platform, ask):
    for tenant in ("writer", "reader"):
        platform.add_tenant(tenant, roles=(f"{tenant}-app",))
        platform.spend(tenant, 512)
    platform.run()
    platform.read_mail(platform.platform_mail)
    status, answer = ask("pause", all=True, minutes=30, reason="meter counts twice")
    assert status == 200
    assert answer["tenant"] is None
    assert platform.wakes() == [{"wake": "commands", "tenants": []}]
    platform.later(seconds=1)
    platform.run()
    for tenant in ("writer", "reader"):
        assert platform.stopped(tenant) == set()
        assert ask("status", tenant)[1]["status"]["pause"]["scope"] == "all"
    subjects = [m["Subject"] for m in platform.read_mail(platform.platform_mail)]
    assert not [subject for subject in subjects if "paused" in subject]
    (entry,) = platform.journal("#platform")
    assert (entry["command"], entry["scope"], entry["actor"]) == ("pause", "all", KIM)


def test_a_pause_ends_when_a_person_ends_it(platform, ask):
    stopped_writer(platform)
    ask("pause", "writer", minutes=60, reason="wrong price")
    platform.run("writer")
    assert ask("end-pause", "writer", reason="the price was right")[0] == 200
    platform.run("writer")
    assert platform.stopped("writer") == {"smart", "fast"}
    status, answer = ask("end-pause", "writer", reason="again")
    assert (status, answer["error"]) == (409, "writer: no pause is in force")


def test_one_tenants_pause_of_all_is_ended_for_all_only(platform, ask):
    platform.add_tenant("writer")
    ask("pause", all=True, minutes=30, reason="meter counts twice")
    status, answer = ask("end-pause", "writer", reason="not ours")
    assert status == 409
    assert "finops enforcement resume --all" in answer["error"]
    assert ask("end-pause", all=True, reason="mended")[0] == 200
    assert ask("status", "writer")[1]["status"]["pause"] is None
    assert ask("end-pause", all=True, reason="mended")[0] == 409


def test_a_pause_says_what_stops_the_tenant_again_when_it_ends(platform, ask):
    platform.add_tenant("writer")
    platform.burst("writer", "fast")
    platform.run()
    _, answer = ask("pause", "writer", minutes=60, reason="the cap is wrong")
    assert "stopped again because fast spent faster" in answer["message"]
    assert "finops resume writer --alias fast" in answer["message"]


def test_a_pause_of_a_tenant_that_nothing_stops_is_refused(platform, ask):
    platform.add_tenant("writer", mode="shadow")
    status, answer = ask("pause", "writer", minutes=60, reason="x")
    assert status == 409
    assert "mode shadow" in answer["error"]


def test_a_pause_is_of_one_tenant_or_of_all_and_at_most_a_day(platform, ask):
    platform.add_tenant("writer")
    for body in (
        {"minutes": 60},
        {"tenant": "writer", "all": True, "minutes": 60},
        {"tenant": "writer", "minutes": 1441},
        {"tenant": "writer", "minutes": 60, "alias": "smart"},
    ):
        tenant = body.pop("tenant", None)
        assert ask("pause", tenant, reason="x", **body)[0] == 400


def test_a_caller_may_neither_pause_nor_correct(platform, ask):
    platform.add_tenant("writer")
    assert ask("pause", "writer", minutes=5, reason="x", actor=WRITER_APP)[0] == 403
    assert ask("pause", all=True, minutes=5, reason="x", actor=WRITER_APP)[0] == 403
    assert ask("adjust", "writer", usd="-1", reason="x", actor=WRITER_APP)[0] == 403
