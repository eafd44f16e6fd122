"""Whatever the configuration: it deploys, or somebody is told everything that is wrong with it."""

import json

from cfnlint import api as cfnlint
from hypothesis import HealthCheck, Phase, event, given, settings

from finops_constructs.config.loader import ConfigFaults, load_config
from finops_constructs.stacks.organisation import build_app
from tests.stacks.any_configuration import organisations, write


@given(organisations())
@settings(
    max_examples=16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
def test_any_configuration_synthesizes_what_cfn_lint_accepts_or_every_fault_is_named(
    tmp_path_factory, files
):
    folder = write(tmp_path_factory.mktemp("any") / "config", files)
    try:
        config = load_config(folder)
    except ConfigFaults as refused:
        event(f"refused by validate: {refused.faults[0].problem[:40]}")
        check_that_every_fault_is_named(refused.faults, folder)
        return
    out = folder.parent / "cdk.out"
    app = build_app(config, outdir=str(out))
    try:
        app.synth()
    except RuntimeError:
        event("refused by a check")
        assert broken_rules(out)
        return
    event("synthesized")
    assert [each for t in out.glob("*.template.json") for each in findings(t.read_text())] == []


def check_that_every_fault_is_named(faults, folder):
    assert faults
    for fault in faults:
        assert fault.file.startswith(str(folder))
        assert fault.line > 0
        assert fault.key
        assert str(fault).isprintable()


def broken_rules(out):
    """Rules of this library's checks that failed; nobody else's may."""
    report = json.loads((out / "validation-report.json").read_text())
    failed = {
        each["pluginName"]: [f"{v['ruleName']}: {v['description']}" for v in each["violations"]]
        for each in report["pluginReports"]
        if each["conclusion"] != "success"
    }
    assert failed.keys() == {"finops"}, failed
    return failed["finops"]


def findings(template):
    matches = cfnlint.lint(template, ["eu-west-1"])
    return [str(m) for m in matches if m.rule.id.startswith("E") or m.rule.id == "W3037"]
