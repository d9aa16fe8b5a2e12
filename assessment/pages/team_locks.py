"""What people change about the team: a repair of a conflict, a lock in, a lock out, a release, each with a reason."""

from __future__ import annotations

import streamlit as st

from assessment import blocks, messages, team_now
from assessment.blocks import Head
from assessment.choosing import rule_words
from assessment.pages import state
from assessment.pages.state import View
from assessment.records import cell
from assessment.rules import locks
from assessment.rules.locks import LOCK_IN, LOCK_OUT, Rules
from assessment.team_now import TeamNow

RELEASE = "release"


def conflict(view: View, now: TeamNow, version: int) -> None:
    """The smallest conflict by name, the repairs with their cost, and the way to take one."""
    said, certificate = view.words, now.certificate
    st.html(blocks.call_out(said("conflict.title"), said("conflict.text", parts=_parts(view, now)), urgent=True))
    repairs = certificate.get("repairs") or []
    if not repairs:
        st.html(blocks.note(said("conflict.no_repairs")))
        return
    rows = [[_changes(view, now, repair), blocks.strong(said.num(repair["cost"], 2))] for repair in repairs]
    st.html(blocks.table([Head(said("conflict.repair")), Head(said("conflict.cost"), "r")], rows))
    possible = {
        k: rules
        for k, repair in enumerate(repairs)
        if (rules := locks.repaired(now.rules, repair["changes"])) is not None
    }
    if possible:
        with (
            st.popover(said("conflict.choose"), type="primary"),
            st.form("repair", border=False, enter_to_submit=False),
        ):
            picked = st.radio(
                said("conflict.repair"),
                list(possible),
                key="repair_pick",
                format_func=lambda k: _changes(view, now, repairs[k]),
            )
            reason, author = _signed(view, "repair")
            if st.form_submit_button(said("conflict.take"), type="primary", key="repair_take"):
                save(view, possible[picked], author, reason, version)


def _parts(view: View, now: TeamNow) -> str:
    """What cannot hold together: rules with their limits, and the people locked in or out, each once."""
    said, held = view.words, locks.locks(now.rules)
    limits = {str(row["id"]): row["allowed"] for row in now.certificate["rules"]}
    told: list[str] = []
    people: dict[str, list[str]] = {LOCK_IN: [], LOCK_OUT: []}
    for part in map(str, now.certificate["conflict"]["rules"]):
        person = part.partition(":")[2]
        if person in held:
            people[LOCK_IN if LOCK_IN in held[person] else LOCK_OUT].append(view.names.brief(person))
        elif now.ruleset is not None:
            told.append(
                f"{rule_words.describe(now.ruleset, part, view.names)} ({rule_words.limits(limits[part], view.names)})"
            )
    told += [said(f"rule.{kind}", people=", ".join(names)) for kind, names in people.items() if names]
    return "; ".join(told)


def _changes(view: View, now: TeamNow, repair: dict) -> str:
    said, held = view.words, locks.locks(now.rules)
    told, released = [], []
    for change in repair["changes"]:
        part = str(change["rule"])
        person = part.partition(":")[2]
        if person in held:
            released.append(view.names.brief(person))
            continue
        what = rule_words.describe(now.ruleset, part, view.names) if now.ruleset else part
        before, after = (rule_words.limits(change[side], view.names) for side in ("from", "to"))
        told.append(said("conflict.change", rule=what, before=before, after=after))
    if released:
        told.insert(0, said("conflict.release", people=", ".join(released)))
    return "; ".join(told)


def form(view: View, now: TeamNow, version: int) -> None:
    """Lock in, lock out or release one person of the shortlist; the locks in force stand above."""
    said, held = view.words, locks.locks(now.rules)
    st.html(blocks.heading(said("lock.title"), said("lock.how")))
    if held:
        rows = [
            [
                view.names.person(p),
                said("lock.is_in" if LOCK_IN in rule else "lock.is_out"),
                str(rule.get("reason") or "—"),
                str(rule.get("by") or "—"),
            ]
            for p, rule in held.items()
        ]
        heads = [
            Head(said("list.name")),
            Head(said("lock.kind")),
            Head(said("decide.reason")),
            Head(said("app.who"), "mm"),
        ]
        st.html(blocks.table(heads, rows, stacked=True))
    people = sorted(team_now.shortlisted(view.result), key=lambda p: int(cell(view.ranking, p, "rank")))
    seat = st.session_state.get(state.SEAT)
    with st.form("lock", enter_to_submit=False):
        person = st.selectbox(
            said("lock.person"),
            people,
            key=f"lock_person_{seat}",
            index=people.index(seat) if seat in people else 0,
            format_func=lambda p: f"{view.names.person(p)} · {view.names.unit(p)}",
        )
        kind = st.segmented_control(
            said("lock.kind"),
            [LOCK_IN, LOCK_OUT, RELEASE],
            default=LOCK_IN,
            required=True,
            key="lock_kind",
            format_func=lambda k: said(f"lock.{k}"),
            label_visibility="collapsed",
        )
        reason, author = _signed(view, "lock")
        pressed = st.form_submit_button(said("lock.write"), type="primary", key="lock_write")
    if pressed and kind == RELEASE:
        save(view, locks.released(now.rules, person), author, reason, version)
    elif pressed:
        save(view, locks.locked(now.rules, person, kind, author, reason), author, reason, version)


def _signed(view: View, key: str) -> tuple[str, str]:
    said = view.words
    reason = st.text_area(said("decide.reason"), key=f"{key}_reason", placeholder=said("lock.reason_hint"), height=76)
    author = st.text_input(
        said("app.who"),
        value=st.session_state.get(state.AUTHOR, ""),
        key=f"{key}_author",
        placeholder=said("app.who_hint"),
    )
    return reason.strip(), author.strip()


def save(view: View, rules: Rules, author: str, reason: str, version: int) -> None:
    """Put the rules in force, unless somebody changed them meanwhile or the reason is missing: then say so."""
    said, store = view.words, state.store()
    outcome = store.save_rules(view.info.id, "team", locks.rules_text(rules), author, reason, version)
    if outcome.done:
        st.session_state[state.AUTHOR] = author
        st.toast(said("lock.written"))
        st.rerun()
    lines = [messages.problem_text(problem, said.language) for problem in outcome.problems]
    st.html(blocks.call_out(said("decide.refused"), " ".join(lines), urgent=True))
