"""What kind of work a record is: told from its type, title, container and DOI.

A kind is only used to tell two works apart that share a title, so a wrong kind given alike to both does no harm.
"""

from __future__ import annotations

import re

from prismake.deduplication.titles import without_notes

ARTICLE = ""
ERRATUM, RETRACTION, COMMENT, REPLY, PROTOCOL = "erratum", "retraction", "comment", "reply", "protocol"
DISSERTATION, PREPRINT, DATASET, CONFERENCE, REGISTRATION, BOOK, CHAPTER, BOOK_REVIEW = (
    "dissertation",
    "preprint",
    "dataset",
    "conference",
    "registration",
    "book",
    "chapter",
    "book review",
)

_NOTICES = (
    (RETRACTION, re.compile(
        r"^\W*(?:retraction\b(?!\s+(?:of|in|for)\s+(?:the\s+)?(?:tissue|lung|eyelid|clot|nipple|soft))|retracted notice|notice of (?:retraction|withdrawal|concern)|statement of retraction|withdrawal notice|"
        r"expression of concern|editorial expression of concern)|\(retraction of\b|:\s*retraction(?: note)?\W*$", re.I)),
    (ERRATUM, re.compile(
        r"^\W*(?:(?:publisher|author)(?:'?s|’s|s'|s’)?\W+)?(?:erratum|errata|corrigend(?:um|a)|correction|addendum)\b(?!\s+(?:of|for)\s+(?!the\s+article|vol))"
        r"|\[?(?:published )?erratum\W*$|:\s*(?:erratum|corrigendum|correction)\W*$|\([^()]{4,80}\((?:19|20)\d\d\)[^()]*\([^()]*\)[^()]*\)\W*$|\((?:vol\.?\s*\d+|[^()]{0,60}\bvol\.?\s*\d+)[^()]*\bp(?:g|p|age)?\.?\s*\S+[^()]*\)\s*$|"
        r"\[(?:correction|corrigendum)\]", re.I)),
    (REPLY, re.compile(
        r"^\W*(?:the\s+)?(?:(?:author|authors)(?:'s|’s|s'|s’|'|’)?\s+(?:reply|response|replies)|in reply\b|reply\b|response to\b|rejoinder\b|re:\s*re:)|:\s*(?:reply|author(?:'s|s'|s)? (?:reply|response)|rejoinder)\W*$|\[reply\]", re.I)),
    (COMMENT, re.compile(
        r"^\W*(?:a\s+)?(?:invited\s+)?(?:comment(?:s|ary)?\b(?=\s*(?:on|to|:|-|\u2013|\u2014))|re:|letter to the editor\s*(?:re|on|:)|letter regarding|regarding\b)|:\s*(?:a\s+)?(?:comment|commentary)(?:\s+on\b.*)?\W*$", re.I)),
    (PROTOCOL, re.compile(r"\b(?:study|trial|review|research|a|the|meta-analysis)\s+protocols?\b|\bprotocols? (?:for|of) (?:a|an|the)\b|:\s*protocol\b|\bprotocol\W*$|^\W*protocol\b|\brationale (?:and|&) design\b|\bdesign and rationale\b", re.I)),
)  # fmt: skip
_NOTICE_HINT = re.compile(
    r"err|corr|addend|retract|withdraw|concern|\(\d{4}\)|repl|respons|rejoin|comment|re:|regarding|protocol|vol|rationale|letter",
    re.I,
)

