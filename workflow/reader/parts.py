"""The small parts that every sheet needs, each read once: relationships, shared strings, number formats, properties."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from workflow.reader import plain
from workflow.reader.book import Limits
from workflow.reader.budget import Budget
from workflow.reader.formats import BUILTIN, GENERAL, Meaning, meaning
from workflow.reader.known import part_once
from workflow.reader.package import OUTSIDE, Package, resolve
from workflow.reader.refusal import refuse
from workflow.reader.xmlread import Elements, Texts, parse

Style = tuple[str, Meaning]
PLAIN: Style = (GENERAL, Meaning.NUMBER)

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SST = re.compile(rb"<sst(?: [\w:]+=\"[^\"<>&]*\")*>")
_ITEM = re.compile(r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>|<si><t ?/></si>|(.+)', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_CODE = 255  # characters of a number format, the format's own limit


@dataclass(frozen=True, slots=True)
class Shared:
    """What the cells of all sheets point to. `styles` is by the style number as the file writes it: "7"."""

    strings: list[str]
    styles: dict[str, Style]
    date1904: bool
    limits: Limits
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part. `kind` is the last step of its type ("worksheet"), `target` a part name."""

    id: str
    kind: str
    target: str


def unescape(text: str) -> str:
    """Text with its `_xHHHH_` escapes decoded (ECMA-376 part 1, 22.9.2.19); `_x005F_` is the underscore itself.

    Pairs of surrogates become the one character they are; a lone one becomes U+FFFD, because no file can hold it.
    """
    if "_x" not in text:
        return text
    text, count = _ESCAPE.subn(lambda m: chr(int(m[1], 16)), text)
    if count and _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class _Relations(Elements):
    def __init__(self, package: Package, source: str) -> None:
        super().__init__(package)
        self.source = source
        self.found: dict[str, Relation] = {}
        self.kinds: set[str] = set()

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """Take what an element says."""
        if tag != "Relationship":
            return
        kind = attrs.get("Type", "").rstrip("/").rpartition("/")[2]
        name, target = attrs.get("Id", ""), resolve(self.source, attrs.get("Target", ""))
        self.package.budget.keep(name, kind, target)
        if attrs.get("TargetMode", "").lower() == "external":
            self.kinds.add(kind.lower() + OUTSIDE)
            return
        self.kinds.add(kind.lower())
        self.found.setdefault(name, Relation(name, kind, target))


def relations(package: Package, source: str) -> dict[str, Relation]:
    """The relationships inside the package of a part ("" for the package itself), by id. Empty where it has none."""
    folder, _, name = source.rpartition("/")
    part = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    return _related(package, part, source) if part in package else {}


def note_kinds(package: Package, part: str) -> None:
    """Note the kinds of relationship of a relationships part that is not needed otherwise."""
    _related(package, part, part)


def _related(package: Package, part: str, source: str) -> dict[str, Relation]:
    def read(chunks: Iterable[bytes] | None) -> tuple[dict[str, Relation], set[str]]:
        sink = _Relations(package, source)
        try:
            parse(package, part, sink, chunks)
        finally:
            package.kinds |= sink.kinds  # of one that is damaged, what stands before the damage
        return sink.found, sink.kinds

    found, kinds = part_once(package, part, ("relations", source), read)
    package.kinds |= kinds
    return found


class _Strings(Texts):
    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.strings: list[str] = []
        self._runs: list[str] = []
        self._phonetic = False

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "si":
            self._runs = []
        elif tag == "rPh":
            self._phonetic = True

    def finish(self, tag: str, text: str) -> None:
        if tag == "t":
            if not self._phonetic:
                self.package.budget.keep(text)
                self._runs.append(unescape(text))
        elif tag == "si":
            self.strings.append("".join(self._runs))
            if len(self.strings) > self.package.limits.cells:
                raise refuse("too-many-cells")
        elif tag == "rPh":
            self._phonetic = False


def read_strings(package: Package, part: str) -> list[str]:
    """The shared strings, rich text joined, phonetic readings left out. Empty where the part is absent."""
    if part not in package:
        return []
    sink = _Strings(package)
    chunks: Iterable[bytes] | None = None
    if (data := plain.whole(package, part)) is not None:
        chunks = [_plain_strings(data, sink.strings, package.budget)]
    parse(package, part, sink, chunks)
    if len(sink.strings) > package.limits.cells:
        raise refuse("too-many-cells")
    return sink.strings


def _plain_strings(data: bytes, strings: list[str], budget: Budget) -> bytes:
    """Fill `strings` from a part that holds nothing but plain texts, and return what is left of it (see `plain`)."""
    try:
        run, rest = plain.cut(data, _SST, b"</sst>")
        found = _ITEM.findall(run)
        budget.step(len(found))
        if any(other for _, other in found):
            return data
        texts = [text for text, _ in found]
        if "&" in run:
            texts = [plain.characters(text) if "&" in text else text for text in texts]
    except plain.NotPlainError:
        return data
    strings += [unescape(text) for text in texts] if "_x" in run else texts
    budget.keep(*strings)
    return rest


class _Styles(Texts):
    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.codes: dict[int, str] = dict(BUILTIN)
        self.ids: list[int] = []
        self._inside = ""  # differential styles (dxf) hold numFmt elements too, whose numbers mean nothing here

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag in ("numFmts", "cellXfs"):
            self._inside = tag
        elif tag == "numFmt" and self._inside == "numFmts":
            code = unescape(attrs.get("formatCode", ""))[:_LONGEST_CODE]
            self.codes[int(attrs.get("numFmtId", "-1"))] = code or GENERAL
        elif tag == "xf" and self._inside == "cellXfs":
            self.ids.append(int(attrs.get("numFmtId", "0")))
        if max(len(self.codes), len(self.ids)) > self.package.limits.ranges:
            raise refuse("zip-too-large")

    def finish(self, tag: str, text: str) -> None:
        if tag == self._inside:
            self._inside = ""


def read_styles(package: Package, part: str) -> dict[str, Style]:
    """The number format of every cell style, by style number. Empty where the part is absent: all is General."""

    def read(chunks: Iterable[bytes] | None) -> dict[str, Style]:
        sink = _Styles(package)
        parse(package, part, sink, chunks)
        known = {number: (code, meaning(code)) for number, code in sink.codes.items()}
        return {str(index): known.get(number, PLAIN) for index, number in enumerate(sink.ids)}

    return part_once(package, part, "styles", read) if part in package else {}


class _Properties(Texts):
    def __init__(self, package: Package) -> None:
        super().__init__(package)
        self.core: dict[str, str] = {}
        self.custom: dict[str, str] = {}
        self._name = ""

    def begin(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "property":
            self._name = unescape(attrs.get("name", ""))

    def finish(self, tag: str, text: str) -> None:
        self.package.budget.keep(self._name, text)
        if tag == "property":
            self._name = ""
        elif self._name:
            self.custom.setdefault(self._name, unescape(text))
        elif tag and text.strip():
            self.core.setdefault(tag, unescape(text))


def read_properties(package: Package, parts: tuple[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The core and the custom document properties, as text; each empty where its part is absent."""
    sink = _Properties(package)
    for part in parts:
        if part in package:
            parse(package, part, sink)
    return sink.core, sink.custom
