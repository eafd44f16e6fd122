import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.config.config_folders import PLATFORM, WRITER, Edit, faults_in, write_folder
from tests.config.tenant_edits import TENANT_EDITS

PLATFORM_EDITS = [
    Edit("key: bedrock:cost-centre", "key: 'aws:x'", "attribution.extra_tag_key", "", ""),
    Edit("usd: 50000", "usd: -1", "budgets.max_monthly_limit_usd", "", ""),
    Edit("[platform@example.com]", "[platform]", "alerts.emails[0]", "", ""),
    Edit("as_of: 2026-10-01", "as_of: 7", "prices.overlay[0].as_of", "", ""),
    Edit("organization: Test Bank", "organization: ''", "organization", "", ""),
]


def _independent(edits):
    """Keep the first edit of each place: two edits of one text cannot both be made."""
    return list({edit.old: edit for edit in reversed(edits)}.values())


def _hidden(edit, edits):
    """Whether another of the faults takes away what this one is measured by."""
    texts = " ".join(["", *(other.new for other in edits if other is not edit)])
    needs = {
        "the tenant's Region": ("region: no", "region: Ireland"),
        "the tenant's account": ("account: 1", "account: 0", '"1111"'),
        "allowed there": ("region: no", "region: Ireland"),
        "at most budget.monthly_limit_usd": (" usd: ",),
        "the tenant itself": ("id: Writer_1",),
        "at most budget.stop_percentage": ("stop_percentage: 1",),
    }
    hides = itertools.chain(*(spoils for need, spoils in needs.items() if need in edit.allowed))
    return any(spoil in texts for spoil in hides)


@given(
    tenant_edits=st.lists(st.sampled_from(TENANT_EDITS), min_size=1, max_size=8),
    platform_edits=st.lists(st.sampled_from(PLATFORM_EDITS), max_size=3),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_injected_fault_is_named(tmp_path_factory, tenant_edits, platform_edits):
    tenant_edits, platform_edits = _independent(tenant_edits), _independent(platform_edits)
    tenant, platform = WRITER, PLATFORM
    for edit in tenant_edits:
        tenant = tenant.replace(edit.old, edit.new)
    for edit in platform_edits:
        platform = platform.replace(edit.old, edit.new)
    folder = tmp_path_factory.mktemp("faults")
    keys = {fault.key for fault in faults_in(
        write_folder(folder, platform=platform, tenants={"writer": tenant})
    )}  # fmt: skip
    expected = {edit.key for edit in tenant_edits if not _hidden(edit, tenant_edits)}
    assert keys >= expected | {edit.key for edit in platform_edits}
