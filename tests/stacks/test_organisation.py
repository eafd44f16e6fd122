import json
import os
import subprocess
import sys
from pathlib import Path

import cdk_nag
import pytest
from aws_cdk import Validations
from cfnlint import api as cfnlint

from finops_constructs.stacks.organisation import build_app
from tests.organisation_under_test import folder, tenant

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "logical_ids.json"
EVERYTHING = {
    "guard": "enforce",
    "mode": "approve",
    "alerts": {
        "emails": ["b@example.com"],
        "slack": [{"workspace_id": "T0EXAMPLE", "channel_id": "C0EXAMPLE"}],
        "teams": [
            {
                "tenant_id": "01234567-89ab-cdef-0123-456789abcdef",
                "team_id": "01234567-89ab-cdef-0123-456789abcdef",
                "channel_id": "19:x@thread.tacv2",
            }
        ],
    },
}
LOGGED = {"content": "full", "sign": True, "archive_account": "999900001111"}


def synthesize(config, tmp_path, *plugins):
    app = build_app(config, outdir=str(tmp_path / "cdk.out"))
    if plugins:
        Validations.of(app).add_plugins(*plugins)
    app.synth()
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in (tmp_path / "cdk.out").glob("*.template.json")
    }


def test_there_is_one_platform_per_account_and_region_and_one_stack_a_tenant(tmp_path):
    config = folder(tenant("writer"), tenant("chat"), tenant("lab", region="eu-west-2"))
    assert set(synthesize(config, tmp_path)) == {
        "finops-platform-111122223333-eu-west-1",
        "finops-platform-111122223333-eu-west-2",
        "finops-writer",
        "finops-chat",
        "finops-lab",
    }


def test_no_stack_refers_to_another_or_publishes_anothers_template(tmp_path):
    config = folder(tenant("writer", **EVERYTHING), tenant("chat"))
    for stack, template in synthesize(config, tmp_path).items():
        assert "Fn::ImportValue" not in json.dumps(template)
        manifest = json.loads((tmp_path / "cdk.out" / f"{stack}.assets.json").read_text())
        paths = [file["source"]["path"] for file in manifest["files"].values()]
        assert [each for each in paths if each.endswith(".template.json")] == [
            f"{stack}.template.json"
        ]
        assert "Outputs" not in template


def test_logical_ids_are_a_contract(tmp_path):
    # A changed id replaces the resource in every deployed account: that is BREAKING, say so in
    # CHANGELOG.md, then change the golden file.
    templates = synthesize(folder(tenant("writer", **EVERYTHING), audit_log=LOGGED), tmp_path)
    ids = {
        name: {key: each["Type"] for key, each in sorted(template["Resources"].items())}
        for name, template in sorted(templates.items())
    }
    assert ids == json.loads(GOLDEN.read_text())


def test_the_templates_are_clean_under_cdk_nag_and_every_exception_has_its_reason(tmp_path):
    packs = [cdk_nag.AwsSolutionsChecks(), cdk_nag.NIST80053R5Checks()]
    lab = tenant("lab", region="eu-west-2")
    config = folder(tenant("writer", **EVERYTHING), lab, audit_log=LOGGED)
    synthesize(config, tmp_path, *packs)
    report = json.loads((tmp_path / "cdk.out" / "validation-report.json").read_text())
    by_pack = {each["pluginName"]: each for each in report["pluginReports"]}
    for pack in ("AwsSolutions", "NIST.800.53.R5"):
        assert by_pack[pack]["conclusion"] == "success"
        assert not by_pack[pack]["violations"]
        for exception in by_pack[pack]["suppressedViolations"]:
            assert len(exception["reason"]) > 20


def test_cfn_lint_finds_no_error_and_no_unknown_iam_action(tmp_path):
    templates = synthesize(folder(tenant("writer", **EVERYTHING), audit_log=LOGGED), tmp_path)
    for template in templates.values():
        matches = cfnlint.lint(json.dumps(template), ["eu-west-1"])
        assert [str(m) for m in matches if m.rule.id.startswith("E") or m.rule.id == "W3037"] == []


def test_two_processes_write_the_same_bytes(tmp_path):
    written = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        environment = os.environ | {"CDK_OUTDIR": str(out), "PYTHONHASHSEED": seed}
        environment["FINOPS_CONFIG"] = str(ROOT / "config")
        subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, check=True)
        written.append({p.name: p.read_bytes() for p in sorted(out.glob("*.template.json"))})
    assert written[0] == written[1]
    assert len(written[0]) >= 6


def test_app_py_refuses_a_faulty_folder_before_anything_is_synthesized(tmp_path):
    config = tmp_path / "config"
    (config / "tenants").mkdir(parents=True)
    (config / "platform.yaml").write_text("organization: Example Bank\n")
    (config / "tenants" / "writer.yaml").write_text("id: writer\nbudget: {monthly_limit_usd: 0}\n")
    environment = os.environ | {"CDK_OUTDIR": str(tmp_path / "out"), "FINOPS_CONFIG": str(config)}
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "writer.yaml:2: budget.monthly_limit_usd" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_finding_of_the_checks_fails_the_synthesis_unless_the_tenant_acknowledges_it(tmp_path):
    models = {"smart": {"model": "global.anthropic.claude-sonnet-4-5-20250929-v1:0"}}
    with pytest.raises(RuntimeError, match="Validation"):
        synthesize(folder(tenant("writer", models=models)), tmp_path / "refused")
    accepted = tenant(
        "writer",
        models=models,
        acknowledge=[{"rule": "finops::data-residency", "reason": "No customer data goes in"}],
    )
    synthesize(folder(accepted), tmp_path / "accepted")
    report = (tmp_path / "accepted" / "cdk.out" / "validation-report.json").read_text()
    assert "No customer data goes in" in report
