"""Somebody from outside who may read everything and change nothing."""

import re
from collections.abc import Sequence
from typing import Any, Final

from aws_cdk import Names
from aws_cdk import aws_athena as athena
from aws_cdk import aws_iam as iam
from constructs import Construct

from finops_constructs._acknowledge import INLINE_POLICY, acknowledge, wildcard_resource
from finops_constructs._place import place_of
from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import invalid, require_literal
from finops_constructs.audit import auditor_statements as rights
from finops_constructs.audit.auditor_statements import AuditedLog
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.landing_zone import LandingZone

_PRINCIPAL: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user)/[\x21-\x7e]+")
_NAME: Final = "finops-auditor"
_MAX_ROLE_NAME: Final = 64


class AuditorRole(Construct):
    """Defines a role that reads log, keys, queries and evidence, and that changes nothing.

    It reads deployed templates, settings and policies, which is what `finops evidence --live`
    compares; with a log, every object, its lock and the key's policy, which is what `finops
    audit-log verify` takes; with a database, Athena in a workgroup of its own whose results Athena
    keeps for a day. The names behind the log's pseudonyms are not among it.

    Example:
        AuditorRole(stack, "Auditor", log=AuditedLog(bucket_arn=bucket_arn, key_arn=key_arn),
                    principal_arns=["arn:aws:iam::999988887777:role/external-audit"])

    Attributes:
        role: The role.
        role_arn: Its ARN.
        workgroup: The workgroup; None without a database.
    """

    role: iam.CfnRole
    role_arn: str
    workgroup: athena.CfnWorkGroup | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        principal_arns: Sequence[str],
        log: AuditedLog | None = None,
        evidence_bucket_arn: str | None = None,
        external_id: str | None = None,
        stack_names: Sequence[str] = ("finops-*",),
    ) -> None:
        """Define the role.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            principal_arns: The roles and users that may take it, of any account; `*` stands for
                what IAM Identity Center appends to a role's name.
            log: The log to read. Default: none.
            evidence_bucket_arn: A bucket that evidence files are kept in. Default: none.
            external_id: What they must say to take it. Default: nothing.
            stack_names: The stacks whose templates may be read. Default: those of this library.

        Raises:
            ValueError: If nobody may take it, or a principal is no role or user.
        """
        super().__init__(scope, id)
        accounts = _accounts(self, principal_arns)
        place, zone = place_of(self), LandingZone.of(self)
        statements = rights.settings_statements(place, stack_names)
        self.workgroup = None
        if log is not None:
            statements += rights.log_statements(place, log)
            if log.database is not None:
                # An archive's account has a database for each log, and a role for each of them.
                self.workgroup = self._workgroup(f"{zone.name_prefix}{_NAME}-{log.database}")
                statements += rights.query_statements(place, log.database, self.workgroup.name)
        if evidence_bucket_arn is not None:
            statements += rights.evidence_statements(evidence_bucket_arn)
        boundary = zone.permissions_boundary
        self.role = iam.CfnRole(
            self,
            "Resource",
            assume_role_policy_document=_trust(
                [f"arn:{place.partition}:iam::{account}:root" for account in accounts],
                principal_arns,
                external_id,
            ),
            description="Reads what an auditor asks for; changes nothing",
            path=f"{zone.role_path}{place.region}/",
            permissions_boundary=place.global_arn("iam", f"policy/{boundary}")
            if boundary
            else None,
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="read",
                    policy_document={"Version": "2012-10-17", "Statement": statements},
                )
            ],
            role_name=self._role_name(zone.name_prefix, place.region),
        )
        self.role_arn = self.role.attr_arn
        if log is not None:
            why = "It may read the log, its lock and its key, and change nothing"
            declare(self.role, {Control.AUDITOR_CAN_READ: why})
        found = {
            wildcard_resource(arn): why for arn, why in rights.wildcard_reasons(statements).items()
        }
        acknowledge(
            self.role,
            {
                INLINE_POLICY: "Read-only rights for one purpose; they live and die with the role",
                # cdk-nag names a bucket known at deployment only by what it is called there.
                **{rule: why for rule, why in found.items() if not is_unresolved(rule)},
            },
        )

    def _role_name(self, prefix: str, region: str) -> str | None:
        """Name it as the organisation demands; IAM knows no Regions, so that the name has to."""
        if not prefix:
            return None
        longest = _MAX_ROLE_NAME - len(prefix) - len(region) - 1
        unique = Names.unique_resource_name(self, max_length=longest, separator="-")
        return f"{prefix}{unique}-{region}"

    def _workgroup(self, name: str) -> athena.CfnWorkGroup:
        managed = athena.CfnWorkGroup.ManagedQueryResultsConfigurationProperty(enabled=True)
        return athena.CfnWorkGroup(
            self,
            "Queries",
            name=name,
            description="Queries of auditors over the write-once log",
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                managed_query_results_configuration=managed,
                publish_cloud_watch_metrics_enabled=True,
            ),
        )


def _accounts(construct: Construct, principal_arns: Sequence[str]) -> list[str]:
    if not principal_arns:
        raise invalid(construct, "principal_arns must name at least one role or user")
    accounts = []
    for number, arn in enumerate(principal_arns):
        require_literal(construct, f"principal_arns[{number}]", arn, "its account is read from it")
        match = _PRINCIPAL.fullmatch(arn)
        if match is None:
            raise invalid(
                construct,
                f"principal_arns[{number}] must be the ARN of an IAM role or user, such as "
                f"arn:aws:iam::111122223333:role/external-audit, got {arn!r}",
            )
        accounts.append(match[1])
    return sorted(set(accounts))


def _trust(
    roots: Sequence[str], principal_arns: Sequence[str], external_id: str | None
) -> dict[str, Any]:
    """Let them in by condition: a trust policy cannot name a role that is yet to be."""
    said = {"StringEquals": {"sts:ExternalId": external_id}} if external_id else {}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": list(roots)},
                "Condition": {"ArnLike": {"aws:PrincipalArn": list(principal_arns)}, **said},
            }
        ],
    }
