"""References set by this package alone, in the manner of APA (7th edition): where pandoc is not there to set them."""

from __future__ import annotations

import re
from typing import Any

from prismake.report.bibliography import Bibliography, Item
from prismake.report.blocks import Reference, Run

# Up to so many authors are all named; of more, the first nineteen and the last (APA 7, section 9.8).
ALL_NAMED = 20


def initials(given: str) -> str:
    """`Ada Maria` -> `A. M.`; `Jean-Paul` -> `J.-P.`; initials stay."""
    out = []
    for name in re.split(r"\s+", given.replace(".", ". ").strip()):
        letters = [part[0].upper() + "." for part in name.split("-") if part[:1].isalpha()]
        if letters:
            out.append("-".join(letters))
    return " ".join(out)


def author_list(authors: list[dict[str, str]]) -> str:
    """CSL names as APA lists them: Family, A., & Family, B."""
    names = [
        str(a["literal"]) if "literal" in a else f"{a.get('family', '')}, {initials(a.get('given', ''))}".rstrip(", ")
        for a in authors
    ]
    if len(names) < 2:
        return "".join(names)
    if len(names) > ALL_NAMED:
        return ", ".join(names[: ALL_NAMED - 1]) + ", … " + names[-1]
    return ", ".join(names[:-1]) + ", & " + names[-1]


def short_authors(item: Item) -> str:
    """Who is named in the text: one author, both of two, the first of more."""
    names = [str(a.get("literal") or a.get("family", "")) for a in item.get("author") or item.get("editor") or []]
    if not names:
        return f"“{item.get('title', '')}”"
    return names[0] if len(names) == 1 else f"{names[0]} & {names[1]}" if len(names) == 2 else f"{names[0]} et al."


def year_of(item: Item) -> str:
    """The year, or what stands in its place."""
    parts = (item.get("issued") or {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else str(item.get("status") or "n.d.")


def address_of(item: Item) -> str:
    """Where the source can be read."""
    return f"https://doi.org/{item['DOI']}" if item.get("DOI") else str(item.get("URL") or "")


def reference_of(item: Item, included: bool = True) -> Reference:
    """A reference from a CSL item."""
    people = author_list(item.get("author") or item.get("editor") or [])
    title = str(item.get("title") or "Untitled").strip()
    title = title if title[-1:] in ".!?" else title + "."
    container, volume = str(item.get("container-title") or item.get("publisher") or ""), str(item.get("volume") or "")
    opening = f"{people if people.endswith('.') or not people else people + '.'} ({year_of(item)}). {title}".strip()
    runs = [Run(opening)]
    if container:
        runs += [Run(" "), Run(container, "emph")]
    if volume:
        runs += [Run(", "), Run(volume, "emph")]
    if item.get("issue"):
        runs.append(Run(f"({item['issue']})"))
    pages = str(item.get("page") or "").replace("-", "–") or (f"Article {item['number']}" if item.get("number") else "")
    if pages:
        runs.append(Run(f", {pages}"))
    if len(runs) > 1:
        runs.append(Run("."))
    address = address_of(item)
    if address:
        runs += [Run(" "), Run(address, href=address)]
    return Reference(str(item["id"]), tuple(runs), included)


def plain_references(bibliography: Bibliography, cited: set[str]) -> list[Reference]:
    """The references of what is included or cited, by author and year."""

    def order(item: Item) -> tuple[Any, ...]:
        return author_list(item.get("author") or []).casefold(), year_of(item), str(item.get("title", "")).casefold()

    wanted = [item for key, item in bibliography.items.items() if key in bibliography.included or key in cited]
    return [reference_of(item, item["id"] in bibliography.included) for item in sorted(wanted, key=order)]
