"""The invented municipality of 120 people, run through once for all tests that look at finished lists."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from assessment import funnel
from assessment.funnel import Result
from assessment.intake.folder import read_folder
from assessment.synthetic.municipality import write_demo


@cache
def invented(people: int = 120, shortlist: int = 40, team: int = 12) -> Result:
    """A finished run; the lists are cut to the size of the municipality."""
    with tempfile.TemporaryDirectory() as name:
        write_demo(Path(name) / "demo", people, 3)
        campaign = read_folder(Path(name) / "demo").campaign
    assert campaign is not None
    settings = replace(campaign.settings, shortlist=shortlist, team=team)
    return funnel.run(replace(campaign, settings=settings), detail="bare")
