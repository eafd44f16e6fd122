"""An account in moto with a locked bucket, a landing bucket and an archiver."""

import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Self

import boto3
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from log_archiver.archiver import Archiver
from log_archiver.manifest import Where
from log_archiver.pseudonyms import Pseudonyms
from log_archiver.settings import Settings
from shared.registry import parse_registry
from tests.lambdas.aws_account import create_table

ACCOUNT, REGION = "123456789012", "eu-west-1"  # moto's own account
PREFIX = f"bedrock/AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/{REGION}/"
START = datetime(2026, 11, 26, 1, 5, tzinfo=UTC)
PROFILE_ID = "a1b2c3d4e5f6"
PROFILE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/{PROFILE_ID}"
ROLE_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/WriterApp/alice@example.com"
REGISTRY = {
    "/finops/writer/profiles/smart": json.dumps(
        {
            "schema_version": 1,
            "base_model_id": "anthropic.claude-sonnet-5-5",
            "model_source": "eu.anthropic.claude-sonnet-5-5",
            "region": REGION,
            "profile_arn": PROFILE,
            "profile_id": PROFILE_ID,
            "metered": False,
        }
    )
}


def record(number: int = 0, *, at: datetime = START, **changes: Any) -> dict[str, Any]:
    """Return a Bedrock log record."""
    return {
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "accountId": ACCOUNT,
        "identity": {"arn": ROLE_SESSION},
        "region": REGION,
        "requestId": f"{at:%Y%m%d%H%M}-{number:06}",
        "operation": "Converse",
        "modelId": PROFILE,
        "input": {"inputContentType": "application/json", "inputTokenCount": 12},
        "output": {"outputContentType": "application/json", "outputTokenCount": 34},
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
    } | changes


def zipped(*records: Any) -> bytes:
    """Return records as Bedrock delivers them."""
    return gzip.compress("".join(f"{json.dumps(each)}\n" for each in records).encode(), mtime=0)


class CountedCalls:
    """CloudWatch with the `Invocations` it is told, by model and hour."""

    def __init__(self) -> None:
        self.invocations: dict[tuple[str, str], int] = {}

    def get_paginator(self, operation: str) -> "CountedCalls":
        self._operation = operation
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        if self._operation == "list_metrics":
            models = sorted({model for model, _ in self.invocations})
            return [
                {"Metrics": [{"Dimensions": [{"Name": "ModelId", "Value": m}]} for m in models]}
            ]
        hour = f"{asked['StartTime']:%Y-%m-%dT%H}"
        return [{"MetricDataResults": [self._result(q, hour) for q in asked["MetricDataQueries"]]}]

    def _result(self, query: dict[str, Any], hour: str) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        value = self.invocations.get((metric["Dimensions"][0]["Value"], hour), 0)
        counted = metric["MetricName"] == "Invocations" and value
        return {"Id": query["Id"], "Values": [float(value)] if counted else []}


class SigningKms:
    """KMS with one key, which signs digests as KMS does; moto hashes them once more."""

    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/signing"

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())

    def sign(self, **asked: Any) -> dict[str, Any]:
        assert asked["KeyId"] == self.arn
        assert asked["MessageType"] == "DIGEST"
        assert asked["SigningAlgorithm"] == "ECDSA_SHA_256"
        algorithm = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
        return {"Signature": self.key.sign(asked["Message"], algorithm)}

    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


