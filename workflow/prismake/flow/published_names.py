"""What the numbers of a published flow are called: PRISMA 2020's names, and the words by which other names are known.

No two publications name their numbers alike ("database.hits.duplicates.removed", "Full-text articles assessed",
"screening: {excluded: 60}", "Duplikate entfernt"), so a name that is none of ours is known by the words in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

TOTAL_OF = {"databases": "database_results", "registers": "register_results", "screening_reasons": "records_excluded",
            "reasons": "dbr_excluded", "other_reasons": "other_excluded"}  # fmt: skip
"""Lists of a flow -> the total that each adds up to."""
PARTS = tuple(TOTAL_OF)
PART_OF = {total: part for part, total in TOTAL_OF.items()} | {"identified": "databases"}

COUNTS = [
    "previous_studies", "previous_reports", "database_results", "register_results", "additional", "identified",
    "duplicates", "after_duplicates", "excluded_automatic", "excluded_other", "removed_before_screening",
    "records_screened", "records_excluded", "records_excluded_automatic",
    "dbr_not_sought", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded",
    "dbr_ongoing", "dbr_awaiting", "website_results", "organisation_results", "citations_results",
    "contact_results", "other_method_results",
    "other_results", "other_duplicates", "other_not_sought", "other_sought_reports", "other_notretrieved_reports",
    "other_assessed", "other_excluded", "other_ongoing", "other_awaiting", "new_studies", "new_reports", "included",
    "removed_studies", "merged_studies", "total_studies", "total_reports", "total_studies_ma", "total_reports_ma",
    "stated_studies",
]  # fmt: skip
"""Names that a YAML may give: PRISMA 2020's, and `included` where a paper does not say whether studies or reports,
`additional` records from elsewhere, `identified` for all records of all sources, `removed_before_screening` for the sum
of three boxes, `after_duplicates` for what remained, `records_excluded_automatic` for what automation tools excluded
in screening, `stated_studies` for the number in the text."""

METHODS = ("website_results", "organisation_results", "citations_results", "contact_results", "other_method_results")
"""The boxes of PRISMA 2020's other methods."""

SUBSET = "subset"
"""What `name_of` calls the studies of one analysis."""
EXCLUDED = "excluded"
"""What `name_of` calls exclusions of a stage that the words do not say: what stands before them does."""
ARTICLES = "included_articles"
"""What `name_of` calls included articles or papers: reports, where a number of studies stands beside them."""

_SAME = [
    (re.compile(pattern), word)
    for pattern, word in [
        (
            r"\bfull ?(?:text|paper|article|report|manuscript|publication|read)(?:s|ing)?\b|\bvolltexte?n?\b",
            "full text",
        ),
        (r"\bde ?duplic", "deduplic"),
        (r"\bnon ?duplic\w*", "unique"),
        (
            r"\b(?:reject|eliminat|discard|omit|ineligib|irrelevan)\w*|\bnot (?:eligible|relevant|suitable)\b",
            "excluded",
        ),
        (
            r"\b(?:did|do|does) not (?:meet|fulfil|satisfy)\w*|\bnot (?:meet|met|fulfil|satisf)\w*|\bausgeschlossene?[nr]?\b|\bausschl\w+",
            "excluded",
        ),
        # German
        (r"\beingeschlossene?[nr]?\b", "included"),
        (r"\btreffer\w*|\bgefunden\w*", "identified"),
        (r"\bdatenbank\w*", "databases"),
        (r"\bd(?:uplik|ublett|oublett)\w*", "duplicates"),
        (r"\bentfern\w+", "removed"),
        (r"\bge(?:sichtet|screent|screened)\w*", "screened"),
        (r"\btitel\w*", "title"),
        (r"\b(?:zusaetzlich|weitere)\w*", "additional"),
        (r"\bge(?:prueft|lesen)\w*|\bbe(?:urteilt|wertet)\w*", "assessed"),
        (r"\bstudien?\b", "studies"),
        (r"\bberichte?n?\b", "reports"),
        (r"\b(?:publikation|artikel)\w*", "articles"),
        (r"\bnicht (?:verfuegbar|beschaffbar|erhaeltlich|auffindbar|zugaenglich)\w*", "not available"),
        (r"\blaufende?\w*", "ongoing"),
        (r"\bgr(?:ue|u)nde?n?\b", "reasons"),
        (r"\bhandsuche\w*", "hand search"),
        (r"\bnach\b", "after"),
    ]
]

