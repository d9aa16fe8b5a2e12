"""Two groups and how many of each passed: ratio with interval, tests, effect, shortfall, and the four-fifths rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FOUR_FIFTHS = (4, 5)
Z_95 = 1.959963984540054
ALPHA = 0.05


@dataclass(frozen=True)
class Comparison:
    """A group against another (Morris 2017 puts these side by side because they may disagree).

    ratio : rate of the group / rate of the other; low, high : its 95 % interval by the log method, half a person added
        to every cell where one is empty; NaN where nobody of the other passed
    z, p_z : two proportions with the joint rate; fisher : exact, two-sided by probability; mid_p : the same with the
        found table counted half; h : Cohen's effect, positive where the group passes less often
    shortfall : how many more of the group would have passed at the joint rate
    """

    ratio: float
    low: float
    high: float
    z: float
    p_z: float
    fisher: float
    mid_p: float
    h: float
    shortfall: float

    @property
    def beyond_chance(self) -> str:
        """Which tests of chance say so at .05: "all", "none" or "some"."""
        said = [p < ALPHA for p in (self.p_z, self.fisher, self.mid_p)]
        return "all" if all(said) else "some" if any(said) else "none"


def compare(passed: int, people: int, other_passed: int, other_people: int) -> Comparison:
    """Every figure of a group against another; both groups have somebody, and no more passed than there are."""
    if not (0 <= passed <= people and 0 <= other_passed <= other_people and people and other_people):
        raise ValueError(f"{passed} of {people} against {other_passed} of {other_people}")
    ratio, low, high = impact_ratio(passed, people, other_passed, other_people)
    z, p_z = two_proportions(passed, people, other_passed, other_people)
    fisher, mid_p = fisher_exact(passed, people, other_passed, other_people)
    rate, other = passed / people, other_passed / other_people
    joint = (passed + other_passed) / (people + other_people)
    h = 2 * math.asin(math.sqrt(other)) - 2 * math.asin(math.sqrt(rate))
    return Comparison(ratio, low, high, z, p_z, fisher, mid_p, h, people * joint - passed)


def impact_ratio(passed: int, people: int, other_passed: int, other_people: int) -> tuple[float, float, float]:
    """Ratio of the two rates with a 95 % interval from the normal distribution of its logarithm (Katz et al. 1978)."""
    if other_passed == 0:
        return math.nan, math.nan, math.nan
    ratio = (passed / people) / (other_passed / other_people)
    a, n, b, m = float(passed), float(people), float(other_passed), float(other_people)
    if passed == 0:  # nothing has no logarithm: half a person more in every cell
        a, n, b, m = a + 0.5, n + 1.0, b + 0.5, m + 1.0
    centre = math.log((a / n) / (b / m))
    error = math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    low = math.exp(centre - Z_95 * error) if passed else 0.0
    return ratio, low, math.exp(centre + Z_95 * error)


def two_proportions(passed: int, people: int, other_passed: int, other_people: int) -> tuple[float, float]:
    """Z of the difference of two proportions with the joint rate, and its two-sided p; no difference gives 0 and 1."""
    joint = (passed + other_passed) / (people + other_people)
    spread = math.sqrt(joint * (1 - joint) * (1 / people + 1 / other_people))
    if spread == 0:
        return 0.0, 1.0
    z = (passed / people - other_passed / other_people) / spread
    return z, math.erfc(abs(z) / math.sqrt(2))


def fisher_exact(passed: int, people: int, other_passed: int, other_people: int) -> tuple[float, float]:
    """Fisher's exact p, two-sided (all tables no likelier than the found one), and its mid-p."""
    from scipy.special import gammaln

    def log_choose(n: float, k: np.ndarray) -> np.ndarray:
        return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)

    total, gone = people + other_people, passed + other_passed
    k = np.arange(max(0, gone - other_people), min(gone, people) + 1, dtype=float)
    log_p = log_choose(people, k) + log_choose(other_people, gone - k) - log_choose(total, np.array([float(gone)]))
    p = np.exp(log_p)
    found = p[int(passed - k[0])]
    both = min(1.0, float(p[p <= found * (1 + 1e-7)].sum()))
    return both, both - 0.5 * float(found)


def below_four_fifths(passed: int, people: int, other_passed: int, other_people: int) -> bool:
    """Whether the rate of a group is under four fifths of another's, in whole numbers: exactly four fifths is not."""
    few, all_ = FOUR_FIFTHS
    return all_ * passed * other_people < few * other_passed * people


def highest(passed: Sequence[int], people: Sequence[int]) -> int:
    """Place of the group with the highest rate; of equals the larger, then the first."""
    order = sorted(range(len(people)), key=lambda i: (-passed[i] / people[i], -people[i], i))
    return order[0]


def one_choice_flips(passed: Sequence[int], people: Sequence[int], group: int) -> bool:
    """Whether one different choice turns the four-fifths verdict on a group.

    Below the line one more of the group and one less of the group with the highest rate; else the other way round. The
    highest rate is looked up again after the exchange. False for the group with the highest rate itself.
    """
    top = highest(passed, people)
    if top == group:
        return False
    now = below_four_fifths(passed[group], people[group], passed[top], people[top])
    changed = list(passed)
    step = 1 if now else -1
    changed[group] += step
    changed[top] -= step
    if not all(0 <= c <= n for c, n in zip(changed, people, strict=True)):
        return False
    top = highest(changed, people)
    return below_four_fifths(changed[group], people[group], changed[top], people[top]) != now
