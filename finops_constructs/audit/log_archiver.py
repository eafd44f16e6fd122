"""The archiver: landing bucket and journal into the locked bucket, hour by hour in a chain."""

from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from finops_constructs._acknowledge import QUEUE_DEAD_LETTERS, acknowledge
from finops_constructs._function import define_function, keep_failures
from finops_constructs._place import place_of
from finops_constructs.audit import archiver_rights as rights
from finops_constructs.audit.ingest_queue import define_ingest_queue
from finops_constructs.audit.log_keys import define_key
from finops_constructs.audit.names import (
    ARCHIVER_FUNCTION,
    CHAIN_TABLE,
    DEAD_LETTERS,
    NAMES_TABLE,
    archiver_role_name,
    records_prefix,
)
from finops_constructs.audit.retention import Retention
from finops_constructs.audit.wiring import LogWiring
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.event_rules import define_function_rule
from finops_constructs.enforcement.platform_table import define_table
from finops_constructs.enforcement.queues import define_dead_letters
from finops_constructs.enforcement.registry import audit_log_path, define_entry
from finops_constructs.landing_zone import LandingZone

_TIMEOUT_SECONDS: Final = 900
_SEAL_EVERY: Final = "rate(10 minutes)"
_ATTEMPTS: Final = 5
# A delivery of 200 MB is spooled to disk, once compressed again.
_DISK_MB: Final = 4096


