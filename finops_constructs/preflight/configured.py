"""The preflight of a configuration folder: faults with file and line, as `validate` has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from finops_constructs.config.faults import Fault, one_line
from finops_constructs.config.folder_files import list_files
from finops_constructs.config.tenant import TenantConfig
from finops_constructs.config.yaml_source import read_yaml
from finops_constructs.operations.aws import Aws
from finops_constructs.preflight.preflight import Unreached, account_of, unreached_callers


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFaults:
    """What a folder's callers look like in AWS.

    Attributes:
        account: The account that was asked.
        checked: Ids of the tenants of that account.
        elsewhere: Ids of tenants of other accounts, which were not looked at.
        unreached: The callers that a stop would not reach.
        faults: The same, each with its file and line.
    """

    account: str
    checked: Sequence[str]
    elsewhere: Sequence[str]
    unreached: Sequence[Unreached]
    faults: Sequence[Fault]


def live_faults(folder: Path, tenants: Sequence[TenantConfig], aws: Aws) -> LiveFaults:
    """Ask IAM about the callers of every tenant of the account.

    Args:
        folder: The configuration folder.
        tenants: Its tenants.
        aws: Where and as whom.

    Raises:
        OperationsError: If IAM refuses or cannot be reached.
    """
    account = account_of(aws)
    here = {tenant.id: callers_of(tenant) for tenant in tenants if tenant.account == account}
    unreached = unreached_callers(aws, here, account=account)
    return LiveFaults(
        account=account,
        checked=sorted(here),
        elsewhere=sorted(tenant.id for tenant in tenants if tenant.account != account),
        unreached=unreached,
        faults=sorted(_with_lines(folder, unreached)),
    )


def callers_of(tenant: TenantConfig) -> list[str]:
    """Return the ARNs of a tenant's caller roles and of its users with API keys."""
    return [*(caller.role_arn for caller in tenant.callers), *tenant.api_key_users]


def _with_lines(folder: Path, unreached: Sequence[Unreached]) -> Iterator[Fault]:
    documents = {path.stem: read_yaml(path) for path in list_files(folder).tenants}
    for each in unreached:
        document = documents[each.tenant]
        paths = [("callers", i, "role_arn") for i in document.indices("callers")]
        users = [("api_key_users", i) for i in document.indices("api_key_users")]
        path = next(p for p in (*paths, *users) if document.text(*p) == each.caller_arn)
        problem = f"a stop would not reach it: {each.problem}; {each.command} ({each.owner})"
        yield document.fault(path, one_line(problem))
