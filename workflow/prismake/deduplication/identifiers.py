"""DOI, PMID, ISSN, ISBN and the version that some DOIs carry."""

from __future__ import annotations

import re
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_HOST = re.compile(
    r"(?<=\w)(?:www|journals|dx|doi|onlinelibrary|link)\.[a-z.-]+\.(?:com|org|net)\b.*$"
)  # an address run on
_TAIL = re.compile(r"(?:\.(?:pdf|full|abstract|epub)|/(?:pdf|full|abstract|meta|html?))$")
_PMID = re.compile(r"\b\d{4,9}\b")
_ISSN = re.compile(r"(?<![\dxX-])(\d{4})-?(\d{3}[\dxX])(?![\dxX-])")
_COCHRANE = re.compile(r"^10\.1002/14651858\.([a-z]{2}\d+)(?:\.pub(\d+))?$")
_ARXIV_VERSION = re.compile(r"v\d+$")


def doi_of(text: str) -> str:
    """A DOI in lower case without prefix, doubled slashes and trailing punctuation; "" for none."""
    if "10." not in text:
        return ""
    raw = text.strip().lower()
    if "%" in raw:
        raw = unquote(raw)
    match = _DOI.search(raw)
    if not match:
        return ""
    doi = (
        match.group()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .rstrip(".,;:'\"\\]}>")
        .replace("\\", "")
    )
    doi = re.sub(r"/{2,}", "/", doi)
    doi = re.split(r"https?:|[?&](?:via|utm|ver|url)|\s|;|\||#", doi, maxsplit=1)[0]
    doi = _TAIL.sub("", _HOST.sub("", doi)).rstrip(".,;:/")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def doi_version(doi: str) -> str:
    """The version inside a DOI: `1` for the first of a Cochrane review, `2` for `.pub2`, `v3` of a preprint; "" for none."""
    match = _COCHRANE.match(doi)
    if match:
        return match.group(2) or "1"
    if doi.startswith(("10.21203/", "10.20944/", "10.48550/", "10.1101/", "10.12688/")):
        found = re.search(r"[/.]?(v\d+|\.\d)$", doi)
        return found.group(1) if found else ""
    return ""


def pmid_of(text: str) -> str:
    """A PubMed id, digits only; "" for none."""
    match = _PMID.search(text)
    return match.group().lstrip("0") if match else ""


def issns_of(text: str) -> tuple[str, ...]:
    """The ISSNs in a text, sorted, without hyphen."""
    return tuple(sorted({(a + b).upper() for a, b in _ISSN.findall(text)}))


def isbns_of(text: str) -> tuple[str, ...]:
    """The ISBNs in a text as the nine digits that both lengths share, sorted."""
    found = set()
    for raw in re.findall(r"(?:97[89][- ]?)?(?:\d[- ]?){9}[\dxX]", text):
        digits = re.sub(r"[^0-9xX]", "", raw)
        if len(digits) == 13 and digits.startswith(("978", "979")):
            found.add(digits[3:12])
        elif len(digits) == 10:
            found.add(digits[:9])
    return tuple(sorted(found))
