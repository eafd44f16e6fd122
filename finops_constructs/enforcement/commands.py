"""People's commands to the kill switch: one function, authorised by IAM."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._function import define_function
from finops_constructs._place import place_of
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.function_rights import commands_rights, wildcard_reasons
from finops_constructs.enforcement.registry import commands_path, define_entry

_TIMEOUT_SECONDS: Final = 30


class Commands(Construct):
    """Defines the commands function, its URL and the registry entry by which the CLI finds it.

    It notes who said what, as AWS authenticated them, and wakes the kill switch; it can neither
    suspend nor resume anything by itself.

    Attributes:
        function: The function.
        function_url: Where it is called, signed with Signature Version 4.
    """

    function: lambda_.CfnFunction
    function_url: lambda_.CfnUrl

    def __init__(self, scope: Construct, id: str, *, environment: Mapping[str, str]) -> None:
        """Define the function.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            environment: Where ledger, state and wake queue are.
        """
        super().__init__(scope, id)
        rights = commands_rights(place_of(self))
        self.function = define_function(
            self,
            package="commands",
            name="finops-commands",
            description="Takes commands to the kill switch from people",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=rights,
            wildcards=wildcard_reasons(rights),
            environment=environment,
            concurrency="People call it, a few times a month",
            dead_letters="It answers whoever calls it, with the reason of a failure",
        ).function
        self.function_url = lambda_.CfnUrl(
            self, "Url", auth_type="AWS_IAM", target_function_arn=self.function.attr_arn
        )
        why = "A person stops a tenant through it; AWS authenticates who"
        declare(self.function_url, {Control.USE_CAN_BE_STOPPED: why})
        self._entry = define_entry(
            self,
            "Entry",
            path=commands_path(),
            description="Where commands to the kill switch go",
            value={},
            references={
                "function_name": self.function.ref,
                "function_url": self.function_url.attr_function_url,
            },
        )

    def grant_operate(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody give commands: find the function's URL and call it, nothing else.

        A caller role of a tenant that is granted this may ask for that tenant's status only; the
        function sees to it.

        Args:
            grantee: A role, user or group of this account.
        """
        place = place_of(self)
        arn = self.function.attr_arn
        grants = [
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["lambda:InvokeFunctionUrl"],
                resource_arns=[arn],
                conditions={"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
            ),
            # Since October 2025 a call by URL is checked on this action, too.
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["lambda:InvokeFunction"],
                resource_arns=[arn],
                conditions={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
            ),
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["ssm:GetParameter"],
                resource_arns=[place.arn("ssm", f"parameter{commands_path()}")],
            ),
        ]
        return grants[0].combine(grants[1]).combine(grants[2])
