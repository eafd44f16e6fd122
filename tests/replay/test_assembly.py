import json

import pytest

from finops_constructs.replay.assembly import AssemblyError, read_tenant
from tests.replay import handmade
from tests.replay.handmade import write_assembly


def test_entries_read_as_the_registry_will_hold_them(tmp_path):
    tenant = read_tenant(write_assembly(tmp_path), "writer")
    profile = json.loads(tenant.entries["/finops/writer/profiles/smart"])
    assert profile["profile_arn"] == (
        "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/smart"
    )
    assert profile["profile_id"] == "smart"
    assert json.loads(tenant.entries["/finops/writer/policy"])["monthly_limit_usd"] == "100"
    assert tenant.stack == "finops-writer.template.json"


def test_an_alarm_watches_the_same_profile_as_the_entry_names(tmp_path):
    alarm = read_tenant(write_assembly(tmp_path), "writer").alarms[handmade.ALARM]
    metric = alarm.properties["Metrics"][1]["MetricStat"]["Metric"]
    assert metric["Dimensions"] == [{"Name": "ModelId", "Value": "smart"}]
    assert alarm.properties["Threshold"] == 10


def test_an_alarm_name_with_the_region_in_it_is_resolved(tmp_path):
    name = {"Fn::Join": ["", ["finops-burst-", {"Ref": "AWS::Region"}, "-writer-smart"]]}
    tenant = read_tenant(write_assembly(tmp_path, alarm={"AlarmName": name}), "writer")
    assert handmade.ALARM in tenant.alarms


def test_what_only_the_deployment_knows_keeps_an_entry_json(tmp_path):
    text = handmade.policy_entry() | {"alert_topic_arn": "@"}
    head, tail = json.dumps(text).split("@")
    odd = {"Fn::Select": ["0", {"Fn::Split": ['"', 'a"b']}]}
    value = {"Fn::Join": ["", [head, odd, tail]]}
    more = {"Policy": handmade.parameter("/finops/writer/policy", value)}
    tenant = read_tenant(write_assembly(tmp_path, more_resources=more), "writer")
    assert json.loads(tenant.entries["/finops/writer/policy"])["monthly_limit_usd"] == "100"


def test_a_tenant_is_put_together_from_several_stacks(tmp_path):
    write_assembly(tmp_path)
    entry = handmade.profile_entry() | {"alias": "fast", "burst_alarm_name": None}
    other = {"Resources": {"Entry": handmade.profile_parameter(entry, "Fast")}}
    (tmp_path / "other.template.json").write_text(json.dumps(other))
    assert "/finops/writer/profiles/fast" in read_tenant(tmp_path, "writer").entries


def test_an_unknown_tenant_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(AssemblyError, match=r"no tenant 'wirter' \(there: writer\)"):
        read_tenant(write_assembly(tmp_path), "wirter")


def test_a_tenant_in_two_stages_is_not_guessed_at(tmp_path):
    write_assembly(tmp_path / "assembly-Test")
    write_assembly(tmp_path / "assembly-Prod")
    with pytest.raises(AssemblyError, match="is in several stacks"):
        read_tenant(tmp_path, "writer")
    assert read_tenant(tmp_path / "assembly-Prod", "writer").entries


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no templates here; synthesize first: python app.py"),
        ("{", "not a cloud assembly"),
        ("[]", "not a cloud assembly"),
        ('{"Resources": {"A": 1}}', "not a cloud assembly"),
        ('{"Resources": {}}', r"no tenant 'writer' \(there: none\)"),
    ],
)
def test_a_folder_that_is_no_assembly_is_refused(tmp_path, content, said):
    if content is not None:
        (tmp_path / "x.template.json").write_text(content)
    with pytest.raises(AssemblyError, match=said):
        read_tenant(tmp_path, "writer")
