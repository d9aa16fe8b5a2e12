"""One municipality's selection: its tables, its settings, its instruments."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import pandas as pd

from assessment.problems import Problem

if TYPE_CHECKING:
    from assessment.instruments.reading import Instruments

METHODS = ("self_report", "biodata_sjt", "observation", "sociometry", "interview")


@dataclass(frozen=True)
class Criteria:
    """What we want: weights of domains (or constructs), how much a weak side counts, which reading.

    weights : "expert", "equal", a map of domains or a map of constructs to weights >= 0
    balance : exponent of the power mean; 1 = weighted sum, 0 = geometric, below 0 the weaker side counts more
    reading : "model" or "plain"
    """

    weights: str | Mapping[str, float] = "expert"
    balance: float = 0.0
    reading: str = "model"


@dataclass(frozen=True)
class Settings:
    """The contents of campaign.yaml with defaults filled in; rules are None where the file is silent."""

    name: str = ""
    shortlist: int = 90
    team: int = 30
    criteria: Criteria = field(default_factory=Criteria)
    method_variance: str | float = "auto"
    shortlist_rules: tuple[Mapping[str, Any], ...] | None = None
    team_rules: tuple[Mapping[str, Any], ...] | None = None
    invented: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Campaign:
    """Everything known about one selection, tidy and checked; consents are already applied.

    staff : one row a person, index person_id (sorted text): the columns of the dictionary that were delivered, and
        any further columns of the file; no names. Numbers are numbers, dates are dates, the rest text (NaN = missing).
    names : index person_id: full_name, personnel_no, work_email, manager_personnel_no (whichever were delivered)
    answers : index person_id (people with a submission), columns = ordinal ids of the battery (items, quality items,
        past facts), raw codes as float before reversing, NaN = missing
    situations : index person_id, columns <situation>_most, <situation>_least: option id or NaN
    conditions : index person_id, columns = condition ids: code; several codes joined by ";"; NaN = missing
    seconds : index person_id, columns = item ids, seconds on the item (may have no columns)
    submissions : index person_id: started_at, submitted_at, language, duration_s where delivered
    observations, sociometry, attendance, interviews, consents, decisions, process_answers, outcomes : long tables with
        the columns of the dictionary (typed; always all columns, empty where the table was not delivered).
        interviews has a further column `rating` = rating_final where given, else rating_initial.
    present : names of the tables that were delivered
    inputs : file name -> sha256 of its bytes (campaign.yaml and questionnaires/ included)
    """

    settings: Settings
    instruments: Instruments
    staff: pd.DataFrame
    names: pd.DataFrame
    answers: pd.DataFrame
    situations: pd.DataFrame
    conditions: pd.DataFrame
    seconds: pd.DataFrame
    submissions: pd.DataFrame
    observations: pd.DataFrame
    sociometry: pd.DataFrame
    attendance: pd.DataFrame
    interviews: pd.DataFrame
    consents: pd.DataFrame
    decisions: pd.DataFrame
    process_answers: pd.DataFrame
    outcomes: pd.DataFrame
    present: frozenset[str] = frozenset()
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def people(self) -> pd.Index:
        """Ids of everybody in the selection, sorted."""
        return self.staff.index

    @property
    def no_peer_data(self) -> frozenset[str]:
        """Ids of people about whom nothing that colleagues or observers said is used (consents delivered, not given).

        Of several rows of a person the latest by given_at counts, at the same moment the refusal.
        """
        if "consents" not in self.present:
            return frozenset()
        rows = self.consents[self.consents["purpose"] == "peer_data"]
        yes = rows["given"].eq(True) & rows["withdrawn_at"].isna()
        last = rows.assign(yes=yes).sort_values(["given_at", "yes"], ascending=[True, False], kind="stable")
        last = last.drop_duplicates("person_id", keep="last")
        return frozenset(map(str, self.people)) - frozenset(last.loc[last["yes"], "person_id"])

    @property
    def revision(self) -> str:
        """A short fingerprint of the data and settings: equal inputs, equal revision."""
        lines = [f"{name}:{digest}" for name, digest in sorted(self.inputs.items())]
        return hashlib.sha256("\n".join([*lines, repr(self.settings)]).encode()).hexdigest()[:12]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if isinstance(getattr(self, f.name), pd.DataFrame)}


@dataclass(frozen=True)
class Intake:
    """What reading a folder gave: the campaign, or None when something stops it, and every problem found.

    withheld : ids of people who appear in no output (no consent to selection). For memory only, so that a rule naming
        one of them can be refused; never written, shown or logged.
    draft : what could be read although something stops (None: too little). Good for naming faults of the rules together
        with those of the data; nothing may be computed from it.
    """

    campaign: Campaign | None
    problems: tuple[Problem, ...]
    withheld: frozenset[str] = field(default=frozenset(), repr=False)
    draft: Campaign | None = field(default=None, repr=False)
