"""Speed and memory of the graded response model: `python benchmarks/graded_response.py [--large]`, CPU seconds."""
from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from models import GradedResponse  # noqa: E402
from tests.graded_people import invented_answers  # noqa: E402


def median_fit(n_people: int, n_items: int, missing: float, repeats: int = 9) -> tuple[float, int, float]:
    """Median CPU seconds of a warm fit, cycles, and how far below the best log-likelihood it ends."""
    answers, _ = invented_answers(n_people, n_items, missing=missing)
    best = GradedResponse(prior=None, tol=1e-10).fit(answers).log_likelihood_
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        model = GradedResponse(prior=None).fit(answers)
        seconds.append(time.process_time() - start)
    return float(np.median(seconds)), model.n_iter_, best - model.log_likelihood_


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="100,000 people x 60 items as well")
    large = parser.parse_args().large
    print("people x items  missing  CPU s  cycles  below the best")
    for n_people, n_items, missing in ((600, 6, 0.0), (600, 60, 0.0), (600, 60, 0.25)):
        seconds, cycles, short = median_fit(n_people, n_items, missing)
        print(f"{n_people:6d} x {n_items:3d}     {missing:.2f}   {seconds:6.4f}   {cycles:3d}   {short:.5f}")
    if large:
        answers, _ = invented_answers(100_000, 60)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        start = time.process_time()
        model = GradedResponse(prior=None).fit(answers)
        seconds = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(f"100000 x  60     0.00   {seconds:6.4f}   {model.n_iter_:3d}   peak {peak:.0f} MB, before {before:.0f}")


if __name__ == "__main__":
    main()
