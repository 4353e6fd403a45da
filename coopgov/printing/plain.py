"""Long tables on paper, line by line: a hundred thousand rows in seconds, where a layout engine takes gigabytes.

One PDF/A-3b file, its fonts and its facts inside. It has no tags: the CSV file is its twin for screen readers.
"""

import hashlib
import textwrap
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from coopgov.printing.filters import filters_in

# The name under which a paper asks for this instead of a template.
PLAIN_TABLE = "table"
# A4, lying; in points.
WIDTH, HEIGHT, MARGIN = 842, 595, 34
SIZE, LEADING, GAP = 7.5, 9.5, 6
ROW_GAP = 5.0
FONTS = {"F1": "SourceSans3-Regular.ttf", "F2": "SourceSans3-Semibold.ttf"}
_FOLDER = Path(__file__).resolve().parent / "fonts"
_WORDS = {
    "fr": ("page {page} sur {pages}", "document n°\u00a0{number}, établi le {day}", "empreinte des faits {mark}"),
    "en": ("page {page} of {pages}", "document no. {number}, issued on {day}", "fingerprint of the facts {mark}"),
}


class Face:
    """One font of the file: how wide its signs are, how they are written, which ones were used."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.used: dict[str, int] = {}
        self._glyphs, self._widths = _measures(name)

    def width(self, text: str, size: float) -> float:
        """How wide a text is, in points."""
        return sum(self._widths[self._glyph(sign)] for sign in text) * size / 1000

    def written(self, text: str) -> str:
        """A text as the file writes it: the numbers of its signs."""
        return "".join(f"{self._glyph(sign):04x}" for sign in text)

    def _glyph(self, sign: str) -> int:
        found = self.used.get(sign)
        if found is None:
            found = self.used[sign] = self._glyphs.get(ord(sign), 0)
        return found

    def widths(self) -> str:
        """The widths of what was used, as the file tells them."""
        return " ".join(f"{glyph} [{self._widths[glyph]}]" for glyph in sorted(set(self.used.values()) | {0}))


@cache
def _measures(name: str) -> tuple[dict[int, int], list[int]]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only a long table waits for it

    with TTFont(_FOLDER / name, lazy=True) as font:
        order, scale = font.getGlyphOrder(), 1000 / font["head"].unitsPerEm
        numbers = {glyph: number for number, glyph in enumerate(order)}
        widths = [round(font["hmtx"][glyph][0] * scale) for glyph in order]
        return {code: numbers[glyph] for code, glyph in font.getBestCmap().items()}, widths


@dataclass
class Sheet:
    """The pages as they are written: each a list of drawing orders."""

    faces: dict[str, Face]
    pages: list[bytes] = field(default_factory=list)
    _orders: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, *, face: str = "F1", size: float = SIZE) -> None:
        """Write a text whose line begins there."""
        self._orders.append(f"/{face} {size:g} Tf 1 0 0 1 {x:.1f} {y:.1f} Tm <{self.faces[face].written(text)}> Tj")

    def to_the_right(self, x: float, y: float, text: str, *, face: str = "F1", size: float = SIZE) -> None:
        """Write a text whose line ends there."""
        self.text(x - self.faces[face].width(text, size), y, text, face=face, size=size)

    def rule(self, y: float, *, thickness: float = 0.4) -> None:
        """Draw a line across the page."""
        self._orders.append(f"ET {thickness} w {MARGIN} {y:.1f} m {WIDTH - MARGIN} {y:.1f} l S BT")

    def turn(self) -> None:
        """End the page."""
        self.pages.append(zlib.compress("\n".join(("BT", *self._orders, "ET")).encode(), 6))
        self._orders.clear()


@dataclass(frozen=True, slots=True)
class Field:
    """One column on paper: where it stands, and on which side its cells do."""

    title: str
    left: float
    right: float
    is_numeric: bool


def print_table(facts: Mapping[str, Any], *, language: str, title: str, attachment: bytes | None) -> bytes:
    """Print a register's facts: see `registers.documents`."""
    sheet = Sheet({name: Face(file) for name, file in FONTS.items()})
    fields = _fields(facts["columns"])
    lines = _lines(sheet.faces["F1"], fields, facts["table"])
    foot = _foot(facts, language)
    # How many pages there are is known once they are filled: the foot is written on top of each afterwards.
    y = _first_head(sheet, facts, title, fields)
    for cells, height in lines:
        if y - height < MARGIN + 24:
            sheet.turn()
            y = _head(sheet, facts, title, fields)
        _row(sheet, fields, cells, y)
        y -= height
        sheet.rule(y + LEADING + 0.3, thickness=0.2)
    _closing(sheet, facts, y)
    sheet.turn()
    feet = [_foot_orders(sheet, foot, number, len(sheet.pages), language) for number in range(1, len(sheet.pages) + 1)]
    return _File(sheet, feet, facts, title, language, attachment).written()


