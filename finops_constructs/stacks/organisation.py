"""The CDK app of a configuration folder: a platform per account and Region, a stack per tenant."""

from aws_cdk import App, Validations

from finops_constructs.checks.pack import FinOpsChecks
from finops_constructs.config.loader import ConfigFolder
from finops_constructs.stacks import settings
from finops_constructs.stacks.audit_log_stack import AuditLogStack
from finops_constructs.stacks.billing_stack import BillingStack
from finops_constructs.stacks.cost_stack import CostStack
from finops_constructs.stacks.platform_stack import PlatformStack
from finops_constructs.stacks.tenant_stack import TenantStack

# Set here, not in cdk.json, so that `python app.py` and `cdk synth` write the same templates.
_CONTEXT = {
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-kms:aliasNameRef": True,
    "aws:cdk:enable-path-metadata": True,
    # These traces end in jsii, not in anybody's code, and are a quarter of Node's work.
    "aws:cdk:disable-creation-stack-traces": True,
    "aws:cdk:disable-stack-trace": True,
}


def build_app(folder: ConfigFolder, *, outdir: str | None = None) -> App:
    """Return the app that holds every stack of the organisation, with the checks attached.

    Args:
        folder: The configuration.
        outdir: Where to synthesize. Default: CDK_OUTDIR, else `cdk.out`.
    """
    platform, tenants = folder.platform, folder.tenants
    app = App(analytics_reporting=False, context=_CONTEXT, outdir=outdir)
    for account, region in sorted({(t.account, t.region) for t in tenants}):
        stack = PlatformStack(
            app,
            f"finops-platform-{account}-{region}",
            platform=platform,
            account=account,
            region=region,
            canary_model=_model_of(folder, account, region),
        )
        if platform.audit_log is not None:
            vault = AuditLogStack(
                app,
                f"finops-audit-log-{account}-{region}",
                platform=platform,
                account=account,
                region=region,
                tenants=[t.id for t in tenants if (t.account, t.region) == (account, region)],
            )
            stack.add_stack_dependency(vault)
    for tenant in tenants:
        TenantStack(
            app, f"finops-{tenant.id}", tenant=tenant, platform=platform, prices=folder.prices
        )
    define_cost_stacks(app, folder)
    Validations.of(app).add_plugins(
        FinOpsChecks(
            broad_values=settings.broad_values(platform.attribution),
            extra_tag_key=platform.attribution.extra_tag_key,
            profile_quota=platform.attribution.profile_quota,
        )
    )
    return app


def _model_of(folder: ConfigFolder, account: str, region: str) -> str:
    """Return a model that the Region has: one that a tenant uses there."""
    return min(
        (tenant.id, alias, each.model)
        for tenant in folder.tenants
        if (tenant.account, tenant.region) == (account, region)
        for alias, each in tenant.models.items()
    )[2]


def define_cost_stacks(app: App, folder: ConfigFolder) -> None:
    """Define the stacks of the bill, if `platform.yaml` says whose it is."""
    billing = folder.platform.billing
    account = folder.platform.lake_account
    if billing is None or account is None:
        return
    cost = CostStack(
        app,
        "finops-cost",
        platform=folder.platform,
        billing=billing,
        account=account,
        tenants=folder.tenants,
        prices=folder.prices,
    )
    BillingStack(
        app,
        "finops-billing",
        platform=folder.platform,
        billing=billing,
        destination=cost.destination,
        cost_account=account,
    ).add_stack_dependency(cost)  # an export proves its bucket when it is created
