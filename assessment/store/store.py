"""The store: campaigns, rules, scenarios, decisions and results, durable when a call returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd
import sqlalchemy as sa

from assessment import decisions as rules_of_record
from assessment.campaign import Campaign, Criteria
from assessment.decisions import ERASURE, EXPORT, Decision, Entry
from assessment.problems import AssessmentError, Problem
from assessment.store import campaigns as store_campaigns
from assessment.store import models as store_models
from assessment.store import record as store_record
from assessment.store import results as store_results
from assessment.store import schema
from assessment.store.campaigns import CampaignInfo, Revision
from assessment.store.models import KeptModel
from assessment.store.record import Outcome, now
from assessment.store.schema import Database
from assessment.store.tables import NotStorable, pack, unpack

__all__ = ["CampaignInfo", "KeptModel", "NotStorable", "Outcome", "Revision", "RulesVersion", "Scenario", "Store"]

LISTS = ("shortlist", "team")


@dataclass(frozen=True)
class Scenario:
    """Criteria and rules somebody saved to come back to.

    rules : YAML text of the rules, empty for those in force; input_hash : `Campaign.revision` it was computed from
    number, created_at : filled in by the store
    """

    name: str
    author: str
    criteria: Criteria
    rules: str = ""
    comment: str = ""
    seed: int = 1
    input_hash: str = ""
    number: int = 0
    created_at: str = ""


@dataclass(frozen=True)
class RulesVersion:
    """One version of the rules (locks included) of a list; version 0 means nobody has written any."""

    list: str
    version: int
    text: str
    author: str
    reason: str
    created_at: str


@dataclass(frozen=True)
class RulesOutcome:
    """What came of saving rules: the version now in force, and the problems when ours was not taken."""

    current: RulesVersion
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether ours is the version in force."""
        return not self.problems