def _fields(columns: Sequence[Mapping[str, Any]]) -> list[Field]:
    room = WIDTH - 2 * MARGIN - GAP * (len(columns) - 1)
    whole = sum(column["width"] for column in columns)
    fields, left = [], float(MARGIN)
    for column in columns:
        right = left + room * column["width"] / whole
        fields.append(Field(column["title"], left, right, bool(column["numeric"])))
        left = right + GAP
    return fields


def _lines(face: Face, fields: Sequence[Field], table: str) -> Iterator[tuple[list[list[str]], float]]:
    """Each row as the lines of its cells, with its height."""
    for line in table.splitlines():
        cells = [
            _folded(face, cell, place.right - place.left) for place, cell in zip(fields, line.split("\t"), strict=True)
        ]
        yield cells, max(map(len, cells)) * LEADING + ROW_GAP


def _folded(face: Face, text: str, room: float) -> list[str]:
    # Most cells are short: a sign is never wider than it is high.
    if len(text) * SIZE <= room or face.width(text, SIZE) <= room:
        return [text]
    most = max(int(len(text) * room / face.width(text, SIZE)), 1)
    while True:
        lines = textwrap.wrap(text, most)
        if most == 1 or all(face.width(line, SIZE) <= room for line in lines):
            return lines
        most -= 1


def _row(sheet: Sheet, fields: Sequence[Field], cells: Sequence[Sequence[str]], top: float, face: str = "F1") -> None:
    for place, lines in zip(fields, cells, strict=True):
        for number, line in enumerate(lines):
            if line:
                write = sheet.to_the_right if place.is_numeric else sheet.text
                write(place.right if place.is_numeric else place.left, top - number * LEADING, line, face=face)


def _first_head(sheet: Sheet, facts: Mapping[str, Any], title: str, fields: Sequence[Field]) -> float:
    y = HEIGHT - MARGIN - 8.0
    sheet.text(MARGIN, y, facts["cooperative"]["name"], face="F2", size=12)
    for line in facts["mentions"]:
        y -= 10
        sheet.text(MARGIN, y, line, size=7.5)
    y -= 26
    sheet.text(MARGIN, y, title, face="F2", size=16)
    for line in facts["lead"]:
        y -= 13
        sheet.text(MARGIN, y, line, size=9)
    return _headings(sheet, fields, y - 20)


def _head(sheet: Sheet, facts: Mapping[str, Any], title: str, fields: Sequence[Field]) -> float:
    y = HEIGHT - MARGIN - 4.0
    sheet.text(MARGIN, y, facts["cooperative"]["name"], face="F2", size=8)
    sheet.to_the_right(WIDTH - MARGIN, y, f"{title} – {facts['lead'][0]}", size=8)
    return _headings(sheet, fields, y - 18)


def _headings(sheet: Sheet, fields: Sequence[Field], y: float) -> float:
    titles = [_folded(sheet.faces["F2"], place.title, place.right - place.left) for place in fields]
    _row(sheet, fields, titles, y, face="F2")
    bottom = y - max(map(len, titles)) * LEADING + LEADING - 4
    sheet.rule(bottom, thickness=0.9)
    return bottom - LEADING - 1


