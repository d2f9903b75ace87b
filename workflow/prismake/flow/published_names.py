"""What the numbers of a published flow are called: PRISMA 2020's names, and the words by which other names are known.

No two publications name their numbers alike ("database.hits.duplicates.removed", "Full-text articles assessed",
"screening: {excluded: 60}"), so a name that is none of ours is known by the words in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

TOTAL_OF = {"databases": "database_results", "registers": "register_results", "screening_reasons": "records_excluded",
            "reasons": "dbr_excluded", "other_reasons": "other_excluded"}  # fmt: skip
"""Lists of a flow -> the total that each adds up to."""
PARTS = tuple(TOTAL_OF)
PART_OF = {total: part for part, total in TOTAL_OF.items()}

COUNTS = [
    "previous_studies", "previous_reports", "database_results", "register_results", "additional", "duplicates",
    "after_duplicates", "excluded_automatic", "excluded_other", "records_screened", "records_excluded",
    "dbr_not_sought", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded",
    "dbr_ongoing", "dbr_awaiting", "website_results", "organisation_results", "citations_results",
    "contact_results", "other_method_results",
    "other_results", "other_duplicates", "other_not_sought", "other_sought_reports", "other_notretrieved_reports",
    "other_assessed", "other_excluded", "other_ongoing", "other_awaiting", "new_studies", "new_reports", "included",
    "removed_studies", "merged_studies", "total_studies", "total_reports", "total_studies_ma", "total_reports_ma",
    "stated_studies",
]  # fmt: skip
"""Names that a YAML may give: PRISMA 2020's, and `included` where a paper does not say whether studies or reports,
`additional` records from elsewhere, `after_duplicates` for what remained, `stated_studies` for the number in the
text."""

SUBSET = "subset"
"""What `name_of` calls the studies of one analysis."""

_BY_WORDS: list[
    tuple[str, str]
] = [  # words (all of them, as beginnings or parts of words) -> name; the first that fits
    ("before screen remov", ""),  # a sum of three boxes: which of them, nobody knows
    ("after duplicat", "after_duplicates"),
    ("after dedup", "after_duplicates"),
    ("duplicat remain", "after_duplicates"),
    ("without duplicat", "after_duplicates"),
    ("no dupes", "after_duplicates"),
    ("dedup remov", "duplicates"),
    ("dedup", ""),  # removed, or left?
    ("duplicat", "duplicates"),
    ("automat", "excluded_automatic"),
    ("remov other", "excluded_other"),
    ("not sought", "dbr_not_sought"),
    ("sought", "dbr_sought_reports"),
    ("not retriev", "dbr_notretrieved_reports"),
    ("not available", "dbr_notretrieved_reports"),
    ("not obtain", "dbr_notretrieved_reports"),
    ("unavailable", "dbr_notretrieved_reports"),
    ("full text exclu", "dbr_excluded"),
    ("full text reason", "dbr_excluded"),
    ("report exclu", "dbr_excluded"),
    ("eligib exclu", "dbr_excluded"),
    ("assess exclu", "dbr_excluded"),
    ("full text", "dbr_assessed"),
    ("assess", "dbr_assessed"),
    ("screen exclu", "records_excluded"),
    ("abstract exclu", "records_excluded"),
    ("records exclu", "records_excluded"),
    ("exclu reason", "dbr_excluded"),
    ("screen", "records_screened"),
    ("ongoing", "dbr_ongoing"),
    ("awaiting", "dbr_awaiting"),
    ("previous report", "previous_reports"),
    ("previous", "previous_studies"),
    ("includ analys", SUBSET),
    ("includ meta", SUBSET),
    ("includ quantitative", SUBSET),
    ("quantitative", SUBSET),
    ("qualitative", "included"),
    ("includ report total", "total_reports"),
    ("includ report", "new_reports"),
    ("includ new stud", "new_studies"),
    ("includ", "included"),
    ("citation", "citations_results"),
    ("website", "website_results"),
    ("organisation", "organisation_results"),
    ("organization", "organisation_results"),
    ("contact", "contact_results"),
    ("additional", "additional"),
    ("other source", "additional"),
    ("other record", "additional"),
    ("found other", "additional"),
    ("identif other", "additional"),
    ("database register", "database_results"),
    ("register", "register_results"),
    ("database", "database_results"),
    ("hits", "database_results"),
    ("identif", "database_results"),
    ("found", "database_results"),
]
_OF_THE_OTHER_ARM = {"database_results": "other_results", "additional": "other_results",
                     "duplicates": "other_duplicates"}  # fmt: skip


def name_of(keys: Sequence[str]) -> str | None:
    """The name in `COUNTS` or `PARTS` (or `SUBSET`) that keys say, the outermost first; None where they say none.

    The innermost key is asked alone first, then with those around it: `screening: {excluded: 60}` are records excluded.
    """
    last, around = keys[-1].strip().lower(), " ".join(_words(key) for key in keys)
    if last in COUNTS or last in PARTS:
        name: str | None = last
    else:
        name = _by_words(_words(last)) or _by_words(around)
    if "full text" in around:
        name = "dbr_assessed" if name == "records_screened" else name
    elif "abstract" in around or around.startswith("screen"):
        name = {"dbr_excluded": "records_excluded", "included": None}.get(name or "", name)  # included: went on
    if len(keys) > 1 and name == "included" and "stud" in _words(last):
        name = "new_studies"
    if name is None or not any("other method" in _words(key) for key in keys):
        return name
    if name == "reasons":
        return "other_reasons"
    return _OF_THE_OTHER_ARM.get(name, name.replace("dbr_", "other_", 1))


def is_stage(keys: Sequence[str], inner: Sequence[str]) -> bool:
    """Whether a mapping below `keys` holds numbers of the flow (`identification: {databases: 5}`), not a list of
    databases or reasons with their numbers."""
    name = name_of(keys)
    part = PART_OF.get(name or "", name)
    if part not in PARTS or (part in ("databases", "registers") and name_of(keys[-1:]) is None):
        return True
    words = _words(keys[-1])
    open_words = "identif" in words or "found" in words or ("database" in words and "register" in words)
    return open_words and any(name_of([key]) is not None for key in inner)


def _by_words(words: str) -> str | None:
    return next((name or None for parts, name in _BY_WORDS if all(part in words for part in parts.split())), None)


def _words(key: str) -> str:
    """`recordsScreened` and `records.screened` are both "records screened"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key)
    return re.sub(r"[^a-z]+", " ", apart.lower()).strip()
