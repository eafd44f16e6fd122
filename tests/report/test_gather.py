"""Questions of a report are asked at the same time, and one that fails is told from the others."""

from itertools import count
from threading import Barrier
from typing import Any

import pytest

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.gather import VIEWS, gather
from finops_constructs.report.scope import choose_scope

MONTH = "2026-10"


class Asked:
    """An engine whose first `at_once` questions wait for each other; it refuses some."""

    def __init__(self, engine, *, at_once, refused=()):
        self.engine, self.at_once, self.refused = engine, at_once, refused
        self.calls = count()
        self.barrier = Barrier(at_once)

    def totals(self, by, **more):
        return self._answer(" ".join(by), lambda: self.engine.totals(by, **more))

    def view(self, name, **more):
        months = more["months"]
        asked = name if len(months) == 1 else f"{name} of {len(months)} months"
        return self._answer(asked, lambda: self.engine.view(name, **more))

    def _answer(self, name, answer):
        if next(self.calls) < self.at_once:
            self.barrier.wait(timeout=30)
        if name in self.refused:
            raise CostDataError(f"not {name}")
        return answer()


@pytest.fixture
def scope(engine):
    return choose_scope(engine.months(), month=MONTH)


@pytest.fixture
def asked_of(engine, scope):
    def ask(**how):
        source: Any = Asked(engine, **how)
        return gather(source, scope)

    return ask


def test_as_many_questions_as_the_source_answers_are_asked_at_the_same_time(asked_of):
    alone, together = asked_of(at_once=1), asked_of(at_once=5)
    assert list(together.tables) == list(VIEWS)
    assert together == alone


def test_a_view_that_needs_tenants_is_left_out_with_the_reason_where_there_are_none(asked_of):
    found = asked_of(at_once=2, refused={"roi"})
    assert found.left_out == {"roi": "not roi"}
    assert list(found.tables) == [name for name in VIEWS if name != "roi"]


def test_earlier_months_without_tenants_do_not_cost_this_months_view(asked_of):
    found = asked_of(at_once=2, refused={"unit_cost_vs_velocity of 3 months"})
    assert found.velocity is None
    assert "unit_cost_vs_velocity" in found.tables


def test_without_this_months_table_there_is_no_chart_that_would_link_to_it(asked_of):
    found = asked_of(at_once=2, refused={"unit_cost_vs_velocity"})
    assert "unit_cost_vs_velocity" in found.left_out
    assert found.velocity is None


@pytest.mark.parametrize("name", ["billing_period tenant", "forecast", "invoice_tie"])
def test_a_source_that_cannot_answer_otherwise_ends_the_report(asked_of, name):
    with pytest.raises(CostDataError, match=f"not {name}"):
        asked_of(at_once=2, refused={name})


def test_a_source_that_cannot_answer_is_not_asked_on_and_on(engine, scope):
    source: Any = Asked(engine, at_once=1, refused={"billing_period tenant"})
    with pytest.raises(CostDataError):
        gather(source, scope)
    assert next(source.calls) < len(VIEWS)


def test_progress_tells_each_question_once_and_in_order(engine, scope):
    told = []
    gather(engine, scope, lambda *step: told.append(step))
    assert [number for number, _, _ in told] == list(range(len(told)))
    assert {steps for _, steps, _ in told} == {len(VIEWS) + 3}
    assert [name for *_, name in told if name in VIEWS] == list(VIEWS)
