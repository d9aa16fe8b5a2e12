"""Files from the browser: they land in one folder under their own names and nowhere else."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from assessment import uploads
from assessment.synthetic.municipality import write_demo


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("staff.csv", "staff.csv"),
        ("../../etc/staff.csv", "staff.csv"),
        ("C:\\Users\\o\\staff.xlsx", "staff.xlsx"),
        ("battery.yaml", "questionnaires/battery.yaml"),
        ("campaign.yaml", "campaign.yaml"),
    ],
)
def test_only_the_last_part_of_a_name_counts(name, place):
    assert uploads.place(name) == PurePath(place)


def test_files_are_read_as_a_folder_and_the_questionnaires_are_kept(tmp_path):
    write_demo(tmp_path, people=60, seed=5)
    files = {f.name: f.read_bytes() for f in tmp_path.iterdir() if f.suffix == ".csv" and f.name != "truth.csv"}
    own = (uploads.Path(__file__).parents[1] / "questionnaires" / "observation.yaml").read_bytes()
    arrival = uploads.read_uploads({**files, "observation.yaml": own})
    assert arrival.intake.campaign is not None, arrival.intake.problems
    assert dict(arrival.questionnaires) == {"observation.yaml": own}


def test_one_table_alone_is_refused_with_words_for_what_is_missing():
    arrival = uploads.read_uploads({"staff.csv": b"person_id\nP1\n"})
    assert arrival.intake.campaign is None
    assert any(problem.severity == "stop" for problem in arrival.intake.problems)


def test_the_invented_town_passes_its_own_checks():
    told = []
    arrival = uploads.invent(60, 3, lambda step, share: told.append((step, share)))
    assert arrival.intake.campaign is not None
    assert [step for step, _ in told] == ["invent", "intake"]
