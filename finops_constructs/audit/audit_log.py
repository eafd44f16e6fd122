"""The log half of a platform: from Bedrock's delivery to the door of the locked bucket."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from finops_constructs._place import place_of
from finops_constructs.audit import names
from finops_constructs.audit.access_trail import AccessTrail
from finops_constructs.audit.delivery_watch import DeliveryWatch
from finops_constructs.audit.landing_bucket import ContentBucket, LandingBucket
from finops_constructs.audit.log_archiver import LogArchiver
from finops_constructs.audit.retention import Retention
from finops_constructs.audit.wiring import LogWiring
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.landing_zone import LandingZone


class AuditLog(Construct):
    """Defines landing bucket, archiver and delivery watch of one account and Region.

    The locked bucket itself is `AuditLogStack`'s, perhaps in another account; it must exist before
    the first call is archived.

    Example:
        log = AuditLog(stack, "AuditLog", alerts=alerts, retention=Retention())
        InvocationLogging(stack, "Logging", log_group=meter.log_group, landing=log.landing)

    Attributes:
        landing: Where Bedrock delivers.
        archiver: The archiver.
        watch: The alarms.
        content: Where prompts and answers go; None: nowhere.
        access: Tells who looked up names and read the log; None: another trail does.
    """

    landing: LandingBucket
    archiver: LogArchiver
    watch: DeliveryWatch
    content: ContentBucket | None
    access: AccessTrail | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alerts: AlertTopic,
        retention: Retention | None = None,
        journal: dynamodb.CfnTable | None = None,
        vault_account: str | None = None,
        content_key: kms.IKey | None = None,
        content_days: int = 7,
        sign: bool = False,
        names_days: int | None = None,
        kept_metadata_keys: Sequence[str] = (),
        access_trail: bool = True,
    ) -> None:
        """Define the log.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            alerts: Where the operators are told.
            retention: How the locked bucket keeps what is written. Default: 400 days, GOVERNANCE.
            journal: A table whose stream has the kill switch's journal. Default: none is copied.
            vault_account: The account of the locked bucket. Default: the stack's.
            content_key: Keep prompts and answers for a while, encrypted with this key. Default:
                they are not kept.
            content_days: How long. Default: 7.
            sign: Whether manifests are signed. Default: False.
            names_days: How long a name is known after it was last met. Default: as long as the
                log is kept.
            kept_metadata_keys: Keys of `requestMetadata` whose values are locked as they are.
                Default: none.
            access_trail: Whether a trail of its own tells who looks up names and reads the log.
                Default: True; False where the organisation's trail has these data events.
        """
        super().__init__(scope, id)
        place = place_of(self)
        wiring = LogWiring.of(
            LandingZone.of(self),
            account=place.account,
            region=place.region,
            vault_account=vault_account,
            content=content_key is not None,
        )
        self.archiver = LogArchiver(
            self,
            "Archiver",
            wiring=wiring,
            retention=retention or Retention(),
            journal=journal,
            sign=sign,
            names_days=names_days,
            kept_metadata_keys=kept_metadata_keys,
        )
        self.landing = LandingBucket(
            self, "Landing", bucket_name=wiring.landing_bucket, queue=self.archiver.queue
        )
        # S3 tries to send when it is told of the queue.
        self.landing.bucket.node.add_dependency(self.archiver.queue_policy)
        self.content = (
            ContentBucket(
                self,
                "Content",
                bucket_name=wiring.content_bucket,
                days=content_days,
                key=content_key,
            )
            if content_key is not None and wiring.content_bucket
            else None
        )
        self.access = self._access(
            wiring, retention or Retention(), names_days, wanted=access_trail
        )
        self.watch = DeliveryWatch(
            self,
            "Watch",
            archiver=self.archiver,
            alerts=alerts,
            content=self.content is not None,
        )

    def _access(
        self, wiring: LogWiring, retention: Retention, names_days: int | None, *, wanted: bool
    ) -> AccessTrail | None:
        """CloudTrail sees the reading of buckets of its own account only."""
        if not wanted:
            return None
        place, zone = place_of(self), LandingZone.of(self)
        own = [wiring.vault_bucket] if wiring.vault_account == place.account else []
        content = [wiring.content_bucket] if wiring.content_bucket else []
        return AccessTrail(
            self,
            "Access",
            bucket_name=names.access_bucket(zone, place.account, place.region),
            days=names_days or retention.days,
            table_arn=self.archiver.names_table.attr_arn,
            read_buckets=[*own, *content],
        )
