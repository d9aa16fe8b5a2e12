"""The published instances with proven answers, translated into pools and rules."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[1].parent / "shared" / "data"


def reference(name: str) -> Path:
    """A file of the reference data, or the test is skipped."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"reference data {name} are not beside the project")
    return path


def team90(name: str) -> tuple[pd.DataFrame, dict, dict]:
    """sel_team90_<name>.json as pool, rules and what is proven about it."""
    raw = json.loads(reference(f"sel_team90_{name}.json").read_text(encoding="utf-8"))
    pool = pd.DataFrame(raw["people"]).rename(columns={"id": "person_id"}).set_index("person_id")
    pool["roles"] = pool["roles"].map(";".join)
    pool["processes"] = pool["processes"].map(lambda ids: ";".join(map(str, ids)))
    weights = {str(i): weight for i, weight in enumerate(raw["process_weight"])}
    rules: list[dict] = [
        {"id": u, "where": {"unit": u}, "count": [raw["unit_min"][u], raw["unit_max"][u]]} for u in raw["unit_min"]
    ]
    rules += [
        {"id": "women", "where": {"sex": "F"}, "count": raw["women"]},
        {"id": "managers", "where": {"manager": True}, "count": raw["managers"]},
        {"id": "roles", "assign": "roles", "min": raw["role_min"]},
        {"id": "keep", "lock_in": raw["locked_in"]},
    ]
    rules += [{"id": f"apart{i}", "not_together": pair} for i, pair in enumerate(raw["incompatible"])]
    coverage = {"column": "processes", "weights": weights, "factor": raw["wcov"]}
    return (
        pool,
        {"size": raw["k"], "objective": {"score": "score", "coverage": coverage}, "rules": rules},
        raw["proven"],
    )


def quota_instance(people: str, quotas: str, size: int, names: tuple[str, str]) -> tuple[pd.DataFrame, dict]:
    """A pool without scores and its quota rows as counted rules; `names` = columns of attribute and value."""
    pool = pd.read_csv(reference(people), dtype=str, keep_default_na=False)
    if "nationbuilder_id" in pool:
        pool = pool.set_index("nationbuilder_id")
    pool.index = [f"p{i:03d}" for i in range(len(pool))]
    pool.index.name = "person_id"
    rules = []
    for i, row in pd.read_csv(reference(quotas)).iterrows():
        attribute, value = row[names[0]], str(row[names[1]])
        if value in set(pool[attribute]):
            rules.append({"id": f"q{i}", "where": {attribute: value}, "count": [int(row["min"]), int(row["max"])]})
        else:
            assert row["min"] == 0
    return pool.assign(score=0.0), {"size": size, "rules": rules}
