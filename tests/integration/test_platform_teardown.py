"""A stopped tenant goes; the platform goes before another, and comes back to find its month.

The tables outlive the platform under fixed names, so it comes back with `cdk deploy
--import-existing-resources`: the emulator takes over what exists, as CloudFormation does.
"""

import pytest

from local.cdk import CdkError
from tests.integration.scene import LIMIT_USD, PLATFORM, REGION, guarded, opened

pytestmark = pytest.mark.emulator
TABLES = ["finops-ledger", "finops-state"]


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Two tenants stopped by their monthly limit, in an account with a trail."""
    with opened(tmp_path_factory.mktemp("scene"), trail=True) as scene:
        scene.deploy(guarded("writer"), guarded("leaver"))
        for each in ("writer", "leaver"):
            scene.spend(each, LIMIT_USD + 10)
        for each in ("writer", "leaver"):
            scene.stopped(each)
        yield scene


def test_a_stopped_tenant_goes_though_cloudtrail_tells_the_switch_of_all_its_release_does(scene):
    profiles = scene.stage("leaver").profiles
    (suspension,) = scene.policies_of("leaver-app")
    # The switch remembers the tenant as it was before.
    scene.reconcile()
    scene.destroy(guarded("leaver"))
    assert scene.policies_of("leaver-app") == []
    iam, bedrock = scene.aws.client("iam"), scene.aws.client("bedrock", REGION)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_policy(PolicyArn=suspension)
    for arn in profiles.values():
        with pytest.raises(bedrock.exceptions.ResourceNotFoundException):
            bedrock.get_inference_profile(inferenceProfileIdentifier=arn)
    ssm = scene.aws.client("ssm", REGION)
    found = ssm.get_parameters_by_path(Path="/finops/leaver/", Recursive=True)["Parameters"]
    assert found == []


def test_the_platform_lets_go_of_a_stopped_tenant_and_finds_its_month_again_when_it_is_back(scene):
    before, stage = scene.status("writer"), scene.stage("writer")
    assembly = scene.synthesize(guarded("writer"))
    scene.cdk.destroy(assembly, PLATFORM)
    assert stage.suspended() == []
    assert scene.policies_of("writer-app") == []
    assert scene.entry("/finops/writer/state") is None
    assert scene.entry("/finops/_platform/commands") is None
    assert scene.entry("/finops/writer/policy")["tenant"] == "writer", "the tenant stays"
    dynamodb = scene.aws.client("dynamodb", REGION)
    assert dynamodb.list_tables()["TableNames"] == TABLES
    assert any(
        item["sk"]["S"].startswith("JOURNAL#")
        for item in dynamodb.scan(TableName="finops-state")["Items"]
    )

    with pytest.raises(CdkError, match=r"Table finops-\w+ already exists"):
        scene.cdk.deploy(assembly, PLATFORM)
    assert dynamodb.list_tables()["TableNames"] == TABLES, "a failed deployment deletes no books"

    scene.cdk.deploy(assembly, PLATFORM, import_existing=True)
    scene.reconcile()
    scene.stopped("writer")
    after = scene.status("writer")
    assert after["estimated_usd"] == before["estimated_usd"]
    assert after["since"] == before["since"]
