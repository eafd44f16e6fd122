"""Configuration folders of any size, for tests and benchmarks."""

from pathlib import Path
from textwrap import dedent

_PLATFORM = """\
schema_version: 1
organization: Large Bank
attribution:
  extra_tag_key: bedrock:cost-centre
"""


def write_many_tenants(
    folder: Path, count: int, *, regions: tuple[str, ...] = ("eu-west-1", "eu-west-2")
) -> Path:
    """Write a valid folder of `count` tenants with three models and two callers each.

    Args:
        folder: Where.
        count: How many.
        regions: Where they live, in turn.
    """
    tenants = folder / "tenants"
    tenants.mkdir(parents=True, exist_ok=True)
    (folder / "platform.yaml").write_text(_PLATFORM, encoding="utf-8")
    for number in range(count):
        (tenants / f"tenant-{number:04}.yaml").write_text(
            _tenant(number, regions[number % len(regions)]), encoding="utf-8"
        )
    return folder


def _tenant(number: int, region: str) -> str:
    role = f"arn:aws:iam::111122223333:role/apps/tenant-{number:04}"
    return dedent(f"""\
        # One of many tenants.
        schema_version: 1
        id: tenant-{number:04}
        display_name: Tenant {number}
        owner:
          team: Team {number % 40}
          email: team-{number % 40}@example.com
          cost_centre: CC-{number % 200}
        account: "111122223333"
        region: {region}
        cost_tags:
          tool: Tool {number}
          project: Project {number % 100}
          environment: prod
          extra: CC-{number % 200}
        budget:
          monthly_limit_usd: {100 + number}
          alert_percentages: [50, 75, 90]
        models:
          smart:
            model: eu.anthropic.claude-sonnet-5-5
          quick:
            model: eu.anthropic.claude-haiku-5-5
          search:
            model: amazon.titan-embed-text-v2:0
        callers:
          - role_arn: {role}-app
          - role_arn: {role}-batch
        alerts:
          emails: [oncall-{number}@example.com]
        mode: shadow
        guard: observe
        """)
