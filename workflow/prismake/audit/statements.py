"""The numbers that a sentence states, found beside the words of systematic reviews.

Found: an estimate with its interval (and p, k, N in the same sentence), Q with df and p, I2, tau2, `a of b (c %)`, k and
N, and the counts of the PRISMA 2020 flow. Sentences must be normalised (`prismake.audit.sentences.normal`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prismake.audit.number_words import NUMBER_WORDS, number_in_words

_NUMBER = r"-?(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_COUNT = rf"(?:(?<![\w.,-])(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?![\d.]\d|,\d)|(?<![\w-]){NUMBER_WORDS}\b(?!-))"
_P = rf"\b[pP]\s*(?P<p>[=<>]=?|≤|≥)\s*(?P<pnum>{_NUMBER})"

_MEASURES = (
    r"Hedges'?\s?g|Cohen'?s?\s?d|SMD|WMD|MD|OR|RR|HR|IRR|ROM|RD|odds ratio|risk ratio|hazard ratio|"
    r"standardi[sz]ed mean difference|mean difference|ES|[gdrbBβΔ]"
)
_LONG = {
    "odds ratio": "OR",
    "risk ratio": "RR",
    "hazard ratio": "HR",
    "standardised mean difference": "SMD",
    "standardized mean difference": "SMD",
    "mean difference": "MD",
}
_EFFECT = re.compile(
    rf"(?<![\w.-])(?P<measure>{_MEASURES})(?!\w)\s*(?:\(\w{{1,4}}\)\s*)?(?:=|:|of|was|,)?\s*(?P<value>{_NUMBER})"
    rf"(?:\s+[a-z]+(?=\s*[(\[]))?(?:[\s,;(]*SE\s*=\s*{_NUMBER})?[\s,;:]*(?P<open>[(\[])?\s*"
    rf"(?:(?:with\s+)?(?:an?\s+)?(?P<level>\d\d(?:\.\d)?)\s?%[\s-]*)?"
    rf"(?P<word>C\.I\.|[CK]I(?:\s?(?P<level2>\d\d(?:\.\d)?)\s?%)?|confidence interval|CrI)?[\s:=,of]*"
    rf"(?P<bracket>[\[(])?\s*(?P<low>{_NUMBER})\s*(?:,|;|\bto\b|\bbis\b|–|-)\s*(?P<high>{_NUMBER})\s*[\])]?"
)
_Q = re.compile(
    rf"\b(?:Cochran'?s?\s)?Q[\w-]*\s*\(\s*(?:df\s*=\s*)?(?P<df>\d+)\s*\)\s*=\s*(?P<q>{_NUMBER})(?:[\s,;]*{_P})?"
    rf"|\bQ[\w-]*\s*=\s*(?P<q2>{_NUMBER})[\s,;(]*df\s*=\s*(?P<df2>\d+)\)?(?:[\s,;]*{_P.replace('?P<p>', '?P<p2>').replace('?P<pnum>', '?P<pnum2>')})?"
)
# Tests with their degrees of freedom and p, as statcheck reads them (Nuijten et al. 2016).
_TEST = re.compile(
    rf"(?<![\w.-])(?P<kind>t|F|r|chi2)\s*\(\s*(?P<df>\d+(?:\.\d+)?)(?:\s*,\s*(?:N\s*=\s*)?(?P<df2>\d[\d,]*(?:\.\d+)?))?\s*\)"
    rf"\s*=\s*(?P<value>{_NUMBER})[\s,;(]*{_P}"
    rf"|(?<![\w.-])(?P<chi2>chi2)\s*=\s*(?P<value3>{_NUMBER})[\s,;(]*df\s*=\s*(?P<df3>\d+)[\s,;)(]*"
    rf"{_P.replace('?P<p>', '?P<p3>').replace('?P<pnum>', '?P<pnum3>')}"
    rf"|(?<![\w.-])(?P<z>[zZ])\s*=\s*(?P<value2>{_NUMBER})[\s,;(]*{_P.replace('?P<p>', '?P<p2>').replace('?P<pnum>', '?P<pnum2>')}"
)
_I2 = re.compile(rf"\bI2?\^?2?\s*(?:=|of|was|:)\s*(?P<n>{_NUMBER})\s?%")
_TAU2 = re.compile(rf"\btau2\s*(?:=|of|was|:)\s*(?P<n>{_NUMBER})")
_SHARE = re.compile(
    rf"(?P<part>{_COUNT})\s*(?:of|out of|/)\s*(?:the\s+)?(?P<whole>{_COUNT})(?!\s*/)(?:\s+[a-z-]+){{0,3}}\s*"
    rf"(?:\(\s*(?P<percent>{_NUMBER})\s?%|[,;]\s*(?P<percent_>{_NUMBER})\s?%\s*(?=[);]|$))",
    re.IGNORECASE,
)
_SHARES = [
    _SHARE,
    # Of the 17 studies, 8 (47%); 47% (8/17).
    re.compile(
        rf"\bof (?:the |these |all )?(?P<whole>{_COUNT})(?:\s+[a-z-]+){{0,3}}, (?P<part>{_COUNT})(?:\s+[a-z-]+){{0,2}}?\s*"
        rf"\((?P<percent>{_NUMBER})\s?%(?P<percent_>)\)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<percent>{_NUMBER})(?P<percent_>)\s?%\s*\((?:n\s*=\s*)?(?P<part>{_COUNT})\s*(?:/|of|out of)\s*(?P<whole>{_COUNT})\)",
        re.IGNORECASE,
    ),
]
_K = re.compile(r"\bk\s*=\s*(?P<n>\d+)\b")
_N = re.compile(r"\bN\s*=\s*(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?!\d|[.,]\d)")

_RECORDS = r"(?:records|citations|references|titles(?: and abstracts)?|abstracts|entries|hits)"
_REPORTS = r"(?:reports|full[- ]texts?(?: articles| reports)?|articles|papers|publications)"
_STUDIES = r"(?:studies|trials|RCTs|randomi[sz]ed controlled trials)"
_GAP = r"(?:\s*\([^()]*\))?[^.;,\d]{0,40}?"
_N_EQ = rf"\s*[(\[,]\s*[nk]\s*=\s*(?P<n>{_COUNT})"


# What may follow a count of all studies: nothing, or where they are included as a whole.
_WHOLE = (
    r"(?!\s+(?:only|twice|of|for|if|because|in (?!(?:the|this|our|a|at) (?:present |current |final |systematic |scoping |narrative |"
    r"qualitative |evidence )*(?:review|synthesis)\b)))(?! in (?:this|the|a|at) (?:\w+ )?(?:\w+ )?(?:meta-)?analys)"
)


def _counted(unit: str, verb: str) -> str:
    """`12 records ... verb`, `verb ... 12 records`, `records verb (n = 12)`."""
    return (
        rf"(?P<n>{_COUNT})\s+(?:\w+\s+){{0,2}}?{unit}\b{_GAP}\b(?:{verb})"
        rf"|\b(?:{verb})\s+(?:\w+\s+)?(?P<n_>{_COUNT})\s+(?:\w+\s+)?{unit}\b"
        rf"|\b{unit}\s+(?:were\s+|was\s+)?(?:{verb}){_N_EQ.replace('?P<n>', '?P<n__>')}"
    )


# Quantity -> pattern; the first that takes a number keeps it.
_COUNTS = [
    ("records_identified", _counted(_RECORDS, "identified|retrieved from")),
    ("records_screened", _counted(_RECORDS, r"screened")),
    ("records_excluded", _counted(_RECORDS, r"excluded|irrelevant")),
    (
        "duplicates",
        rf"(?P<n>{_COUNT})\s+(?:\w+\s+)?duplicate(?:s|\s+records|\s+references)?\b"
        rf"|\bduplicates?\b(?:\s+records)?(?:\s+(?:were\s+)?removed)?{_N_EQ.replace('?P<n>', '?P<n_>')}",
    ),
    ("reports_not_retrieved", _counted(_REPORTS, r"(?:could|were) not (?:be )?(?:retrieved|obtained)|not retrieved")),
    ("reports_sought", _counted(_REPORTS, r"sought")),
    ("reports_assessed", _counted(_REPORTS, r"assessed|read in full|reviewed in full|screened in full")),
    ("reports_excluded", _counted(_REPORTS, r"excluded")),
    (
        "studies_in_meta_analysis",
        _counted(
            _STUDIES,
            r"(?:were )?(?:pooled|meta-analy[sz]ed|combined)|entered (?:this|the) (?:meta-)?analys[ie]s|in the meta-analys[ie]s",
        ),
    ),
    (
        "studies_included",
        rf"(?P<n>{_COUNT})\s+(?:\w+\s+){{0,2}}?{_STUDIES}\b(?:\s*\([^()]*\))?,?\s+(?:that |which )?(?:(?:were|was) (?:finally |then )?"
        rf"(?:included|eligible)|met (?:the |all |our )?(?:inclusion|eligibility) criteria){_WHOLE}"
        rf"|\b(?:included?|includes|comprise[sd]?) (?:a total of )?(?P<n_>{_COUNT})\s+(?:\w+\s+)?{_STUDIES}\b"
        rf"|\b{_STUDIES}\s+(?:were\s+|was\s+)?included{_N_EQ.replace('?P<n>', '?P<n__>')}",
    ),
]  # fmt: skip
_PATTERNS = [(quantity, re.compile(pattern, re.IGNORECASE)) for quantity, pattern in _COUNTS]
_PARTICIPANTS = re.compile(rf"(?P<n>{_COUNT})\s+(?:participants|patients|clients)\b", re.IGNORECASE)
_K_WORDS = re.compile(rf"\b[Ii]n (?P<n>{_COUNT}) {_STUDIES}\b|(?P<n_>{_COUNT})\s+{_STUDIES} \(")

# A sentence on other people's work: a name with a year.
CITES = re.compile(r"[A-Z][\w'-]+(?: et al\.?)?(?:,? (?:and|&) [A-Z][\w'-]+)?,? ?\(?(?:19|20)\d\d[a-z]?\b")


# Words before a figure whose brackets hold a range of figures and no interval.
_SPREAD = re.compile(r"\b(?:median|rang(?:e|ed|es|ing)|interquartile|IQR|quartiles?|between)\b[^.;]*$", re.IGNORECASE)
# What can stand between an interval and its p: other figures of the same estimate, and a few words.
_OTHER_TEST = re.compile(r"\b[QF][\w-]*\s*[(=]|chi2")
_BETWEEN = re.compile(
    r"(?:[^A-Za-z]|\b(?:[zZtkKnNpP]|I2|SD|se|tau2|df|SE|sei|CI|PI|which|was|is|and|with|statistically|significant\w*|an?|value|two|one|"
    r"tailed|sided|prediction|interval|corrected|adjusted|Satterthwaite|to)\b)*"
)


@dataclass(frozen=True)
class Number:
    """A printed number: its value and the digits after its point."""

    value: float
    decimals: int


@dataclass(frozen=True)
class Statement:
    """What a sentence states: the quantity, the words as printed, its numbers by their role, the p value as text."""

    quantity: str
    stated: str
    numbers: dict[str, Number]
    measure: str = ""
    p: str | None = None
    level: float = 95


def number(text: str) -> Number:
    """A number as printed: `1,039`, `.22`, `-0.5`, `nine`."""
    text = text.strip().lower()
    words = number_in_words(text)
    if words is not None:
        return Number(words, 0)
    text = text.replace(",", "")
    return Number(float(text), len(text.split(".")[1]) if "." in text else 0)


def statements(sentence: str) -> list[Statement]:
    """All statements of a sentence, in the order of effects, Q, I2, tau2, shares, k, N, counts."""
    found = [*_effects(sentence), *_heterogeneity(sentence)]
    taken: set[int] = set()
    found += _tests(sentence)
    for match in (match for pattern in _SHARES for match in pattern.finditer(sentence)):
        if match.start("part") in taken:
            continue
        percent = match["percent"] or match["percent_"]
        roles = {"part": number(match["part"]), "whole": number(match["whole"]), "percent": number(percent)}
        found.append(Statement("percentage", match.group().strip(), roles))
        taken |= {match.start("part"), match.start("whole")}
    for quantity, pattern in (("k", _K), ("N", _N)):
        found += [Statement(quantity, m.group(), {"n": number(m["n"])}) for m in pattern.finditer(sentence)]
    for quantity, pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            group = next(name for name, text in match.groupdict().items() if text)
            if match.start(group) not in taken:
                taken.add(match.start(group))
                found.append(Statement(quantity, match.group().strip(), {"n": number(match[group])}))
    for match in _PARTICIPANTS.finditer(sentence):
        if match.start() not in taken:
            found.append(Statement("N", match.group(), {"n": number(match["n"])}))
    return found


def _effects(sentence: str) -> Iterator[Statement]:
    matches = [m for m in _EFFECT.finditer(sentence) if m["word"] or m["bracket"] or m["open"]]
    k_first = bool(
        matches and _K.search(sentence[: matches[0].start()])
    )  # (k = 9, g = ...) in place of (g = ..., k = 9)
    for place, match in enumerate(matches):
        end = matches[place + 1].start() if place + 1 < len(matches) else len(sentence)
        after = sentence[match.end() : min(end, match.end() + 80)]
        numbers = {role: number(match[role]) for role in ("value", "low", "high")}
        p = re.search(_P, after)
        if p and (_OTHER_TEST.search(after[: p.start()]) or not _BETWEEN.fullmatch(after[: p.start()])):
            p = None  # another test's, or of another part of the sentence
        before = sentence[matches[place - 1].end() if place else 0 : match.start()]
        if _SPREAD.search(before[-40:]):
            continue
        k = _k_of(sentence, before if k_first else after, alone=len(matches) == 1)
        if k is not None:
            numbers["k"] = k
        measure = re.sub(r"^(?:Hedges'?|Cohen'?s?)\s?", "", match["measure"])
        yield Statement(
            "effect",
            match.group().strip() + (f", {p.group()}" if p else ""),
            numbers,
            measure=_LONG.get(measure.lower(), measure),
            p=_p_text(p["p"], p["pnum"]) if p else None,
            level=float(match["level"] or match["level2"] or 95),
        )


def _k_of(sentence: str, beside: str, *, alone: bool) -> Number | None:
    """The number of studies of an effect: `k = 9` beside it, or anywhere in the sentence of a single effect."""
    match = _K.search(beside) or (_K.search(sentence) if alone else None)
    if match:
        return number(match["n"])
    words = list(_K_WORDS.finditer(sentence)) if alone else []
    return number(words[0]["n"] or words[0]["n_"]) if len(words) == 1 else None


def _heterogeneity(sentence: str) -> Iterator[Statement]:
    tests = list(_Q.finditer(sentence))
    i2s = list(_I2.finditer(sentence))
    for match in tests:
        q, df = match["q"] or match["q2"], match["df"] or match["df2"]
        numbers = {"q": number(q), "df": number(df)}
        if len(tests) == 1 and len(i2s) == 1:
            numbers["I2"] = number(i2s[0]["n"])
        sign, p = match["p"] or match["p2"], match["pnum"] or match["pnum2"]
        yield Statement("Q", match.group().strip(" ,;"), numbers, p=_p_text(sign, p) if sign else None)
    for quantity, found in (("I2", i2s), ("tau2", _TAU2.finditer(sentence))):
        for match in found:
            yield Statement(quantity, match.group(), {"n": number(match["n"])})


def _tests(sentence: str) -> Iterator[Statement]:
    """t(8) = 3.08, F(2, 30) = 4.5, r(28) = .45, chi2(1, N = 200) = 4.1, z = 3.08, each with its p."""
    for match in _TEST.finditer(sentence):
        kind = "z" if match["z"] else "chi2" if match["chi2"] else match["kind"]
        value, sign, p = (
            (match["value2"], match["p2"], match["pnum2"]) if match["z"]
            else (match["value3"], match["p3"], match["pnum3"]) if match["chi2"]
            else (match["value"], match["p"], match["pnum"])
        )  # fmt: skip
        numbers = {"value": number(value)}
        if match["df"] or match["df3"]:
            numbers["df"] = number(match["df"] or match["df3"])
        if kind == "F" and not match["df2"]:
            continue
        if kind == "F":
            numbers["df2"] = number(match["df2"])
        yield Statement("test", match.group().strip(" ,;("), numbers, measure=kind, p=_p_text(sign, p))


def _p_text(sign: str, digits: str) -> str:
    """A p value as `rounding.p_interval` reads it."""
    sign = {"≤": "<", "<=": "<", "≥": ">", ">=": ">", "=": ""}.get(sign, sign)
    return f"{sign}{digits}"
