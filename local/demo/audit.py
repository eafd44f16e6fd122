"""The write-once log of the night: filled, locked, verified, and a copy that is tampered with."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import botocore.exceptions

from finops_constructs.audit_log.layout import KINDS
from finops_constructs.audit_log.store import FolderStore
from finops_constructs.audit_log.verify import Options, verify
from local.controls import Controls
from local.demo.audit_verdicts import refused_by_policy
from local.demo.finops_cli import FinopsCli
from local.demo.narration import OUT, Narrator, wait_until
from local.emulator import Emulator

_RULE: Final = "rate(10 minutes)"
_LATER: Final = timedelta(hours=4)
# As the archiver's SEAL_DELAY_MINUTES.
_DELAY: Final = timedelta(minutes=15)
_COPY: Final = OUT / "audit-log"


def play(narrator: Narrator, emulator: Emulator, tenant: str, region: str) -> dict[str, Any]:
    """Show the log of a Region and return what was seen, as data."""
    narrator.chapter(f"The write-once log of {region}")
    log = _Log(emulator, region)
    finops = FinopsCli(emulator, narrator, region)
    finops.run(
        *("audit-log", "append", "human-review", "--tenant", tenant),
        *("--summary", "the runaway was a retry loop; prompt fixed", "--result", "resolved"),
    )
    sealed = log.seal()
    narrator.say(f"hours closed, each with a manifest: {', '.join(sealed)}")
    told: dict[str, Any] = {"sealed": sealed, "refused": _refusals(narrator, log)}
    report = finops.ask("audit-log", "verify")
    narrator.say(
        f"verify: {report['objects']} objects in {report['manifests']} manifests, "
        f"{report['calls']['records']} records of {report['calls']['invocations_counted']} counted "
        f"calls; findings: {len(report['findings'])}"
    )
    told |= {name: report[name] for name in ("clean", "objects", "calls")}
    told["archived"] = {kind: len(log.keys(f"{kind}/")) for kind in KINDS}
    archived = ", ".join(f"{count} {kind}" for kind, count in told["archived"].items() if count)
    narrator.say(f"objects by kind: {archived}")
    log.download(_COPY)
    narrator.say("a copy of the bucket, tampered with in four ways:")
    told["tampered"] = {
        what: _tampered(narrator, what, change) for what, change in _CHANGES.items()
    }
    return told


class _Log:
    """The locked bucket as the emulated S3 holds it."""

    def __init__(self, emulator: Emulator, region: str) -> None:
        self.emulator, self.region = emulator, region
        self.s3 = emulator.client("s3", region)
        self.bucket = f"finops-audit-{emulator.account}-{region}"

    def keys(self, prefix: str = "") -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", [])]

    def seal(self) -> list[str]:
        """Let the archiver begin its chain, then let hours pass; return the hours it closed."""
        events = self.emulator.client("events", self.region)
        rules = events.list_rules()["Rules"]
        (rule,) = [r["Name"] for r in rules if r.get("ScheduleExpression") == _RULE]
        controls, table = Controls(self.emulator), "finops-audit-chain"
        dynamodb = self.emulator.client("dynamodb", self.region)
        start = {"pk": {"S": "CHAIN"}, "sk": {"S": "START"}}
        controls.fire_rule(rule, self.region)
        wait_until(
            "the chain has begun",
            lambda: dynamodb.get_item(TableName=table, Key=start).get("Item"),
        )
        later = datetime.now(UTC) + _LATER
        last = f"{later - _DELAY - timedelta(hours=1):manifests/%Y/%m/%d/%H.json}"
        controls.set_function_clock(later, self.region)
        try:
            controls.fire_rule(rule, self.region)
            wait_until("hours are closed", lambda: last in self.keys("manifests/") or None)
        finally:
            controls.set_function_clock(None, self.region)
        sealed = [key for key in self.keys("manifests/") if key.endswith(".json")]
        return [key.removeprefix("manifests/").removesuffix(".json") for key in sealed]

    def download(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        for key in self.keys():
            target = folder / key
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())


def _refusals(narrator: Narrator, log: _Log) -> dict[str, str]:
    key = log.keys("records/")[0]
    version = log.s3.head_object(Bucket=log.bucket, Key=key)["VersionId"]
    where = {"Bucket": log.bucket, "Key": key}
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=1)}
    refused = {
        "delete the version": _error(lambda: log.s3.delete_object(**where, VersionId=version)),
        "shorten its retention": _error(
            lambda: log.s3.put_object_retention(**where, VersionId=version, Retention=shorter)
        ),
        "write over it": _error(
            lambda: log.s3.put_object(**where, Body=b"nothing happened", IfNoneMatch="*")
        ),
    }
    refused |= refused_by_policy(log.emulator, log.region, log.bucket, key)
    for what, answer in refused.items():
        narrator.say(f"{what}: {answer}")
    return refused


def _error(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except botocore.exceptions.ClientError as error:
        return f"S3 answers {error.response['Error']['Code']}"
    raise AssertionError("S3 let it happen")


def _flip(copy: Path) -> None:
    file = min(copy.glob("records/**/*.gz"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _remove(copy: Path) -> None:
    min(copy.glob("records/**/*.gz")).unlink()


def _reorder(copy: Path) -> None:
    first, second, *_ = sorted(copy.glob("manifests/**/*.json"))
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)


def _add(copy: Path) -> None:
    file = min(copy.glob("records/**/*.gz"))
    shutil.copy(file, file.with_name(file.name.replace("-", "-00")))


_CHANGES: Final[dict[str, Callable[[Path], None]]] = {
    "one byte flipped": _flip,
    "one object removed": _remove,
    "two manifests swapped": _reorder,
    "one object added": _add,
}


def _tampered(narrator: Narrator, what: str, change: Callable[[Path], None]) -> list[str]:
    copy = OUT / "audit-log-tampered"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(_COPY, copy)
    change(copy)
    report = verify(FolderStore(copy), Options(now=datetime.now(UTC)))
    found = [finding.text for finding in report.findings]
    narrator.say(f"  {what} -> {'; '.join(found)}")
    shutil.rmtree(copy)
    return found
