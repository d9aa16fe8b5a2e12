"""What people come to do, from one end to the other, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.synthetic.municipality import write_demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def finding(page, words: str) -> None:
    """Wait until the page's finding holds the words."""
    page.wait_for_function(
        "words => (document.querySelector('h1.finding')?.innerText || '').includes(words)", arg=words
    )


def heading(page, words: str) -> None:
    page.get_by_role("heading", name=words, exact=True).wait_for()


def go(page, name: str) -> None:
    """Open a page by its name in the navigation, under whatever heading it stands."""
    alone = page.get_by_test_id("stTopNavLink").filter(has_text=name)
    sections = page.get_by_test_id("stTopNavSection")
    sections.first.wait_for()
    for heading in () if alone.count() else range(sections.count()):
        sections.nth(heading).click()
        found = page.get_by_test_id("stTopNavDropdownLink").get_by_text(name, exact=True)
        page.get_by_test_id("stTopNavDropdownLink").first.wait_for()
        if found.count():
            return found.click()
        page.keyboard.press("Escape")
    return alone.first.click()


def weigh(page, domain: str, presses: int) -> None:
    slider = page.locator(f".st-key-w_{domain} input[type=range]")
    slider.focus()
    for _ in range(presses):
        slider.press("PageUp")


def choose_row(page, row: int) -> None:
    box = page.locator(".st-key-list canvas").first.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + 35 + 32 * row + 16)


def test_from_files_to_the_team(address, visit, tmp_path: Path):
    write_demo(tmp_path / "files", people=60, seed=5)
    page = visit(f"{address}/?lang=ru")
    go(page, "Загрузка")
    files = [
        f for f in sorted((tmp_path / "files").iterdir()) if f.suffix in (".csv", ".yaml") and f.name != "truth.csv"
    ]
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(files)
    page.get_by_text("staff.csv").wait_for()
    before = page.inner_text("h1.finding")
    page.get_by_role("button", name="Проверить и загрузить").click()
    page.wait_for_function("before => document.querySelector('h1.finding')?.innerText !== before", arg=before)
    finding(page, "Загружен")
    heading(page, "Что нашла проверка")

    go(page, "Обзор")
    heading(page, "Путь отбора")
    go(page, "Что если")
    heading(page, "Веса")
    weigh(page, "lead", 5)
    finding(page, "Что если «Ведёт за собой» важнее?")
    choose_row(page, 1)
    page.get_by_role("link", name="Открыть карточку").click()
    heading(page, "Почему это место")
    name = page.inner_text("h1.finding")
    assert len(name.split()) == 2

    page.get_by_role("button", name="Записать решение").click()
    page.get_by_text("Не записано.").wait_for()
    page.get_by_label("Основание", exact=True).fill("Доводит до конца, коллеги идут за советом")
    page.get_by_label("Кто записывает").fill("Т. Орлова, консультант")
    page.get_by_role("button", name="Записать решение").click()
    page.get_by_text("Доводит до конца, коллеги идут за советом").first.wait_for()

    go(page, "Состав")
    heading(page, "Кто на каких местах")
    page.locator("[class*=st-key-seat_] button").first.click()
    page.get_by_text("Если выйдет").wait_for()

    later = visit(f"{address}/data?lang=ru")  # another browser: everything is still there
    finding(later, "Загружен")
    heading(later, "Отборы")


def test_the_language_changes_on_every_page(address, visit):
    page = visit(f"{address}/team?lang=ru")
    finding(page, "Команда из")
    page.get_by_role("radio", name="Eng").or_(page.get_by_role("button", name="Eng")).first.click()
    finding(page, "The team of")
    go(page, "What-if")
    heading(page, "Weights")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_is_wider_than_the_screen(address, visit, language, width):
    for name in ("", "whatif", "person", "team", "quality", "fairness", "data"):
        page = visit(f"{address}/{name}?lang={language}", width, language)
        page.wait_for_timeout(800)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("h1.finding").count() == 1
        page.context.close()


def test_on_a_phone_the_weights_are_folded_until_asked_for(address, visit):
    page = visit(f"{address}/whatif?lang=ru", 390)
    weights = page.locator(".st-key-w_want")
    page.locator(".st-key-list canvas").first.wait_for()
    assert not weights.is_visible()
    page.locator(".st-key-fold_switch label").click()
    weights.wait_for(state="visible")


def test_a_shared_address_opens_the_same_weights(address, visit):
    page = visit(f"{address}/whatif?lang=ru&w_lead=80")
    finding(page, "Что если «Ведёт за собой» важнее?")
