"""Kinds of entries: the words of databases and the type codes of exchange formats, as the record model's
`entry_type`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CODES = {
    # RIS (Research Information Systems), Zotero, BibTeX and CSL, EndNote's reference types; all lower case
    "jour": "article", "jfull": "article", "mgzn": "article", "news": "article", "ejour": "article",
    "inpr": "article",
    "abst": "conference", "conf": "conference", "cpaper": "conference", "book": "book", "edbook": "book",
    "ebook": "book",
    "chap": "chapter", "echap": "chapter", "sect": "chapter", "thes": "dissertation", "rprt": "report",
    "gov": "report", "data": "dataset",
    "dbase": "dataset", "unpb": "other", "unpd": "other", "gen": "other", "elec": "other", "web": "other",
    "blog": "other", "pat": "other",
    "comp": "other", "stat": "other", "stand": "other", "slide": "other", "video": "other", "serial": "book",
    "ser": "book", "pamp": "report",
    "journalarticle": "article", "magazinearticle": "article", "newspaperarticle": "article",
    "conferencepaper": "conference",
    "booksection": "chapter", "encyclopediaarticle": "chapter", "dictionaryentry": "chapter", "webpage": "other",
    "blogpost": "other",
    "presentation": "conference", "manuscript": "other", "computerprogram": "other", "statute": "other",
    "posted-content": "preprint",
    "article": "article", "article-journal": "article", "article-magazine": "article", "inproceedings": "conference",
    "conference": "conference", "proceedings": "conference", "incollection": "chapter", "inbook": "chapter",
    "phdthesis": "dissertation",
    "mastersthesis": "thesis", "techreport": "report", "misc": "other", "unpublished": "other", "online": "other",
    "thesis": "dissertation",
    "paper-conference": "conference", "journal-article": "article", "proceedings-article": "conference",
    "book-chapter": "chapter",
    "j": "article", "c": "conference", "b": "book", "s": "article", "p": "other", "ieee conferences": "conference",
    "ieee journals": "article", "citation": "article", "html": "", "pdf": "", "doc": "", "journal": "article",
    "journals": "article",
}  # fmt: skip

# Words in a database's own document type; the first that is found decides, so the more telling stand first.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"retract(?:ed|ion)|withdrawn", "retraction"),
    (r"errat|corrigend|correction|published erratum", "erratum"),
    (r"trial registry|clinical trial registration|registry record|trial register", "registration"),
    (r"protocol", "protocol"),
    (r"preprint|posted content|working paper", "preprint"),
    (r"master'?s?[ -]?thes|bachelor", "thesis"),
    (r"dissertation|doctoral|ph\.?\s?d|thesis|theses", "dissertation"),
    (r"editorial", "editorial"),
    (r"\bletter\b", "letter"),
    (r"\bcomment|\breply\b|\bnote\b|\bresponse\b|peer review", "comment"),
    (r"\bdata ?(?:set|base| paper)", "dataset"),
    (r"systematic review|meta.?analysis|review article|literature review|short survey|\breview\b(?! process|ed)",
    "review"),
    (r"conference|proceeding|meeting|symposi|\babstract\b|poster|congress", "conference"),
    (r"chapter|book section|book part|edited book article", "chapter"),
    (r"\bbooks?\b|monograph|encyclopedia", "book"),
    (r"technical report|government|^reports?$|guideline", "report"),
    (r"article|journal|report|clinical (?:trial|study)|randomi[sz]ed|research support|empirical", "article"),
    (r"webpage|web page|website|patent|software|news|interview|biograph|bibliograph|film|poetry", "other"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _WORDS)
_BOOK_REVIEW = re.compile(r"\bbook review|review[- ]book|review-software", re.IGNORECASE)
_REVIEWED = re.compile(r"peer[- ]review\w*(?: journal)?", re.IGNORECASE)
_WEAK = frozenset({"", "article", "other"})


@lru_cache(maxsize=4096)
def entry_type(code: str, *words: str) -> str:
    """The kind of an entry from a format's type code ("JOUR") and the database's document types ("Review; Journal
    Article").

    A document type that tells more than "article" wins over the code; blank where neither says anything.
    """
    if "Unspecified" in words:
        return ""
    kind = _of_code(code)
    found = [t for t in (_of_words(word) for word in words if word) if t]
    telling = [t for t in found if t not in _WEAK]
    if telling and (kind in _WEAK or telling[0] not in ("book", "conference") or kind not in ("chapter", "conference")):
        return telling[0]
    if kind in ("", "other") and found:
        return found[0]
    return kind


@lru_cache(maxsize=1024)
def _of_code(code: str) -> str:
    code = code.strip().lower()
    return _CODES[code] if code in _CODES else _of_words(code)


@lru_cache(maxsize=4096)
def _of_words(words: str) -> str:
    """The kind that a document type, or several in one cell, tells."""
    if _BOOK_REVIEW.search(words):
        return "comment"
    words = _REVIEWED.sub("", words)
    for pattern, kind in _PATTERNS:
        if pattern.search(words):
            return kind
    return ""
