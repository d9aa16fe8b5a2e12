"""Speed and memory of measuring: ours beside the Python peers in one run, and the scoring of a whole municipality.

    python -m benchmarks.speed [--no-peers]

Seconds are processor seconds of a warm process (libraries imported, one fit before), the median of several runs. All
log-likelihoods are taken by one yardstick, ours in double precision on 61 nodes from -6 to 6, from the parameters a
program ends with: what counts is how good its answer is, not what it says of itself. Memory is the peak of a process
that does nothing else, libraries and data included. Exit code 1 where a bar is missed. The peers, mirt and girth, come
with requirements-dev.txt.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ITEMS, FEW, MANY = 60, 600, 100_000
BARS = {"few": 0.08, "many": 5.0, "memory": 600.0, "scoring": 2.0}  # seconds and MB
CLOSE = 0.01  # of the best log-likelihood: what counts as having arrived

Fitted = tuple["NDArray[np.float64]", "NDArray[np.float64]"]  # slopes (items,), falling intercepts (items, categories)


@dataclass(frozen=True)
class Line:
    """One line of the printed table; bar None = for information."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether the bar is missed; a value that is no number misses it."""
        return self.bar is not None and not self.value <= self.bar

    def __str__(self) -> str:
        bar = "" if self.bar is None else f"{self.bar:.3g} {self.unit}" + ("  MISSED" if self.missed else "")
        return f"{self.what:<58} {self.value:9.3f} {self.unit:<5} {bar:<16} {self.note}"


def seconds(call: Callable[[], Any], repeats: int) -> float:
    """Median processor seconds of a call that has run once before."""
    call()
    found = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return float(np.median(found))


