"""Exports of LimeSurvey, Google Forms and Yandex Forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_folder import BATTERY, INSTRUMENTS, PEOPLE, Rows, csv_text, found, notable, read, sound_tables

from assessment.campaign import Intake
from assessment.intake.layouts import Questions, layout_of, squash

assert INSTRUMENTS is not None
QUESTIONS = Questions(INSTRUMENTS)


def label(name: str, value: int, language: str = "ru") -> str:
    answers = BATTERY.format_of(name)
    return answers.labels[language][answers.values.index(value)]


def swapped(rows: Rows, mark: bytes = b"") -> Any:
    def change(tables: dict[str, Any]) -> None:
        del tables["survey_wide"]
        tables["survey_wide.csv"] = mark + csv_text(rows).encode()

    return change


def same_as_sound(tmp_path: Path, intake: Intake) -> None:
    (tmp_path / "sound").mkdir()
    sound = read(tmp_path / "sound").campaign
    assert sound is not None
    assert notable(intake) == []
    assert intake.campaign is not None
    for name in ("answers", "situations", "conditions"):
        assert getattr(intake.campaign, name).equals(getattr(sound, name)), name


def lime_survey() -> Rows:
    """Codes without underscores, arrays by scale, answer codes AO01, times, addresses."""
    found = []
    for n, row in enumerate(sound_tables()["survey_wide"]):
        out: dict[str, Any] = {"id": n + 1, "submitdate": row["submitted_at"], "lastpage": 9, "startlanguage": "ru",
                               "seed": 77,
                               "token": row["token"], "startdate": row["started_at"], "datestamp": "",
                               "ipaddr": "10.0.0.1",
                               "refurl": "https://example.org"}  # fmt: skip
        for scale in ("svc_commit", "place_att"):
            for place, item in enumerate(BATTERY.scale_items(scale), start=1):
                out[f"{scale.replace('_', '')}[SQ{place:03d}]"] = f"AO{row[item.id]:02d}"
        rest = [
            i
            for i in BATTERY.ordinal_ids
            if i not in BATTERY.items or BATTERY.items[i].scale not in ("svc_commit", "place_att")
        ]
        for name in rest:
            place = BATTERY.format_of(name).values.index(row[name]) + 1
            out[f"block[{name}]" if name.startswith("c") else name] = f"A{place}"
        for situation in BATTERY.situations:
            out[f"{situation}most"], out[f"{situation}least"] = "A1", "A4"
        out |= {"lg1": "yespart", "lg2": "A3", "lg4": "Поддержит"}
        out |= {"lg3[changeleader]": "Y", "lg3[processanalyst]": "", "lg3[communicator]": "Да"}
        found.append({**out, "interviewtime": "612,5", "groupTime12": "30.1", "sc1Time": "7.25", "svccommitTime": "40"})
    return found


def test_a_limesurvey_export_gives_the_same_tables(tmp_path: Path) -> None:
    intake = read(tmp_path, swapped(lime_survey(), b"\xef\xbb\xbf"))
    assert found(intake, "survey_layout")[0].params == {"layout": "LimeSurvey"}
    assert [p.column for p in found(intake, "column_dropped")] == ["ipaddr", "refurl"]
    assert found(intake, "column_unknown") == found(intake, "column_unknown_near") == []
    same_as_sound(tmp_path, intake)
    assert intake.campaign is not None
    assert intake.campaign.submissions["duration_s"].tolist() == [612.5] * 8
    assert intake.campaign.seconds.columns.tolist() == ["sc1"]
    assert "10.0.0.1" not in repr(intake.problems)


def test_an_unfinished_limesurvey_row_is_used_and_counted(tmp_path: Path) -> None:
    rows = lime_survey()
    rows[2]["submitdate"] = ""
    intake = read(tmp_path, swapped(rows))
    assert found(intake, "submissions_unfinished")[0].params == {"n": 1}


def text_of(name: str, language: str, place: str = "city") -> str:
    asked = {**BATTERY.items, **BATTERY.quality_items, **BATTERY.biodata, **BATTERY.situations, **BATTERY.conditions}[
        name
    ]
    text = asked.text[language]
    for form, words in BATTERY.substitutions[place][language].items():
        text = text.replace("{" + form + "}", words)
    return text


def google_forms(language: str = "ru", place: str = "district") -> Rows:
    """Whole questions as headings, labels as answers, checkboxes joined by commas."""
    stamp = {"ru": "Отметка времени", "en": "Timestamp"}[language]
    marks = {"ru": ("[Вероятнее всего]", "[Наименее вероятно]"), "en": ("[Most likely]", "[Least likely]")}[language]
    found = []
    for n, row in enumerate(sound_tables()["survey_wide"]):
        out: dict[str, Any] = {stamp: f"3/{n + 10}/2026 10:05:00" if language == "en" else f"{n + 10}.03.2026 10:05:00",
                               "Адрес электронной почты": "a@b.ru", "Код участника": PEOPLE[n]}  # fmt: skip
        for number, name in enumerate(BATTERY.ordinal_ids):
            heading = text_of(name, language, place)
            heading = f"{number + 1}. {heading.upper().replace('Ё', 'Е')}" if number % 3 == 0 else heading
            out[f"Насколько это про вас? [{heading}]" if number % 3 == 1 else heading] = label(
                name, row[name], language
            )
        for name, situation in BATTERY.situations.items():
            for mark, option in zip(marks, ("a", "d"), strict=True):
                text = next(o.text[language] for o in situation.options if o.id == option)
                out[f"{text_of(name, language)} {mark}"] = text
        for name in ("lg1", "lg2", "lg4"):
            options = {o.id: o.text[language] for o in BATTERY.conditions[name].options}
            out[text_of(name, language)] = options[row[name]]
        assert INSTRUMENTS is not None
        roles = INSTRUMENTS.roles.roles
        out[text_of("lg3", language)] = ", ".join(roles[r].name[language] for r in row["lg3"].split(";"))
        found.append(out)
    return found


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_google_forms_export_gives_the_same_tables(tmp_path: Path, language: str) -> None:
    intake = read(tmp_path, swapped(google_forms(language)))
    assert found(intake, "survey_layout")[0].params == {"layout": "Google Forms"}
    assert [p.column for p in found(intake, "column_dropped")] == ["Адрес электронной почты"]
    assert len(found(intake, "survey_from_abroad")) == 1
    assert found(intake, "column_unknown") == []
    same_as_sound(tmp_path, intake)
    assert intake.campaign is not None
    assert intake.campaign.submissions["submitted_at"].iloc[7].isoformat() == "2026-03-17T10:05:00"


def test_a_yandex_forms_export_gives_the_same_tables(tmp_path: Path) -> None:
    rows = []
    for n, row in enumerate(google_forms("ru")):
        row = {k: v for k, v in row.items() if k not in ("Отметка времени", "Адрес электронной почты", "Код участника")}
        rows.append({"ID": f"6{n}", "Время создания": f"2026-03-{n + 10} 10:00:00", "Токен": f"T{n}", **row})
    intake = read(tmp_path, swapped(rows))
    assert found(intake, "survey_layout")[0].params == {"layout": "Yandex Forms"}
    same_as_sound(tmp_path, intake)


def test_a_code_in_the_column_of_participants_may_be_a_token(tmp_path: Path) -> None:
    rows = [{**row, "Код участника": f"T{n}"} for n, row in enumerate(google_forms("ru"))]
    same_as_sound(tmp_path, read(tmp_path, swapped(rows)))


def test_the_number_of_an_answer_is_no_person(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for n, row in enumerate(tables["survey_wide"]):
            row["ID"] = n

    assert notable(read(tmp_path, change)) == []


def test_a_situation_with_a_column_for_each_action(tmp_path: Path) -> None:
    def change(tables: dict[str, Any]) -> None:
        for row in tables["survey_wide"]:
            del row["sj1_most"], row["sj1_least"]
            for option in BATTERY.situations["sj1"].options:
                mark = {"a": "Вероятнее всего", "d": "Наименее вероятно"}.get(option.id, "")
                row[f"{text_of('sj1', 'ru')} [{option.text['ru']}]"] = mark

    same_as_sound(tmp_path, read(tmp_path, change))


def test_a_free_text_no_score_uses_is_no_unknown_column(tmp_path: Path) -> None:
    heading = "Назовите одно самое заметное из этих дел и того, кто может о нём рассказать."
    intake = read(
        tmp_path, lambda tables: [row.update({heading: "…", "bd_example": "…"}) for row in tables["survey_wide"]]
    )
    assert [p.code for p in intake.problems if p.table == "survey_wide"] == []


def test_a_place_nobody_listed_is_understood() -> None:
    assert QUESTIONS.find("Я с удовольствием показываю приезжим любимые места в Казани.") == ("pa1", "")


@pytest.mark.parametrize("heading", ["Ваш отдел", "sc", "Через пять лет", "[]", "…", "sj1_maybe", "lg9"])
def test_what_is_no_question_is_none(heading: str) -> None:
    assert not QUESTIONS.knows(heading)


def test_every_question_is_found_by_its_text_in_both_languages_and_every_place() -> None:
    for name in [*BATTERY.ordinal_ids, *BATTERY.situations, *BATTERY.conditions]:
        for place in BATTERY.substitutions:
            for language in ("ru", "en"):
                assert QUESTIONS.find(text_of(name, language, place)) == (name, "")


def test_questions_are_compared_by_letters_and_digits() -> None:
    assert squash("<b>Я Всё,  делаю</b> — сам!") == squash("я все делаю сам")


def test_our_own_columns_are_no_survey_program() -> None:
    assert layout_of(["token", "submitted_at", "sc1"]) == ""
