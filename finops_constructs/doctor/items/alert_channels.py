"""Who hears of an alert: every topic of the guard needs a person who said yes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from finops_constructs.doctor.case import Case
from finops_constructs.doctor.finding import PLATFORM, PLATFORM_TEAM, Finding
from finops_constructs.enforcement.names import CANARY_TENANT
from finops_constructs.operations.aws import translated

ITEM: Final = "alert-channels"
_PENDING: Final = "PendingConfirmation"
_NOT_PEOPLE: Final = frozenset({"sqs", "lambda", "firehose"})
_Subscriptions = Mapping[str, list[Mapping[str, Any]]]


def examine(case: Case) -> Iterator[Finding]:
    """Yield addresses that have not confirmed, and topics that tell nobody."""
    topics = _topics(case)
    subscriptions = _by_topic(case, topics)
    for topic, (about, owner) in sorted(topics.items(), key=lambda each: each[1]):
        yield from _of_topic(topic, about, owner, subscriptions.get(topic, []))


def _topics(case: Case) -> dict[str, tuple[str, str]]:
    """Return every topic, whose it is and who answers for it."""
    topics = {
        action: (PLATFORM, PLATFORM_TEAM)
        for alarm in case.guard_alarms
        for action in alarm.get("AlarmActions", ())
        if ":sns:" in action
    }
    for tenant, entries in case.tenants.items():
        whose = (tenant, entries.owner)
        if tenant == CANARY_TENANT:  # the self-test tells the platform's own topic
            whose = (PLATFORM, PLATFORM_TEAM)
        if entries.policy and entries.policy.get("alert_topic_arn"):
            topics[str(entries.policy["alert_topic_arn"])] = whose
    return topics


def _by_topic(case: Case, topics: Mapping[str, Any]) -> _Subscriptions:
    sns = case.aws.client("sns")
    found: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    with translated("reading who is subscribed (sns:ListSubscriptions)"):
        if case.tenant is None:
            pages = sns.get_paginator("list_subscriptions").paginate()
            for each in (each for page in pages for each in page["Subscriptions"]):
                found[each["TopicArn"]].append(each)
            return found
        one = sns.get_paginator("list_subscriptions_by_topic")
        for topic in topics:
            try:
                for page in one.paginate(TopicArn=topic):
                    found[topic] += page["Subscriptions"]
            except sns.exceptions.NotFoundException:
                continue  # it tells nobody, which is what is said of it
    return found


def _of_topic(
    topic: str, about: str, owner: str, subscriptions: list[Mapping[str, Any]]
) -> Iterator[Finding]:
    people = [each for each in subscriptions if each["Protocol"] not in _NOT_PEOPLE]
    pending = [each for each in people if each["SubscriptionArn"] == _PENDING]
    nobody = len(pending) == len(people)
    for each in pending:
        address = each["Endpoint"]
        rest = ", and nobody else is told" if nobody else ""
        yield Finding(
            item=ITEM,
            about=about,
            problem=f"{address} has not confirmed that it wants the alerts{rest}",
            command=(
                f"aws sns subscribe --topic-arn {topic} --protocol {each['Protocol']} "
                f"--notification-endpoint {address}   # sends the mail again; then follow its link"
            ),
            owner=f"whoever reads {address}",
            blind=nobody,
        )
    if not people:
        yield Finding(
            item=ITEM,
            about=about,
            problem="nobody is behind the alerts: the topic has no subscriber",
            command=(
                f"aws sns subscribe --topic-arn {topic} --protocol email "
                "--notification-endpoint <address>"
            ),
            owner=owner,
            blind=True,
        )
