"""All views, and what each of them reads."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finops_constructs.attribution.cost_tags import cur_column
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.side_tables import SIDE_TABLES
from finops_constructs.cost_data.view_file import View, read_view

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = Path(__file__).resolve().parent.parent / "sql"
CUR_TABLE: Final = "cur"
"""The table of the raw export that the two daily aggregates read."""
DAILY_VIEWS: Final = ("bedrock_daily", "bill_daily")
"""The only views that read the raw export: an engine may keep their rows of a month."""
CLOCK_VIEW: Final = "as_of"
_EXTRA_TAG_KEY: Final = "bedrock:cost-centre"


@cache
def all_views() -> Mapping[str, View]:
    """Return name -> view, each after those it reads."""
    files = {path.stem: read_view(path) for path in sorted(FOLDER.glob("*.sql"))}
    ordered: dict[str, View] = {}

    def place(view: View) -> None:
        for name in sorted(view.references & files.keys() - {view.name}):
            if name not in ordered:
                place(files[name])
        ordered[view.name] = view

    for view in files.values():
        if view.name not in ordered:
            place(view)
    return ordered


def get_view(name: str) -> View:
    """Return a view.

    Raises:
        CostDataError: If there is none of this name.
    """
    views = all_views()
    if name in views:
        return views[name]
    near = difflib.get_close_matches(name, views, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise CostDataError(f"there is no view {name!r}{hint} There are: {', '.join(views)}")


def view_sql(view: View, *, extra_tag_key: str = _EXTRA_TAG_KEY) -> str:
    """Return a view's statement for an organisation.

    Args:
        view: The view.
        extra_tag_key: The organisation's fourth cost tag (`attribution.extra_tag_key` in
            `platform.yaml`). Default: `bedrock:cost-centre`.
    """
    if extra_tag_key == _EXTRA_TAG_KEY:
        return view.sql
    for character in "'\\":
        if character in extra_tag_key:
            raise CostDataError(f"the tag key {extra_tag_key!r} must not contain {character}")
    return view.sql.replace(
        f"'{cur_column(_EXTRA_TAG_KEY)}'", f"'{cur_column(extra_tag_key)}'"
    ).replace(f"'user:{_EXTRA_TAG_KEY}'", f"'user:{extra_tag_key}'")


def read_by(names: frozenset[str]) -> frozenset[str]:
    """Return these views and side tables and all that they read, the raw export included."""
    views = all_views()
    known = views.keys() | SIDE_TABLES.keys() | {CUR_TABLE}
    found: set[str] = set()
    ahead = [name for name in names if name in known]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            if name in views:
                ahead.extend(views[name].references & known - {name})
    return frozenset(found)


def reads_history(name: str) -> bool:
    """Return whether a view, or one that it reads, looks at earlier months than the one asked."""
    views = all_views()
    return any(views[each].history for each in read_by(frozenset({name})) & views.keys())
