"""Invented works, and how each database writes them in its exports.

A work is given once, whole; `scopus`, `psycinfo`, `ovid`, `proquest`, `wos` and `medline` give its record as that database's export has it:
title case and full stops, forms of names, journals in full, in capitals or abbreviated, pages, article numbers, endings of abstracts.
"""

from __future__ import annotations

import re

TRIAL_ABSTRACT = (
    "Objective: Whether therapists who see session-by-session feedback help more was tested in a randomized trial. Method: Patients with anxiety "
    "disorders in nine clinics (N = 412) were randomized to treatment as usual or to feedback, and answered short scales before each session for "
    "twenty weeks. Results: Distress fell further with feedback, and fewer patients left early. Conclusions: Feedback is cheap and worth its effort."
)
FOLLOW_UP_ABSTRACT = (
    "Objective: Little is known on what remains of gains from feedback once treatment has ended. Method: One year after the end of therapy the "
    "participants of a trial in nine clinics were asked again by post and telephone; 318 answered. Results: The groups no longer differed in distress, "
    "and relapse was as common in either. Conclusions: What feedback adds is gone after a year unless booster sessions are offered."
)
COST_ABSTRACT = (
    "Background: Health services ask what feedback costs and what it saves. Methods: Use of services over twelve months was taken from registers and "
    "valued at national tariffs; quality-adjusted life years came from a generic questionnaire. Findings: Feedback cost 41 more for each person and was "
    "cost-effective at usual thresholds with a likelihood of 0.83. Interpretation: Few digital aids in mental health care come this cheap."
)
OWN_ABSTRACT = (
    "Examined, in 412 outpatients with anxiety disorders, effects of giving therapists the results of brief questionnaires. Ss were assigned at random. "
    "Improvement was larger and dropout smaller in Ss whose therapists had seen the results. Implications for training and supervision, limits of "
    "self-report and possible extensions to group formats in inpatient, day care and community settings are discussed at some length."
)


def work(title: str, authors: str, journal: str, year: int, place: str, **more: str) -> dict:
    """A work: authors as `Family, Given Names; ...`, place as `volume(issue) pages`."""
    volume, issue, pages = re.fullmatch(r"([^( ]*)(?:\(([^)]*)\))? ?(.*)", place).groups()
    return {"title": title, "authors": authors, "journal": journal, "year": year, "volume": volume, "issue": issue or "", "pages": pages,
            "doi": "", "entry_type": "article", "abstract": "", **more}  # fmt: skip


def changed(one: dict, **fields) -> dict:
    """The work with other fields."""
    return {**one, **fields}


def scopus(one: dict, **fields) -> dict:
    """Initials with full stops, the publisher's name after the abstract."""
    one = {**one, **fields}
    names = [_initials(n, ".") for n in one["authors"].split("; ")] if one["authors"] else []
    end = " © 2021 The Authors." if one["abstract"] else ""
    return {**one, "authors": "; ".join(names), "abstract": one["abstract"] + end, "database": "Scopus"}


def psycinfo(one: dict, **fields) -> dict:
    """EBSCOhost: sentence case and a full stop, whole given names, no issue where the pages run through a volume."""
    one = {**one, **fields}
    end = " (PsycInfo Database Record (c) 2022 APA, all rights reserved)" if one["abstract"] else ""
    return {
        **one,
        "title": _sentence(one["title"]) + ".",
        "abstract": one["abstract"] + end,
        "database": "APA PsycInfo",
    }


def ovid(one: dict, **fields) -> dict:
    """PsycInfo through Ovid: DOI as an address, initials without full stops, `No Pagination Specified`."""
    one = {**one, **fields}
    doi = f"https://dx.doi.org/{one['doi']}" if one["doi"] else ""
    pages = one["pages"] or "No Pagination Specified"
    names = re.sub(r"\b([A-Z])\.", r"\1", one["authors"])
    return {**psycinfo(one), "authors": names, "doi": doi, "pages": pages}


def proquest(one: dict, **fields) -> dict:
    """PsycInfo through ProQuest: only the first author in full, others as they stand; no full stop; pages with a dash."""
    one = {**one, **fields}
    return {**psycinfo(one), "title": one["title"], "pages": one["pages"].replace("-", "\u2013"), "pmid": ""}


def wos(one: dict, **fields) -> dict:
    """Title Case, names with bare initials, journals in capitals, `+` for unknown last pages."""
    one = {**one, **fields}
    names = [_initials(n, "") for n in one["authors"].split("; ")] if one["authors"] else []
    return {**one, "title": one["title"].title().replace("'S", "'s"), "authors": "; ".join(names), "journal": one["journal"].upper(),
            "issue": "" if "uppl" in one["issue"] else one["issue"], "database": "Web of Science"}  # fmt: skip


def wos_old(one: dict, **fields) -> dict:
    """Web of Science before 1996: all in capitals, compounds with hyphens, no abstract, no DOI."""
    one = wos(one, **fields)
    title = re.sub(r":", " -", one["title"].upper())
    return {
        **one,
        "title": re.sub(r"(?<=[A-Z]) (?=DISORDER|THERAPY|TREATMENT)", "-", title),
        "authors": one["authors"].upper(),
        "abstract": "",
        "doi": "",
    }


def medline(one: dict, **fields) -> dict:
    """PubMed: abbreviated journal, last pages cut short, a full stop after the title."""
    one = {**one, **fields}
    names = [_initials(n, "") for n in one["authors"].split("; ")] if one["authors"] else []
    journal = " ".join(
        w[:5].rstrip("aeiou") if len(w) > 5 else w
        for w in one["journal"].split()
        if w not in ("of", "and", "the", "in", "&")
    )
    return {
        **one,
        "title": _sentence(one["title"]) + ".",
        "authors": "; ".join(names),
        "journal": journal,
        "pages": _short(one["pages"]),
        "database": "PubMed",
    }


def _initials(name: str, stop: str) -> str:
    family, _, given = name.partition(", ")
    return f"{family}, {''.join(w[0] + stop for w in re.split(r'[ .-]+', given) if w)}"


def _sentence(title: str) -> str:
    """Sentence case, but for the word after a colon and for what is written in capitals."""
    words = title.split(" ")
    return " ".join(
        w if n == 0 or w.isupper() or words[n - 1].endswith((":", "?")) else w[0].lower() + w[1:]
        for n, w in enumerate(words)
    )


def _short(pages: str) -> str:
    match = re.fullmatch(r"(\d+)-(\d+)", pages)
    if not match or len(match[1]) != len(match[2]):
        return pages
    first, last = match.groups()
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), len(first) - 1)
    return f"{first}-{last[same:]}"
