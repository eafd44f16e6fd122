"""A profile that an update of its alias left behind."""

import json
from datetime import UTC, datetime, timedelta

from tests.lambdas.platform_under_test import profile_arn
from tests.lambdas.shared.decision_inputs import NOW

OLD, NEW = profile_arn("writer", "old1"), profile_arn("writer", "new1")
ENTRY = "/finops/writer/replaced/smart/writerold1"
NAME = "writer-smart-0123abcd"
YOUNG = NOW - timedelta(minutes=5)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def left_behind(platform, arn=OLD, *, name=NAME, created=LONG_AGO, **tags):
    own = {"finops:tenant": "writer", "finops:alias": "smart"}
    platform.bedrock.create(arn, **(own | tags))
    platform.bedrock.made[arn] = (name, created)


def replace_profile(platform):
    """What an update does: the alias leads elsewhere, and the old profile is left behind."""
    platform.add_tenant("writer")
    platform.add_profile("writer", "smart", OLD)
    platform.add_profile("writer", "smart", NEW, base_model_id="new-model", price=None)
    platform.bedrock.tags.pop(profile_arn("writer", "smart"))
    left_behind(platform)


def entered(platform, path=ENTRY):
    found = platform.services("ssm").get_parameters(Names=[path])["Parameters"]
    return json.loads(found[0]["Value"]) if found else None


def kinds(platform):
    return [entry["kind"] for entry in platform.journal("writer")]