_BY_WORDS: list[tuple[str, str]] = [  # all of the words, as parts of words -> name ("": known, but no box of the
    # flow); the first that fits. Words joined by _ stand side by side, = is the whole name.
    # What was removed before screening, and what remained
    ("removed_before_screen", "removed_before_screening"),
    ("before screen remov", "removed_before_screening"),
    ("screen after duplicat", "records_screened"),
    ("after duplicat", "after_duplicates"),
    ("after dedup", "after_duplicates"),
    ("duplicat remain", "after_duplicates"),
    ("without duplicat", "after_duplicates"),
    ("no_dupes", "after_duplicates"),
    ("unique", "after_duplicates"),
    ("dedup remov", "duplicates"),
    ("dedup", ""),  # removed, or left?
    ("duplicat", "duplicates"),
    ("automat", "excluded_automatic"),
    ("remov other", "excluded_other"),
    # Retrieval
    ("not_sought", "dbr_not_sought"),
    *((f"{words}", "dbr_notretrieved_reports")
      for words in ("not retriev", "not available", "not obtain", "not_found", "not locat", "not access", "inaccessib",
                    "unavailable", "unobtain", "irretriev")),
    ("sought", "dbr_sought_reports"),
    # Exclusions
    ("full_text exclu", "dbr_excluded"),
    ("full_text reason", "dbr_excluded"),
    ("full_text not_includ", "dbr_excluded"),
    ("report exclu", "dbr_excluded"),
    ("eligib exclu", "dbr_excluded"),
    ("assess exclu", "dbr_excluded"),
    ("screen exclu", "records_excluded"),
    ("abstract exclu", "records_excluded"),
    ("title exclu", "records_excluded"),
    ("records exclu", "records_excluded"),
    ("exclu reason", "dbr_excluded"),
    ("exclu", EXCLUDED),
    ("remov", EXCLUDED),
    ("ongoing", "dbr_ongoing"),
    ("awaiting", "dbr_awaiting"),
    # Inclusion
    ("previous report", "previous_reports"),
    ("previous", "previous_studies"),
    ("manual", "additional"),
    ("additional", "additional"),
    ("includ analys", SUBSET),
    ("includ meta", SUBSET),
    ("includ quantitative", SUBSET),
    ("quantitative", SUBSET),
    ("report total_includ", "total_reports"),
    ("includ report total", "total_reports"),
    ("includ report", "new_reports"),
    ("total_stud", "total_studies"),
    *((f"includ {word}", ARTICLES) for word in ("article", "paper", "publication", "full_text")),
    ("includ stud", "new_studies"),
    ("qualitative", "included"),
    ("includ", "included"),
    ("final_sample", "included"),
    ("final_set", "included"),
    # Stages
    ("quality assess", ""),
    ("risk bias", ""),
    ("after full_text retriev", "dbr_assessed"),
    ("after full_text", ""),
    ("after abstract", "dbr_sought_reports"),
    ("after title", ""),
    ("after screen", "dbr_sought_reports"),
    ("full_text", "dbr_assessed"),
    ("assess", "dbr_assessed"),
    ("screen", "records_screened"),
    # Sources
    *((words, "citations_results")
      for words in ("citation search", "citation chas", "citation track", "other_method citation", "=citations", "snowball",
                    "reference list", "hand search", "handsearch", "backward", "forward")),
    ("website", "website_results"),
    ("organisation", "organisation_results"),
    ("organization", "organisation_results"),
    ("contact", "contact_results"),
    ("expert", "contact_results"),
    ("grey_literature", "other_method_results"),
    ("gray_literature", "other_method_results"),
    ("other source", "additional"),
    ("other resource", "additional"),
    ("other record", "additional"),
    ("found other", "additional"),
    ("identif other", "additional"),
    ("database register", "database_results"),
    ("register", "register_results"),
    ("database", "database_results"),
    ("hits", "database_results"),
    ("electronic search", "database_results"),
    ("identif", "identified"),
    ("total_record", "identified"),
    ("found", "identified"),
    ("source", "identified"),
    ("search", "identified"),
]  # fmt: skip
_OF_THE_OTHER_ARM = {"database_results": "other_results", "identified": "other_results", "additional": "other_results",
                     "duplicates": "other_duplicates", EXCLUDED: "other_excluded"}  # fmt: skip
