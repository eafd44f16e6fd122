from botocore.exceptions import ClientError

from kill_switch.takedown import is_taken_down
from tests.lambdas.platform_under_test import policy_arn, profile_arn


def lifted_by_its_release(platform, tenant):
    for alias in ("smart", "fast"):
        del platform.bedrock.tags[profile_arn(tenant, alias)]["finops:state"]
    platform.services("iam").detach_role_policy(RoleName="app", PolicyArn=policy_arn(tenant))


def test_a_release_is_not_undone_by_a_registry_read_before_it_began(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.put_policy("writer", retired=True)
    lifted_by_its_release(platform, "writer")
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()


def test_a_tenant_gone_since_the_registry_was_read_is_left_alone(platform):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    platform.remove("/finops/writer/policy")
    lifted_by_its_release(platform, "writer")
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.attached("writer") == set()


def test_whoever_cannot_be_looked_up_is_stopped():
    class Ssm:
        def get_paginator(self, _name):
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetParametersByPath")

    assert not is_taken_down(Ssm(), "writer")
