"""What an IAM Identity Center permission set needs, because nobody can edit the roles it makes."""

import json


def permission_set_snippet(partition: str) -> str:
    """Return the inline policy, as JSON, that refuses its sessions every suspended profile.

    It names no tenant: the tag is the switch, so one snippet serves every permission set.

    Args:
        partition: The AWS partition, such as `aws`.
    """
    statement = {
        "Sid": "FinOpsSuspended",
        "Effect": "Deny",
        "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        "Resource": f"arn:{partition}:bedrock:*:*:application-inference-profile/*",
        "Condition": {"StringEquals": {"aws:ResourceTag/finops:state": "suspended"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
