"""One view as a table that can be sorted, filtered and printed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.report.cells import is_money, is_number, shown, sort_key
from finops_constructs.report.money import Money, cents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finops_constructs.cost_data.engine import ResultColumn
    from finops_constructs.report.gather import Table

MOST_ROWS: Final = 500
"""More make a page slow; the CSV has all."""
_OPEN: Final = frozenset({"budget_variance"})
# The same in every row: said above the table instead.
_SAID_ONCE: Final = ("status", "data_through", "cost_basis")


def table_section(table: Table, money: Money) -> str:
    """Return a view's heading, what it means, and its rows."""
    return "\n".join(_parts(table, money))


def _parts(table: Table, money: Money) -> Iterator[str]:
    view, columns = table.view, table.result.columns
    once = _said_once(table)
    kept = [place for place, column in enumerate(columns) if column.name not in once]
    rows = _most_expensive(table)
    opened = " open" if view.name in _OPEN else ""
    yield f'<details id="{view.name}"{opened}><summary><h3>{escape(view.question)}</h3>'
    yield f'<span class="faint">{view.name}</span></summary><div class="inside">'
    yield f'<p class="faint">{escape(view.grain)}. Source: {escape(view.source)}</p>'
    said = [f"{name}: {shown(value, name, money)}" for name, value in once.items()]
    notes = [*said, *(note for note in table.result.notes if "no " in note[:3])]
    if notes:
        yield f'<p class="faint">{escape("; ".join(notes))}</p>'
    if not rows:
        yield "<p>Nothing of this kind.</p></div></details>"
        return
    whole = len(table.result.rows)
    counted = f"{len(rows):,} of {whole:,} rows"
    more = f" The dearest are here; all are in {view.name}.csv." if whole > len(rows) else ""
    yield (
        f'<div class="tools"><label>Filter <input type="search" aria-label="Filter {view.name}">'
        f'</label><output>{counted}</output><a href="tables/{view.name}.csv" download>CSV</a>'
        f"{more}</div>"
    )
    yield '<div class="scroll"><table><thead><tr>'
    meanings = {column.name: column.meaning for column in view.columns}
    yield from (_head(columns[place], meanings, money) for place in kept)
    yield "</tr></thead><tbody>"
    for row in rows:
        cells = "".join(_cell(row[place], columns[place], money) for place in kept)
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div></div></details>"


def _said_once(table: Table) -> dict[str, Any]:
    names = [column.name for column in table.result.columns]
    found: dict[str, Any] = {}
    for name in _SAID_ONCE:
        values = {row[names.index(name)] for row in table.result.rows} if name in names else set()
        if len(values) == 1:
            found[name] = values.pop()
    return found


def _most_expensive(table: Table) -> Sequence[tuple[Any, ...]]:
    rows = table.result.rows
    if len(rows) <= MOST_ROWS:
        return rows
    names = [column.name for column in table.result.columns]
    place = next(
        (names.index(each) for each in ("saved_usd", "cost_usd") if each in names), len(names) - 1
    )
    return sorted(rows, key=lambda row: row[place], reverse=True)[:MOST_ROWS]


def _head(column: ResultColumn, meanings: dict[str, str], money: Money) -> str:
    numeric = ' class="n"' if is_number(column.type) else ""
    label = column.name.replace("_", " ")
    if is_money(column.name):
        label = label.removesuffix(" usd") + f" {money.currency}"
    meaning = escape(meanings.get(column.name, ""), quote=True)
    return f'<th{numeric} scope="col"><button title="{meaning}">{escape(label)}</button></th>'


def _cell(value: Any, column: ResultColumn, money: Money) -> str:
    text = escape(shown(value, column.name, money))
    if not is_number(column.type):
        return f"<td>{text}</td>"
    if money.rate and is_money(column.name) and value is not None:
        text += f"<small>USD {cents(value):,}</small>"
    return f'<td class="n" data-v="{escape(sort_key(value), quote=True)}">{text}</td>'
