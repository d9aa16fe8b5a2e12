"""What a questionnaire, an observation, an interview and the weights consist of, once read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

METHODS = ("self_report", "biodata_sjt", "observation", "sociometry", "interview")
Texts = Mapping[str, str]
"""Language -> text. Every language the file declares stands in it, and ru and en always do."""


@dataclass(frozen=True)
class ResponseFormat:
    """How an item may be answered: increasing whole numbers with a label each."""

    id: str
    values: tuple[int, ...]
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    na_allowed: bool = False
    na_label: Texts = field(default_factory=dict)
    frame: Texts = field(default_factory=dict)

    @property
    def lowest(self) -> int:
        return self.values[0]

    @property
    def highest(self) -> int:
        return self.values[-1]


@dataclass(frozen=True)
class Scale:
    """What a set of items measures; level is "person" or "unit", min_answered a share of the items given."""

    id: str
    domain: str
    min_answered: float
    level: str
    gate_only: bool
    name: Texts


@dataclass(frozen=True)
class Item:
    """One question of a scale; key is 1, or -1 where a high answer means little of what is measured."""

    id: str
    scale: str
    key: int
    format: str
    text: Texts
    short: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class QualityItem:
    """A question about the answering itself: type "instructed" has `expect`, "desirability" has `flag_at`."""

    id: str
    type: str
    format: str
    expect: int | None
    flag_at: int | None
    text: Texts


@dataclass(frozen=True)
class BiodataItem:
    """A fact about the past that somebody can confirm; it speaks for `scale`."""

    id: str
    scale: str
    format: str
    text: Texts


@dataclass(frozen=True)
class Option:
    """One answer to choose; rate is the expert effectiveness of an action, None where there is none."""

    id: str
    rate: float | None
    text: Texts


@dataclass(frozen=True)
class Situation:
    """A situation with actions, of which the most and the least likely own one are chosen."""

    id: str
    scales: tuple[str, ...]
    text: Texts
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Condition:
    """A wish or condition, never a score: type "single" or "multi" (then at most `max` options)."""

    id: str
    type: str
    max: int | None
    options: tuple[Option, ...]
    gate: bool
    text: Texts


@dataclass(frozen=True)
class Battery:
    """The questionnaire: everything a person answers about himself or herself."""

    id: str
    version: str
    languages: tuple[str, ...]
    formats: Mapping[str, ResponseFormat]
    domains: Mapping[str, Texts]
    scales: Mapping[str, Scale]
    items: Mapping[str, Item]
    quality_items: Mapping[str, QualityItem] = field(default_factory=dict)
    biodata: Mapping[str, BiodataItem] = field(default_factory=dict)
    situations: Mapping[str, Situation] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    substitutions: Mapping[str, Mapping[str, Texts]] = field(default_factory=dict)
    default_substitution: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def person_scales(self) -> tuple[str, ...]:
        """Ids of the scales that describe a person, in declared order."""
        return tuple(scale.id for scale in self.scales.values() if scale.level == "person")

    @property
    def unit_scales(self) -> tuple[str, ...]:
        """Ids of the scales that describe the unit a person works in."""
        return tuple(scale.id for scale in self.scales.values() if scale.level == "unit")

    @property
    def person_domains(self) -> tuple[str, ...]:
        """Ids of the domains with at least one scale of persons, in declared order."""
        alive = {self.scales[scale].domain for scale in self.person_scales}
        return tuple(domain for domain in self.domains if domain in alive)

    def domain_scales(self, domain: str) -> tuple[str, ...]:
        """Ids of the scales of persons in a domain."""
        return tuple(scale for scale in self.person_scales if self.scales[scale].domain == domain)

    def scale_items(self, scale: str) -> tuple[Item, ...]:
        """The items of a scale in declared order."""
        return tuple(item for item in self.items.values() if item.scale == scale)

    @property
    def ordinal_ids(self) -> tuple[str, ...]:
        """Ids of everything answered with a code of a response format: items, quality items, past facts."""
        return (*self.items, *self.quality_items, *self.biodata)

    def ordinal(self, item_id: str) -> Item | QualityItem | BiodataItem:
        """The item, quality item or past fact of that id; KeyError if there is none."""
        for group in (self.items, self.quality_items, self.biodata):
            if item_id in group:
                return group[item_id]
        raise KeyError(item_id)

    def format_of(self, item_id: str) -> ResponseFormat:
        """The response format of an item, quality item or past fact."""
        return self.formats[self.ordinal(item_id).format]

    def value_range(self, item_id: str) -> tuple[int, int]:
        """Lowest and highest code of an item, quality item or past fact."""
        answers = self.format_of(item_id)
        return answers.lowest, answers.highest

    def reverse(self, item_id: str) -> bool:
        """Whether an answer x is turned to lowest + highest - x before it is used."""
        return item_id in self.items and self.items[item_id].key == -1

    def fill(self, text: str, language: str) -> str:
        """A text with the word forms of the default substitution ({place_loc} ...) put in."""
        for name, form in self.substitutions.get(self.default_substitution, {}).get(language, {}).items():
            text = text.replace("{" + name + "}", form)
        return text

    def text(self, item_id: str, language: str) -> str:
        """The text of anything asked (item, quality item, past fact, situation, condition), word forms put in."""
        for group in (self.items, self.quality_items, self.biodata, self.situations, self.conditions):
            if item_id in group:
                return self.fill(group[item_id].text[language], language)
        raise KeyError(item_id)


@dataclass(frozen=True)
class Behaviour:
    """What an observer rates; feeds names the constructs it speaks for, anchors describe some ratings."""

    id: str
    feeds: tuple[str, ...]
    name: Texts
    anchors: Mapping[int, Texts]


@dataclass(frozen=True)
class Position:
    """A place a person takes in a group, with the sign by which an observer knows it."""

    id: str
    name: Texts
    sign: Texts


@dataclass(frozen=True)
class SociometryQuestion:
    """A question whom of the others one would choose; scope is "group" or "organisation"."""

    id: str
    scope: str
    max: int
    text: Texts


@dataclass(frozen=True)
class Observation:
    """What is seen and asked on training days; ratings are whole numbers from lowest to highest."""

    id: str
    version: str
    lowest: int
    highest: int
    behaviours: Mapping[str, Behaviour]
    positions: Mapping[str, Position]
    questions: Mapping[str, SociometryQuestion]
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Competency:
    """What the interview asks about: one question on the past, one on a situation."""

    id: str
    feeds: tuple[str, ...]
    name: Texts
    past: Texts
    situational: Texts
    anchors: Mapping[int, Texts]


@dataclass(frozen=True)
class PanelCondition:
    """What the panel ticks beside the ratings; a knock-out moves the person to "not now"."""

    id: str
    knock_out: bool
    text: Texts


@dataclass(frozen=True)
class Interview:
    """The interview guide; ratings are whole numbers from lowest to highest."""

    id: str
    version: str
    lowest: int
    highest: int
    competencies: Mapping[str, Competency]
    conditions_block: tuple[PanelCondition, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Gate:
    """A threshold. kind "item": answer must be in values; "domain": at least percentile_min; "scale": mean of the raw
    answers at least mean_min; "flags": none of flags. effect: exclude_now, below_line, needs_training or hold."""

    id: str
    effect: str
    kind: str
    target: str
    values: tuple[str, ...] = ()
    percentile_min: float | None = None
    mean_min: float | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A label beside a name, given where all conditions hold."""

    id: str
    conditions: tuple[Mapping[str, Any], ...]
    name: Texts