_SOURCES = ("databases", "registers")
_OPEN = re.compile(r"database|register|record|other|additional|duplicat|citation|snowball|hand|website|organi[sz]ation|"
                   r"contact|reference|previous")  # fmt: skip
"""How what stands below "identified" begins where it is no database: `Cochrane Database` is one."""


def name_of(keys: Sequence[str]) -> str | None:
    """The name in `COUNTS` or `PARTS` (or `SUBSET`, `EXCLUDED`, `ARTICLES`) that keys say, the outermost first; None
    where they say none.

    The innermost key is asked alone first, then with those around it: `screening: {excluded: 60}` are records excluded.
    """
    last, around = keys[-1].strip().lower(), " ".join(words_of(key) for key in keys)
    if last in COUNTS or last in PARTS:
        name: str | None = last
    else:
        name = _by_words(words_of(last))
        if name is None or name == EXCLUDED:
            name = _by_words(around) or name
    if "full text" in around:
        name = "dbr_assessed" if name == "records_screened" else name
    elif "abstract" in around or around.startswith("screen"):
        name = {"dbr_excluded": "records_excluded", "included": None}.get(name or "", name)  # included: went on
    if len(keys) > 1 and name == "included" and "stud" in words_of(last):
        name = "new_studies"
    if name is None or not any("other method" in words_of(key) for key in keys):
        return name
    if name == "reasons":
        return "other_reasons"
    return _OF_THE_OTHER_ARM.get(name, name.replace("dbr_", "other_", 1))


def says_itself(key: str) -> bool:
    """Whether a key says what it is without those around it."""
    return key.strip().lower() in (*COUNTS, *PARTS) or _by_words(words_of(key)) is not None


def is_stage(keys: Sequence[str], inner: Sequence[str]) -> bool:
    """Whether a mapping below `keys` holds numbers of the flow (`identification: {databases: 5}`), not a list of
    databases or reasons with their numbers."""
    name = name_of(keys)
    part = PART_OF.get(name or "", name)
    if part not in PARTS or (part in _SOURCES and not says_itself(keys[-1])):
        return True
    words = words_of(keys[-1])
    open_words = name == "identified" or "identif" in words or ("database" in words and "register" in words)
    return open_words and any(_OPEN.match(words_of(key)) and says_itself(key) for key in inner)


def words_of(key: str) -> str:
    """`recordsScreened` and `records.screened` are both "records screened"; German words become English."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).lower()
    for letter, letters in (("\u00e4", "ae"), ("\u00f6", "oe"), ("\u00fc", "ue"), ("\u00df", "ss")):
        apart = apart.replace(letter, letters)
    words = re.sub(r"[^a-z]+", " ", apart).strip()
    for pattern, word in _SAME:
        words = pattern.sub(word, words)
    return words


def _by_words(words: str) -> str | None:
    for parts, name in _BY_WORDS:
        if words == parts[1:] if parts[0] == "=" else all(part.replace("_", " ") in words for part in parts.split()):
            return name or None
    return None
