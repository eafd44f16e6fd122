"""What the self-test is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where everything is.

    Attributes:
        account: The platform's account.
        region: The platform's Region.
        log_group: The invocation log.
        ledger_table: The ledger.
        state_table: The kill switch's table.
        commands_url: The commands function's URL.
        profile_arn: The canary's profile.
        role_arn: The canary's caller.
        suspension_policy_arn: The canary's suspension policy.
    """

    account: str
    region: str
    log_group: str
    ledger_table: str
    state_table: str
    commands_url: str
    profile_arn: str
    role_arn: str
    suspension_policy_arn: str

    @classmethod
    def read(cls, environment: Mapping[str, str], function_arn: str) -> Self:
        """Read them; KeyError if one is missing."""
        _, _, _, region, account, *_ = function_arn.split(":")
        return cls(
            account=account,
            region=region,
            log_group=environment["LOG_GROUP"],
            ledger_table=environment["LEDGER_TABLE"],
            state_table=environment["STATE_TABLE"],
            commands_url=environment["COMMANDS_URL"],
            profile_arn=environment["PROFILE_ARN"],
            role_arn=environment["ROLE_ARN"],
            suspension_policy_arn=environment["SUSPENSION_POLICY_ARN"],
        )