def peak_megabytes() -> float:
    """Peak memory of this process so far; NaN where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # the other way would count the memory of the process that started this one
        peak = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    try:
        import resource
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


# -- the graded response model beside its peers ------------------------------------------------------------------------
def ours(answers: NDArray[np.float64], **options: Any) -> Fitted:
    """Plain maximum likelihood."""
    from models import GradedResponse

    model = GradedResponse(prior=None, **options).fit(answers)
    return model.discrimination_, np.array(model.intercepts_)


def mirt_as_shipped(answers: NDArray[np.float64], **options: Any) -> Fitted:
    """The package mirt without standard errors, which ours leaves to a call of its own."""
    import mirt

    fit = mirt.fit_mirt(
        answers.astype(int), model="GRM", n_categories=5, compute_standard_errors=False, **options
    ).model.parameters
    return fit["discrimination"], -fit["discrimination"][:, None] * fit["thresholds"]


def mirt_tight(answers: NDArray[np.float64]) -> Fitted:
    """The fastest settings of mirt found that end within a hundredth of the top: its Gauss-Hermite nodes lie wide."""
    return mirt_as_shipped(answers, n_quadpts=151, accelerate="squarem")


def girth_as_shipped(answers: NDArray[np.float64]) -> Fitted:
    """The package girth, marginal maximum likelihood."""
    import girth

    with np.errstate(all="ignore"):
        fit = girth.grm_mml(answers.astype(int).T)
    return fit["Discrimination"], -fit["Discrimination"][:, None] * fit["Difficulty"]


def yardstick(answers: NDArray[np.float64], fitted: Fitted) -> float:
    """Marginal log-likelihood of parameters, double precision, 61 nodes from -6 to 6."""
    from models.graded_answers import AnswerTable, code_answers
    from models.graded_curves import Layout, log_curves
    from models.graded_fit import Parameters, node_weights

    slopes, intercepts = fitted
    categories, coded = code_answers(answers, [str(item) for item in range(answers.shape[1])], None)
    layout = Layout(tuple(len(codes) for codes in categories))
    nodes = np.linspace(-6.0, 6.0, 61)
    point = Parameters(slopes, intercepts.ravel())
    curves = log_curves(layout, slopes, point.intercepts, nodes)
    return AnswerTable.build(layout, coded).expect(curves, node_weights(nodes, point), exact=True).log_likelihood


def ours_until(answers: NDArray[np.float64], level: float) -> float:
    """Seconds ours needs to a log-likelihood of at least `level`."""
    for cycles in range(1, 60):
        if yardstick(answers, ours(answers, max_iter=cycles)) >= level:
            return seconds(lambda: ours(answers, max_iter=cycles), 7)  # noqa: B023 (called at once)
    return float("nan")


def fitting(peers: bool) -> Iterator[Line]:
    """600 x 60, five categories: ours, then each peer with how far below the best it ends, which is the bar of ours."""
    from tests.graded_people import invented_answers

    answers, _ = invented_answers(FEW, ITEMS, 5, seed=0)
    best = yardstick(answers, ours(answers, tol=1e-10))
    short = best - yardstick(answers, ours(answers))
    spent = seconds(lambda: ours(answers), 11)
    arrived = spent if short < CLOSE else float("nan")
    yield Line(f"graded response {FEW} x {ITEMS}, ours", arrived, "s", BARS["few"], f"{short:.5f} below the best")
    for items, missing in ((6, 0.0), (ITEMS, 0.25)):
        others, _ = invented_answers(FEW, items, 5, missing=missing)
        below = yardstick(others, ours(others, tol=1e-10)) - yardstick(others, ours(others))
        name = f"  {FEW} x {items}, {missing:.0%} missing"
        yield Line(name, seconds(lambda: ours(others), 11), "s", None, f"{below:.5f} below the best")  # noqa: B023
    if not peers:
        return
    from importlib.metadata import version

    contenders: dict[str, Callable[[NDArray[np.float64]], Fitted]] = {
        f"mirt {version('mirt')}, as shipped": mirt_as_shipped,
        f"mirt {version('mirt')}, 151 nodes, accelerated": mirt_tight,
        f"girth {version('girth')}, as shipped": girth_as_shipped,
    }
    for name, fit in contenders.items():
        level = yardstick(answers, fit(answers))
        theirs = seconds(lambda: fit(answers), 2)  # noqa: B023 (called at once)
        yield Line(f"  {name}", theirs, "s", None, f"{best - level:.5f} below the best")
        same = ours_until(answers, min(level, best - CLOSE / 2))
        yield Line("    ours to the same log-likelihood", same, "s", theirs, f"{theirs / same:.0f} times faster")


# -- parts that want a process of their own ----------------------------------------------------------------------------
def many() -> dict[str, float]:
    """100,000 x 60: seconds of one fit in a process that has fitted a small table, and peak memory."""
    from tests.graded_people import invented_answers

    ours(invented_answers(FEW, ITEMS, 5)[0])
    answers, _ = invented_answers(MANY, ITEMS, 5, seed=0)
    start = time.process_time()
    ours(answers)
    return {"seconds": time.process_time() - start, "megabytes": peak_megabytes()}


def scoring() -> dict[str, float]:
    """Every measure and draw of the demo municipality of 600, tables read before; a smaller one wakes the libraries."""
    from assessment.intake.folder import read_folder
    from assessment.scoring.measures import score
    from assessment.synthetic.municipality import write_demo

    campaigns = []
    for people in (120, 600):
        with tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder), people, seed=1)
            found = read_folder(Path(folder))
        if found.campaign is None:
            raise SystemExit(f"the demo municipality cannot be read: {found.problems}")
        campaigns.append(found.campaign)
    score(campaigns[0])
    spent = seconds(lambda: score(campaigns[1]), 3)
    return {"seconds": spent, "megabytes": peak_megabytes()}


PARTS: dict[str, Callable[[], dict[str, float]]] = {"many": many, "scoring": scoring}


def alone(part: str) -> dict[str, float]:
    """The part in a fresh process with one thread of linear algebra."""
    one = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    command = [sys.executable, "-m", "benchmarks.speed", "--part", part]
    done = subprocess.run(
        command, env=os.environ | one, cwd=Path(__file__).parents[1], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def lines(peers: bool) -> Iterator[Line]:
    """The whole table, line by line as measured."""
    large = alone("many")
    yield Line(f"graded response {MANY} x {ITEMS}, ours", large["seconds"], "s", BARS["many"])
    yield Line("  peak memory", large["megabytes"], "MB", BARS["memory"])
    whole = alone("scoring")
    yield Line(f"scoring of the demo, {FEW} people, one thread", whole["seconds"], "s", BARS["scoring"])
    yield Line("  peak memory", whole["megabytes"], "MB")
    yield from fitting(peers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-peers", action="store_true", help="ours alone")
    parser.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part]()))
        return
    absent = [package for package in ("mirt", "girth") if find_spec(package) is None]
    if absent and not options.no_peers:
        parser.error(f"not installed: {', '.join(absent)} (they come with requirements-dev.txt); or give --no-peers")
    print(f"{'what':<58} {'measured':>9} {'':<5} {'bar':<16}")
    missed = 0
    for line in lines(not options.no_peers):
        print(line, flush=True)
        missed += line.missed
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
