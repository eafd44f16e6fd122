"""Configuration folders for tests: valid ones, to be spoilt."""

from pathlib import Path
from typing import NamedTuple

from finops_constructs.config.faults import Fault
from finops_constructs.config.loader import ConfigFaults, load_config

PLATFORM = """\
schema_version: 1
organization: Test Bank
attribution:
  extra_tag_key: bedrock:cost-centre
  broad_values: [retail]
budgets:
  max_monthly_limit_usd: 50000
alerts:
  emails: [platform@example.com]
prices:
  overlay:
    - model: example.house-model-v1
      scope: regional
      rates: {input: 1.5, output: 6}
      source: contract EB-1
      as_of: 2026-10-01
landing_zone:
  mandatory_tags:
    managed-by: finops
  environments:
    - account: "111122223333"
      region: eu-west-1
      kms_key_arn: arn:aws:kms:eu-west-1:111122223333:key/0a1b
"""

WRITER = """\
schema_version: 1
id: writer
display_name: Writer
owner:
  team: Content
  email: content@example.com
  cost_centre: CC-1
account: "111122223333"
region: eu-west-1
cost_tags:
  tool: Writer
  project: Letters
  environment: prod
  extra: CC-1
budget:
  monthly_limit_usd: 500
  alert_percentages: [50, 90]
  stop_percentage: 100
models:
  smart:
    model: eu.anthropic.claude-sonnet-5-5
  own:
    model: example.house-model-v1
callers:
  - role_arn: arn:aws:iam::111122223333:role/writer-app
    shared_with: []
alerts:
  emails: [writers@example.com]
mode: shadow
guard: observe
acknowledge:
  - rule: finops::data-residency
    reason: agreed with the data protection officer
"""

CHAT = (
    WRITER.replace("id: writer", "id: chat")
    .replace("tool: Writer", "tool: Chat")
    .replace("role/writer-app", "role/chat-app")
)


def write_folder(
    folder: Path, *, platform: str = PLATFORM, tenants: dict[str, str] | None = None
) -> Path:
    """Write a configuration folder; by default a valid one with the tenant `writer`."""
    (folder / "tenants").mkdir(parents=True, exist_ok=True)
    (folder / "platform.yaml").write_text(platform, encoding="utf-8")
    for name, text in ({"writer": WRITER} if tenants is None else tenants).items():
        (folder / "tenants" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def faults_in(folder: Path) -> list[Fault]:
    """Return everything that `load_config` finds wrong with a folder."""
    try:
        load_config(folder)
    except ConfigFaults as faults:
        return list(faults.faults)
    return []


class Edit(NamedTuple):
    """A change of a valid text that makes one fault, and what is to be said of it."""

    old: str
    new: str
    key: str
    value: str
    allowed: str

    def apply(self, text: str) -> str:
        """Return the text with the change."""
        assert text.count(self.old) == 1, f"{self.old!r} is there {text.count(self.old)} times"
        return text.replace(self.old, self.new)

    def line(self, text: str) -> int:
        """Return the first line that the change touches."""
        before, after = text.splitlines(), self.apply(text).splitlines()
        pairs = zip(before, after, strict=False)
        return next(n for n, (old, new) in enumerate(pairs, start=1) if old != new)