def _closing(sheet: Sheet, facts: Mapping[str, Any], y: float) -> None:
    lines = [
        (face, piece)
        for face, name in (("F2", "totals"), ("F1", "heads"))
        for line in facts[name]
        for piece in _folded(sheet.faces[face], line, WIDTH - 2 * MARGIN)
    ]
    if y - len(lines) * 11 < MARGIN + 30:
        sheet.turn()
        y = HEIGHT - MARGIN - 10.0
    y -= 8
    for face, line in lines:
        sheet.text(MARGIN, y, line, face=face)
        y -= 11


def _foot(facts: Mapping[str, Any], language: str) -> str:
    document = facts["document"]
    _page, issue, mark = _WORDS[language]
    day = filters_in(language)["day"](document["issued_at"])
    told = issue.format(number=document["number"], day=day)
    return f"{told} · {mark.format(mark=document['facts_sha256'][:8])} · {facts['short_heads']}"


def _foot_orders(sheet: Sheet, foot: str, page: int, pages: int, language: str) -> bytes:
    face, told = sheet.faces["F1"], _WORDS[language][0].format(page=page, pages=pages)
    x = WIDTH - MARGIN - face.width(told, 7)
    orders = (
        f"BT /F1 7 Tf 1 0 0 1 {MARGIN} {MARGIN - 10} Tm <{face.written(foot)}> Tj "
        f"1 0 0 1 {x:.1f} {MARGIN - 10} Tm <{face.written(told)}> Tj ET"
    )
    return orders.encode()


class _File:
    """A PDF file as its objects are written one after the other."""

    def __init__(
        self, sheet: Sheet, feet: Sequence[bytes], facts: Mapping[str, Any], title: str, language: str,
        attachment: bytes | None,
    ) -> None:  # fmt: skip
        self._sheet, self._feet, self._facts = sheet, feet, facts
        self._title, self._language, self._attachment = title, language, attachment
        self._at: datetime = facts["document"]["issued_at"].astimezone(UTC)
        self._objects: list[bytes] = []

    def written(self) -> bytes:
        """The bytes of the file: the same for the same facts."""
        fonts = {name: self._font(face) for name, face in self._sheet.faces.items()}
        resources = self._add("<< /Font << " + " ".join(f"/{n} {o} 0 R" for n, o in fonts.items()) + " >> >>")
        first = len(self._objects) + 1
        tree = first + 3 * len(self._feet)
        for orders, foot in zip(self._sheet.pages, self._feet, strict=True):
            body, end = self._stream("/Filter /FlateDecode", orders), self._stream("", foot)
            self._add(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources {resources} 0 R "
                f"/Contents [{body} 0 R {end} 0 R] >>"
            )
        kids = " ".join(f"{first + 2 + 3 * n} 0 R" for n in range(len(self._feet)))
        self._add(f"<< /Type /Pages /Kids [{kids}] /Count {len(self._feet)} >>")
        catalog = self._catalog(tree)
        info = self._add(f"<< /Title {_text(self._title)} /CreationDate {self._date()} /ModDate {self._date()} >>")
        return self._assembled(catalog, info)

    def _catalog(self, tree: int) -> int:
        metadata = self._stream("/Type /Metadata /Subtype /XML", self._xmp())
        profile = self._stream("/N 3 /Filter /FlateDecode", zlib.compress(_colours()))
        intent = (
            f"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "
            f"/DestOutputProfile {profile} 0 R >>"
        )
        facts = self._attached() if self._attachment is not None else ""
        return self._add(
            f"<< /Type /Catalog /Pages {tree} 0 R /Metadata {metadata} 0 R /Lang ({self._language}) "
            f"/ViewerPreferences << /DisplayDocTitle true >> /OutputIntents [{intent}] {facts}>>"
        )

    def _attached(self) -> str:
        data = self._attachment or b""
        size = f"/Params << /Size {len(data)} /ModDate {self._date()} >>"
        body = self._stream(
            f"/Type /EmbeddedFile /Subtype /application#2Fjson {size} /Filter /FlateDecode", zlib.compress(data)
        )
        spec = self._add(
            f"<< /Type /Filespec /F (facts.json) /UF (facts.json) /AFRelationship /Source "
            f"/Desc (Facts the document was printed from) /EF << /F {body} 0 R /UF {body} 0 R >> >>"
        )
        return f"/Names << /EmbeddedFiles << /Names [(facts.json) {spec} 0 R] >> >> /AF [{spec} 0 R] "

    def _font(self, face: Face) -> int:
        name = f"{_tag(face)}+{face.name.removesuffix('.ttf')}"
        data = _subset(face)
        file = self._stream(f"/Length1 {len(data)} /Filter /FlateDecode", zlib.compress(data))
        descriptor = self._add(
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-500 -300 1200 1000] /ItalicAngle 0 "
            f"/Ascent 984 /Descent -273 /CapHeight 660 /StemV 80 /FontFile2 {file} 0 R >>"
        )
        signs = self._add(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity /DW 500 "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor {descriptor} 0 R /W [{face.widths()}] >>"
        )
        to_unicode = self._stream("/Filter /FlateDecode", zlib.compress(_to_unicode(face)))
        return self._add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [{signs} 0 R] /ToUnicode {to_unicode} 0 R >>"
        )

    def _add(self, body: str) -> int:
        self._objects.append(body.encode("latin-1"))
        return len(self._objects)

    def _stream(self, entries: str, data: bytes) -> int:
        head = f"<< {entries} /Length {len(data)} >>\nstream\n".encode()
        self._objects.append(head + data + b"\nendstream")
        return len(self._objects)

    def _date(self) -> str:
        return f"(D:{self._at:%Y%m%d%H%M%S}Z)"

    def _xmp(self) -> bytes:
        at = f"{self._at:%Y-%m-%dT%H:%M:%SZ}"
        title = self._title.replace("&", "&amp;").replace("<", "&lt;")
        return (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
            "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
            f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
            f"<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>"
            '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
        ).encode()

    def _assembled(self, catalog: int, info: int) -> bytes:
        out, places = BytesIO(), []
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        for number, body in enumerate(self._objects, start=1):
            places.append(out.tell())
            out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        mark = hashlib.sha256(self._facts["document"]["facts_sha256"].encode()).hexdigest()[:32]
        start = out.tell()
        out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
        out.writelines(b"%010d 00000 n \n" % place for place in places)
        out.write(
            f"trailer\n<< /Size {len(places) + 1} /Root {catalog} 0 R /Info {info} 0 R /ID [<{mark}> <{mark}>] >>\n"
            f"startxref\n{start}\n%%EOF\n".encode()
        )
        return out.getvalue()


