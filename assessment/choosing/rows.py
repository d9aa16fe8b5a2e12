"""Columns and rows of a programme, gathered one by one and then kept as arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Table:
    """Sparse rows with limits, and the limits and kinds of the columns (binary: 1 = whole)."""

    matrix: Any
    row_low: np.ndarray
    row_high: np.ndarray
    low: np.ndarray
    high: np.ndarray
    binary: np.ndarray

    def with_rows(self, further: Sequence[np.ndarray]) -> Any:
        """The matrix with further rows below."""
        if not further:
            return self.matrix
        from scipy.sparse import csr_array, vstack

        return vstack([self.matrix, csr_array(np.vstack(further))], format="csr")


class Rows:
    """Gathers columns and rows; each call returns the number of the new one."""

    def __init__(self) -> None:
        self._cost: list[float] = []
        self._high: list[float] = []
        self._binary: list[int] = []
        self._at: list[int] = []
        self._row: list[int] = []
        self._coefficient: list[float] = []
        self._limits: list[tuple[float, float]] = []

    def column(self, cost: float = 0.0, binary: bool = False, high: float = 1.0) -> int:
        """A further column from 0 to `high`."""
        self._cost.append(float(cost))
        self._high.append(high)
        self._binary.append(int(binary))
        return len(self._cost) - 1

    def row(self, at: Sequence[int], coefficients: Sequence[float], low: float, high: float) -> int:
        """A further row: low <= sum of coefficients * columns <= high."""
        number = len(self._limits)
        self._at += at
        self._row += [number] * len(at)
        self._coefficient += coefficients
        self._limits.append((low, high))
        return number

    def costs(self) -> np.ndarray:
        """What each column adds to the total."""
        return np.array(self._cost)

    def table(self) -> Table:
        """Everything gathered so far as arrays."""
        from scipy.sparse import csr_array

        shape = (len(self._limits), len(self._cost))
        matrix = csr_array((self._coefficient, (self._row, self._at)), shape=shape)
        low, high = (np.array([pair[k] for pair in self._limits]) for k in (0, 1))
        lowest = np.zeros(len(self._cost))
        return Table(matrix, low, high, lowest, np.array(self._high, dtype=float), np.array(self._binary))


def unlimited() -> tuple[float, float]:
    """Limits of a row that asks for nothing."""
    return -math.inf, math.inf
