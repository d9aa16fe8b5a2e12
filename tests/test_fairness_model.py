"""Sources left out of the model reading: what goes, what stays, and lists as long as before."""

from __future__ import annotations

import pytest

from assessment.campaign import METHODS
from assessment.fairness.groups import groups
from assessment.fairness.model import model_without_sources, without_source
from tests.invented_run import invented


@pytest.mark.parametrize("method", METHODS)
def test_a_source_that_was_never_asked_is_gone_and_the_others_stay(method):
    campaign = invented().campaign
    left = without_source(campaign, method)
    battery = campaign.instruments.battery
    kept = {
        "self_report": left.answers[[i for i in battery.items if i in left.answers]].notna().any(axis=None),
        "biodata_sjt": left.answers[[i for i in battery.biodata if i in left.answers]].notna().any(axis=None)
        or left.situations.notna().any(axis=None),
        "observation": len(left.observations) > 0,
        "sociometry": len(left.sociometry) > 0,
        "interview": len(left.interviews) > 0,
    }
    assert {m for m, there in kept.items() if not there} == {method}
    assert left.staff.equals(campaign.staff) and len(campaign.observations) > 0


def test_an_unknown_source_is_refused():
    with pytest.raises(ValueError):
        without_source(invented().campaign, "graphology")


def test_every_source_left_out_gives_lists_of_the_same_length_and_some_other_names():
    result = invented()
    table, told = groups(result.campaign)[["gender"]], []
    rows = model_without_sources(
        result.campaign, result.measures, result.ranking, table, tell=lambda method, share: told.append((method, share))
    )
    assert [m for m, _ in told] == ["", *METHODS] and told[0][1] == 0 and max(s for _, s in told) < 1
    assert set(rows.groupby(["without", "stage"])["passed"].sum().xs("shortlist", level="stage")) == {40}
    changed = rows.groupby(["without", "stage"])["changed"].first()
    assert changed[("", "shortlist")] == changed[("", "team")] == changed[("interview", "shortlist")] == 0
    assert changed[("self_report", "shortlist")] > 0 and changed[("interview", "team")] > 0
    assert rows["d"].notna().any()
