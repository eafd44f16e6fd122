"""What AWS would say to an administrator of the locked bucket, by the bucket's own policy."""

import json
from typing import Final

from local.emulator import Emulator
from local.simulator import Caller, Request, Simulator

_EVERYTHING: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def refused_by_policy(emulator: Emulator, region: str, bucket: str, key: str) -> dict[str, str]:
    """Return the verdicts on what an administrator, who may do everything, may not do.

    Args:
        emulator: A running emulator.
        region: The bucket's Region.
        bucket: The locked bucket.
        key: An object in it.
    """
    policy = json.loads(emulator.client("s3", region).get_bucket_policy(Bucket=bucket)["Policy"])
    administrator = f"arn:aws:iam::{emulator.account}:role/Administrator"
    arn = f"arn:aws:s3:::{bucket}"
    asked = {
        "bypass the lock as an administrator": ("s3:BypassGovernanceRetention", f"{arn}/{key}"),
        "shorten the bucket's retention": ("s3:PutBucketObjectLockConfiguration", arn),
        "write anything oneself": ("s3:PutObject", f"{arn}/{key}"),
    }
    context = {"aws:SecureTransport": "true", "aws:PrincipalArn": administrator}
    requests = [
        Request(action=action, resource=resource, context=context, resource_policy=policy)
        for action, resource in asked.values()
    ]
    with Simulator() as simulator:
        caller = Caller(arn=administrator, policies={"everything": _EVERYTHING})
        judgements = simulator.judgements(caller, requests)
    return {
        what: f"{judgement.verdict} by the bucket's policy"
        for what, judgement in zip(asked, judgements, strict=True)
    }
