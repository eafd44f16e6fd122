"""The function that fills the dashboard's table of tenants."""

from typing import Final

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._function import define_function
from finops_constructs._place import place_of
from finops_constructs.enforcement.function_rights import dashboard_rights, wildcard_reasons
from finops_constructs.enforcement.kill_switch import KillSwitch
from finops_constructs.enforcement.spend_meter import SpendMeter

_TIMEOUT_SECONDS: Final = 30
_REGISTRY_TTL_SECONDS: Final = 60


class TenantTable(Construct):
    """Defines the function behind the dashboard's table: spend, burn rate, state and drift.

    A metric for each tenant would cost $0.30 a month, each; this costs what it is looked at.
    Whoever looks at the dashboard needs `lambda:InvokeFunction` on it. It only reads.

    Attributes:
        function: The function.
    """

    function: lambda_.CfnFunction

    def __init__(self, scope: Construct, id: str, *, meter: SpendMeter, switch: KillSwitch) -> None:
        """Define the function.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            meter: Whose ledger it reads.
            switch: Whose state it reads.
        """
        super().__init__(scope, id)
        rights = dashboard_rights(place_of(self))
        self.function = define_function(
            self,
            package="dashboard",
            name="finops-dashboard",
            description="Fills the table of tenants on the platform's dashboard",
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=512,
            statements=rights,
            wildcards=wildcard_reasons(rights),
            environment={
                "LEDGER_TABLE": meter.ledger.ref,
                "REGISTRY_TTL_SECONDS": str(_REGISTRY_TTL_SECONDS),
                "STATE_TABLE": switch.state.ref,
            },
            concurrency="People look at a dashboard now and then",
            dead_letters="It answers whoever looks",
        ).function
