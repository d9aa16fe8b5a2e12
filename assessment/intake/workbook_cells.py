"""The cells of one XLSX sheet as text: shared texts, numbers, dates by style, truth values, values of formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from xml.parsers import expat

from assessment.intake.sheet import Record

DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # ECMA-376 18.8.30
PERCENT_FORMATS = frozenset((9, 10))
DAY_LETTERS = re.compile(r"[dmyhsдмгч]", re.IGNORECASE)
NOT_A_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MAX_COLUMNS = 16_384
PIECE = 2**18


@dataclass(frozen=True)
class Styles:
    """For each cell style its kind: "" plain, "date", "%", or the number of digits of a format like 00000."""

    kinds: tuple[str, ...]
    from_1904: bool = False

    def kind(self, style: str) -> str:
        place = int(style) if style.isdecimal() else 0
        return self.kinds[place] if place < len(self.kinds) else ""


def read_styles(part: bytes, from_1904: bool) -> Styles:
    """The kinds of the cell styles in styles.xml."""
    formats: dict[int, str] = {}
    used: list[int] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rsplit(":", 1)[-1]
        if tag == "numFmt":
            formats[_whole(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside[0] = True
        elif tag == "xf" and inside[0]:
            used.append(_whole(attributes.get("numFmtId", "")))

    def end(tag: str) -> None:
        if tag.rsplit(":", 1)[-1] == "cellXfs":
            inside[0] = False

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(part, True)
    return Styles(tuple(_kind(number, formats.get(number, "")) for number in used), from_1904)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _kind(number: int, code: str) -> str:
    if not code:
        return "date" if number in DATE_FORMATS else "%" if number in PERCENT_FORMATS else ""
    if re.fullmatch(r"0{2,}", code):
        return str(len(code))
    bare = NOT_A_FORMAT.sub("", code.split(";")[0])
    if bare.endswith("%"):
        return "%"
    return "date" if DAY_LETTERS.search(bare) and "general" not in bare.lower() else ""


def read_shared_texts(part: bytes) -> list[str]:
    """The texts of sharedStrings.xml in order; formatted runs are joined, reading aids left out."""
    texts: list[str] = []
    pieces: list[str] = []
    state = {"text": False, "aid": False}

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rsplit(":", 1)[-1]
        if tag == "si":
            pieces.clear()
        elif tag == "rPh":
            state["aid"] = True
        elif tag == "t":
            state["text"] = not state["aid"]

    def end(tag: str) -> None:
        tag = tag.rsplit(":", 1)[-1]
        if tag == "si":
            texts.append(unescape("".join(pieces)))
        elif tag == "rPh":
            state["aid"] = False
        elif tag == "t":
            state["text"] = False

    def characters(data: str) -> None:
        if state["text"]:
            pieces.append(data)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.Parse(part, True)
    return texts


def unescape(text: str) -> str:
    """Characters that XML cannot hold stand as _x000D_ in workbooks."""
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


class Cells:
    """The filled cells of a sheet, row by row.

    rows : (row number, {place of the column: text}) ; uncomputed : (row, column) of formulas without a stored value
    """

    def __init__(self, styles: Styles, texts: list[str], limit: int) -> None:
        self.styles, self.texts, self.limit = styles, texts, limit
        self.rows: list[tuple[int, dict[int, str]]] = []
        self.uncomputed: list[tuple[int, int]] = []
        self.too_many = False
        self._count = 0
        self._row, self._column = 0, -1
        self._type, self._style = "", ""
        self._collect = False
        self._pieces: list[str] = []
        self._formula = False
        self._aid = False

    def read(self, part: bytes, first_only: bool = False) -> None:
        """Streams the sheet's XML; with first_only no further than to the first rows with anything in them."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        for place in range(0, len(part), PIECE):
            parser.Parse(part[place : place + PIECE], False)
            if self.too_many or (first_only and self.rows and self.rows[0][1]):
                return
        parser.Parse(b"", True)

    def records(self) -> list[Record]:
        """The rows with anything in them, as lists of texts up to the last filled cell."""
        found = []
        joined: dict[int, dict[int, str]] = {}
        for number, cells in self.rows:  # no program writes a row twice, but nothing forbids it
            joined.setdefault(number, cells).update(cells)
        for number, cells in sorted(joined.items()):
            texts = [""] * (max(cells) + 1)
            for place, text in cells.items():
                texts[place] = text
            found.append((number, texts))
        return found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rsplit(":", 1)[-1]
        if tag == "c":
            place = attributes.get("r")
            self._column = column_place(place) if place else self._column + 1
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._pieces = []
            self._formula = False
        elif tag in ("v", "t"):
            self._collect = not self._aid
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() and len(number) <= 7 else self._row + 1
            self._column = -1
            self.rows.append((self._row, {}))
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._aid = True

    def _characters(self, data: str) -> None:
        if self._collect:
            self._pieces.append(data)

    def _end(self, tag: str) -> None:
        if ":" in tag:
            tag = tag.rsplit(":", 1)[-1]
        if tag == "c":
            self._close_cell()
        elif tag in ("v", "t"):
            self._collect = False
        elif tag == "row":
            if self.rows and not self.rows[-1][1]:
                self.rows.pop()
        elif tag == "rPh":
            self._aid = False

    def _close_cell(self) -> None:
        raw = self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
        if not raw:
            if self._formula and self._type != "str":
                self.uncomputed.append((self._row, self._column))
            return
        text = self._text(raw)
        if text.strip() and self.rows and 0 <= self._column < MAX_COLUMNS and not self.too_many:
            self._count += 1
            self.too_many = self._count > self.limit
            self.rows[-1][1][self._column] = text

    def _text(self, raw: str) -> str:
        if self._type == "s":
            place = int(raw) if raw.strip().isdecimal() else -1
            return self.texts[place] if 0 <= place < len(self.texts) else ""
        if self._type in ("str", "inlineStr"):
            return unescape(raw)
        if self._type == "b":
            return "true" if raw.strip() == "1" else "false"
        if self._type in ("e", "d"):
            return raw
        return number_text(raw.strip(), self.styles.kind(self._style), self.styles.from_1904)


def column_place(reference: str) -> int:
    """The place of a cell reference's column: A1 -> 0, AB7 -> 27."""
    return _place(reference.rstrip("0123456789"))


@cache
def _place(letters: str) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


def number_text(raw: str, kind: str, from_1904: bool = False) -> str:
    """A stored number as text: dates and per cents by their style, whole numbers without a point, digits as stored."""
    if kind == "date":
        return serial_text(raw, from_1904)
    if raw.isdigit() and kind != "%":
        return raw.zfill(int(kind)) if kind else raw
    try:
        number = float(raw)
    except ValueError:
        return raw
    if kind == "%":
        return f"{number * 100:.10g}%"
    if number.is_integer() and abs(number) < 1e18:
        whole = str(int(number))
        return whole.zfill(int(kind)) if kind else whole
    return repr(number)


def serial_text(raw: str, from_1904: bool = False) -> str:
    """A day number as YYYY-MM-DD, with the time where there is one; a number that is no day stays as it is."""
    try:
        days = float(raw)
        if not 0 <= days < 2_958_466:
            return raw
    except ValueError:
        return raw
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    if not from_1904 and days < 60:  # Excel counts a 29 February 1900 that never was
        start += timedelta(days=1)
    moment = start + timedelta(seconds=round(days * 86_400))
    if days < 1:
        return moment.strftime("%H:%M:%S")
    if moment.time() == datetime.min.time():
        return moment.strftime("%Y-%m-%d")
    return moment.strftime("%Y-%m-%d %H:%M:%S")
