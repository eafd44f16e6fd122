"""Whether a tenant is being taken down now, which a registry read a while ago does not know."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from shared.registry import ROOT, parse_registry

logger = Logger(child=True)


def standing_entries(ssm: Any, tenant: str) -> Mapping[str, str] | None:
    """Return a tenant's entries directly below its path; None if it is taken down, or gone."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=f"{ROOT}{tenant}/")
    entries = {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}
    if f"{ROOT}{tenant}/policy" not in entries:
        return None
    policy = parse_registry(entries).policies.get(tenant)
    return None if policy is not None and policy.retired else entries


def is_taken_down(ssm: Any, tenant: str) -> bool:
    """Return whether a tenant that had a policy is let go of; False if that cannot be read.

    Its release detaches and untags, of which CloudTrail tells: who went by a remembered registry
    then would put everything back, and IAM would not delete the policy.
    """
    try:
        return standing_entries(ssm, tenant) is None
    except (BotoCoreError, ClientError):
        logger.exception("policy not readable: what is to be stopped is stopped", tenant=tenant)
        return False
