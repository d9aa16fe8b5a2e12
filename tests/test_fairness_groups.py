"""Groups of people: bands of age and service, what is not known, the usual order."""

from __future__ import annotations

import datetime as dt

from assessment.fairness.groups import groups, ordered, reference_day
from tests.fairness_example import staffed
from tests.small_campaign import small_campaign

ON = dt.date(2026, 11, 23)


def test_bands_of_age_and_service_begin_where_they_say():
    table = groups(staffed(), ON)
    ages = table["age"]
    assert (ages["P016"], ages["P017"], ages["P031"], ages["P032"]) == ("50plus", "35to49", "35to49", "under35")
    served = table["tenure"]  # 250 days a step: a year is between 1 and 2, five years between 7 and 8
    assert (served["P001"], served["P002"], served["P007"], served["P008"]) == ("under1", "1to5", "1to5", "5to15")


def test_what_is_not_known_is_an_empty_group_and_an_attribute_nobody_has_is_left_out():
    table = groups(staffed(), ON)
    assert list(table) == ["gender", "age", "level", "tenure"]
    assert list(table["gender"].value_counts()[["f", "m", ""]]) == [12, 24, 4]


def test_years_are_counted_to_the_last_answer_never_to_today():
    campaign = staffed()
    assert reference_day(campaign) == ON  # the last hiring, where nobody has answered
    assert reference_day(small_campaign(["P1"])) is None
    assert list(groups(small_campaign(["P1"], staff={"birth_year": [1980]}))) == []


def test_groups_come_in_their_usual_order_and_the_unknown_last():
    campaign = staffed()
    table = groups(campaign, ON)
    assert ordered(campaign, "age", table["age"]) == ["under35", "35to49", "50plus"]
    assert ordered(campaign, "level", table["level"]) == ["specialist", "head"]
    assert ordered(campaign, "gender", table["gender"]) == ["f", "m", ""]