@dataclass(frozen=True)
class Role:
    """A role in the team: weights on constructs, and the observed positions that speak for it."""

    id: str
    name: Texts
    task: Texts
    positions: tuple[str, ...]
    weights: Mapping[str, float]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Roles:
    """How constructs combine: weights, shares of methods, thresholds, seats.

    capped : construct -> z above which more counts no more
    methods : stage -> method -> share; empty where all methods count alike
    indicator_map : construct -> method -> ids of what measures it
    domains : domain -> its constructs
    """

    id: str
    version: str
    constructs: Mapping[str, float]
    capped: Mapping[str, float] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    indicator_map: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    domains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    seats: Mapping[str, int] = field(default_factory=dict)
    role_fit_weight: float = 0.0
    team_size: int | None = None
    balance: tuple[Mapping[str, Any], ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stage_one(self) -> Mapping[str, float]:
        """Shares of the methods before interviews: the first stage; empty where all count alike."""
        return next(iter(self.methods.values()), {})

    @property
    def stage_two(self) -> Mapping[str, float]:
        """Shares of the methods with interviews: the last stage; empty where all count alike."""
        return list(self.methods.values())[-1] if self.methods else {}

    def domain_of(self, construct: str) -> str:
        """The domain a construct belongs to; an empty text where it belongs to none."""
        return next((domain for domain, members in self.domains.items() if construct in members), "")


@dataclass(frozen=True)
class Column:
    """One column of a table that comes in as a file."""

    name: str
    type: str
    required: bool = False
    example: Any = None
    values: tuple[Any, ...] = ()
    value_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    note: str = ""
    pii: bool = False


@dataclass(frozen=True)
class Table:
    """One table that comes in as a file; one_row says what a row stands for."""

    name: str
    title: Texts
    one_row: str
    columns: tuple[Column, ...]
    raw: Mapping[str, Any] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True)
class Dictionary:
    """Which tables are taken in, under which headings, with which values."""

    tables: Mapping[str, Table]
    aliases_common: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bool_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing_values: tuple[str, ...] = ()
    drop_on_import: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Instruments:
    """Everything that asks, observes and weighs in one campaign.

    files : file name -> "shipped" or "campaign"
    sha256 : file name (without folder) -> digest of the bytes, for the campaign's own files
    """

    battery: Battery
    observation: Observation
    interview: Interview
    roles: Roles
    dictionary: Dictionary
    processes: Mapping[str, Any]
    consent: Mapping[str, Any]
    feedback: Mapping[str, Any]
    catalogue: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)
    sha256: Mapping[str, str] = field(default_factory=dict)
