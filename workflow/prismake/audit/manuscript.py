"""The manuscript check: the numbers in a text, inside themselves and against the review's own, with the sentence shown.

Verdicts: contradicted (the review's number for that very quantity differs), incoherent (numbers printed together cannot
belong together), not found (no number of the review is it, or the sentence is on another work), not computable, within
rounding, confirmed, coherent. A manuscript names no key, so an estimate is looked for among all of the review's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from prismake.audit import coherence
from prismake.audit.coherence import Check
from prismake.audit.rounding import Interval, p_interval, rounded, scale_of
from prismake.audit.sentences import Sentence
from prismake.audit.statements import CITES, Number, Statement, statements

FINDING_COLUMNS = ["paragraph", "quantity", "stated", "check", "verdict", "against", "why", "sentence"]

VERDICTS = ("contradicted", "incoherent", "not found", "not computable", "within rounding", "confirmed", "coherent")

# Quantity of the flow -> the boxes (or sums of boxes) that texts mean by it, the strictest first.
_FLOW: dict[str, tuple[tuple[str, ...], ...]] = {
    "records_identified": (
        ("database_results", "register_results"),
        ("database_results",),
        ("register_results",),
        ("database_results", "register_results", "other_results"),
    ),
    "records_screened": (("records_screened",),),
    "records_excluded": (("records_excluded",),),
    "duplicates": (("duplicates",),),
    "reports_sought": (("dbr_sought_reports",), ("dbr_sought_reports", "other_sought_reports")),
    "reports_not_retrieved": (
        ("dbr_notretrieved_reports",),
        ("dbr_notretrieved_reports", "other_notretrieved_reports"),
        ("other_notretrieved_reports",),
    ),
    "reports_assessed": (("dbr_assessed",), ("dbr_assessed", "other_assessed"), ("other_assessed",)),
    "reports_excluded": (("dbr_excluded",), ("dbr_excluded", "other_excluded"), ("other_excluded",)),
    "studies_included": (("total_studies",), ("new_studies",)),
}
_ONE_SIDED = re.compile(r"\b(?:one|1)[- ](?:tailed|sided)|\bdirectional\b", re.IGNORECASE)

# Quantity -> how the names of numbers that it can be end.
_ENDINGS = {
    "k": (".k",),
    "studies_in_meta_analysis": (".k",),
    "N": (".N",),
    "I2": (".I2", ".I2_Q"),
    "tau2": (".tau2",),
    "Q": (".QE", ".QM", ".Q"),
}


def check_manuscript(sentences: Iterable[Sentence], numbers: Mapping[str, float] | None = None) -> pd.DataFrame:
    """All findings, one row a check (`FINDING_COLUMNS`), the worst verdicts first, else in the text's order.

    Args:
        sentences: of `prismake.audit.sentences.read_sentences`.
        numbers: the review's numbers by name (`prismake.audit.catalogue`), None where there is no review.
    """
    rows = []
    for sentence in sentences:
        for statement in statements(sentence.text):
            checks = inside(statement, sentence.text)
            if numbers is not None and statement.quantity not in ("percentage", "test"):
                checks.append(
                    against_review(statement, numbers, cites=bool(CITES.search(sentence.text)), sentence=sentence.text)
                )
            rows += [
                [str(sentence.paragraph), statement.quantity, statement.stated, c.check, c.verdict, c.against, c.why,
                 sentence.text]
                for c in checks
            ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=FINDING_COLUMNS, dtype=str)
    order = {verdict: place for place, verdict in enumerate(VERDICTS)}
    return frame.sort_values("verdict", key=lambda column: column.map(order), kind="stable").reset_index(drop=True)


def finding_lines(findings: pd.DataFrame, *, everything: bool = False) -> list[str]:
    """The findings for a terminal, each with its sentence; what is right only on demand; then the sum of verdicts."""
    right = ("within rounding", "confirmed", "coherent")
    lines = []
    for row in findings.to_dict("records"):
        if row["verdict"] in right and not everything:
            continue
        against = f" [{row['against']}]" if row["against"] else ""
        why = f": {row['why']}" if row["why"] else ""
        lines.append(f"{row['verdict'].upper():16} {row['stated']}; {row['check']}{against}{why}")
        lines.append(f"{'':16} paragraph {row['paragraph']}: {row['sentence']}")
    counts = findings["verdict"].value_counts()
    total = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if verdict in counts)
    return [
        *lines,
        f"{len(findings)} checks: {total}" if total else "No number was found beside a quantity that is known.",
    ]


def inside(statement: Statement, sentence: str) -> list[Check]:
    """The checks that a statement allows by itself."""
    n = statement.numbers
    if statement.quantity == "effect":
        decimals = max(n[role].decimals for role in ("value", "low", "high"))
        ci = (n["low"].value, n["high"].value)
        scale = scale_of(statement.measure)
        k = int(n["k"].value) if "k" in n else None
        checks = coherence.effect(
            n["value"].value, ci, decimals, p=statement.p, k=k, level=statement.level, scale=scale, words=sentence
        )
        if len([s for s in statements(sentence) if s.quantity in ("effect", "Q")]) == 1:
            words = coherence.wording(
                _own_words(statement.stated, sentence), None, ci, statement.p, statement.level, scale, aside=True
            )
            checks += [check for check in words if check.check.startswith("significance")]
        return checks
    if statement.quantity == "test" and statement.p is not None:
        value, df, df2 = n["value"], n.get("df", Number(0, 0)).value, n.get("df2", Number(0, 0)).value
        aside = bool(_ONE_SIDED.search(sentence))
        return [
            coherence.printed_test(
                statement.measure, value.value, value.decimals, df, df2, statement.p, one_sided=aside
            )
        ]
    if statement.quantity == "percentage":
        percent = n["percent"]
        return [coherence.share(n["part"].value, n["whole"].value, percent.value, percent.decimals)]
    if statement.quantity == "Q":
        q, df = n["q"], int(n["df"].value)
        checks = [] if statement.p is None or df < 1 else [coherence.q_test(q.value, q.decimals, df, statement.p)]
        if "I2" in n:
            checks.append(coherence.i2(n["I2"].value, n["I2"].decimals, q.value, q.decimals, df))
        return checks
    return []


# Words of a sentence that counts something besides the flow of this review, and of one that counts a part of it.
_ELSEWHERE = re.compile(
    r"\b(?:previous\w*|earlier|prior|original|updat\w+|pilot\w*|calibrat\w+|train(?:ing|ed)|citation|reference lists?|snowball\w*|"
    r"websites?|hand[- ]?search\w*|by hand|manual\w*|gr[ea]y|authors?|organi[sz]ations?|contact\w*|experts?|(?:an)?other reviews?)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:random\w*|samples?|subset\w*|subgroups?|sensitivity|network|further|addition\w*|another|others?|remaining|only|each|per|"
    r"average|mean|because|due to|owing to|as (?!well)|publi(?:shed|cation)|languages?|\w+-speaking|third|machine|automat\w*|tool|"
    r"software|algorithm|classifier|within|before|until|stop\w*|wrong|lack\w*|ineligible|no longer)\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[,;:]\s|\s[–—]\s")
_INTRODUCES = re.compile(r"(?:In|For|From|During|By|Through|Via|Using|Among|At|Within|On)\b")
_DATABASES = re.compile(
    r"\b(?:Scopus|PsycINFO|PsycArticles|Web of Science|PubMed|MEDLINE|EMBASE|CINAHL|Cochrane|CENTRAL|ERIC|ProQuest|EBSCO|"
    r"Google Scholar|Dimensions|LILACS|PSYNDEX|OpenAlex|ClinicalTrials)\b",
    re.IGNORECASE,
)


def _of_a_part(statement: Statement, sentence: str, stated: float, most: float) -> bool:
    """Whether a count need not be that of the whole review: it is of another search, or a part that its clause names."""
    clause = _clause(statement.stated, sentence)
    if _ELSEWHERE.search(clause):
        return True
    databases = {name.lower() for name in _DATABASES.findall(sentence)}
    counts = len(re.findall(r"(?<![\w.,-])\d[\d,]*(?!\w|[.,]\d|%)", sentence))
    by_database = statement.quantity in ("records_identified", "duplicates") and 0 < len(databases) <= counts
    return stated < most and (by_database or bool(_PART.search(clause)))


def _clause(stated: str, sentence: str) -> str:
    """The clause of a sentence that holds some words, with the phrase that introduces the sentence (`In a pilot, ...`)."""
    start = sentence.find(stated)
    before = max((m.end() for m in _CLAUSES.finditer(sentence, 0, max(start, 0))), default=0)
    after = _CLAUSES.search(sentence, start + len(stated))
    clause = sentence[before : after.start() if after else len(sentence)]
    first = _CLAUSES.search(sentence)
    introduced = before and first and _INTRODUCES.match(sentence)
    return f"{sentence[: first.start()]} {clause}" if introduced and first else clause


# Where a sentence turns to something else, and what it says of others than the effect: moderators, comparisons of effects.
_TURNS = re.compile(
    r"(?:[,;]\s+|\s+)(?:but|whereas|while|although|though|however|yet|compared (?:to|with))\b|;\s|,\s+and\s|:\s",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"\b(?:no|not|neither|nor|without|significan\w*)\b[^,;()]{0,60}?\b(?:moderat\w+|predict\w*|influenc\w+|affect\w*|depend\w*|"
    r"vary|varied|relat\w+|associat\w+|evidence (?:that|for|of|to)\b[^,;()]*|differ\w* (?:from|between|across|by|in|when|as)\b)"
    r"|\b(?:moderat\w+|predict\w+|influenc\w+|differ\w*)\b[^,;()]{0,30}?\bsignifican\w*"
    r"|\bsignifican\w* (?:larger|smaller|higher|lower|stronger|weaker|greater)\b[^,;()]{0,40}?\bthan\b",
    re.IGNORECASE,
)


def _own_words(stated: str, sentence: str) -> str:
    """What a sentence says of an effect that it states: the part around it, without moderators and comparisons."""
    start = sentence.find(stated.partition(", p")[0])
    end = start + len(stated)
    before = max((m.end() for m in _TURNS.finditer(sentence, 0, max(start, 0))), default=0)
    after = _TURNS.search(sentence, end)
    return _OF_OTHERS.sub(" ", sentence[before : after.start() if after else len(sentence)])


def against_review(
    statement: Statement, numbers: Mapping[str, float], *, cites: bool = False, sentence: str = ""
) -> Check:
    """The statement against the review's numbers; a sentence that cites other work is never called contradicted."""
    name = "against this review's results"
    if statement.quantity == "effect":
        return _effect(statement, numbers, name)
    printed = statement.numbers["q" if statement.quantity == "Q" else "n"]
    if statement.quantity in _FLOW:
        found = _flow_candidates(statement.quantity, numbers)
    else:
        endings = _ENDINGS[statement.quantity]
        found = {key: value for key, value in numbers.items() if key.endswith(endings)}
    if not found:
        return Check(name, "not computable", why="the review has no such number yet")
    best = _best(printed, found)
    if best is not None:
        return best
    if statement.quantity in _FLOW and not cites:
        key, value = next(iter(found.items()))
        if not _of_a_part(statement, sentence, printed.value, max(found.values())):
            return Check(name, "contradicted", f"{key} = {value:g}", f"the results say {value:g}")
        return Check(
            name, "not found", f"{key} = {value:g}", "the sentence seems to speak of a part, or of another search"
        )
    why = "the sentence cites other work" if cites else "no number of this review is it"
    key, value = min(found.items(), key=lambda item: (abs(item[1] - printed.value), item[0]))
    return Check(name, "not found", f"the closest: {key} = {value:.6g}", why)


