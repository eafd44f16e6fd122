"""The custom resource that lets go of every tenant before CloudFormation deletes the platform."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import CfnResource
from constructs import Construct, IDependable

from finops_constructs._function import define_function
from finops_constructs._place import place_of
from finops_constructs.enforcement.function_rights import (
    platform_release_rights,
    wildcard_reasons,
)
from finops_constructs.enforcement.kill_switch import KillSwitch
from finops_constructs.landing_zone import LandingZone

# The most Lambda allows: a thousand suspended profiles and roles take minutes at IAM's pace.
_TIMEOUT_SECONDS: Final = 900
_ANSWER_SECONDS: Final = 30


class PlatformRelease(Construct):
    """Defines the custom resource that lifts every suspension before the platform is deleted.

    Without the platform nobody could lift one any more. CloudFormation deletes what calls the kill
    switch first, then this resource, then the functions, roles and tables. It needs nothing but the
    runtime's own boto3, so that teardown depends on no layer.

    Example:
        PlatformRelease(stack, "Release", switch=switch)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        switch: KillSwitch,
        before: Sequence[IDependable] = (),
    ) -> None:
        """Define the resource.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            switch: The kill switch whose suspensions are lifted.
            before: What else of the stack may be suspended, and is deleted after. Default: nothing.
        """
        super().__init__(scope, id)
        place = place_of(self)
        role_path = LandingZone.of(self).role_path
        rights = platform_release_rights(place, role_path, switch.function.attr_arn)
        function = define_function(
            Construct(self, "Function"),
            package="platform_release",
            description="Lets go of every tenant before the platform is deleted",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=rights,
            wildcards=wildcard_reasons(rights),
            powertools=False,
            concurrency="CloudFormation calls it once per change of the stack",
            dead_letters="CloudFormation is told of every failure and shows it",
        ).function
        resource = CfnResource(
            self,
            "Resource",
            type="Custom::FinOpsPlatformRelease",
            properties={
                "ServiceToken": function.attr_arn,
                "ServiceTimeout": _TIMEOUT_SECONDS + _ANSWER_SECONDS,
                "KillSwitchFunctionName": switch.function.ref,
                "SuspensionPolicyPath": f"/finops/suspension/{place.region}/",
            },
        )
        for source in switch.event_sources:
            source.node.add_dependency(resource)
        kept: list[IDependable] = [switch.state, switch.function, switch.commands, *before]
        resource.node.add_dependency(*kept)
