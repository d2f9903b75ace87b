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
UNPUBLISHED = (PREPRINT, DISSERTATION)
"""What a review may join with the article of the same title and authors."""

_WHOSE = r"(?:(?:publisher|author)(?:'?s|’s|s'|s’)?\W+)?"
_PATTERNS = {
    RETRACTION: (
        r"^\W*retraction\b(?!\s+(?:of|in|for)\s+(?:the\s+)?(?:tissue|lung|eyelid|clot|nipple|soft))",  # Retraction: Rest and mood
        r"^\W*(?:retracted notice|notice of (?:retraction|withdrawal|concern)|statement of retraction|withdrawal notice)",
        r"^\W*(?:editorial )?expression of concern",
        r"\(retraction of\b",  # Rest and mood (Retraction of vol 49, pg 601, 2013)
        r":\s*retraction(?: note)?\W*$",  # Rest and mood: Retraction
    ),
    ERRATUM: (
        rf"^\W*{_WHOSE}(?:erratum|errata|corrigend(?:um|a))\b",  # Author's erratum for Rest and mood
        rf"^\W*{_WHOSE}(?:correction|addendum)\b(?!\s+(?:of|for)\s+(?!the\s+article|vol))",  # Correction to: Rest and mood
        r"\b(?:erratum|errata|corrigendum|corrigenda)\W*$",  # Rest and mood. Corrigendum
        r":\s*(?:erratum|errata|corrigendum|correction)\W*$",  # "Rest and mood": Correction
        r"[\"”’']:\s*correction to\b",  # "Rest and mood": Correction to Okoro and Lind (2018)
        r"\[(?:correction|corrigendum)\]|\(correction\)\W*$",
        r"\([^()]{4,80}\((?:19|20)\d\d\)[^()]*\([^()]*\)[^()]*\)\W*$",  # Rest and mood (Sleep (2018) 12 (201-215))
        r"\((?:vol\.?\s*\d+|[^()]{0,60}\bvol\.?\s*\d+)[^()]*\bp(?:g|p|age)?\.?\s*\S+[^()]*\)\s*$",  # (vol 12, pg 34, 2010)
        r"\(vol\.?\s*\d+,[^()]*\b(?:19|20)\d\d\)\s*$",  # (vol 17, e1009726, 2021)
    ),
    REPLY: (
        r"^\W*(?:the\s+)?authors?(?:'s|’s|s'|s’|'|’)?\s+(?:reply|response|replies)",
        r"^\W*(?:in reply|(?:an?\s+)?(?:brief\s+)?(?:reply|rejoinder)|response to|re:\s*re:)(?!\w)",
        r":\s*(?:an?\s+)?(?:reply|rejoinder|author(?:'s|s'|s)? (?:reply|response))(?:\s+to\b.*)?\W*$",
        r"[.?!]\s+(?:the\s+)?(?:authors?\W+)?(?:reply|rejoinder)\W*$|[\[(]reply[\])]",  # Rest and mood. Reply
        r"\b(?:reply|response|rejoinder)s? to (?:the |a |an )?(?:invited |recent )?(?:comment(?:s|ary|aries)?|letters?|critics?|critiques?)\b",
    ),
    COMMENT: (
        r"^\W*(?:a\s+)?(?:invited\s+)?comment(?:s|ary)?\b(?=\s*(?:on|to|:|-|\u2013|\u2014))",  # Commentary on: Rest and mood
        r"^\W*editorial comment(?:ary)?\s*[:.]|[.:?!]\s*(?:editorial|invited) comment(?:ary)?\W*$|^\W*discussion (?:of|on)\s+[\"“‘']",
        r"^\W*(?:re:|letter to the editor\s*(?:re|on|:)|letter regarding|regarding\b)",
        r":\s*(?:an?\s+)?(?:invited\s+)?(?:comment|commentary)(?:\s+(?:on|to)\b.*)?\W*$",  # Rest and mood: A commentary on Okoro
    ),
    PROTOCOL: (
        r"\b(?:study|trial|review|research|a|the|meta-analysis)\s+protocols?\b",
        r"\bprotocols? (?:for|of) (?:a|an|the)\b",
        r":\s*protocol\b|\bprotocol\W*$|^\W*protocol\b",
        r"\brationale (?:and|&) design\b|\bdesign and rationale\b",
    ),
}
_NOTICES = tuple((kind, re.compile("|".join(patterns), re.I)) for kind, patterns in _PATTERNS.items())
_NOTICE_HINT = re.compile(
    r"err|corr|addend|retract|withdraw|concern|\(\d{4}\)|repl|respons|rejoin|comment|discussion|re:|regarding|protocol|vol|rationale|letter",
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
_DATASET_DOI = re.compile(
    r"^10\.(?:6084|5061|5281|17632|7910|3886|5255|4121|17605|25384)/|^10\.1037/t\d{5}|\.s\d{3}$|\.supp$"
)
_TEST_DOI = re.compile(r"^10\.1037/t\d{5}")
_TESTS = re.compile(r"\bpsyc\W?tests\b", re.I)
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


def own_doi(doi: str, place: str) -> str:
    """The DOI if it is the work's own: `10.1037/t12345-000` names a test, and PsycInfo puts it on articles that used the test.

    `place`: the journal, or the publisher where there is none.
    """
    return "" if place and _TEST_DOI.match(doi) and not _TESTS.search(place) else doi


def work_of(
    entry_type: str, journal: str, doi: str, publisher: str = "", volume: str = "", *, begins_within: bool = False
) -> str:
    """Dissertation, preprint, dataset, registration, conference, book or chapter; "" for an article or what cannot be told.

    `begins_within`: the pages begin after the first, so that what is called a book is a part of one.
    """
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
        if _DATASET_DOI.search(doi):
            return DATASET
    kind = _TYPES.get(entry_type.strip().lower(), "")
    if kind == BOOK and journal and begins_within:
        return CHAPTER
    if kind and kind not in (ERRATUM, RETRACTION, COMMENT, PROTOCOL):
        return kind
    return CONFERENCE if journal and _CONFERENCE.search(journal) else ARTICLE


_OPENING = re.compile(
    rf"^\W*{_WHOSE}(?:erratum|errata|corrigend(?:um|a)|correction|addendum|retraction(?: note| notice)?|retracted notice|notice of retraction|"
    r"statement of retraction|withdrawal notice|(?:editorial )?expression of concern|(?:a |an |invited |editorial )*comment(?:s|ary)?(?: on| to)?|discussion(?: of| on)|"
    r"(?:a |an |in )?reply(?: to)?|response(?: to)?|(?:a )?rejoinder(?: to)?|re(?=\s*:)|letter regarding|regarding)\b"
    r"(?:\s+(?:to|for|in)\b)?\s*[:.\-\u2013\u2014\"“‘']*\s*",
    re.I,
)
_CLOSING = (
    re.compile(
        r"[\"”]?\s*\[[^\[\]]*\b(?:19|20)\d\d\b[^\[\]]*\]\s*(?:\([^()]*\)\s*)*\.?$"
    ),  # [Sleep 12 (2018) 201-215] (S0272735818300012)
    re.compile(r"\s*\([^()]{4,80}\((?:19|20)\d\d\)[^()]*(?:\([^()]*\)[^()]*)?\)\W*$"),  # (Sleep (2018) 12 (201-215))
    re.compile(
        r"\s*\((?:retraction of |correction to |[^()]{0,40})?vol\.?\s*\d+[^()]*\)\s*\.?$", re.I
    ),  # (vol 12, pg 34, 2010)
    re.compile(r"\s*\((?:1[89]|20)\d\d\)\W*$"),  # (2018)
    re.compile(r"[\"”’']?:\s*(?:erratum|errata|corrigendum|correction|retraction)(?: note)?\W*$", re.I),  # : Correction
    re.compile(
        r"[\s.:?!]+[\[(]?(?:(?:author(?:'?s|’s|s'|s’)?\s+)?(?:reply|rejoinder)|erratum|errata|corrigend(?:um|a)|correction|(?:editorial|invited) comment(?:ary)?)"
        r"[\])]?\W*$",
        re.I,
    ),  # . Reply
    re.compile(r"[\"”’']:\s*correction to\b.*$", re.I),  # ": Correction to Okoro and Lind (2018)
)


def without_notice(title: str) -> str:
    """The title of the work that a notice is about: `Correction to: X (2018)` -> `X`."""
    title = _OPENING.sub("", title)
    for closing in _CLOSING:
        title = closing.sub("", title)
    return title.strip(" \"“”‘’'")
