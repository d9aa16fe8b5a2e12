"""Known answers of other people's software and of papers beside ours, line by line.

    python -m benchmarks.references [--outside]

prints what, source, reference, ours, tolerance and whether ours is within it; the exit code is 1 where a line is not
and 2 where the test data are not beside the project. Printed values stand in tests/data/*.json, each typed once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models import GradedResponse, ManyFacetRating
from models.agreement import fleiss_kappa, krippendorff_alpha, unit_reliability
from models.answer_quality import longest_run, mahalanobis, person_fit, spread
from models.classical import alpha, intraclass, omega, standardised_alpha
from models.graded_groups import differential_functioning
from models.graded_item_fit import item_fit

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
ROUNDING = 1e-9  # a tolerance of .01 must not fail by the last bit of a difference


@dataclass(frozen=True)
class Row:
    """One known answer: what it is, who says so, their value, ours and how far apart the two may be."""

    what: str
    source: str
    reference: float
    ours: float
    tolerance: float

    @property
    def within(self) -> bool:
        """Whether ours is a number and close enough."""
        return bool(abs(self.ours - self.reference) <= self.tolerance + ROUNDING)


@dataclass(frozen=True)
class Table:
    """Rows of one subject: keeps source and tolerances while the rows are made."""

    subject: str
    source: str
    name: str

    def row(self, kind: str, label: str, reference: float, ours: Any) -> Row:
        """One row; `kind` chooses the tolerance."""
        tolerance = known("references")["tolerances"][self.subject][kind]
        return Row(f"{self.name} {label}", self.source, float(reference), float(ours), float(tolerance))

    def rows(self, kind: str, label: str, reference: Mapping[str, float], ours: Mapping[Any, float]) -> Iterator[Row]:
        """A row for every key of the reference."""
        for key, value in reference.items():
            yield self.row(kind, f"{label} {key}", value, ours[key])


@cache
def known(name: str) -> dict[str, Any]:
    """Printed values of tests/data/<name>.json."""
    return json.loads((ROOT / "tests" / "data" / f"{name}.json").read_text(encoding="utf-8"))


def shared(file: str, **options: Any) -> pd.DataFrame:
    """A table of the test data beside the project; FileNotFoundError where it is absent."""
    return pd.read_csv(DATA / file, **options)


def graded_rows() -> Iterator[Row]:
    """The graded response model, plain maximum likelihood."""
    values = known("graded_response")
    for case in values["cases"]:
        people = shared(case["file"])
        if "times" in case:
            people = people.loc[people.index.repeat(people[case["times"]])].reset_index(drop=True)
        answers, items = people[case["items"]], case["items"]
        model = GradedResponse(prior=None).fit(answers)
        name = case["file"][4:-4] + (f" {items[0][0]}" if case["file"] == "psy_bfi.csv" else "")
        table = Table("graded response", values["source"].split(",")[0], name)
        yield table.row("log_likelihood", "log-likelihood", case["log_likelihood"], model.log_likelihood_)
        for item, reference, ours in zip(items, case["a"], model.discrimination_, strict=True):
            yield table.row("a", f"a {item}", reference, ours)
        for item, references in case.get("d", {}).items():
            for k, (reference, ours) in enumerate(zip(references, model.intercepts_[items.index(item)], strict=True)):
                yield table.row("d", f"d{k + 1} {item}", reference, ours)
        yield table.row("reliability", "reliability", case["reliability"], model.reliability_)
        first = answers.head(len(case.get("eap", [])))
        if len(first):
            found = {"eap": model.transform(first)[:, 0], "se": model.standard_error(first)}
            for kind, label in (("eap", "EAP"), ("se", "SE")):
                for row, (reference, ours) in enumerate(zip(case[kind], found[kind], strict=True)):
                    yield table.row(kind, f"{label} row {row + 1}", reference, ours)


def item_fit_rows() -> Iterator[Row]:
    """S-X2 of the four items about science and their alpha."""
    values = known("references")["science"]
    table = Table("graded response", values["source"], "science")
    answers = shared("psy_science.csv")[list(values["s_x2"])]
    found = item_fit(GradedResponse(prior=None).fit(answers), answers)
    yield from table.rows("s_x2", "S-X2", values["s_x2"], found["s_x2"].to_dict())
    yield from table.rows("df", "df", values["df"], found["df"].to_dict())
    yield table.row("alpha", "alpha", values["alpha"], alpha(answers))


def classical_rows() -> Iterator[Row]:
    """Alpha, standardised alpha and omega of five scales."""
    values = known("references")["classical"]
    people = shared(values["file"])
    people[values["reversed"]] = 7 - people[values["reversed"]]
    figures: dict[str, Callable[[pd.DataFrame], float]] = {
        "alpha": alpha,
        "standardised": standardised_alpha,
        "omega": omega,
    }
    table = Table("classical", values["source"], "bfi")
    for kind, figure in figures.items():
        ours = {scale: figure(people[[f"{scale}{k}" for k in range(1, 6)]]) for scale in values[kind]}
        yield from table.rows(kind, kind, values[kind], ours)


def agreement_rows() -> Iterator[Row]:
    """Agreement of judges in printed examples; needs no data beside the project."""
    values, rest = known("agreement"), known("references")["intraclass"]
    marks = np.array(values["shrout_fleiss"]["marks"])
    table = Table("classical", "Shrout & Fleiss 1979", "six targets, four judges")
    found = intraclass(pd.DataFrame(marks)).to_dict()
    printed = {"ICC1": values["shrout_fleiss"]["icc1"], "ICC1k": values["shrout_fleiss"]["icc1_4"], **rest["icc"]}
    yield from table.rows("icc", "", printed, found)
    units = unit_reliability(pd.Series(marks.ravel()), pd.Series(np.repeat(np.arange(len(marks)), marks.shape[1])))
    yield table.row("icc", "unit reliability ICC(1)", printed["ICC1"], units["icc1"])
    yield table.row("icc", "unit reliability ICC(2)", printed["ICC1k"], units["icc2"])
    counts = values["fleiss"]["counts"]
    choices = [(case, k) for case, row in enumerate(counts) for k, times in enumerate(row) for _ in range(times)]
    long = pd.DataFrame(choices, columns=["case", "category"])
    table = Table("classical", "printed example of Fleiss' kappa", "ten cases, fourteen raters")
    yield table.row("kappa", "kappa", values["fleiss"]["kappa"], fleiss_kappa(long, "case", "category"))
    cases = pd.DataFrame(values["krippendorff"]["values"]).melt(var_name="case", value_name="value")
    table = Table("classical", "Krippendorff 2011", "four observers, twelve units")
    for level in ("nominal", "ordinal", "interval"):
        ours = krippendorff_alpha(cases, "case", "value", level)
        yield table.row("kappa", f"alpha {level}", values["krippendorff"][level], ours)


def group_rows() -> Iterator[Row]:
    """Differential functioning of the items of N by gender."""
    values = known("references")["groups"]
    people = shared(values["file"])
    found = differential_functioning(people[values["items"]], people[values["group"]])
    table = Table("functioning by group", values["source"], "bfi N by gender")
    other = found.groups.loc[values["other"]]
    yield table.row("log_likelihood", "log-likelihood", values["log_likelihood"], found.log_likelihood)
    yield table.row("mean", "mean of women", values["mean"], other["mean"])
    yield table.row("variance", "variance of women", values["variance"], other["sd"] ** 2)
    yield from table.rows("lr", "likelihood ratio", values["lr"], found.items["lr"].to_dict())
    yield from table.rows("df", "df", dict.fromkeys(values["items"], values["df"]), found.items["df"].to_dict())


def facet_rows() -> Iterator[Row]:
    """The many-facet model in the audit reading."""
    values = known("many_facet")
    for name in ("ratings2", "ptam4"):
        case = values[name]
        wide = shared(case["file"], dtype={case["person"]: str, case["observer"]: str})
        long = wide.melt([case["person"], case["observer"]], case["criteria"], "criterion", "rating")
        model = ManyFacetRating(observers="fixed").fit(
            long.rename(columns={case["person"]: "person", case["observer"]: "observer"})
        )
        table = Table("many facets", values["source"].split(",")[0], name)
        yield table.row("log_likelihood", "log-likelihood", case["log_likelihood"], model.log_likelihood_)
        yield table.row("parameters", "parameters", case["parameters"], model.n_parameters_)
        yield table.row("variance", "variance of persons", case["variance"], model.person_variance_)
        yield table.row("reliability", "EAP reliability", case["reliability"], model.reliability_)
        difficulty = dict(zip(case["criteria"], case["difficulty"], strict=True))
        yield from table.rows("difficulty", "criterion", difficulty, model.criteria_.to_dict())
        steps = {str(k + 1): value for k, value in enumerate(case["steps"])}
        yield from table.rows("steps", "step", steps, {str(k + 1): v for k, v in enumerate(model.steps_)})
        yield from table.rows("severity", "observer", case["severity"], model.observers_.to_dict())
        for person, (level, error) in case["level"].items():
            yield table.row("level", f"EAP {person}", level, model.persons_.loc[person, "level"])
            yield table.row("level", f"SD {person}", error, model.persons_.loc[person, "se"])


def careless_rows() -> Iterator[Row]:
    """Runs, spread and distance over twenty-five items in file order."""
    from scipy.stats import chi2

    values = known("references")["careless"]
    answers = shared(values["file"]).iloc[:, slice(*values["columns"])]
    table = Table("careless", values["source"], "bfi")
    run, own, complete = longest_run(answers), spread(answers), answers.dropna()
    for share, reference in values["run_quantiles"].items():
        yield table.row("run", f"longest run, quantile {share}", reference, run.quantile(float(share)))
    for length, reference in values["run_people"].items():
        yield table.row("run", f"people with a run of {length} or more", reference, (run >= int(length)).sum())
    for share, reference in values["spread_quantiles"].items():
        yield table.row("spread", f"within-person SD, quantile {share}", reference, own.quantile(float(share)))
    yield table.row("run", "complete rows", values["complete_rows"], len(complete))
    far = mahalanobis(complete) > chi2.ppf(values["mahalanobis_chance"], complete.shape[1])
    yield table.row("share", "share beyond chi-square .999", values["mahalanobis_share"], far.mean())


def person_fit_rows() -> Iterator[Row]:
    """lz of the complete answers to N."""
    values = known("references")["person_fit"]
    answers = shared(values["file"])[values["items"]].dropna()
    fit = person_fit(GradedResponse(prior=None).fit(answers), answers)
    below = (fit < values["below"]).mean()
    table = Table("careless", values["source"], "bfi N")
    yield table.row("run", "complete rows", values["complete_rows"], len(answers))
    for share, reference in values["quantiles"].items():
        yield table.row("lz", f"lz, quantile {share}", reference, fit.quantile(float(share)))
    yield table.row("lz_share", f"share of lz below {values['below']}", values["share"], below)


SUBJECTS: dict[str, Callable[[], Iterator[Row]]] = {
    "graded response model": graded_rows,
    "item fit": item_fit_rows,
    "alpha and omega": classical_rows,
    "agreement of judges": agreement_rows,
    "functioning of items by group": group_rows,
    "many-facet ratings": facet_rows,
    "careless answering": careless_rows,
    "person fit": person_fit_rows,
}


def shown(row: Row) -> str:
    """The row as a line of the printed table."""
    verdict = "yes" if row.within else "NO"
    figures = f"{row.reference:13.5f} {row.ours:13.5f} {row.tolerance:9.5f}"
    return f"{row.what[:46]:<46} {row.source[:34]:<34} {figures}   {verdict}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outside", action="store_true", help="print only the lines outside their tolerance")
    only_outside = parser.parse_args().outside
    print(f"{'what':<46} {'source':<34} {'reference':>13} {'ours':>13} {'tolerance':>9}   within")
    rows: list[Row] = []
    for subject, make in SUBJECTS.items():
        try:
            found = list(make())
        except FileNotFoundError as missing:
            print(f"{subject}: the test data are not beside the project ({Path(missing.filename).name})")
            sys.exit(2)
        rows += found
        print(f"-- {subject}: {sum(row.within for row in found)} of {len(found)} within")
        for row in found:
            if not (only_outside and row.within):
                print(shown(row))
    outside = sum(not row.within for row in rows)
    print(f"{len(rows) - outside} of {len(rows)} lines within tolerance")
    sys.exit(1 if outside else 0)


if __name__ == "__main__":
    main()
