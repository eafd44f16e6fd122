"""The twelve planted faults: where, and which commands must find each."""

from dataclasses import dataclass

IMPORT, PREFLIGHT, DOCTOR, GUARD_REPORT = "import", "preflight", "doctor", "guard report"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One planted fault.

    Attributes:
        app: The application's number; 0: it is about the whole account.
        found_by: The commands that must find it, and no others may.
        says: What each of them says of it, in part.
    """

    app: int
    found_by: frozenset[str]
    says: str


def _fault(app: int, says: str, *found_by: str) -> Fault:
    return Fault(app=app, says=says, found_by=frozenset(found_by))


FAULTS = {
    "broad-tag": _fault(3, "too broad", IMPORT),
    "bare-model": _fault(4, "eu.anthropic.claude-haiku-5-5", IMPORT, GUARD_REPORT),
    "identity-center-role": _fault(5, "Identity Center", IMPORT, PREFLIGHT, DOCTOR),
    "full-role": _fault(6, "10 of 10 managed policies", IMPORT, PREFLIGHT, DOCTOR),
    "key-user": _fault(7, "BedrockAPIKey-a1b2", IMPORT, PREFLIGHT, DOCTOR),
    "other-account": _fault(8, "999999999999", IMPORT, DOCTOR),
    "pending-mail": _fault(9, "has not confirmed", DOCTOR),
    "slack-disabled": _fault(10, "Slack channel", DOCTOR),
    "no-model-access": _fault(11, "cannot be called", DOCTOR),
    "quota-zero": _fault(12, "is 0", DOCTOR),
    "foreign-logging": _fault(0, "somebody else's invocation logging", DOCTOR),
    "inactive-cost-tag": _fault(0, "bedrock:environment", DOCTOR),
}
