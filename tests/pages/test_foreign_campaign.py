"""A questionnaire of one's own, a staff list of ids alone: every page works with what is there."""

from __future__ import annotations

import numpy as np
import pytest

from assessment import uploads
from tests.pages.conftest import html_of

ITEMS = [f"q{k}" for k in range(1, 9)]


def battery(domains: int) -> str:
    scales = {f"s{k}": [i for n, i in enumerate(ITEMS) if n % domains == k] for k in range(domains)}
    lines = ["id: own", 'version: "1"', "languages: [ru, en]", "response_formats:"]
    lines += [
        "  five: {type: ordinal, values: [1, 2, 3, 4, 5], labels: {ru: [а, б, в, г, д], en: [a, b, c, d, e]}}",
        "domains:",
    ]
    lines += [f"  d{k}: {{ru: Область {k}, en: Domain {k}}}" for k in range(domains)] + ["scales:"]
    lines += [
        f"  {s}: {{domain: d{s[1:]}, min_answered: 0.5, level: person, name: {{ru: Шкала {s[1:]}, en: Scale {s[1:]}}}}}"
        for s in scales
    ]
    lines += ["items:"]
    lines += [
        f"  - {{id: {i}, scale: {s}, key: 1, format: five, ru: Вопрос, en: Question}}"
        for s, items in scales.items()
        for i in items
    ]
    return "\n".join(lines) + "\n"


def files(domains: int) -> dict[str, bytes]:
    rng = np.random.default_rng(4)
    people = [f"{k:05d}" for k in range(1, 41)]
    level = rng.normal(size=(40, 1)) + 0.7 * rng.normal(size=(40, 8))
    codes = np.clip(np.round(3 + level), 1, 5).astype(int)
    survey = [",".join(["person_id", *ITEMS])] + [
        ",".join([p, *map(str, row)]) for p, row in zip(people, codes, strict=True)
    ]
    return {
        "staff.csv": ("person_id\n" + "\n".join(people) + "\n").encode(),
        "survey_wide.csv": ("\n".join(survey) + "\n").encode(),
        "battery.yaml": battery(domains).encode(),
        "campaign.yaml": "name: Свой отбор\nshortlist: 12\nteam: 5\n".encode(),
    }


@pytest.fixture(params=[1, 2, 5])
def foreign(request, empty_store):
    arrival = uploads.read_uploads(files(request.param))
    assert arrival.intake.campaign is not None, arrival.intake.problems
    empty_store.add_campaign(
        arrival.intake.campaign, arrival.intake.problems, questionnaires=dict(arrival.questionnaires)
    )
    return request.param


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_works_with_other_domains_and_without_units(foreign, open_page, language):
    for page in ("overview", "whatif", "person", "team", "data"):
        shown = html_of(open_page(page, language))
        assert shown.count('<h1 class="finding">') == 1
        assert "вымышленные" not in shown and "invented data" not in shown


def test_there_is_a_slider_for_each_domain(foreign, open_page):
    app = open_page("whatif")
    assert [s.key for s in app.slider if s.key.startswith("w_")] == [f"w_d{k}" for k in range(foreign)]
