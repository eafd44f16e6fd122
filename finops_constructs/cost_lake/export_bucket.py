"""Where AWS delivers the bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs import Construct

from finops_constructs._place import Place, place_of
from finops_constructs._validation import invalid, require_literal
from finops_constructs.cost_data.cur_folder import INPUTS_FOLDER
from finops_constructs.cost_lake.buckets import define_bucket, define_bucket_policy
from finops_constructs.cost_lake.exports import EXPORT_REGION
from finops_constructs.landing_zone import LandingZone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_s3 as s3

ESTIMATES_FOLDER: Final = f"{INPUTS_FOLDER}/estimates"
_OLD_VERSION_DAYS: Final = 35


def cost_data_bucket(name_prefix: str, account: str, region: str) -> str:
    """Return the name of the organisation's export bucket, which other accounts have to know."""
    return f"{name_prefix}finops-cost-data-{account}-{region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportDestination:
    """A bucket that exports are delivered to, of any account and Region.

    Attributes:
        bucket_name: Its name.
        region: Its Region.
        owner: Its account.
        prefix: Below which the exports are; may be empty.
    """

    bucket_name: str
    region: str
    owner: str
    prefix: str = ""


class ExportBucket(Construct):
    """Defines the bucket that data exports of a payer are delivered to.

    Its policy admits the two services that AWS has used for it, for exports of that account only.
    It admits them to the whole bucket: AWS proves a new export with an object at the root, and a
    narrower grant is refused. Not locked: a restated month overwrites the files before it, which
    are kept 35 days. It outlives its stack. Platforms of other accounts write their estimates into
    it, each below its own account's name.

    Example:
        bucket = ExportBucket(stack, "Exports", payer_account="999988887777")

    Attributes:
        bucket: The bucket.
        policy: Its policy; an export of the same stack needs it first.
        destination: What `CostExport` is given.
    """

    bucket: s3.CfnBucket
    policy: s3.CfnBucketPolicy
    destination: ExportDestination

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        payer_account: str,
        bucket_name: str | None = None,
        prefix: str = "",
        ledger_accounts: Sequence[str] = (),
    ) -> None:
        """Define the bucket.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            payer_account: Whose exports it takes.
            bucket_name: Its name, which a stack of another account has to know. Default: named by
                CloudFormation.
            prefix: Below which the exports are, without a slash at either end. Default: the root.
            ledger_accounts: Accounts whose `LedgerExport` writes here. Default: its own only.

        Raises:
            ValueError: If the prefix has a slash at an end.
        """
        super().__init__(scope, id)
        require_literal(self, "prefix", prefix, "paths are built from it")
        if prefix.strip("/") != prefix:
            raise invalid(self, f"prefix must have no slash at its ends, got {prefix!r}")
        place = place_of(self)
        self.bucket = define_bucket(
            self, name=bucket_name, old_version_days=_OLD_VERSION_DAYS, keep=True
        )
        self.policy = define_bucket_policy(
            self,
            self.bucket,
            [
                self._admit_exports(place.partition, payer_account),
                *self._admit_ledgers(place, ledger_accounts),
            ],
        )
        self.destination = ExportDestination(
            bucket_name=bucket_name or self.bucket.ref,
            region=place.region,
            owner=place.account,
            prefix=prefix,
        )

    def _admit_exports(self, partition: str, payer: str) -> dict[str, Any]:
        # AWS's current policy and the one before it in one (aws-facts 4.1).
        return {
            "Sid": "AllowDataExports",
            "Effect": "Allow",
            "Principal": {
                "Service": ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"]
            },
            "Action": ["s3:GetBucketPolicy", "s3:PutObject"],
            "Resource": [self.bucket.attr_arn, f"{self.bucket.attr_arn}/*"],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": payer},
                "StringLike": {
                    "aws:SourceArn": [
                        f"arn:{partition}:bcm-data-exports:{EXPORT_REGION}:{payer}:export/*",
                        f"arn:{partition}:cur:{EXPORT_REGION}:{payer}:definition/*",
                    ]
                },
            },
        }

    def _admit_ledgers(self, place: Place, accounts: Sequence[str]) -> list[dict[str, Any]]:
        others = sorted(set(accounts) - {place.account})
        if not others:
            return []
        files = f"{self.bucket.attr_arn}/{ESTIMATES_FOLDER}"
        return [
            {
                "Sid": "AllowLedgers",
                "Effect": "Allow",
                "Principal": {
                    "AWS": [f"arn:{place.partition}:iam::{account}:root" for account in others]
                },
                "Action": "s3:PutObject",
                # Each account writes under its own name; which of its roles, its policies say.
                "Resource": f"{files}/${{aws:PrincipalAccount}}-*",
                "Condition": {
                    "ArnLike": {
                        "aws:PrincipalArn": f"arn:{place.partition}:iam::*:role"
                        f"{LandingZone.of(self).role_path}*"
                    }
                },
            }
        ]
