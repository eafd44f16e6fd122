import time

from finops_constructs.config.loader import load_config
from tests.config.many_tenants import write_many_tenants


def test_a_thousand_tenants_are_checked_in_three_seconds(tmp_path):
    folder = write_many_tenants(tmp_path, 1000)
    started = time.process_time()
    config = load_config(folder)
    assert time.process_time() - started < 3
    assert [tenant.id for tenant in config.tenants] == sorted(t.id for t in config.tenants)
    assert len(config.tenants) == 1000
