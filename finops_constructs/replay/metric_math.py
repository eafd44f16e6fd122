"""CloudWatch metric maths, as far as our burst alarms use it; anything else is refused.

Understood are numbers, metric ids, `+ - * /`, parentheses, `FILL(id, number)` and `MAX`, `MIN` and
`SUM` over a list in brackets. As in CloudWatch, an operand without data makes the result missing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Values = Mapping[str, Decimal | None]
"""Metric id -> its value in one window; None where it has no data."""

_SYMBOL: Final = re.compile(r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\S))")
_OVER_LISTS: Final[Mapping[str, Callable[[Sequence[Decimal]], Decimal]]] = {
    "MAX": max,
    "MIN": min,
    "SUM": lambda values: sum(values, Decimal(0)),
}

_Evaluate = Callable[[Values], Decimal | None]


class MetricMathError(ValueError):
    """An expression is not of the form that is understood here."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression.

    Attributes:
        text: As it was written.
        ids: The metric ids it refers to.
        evaluate: Returns its value in one window; None if it has none there.
    """

    text: str
    ids: frozenset[str]
    evaluate: _Evaluate


def parse_expression(text: str) -> Expression:
    """Return the parsed expression.

    Example:
        >>> cost = parse_expression("FILL(input,0)*0.000003+FILL(output,0)*0.000015")
        >>> str(cost.evaluate({"input": Decimal(1000), "output": None}))
        '0.003000'

    Raises:
        MetricMathError: If it is of another form than those understood.
    """
    parser = _Parser(text)
    evaluate = parser.sum()
    if parser.symbol:
        raise parser.refused(f"unexpected {parser.symbol!r}")
    return Expression(text, frozenset(parser.ids), evaluate)


class _Parser:
    """A recursive descent over one expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._symbols = [match.group().strip() for match in _SYMBOL.finditer(text)]
        self._place = 0
        self.ids: set[str] = set()

    @property
    def symbol(self) -> str:
        """The symbol to be read next; empty at the end."""
        return self._symbols[self._place] if self._place < len(self._symbols) else ""

    def refused(self, why: str) -> MetricMathError:
        """Return the error of an expression that is not understood."""
        return MetricMathError(f"metric maths {self._text!r} is not understood: {why}")

    def sum(self) -> _Evaluate:
        """Read a sum: the widest there is."""
        return self._chain("+-", self._product)

    def _product(self) -> _Evaluate:
        return self._chain("*/", self._factor)

    def _chain(self, operators: str, operand: Callable[[], _Evaluate]) -> _Evaluate:
        left = operand()
        while self.symbol and self.symbol in operators:
            left = _operation(self._take(), left, operand())
        return left

    def _factor(self) -> _Evaluate:
        symbol = self._take()
        if symbol == "(":
            inner = self.sum()
            self._expect(")")
            return inner
        if symbol[:1].isdecimal():
            return self._constant(Decimal(symbol))
        if symbol == "FILL":
            return self._fill()
        if symbol in _OVER_LISTS:
            return self._over_list(_OVER_LISTS[symbol])
        if symbol[:1].islower() and self.symbol != "(":
            self.ids.add(symbol)
            return lambda values: values[symbol]
        raise self.refused(f"unexpected {symbol!r}" if symbol else "it ends too early")

    def _constant(self, number: Decimal) -> _Evaluate:
        return lambda _: number

    def _fill(self) -> _Evaluate:
        self._expect("(")
        metric = self._take()
        self._expect(",")
        number = self._take()
        self._expect(")")
        if not metric[:1].islower() or not number[:1].isdecimal():
            raise self.refused("FILL takes a metric and a number")
        self.ids.add(metric)
        filling = Decimal(number)

        def evaluate(values: Values) -> Decimal | None:
            value = values[metric]
            return filling if value is None else value

        return evaluate

    def _over_list(self, reduce: Callable[[Sequence[Decimal]], Decimal]) -> _Evaluate:
        self._expect("(")
        self._expect("[")
        operands = [self.sum()]
        while self.symbol == ",":
            self._take()
            operands.append(self.sum())
        self._expect("]")
        self._expect(")")

        def evaluate(values: Values) -> Decimal | None:
            known = [value for each in operands if (value := each(values)) is not None]
            return reduce(known) if known else None

        return evaluate

    def _take(self) -> str:
        symbol = self.symbol
        self._place += 1
        return symbol

    def _expect(self, symbol: str) -> None:
        if self._take() != symbol:
            raise self.refused(f"{symbol!r} expected")


def _operation(operator: str, left: _Evaluate, right: _Evaluate) -> _Evaluate:
    def evaluate(values: Values) -> Decimal | None:
        a, b = left(values), right(values)
        if a is None or b is None or (operator == "/" and not b):
            return None
        match operator:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
        return a / b

    return evaluate