@cache
def client(service: str) -> Any:
    """Return a client; making one takes longer than most tests."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


class LogWorld:
    """Everything of the log, to be used inside of `mock_aws`; `now` is the archiver's clock."""

    def __init__(self, *, sign: bool = False, content: bool = False, metadata: str = "") -> None:
        self.now = START
        self.s3 = client("s3")
        self.dynamodb = client("dynamodb")
        self.kms = SigningKms()
        self.cloudwatch = CountedCalls()
        self.registry = dict(REGISTRY)
        place = {"LocationConstraint": REGION}
        self.s3.create_bucket(
            Bucket="vault", CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True
        )
        self.lock(400)
        for bucket in ("landing", "content"):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        for table in ("chain", "names"):
            create_table(self.dynamodb, table)
        self.settings = Settings(
            where=Where(
                account=ACCOUNT,
                region=REGION,
                mode="GOVERNANCE",
                days=400,
                signing_key=self.kms.arn if sign else None,
            ),
            vault_bucket="vault",
            vault_account=ACCOUNT,
            landing_bucket="landing",
            landing_prefix=PREFIX,
            content_bucket="content" if content else None,
            chain_table="chain",
            names_table="names",
            names_days=400,
            pseudonym_key="none",
            kept_metadata=tuple(filter(None, metadata.split(","))),
            seal_delay=timedelta(minutes=15),
            registry_ttl_seconds=60,
        )
        self.archiver = self.new_archiver()
        self.run()

    def lock(self, days: int, mode: str = "GOVERNANCE") -> None:
        """Set the locked bucket's default retention."""
        self.s3.put_object_lock_configuration(
            Bucket="vault",
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": mode, "Days": days}},
            },
        )

    def new_archiver(self, **replaced: Any) -> Archiver:
        """Return the archiver of a fresh container, or one with other clients."""
        clients = {
            "cloudwatch": self.cloudwatch,
            "dynamodb": self.dynamodb,
            "kms": self.kms,
            "s3": self.s3,
        }
        return Archiver.of(
            self.settings,
            clients | replaced,
            registry=lambda: parse_registry(self.registry),
            pseudonyms=Pseudonyms(b"key"),
            now=lambda: self.now,
        )

    def deliver(self, *records: Any, name: str = "a.json.gz", content: bytes | None = None) -> str:
        """Put a file where Bedrock would, and return its key."""
        key = f"{PREFIX}2026/11/26/01/{name}"
        self.s3.put_object(Bucket="landing", Key=key, Body=content or zipped(*records))
        return key

    def count(self, number: int, *, at: datetime = START, model: str = PROFILE_ID) -> None:
        """Have CloudWatch count calls."""
        self.cloudwatch.invocations[model, f"{at:%Y-%m-%dT%H}"] = number

    def call(
        self, number: int, *, at: datetime | None = None, name: str | None = None, first: int = 0
    ) -> str:
        """Have calls made, counted, delivered and archived; return the delivery's key."""
        at = at or self.now
        key = self.deliver(
            *(record(n, at=at) for n in range(first, first + number)),
            name=name or f"{at:%d%H%M}.json.gz",
        )
        self.count(number, at=at)
        self.archiver.ingest.file(key)
        return key

    def run(self) -> list[str]:
        """Run what the schedule runs; return the hours it closed."""
        return [link.hour for link in self.archiver.sealer.run(self.now, lambda: False)]

    def pass_hours(self, hours: float) -> list[str]:
        """Let time pass and hours be closed."""
        self.now += timedelta(hours=hours)
        return self.run()

    def objects(self, bucket: str = "vault", prefix: str = "") -> list[str]:
        """Return the keys of a bucket, in order."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def read(self, key: str, bucket: str = "vault") -> bytes:
        """Return an object."""
        return bytes(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def lines(self, key: str) -> list[dict[str, Any]]:
        """Return the JSON lines of an archived object."""
        content = self.read(key)
        if key.endswith(".gz"):
            content = gzip.GzipFile(fileobj=io.BytesIO(content)).read()
        return [json.loads(line) for line in content.splitlines()]

    def manifest(self, hour: str) -> dict[str, Any]:
        """Return an hour's manifest."""
        found: dict[str, Any] = json.loads(
            self.read(f"manifests/{hour[:10].replace('-', '/')}/{hour[11:]}.json")
        )
        return found

    def download(self, folder: Any) -> Self:
        """Copy the locked bucket into a folder, as `aws s3 sync` does."""
        for key in self.objects():
            target = folder / key
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.read(key))
        return self
