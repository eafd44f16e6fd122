"""What holds one tenant's callers in one stack."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from finops_constructs._place import place_of, stack_of
from finops_constructs._sheet import accept, define
from finops_constructs._shell import Shell
from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import check_tenant, invalid
from finops_constructs.enforcement.caller import Caller
from finops_constructs.enforcement.invoke_grant import (
    accepted_findings,
    add_grant,
    grant_statements,
)
from finops_constructs.enforcement.modes import Guard
from finops_constructs.enforcement.registry import caller_path, define_entry
from finops_constructs.enforcement.standing_deny import StandingDeny
from finops_constructs.enforcement.statements import GuardExemptions
from finops_constructs.enforcement.suspension_policy import (
    SuspensionPolicy,
    suspension_policy_arn,
)
from finops_constructs.enforcement.tenant_release import TenantRelease

if TYPE_CHECKING:
    from finops_constructs.attribution.profile import InferenceProfile


class TenantGuard(Shell):
    """Defines what every construct of one tenant in one stack shares.

    The suspension policy (in the stack that owns the tenant's profiles), and per caller role its
    registry entry and standing deny, and the release that undoes them. Get it with
    `TenantGuard.of`; constructs do so by themselves.

    Attributes:
        tenant: The tenant's id.
        guard: Whether callers carry the standing deny.
        release: Lets go of the tenant before it is deleted.
        suspension_policy_arn: What the kill switch attaches to the tenant's callers.
    """

    tenant: str
    guard: Guard
    release: TenantRelease
    suspension_policy_arn: str

    def __init__(self, scope: Construct, id: str, *, tenant: str, guard: Guard) -> None:
        """Define the guard; use `TenantGuard.of` instead, which knows if there is one."""
        super().__init__(scope, id)
        self.tenant = tenant
        self.guard = guard
        self._place = place_of(self)
        self.suspension_policy_arn = suspension_policy_arn(self._place, tenant)
        self.release = TenantRelease(self, "Release", tenant=tenant)
        self._suspension: SuspensionPolicy | None = None
        self._exempt = GuardExemptions()
        self._callers: dict[str, tuple[str, ...]] = {}
        self._caller_scopes: dict[str, Construct] = {}
        self._grants: dict[str, iam.Policy] = {}
        self._given: set[str] = set()
        self._owned: set[str] = set()

    @staticmethod
    def of(scope: IConstruct, tenant: str, *, guard: Guard | str | None = None) -> "TenantGuard":
        """Return the guard of `tenant` in the stack of `scope`, defining it at the first call.

        Args:
            scope: Any construct of the stack.
            tenant: The tenant's id.
            guard: Whether callers carry the standing deny. Default: what an earlier construct of
                the tenant said, else `enforce`.

        Raises:
            ValueError: If the tenant's id is malformed, or another construct said otherwise.
        """
        check_tenant(scope, tenant)
        wanted = None if guard is None else _parse_guard(scope, guard)
        stack = stack_of(scope)
        guards = _guards.setdefault(stack, {})
        existing = guards.get(tenant)
        if existing is None:
            guard_id, wanted = f"FinOpsTenant-{tenant}", wanted or Guard.ENFORCE
            guards[tenant] = TenantGuard(stack, guard_id, tenant=tenant, guard=wanted)
            return guards[tenant]
        if wanted is not None and wanted is not existing.guard:
            raise invalid(
                scope,
                f"guard {wanted.value!r} for tenant {tenant!r}, which an earlier "
                f"construct of this stack set to {existing.guard.value!r}: give both the same",
            )
        return existing

    def exempt(self, exemptions: GuardExemptions) -> None:
        """Let the tenant's callers do what the standing deny would refuse.

        Raises:
            ValueError: If a caller was granted already.
        """
        if self._callers:
            raise invalid(self, "exemptions must be given before the first grant")
        self._exempt = exemptions

    @property
    def exempt_models(self) -> tuple[str, ...]:
        """ARNs of the provisioned, custom or imported models that the callers may use."""
        return self._exempt.models

    def own(self, construct: Construct, what: str) -> None:
        """Note that `construct` defines the tenant's `what`, of which there can be but one.

        Raises:
            ValueError: If another construct of this stack does so already.
        """
        if what in self._owned:
            raise invalid(construct, f"tenant {self.tenant!r} has its {what} in this stack already")
        self._owned.add(what)

    def own_profile(self, profile_arn: str) -> None:
        """Put a profile that this stack owns under the tenant's suspension policy."""
        if self._suspension is None:
            self._suspension = SuspensionPolicy(self, "Suspension", tenant=self.tenant)
            self.release.own_tenant()
            self.release.before(self._suspension)
        self._suspension.add_profile(profile_arn)
        self.release.own_profile(profile_arn)

    def grant_invoke(
        self,
        grantee: iam.IGrantable,
        profiles: "Sequence[InferenceProfile]",
        *,
        shared_with: Sequence[str] = (),
    ) -> iam.Grant:
        """Let a role call profiles of the tenant, and nothing around them.

        Args:
            grantee: An IAM role, or a construct that runs as one.
            profiles: Profiles of this tenant.
            shared_with: The other tenants the role also calls; each must say so too.

        Raises:
            ValueError: If the grantee is no role, or is a role of another account.
        """
        role = self._caller_role(grantee)
        home, caller = TenantGuard.of(role, self.tenant, guard=self.guard), Caller.of(role)
        home.admit(role, caller, shared_with, self._exempt)
        holder = role if caller.defined is not None else home.grant_policy(role, caller)
        return add_grant(holder, grant_statements(self._place, self.tenant, profiles))

    def grant_invoke_to_given(
        self,
        role_arn: str,
        profiles: "Sequence[InferenceProfile]",
        *,
        shared_with: Sequence[str] = (),
    ) -> None:
        """Let a role given by its literal ARN, of this account, call profiles of the tenant.

        The same as `grant_invoke` once for all profiles, without a construct for the role.

        Raises:
            ValueError: If the role is of another account.
        """
        caller = Caller.given(role_arn)
        self._check_account(role_arn, account=role_arn.split(":")[4])
        self.admit(self, caller, shared_with, self._exempt)
        statements = grant_statements(self._place, self.tenant, profiles)
        self._given.add(caller.key)
        scope = self._caller_scopes[caller.key]
        # Where release 0.1 had it: under another logical id CloudFormation would write the policy
        # of this name anew and then delete it, and the caller would lose the grant.
        holder = Shell(scope, "Grant")
        define(
            iam.CfnPolicy,
            holder,
            "Resource",
            policy_name=self._grant_name(),
            policy_document={"Version": "2012-10-17", "Statement": statements},
            roles=[caller.role_name],
        )
        accept(scope, accepted_findings(statements))

    def _caller_role(self, grantee: iam.IGrantable) -> iam.IRole:
        principal = grantee.grant_principal
        if not hasattr(principal, "role_arn"):
            raise invalid(
                self,
                f"the grantee must be an IAM role or run as one, got "
                f"{type(principal).__name__}: the kill switch can hold nothing else",
            )
        role = cast("iam.IRole", principal)
        self._check_account(role.role_arn, role.principal_account)
        return role

    def _check_account(self, role_arn: str, account: str | None) -> None:
        own = self._place.account
        comparable = account and not is_unresolved(account) and not is_unresolved(own)
        if comparable and account != own:
            raise invalid(
                self,
                f"{role_arn} is a role of account {account}, this stack is "
                f"in {own}: the guard can hold roles of its own account only; let the role assume "
                "one here and grant that",
            )

    def grant_policy(self, role: iam.IRole, caller: Caller) -> iam.Policy:
        """Return the policy that holds the tenant's grants to a role given by its ARN."""
        if caller.key not in self._grants:
            scope = self._caller_scopes[caller.key]
            more = caller.key in self._given
            name = self._grant_name() + ("-more" if more else "")
            self._grants[caller.key] = iam.Policy(
                scope, "MoreGrant" if more else "Grant", policy_name=name, roles=[role]
            )
        return self._grants[caller.key]

    def _grant_name(self) -> str:
        """Return the name of the policy that lets a given role call the tenant.

        IAM keeps one inline policy of a name on a role, so the default, which is made of the role's
        own name, would let tenants overwrite each other.
        """
        return f"finops-grant-{self._place.region}-{self.tenant}"

    def admit(
        self,
        place: IConstruct,
        caller: Caller,
        shared_with: Sequence[str],
        exempt: GuardExemptions,
    ) -> None:
        """Register a caller once, give it the standing deny, and plan its release.

        Args:
            place: What an error names.
            caller: The role.
            shared_with: The other tenants it calls.
            exempt: What the tenant allows its callers nevertheless.
        """
        others = {check_tenant(place, other) for other in shared_with}
        shared = tuple(sorted(others - {self.tenant}))
        if caller.key in self._callers:
            if self._callers[caller.key] != shared:
                raise invalid(
                    place,
                    f"granted with shared_with={list(shared)} and before with "
                    f"{list(self._callers[caller.key])}: give both the same",
                )
            return
        self._callers[caller.key] = shared
        scope = self._caller_scopes[caller.key] = Shell(self, f"Caller-{caller.key}")
        define_entry(
            scope,
            "Entry",
            path=caller_path(self.tenant, caller.key),
            description=f"A role that calls the models of tenant {self.tenant}",
            value={"tenant": self.tenant, "shared_with": list(shared)},
            references={"role_arn": caller.role_arn},
        )
        if self.guard is Guard.ENFORCE:
            tenants = [self.tenant, *shared]
            StandingDeny(scope, "StandingDeny", caller=caller, tenants=tenants, exempt=exempt)
        self.release.add_role(caller.role_name)
        self.release.before(scope, *([caller.defined] if caller.defined is not None else []))


# Asking the CDK for a child crosses a process boundary, and every construct of a tenant asks.
_guards: WeakKeyDictionary[Stack, dict[str, TenantGuard]] = WeakKeyDictionary()


def _parse_guard(construct: IConstruct, guard: Guard | str) -> Guard:
    try:
        return Guard(guard)
    except ValueError:
        allowed = ", ".join(Guard)
        raise invalid(construct, f"guard must be one of {allowed}, got {guard!r}") from None
