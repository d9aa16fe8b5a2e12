"""HTML blocks of a page: finding, key figures, small tables, to-do rows, call-outs; every text is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class Markup(str):
    """HTML made here; everything else that goes into a block is text and is escaped."""

    __slots__ = ()


def safe(text: object) -> str:
    """Text made harmless for HTML; what a block made itself passes unchanged."""
    return text if isinstance(text, Markup) else html.escape(str(text))


def join(parts: Iterable[object], between: str = "") -> Markup:
    """Several pieces one after the other."""
    return Markup(between.join(safe(part) for part in parts))


def strong(text: object) -> Markup:
    """Text in bold."""
    return Markup(f"<b>{safe(text)}</b>")


def muted(text: object) -> Markup:
    """Text in the muted ink."""
    return Markup(f'<span class="m">{safe(text)}</span>')


def act(text: object) -> Markup:
    """Text in the ink of attention: a person must act."""
    return Markup(f'<span class="act">{safe(text)}</span>')


def two_lines(main: object, below: object) -> Markup:
    """A line and a muted line under it."""
    return Markup(f'{safe(main)}<span class="sub">{safe(below)}</span>')


def context_line(place: str, parts: Sequence[str], tag: str = "") -> Markup:
    """Municipality, campaign, date and revision of the data, and a tag where the data are invented."""
    mark = f'<span class="tag">{safe(tag)}</span>' if tag else ""
    rest = "".join(f"<span>{safe(part)}</span>" for part in parts if part)
    return Markup(f'<div class="ctx"><b>{safe(place)}</b>{rest}{mark}</div>')


def finding(title: str, lead: str = "") -> Markup:
    """The one heading of a page, which says what was found, and the line under it."""
    under = f'<p class="lead">{safe(lead)}</p>' if lead else ""
    return Markup(f'<h1 class="finding">{safe(title)}</h1>{under}')


def heading(title: object, how_to_read: object = "") -> Markup:
    """A section heading with the line that says how to read what follows."""
    under = f'<p class="how">{safe(how_to_read)}</p>' if how_to_read else ""
    return Markup(f'<h2 class="sec">{safe(title)}</h2>{under}')


def note(text: object) -> Markup:
    """A muted line under a chart or a table."""
    return Markup(f'<p class="how">{safe(text)}</p>')


@dataclass(frozen=True)
class KeyFigure:
    """A label, a number and one comparison."""

    label: str
    value: str
    comparison: str = ""


def key_figures(figures: Sequence[KeyFigure]) -> Markup:
    """At most five figures between two rules; two a row on a phone."""
    if len(figures) > 5:
        raise ValueError("a page shows at most five key figures")
    cells = "".join(
        f'<div><span class="kl">{safe(f.label)}</span><span class="kv">{safe(f.value)}</span>'
        f'<span class="kc">{safe(f.comparison)}</span></div>'
        for f in figures
    )
    return Markup(f'<div class="kf">{cells}</div>')


@dataclass(frozen=True)
class Task:
    """Something to do: a count or a sign, the act, and what is known about it."""

    mark: str
    what: object
    detail: object = ""
    urgent: bool = False


def tasks(rows: Sequence[Task]) -> Markup:
    """Rows of what to do, ruled off; the mark is ochre where a person must act."""
    cells = "".join(
        f'<li><span class="tm{" act" if r.urgent else ""}">{safe(r.mark)}</span>'
        f'<div>{safe(r.what)}<span class="sub">{safe(r.detail)}</span></div></li>'
        for r in rows
    )
    return Markup(f'<ul class="todo">{cells}</ul>')


@dataclass(frozen=True)
class Head:
    """A column of a small table: its title, "r" for numbers, "h" where a phone leaves it out."""

    title: object
    style: str = ""


def table(heads: Sequence[Head], rows: Sequence[Sequence[object]], *, stacked: bool = False, label: str = "") -> Markup:
    """A ruled table; ``stacked`` turns each row into a block on a phone."""
    styles = [f' class="{h.style}"' if h.style else "" for h in heads]
    top = "".join(f"<th scope=col{s}>{safe(h.title)}</th>" for h, s in zip(heads, styles, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{s}>{safe(cell)}</td>" for cell, s in zip(row, styles, strict=True)) + "</tr>"
        for row in rows
    )
    kind = "tab stacked" if stacked else "tab"
    spoken = f' aria-label="{safe(label)}"' if label else ""
    return Markup(f'<table class="{kind}"{spoken}><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>')


def pairs(rows: Sequence[tuple[object, object]]) -> Markup:
    """A table without a head: a muted name and what is to say about it."""
    body = "".join(f'<tr><td class="m nw">{safe(name)}</td><td>{safe(said)}</td></tr>' for name, said in rows)
    return Markup(f'<table class="tab">{body}</table>')


def progress(share: float, words: str) -> Markup:
    """A share in words over a thin bar."""
    width = 100 * min(max(share, 0.0), 1.0)
    return Markup(f'{safe(words)}<span class="bar"><i style="width:{width:.0f}%"></i></span>')


@dataclass(frozen=True)
class Bar:
    """A row of shares: a name, the share, what stands at the right, and whether a person should look."""

    name: str
    share: float
    words: str
    counts: str
    low: bool = False


def bars(rows: Sequence[Bar], target: float, target_words: str) -> Markup:
    """Shares on a grey track of 100 % with a dotted target; the name stands over its bar on a phone."""
    line = f'<u style="left:{100 * target:.1f}%"></u>'
    body = "".join(
        f'<div class="ub{" low" if r.low else ""}"><span>{safe(r.name)}</span>'
        f'<div><i style="width:{100 * min(max(r.share, 0.0), 1.0):.1f}%"></i>{line}</div>'
        f"<b>{safe(r.words)}</b><em>{safe(r.counts)}</em></div>"
        for r in rows
    )
    mark = f'<s style="left:{100 * target:.1f}%">{safe(target_words)}</s>'
    head = f'<div class="ub top"><span></span><div>{mark}</div></div>'
    return Markup(f'<div class="ubs">{head}{body}</div>')


def nothing(words: object = "\u2014") -> Markup:
    """What stands in a cell where there is nothing to say; a phone leaves the whole line out."""
    return Markup(f'<span class="none">{safe(words)}</span>')


def dots(count: int, of: int) -> Markup:
    """So many filled dots of so many."""
    return Markup('<span class="dots">' + "<i></i>" * count + "<s></s>" * max(of - count, 0) + "</span>")


def call_out(title: object, text: object, *, urgent: bool = False) -> Markup:
    """A tinted box with a bar at its left: ochre where a person must act, blue otherwise."""
    head = f"<b>{safe(title)}</b> " if title else ""
    return Markup(f'<div class="call{" urgent" if urgent else ""}">{head}{safe(text)}</div>')


def empty(text: object) -> Markup:
    """What stands where there is nothing to show: what, why, what next."""
    return Markup(f'<p class="empty">{safe(text)}</p>')


def legend(entries: Sequence[tuple[str, str, object]]) -> Markup:
    """One line over a chart: (colour family, symbol, words)."""
    cells = "".join(
        f'<span><i class="{family}">{safe(symbol)}</i> {safe(words)}</span>' for family, symbol, words in entries
    )
    return Markup(f'<div class="leg">{cells}</div>')


def heat_table(
    rows: Sequence[str],
    columns: Sequence[str],
    counts: Sequence[Sequence[int]],
    foot: str,
    ends: Sequence[object],
    language: str,
) -> Markup:
    """Counts of rows by columns in one hue of three steps, with a last row under it; scrolls under its first column."""
    head = "".join(f"<th scope=col>{safe(c)}</th>" for c in columns)
    body = "".join(
        f"<tr><th scope=row>{safe(name)}</th>"
        + "".join(f'<td class="s{min(n, 3)}">{n or ""}</td>' for n in line)
        + "</tr>"
        for name, line in zip(rows, counts, strict=True)
    )
    last = "".join(f"<td>{safe(end)}</td>" for end in ends)
    head = f"<thead><tr><th></th>{head}</tr></thead>"
    tail = f"<tfoot><tr><th scope=row>{safe(foot)}</th>{last}</tr></tfoot>"
    inside = f"{head}<tbody>{body}</tbody>{tail}"
    return Markup(
        f'<div class="scroll" tabindex="0" lang="{safe(language)}"><table class="heat">{inside}</table></div>'
    )
