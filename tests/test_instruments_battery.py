"""Facts about the questionnaire file: what it holds, and how each fault in it is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessment.instruments.reading import Battery, load_instruments
from tests.fixture_questionnaires import FOREIGN, changed, load, notes_of, stops_of

Change = Callable[[Any], object]


@pytest.fixture(scope="module")
def battery() -> Battery:
    instruments, problems = load_instruments()
    assert instruments is not None, problems
    return instruments.battery


def test_the_shipped_battery_has_sixty_items_of_which_fifteen_are_reversed(battery: Battery) -> None:
    assert len(battery.items) == 60
    assert sum(battery.reverse(name) for name in battery.items) == 15
    assert sum(item.short for item in battery.items.values()) == 41


def test_the_short_form_keeps_three_items_of_every_scale_of_persons(battery: Battery) -> None:
    assert {sum(item.short for item in battery.scale_items(scale)) for scale in battery.person_scales} == {3}


def test_domains_of_persons_leave_out_the_conditions_in_the_unit(battery: Battery) -> None:
    assert battery.person_domains == ("want", "can", "endure", "lead")
    assert battery.domain_scales("endure") == ("persever", "resil", "conflict")
    assert battery.unit_scales[0] == "ctx_overload"


def test_everything_with_a_response_format_is_ordinal(battery: Battery) -> None:
    assert len(battery.ordinal_ids) == 60 + 4 + 6
    assert battery.value_range("sc1") == (1, 5)
    assert battery.value_range("bd1") == (0, 3)
    assert battery.format_of("ac2").id == "freq5"
    with pytest.raises(KeyError):
        battery.value_range("lg1")


def test_word_forms_of_the_place_are_put_into_the_texts(battery: Battery) -> None:
    assert "в этом городе" in battery.text("pa1", "ru")
    assert battery.text("pa1", "en") == "I enjoy showing visitors my favourite spots in this city."


def test_wishes_for_a_role_offer_the_roles_of_the_team(battery: Battery) -> None:
    assert [option.id for option in battery.conditions["lg3"].options][:2] == ["change_leader", "process_analyst"]


def test_a_foreign_battery_needs_nothing_but_what_it_measures_with(tmp_path: Path) -> None:
    instruments, problems = load(tmp_path, battery=FOREIGN)
    assert instruments is not None, problems
    battery = instruments.battery
    assert battery.person_domains == ("kind", "order")
    assert battery.scales["warmth"].min_answered == 0.6
    assert battery.scales["warmth"].level == "person"
    assert battery.scales["warmth"].name["ru"] == "warmth"
    assert battery.items["w2"].key == 1
    assert battery.items["w2"].text["ru"] == "I ask how others are."
    assert battery.domains["order"]["en"] == "Orderliness"
    assert battery.value_range("t2") == (1, 6)


def test_ids_stay_as_they_are_written(tmp_path: Path) -> None:
    content = FOREIGN.replace("id: w1", "id: 007").replace("id: w2", "id: no").replace("id: t1", "id: 1.10")
    instruments, problems = load(tmp_path, battery=content)
    assert instruments is not None, problems
    assert list(instruments.battery.items)[:3] == ["007", "no", "1.10"]
    assert notes_of(problems).count("yaml_boolean_id") == 1


def item(index: int, key: str, value: Any) -> Change:
    return lambda tree: tree["items"][index].__setitem__(key, value)


def drop(*path: Any) -> Change:
    def change(tree: Any) -> None:
        for key in path[:-1]:
            tree = tree[key]
        del tree[path[-1]]

    return change


def put(value: Any, *path: Any) -> Change:
    def change(tree: Any) -> None:
        for key in path[:-1]:
            tree = tree[key]
        tree[path[-1]] = value

    return change


# fmt: off
# ruff: noqa: E501
FAULTS: list[tuple[str, Change, str, str]] = [
    ("no id", drop("id"), "yaml_key_missing", "id"),
    ("no languages at all", put([], "languages"), "battery_no_language", "languages"),
    ("items no list", put({"a": 1}, "items"), "yaml_not_list", "items"),
    ("an item that is a text", put("sc1", "items", 3), "yaml_not_map", "items[3]"),
    ("an item without a scale", drop("items", 3, "scale"), "yaml_key_missing", "items[3].scale"),
    ("an unknown scale", item(3, "scale", "svc_comit"), "yaml_choice_unknown_near", "items[3].scale"),
    ("a scale like no other", item(3, "scale", "zzz"), "yaml_choice_unknown", "items[3].scale"),
    ("an unknown format", item(3, "format", "agree7"), "yaml_choice_unknown_near", "items[3].format"),
    ("a key of 2", item(3, "key", 2), "battery_key", "items[3].key"),
    ("a key of true", item(3, "key", True), "battery_key", "items[3].key"),
    ("a key in words", item(3, "key", "minus"), "battery_key", "items[3].key"),
    ("a list for a key", item(3, "key", [1]), "battery_key", "items[3].key"),
    ("a misspelt key", lambda t: t["items"][3].update(scal=t["items"][3].pop("scale")), "yaml_key_misspelt", "items[3].scal"),
    ("an item without Russian", drop("items", 3, "ru"), "yaml_text_missing", "items[3]"),
    ("an empty text", item(3, "en", ""), "yaml_not_text", "items[3].en"),
    ("a list for a text", item(3, "en", ["a"]), "yaml_not_text", "items[3].en"),
    ("short neither true nor false", item(3, "short", "yes"), "yaml_not_bool", "items[3].short"),
    ("an id twice", item(3, "id", "sc1"), "yaml_id_duplicate", "items[3].id"),
    ("an id of a quality item too", put("sc1", "quality_items", 0, "id"), "yaml_id_duplicate", "quality_items[0].id"),
    ("an id of a past fact too", put("sc1", "biodata", "items", 0, "id"), "yaml_id_duplicate", "biodata.items[0].id"),
    ("an id of a situation too", put("sc1", "sjt", "scenarios", 0, "id"), "yaml_id_duplicate", "sjt.scenarios[0].id"),
    ("an id of a condition too", put("sc1", "conditions", 3, "id"), "yaml_id_duplicate", "conditions[3].id"),
    ("an id with a semicolon", item(3, "id", "a;b"), "yaml_id_character", "items[3].id"),
    ("an id like a column", item(3, "id", "token"), "battery_id_reserved", "items[3].id"),
    ("an unknown domain", put("wont", "scales", "initiative", "domain"), "yaml_choice_unknown_near", "scales.initiative.domain"),
    ("min_answered above 1", put(60, "scales", "resil", "min_answered"), "yaml_out_of_range", "scales.resil.min_answered"),
    ("min_answered no number", put("most", "scales", "resil", "min_answered"), "yaml_not_number", "scales.resil.min_answered"),
    ("an unknown level", put("team", "scales", "resil", "level"), "yaml_choice_unknown", "scales.resil.level"),
    ("a scale without items", put({"domain": "want"}, "scales", "hope"), "battery_scale_empty", "scales.hope"),
    ("values that fall", put([5, 4, 3, 2, 1], "response_formats", "agree5", "values"), "battery_values_not_increasing", "response_formats.agree5.values"),
    ("a value that is no whole number", put([0, 1, 2, "4+"], "response_formats", "count4", "values"), "yaml_not_whole", "response_formats.count4.values[3]"),
    ("too few labels", drop("response_formats", "agree5", "labels", "ru", 0), "battery_labels_count", "response_formats.agree5.labels.ru"),
    ("two labels alike", put("Никогда", "response_formats", "freq5", "labels", "ru", 1), "battery_labels_alike", "response_formats.freq5.labels.ru"),
    ("labels in one language", drop("response_formats", "agree5", "labels", "en"), "yaml_text_missing", "response_formats.agree5.labels"),
    ("a format that is no scale", put("nominal", "response_formats", "can5", "type"), "yaml_choice_unknown_near", "response_formats.can5.type"),
    ("an attention check without an answer", drop("quality_items", 0, "expect"), "yaml_key_missing", "quality_items[0].expect"),
    ("an attention check off its format", put(9, "quality_items", 0, "expect"), "battery_code_off_format", "quality_items[0].expect"),
    ("a past fact of an unknown scale", put("initiativ", "biodata", "items", 0, "scale"), "yaml_choice_unknown_near", "biodata.items[0].scale"),
    ("a situation of an unknown scale", put("perseve", "sjt", "scenarios", 0, "scales", 0), "yaml_choice_unknown_near", "sjt.scenarios[0].scales[0]"),
    ("an option without a rate", drop("sjt", "scenarios", 0, "options", 1, "rate"), "yaml_key_missing", "sjt.scenarios[0].options[1].rate"),
    ("an option twice", put("a", "sjt", "scenarios", 0, "options", 1, "id"), "yaml_id_duplicate", "sjt.scenarios[0].options[1].id"),
    ("an option without an id", drop("conditions", 0, "options", 0, "v"), "yaml_key_missing", "conditions[0].options[0].v"),
    ("a condition of an unknown type", put("singel", "conditions", 0, "type"), "yaml_choice_unknown_near", "conditions[0].type"),
    ("a condition without options", drop("conditions", 0, "options"), "yaml_key_missing", "conditions[0].options"),
    ("an unknown set of word forms", put("village", "default_substitution"), "yaml_choice_unknown", "default_substitution"),
]
# fmt: on


@pytest.mark.parametrize(("change", "code", "path"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_one_thing_broken_is_one_stop_at_its_place(tmp_path: Path, change: Change, code: str, path: str) -> None:
    assert stops_of(changed(tmp_path, "battery", change)) == [(code, path)]


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    def change(tree: Any) -> None:
        tree["items"][0]["key"] = 0
        tree["items"][1]["scale"] = "nowhere"
        del tree["items"][2]["en"]
        tree["scales"]["resil"]["min_answered"] = -1

    assert stops_of(changed(tmp_path, "battery", change)) == [
        ("yaml_out_of_range", "scales.resil.min_answered"),
        ("battery_key", "items[0].key"),
        ("yaml_choice_unknown", "items[1].scale"),
        ("yaml_text_missing", "items[2]"),
    ]


def test_a_problem_tells_the_line_and_what_stands_there(tmp_path: Path) -> None:
    content = FOREIGN.replace("key: -1, format: six, en: \"I leave", "key: -2, format: six, en: \"I leave")
    problem = next(p for p in load(tmp_path, battery=content)[1] if p.code == "battery_key")
    assert problem.table == "battery.yaml"
    assert problem.value == "-2"
    assert "-2" in content.splitlines()[problem.row - 1 if problem.row else 0]


def test_an_unknown_key_like_no_known_one_is_left_aside_with_a_note(tmp_path: Path) -> None:
    instruments, problems = load(tmp_path, battery=FOREIGN + "doi: 10.1/x\n")
    assert instruments is not None
    assert "yaml_key_unknown" in notes_of(problems)


def test_a_battery_without_a_scale_of_persons_measures_nobody(tmp_path: Path) -> None:
    content = FOREIGN.replace("domain: kind", "domain: kind, level: unit").replace("min_answered: 0.5", "level: unit")
    assert ("battery_no_person_scale", "scales") in stops_of(load(tmp_path, battery=content)[1])
