def test_a_notice_that_reached_one_topic_goes_to_the_other_alone_next_time(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.services.break_call(
        "sns", "publish", "Throttled", lambda **kw: kw["TopicArn"] == platform.topic
    )
    report = platform.run()
    assert report.untold == 1
    platform.services.mend()
    for _ in range(2):
        platform.later(minutes=5)
        platform.run()
    assert len(platform.read_mail(platform.mail["writer"])) == 1
    assert len(platform.read_mail(platform.platform_mail)) == 1


def test_a_notice_goes_to_eventbridge_too(platform):
    platform.add_tenant("writer", mode="shadow")
    platform.spend("writer", 512)
    entries: list[dict[str, str]] = []
    platform.services.watch_call(
        "events", "put_events", lambda **asked: entries.extend(asked["Entries"])
    )
    platform.run()
    (entry,) = entries
    assert (entry["Source"], entry["DetailType"]) == (
        "finops-constructs",
        "finops.tenant.would-stop",
    )