_THESIS = re.compile(r"\bdissertations?\b|\bthes[ei]s\b|\bproquest\b|\bdiss\.? abst?r|\bhabilitation", re.I)
_DEGREE = re.compile(r"ph\.?\s?d\.?|m\.?d\.?|doctoral|dissertation", re.I)
_PREPRINT = re.compile(
    r"\b(?:arxiv|biorxiv|medrxiv|psyarxiv|psyrxiv|socarxiv|edarxiv|chemrxiv|osf ?preprints?|ssrn|research square|preprints(?:\.org)?|authorea|techrxiv|peerj preprints|thesis commons|nber working papers?|repec)\b",
    re.I,
)
_PREPRINT_DOI = re.compile(
    r"^10\.(?:31234|31219|31235|48550|21203|2139/ssrn|20944|26434|22541|36227|35542|31222|31730|1101/(?:20\d\d\.|\d{6}$))"
)
_DATASET = re.compile(
    r"\b(?:figshare|zenodo|dryad|mendeley data|dataverse|open science framework|psyctests|uk data service|icpsr|gesis data)\b",
    re.I,
)
_DATASET_DOI = re.compile(r"^10\.(?:6084|5061|5281|17632|7910|3886|5255|4121|17605)/|^10\.1037/t\d{5}")
_REGISTER = re.compile(
    r"clinicaltrials\.gov|\bisrctn\b|\bictrp\b|\bprospero\b|clinical trials? regist|trialregister|\beuctr\b|\bdrks\b|\bnct\d{8}\b",
    re.I,
)
_CONFERENCE = re.compile(
    r"\b(?:conference|proceedings of the|congress|symposium|workshop|annual meeting|meeting abstracts?)\b|^proceedings$",
    re.I,
)
_TYPES = {
    "dissertation": DISSERTATION, "thesis": DISSERTATION, "phdthesis": DISSERTATION, "mastersthesis": DISSERTATION, "thes": DISSERTATION,
    "preprint": PREPRINT, "dataset": DATASET, "data": DATASET, "conference": CONFERENCE, "conf": CONFERENCE, "cpaper": CONFERENCE,
    "inproceedings": CONFERENCE, "proceedings": CONFERENCE, "erratum": ERRATUM, "retraction": RETRACTION, "comment": COMMENT,
    "protocol": PROTOCOL, "registration": REGISTRATION, "book": BOOK, "chapter": CHAPTER, "incollection": CHAPTER, "inbook": CHAPTER, "chap": CHAPTER,
}  # fmt: skip


def notice_of(title: str, entry_type: str = "") -> str:
    """Erratum, retraction, reply, comment or protocol by the words of the title (or the type); "" for none of them."""
    if _NOTICE_HINT.search(title):
        title = without_notes(title)
        for kind, pattern in _NOTICES:
            if pattern.search(title):
                return kind
    kind = _TYPES.get(entry_type.strip().lower(), "")
    return kind if kind in (ERRATUM, PROTOCOL) else ""


def work_of(entry_type: str, journal: str, doi: str, publisher: str = "", volume: str = "") -> str:
    """Dissertation, preprint, dataset, registration, conference, book or chapter; "" for an article or what cannot be told."""
    place = journal or publisher
    if "d" in volume.lower() and _DEGREE.fullmatch(volume.strip()):
        return DISSERTATION
    if place:
        if _THESIS.search(place):
            return DISSERTATION
        if _REGISTER.search(place):
            return REGISTRATION
        if _PREPRINT.search(place):
            return PREPRINT
        if _DATASET.search(place):
            return DATASET
    if doi:
        if _PREPRINT_DOI.match(doi):
            return PREPRINT
        if _DATASET_DOI.match(doi):
            return DATASET
    kind = _TYPES.get(entry_type.strip().lower(), "")
    if kind and kind not in (ERRATUM, RETRACTION, COMMENT, PROTOCOL):
        return kind
    return CONFERENCE if journal and _CONFERENCE.search(journal) else ARTICLE


_OPENING = re.compile(
    r"^\W*(?:(?:publisher|author)(?:'?s|’s|s'|s’)?\s+)?(?:erratum|errata|corrigendum|correction|addendum|retraction(?: note| notice)?|retracted notice|notice of retraction|statement of retraction|withdrawal notice|"
    r"(?:editorial )?expression of concern|(?:a |an |invited )?comment(?:s|ary)?(?: on| to)?|(?:in )?reply(?: to)?|response(?: to)?|rejoinder(?: to)?|re(?=\s*:)|letter regarding|regarding)\b"
    r"(?:\s+to)?\s*[:.\-\u2013\u2014\"“‘']*\s*", re.I)  # fmt: skip
_CLOSING = re.compile(
    r"\s*\([^()]{4,80}\((?:19|20)\d\d\)[^()]*(?:\([^()]*\)[^()]*)?\)\W*$|\s*\((?:retraction of |correction to |[^()]{0,40})?vol\.?\s*\d+[^()]*\)\s*\.?$|\s*\((?:1[89]|20)\d\d\)\W*$",
    re.I,
)


def without_notice(title: str) -> str:
    """The title of the work that a notice is about: `Correction to: X (2018)` -> `X`."""
    return _CLOSING.sub("", _OPENING.sub("", title)).strip(" \"“”‘’'")
