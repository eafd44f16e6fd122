"""What `finops guard ready` says where nobody is left to judge."""

from finops_constructs.cli.guard import _print_readiness
from finops_constructs.invocations.use import Uses


def test_where_every_tenant_enforces_its_guard_that_is_said(capsys):
    _print_readiness(Uses(source="the log", uses=(), first=None, last=None), [])
    said = capsys.readouterr().out
    assert said == "no tenant has guard: observe: all that are registered enforce it already\n"
