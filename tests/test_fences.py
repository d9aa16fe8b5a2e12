"""The walls of the house: which file may import what, read from the source of every file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ASSESSMENT = sorted((ROOT / "assessment").rglob("*.py"))
MODELS = sorted((ROOT / "models").rglob("*.py"))
PROGRAM = [*ASSESSMENT, *MODELS, *sorted(ROOT.glob("*.py"))]
LONGEST_MODULE, LONGEST_FUNCTION = 500, 70


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> tuple[str, ...]:
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    """Full dotted names of everything a file imports, inside functions too, but not for the type checker alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def libraries(path: Path) -> set[str]:
    return {full.split(".")[0] for full in imports(path)}


def importers_of(*wanted: str) -> list[str]:
    return [name(path) for path in PROGRAM if libraries(path) & set(wanted)]


def strangers(found: list[str], *allowed: str) -> list[str]:
    return [path for path in found if not path.startswith(allowed)]


def test_streamlit_is_known_to_the_app_its_pages_and_the_server_only():
    assert strangers(importers_of("streamlit"), "app.py", "assessment/pages/", "assessment/server.py") == []


def test_plotly_is_known_to_the_charts_only():
    assert strangers(importers_of("plotly"), "assessment/charts/") == []


def test_sql_and_joblib_are_known_to_the_store_only():
    assert strangers(importers_of("sqlalchemy", "joblib", "sqlite3", "psycopg"), "assessment/store/") == []


def test_nothing_is_pickled():
    assert importers_of("pickle", "cloudpickle", "dill", "shelve", "marshal") == []


def test_yaml_is_known_where_instruments_settings_and_rules_are_read():
    allowed = ("assessment/instruments/", "assessment/settings", "assessment/rules/", "assessment/yaml_file")
    assert strangers(importers_of("yaml"), *allowed) == []


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_models_know_numbers_only(path):
    assert libraries(path) <= {"numpy", "scipy", "pandas", "sklearn", "models"} | sys.stdlib_module_names
    assert not {"pathlib", "os", "io", "csv", "json"} & libraries(path)


def test_scoring_alone_calls_the_models():
    callers = [name(path) for path in ASSESSMENT if "models" in libraries(path)]
    assert callers and strangers(callers, *SCORING) == []


SCORING = ("assessment/scoring/", "assessment/policy")

# From the ground up. A file reaches nothing that stands above it, directly or through others.
ROOMS = (
    ("problems",),
    ("instruments", "campaign", "settings"),
    ("intake", "scoring"),
    ("standing", "rules"),
    ("choosing", "explain", "fairness", "scenario", "diagnosis"),
    ("funnel",),
    ("store", "report", "charts", "opening"),
    ("pages", "server"),
)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def graph() -> dict[str, frozenset[str]]:
    """Module -> our own modules it imports."""
    modules = {module_of(path): path for path in PROGRAM}
    found = {}
    for module, path in modules.items():
        named = {full if full in modules else full.rpartition(".")[0] for full in imports(path)}
        found[module] = frozenset((named & modules.keys()) - {module, "assessment", "models"})
    return found


def reached_from(module: str) -> set[str]:
    """Everything of ours that importing a module may bring along."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        for further in graph().get(waiting.pop(), frozenset()) - seen:
            seen.add(further)
            waiting.append(further)
    return seen


def of_room(word: str) -> list[str]:
    return [module for module in graph() if module == f"assessment.{word}" or module.startswith(f"assessment.{word}.")]


@pytest.mark.parametrize("word", [word for room in ROOMS[:-1] for word in room])
def test_a_room_reaches_nothing_that_stands_above_it(word):
    place = next(place for place, room in enumerate(ROOMS) if word in room)
    above = {module for room in ROOMS[place + 1 :] for other in room for module in of_room(other)} | {"app"}
    wrong = {module: sorted(reached_from(module) & above) for module in of_room(word)}
    assert {module: found for module, found in wrong.items() if found} == {}


@pytest.mark.parametrize(("one", "other"), [
    ("intake", "scoring"), ("scoring", "intake"), ("rules", "scoring"), ("decisions", "store"), ("store", "funnel"),
    ("charts", "store"), ("charts", "scoring"), ("messages", "campaign"), ("synthetic", "scoring"),
])  # fmt: skip
def test_neighbours_that_need_not_know_each_other_do_not(one, other):
    reached = set().union(*(reached_from(module) for module in of_room(one)))
    assert set(of_room(other)).isdisjoint(reached)


def test_no_module_imports_itself_in_a_circle():
    circles = sorted(module for module in graph() if any(module in reached_from(next_) for next_ in graph()[module]))
    assert circles == []


def test_run_py_needs_nothing_of_ours():
    assert graph()["run"] == frozenset()


@pytest.mark.parametrize("path", PROGRAM, ids=name)
def test_every_file_says_what_it_is_about_and_stays_readable(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "the first line is a sentence on the subject"
    assert text.count("\n") <= LONGEST_MODULE
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert [f.name for f in functions if f.end_lineno - f.lineno >= LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", PROGRAM, ids=name)
def test_no_fault_is_swallowed_whole(path):
    handlers = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.ExceptHandler)]  # fmt: skip
    assert all(node.type is not None for node in handlers)
    names = {getattr(part, "id", None) for node in handlers if node.type for part in ast.walk(node.type)}
    assert not names & {"Exception", "BaseException"}


def test_no_file_names_a_place_of_the_machine_it_was_written_on():
    inside = [path for path in ROOT.rglob("*") if path.suffix in {".py", ".toml", ".po", ".yaml", ".in", ".txt", ".md"}]
    ours = [path for path in inside if not {".venv", "data", ".git", "out"} & set(path.relative_to(ROOT).parts)]
    places = ["/" + "root/", "/" + "work/", "/" + "home/"]
    guilty = [name(path) for path in ours if any(place in path.read_text(encoding="utf-8") for place in places)]
    assert len(ours) > 50 and guilty == []
