"""Configuration folders of every shape: each value serves alone, though perhaps not with others."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

ACCOUNT = "111122223333"
REGIONS = ["eu-west-1"] * 12 + ["eu-south-2", "us-east-1", "ap-southeast-2", "us-gov-west-1"]
MODELS = [
    "eu.anthropic.claude-sonnet-5-5",
    "eu.anthropic.claude-haiku-5-5",
    "us.anthropic.claude-haiku-5-5",
    "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "anthropic.claude-haiku-5-5",
    "eu.amazon.nova-lite-v1:0",
    "amazon.titan-embed-text-v2:0",
    "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0",
    f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:inference-profile/eu.amazon.nova-lite-v1:0",
]
UNPRICED = ["amazon.nova-canvas-v1:0", "acme.zeta-v1:0"]
# Text that YAML, JSON, CloudFormation, IAM or a terminal could take for something else.
AWKWARD = ["$ {x}", "$x", "{{x}}", "a: b #c", '"quoted"', "Zürich 🏦", "a\\b", "<b>", "%s", "no"]
UUID = "01234567-89ab-cdef-0123-456789abcdef"

slugs = st.sampled_from(["ab", "writer", "a-b", "a1-b2-c3", "x" * 20])
texts = st.one_of(
    st.sampled_from([*AWKWARD, "x" * 64]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=30),
).filter(lambda text: "${" not in text and "{{resolve:" not in text)
tag_values = st.sampled_from(["Writer", "Alpha", "prod", "a b.c:d/e=f+g-h@i_j", "x" * 200, "0"])
emails = st.sampled_from(["a@example.com", "ops+ai@x.example.co.uk", "\u00fc@example.com"])
alerts = st.fixed_dictionaries(
    {},
    optional={
        "emails": st.lists(emails, max_size=3, unique=True),
        "slack": st.just([{"workspace_id": "T0EXAMPLE", "channel_id": "C0EXAMPLE"}]),
        "teams": st.sampled_from(["19:a_b@thread.tacv2", "19%3aa_b%40thread.tacv2"]).map(
            lambda channel: [{"tenant_id": UUID, "team_id": UUID, "channel_id": channel}]
        ),
    },
)
rates = st.fixed_dictionaries({"input": st.sampled_from([0, 0.1, "3"]), "output": st.just(15)})
models = st.one_of(
    st.fixed_dictionaries({"model": st.sampled_from(MODELS)}, optional={"price": rates}),
    st.fixed_dictionaries({"model": st.sampled_from(UNPRICED), "price": rates}),
    st.fixed_dictionaries(
        {"model": st.sampled_from(MODELS + UNPRICED), "metered": st.just(False)},
        optional={
            "profile_arn": st.sampled_from("abcdef").map(
                lambda name: (
                    f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:application-inference-profile/"
                    + name * 12
                )
            )
        },
    ),
)
roles = st.sampled_from(["app", "apps/deep/er/app-2", "r" * 64, "a+b=c,d.e@f_g-h", "finops/x"])
budgets = st.fixed_dictionaries(
    {"monthly_limit_usd": st.sampled_from([0.01, 1, "500.50", 50_000, 1_000_000])},
    optional={
        "alert_percentages": st.lists(st.integers(1, 100), min_size=1, max_size=7, unique=True).map(
            sorted
        ),
        "stop_percentage": st.sampled_from([100, 110]),
        "forecast_alert": st.booleans(),
        "adopt_budget": st.sampled_from(["old budget", "b" * 100, "\u00fc {x}"]),
    },
)
allowances = st.fixed_dictionaries(
    {
        "mantle": st.booleans(),
        "api_keys": st.booleans(),
        "batch_jobs": st.booleans(),
        "models": st.just([f"arn:aws:bedrock:eu-west-1:{ACCOUNT}:provisioned-model/abcdefghijkl"]),
    }
)


def tenants(id: str, region: str, *, extra: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Tenants of an id in a Region."""
    tags = {"tool": st.just(id), "project": tag_values, "environment": tag_values}
    return st.fixed_dictionaries(
        {
            "id": st.just(id),
            "display_name": texts,
            "owner": st.fixed_dictionaries(
                {"team": texts, "email": emails, "cost_centre": st.sampled_from(["CC-1", "1042"])}
            ),
            "account": st.just(ACCOUNT),
            "region": st.just(region),
            "cost_tags": st.fixed_dictionaries(tags | ({"extra": tag_values} if extra else {})),
            "budget": budgets,
            "models": st.dictionaries(slugs, models, min_size=1, max_size=4),
        },
        optional={
            "callers": st.lists(roles, max_size=3, unique=True).map(
                lambda names: [{"role_arn": f"arn:aws:iam::{ACCOUNT}:role/{n}"} for n in names]
            ),
            "alerts": alerts,
            "mode": st.sampled_from(["shadow", "approve", "enforce"]),
            "guard": st.sampled_from(["observe", "enforce"]),
            "allow": allowances,
            "acknowledge": st.just(
                [{"rule": "finops::data-residency", "reason": "synthetic data only"}]
            ),
        },
    )


def platforms(region: str, *, extra: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Settings of an organisation."""
    key = f"arn:aws:kms:{region}:{ACCOUNT}:key/{UUID}"
    vpc = {"subnet_ids": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d4e5f60718"]}
    here = {"account": ACCOUNT, "region": region, "kms_key_arn": key, "vpc": vpc}
    zone = {
        "permissions_boundary": st.sampled_from(["b", "deep/er/boundary"]),
        "role_path": st.sampled_from(["/", "/bank/finops/"]),
        "name_prefix": st.sampled_from(["", "eb-", "abcdefghijk-"]),
        "cdk_qualifier": st.just("bankcdk"),
        "mandatory_tags": st.dictionaries(
            st.sampled_from(["data-class", "a b", "k" * 128]), tag_values
        ),
        "environments": st.just([here]),
    }
    named = {"extra_tag_key": st.just("bedrock:cost-centre")} if extra else {}
    return st.fixed_dictionaries(
        {"organization": texts, "attribution": st.fixed_dictionaries(named)},
        optional={
            "alerts": alerts,
            "landing_zone": st.fixed_dictionaries({}, optional=zone),
            "budgets": st.sampled_from(["", "user:"]).map(
                lambda prefix: {"tag_key_prefix": prefix}
            ),
        },
    )


@st.composite
def organisations(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """File name -> content of a folder with one or two tenants."""
    extra, region = draw(st.booleans()), draw(st.sampled_from(REGIONS))
    ids = st.lists(st.sampled_from(["aa", "writer", "t" * 32]), min_size=1, max_size=2, unique=True)
    files = {"platform.yaml": draw(platforms(region, extra=extra))}
    for each in draw(ids):
        files[f"tenants/{each}.yaml"] = draw(tenants(each, region, extra=extra))
    return files


def write(folder: Path, files: dict[str, dict[str, Any]]) -> Path:
    """Write the files; JSON is YAML."""
    (folder / "tenants").mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder
