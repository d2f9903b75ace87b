"""The sentences of a manuscript: DOCX (read as what it is, a zip of XML), Markdown or plain text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from prismake.messages.faults import Faults

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
# A manuscript's XML has tens of megabytes at most; a zip that unpacks to more is no manuscript.
_LARGEST = 200_000_000

# What ends in a full stop and ends no sentence.
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|vs|cf|etc|resp|approx|ca|Fig|Figs|Tab|Eq|No|Nos|Dr|St|pp?|vol|ed|eds|Sect)|\b[A-Z])\.$"
)
_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])")


@dataclass(frozen=True)
class Sentence:
    """A sentence with its paragraph's number, from 1."""

    paragraph: int
    text: str


def read_sentences(path: Path) -> list[Sentence]:
    """All sentences of a DOCX, Markdown or text file, in their order.

    Raises:
        InputFaults: if the file is neither, or cannot be read.
    """
    faults = Faults()
    suffix, paragraphs = path.suffix.lower(), []
    if suffix == ".docx":
        try:
            paragraphs = list(_docx(path))
        except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OverflowError) as error:
            faults.error("manuscript-unreadable", f"this is no readable DOCX ({error})", file=path.name,
                         mend="open it in Word and save it as .docx")  # fmt: skip
    elif suffix in (".md", ".markdown", ".txt", ".text", ".qmd", ".rmd"):
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
        paragraphs = list(_plain(text, markdown=suffix not in (".txt", ".text")))
    else:
        faults.error("manuscript-format", f"{suffix or 'a file without a suffix'} cannot be read", file=path.name,
                     expected=".docx, .md or .txt", mend="save the manuscript as .docx")  # fmt: skip
    faults.raise_errors()
    paragraphs = list(_without_references(paragraphs))
    return [
        Sentence(number, sentence)
        for number, paragraph in enumerate(paragraphs, 1)
        for sentence in split_sentences(normal(paragraph))
    ]


_REFERENCES = re.compile(
    r"\W*(?:\d+\.?\s*)?(?:references?(?: list)?|list of references|bibliography|literature(?: cited)?|works cited|literatur(?:verzeichnis)?)\W*",
    re.IGNORECASE,
)
_AFTER_REFERENCES = re.compile(
    r"\W*(?:(?:table|figure|appendix|supplement\w*|appendices|tables|figures|notes?|footnotes?|acknowledge?ments?)\b.{0,120})",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\b(?:19|20)\d\d[a-z]?\b|doi|https?://", re.IGNORECASE)


def _without_references(paragraphs: list[str]) -> Iterator[str]:
    """The paragraphs with those of the list of references blank: titles of other works are full of numbers."""
    listing = False
    for paragraph in paragraphs:
        if _REFERENCES.fullmatch(paragraph.strip()):
            listing = True
        elif listing and _AFTER_REFERENCES.fullmatch(paragraph.strip()) and not _ENTRY.search(paragraph):
            listing = False
        yield "" if listing else paragraph


def normal(text: str) -> str:
    """One way of writing: ASCII minus signs, plain spaces, full stops as decimal points, I2 and tau2 without symbols."""
    text = re.sub("(?<=\\d)[\u00a0\u2009\u202f](?=\\d{3}(?!\\d))", ",", text)  # 1 520 with a thin space
    text = re.sub("[\u00a0\u2000-\u200a\u202f\u205f]", " ", text).replace("\u200b", "").replace("\u2060", "")
    text = text.replace("\u2212", "-").replace("\u2010", "-").replace("\u2011", "-").replace("’", "'")
    text = re.sub(r"(?<=\d)·(?=\d)", ".", text)
    text = re.sub(r"(?<![\w.)\]])–(?=\.?\d)", "-", text)  # an en dash typed as a minus sign
    if re.search(r"(?<![\d.,])-?0,\d", text):  # a text with decimal commas
        text = re.sub(r"(?<![\d.,])(?![1-9]\d{0,2},\d{3}(?!\d))(\d+),(?=\d)", r"\1.", text)
    text = re.sub(r"[τ𝜏]\s?(?:²|2)", "tau2", text)
    text = re.sub(r"[χ𝜒]\s?(?:²|2)", "chi2", text)
    text = re.sub(
        r"\b(tau|chi)(?:²|\^2|2\b)", lambda m: m[1].lower() + "2", text.replace("²", "2"), flags=re.IGNORECASE
    )
    return re.sub(r"\s+", " ", text).strip()


def split_sentences(text: str) -> list[str]:
    """The sentences of a paragraph; no break after an abbreviation or an initial."""
    found, start = [], 0
    for match in _END.finditer(text):
        if _ABBREVIATIONS.search(text[max(start, match.start() - 12) : match.start() + 1]):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    return [sentence for sentence in [*found, text[start:].strip()] if sentence]


def _docx(path: Path) -> Iterator[str]:
    """The text of every paragraph, footnotes last; what was deleted in tracked changes is left out."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if _PARTS[0] not in names:
            raise KeyError(f"{_PARTS[0]} is missing")
        for part in _PARTS:
            if part not in names:
                continue
            if archive.getinfo(part).file_size > _LARGEST:
                raise OverflowError(f"{part} is larger than {_LARGEST} bytes")
            content = archive.read(part)
            if b"<!DOCTYPE" in content[:2000]:
                raise KeyError(f"{part} declares a document type")  # no DOCX does; entities could blow it up
            for paragraph in ElementTree.fromstring(content).iter(f"{_W}p"):
                yield "".join(_runs(paragraph))


def _raised(run: ElementTree.Element) -> bool:
    """Whether a run is set as superscript."""
    mark = run.find(f"{_W}rPr/{_W}vertAlign")
    return mark is not None and mark.get(f"{_W}val") == "superscript"


def _runs_of(run: ElementTree.Element) -> Iterator[str]:
    return (child.text or "" for child in run if child.tag == f"{_W}t")


def _runs(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}r" and _raised(child):
            text = "".join(_runs_of(child)).strip()
            yield text if text == "2" or text[:1] in ("-", "−", "–") else " "  # I2 and 10-4 stay, marks of notes go
        elif child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield " "
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag not in (f"{_W}del", f"{_W}p", f"{_W}moveFrom"):
            yield from _runs(child)


def _plain(text: str, *, markdown: bool) -> Iterator[str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if markdown:
        text = re.sub(r"(?ms)^(```|~~~).*?^\1[^\n]*$", "", text)
        text = re.sub(r"(?s)\A---\n.*?\n---\n", "", text)
        text = re.sub(r"(?m)^(\s*\|.*\|\s*|#+ .*|\s*[-*+] .*)$", r"\n\1\n", text)  # table rows, headings, items alone
    for paragraph in re.split(r"\n\s*\n", text):
        if markdown:
            paragraph = re.sub(r"<[a-zA-Z/][^>]*>", " ", paragraph)
            paragraph = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", paragraph)
            paragraph = re.sub(
                r"(?<!\\)[*`$]|(?<![\w\\])_|(?<!\\)_(?!\w)|\^|(?<=\w)~(?=\w)|(?<=\w)~(?=\W|$)", "", paragraph
            )
            paragraph = re.sub(r"\\([^\w\s])", r"\1", paragraph)
            paragraph = re.sub(r"^\s*(?:#+|[-*+>])\s+", "", paragraph)
        if paragraph.strip():
            yield paragraph
