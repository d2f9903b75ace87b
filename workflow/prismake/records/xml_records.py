"""What the readers of XML share: each record's element is parsed by itself, so that one broken record sets aside only
itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from xml.etree import ElementTree

from prismake.records.drafts import Draft, Parsed

Fields = dict[str, list[str]]

_ILLEGAL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
_PREFIX = re.compile(r"""</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*["']""")


def parse_elements(text: str, tag: str, draft: Callable[[ElementTree.Element], Draft]) -> Parsed:
    """All records of a text in which each is an element of this name (a pattern)."""
    starts = [(match.start(), tag) for match in re.finditer(rf"<{tag}(?=[\s>])", text)]
    return parse_at(text, starts, draft)


def parse_at(text: str, starts: Sequence[tuple[int, str]], draft: Callable[[ElementTree.Element], Draft]) -> Parsed:
    """All records of a text whose elements begin at these places, each with the pattern of its name."""
    parsed = Parsed([], len(starts))
    line, seen = 1, 0
    for number, (position, tag) in enumerate(starts):
        chunk = text[position : starts[number + 1][0] if number + 1 < len(starts) else len(text)]
        line += text.count("\n", seen, position)
        seen = position
        ends = [match.end() for match in re.finditer(rf"</{tag}\s*>", chunk)]
        if not ends:
            parsed.set_aside.append(
                (line, "has no end tag: the file may have been cut off", " ".join(chunk[:200].split()))
            )
            parsed.faults.warning(
                "truncated",
                "This record has no end tag: the file may have been cut off.",
                line=line,
                expected="an end tag after each record",
                mend="export this search again and compare the number of records",
            )
            continue
        element = element_of(chunk[: ends[-1]])
        if element is None:
            parsed.set_aside.append((line, "is not well-formed XML", " ".join(chunk[:200].split())))
            parsed.faults.warning(
                "broken-record",
                "This record is not well-formed XML and was set aside.",
                line=line,
                mend="export this search again",
            )
            continue
        made = draft(element)
        if not made["raw"]:
            parsed.set_aside.append((line, "has no content", ""))
            continue
        parsed.drafts.append({**made, "line": line})
    return parsed


def element_of(chunk: str) -> ElementTree.Element | None:
    """The element that a text is, its names without prefixes; None where it is not well formed."""
    chunk = _ILLEGAL.sub(" ", chunk)
    prefixes = {one or other for one, other in _PREFIX.findall(chunk)} - {"xml", "xmlns"}
    if prefixes:  # declared at the head of the file, which is not part of the record
        declared = "".join(f' xmlns:{prefix}="{prefix}"' for prefix in sorted(prefixes))
        chunk = f"<r{declared}>{chunk}</r>"
    for text in (chunk, _AMPERSAND.sub("&amp;", chunk)):
        try:
            element = ElementTree.fromstring(text)
        except ElementTree.ParseError:
            continue
        if prefixes:
            if len(element) != 1:
                continue
            element = element[0]
        if prefixes or element.tag.startswith("{"):
            _without_prefixes(element)
        return element
    return None


def _without_prefixes(element: ElementTree.Element) -> None:
    for part in element.iter():
        part.tag = part.tag.rpartition("}")[2]
        if any(name.startswith("{") for name in part.attrib):
            part.attrib = {name.rpartition("}")[2]: value for name, value in part.attrib.items()}


def text_of(element: ElementTree.Element | None) -> str:
    """All text in an element, in one line; "" where there is none."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def raw_of(element: ElementTree.Element) -> Fields:
    """The text of all elements without children by their path, and their attributes by path@name."""
    raw: Fields = {}
    for path, text in _leaves(element):
        raw.setdefault(path, []).append(text)
    return raw


def _leaves(element: ElementTree.Element, path: str = "") -> Iterator[tuple[str, str]]:
    for child in element:
        here = f"{path}/{child.tag}" if path else child.tag
        if len(child) and not all(grand.tag == "style" for grand in child):
            yield from _leaves(child, here)
        else:
            text = text_of(child)
            if text:
                yield here, text
        for name, value in child.attrib.items():
            if value and child.tag != "style":
                yield f"{here}@{name}", value
