import pytest

from finops_constructs.checks.audit_log_retention import AUDIT_LOG_RETENTION

DECLARED = {"days": 400, "mode": "GOVERNANCE", "earlier": []}


def bucket(retention, declared=DECLARED):
    return {
        "Type": "AWS::S3::Bucket",
        "Metadata": {"finops:retention": declared},
        "Properties": {
            "ObjectLockConfiguration": {"Rule": {"DefaultRetention": retention}},
        },
    }


def test_the_declared_retention_is_compliant(assembly, details):
    app = assembly({"B": bucket({"Days": 400, "Mode": "GOVERNANCE"})})
    assert details(AUDIT_LOG_RETENTION, app) == {}


def test_a_longer_and_stronger_one_is_compliant(assembly, details):
    app = assembly({"B": bucket({"Years": 5, "Mode": "COMPLIANCE"})})
    assert details(AUDIT_LOG_RETENTION, app) == {}


@pytest.mark.parametrize(
    ("retention", "declared", "said"),
    [
        ({"Days": 90, "Mode": "GOVERNANCE"}, DECLARED | {"days": 90}, "below the floor of 184"),
        ({"Days": 365, "Mode": "GOVERNANCE"}, DECLARED, "fewer than the 400 that were declared"),
        (
            {"Days": 400, "Mode": "GOVERNANCE"},
            DECLARED | {"earlier": [{"days": 1827, "mode": "GOVERNANCE"}]},
            "fewer than the 1827",
        ),
        (
            {"Days": 400, "Mode": "GOVERNANCE"},
            DECLARED | {"mode": "COMPLIANCE"},
            "weaker than COMPLIANCE",
        ),
        ({}, DECLARED, "no default retention"),
    ],
)
def test_fails_when_it_is_shorter_or_weaker(assembly, details, retention, declared, said):
    found = details(AUDIT_LOG_RETENTION, assembly({"B": bucket(retention, declared)}))
    assert said in found["B"]


def test_other_buckets_are_not_its_business(assembly, details):
    app = assembly({"B": {"Type": "AWS::S3::Bucket", "Properties": {}}})
    assert details(AUDIT_LOG_RETENTION, app) == {}


def test_a_retention_known_only_at_deployment_is_not_judged(assembly, details):
    app = assembly({"B": bucket({"Days": {"Ref": "Days"}, "Mode": "GOVERNANCE"})})
    assert details(AUDIT_LOG_RETENTION, app) == {}
