"""Seeds the estate onto a running emulator, and adopts it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from local.controls import Controls
from local.emulator import Emulator
from local.seeded_estate.application import (
    ACCOUNT,
    APPLICATIONS,
    KEY_USER,
    KEY_USER_ARN,
    PARTNER_SESSION_ARN,
    REGION,
    Application,
)
from local.seeded_estate.calls import record
from local.seeded_estate.registered import Registered

FOREIGN_GROUP = "/corp/bedrock-calls"
_TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
_ANY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
    }
)
_DAYS = 20


class Estate:
    """Thirty applications in one account and Region.

    Args:
        emulator: A running emulator, of `ACCOUNT` and `REGION`, with nothing on it.
        applications: The applications. Default: the thirty.
    """

    def __init__(
        self, emulator: Emulator, applications: Sequence[Application] = APPLICATIONS
    ) -> None:
        self._emulator = emulator
        self._applications = applications
        self.profiles: dict[int, str] = {}
        """ARN of each application's profile, by the application's number."""

    def seed(self) -> None:
        """Make what is there before anybody adopts it."""
        self._log_to_somebody()
        self._record_management_events()
        self.seed_applications()
        self._log_calls()

    def seed_applications(self) -> None:
        """Make the applications alone: roles, profiles, budgets, a user with an API key."""
        for app in self._applications:
            self._make_application(app)
        self._fill_a_role(APPLICATIONS[5])
        self._make_key_user()

    def adopt(self) -> None:
        """Enter every application in the registry, as its deployment would."""
        Registered(self._emulator, self.profiles).platform()
        self.adopt_applications()

    def adopt_applications(self) -> None:
        """Enter the applications alone, where there is a platform."""
        registered = Registered(self._emulator, self.profiles)
        for app in self._applications:
            registered.application(app)
        controls = Controls(self._emulator)
        controls.leave_mail_unread(APPLICATIONS[8].mail)
        controls.disable_slack_workspace("T0TENTH", "the workspace has uninstalled the app")
        controls.set_model_access(APPLICATIONS[10].base_model, granted=False)
        controls.set_quota(
            "Cross-region model inference tokens per minute for Anthropic Claude Opus 5.5", 0
        )
        long_ago = datetime.now(UTC) - timedelta(days=90)
        controls.set_cost_tags_active_since(["bedrock:project", "bedrock:tool"], long_ago)

    def _client(self, service: str) -> Any:
        return self._emulator.client(service, REGION)

    def _log_to_somebody(self) -> None:
        self._client("logs").create_log_group(logGroupName=FOREIGN_GROUP)
        role = self._client("iam").create_role(
            RoleName="corp-logging", AssumeRolePolicyDocument=_TRUST
        )["Role"]["Arn"]
        self._client("bedrock").put_model_invocation_logging_configuration(
            loggingConfig={"cloudWatchConfig": {"logGroupName": FOREIGN_GROUP, "roleArn": role}}
        )

    def _record_management_events(self) -> None:
        self._client("s3").create_bucket(
            Bucket="corp-trail", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        cloudtrail = self._client("cloudtrail")
        cloudtrail.create_trail(Name="corp", S3BucketName="corp-trail", IsMultiRegionTrail=True)
        cloudtrail.start_logging(Name="corp")

    def _make_application(self, app: Application) -> None:
        self._client("iam").create_role(
            RoleName=app.role_name, Path=app.role_path, AssumeRolePolicyDocument=_TRUST
        )
        source = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/eu.{app.base_model}"
        made = self._client("bedrock").create_inference_profile(
            inferenceProfileName=f"{app.id}-prod",
            modelSource={"copyFrom": source},
            tags=[{"key": key, "value": value} for key, value in app.tags.items()],
        )
        self.profiles[app.number] = made["inferenceProfileArn"]
        self._client("budgets").create_budget(
            AccountId=ACCOUNT,
            Budget={
                "BudgetName": f"{app.id}-2026",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": "500", "Unit": "USD"},
                "CostFilters": {"TagKeyValue": [f"user:{k}${v}" for k, v in app.tags.items()]},
            },
        )

    def _fill_a_role(self, app: Application) -> None:
        iam = self._client("iam")
        for number in range(10):
            policy = iam.create_policy(PolicyName=f"corp-{number}", PolicyDocument=_ANY)["Policy"]
            iam.attach_role_policy(RoleName=app.role_name, PolicyArn=policy["Arn"])

    def _make_key_user(self) -> None:
        iam = self._client("iam")
        iam.create_user(UserName=KEY_USER)
        iam.create_service_specific_credential(
            UserName=KEY_USER, ServiceName="bedrock.amazonaws.com"
        )

    def _log_calls(self) -> None:
        """Two calls of every application a day, through its own profile, and the faulty ones."""
        now = datetime.now(UTC)
        days = [now - timedelta(days=day, hours=1) for day in range(_DAYS)]
        calls = [
            record(app.session_arn, self.profiles[app.number], at - timedelta(minutes=minute))
            for at in days
            for app in self._applications
            for minute in (0, 7)
        ]
        yesterday = days[1]
        bare = "eu.anthropic.claude-haiku-5-5"
        calls += [record(APPLICATIONS[3].session_arn, bare, yesterday)] * 3
        calls += [record(KEY_USER_ARN, self.profiles[7], yesterday)]
        calls += [record(PARTNER_SESSION_ARN, self.profiles[8], yesterday)]
        logs = self._client("logs")
        logs.create_log_stream(logGroupName=FOREIGN_GROUP, logStreamName="calls")
        logs.put_log_events(
            logGroupName=FOREIGN_GROUP,
            logStreamName="calls",
            logEvents=sorted(calls, key=lambda event: event["timestamp"]),
        )