class LogArchiver(Construct):
    """Defines the log archiver: function, ingest queue, its memory, pseudonyms, what calls it.

    A delivery is archived when its notification comes, and found by the schedule if that is lost;
    the kill switch's journal comes by the stream of its state table; statements come by a function
    URL that IAM authorises. Every 10 minutes the hours that are over are closed, each with a
    manifest that is hash-chained to the one before. One per account and Region.

    Its KMS key for pseudonyms costs $1 a month, a key for signatures another.

    Attributes:
        function: The archiver.
        queue: What tells it of deliveries.
        queue_policy: Lets the landing bucket send to it.
        dead_letters: What could not be archived, kept 14 days.
        chain_table: Its memory.
        names_table: The re-identification table: pseudonym and name, outside of the lock.
        pseudonym_key: The key that pseudonyms are computed with.
        signing_key: The key that signs manifests; None: none does.
        function_url: Where statements are sent.
    """

    function: lambda_.CfnFunction
    queue: sqs.CfnQueue
    queue_policy: sqs.CfnQueuePolicy
    dead_letters: sqs.CfnQueue
    chain_table: dynamodb.CfnTable
    names_table: dynamodb.CfnTable
    pseudonym_key: kms.CfnKey
    signing_key: kms.CfnKey | None
    function_url: lambda_.CfnUrl

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        wiring: LogWiring,
        retention: Retention,
        journal: dynamodb.CfnTable | None = None,
        sign: bool = False,
        names_days: int | None = None,
        kept_metadata_keys: Sequence[str] = (),
    ) -> None:
        """Define the archiver.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            wiring: The log's names.
            retention: How the locked bucket keeps what it writes, which every manifest states.
            journal: A table whose stream has the kill switch's journal. Default: none is copied.
            sign: Whether manifests are signed with an asymmetric key. Default: False.
            names_days: How long a name is known after it was last met. Default: as long as the
                log is kept.
            kept_metadata_keys: Keys of `requestMetadata` whose values are locked as they are;
                others are replaced by pseudonyms. Default: none is.
        """
        super().__init__(scope, id)
        self._wiring = wiring
        self.dead_letters = define_dead_letters(self, name=DEAD_LETTERS)
        acknowledge(self.dead_letters, {QUEUE_DEAD_LETTERS: "It is a dead-letter queue itself"})
        self.queue, self.queue_policy = define_ingest_queue(
            self,
            landing_bucket=wiring.landing_bucket,
            dead_letters=self.dead_letters,
            visibility_seconds=_TIMEOUT_SECONDS + 60,
        )
        self.chain_table = define_table(
            self, "Chain", name=CHAIN_TABLE, expiry_attribute="expires_at"
        )
        self.names_table = define_table(
            self, "Names", name=NAMES_TABLE, expiry_attribute="expires_at"
        )
        self.pseudonym_key = define_key(
            self, "PseudonymKey", "Pseudonyms in the audit log", "HMAC_256", "GENERATE_VERIFY_MAC"
        )
        self.signing_key = (
            define_key(self, "SigningKey", "Signs the audit log", "ECC_NIST_P256", "SIGN_VERIFY")
            if sign
            else None
        )
        environment = self._environment(retention, names_days, kept_metadata_keys)
        self.function = self._function(environment, journal)
        self._call_it(journal)
        self.function_url = lambda_.CfnUrl(
            self, "Url", auth_type="AWS_IAM", target_function_arn=self.function.attr_arn
        )
        self._register()

    def grant_append(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody add statements: find the function's URL and call it, nothing else.

        Args:
            grantee: A role, user or group of this account.
        """
        arn, place = self.function.attr_arn, place_of(self)
        url = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["lambda:InvokeFunctionUrl"],
            resource_arns=[arn],
            conditions={"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        )
        # Since October 2025 a call by URL is checked on this action, too.
        by_url = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["lambda:InvokeFunction"],
            resource_arns=[arn],
            conditions={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        )
        entry = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["ssm:GetParameter"],
            resource_arns=[place.arn("ssm", f"parameter{audit_log_path()}")],
        )
        return url.combine(by_url).combine(entry)

    def _environment(
        self, retention: Retention, names_days: int | None, kept_metadata_keys: Sequence[str]
    ) -> dict[str, str]:
        place, wiring = place_of(self), self._wiring
        optional = {
            "CONTENT_BUCKET": wiring.content_bucket,
            "KEPT_METADATA_KEYS": "\n".join(kept_metadata_keys),
            "SIGNING_KEY_ARN": self.signing_key.attr_arn if self.signing_key else None,
        }
        return {
            "CHAIN_TABLE": self.chain_table.ref,
            "LANDING_BUCKET": wiring.landing_bucket,
            "LANDING_PREFIX": records_prefix(place.account, place.region),
            "LOCK_DAYS": str(retention.days),
            "LOCK_MODE": retention.mode.value,
            "LOG_ACCOUNT": place.account,
            "LOG_REGION": place.region,
            "NAMES_DAYS": str(names_days or retention.days),
            "NAMES_TABLE": self.names_table.ref,
            "PSEUDONYM_KEY_ARN": self.pseudonym_key.attr_arn,
            "VAULT_ACCOUNT": wiring.vault_account,
            "VAULT_BUCKET": wiring.vault_bucket,
            **{name: value for name, value in optional.items() if value},
        }

    def _function(
        self, environment: dict[str, str], journal: dynamodb.CfnTable | None
    ) -> lambda_.CfnFunction:
        place = place_of(self)
        own = rights.archiver_rights(
            place,
            self._wiring,
            pseudonym_key_arn=self.pseudonym_key.attr_arn,
            signing_key_arn=self.signing_key.attr_arn if self.signing_key else None,
        )
        statements: list[dict[str, Any]] = [
            *own,
            rights.queue_right(self.queue.attr_arn),
            rights.failures_right(self.dead_letters.attr_arn),
            *(rights.stream_rights(journal.attr_stream_arn) if journal else ()),
        ]
        parts = define_function(
            Construct(self, "Function"),
            package="log_archiver",
            name=ARCHIVER_FUNCTION,
            description="Copies the log of calls into the locked bucket, in a hash chain",
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=1024,
            statements=statements,
            wildcards=rights.wildcard_reasons(own),
            environment=environment,
            concurrency="Its event sources limit it; two runs cannot close an hour differently",
            dead_letters="Its event sources and asynchronous calls have a dead-letter queue",
        )
        # The locked bucket's policy, perhaps of another account, names the role.
        parts.role.role_name = archiver_role_name(LandingZone.of(self), place.region)
        parts.function.ephemeral_storage = lambda_.CfnFunction.EphemeralStorageProperty(
            size=_DISK_MB
        )
        why = "It copies every record into the locked bucket and closes each hour with a manifest"
        declare(parts.function, {Control.LOG_ARCHIVED: why})
        return parts.function

    def _call_it(self, journal: dynamodb.CfnTable | None) -> None:
        mapping = lambda_.CfnEventSourceMapping
        deliveries = mapping(
            self,
            "Deliveries",
            batch_size=1,
            event_source_arn=self.queue.attr_arn,
            function_name=self.function.ref,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=mapping.ScalingConfigProperty(maximum_concurrency=2),
        )
        declare(deliveries, {Control.LOG_ARCHIVED: "Every delivery has its records archived"})
        if journal is not None:
            self._copy_journal(journal)
        schedule = define_function_rule(
            self,
            "Schedule",
            function=self.function,
            description="Closes the hours that are over, and looks for deliveries left behind",
            schedule=_SEAL_EVERY,
        )
        declare(schedule, {Control.LOG_ARCHIVED: "Every hour is closed with a chained manifest"})
        keep_failures(self, self.function, dead_letters=self.dead_letters.attr_arn)

    def _copy_journal(self, journal: dynamodb.CfnTable) -> None:
        mapping = lambda_.CfnEventSourceMapping
        only_journal = '{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"JOURNAL#"}]}}}}'
        mapping(
            self,
            "Journal",
            batch_size=100,
            bisect_batch_on_function_error=True,
            destination_config=mapping.DestinationConfigProperty(
                on_failure=mapping.OnFailureProperty(destination=self.dead_letters.attr_arn)
            ),
            event_source_arn=journal.attr_stream_arn,
            filter_criteria=mapping.FilterCriteriaProperty(
                filters=[mapping.FilterProperty(pattern=only_journal)]
            ),
            function_name=self.function.ref,
            function_response_types=["ReportBatchItemFailures"],
            starting_position="TRIM_HORIZON",
        )

    def _register(self) -> None:
        define_entry(
            self,
            "Entry",
            path=audit_log_path(),
            description="Where the write-once log is, and where statements are sent",
            value={},
            references={
                "bucket": self._wiring.vault_bucket,
                "bucket_account": self._wiring.vault_account,
                "function_name": self.function.ref,
                "function_url": self.function_url.attr_function_url,
                "names_table": self.names_table.ref,
            },
        )
