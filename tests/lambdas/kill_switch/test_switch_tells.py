def test_one_message_a_stop_with_everything_a_person_asks(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    for _ in range(3):
        platform.run()
        platform.later(minutes=5)
    (message,) = platform.read_mail(platform.mail["writer"])
    assert message["Message"].splitlines() == [
        "Writer (writer): suspended",
        "",
        "What:     all aliases (fast, smart)",
        "Why:      spend of 2026-11 was $512.00 and reached $500.00, 100 % of the monthly limit",
        "Since:    2026-11-25 10:42 UTC",
        "Ends:     with the month, at 2026-12-01 00:00 UTC, or when the limit is raised",
        "Estimate: $512.00 of $500.00 (102.4 %) in 2026-11",
        "Top role: app ($512.00)",
        "",
        "To ask for an override, send this to the platform team:",
        '  finops override writer --hours 4 --up-to-usd 615 --reason "..."',
        "",
        "Status: finops tenants status writer",
    ]
    assert len(platform.read_mail(platform.platform_mail)) == 1


def test_thresholds_warn_once_each_and_a_month(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 380)
    platform.run()
    platform.run()
    platform.spend("writer", 80)
    platform.run()
    subjects = [m["Subject"] for m in platform.read_mail(platform.mail["writer"])]
    assert subjects == [
        "finops: writer: has passed 75 % of its monthly limit",
        "finops: writer: has passed 90 % of its monthly limit",
    ]


def test_every_change_is_in_the_journal(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.run()
    kinds = [entry["kind"] for entry in platform.journal("writer")]
    assert kinds == ["decision", "read-back"]
    decision = platform.journal("writer")[0]
    assert decision["desired"] == {"smart": "suspended", "fast": "suspended"}
    assert decision["reasons"][0]["code"] == "monthly-limit"