def _text(words: str) -> str:
    return f"<feff{words.encode('utf-16-be').hex()}>"


def _tag(face: Face) -> str:
    # Six capitals that tell one subset of a font from another.
    told = hashlib.sha256("".join(sorted(face.used)).encode()).digest()
    return "".join(chr(65 + byte % 26) for byte in told[:6])


def _subset(face: Face) -> bytes:
    from fontTools import subset  # noqa: PLC0415 - only a long table waits for it

    options = subset.Options(
        retain_gids=True, notdef_outline=True, hinting=False, layout_features=[], name_IDs=[], glyph_names=False,
        recalc_timestamp=False,
    )  # fmt: skip
    out, subsetter = BytesIO(), subset.Subsetter(options)
    subsetter.populate(gids=sorted(set(face.used.values()) | {0}))
    with subset.load_font(str(_FOLDER / face.name), options) as font:
        subsetter.subset(font)
        font.save(out)
    return out.getvalue()


def _to_unicode(face: Face) -> bytes:
    pairs = sorted((glyph, sign) for sign, glyph in face.used.items())
    told = [f"<{glyph:04x}> <{sign.encode('utf-16-be').hex()}>" for glyph, sign in pairs]
    parts = [f"{len(some)} beginbfchar\n" + "\n".join(some) + "\nendbfchar" for some in _hundreds(told)]
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Adobe-Identity-UCS def "
        "/CMapType 2 def /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
        + "\n".join(parts)
        + "\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _hundreds(told: list[str]) -> Iterable[list[str]]:
    return (told[start : start + 100] for start in range(0, len(told), 100))


def _colours() -> bytes:
    from importlib.resources import files  # noqa: PLC0415 - only a long table waits for it

    # The colour profile that the other papers carry too.
    return files("weasyprint").joinpath("pdf", "sRGB2014.icc").read_bytes()