def _flow_candidates(quantity: str, numbers: Mapping[str, float]) -> dict[str, float]:
    found = {}
    for boxes in _FLOW[quantity]:
        keys = [f"flow.{box}" for box in boxes]
        present = [key for key in keys if key in numbers]
        if present and present[0] == keys[0]:
            found[" + ".join(present)] = sum(numbers[key] for key in present)
    return found


def _best(printed: Number, found: Mapping[str, float]) -> Check | None:
    """Confirmed or within rounding, against the number with the shortest name; None where nothing fits."""
    name, near = "against this review's results", rounded(printed.value, printed.decimals)
    for verdict in ("confirmed", "within rounding"):
        keys = [
            key
            for key, value in found.items()
            if (value == printed.value if verdict == "confirmed" else _near(printed, near, value))
        ]
        if keys:
            key = min(keys, key=lambda k: (k.count("."), len(k), k))
            return Check(name, verdict, f"{key} = {found[key]:.6g}")
    return None


def _near(printed: Number, near: Interval, value: float) -> bool:
    """Whether the value rounds to what is printed; a count is never within rounding of another."""
    if printed.decimals == 0 and float(value).is_integer():
        return value == printed.value
    return near.low - 1e-12 <= value <= near.high + 1e-12


def _effect(statement: Statement, numbers: Mapping[str, float], name: str) -> Check:
    """Estimate and interval against every estimate of the review that has an interval."""
    stated = [statement.numbers[role] for role in ("value", "low", "high")]
    candidates = list(_estimates(numbers))
    if not candidates:
        return Check(name, "not computable", why="the review has no estimate yet")

    def fitting(values: Sequence[float]) -> list[bool]:
        pairs = zip(stated, values, strict=True)
        return [_near(printed, rounded(printed.value, printed.decimals), value) for printed, value in pairs]

    fits = [(key, values, fitting(values)) for key, values in candidates]
    whole = [item for item in fits if all(item[2])]
    if whole:
        key, values, _ = min(whole, key=lambda item: (item[0].count("."), len(item[0]), item[0]))
        p = numbers.get(f"{key.rpartition('.')[0]}.pval")
        if statement.p is not None and p is not None and not p_interval(statement.p).overlaps(Interval(p, p)):
            return Check(name, "contradicted", f"{key} = {_shown(values)}, p = {p:.3g}", f"the results say p = {p:.3g}")
        return Check(name, "within rounding", f"{key} = {_shown(values)}")
    key, values, _ = min(fits, key=lambda item: (-sum(item[2]), abs(item[1][0] - stated[0].value), item[0]))
    return Check(name, "not found", f"the closest: {key} = {_shown(values)}", "no estimate of this review is it")


def _estimates(numbers: Mapping[str, float]) -> Iterable[tuple[str, tuple[float, float, float]]]:
    for key, value in numbers.items():
        stem, _, last = key.rpartition(".")
        if last in ("b", "estimate"):
            low, high = (numbers.get(f"{stem}.{end}") for end in ("ci_lb", "ci_ub"))
            if low is not None and high is not None:
                yield key, (value, low, high)


def _shown(values: Sequence[float]) -> str:
    return f"{values[0]:.4g} [{values[1]:.4g}, {values[2]:.4g}]"
