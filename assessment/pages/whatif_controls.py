"""The left side of the what-if page: weights, balance, reading, conditions on what is shown, saved scenarios."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from assessment import blocks, shown_list
from assessment.campaign import Criteria
from assessment.pages import state
from assessment.pages.state import View
from assessment.scenario import compare as scenario
from assessment.scenario.compare import domain_shares
from assessment.shown_list import AREA, KIND, LEVEL, UNIT, Conditions
from assessment.store.store import Scenario

BALANCES = (1.0, 0.5, 0.0, -1.0, -3.0)
BALANCE, READING, SEARCH, BANDS, TENURE = "balance", "reading", "search", "bands", "tenure"
FLOOR = 20  # a minimum of T 20 is no minimum: three deviations below the middle
BASELINE, EQUAL = "baseline", "equal"


def weight_key(domain: str) -> str:
    return f"w_{domain}"


def percentages(criteria: Criteria, view: View) -> dict[str, int]:
    """Weights of the domains in whole percent, as the sliders show them."""
    shares = domain_shares(criteria, view.campaign.instruments.roles)
    return {domain: round(100 * share) for domain, share in shares.items()}


def asked(view: View) -> Criteria:
    """The criteria the sliders say now; exactly the campaign's own where they stand as the campaign has them."""
    base = view.campaign.settings.criteria
    start = percentages(base, view)
    now = {domain: int(st.session_state.get(weight_key(domain), value)) for domain, value in start.items()}
    weights = base.weights if now == start or not any(now.values()) else now
    return Criteria(
        weights, float(st.session_state.get(BALANCE, base.balance)), st.session_state.get(READING, base.reading)
    )


def set_to(criteria: Criteria, view: View) -> None:
    """Move the sliders to the criteria."""
    for domain, value in percentages(criteria, view).items():
        st.session_state[weight_key(domain)] = value
    st.session_state[BALANCE], st.session_state[READING] = float(criteria.balance), criteria.reading


def weights(view: View) -> None:
    """Sliders of the domains, the balance and the reading; each label carries what the campaign itself says."""
    said, base = view.words, view.campaign.settings.criteria
    st.html(blocks.heading(said("whatif.weights"), said("whatif.weights_how")))
    source = said("whatif.experts" if base.weights == "expert" else "whatif.base")
    for domain, value in percentages(base, view).items():
        label = f"{view.names.domain(domain)} · {source} {value}"
        st.slider(label, 0, 100, value, 1, key=weight_key(domain), bind="query-params")
    options = sorted({*BALANCES, float(base.balance)}, reverse=True)
    st.select_slider(
        said("whatif.balance"),
        options,
        float(base.balance),
        key=BALANCE,
        bind="query-params",
        help=said("whatif.balance_help"),
        format_func=lambda b: said.or_code(f"balance.{b:g}", said.num(b)),
    )
    st.segmented_control(
        said("whatif.reading"),
        ["model", "plain"],
        default=base.reading,
        required=True,
        key=READING,
        bind="query-params",
        format_func=lambda code: said(f"reading.{code}"),
        help=said("whatif.reading_help"),
    )


def conditions(view: View) -> Conditions:
    """What to show: bands, search, kind of organisation, unit, and under "more" the rest."""
    said, names, campaign = view.words, view.names, view.campaign
    st.html(blocks.heading(said("whatif.show")))
    search = st.text_input(
        said("whatif.search"), key=SEARCH, placeholder=said("whatif.search_hint"), live=True, persist_state="session"
    )
    bands = st.pills(
        said("whatif.bands"),
        ["in", "open", "out"],
        selection_mode="multi",
        key=BANDS,
        format_func=lambda b: said(f"band.{b}"),
        persist_state="session",
        wrap=True,
    )
    values: dict[str, list[str]] = {}
    for column in (KIND, UNIT, LEVEL, AREA):
        there = shown_list.choices(campaign, column)
        if len(there) < 2:
            continue
        label, key = said(f"filter.{column}"), f"f_{column}"

        def worded(code: str, column: str = column) -> str:
            return names.value(column, code)

        if len(there) <= 3:
            values[column] = st.pills(
                label, there, selection_mode="multi", key=key, format_func=worded, persist_state="session", wrap=True
            )
        else:
            every = said.n("filter.all", len(there))
            values[column] = st.multiselect(
                label, there, key=key, format_func=worded, placeholder=every, persist_state="session"
            )
    with st.expander(said("whatif.more")):
        years = _tenure(view)
        lowest = _lowest(view)
    return Conditions(values, years, lowest, bands, search or "")


def _tenure(view: View) -> tuple[float, float] | None:
    years = shown_list.tenure(view.campaign)
    if years is None:
        return None
    longest = max(int(years.max()) + 1, 1)
    low, high = st.slider(view.words("filter.tenure"), 0, longest, (0, longest), key=TENURE, persist_state="session")
    return None if (low, high) == (0, longest) else (low, high)


