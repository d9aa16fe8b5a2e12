"""The parts of the team page: words at the top, seats, the person chosen, coverage, rules, teams nearly as good."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from assessment import blocks, numbers, team_now
from assessment.blocks import Head, KeyFigure, Markup
from assessment.choosing import rule_words
from assessment.pages import state
from assessment.pages.state import View
from assessment.records import cell, record
from assessment.rules import locks
from assessment.rules.parts import SIZE
from assessment.team_now import TeamNow
from assessment.wording import markdown_safe, short

UNITS_IN_TABLE = 12
FIRM = 0.8
NEAR = 0.1
PEOPLE_KINDS = ("lock_in", "lock_out", "together", "not_together")


def title(view: View, now: TeamNow) -> str:
    said, size = view.words, view.campaign.settings.team
    if now.certificate.get("conflict"):
        return said("team.conflict_title")
    if len(now.members) < size:
        return said("team.partly", part=len(now.members), size=size)
    return said("team.complete", size=size)


def lead(view: View, now: TeamNow) -> str:
    said = view.words
    if now.certificate.get("conflict"):
        return said("team.conflict_lead")
    provisional = (
        said("team.provisional") if len(now.table) and now.table["provisional"].any() else said("team.after_interviews")
    )
    proven = said("team.proven" if now.status == "optimal" else "team.unproven")
    best = now.certificate.get("objective") or 0.0
    near = sum(best - a["objective"] < NEAR for a in now.certificate.get("alternatives") or [])
    return " ".join(
        [provisional, proven, said.n("team.near", near, points=said.num(NEAR))] if near else [provisional, proven]
    )


def figures(view: View, now: TeamNow) -> list[KeyFigure]:
    said, size, certificate = view.words, view.campaign.settings.team, now.certificate
    if certificate.get("conflict"):
        return _conflict_figures(view, now)
    rows = _whole_rules(now)
    holding = sum(bool(r["holds"]) for r in rows)
    tight = sum(bool(r["price"]) for r in rows if r["id"] != SIZE)
    members = now.members
    firm = int((view.ranking.loc[members.index, "p_team"] > FIRM).sum()) if len(members) else 0
    roles = members["role"].replace("", pd.NA).nunique()
    found = [
        KeyFigure(
            said("team.seats"), said("person.of", part=len(members), whole=size), said.n("team.roles", int(roles))
        ),
        KeyFigure(
            said("team.points"),
            said.num(certificate.get("objective")),
            said("team.points_best" if now.status == "optimal" else "team.points_found"),
        ),
    ]
    if "unit" in view.campaign.staff and len(members):
        units = view.campaign.staff.loc[members.index, "unit"].nunique()
        found.append(
            KeyFigure(
                said("column.unit_many"),
                said("person.of", part=int(units), whole=int(view.campaign.staff["unit"].nunique())),
                said("team.units_how"),
            )
        )
    found.append(
        KeyFigure(
            said("team.rules_hold"), said("person.of", part=holding, whole=len(rows)), said("team.tight", n=tight)
        )
    )
    found.append(KeyFigure(said("team.firm"), said.whole(firm), said("team.firm_how")))
    return found


def _conflict_figures(view: View, now: TeamNow) -> list[KeyFigure]:
    said, size, repairs = view.words, view.campaign.settings.team, now.certificate.get("repairs") or []
    parts = now.certificate["conflict"]["rules"]
    cheapest = min((len(r["changes"]) for r in repairs), default=0)
    return [
        KeyFigure(said("team.seats"), said("person.of", part=0, whole=size), said("team.wait")),
        KeyFigure(said("conflict.parts"), said.whole(len(parts)), said("conflict.parts_how")),
        KeyFigure(said("conflict.repairs"), said.whole(len(repairs)), said.n("conflict.smallest", cheapest)),
    ]


def seats(view: View, now: TeamNow) -> None:
    """Members as pills under their roles; a lock before the name, a half circle where the chance is below 80 %."""
    said, members = view.words, now.members
    st.html(blocks.heading(said("team.who"), said("team.who_how")))
    if members.empty:
        st.html(blocks.empty(said("team.nobody")))
        return
    roles = [r for r in view.campaign.instruments.roles.seats if (members["role"] == r).any()]
    others = [r for r in members["role"].unique() if r not in roles]
    held = locks.locks(now.rules)
    wanted = view.campaign.instruments.roles.seats
    for role in [*roles, *others]:
        people = list(members.index[members["role"] == role])
        name, row = st.columns([2, 6], gap="small")
        count = said("person.of", part=len(people), whole=wanted[role]) if role in wanted else said.whole(len(people))
        name.html(blocks.two_lines(blocks.strong(view.names.role(role) if role else said("team.no_role")), count))
        chosen = st.session_state.get(state.SEAT)
        mine = chosen if chosen in people else None
        key = f"seat_{role}_{mine or ''}"  # a new widget for a new choice, so that only one role shows one
        row.pills(
            view.names.role(role) or said("team.no_role"),
            people,
            key=key,
            default=mine,
            wrap=True,
            label_visibility="collapsed",
            format_func=lambda p: _pill(view, p, held),
            on_change=_seat_chosen,
            args=(key, mine),
        )


def _pill(view: View, person: str, held: dict[str, Any]) -> str:
    lock = ":material/lock: " if person in held else ""
    unit = markdown_safe(view.names.short_unit(person))
    open_ = " ◐" if cell(view.ranking, person, "p_team") <= FIRM else ""
    return f"{lock}{markdown_safe(view.names.brief(person))} :gray[{unit}]{open_}"


def _seat_chosen(key: str, at: str | None) -> None:
    """Remember the member pressed; what a browser still sends of the pills before these is no press."""
    if st.session_state[key] != at:
        st.session_state[state.SEAT] = st.session_state[state.PERSON] = st.session_state[key]


def chosen(view: View, now: TeamNow) -> None:
    """What the chosen member alone brings, what the team loses without, and the way to the card."""
    said, person = view.words, str(st.session_state.get(state.SEAT))
    if person not in now.members.index:
        st.html(blocks.note(said("team.choose")))
        return
    row = record(view.ranking, person)
    told = said(
        "team.person",
        unit=view.names.unit(person),
        rank=int(row["rank"]),
        points=said.points(row["standing"]),
        span=numbers.interval(100 * row["low"], 100 * row["high"], said.language),
        chance=said.pct(row["p_team"]),
    )
    st.html(blocks.heading(view.names.person(person), told.removeprefix(" · ")))
    only = team_now.only_theirs(view.result, list(now.members.index), person)
    brought = "; ".join(
        f"{view.names.column(c).lower()}: {said.list([view.names.value(c, v) for v in values], 2)}"
        for c, values in only.items()
    )
    swap = state.swap(view, now, person)
    rows: list[tuple[object, object]] = [(said("team.only"), brought or said("team.only_nothing"))]
    if swap is None:
        rows.append((said("team.if_leaves"), said("team.no_swap")))
    else:
        enter = said.list([view.names.person(p) for p in swap.enter]) or "—"
        rows.append(
            (
                said("team.if_leaves"),
                blocks.join([said("team.loses", points=said.num(swap.cost, 2)), " ", blocks.strong(enter)]),
            )
        )
        if swap.leave:
            rows.append((said("team.also"), said.list([view.names.person(p) for p in swap.leave])))
    st.html(blocks.pairs(rows))
    st.page_link(state.PAGES["person"], label=said("list.open_card"), icon=":material/arrow_forward:")


def coverage(view: View, now: TeamNow) -> Markup:
    """Members by role and unit; the units without anybody are named under the table."""
    said, members = view.words, now.members
    unit = view.campaign.staff["unit"]
    mine = unit.reindex(members.index).fillna("—")
    roles = [r for r in view.campaign.instruments.roles.seats if (members["role"] == r).any()] or list(
        members["role"].unique()
    )
    shown = list(mine.value_counts().index[:UNITS_IN_TABLE])
    counts = [[int(((members["role"] == r) & (mine == u)).sum()) for u in shown] for r in roles]
    ends = [blocks.strong(int((mine == u).sum())) for u in shown]
    absent = sorted(set(unit.dropna()) - set(mine))
    top = blocks.heading(said("team.coverage"), said("team.coverage_how"))
    heads = [short(str(u), 34) for u in shown]
    names = [view.names.role(r) or said("team.no_role") for r in roles]
    table = blocks.heat_table(names, heads, counts, said("team.taken"), ends, said.language)
    fewer = sorted(set(mine) - set(shown))
    once = blocks.note(said("team.fewer", units=", ".join(fewer))) if fewer else ""
    never = blocks.note(said.n("team.absent", len(absent), units=", ".join(absent))) if absent else ""
    return Markup(top + table + once + never)


def rules(view: View, now: TeamNow) -> Markup:
    """Each rule with what it asks, what there is, its state, its price and whom it keeps in or out."""
    said = view.words
    top = blocks.heading(said("team.rules"), said("team.rules_how"))
    rows = _whole_rules(now)
    if not rows or now.ruleset is None:
        return Markup(top + blocks.empty(said("team.no_rules")))
    heads = [
        Head(said("team.rule")),
        Head(said("team.need"), "r"),
        Head(said("team.have"), "r"),
        Head(said("team.state"), "nw"),
        Head(said("team.price"), "r"),
        Head(said("team.keeps"), "h mm"),
    ]
    return Markup(top + blocks.table(heads, [_rule_row(view, now, row) for row in rows]))


def _whole_rules(now: TeamNow) -> list[dict[str, Any]]:
    """The rows of whole rules; where there is no team, also the parts that are in conflict."""
    rows = now.certificate.get("rules") or []
    conflict = set((now.certificate.get("conflict") or {}).get("rules") or [])
    return [r for r in rows if ":" not in str(r["id"]) or r["id"] in conflict]


def _rule_row(view: View, now: TeamNow, row: dict[str, Any]) -> list[object]:
    """A rule as a whole; of one with several parts the sum of seats, or the range over its values."""
    said, name = view.words, str(row["id"])
    parts = [r for r in now.certificate["rules"] if str(r["id"]).startswith(name + ":")]
    owner = name.partition(":")[0]
    kind = next((rule.kind for rule in now.ruleset.rules if rule.id == owner), "") if now.ruleset else ""
    need, have = (
        rule_words.limits(row["allowed"], view.names),
        "—" if row["value"] is None else said.whole(row["value"]),
    )
    values = [int(p["value"]) for p in parts if p["value"] is not None]
    if kind == "assign" and values:
        need, have = f"{said.whole(sum(p['allowed'][0] or 0 for p in parts))}+", said.whole(sum(values))
    elif kind == "each" and values:
        have = said.whole(values[0]) if min(values) == max(values) else f"{min(values)}{numbers.DASH}{max(values)}"
    elif kind in PEOPLE_KINDS or not (kind or name == SIZE):
        need = have = "—"
    priced = name != SIZE
    return [
        rule_words.describe(now.ruleset, name, view.names) if now.ruleset else name,
        need,
        have,
        _state(view, row, parts or [row], kind or ("" if name == SIZE else PEOPLE_KINDS[0])),
        said.num(row["price"], 2) if priced else "—",
        _keeps(view, row) if priced else "—",
    ]


def _state(view: View, row: dict[str, Any], parts: list[dict[str, Any]], kind: str) -> object:
    """In conflict, not met, tight (a limit is reached or the rule costs something) or with room."""
    said = view.words
    if kind in PEOPLE_KINDS and row["holds"]:
        return blocks.muted(said("rule.kept"))
    if row["holds"] is None:
        return blocks.act(said("rule.in_conflict")) if row["binding"] else blocks.muted("—")
    if not row["holds"]:
        return blocks.act(said("rule.broken"))
    return (
        said("rule.tight")
        if row["price"] or any(_reached(part) for part in parts)
        else blocks.muted(said("rule.loose"))
    )


def _reached(part: dict[str, Any]) -> bool:
    """Whether a value stands at a limit; that nobody is fewer than nobody is no limit."""
    low, high = part["allowed"]
    return part["value"] is not None and (
        (high is not None and part["value"] >= high) or (bool(low) and part["value"] <= low)
    )


def _keeps(view: View, row: dict[str, Any]) -> str:
    other = row.get("without")
    if not other:
        return "—"
    parts = []
    if other["enter"]:
        parts.append(
            view.words("rule.keeps_out", people=view.words.list([view.names.brief(p) for p in other["enter"]], 2))
        )
    if other["leave"]:
        parts.append(
            view.words("rule.keeps_in", people=view.words.list([view.names.brief(p) for p in other["leave"]], 2))
        )
    return "; ".join(parts)


def nearly(view: View, now: TeamNow) -> Markup:
    """The next best teams: points below the proposal, who would come and who would go."""
    said, best = view.words, now.certificate.get("objective")
    top = blocks.heading(said("team.nearly"), said("team.nearly_how"))
    others = now.certificate.get("alternatives") or []
    if best is None or not others:
        return Markup(top + blocks.empty(said("team.no_others")))
    rows = [
        [
            blocks.strong(said.num(a["objective"] - best, 2)),
            blocks.join([_people(view, a["enter"]), " → ", _people(view, a["leave"])]),
        ]
        for a in others[:8]
    ]
    return Markup(top + blocks.table([Head(said("team.points_head"), "r"), Head(said("team.enter_leave"))], rows))


def _people(view: View, people: list[str]) -> str:
    return view.words.list([view.names.brief(p) for p in people], 3) or "—"


def proof(view: View, now: TeamNow) -> Markup:
    """The certificate in words."""
    said, certificate = view.words, now.certificate
    if not len(now.members):
        return Markup("")
    rows = _whole_rules(now)
    ties = certificate.get("ties") or 1
    told = said("team.proof", rules=len(rows), seed=int(certificate.get("seed", 1)), revision=view.info.revision)
    equal = said.n("team.ties", ties) if ties > 1 else said("team.no_ties")
    return Markup('<div class="gap"></div>' + blocks.call_out("", f"{told} {equal}"))
