"""The KMS keys that compute pseudonyms and sign manifests; both outlive the stack."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct

from finops_constructs._place import place_of


def define_key(scope: Construct, id: str, description: str, spec: str, usage: str) -> kms.CfnKey:
    """Define a key that encrypts nothing; who uses it is up to IAM.

    Args:
        scope: The construct it belongs to.
        id: The key's id.
        description: What it is for.
        spec: Its spec, such as HMAC_256.
        usage: Its usage, such as GENERATE_VERIFY_MAC.
    """
    place = place_of(scope)
    key = kms.CfnKey(
        scope,
        id,
        description=description,
        key_spec=spec,
        key_usage=usage,
        key_policy={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AllowAccount",
                    "Effect": "Allow",
                    "Principal": {"AWS": place.global_arn("iam", "root")},
                    "Action": "kms:*",
                    # In a key policy "*" is the key itself.
                    "Resource": "*",
                }
            ],
        },
    )
    key.apply_removal_policy(RemovalPolicy.RETAIN)
    return key
