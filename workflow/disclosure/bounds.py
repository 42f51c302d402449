"""How far a reader can work out what is not printed: exact bounds of linear forms over numbers of which equations are known.

A two-phase simplex in fractions (Bland's rule, so that it ends). The systems are small, the few rows that hang together, and no
rounding may decide whether somebody can be found.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction

Known = tuple[Mapping[Hashable, Fraction], Fraction]  # the terms of an equation, and what they come to
Range = tuple[Fraction | None, Fraction | None]  # least and most; None where there is no end


class System:
    """All that is known of some unknown numbers. `lower` and `upper` bound them; without a lower bound one may be negative."""

    def __init__(
        self,
        equations: Sequence[Known],
        lower: Mapping[Hashable, Fraction | None],
        upper: Mapping[Hashable, Fraction] | None = None,
    ) -> None:
        self._columns: dict[Hashable, list[tuple[int, int]]] = {}  # the columns that make up an unknown, with their signs
        self._shift: dict[Hashable, Fraction] = {}
        self._width = 0
        for key, low in lower.items():
            self._columns[key] = [(self._new(), 1)] if low is not None else [(self._new(), 1), (self._new(), -1)]
            self._shift[key] = low or Fraction(0)
        rows = [self._row(terms, total) for terms, total in equations]
        for key, high in (upper or {}).items():
            coefficients, rest = self._row({key: Fraction(1)}, high)
            coefficients[self._new()] = Fraction(1)
            rows.append((coefficients, rest))
        self._rows = [self._dense(*row) for row in rows]
        self._basis: list[int] = []
        self.feasible = self._begin()

    def range(self, terms: Mapping[Hashable, Fraction]) -> Range:
        """The least and the most that a form can come to. The system must be feasible."""
        coefficients, shift = self._row(terms, Fraction(0))
        least = self._least(coefficients)
        most = self._least({column: -c for column, c in coefficients.items()})
        return None if least is None else least - shift, None if most is None else -most - shift

    def _new(self) -> int:
        self._width += 1
        return self._width - 1

    def _row(self, terms: Mapping[Hashable, Fraction], total: Fraction) -> tuple[dict[int, Fraction], Fraction]:
        coefficients: dict[int, Fraction] = {}
        for key, c in terms.items():
            total -= c * self._shift[key]
            for column, sign in self._columns[key]:
                coefficients[column] = coefficients.get(column, Fraction(0)) + c * sign
        return coefficients, total

    def _dense(self, coefficients: Mapping[int, Fraction], total: Fraction) -> list[Fraction]:
        sign = -1 if total < 0 else 1
        row = [Fraction(0)] * self._width
        for column, c in coefficients.items():
            row[column] = c * sign
        return [*row, total * sign]

    def _begin(self) -> bool:
        """Find a first solution with one made-up column per row; drop the rows that say nothing new."""
        height = len(self._rows)
        for n, row in enumerate(self._rows):
            row[-1:-1] = [Fraction(int(n == m)) for m in range(height)]
        self._basis = [self._width + n for n in range(height)]
        made_up = {self._width + n: Fraction(1) for n in range(height)}
        if self._solve(self._rows, self._basis, made_up) != 0:
            return False
        for n in reversed(range(height)):
            if self._basis[n] >= self._width:
                column = next((c for c in range(self._width) if self._rows[n][c]), None)
                if column is None:
                    del self._rows[n], self._basis[n]
                else:
                    _pivot(self._rows, self._basis, n, column)
        self._rows = [[*row[: self._width], row[-1]] for row in self._rows]
        return True

    def _least(self, coefficients: Mapping[int, Fraction]) -> Fraction | None:
        rows, basis = [list(row) for row in self._rows], list(self._basis)
        return self._solve(rows, basis, coefficients)

    @staticmethod
    def _solve(rows: list[list[Fraction]], basis: list[int], coefficients: Mapping[int, Fraction]) -> Fraction | None:
        """The least value of a form, from a first solution; None where it has no least."""
        width = len(rows[0]) - 1 if rows else 0
        if any(c < 0 for column, c in coefficients.items() if column >= width):
            return None  # no row speaks of it
        cost = [coefficients.get(c, Fraction(0)) for c in range(width)] + [Fraction(0)]
        for n, column in enumerate(basis):
            if cost[column]:
                factor = cost[column]
                cost = [a - factor * b for a, b in zip(cost, rows[n], strict=True)]
        while (column := next((c for c in range(width) if cost[c] < 0), -1)) >= 0:
            ratios = [(row[-1] / row[column], basis[n], n) for n, row in enumerate(rows) if row[column] > 0]
            if not ratios:
                return None
            n = min(ratios)[2]
            _pivot(rows, basis, n, column)
            factor = cost[column]
            cost = [a - factor * b for a, b in zip(cost, rows[n], strict=True)]
        return -cost[-1]


def _pivot(rows: list[list[Fraction]], basis: list[int], n: int, column: int) -> None:
    """Let a column take the place of the one that row `n` stands for."""
    divisor = rows[n][column]
    rows[n] = [a / divisor for a in rows[n]] if divisor != 1 else rows[n]
    for m, row in enumerate(rows):
        if m != n and (factor := row[column]):
            rows[m] = [a - factor * b if b else a for a, b in zip(row, rows[n], strict=True)]
    basis[n] = column