class Store:
    """The only door to the database and to result files; safe to share between threads.

    Parameters
    ----------
    location : file of the embedded database (made when absent), or the URL of a database server
    folder : where result files lie; beside the file when not given, compulsory with a URL

    Methods raise KeyError for a campaign that does not exist and AssessmentError for what the machine does to us
    (disk full, file damaged, database of a newer version). What a person can get wrong comes back as problems.
    """

    def __init__(self, location: Path | str, folder: Path | None = None) -> None:
        is_url = isinstance(location, str) and "://" in location
        if is_url and folder is None:
            raise ValueError("a database server needs a folder for result files")
        path = Path(location)
        if not is_url:
            _make_folder(path.parent)
        self.folder = folder if folder is not None else path.parent
        self._database = Database(str(location) if is_url else f"sqlite:///{path.absolute()}")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Finish with the database."""
        self._database.close()

    def answers(self) -> bool:
        """Whether the database answers with the schema this program knows."""
        with self._database.read() as connection:
            query = sa.select(schema.facts.c.value).where(schema.facts.c.key == "schema")
            return connection.scalar(query) == schema.SCHEMA

    def backup(self, target: Path) -> None:
        """A consistent copy of the embedded database while it is in use."""
        self._database.backup(target)

    # Campaigns

    def add_campaign(
        self,
        campaign: Campaign,
        problems: Iterable[Problem] = (),
        *,
        author: str = "",
        campaign_id: str | None = None,
        questionnaires: Path | Mapping[str, bytes] | None = None,
        only_if_empty: bool = False,
    ) -> CampaignInfo:
        """Store an import: a new campaign, or the next revision of `campaign_id`.

        Parameters
        ----------
        questionnaires : folder or bytes of the campaign's own YAML files; compulsory when it brought any
        only_if_empty : leave a store that already holds campaigns as it is; then its first campaign is returned
        """
        packed = store_campaigns.pack_campaign(campaign, questionnaires)
        with self._database.write() as connection:
            there = store_campaigns.list_campaigns(connection)
            if only_if_empty and there:
                return there[0]
            number = 1
            if campaign_id is None:
                campaign_id = store_campaigns.free_id(connection)
                store_campaigns.insert_campaign(connection, campaign, campaign_id)
            else:
                number = store_campaigns.next_revision(connection, campaign, campaign_id)
            store_campaigns.insert_revision(connection, packed, problems, campaign_id, number, author)
            return next(c for c in store_campaigns.list_campaigns(connection) if c.id == campaign_id)

    def campaigns(self) -> list[CampaignInfo]:
        """All campaigns, oldest first."""
        with self._database.read() as connection:
            return store_campaigns.list_campaigns(connection)

    def campaign(self, campaign_id: str) -> CampaignInfo:
        """One campaign without its data; cheap enough to ask at every rerun."""
        for info in self.campaigns():
            if info.id == campaign_id:
                return info
        raise KeyError(f"no campaign {campaign_id!r}")

    def revisions(self, campaign_id: str) -> list[Revision]:
        """All imports of a campaign, oldest first."""
        with self._database.read() as connection:
            return store_campaigns.list_revisions(connection, campaign_id)

    def load(self, campaign_id: str, revision: int | None = None) -> Campaign:
        """A campaign exactly as it was stored; the last import when no revision is named."""
        with self._database.read() as connection:
            return store_campaigns.load_campaign(connection, campaign_id, revision)

    def problems(self, campaign_id: str, revision: int | None = None) -> list[Problem]:
        """What the import found."""
        with self._database.read() as connection:
            return store_campaigns.load_problems(connection, campaign_id, revision)

    def erase(self, campaign_id: str, author: str, reason: str, keep_current: bool = False) -> Outcome:
        """Remove a campaign's data and names, or only its earlier imports; the record of decisions stays, with a
        new entry that says who erased how much and why."""
        with self._database.write() as connection:
            problems = rules_of_record.check_signed(author, reason)
            if problems:
                return Outcome(problems=tuple(problems))
            count = store_campaigns.erase_data(connection, campaign_id, keep_current)
            details = pack({"revisions": count, "whole": not keep_current})
            outcome = store_record.append_act(connection, campaign_id, ERASURE, author, reason, details)
        if not keep_current:
            store_results.remove_folder(self.folder / campaign_id)
            store_results.remove_folder(self.folder / campaign_id / store_models.FOLDER)
        return outcome

    # The record of decisions

    def decide(
        self, campaign_id: str, decisions: Decision | Sequence[Decision], expected_version: int | None = None
    ) -> Outcome:
        """Record decisions, all or none.

        Parameters
        ----------
        expected_version : length of the record the author was looking at; when others have since decided about
            the same people, nothing is written and the outcome says what they did
        """
        wanted = [decisions] if isinstance(decisions, Decision) else list(decisions)
        with self._database.write() as connection:
            people = store_campaigns.people_of(connection, campaign_id)
            return store_record.append_decisions(connection, campaign_id, wanted, people, expected_version)

    def undo(self, campaign_id: str, sequence: int, author: str, reason: str) -> Outcome:
        """Take a decision back by a new entry."""
        with self._database.write() as connection:
            return store_record.append_undo(connection, campaign_id, sequence, author, reason)

    def note_export(self, campaign_id: str, author: str, what: str, details: str = "") -> Outcome:
        """Record that something left the house; `details` for its SHA-256 and other facts."""
        with self._database.write() as connection:
            return store_record.append_act(connection, campaign_id, EXPORT, author, what, details)

    def record(self, campaign_id: str) -> list[Entry]:
        """Every entry, oldest first."""
        with self._database.read() as connection:
            return store_record.read_record(connection, campaign_id)

    def decisions(self, campaign_id: str) -> pd.DataFrame:
        """The decisions that stand, in the columns of the data dictionary."""
        return rules_of_record.as_table(self.record(campaign_id))

    def stages(self, campaign_id: str) -> dict[str, str]:
        """Current stage per person with a decision that stands; everybody else is in the pool."""
        return rules_of_record.replay(self.record(campaign_id))

    def head(self, campaign_id: str) -> tuple[int, str]:
        """Number of entries and hash of the last one: what is printed on every protocol."""
        with self._database.read() as connection:
            return store_record.head_of(connection, campaign_id)

    def verify(self, campaign_id: str, printed: Iterable[str] = ()) -> list[Problem]:
        """What is wrong with the record; `printed` are heads that stand on signed protocols."""
        with self._database.read() as connection:
            entries = store_record.read_record(connection, campaign_id)
            count, head = store_record.head_of(connection, campaign_id)
        found = rules_of_record.verify(entries, head, printed)
        if count != len(entries) and not found:
            found = [Problem("record_cut", params={"sequence": len(entries)}, table="decisions")]
        return found

    # Rules, scenarios, preferences

    def save_rules(
        self, campaign_id: str, name: str, text: str, author: str, reason: str, expected_version: int
    ) -> RulesOutcome:
        """Put a new version of a list's rules in force, if the version its author was looking at still is."""
        if name not in LISTS:
            raise KeyError(f"rules are for one of {LISTS}, not {name!r}")
        with self._database.write() as connection:
            store_campaigns.current_revision(connection, campaign_id, lock=True)
            current = _rules(connection, campaign_id, name)[-1]
            problems = rules_of_record.check_signed(author, reason)
            if current.version != expected_version:
                params = {"author": current.author, "time": current.created_at[11:16], "entries": current.version}
                problems.append(Problem("changed_meanwhile", params=params, table=f"{name}_rules"))
            if problems:
                return RulesOutcome(current, tuple(problems))
            new = RulesVersion(name, current.version + 1, text, author.strip(), reason.strip(), now())
            row = asdict(new) | {"campaign_id": campaign_id, "content": new.text}
            connection.execute(schema.rules.insert().values(**{k: v for k, v in row.items() if k != "text"}))
            return RulesOutcome(new)

    def rules(self, campaign_id: str, name: str) -> RulesVersion:
        """The rules in force; version 0 with an empty text when nobody has written any."""
        return self.rules_history(campaign_id, name)[-1]

    def rules_history(self, campaign_id: str, name: str) -> list[RulesVersion]:
        """Every version of a list's rules from version 0 on."""
        with self._database.read() as connection:
            return _rules(connection, campaign_id, name)

    def save_scenario(self, campaign_id: str, scenario: Scenario) -> Scenario:
        """Store a scenario; the same with its number and time."""
        s = schema.scenarios
        with self._database.write() as connection:
            store_campaigns.current_revision(connection, campaign_id, lock=True)
            last = connection.scalar(sa.select(sa.func.max(s.c.number)).where(s.c.campaign_id == campaign_id))
            saved = Scenario(**(vars(scenario) | {"number": (last or 0) + 1, "created_at": now()}))
            row = vars(saved) | {"campaign_id": campaign_id, "criteria": pack(asdict(saved.criteria))}
            connection.execute(s.insert().values(**row))
        return saved

    def scenarios(self, campaign_id: str) -> list[Scenario]:
        """All scenarios of a campaign, oldest first."""
        s = schema.scenarios.c
        query = sa.select(
            s.name, s.author, s.criteria, s.rules, s.comment, s.seed, s.input_hash, s.number, s.created_at
        )
        with self._database.read() as connection:
            rows = connection.execute(query.where(s.campaign_id == campaign_id).order_by(s.number)).all()
        return [Scenario(row[0], row[1], Criteria(**unpack(row[2])), *row[3:]) for row in rows]

    def set_preference(self, owner: str, key: str, value: Any) -> None:
        """Keep a small value for a person or for everybody ("")."""
        p = schema.preferences
        with self._database.write() as connection:
            connection.execute(p.delete().where(p.c.owner == owner, p.c.key == key))
            connection.execute(p.insert().values(owner=owner, key=key, value=pack(value)))

    def preference(self, owner: str, key: str, default: Any = None) -> Any:
        """The value kept, or the default."""
        p = schema.preferences.c
        with self._database.read() as connection:
            found = connection.scalar(sa.select(p.value).where(p.owner == owner, p.key == key))
        return default if found is None else unpack(found)

    # Computed results

    def save_result(self, campaign_id: str, key: str, value: Any) -> str:
        """Keep a computed result (arrays, frames, dataclasses); the SHA-256 of its file. The newest few are kept.

        key : what it was computed from, say revision and seed; the program's own version is added here
        """
        content = store_results.as_bytes(value)
        with self._database.read() as connection:
            store_campaigns.current_revision(connection, campaign_id)
        sha = store_results.write_file(self.folder / campaign_id, content)
        with self._database.write() as connection:
            unneeded = store_results.note(connection, campaign_id, _full(key), sha, len(content))
        store_results.remove_files(self.folder / campaign_id, unneeded)
        return sha

    def load_result(self, campaign_id: str, key: str) -> Any | None:
        """A result kept by this version of the program; None when there is none or its file is gone.

        Raises AssessmentError when the file's bytes are not those the store wrote.
        """
        with self._database.read() as connection:
            sha = store_results.known(connection, campaign_id, _full(key))
        return None if sha is None else store_results.read_file(self.folder / campaign_id, sha)

    # Learned models

    def save_model(self, campaign_id: str, name: str, model: Any, card: Mapping[str, Any], author: str) -> KeptModel:
        """Keep a learned model under a name, with its card; one of the same name gives way. The entry as kept."""
        content = store_results.as_bytes(model)
        folder = self.folder / campaign_id
        with self._database.read() as connection:
            store_campaigns.current_revision(connection, campaign_id)
        sha = store_results.write_file(folder / store_models.FOLDER, content)
        with self._database.write() as connection:
            store_campaigns.current_revision(connection, campaign_id, lock=True)
            wanted = KeptModel(name, card, author, "", sha)
            kept, unneeded = store_models.note(connection, campaign_id, wanted)
        store_models.forget(folder, unneeded)
        return kept

    def models(self, campaign_id: str) -> list[KeptModel]:
        """Every model of a campaign with its card, without opening any file."""
        with self._database.read() as connection:
            return store_models.listed(connection, campaign_id)

    def load_model(self, campaign_id: str, name: str) -> KeptModel | None:
        """A model with its card; None when there is none of the name or its file is gone.

        Only bytes whose SHA-256 stands in the database are opened: a joblib file can run code. Raises AssessmentError
        when the file holds other bytes.
        """
        kept = next((k for k in self.models(campaign_id) if k.name == name), None)
        return None if kept is None else store_models.opened(self.folder / campaign_id, kept)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise AssessmentError(Problem("store_cannot_open", params={"detail": str(error)})) from error


def _full(key: str) -> str:
    return f"{key} {store_results.program_fingerprint()}"


def _rules(connection: sa.Connection, campaign_id: str, name: str) -> list[RulesVersion]:
    r = schema.rules.c
    query = (
        sa.select(r.list, r.version, r.content, r.author, r.reason, r.created_at)
        .where(r.campaign_id == campaign_id, r.list == name)
        .order_by(r.version)
    )
    return [RulesVersion(name, 0, "", "", "", ""), *(RulesVersion(*row) for row in connection.execute(query))]