def _lowest(view: View) -> Mapping[str, float]:
    said = view.words
    found = {}
    for domain in domain_shares(view.campaign.settings.criteria, view.campaign.instruments.roles):
        value = st.slider(
            said("filter.least", domain=view.names.domain(domain)),
            FLOOR,
            70,
            FLOOR,
            1,
            key=f"least_{domain}",
            persist_state="session",
        )
        if value > FLOOR:
            found[domain] = float(value)
    return found


def clear_conditions(view: View) -> None:
    """Show everybody again."""
    years = shown_list.tenure(view.campaign)
    st.session_state[SEARCH], st.session_state[BANDS] = "", []
    for column in (KIND, UNIT, LEVEL, AREA):
        st.session_state.pop(f"f_{column}", None)
    if years is not None:
        st.session_state[TENURE] = (0, max(int(years.max()) + 1, 1))
    for domain in view.campaign.instruments.roles.domains:
        if f"least_{domain}" in st.session_state:
            st.session_state[f"least_{domain}"] = FLOOR


def in_words(conditions: Conditions, view: View) -> str:
    """The conditions in force, with commas."""
    said, names = view.words, view.names
    parts = [names.value(column, code) for column, codes in conditions.values.items() for code in codes]
    parts += [said(f"band.{band}") for band in conditions.bands]
    parts += [f"{names.domain(domain)} ≥ {least:.0f}" for domain, least in conditions.lowest.items()]
    if conditions.tenure:
        parts.append(said("filter.tenure_is", low=int(conditions.tenure[0]), high=int(conditions.tenure[1])))
    if conditions.search:
        parts.append(f"«{conditions.search}»" if said.language == "ru" else f"“{conditions.search}”")
    return ", ".join(parts)


def scenarios(view: View, now: Criteria) -> None:
    """Scenarios to go to, each with how many change; save this one with a comment; back to the campaign's own."""
    said, base = view.words, view.campaign.settings.criteria
    known: dict[str, tuple[str, Criteria]] = {
        BASELINE: (said("whatif.expert_weights" if base.weights == "expert" else "whatif.own_weights"), base),
        EQUAL: (said("whatif.equal"), Criteria("equal", base.balance, base.reading)),
    }
    known |= {f"s{s.number}": (s.name, s.criteria) for s in state.store().scenarios(view.info.id)[-6:]}
    st.html(blocks.heading(said("whatif.scenarios")))
    current = percentages(now, view), now.balance, now.reading
    same = [code for code, (_, c) in known.items() if (percentages(c, view), c.balance, c.reading) == current]
    criteria = {code: c for code, (_, c) in known.items()}
    key, at = f"scenario_{current}", same[0] if same else None
    st.pills(
        said("whatif.scenarios"),
        list(known),
        key=key,
        default=at,
        format_func=lambda code: _label(view, *known[code]),
        wrap=True,
        label_visibility="collapsed",
        on_change=_go,
        args=(key, at, view, criteria),
    )
    bar = st.container(key="scenario_bar", horizontal=True, gap="small")
    with bar.popover(said("whatif.save"), type="primary", disabled=bool(same)):
        _save(view, now)
    unchanged = same[:1] == [BASELINE]
    bar.button(said("whatif.reset"), key="reset", on_click=set_to, args=(base, view), disabled=unchanged)


def _label(view: View, name: str, criteria: Criteria) -> str:
    settings = view.campaign.settings
    if criteria == settings.criteria:
        return name
    ranking = state.rank(view, criteria)
    changed = settings.shortlist - scenario.overlap(view.ranking, ranking, settings.shortlist)
    return f"{name} · ±{changed}"


def _go(key: str, at: str | None, view: View, known: Mapping[str, Criteria]) -> None:
    """Go to the scenario pressed. A browser may still send the value of the pills before these: that is no press."""
    pressed = st.session_state[key]
    if pressed is not None and pressed != at:
        set_to(known[pressed], view)


def _save(view: View, now: Criteria) -> None:
    said = view.words
    with st.form("save_scenario", border=False, enter_to_submit=False):
        name = st.text_input(said("whatif.name"), key="scenario_name", max_chars=60)
        comment = st.text_area(
            said("whatif.comment"), key="scenario_comment", placeholder=said("whatif.comment_hint"), height=80
        )
        author = st.text_input(said("app.who"), key="scenario_author", value=st.session_state.get(state.AUTHOR, ""))
        pressed = st.form_submit_button(said("whatif.save_now"), type="primary", key="scenario_save")
    if not pressed:
        return
    if not (name.strip() and comment.strip() and author.strip()):
        st.html(blocks.call_out("", said("whatif.save_needs"), urgent=True))
        return
    st.session_state[state.AUTHOR] = author.strip()
    state.store().save_scenario(
        view.info.id,
        Scenario(
            name.strip(),
            author.strip(),
            now,
            comment=comment.strip(),
            seed=state.SEED,
            input_hash=view.info.fingerprint,
        ),
    )
    st.toast(said("whatif.saved", name=name.strip()))
    st.rerun()
