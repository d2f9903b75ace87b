"""What must be in the report for an item of a checklist to be reported: facts of the review, and words in people's texts.

A text is searched for words of its matter. They show that something is said, not that it is said well: a reader still
follows the item to its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prismake.report.certainty import certainty_rated
from prismake.report.facts import Facts
from prismake.report.manuscript import funding_in
from prismake.report.results_tables import agreement_pairs


@dataclass(frozen=True)
class Told:
    """What only people can say: the texts that may hold it, the words that it is known by, and what to do without."""

    parts: tuple[str, ...]
    pattern: str
    advice: str

    def place(self, texts: Mapping[str, str]) -> str:
        """The first text that holds it, "" for none."""
        found = (part for part in self.parts if re.search(self.pattern, texts.get(part, ""), re.I | re.S))
        return next(found, "")


# The section that a text stands in.
SECTIONS = {
    "methods": "methods",
    "results": "narrative-synthesis",
    "discussion": "discussion",
    "conclusions": "abstract",
    "other_information": "other-information",
}
_REVIEW = r"\b(?:this|our|the) (?:review|synthesis|meta-analys[ie]s|search)|\bmeta-analys[ie]s|\bsearch|\bscreen|\bextract|\bwe\b"
_LIMIT = r"\b(?:limit|weakness|shortcoming)"
TOLD = {
    "harms": Told(
        ("results", "discussion"),
        r"\b(?:adverse|harm|side.effect|deteriorat)",
        "say in results.md or discussion.md which adverse effects studies reported, or that none did",
    ),
    "limitations": Told(
        ("discussion", "conclusions"), _LIMIT, "say in discussion.md what limits the evidence and the review"
    ),
    "limitations_of_the_review": Told(
        ("discussion",),
        rf"(?:{_LIMIT}[^.]*(?:{_REVIEW})|(?:{_REVIEW})[^.]*{_LIMIT})",
        "say in discussion.md what limits the review itself: its searches, selection, extraction, synthesis",
    ),
    "limitations_in_abstract": Told(
        ("abstract", "conclusions"), _LIMIT, "say in conclusions.md, for the abstract, what limits the evidence"
    ),
    "implications": Told(
        ("discussion", "conclusions"),
        r"\bimplication|\bimpl(?:y|ies)\b|\bpractice|\bpolic(?:y|ies)\b|\bfuture|\bresearch",
        "say in discussion.md what follows for practice, policy and research",
    ),
    "interests": Told(
        ("other_information",),
        r"\binterests?\b",
        "say in other_information.md which competing interests there are, or that there are none",
    ),
    "availability": Told(
        ("other_information",),
        r"\bavailab|\brepositor|\bOSF\b|\bZenodo\b|\bshared?\b",
        "say in other_information.md which data, code and materials are available, and where",
    ),
    "choice_of_model": Told(
        ("methods",),
        r"\b(?:model|effects|synthes)[^.]*\b(?:because|since|as (?:we|it|the|stud)|reason|expect|assum|chose)|"
        r"\b(?:because|since|reason|expect|assum|chose)[^.]*\b(?:model|effects|synthes)",
        "say in methods.md why the model of synthesis was chosen",
    ),
    "registers": Told(
        ("methods",), r"\bregist(?:er|ers|ry|ries)\b", "search a register, or say in methods.md why none was"
    ),
    "limits_explained": Told(
        ("methods",), r"\b(?:limit|restrict)", "say in methods.md why the searches were limited as they were"
    ),
    "filters": Told(
        ("methods",), r"\bfilters?\b", "say in methods.md which published search filters were used, or that none was"
    ),
    "prior_work": Told(
        ("methods",),
        r"\b(?:adapted|reused|prior|previous|earlier|other review)",
        "say in methods.md from which other reviews the search strategies were adapted, or that they were not",
    ),
    "peer_review": Told(
        ("methods",),
        r"\bpeer.review|\bPRESS\b|\blibrarian|\bchecked\b|\breviewed by",
        "say in methods.md whether the search strategies were peer reviewed",
    ),
    "priority": Told(
        ("methods",),
        r"\b(?:priorit|precedence|emphasi|main(?:ly)? rest|put first|most weight|more weight|same weight|equal weight|weighted)",
        "say in methods.md which studies or results the narrative synthesis puts first and why, or that it puts none",
    ),
}

# What an item needs -> what to do where it is not there.
NEEDS = {
    **{need: told.advice for need, told in TOLD.items()},
    "affiliations": "give the authors with their affiliations, one of them as corresponding author",
    "agreement": "let two reviewers decide on the same records",
    "included": "include studies",
    "title": "name the review a review or a meta-analysis in its title",
    "systematic_title": "name the review a systematic review in its title",
    "question": "write the question into the protocol",
    "background": "write background.md",
    "eligibility": "write the eligibility criteria into the protocol",
    "groups": "plan the analyses, or the grouping of a narrative synthesis, in the protocol",
    "searches": "configure the searches",
    "search_dates": "give each search its date",
    "platforms": "give each search its platform",
    "limits": "give each search its limits, or `none`",
    "strings": "give each search its string",
    "updates": "say in methods.md whether and how the searches were updated",
    "other_methods": "say in the protocol which other methods were used, or none",
    "online": "say in the protocol which websites or other online sources were searched, or none",
    "citation_searching": "say in the protocol whether citations were followed, or none",
    "contacts": "say in the protocol whether authors or experts were asked, or none",
    "selection": "write the screening rules into the protocol",
    "extraction": "write into the protocol how many people extract data",
    "outcomes": "write the outcomes into the protocol",
    "codebook": "extract data: the codebook of the sheets is shown then",
    "characteristics": "extract the characteristics of every included study",
    "risk_of_bias_tool": "name the risk-of-bias tool in the protocol",
    "raters": "say in the protocol how many people judge the risk of bias",
    "risk_of_bias": "assess the risk of bias of every included study",
    "effect_measure": "name the effect measure in the protocol",
    "analyses": "plan the analyses in the protocol",
    "heterogeneity_explored": "plan subgroups or moderators, or say why there are none",
    "sensitivity": "plan sensitivity analyses, or say why there are none",
    "publication_bias": "plan an assessment of reporting bias, or say why there is none",
    "heterogeneity_found": "no analysis has a result of subgroups or moderators",
    "sensitivity_found": "no analysis has a result of a sensitivity analysis",
    "publication_bias_found": "no analysis has a result on reporting bias",
    "certainty": "rate the certainty of the evidence, or write about it in other_information.md",
    "flow": "screen the records",
    "deduplication": "import the searches",
    "excluded": "assess reports in full text",
    "effects": "extract results from which effects can be computed",
    "results": "no analysis has a result",
    "conclusions": "write conclusions.md",
    "discussion": "write discussion.md",
    "registration": "register the protocol, or say in methods.md that it was not registered",
    "registration_address": "give the registration's DOI or address",
    "funding": "say in other_information.md who paid, under the heading Funding",
    "grouping": "name the grouping of the narrative synthesis in the protocol",
    "narrative_method": "name the method of the narrative synthesis in the protocol",
    "narrative": "record directions of effect",
    "abstract_eligibility": "say in the abstract what was eligible: the filled-in one takes the protocol's design",
    "abstract_searches": "say in the abstract which sources were searched, and when last",
    "abstract_risk_of_bias": "say in the abstract how risk of bias was assessed",
    "abstract_synthesis": "say in the abstract how results were synthesised",
    "abstract_included": "say in the abstract how many studies were included",
    "abstract_results": "give in the abstract the main estimate with its interval",
    "abstract_conclusions": "write conclusions.md",
    "abstract_funding": "say in other_information.md who paid, under the heading Funding; the abstract repeats it",
    "abstract_registration": "give the registration's DOI or address; the abstract repeats it",
}

# What an abstract of people's own is searched for.
_OWN_ABSTRACT = {
    "abstract_eligibility": r"\beligib|\bcriteri|\bincluded if|\brandomi[sz]ed|\btrials\b",
    "abstract_searches": r"\bsearch",
    "abstract_risk_of_bias": r"\brisk of bias|\bquality",
    "abstract_synthesis": r"\bmeta-analy|\bpooled|\bsynthes|\brandom.effects",
    "abstract_included": r"flow\.total_studies|\.k\b",
    "abstract_results": r"\.ci_lb",
    "abstract_conclusions": r"\bconclu|\bsuggest|\bimpl|\bevidence",
    "abstract_funding": r"\bfund",
    "abstract_registration": r"\bregist|\bOSF\b|PROSPERO",
}


def met(facts: Facts) -> dict[str, bool]:
    """Need -> whether the report has it."""
    texts = facts.manuscript
    return {
        **{need: bool(told.place(texts)) for need, told in TOLD.items()},
        **_written(facts),
        **_planned(facts),
        **_found(facts),
        **_in_abstract(facts),
    }


def _written(facts: Facts) -> dict[str, bool]:
    """What people wrote into texts, the title and config."""
    texts, authors, title = facts.manuscript, facts.review.get("authors") or [], facts.title.lower()
    unregistered = re.search(r"\bnot (?:pre)?-?regist", texts.get("methods", ""), re.I)
    return {
        "affiliations": bool(authors)
        and all(a.get("affiliation") for a in authors)
        and any(a.get("corresponding") for a in authors),
        "title": "review" in title or "meta-analy" in title,
        "systematic_title": bool(
            re.search(r"\bsystematic\b.*\breview|\breview\b.*\bsystematic|\bumbrella review|\bscoping review", title)
        ),
        "question": bool(facts.protocol.get("question") or "objectives" in texts),
        "background": "background" in texts,
        "discussion": "discussion" in texts,
        "conclusions": "conclusions" in texts or "abstract" in texts,
        "funding": bool(funding_in(texts.get("other_information", ""))),
        "registration": bool(facts.registration) or bool(unregistered),
        "registration_address": bool(facts.registration.get("doi") or facts.registration.get("url")),
        "certainty": certainty_rated(facts) or "certainty" in texts.get("other_information", "").lower(),
    }


def _planned(facts: Facts) -> dict[str, bool]:
    """What protocol and config say."""
    protocol, searches, methods = facts.protocol, facts.searches, facts.manuscript.get("methods", "")
    narrative, risk = protocol.get("narrative_synthesis") or {}, protocol.get("risk_of_bias") or {}
    specs: list[Any] = [a.result for a in facts.analyses] + list((protocol.get("analyses") or {}).values())
    others = "; ".join(map(str, protocol.get("other_methods") or []))
    limits = {str(search.get("limits") or "").strip(" .").lower() for search in searches}

    def every(key: str) -> bool:
        return bool(searches) and all(search.get(key) for search in searches)

    def planned(*keys: str) -> bool:
        return any(spec.get(key) for spec in specs for key in keys)

    def other(pattern: str) -> bool:
        return bool(re.search(rf"^none\b|{pattern}", others, re.I) or re.search(pattern, methods, re.I))

    return {
        "eligibility": bool(protocol.get("eligibility")),
        "groups": bool(facts.analyses or narrative.get("grouping")),
        "searches": bool(searches),
        "search_dates": every("date"),
        "platforms": every("platform"),
        "limits": every("limits"),
        "limits_explained": limits <= {"none"} or bool(TOLD["limits_explained"].place(facts.manuscript)),
        "strings": every("string"),
        "registers": any(search.get("kind") == "register" for search in searches)
        or bool(TOLD["registers"].place(facts.manuscript)),
        "updates": any(search.get("update") for search in searches)
        or bool(re.search(r"\bupdat|\brerun|\balert", methods, re.I)),
        "other_methods": bool(others),
        "online": other(r"\bwebsite|\bonline|\bweb search|\borgani[sz]ation|\bGoogle"),
        "citation_searching": other(r"\bcitation|\breference list|\bcited|\bsnowball|\bciting"),
        "contacts": other(r"\bcontact|\bexperts?\b|\basked (?:the )?authors"),
        "selection": bool(protocol.get("screening")),
        "extraction": bool((protocol.get("extraction") or {}).get("extractors")),
        "outcomes": bool(protocol.get("outcomes")),
        "risk_of_bias_tool": risk.get("tool", "none") != "none",
        "raters": bool(risk.get("raters")),
        "effect_measure": bool(protocol.get("effect_measure")),
        "analyses": bool(facts.analyses),
        "heterogeneity_explored": planned("subgroups", "moderators"),
        "sensitivity": planned("sensitivity"),
        "publication_bias": planned("publication_bias"),
        "grouping": bool(narrative.get("grouping")),
        "narrative_method": bool(narrative.get("method")),
    }


def _found(facts: Facts) -> dict[str, bool]:
    """What the results hold."""
    value, results, studies = facts.numbers.value, facts.results, set(facts.labels)

    def covered(file: str) -> bool:
        return bool(studies) and studies <= {row.get("study_id", "") for row in results.table(file)}

    def result(*keys: str) -> bool:
        return any(a.result.get(key) for a in facts.run for key in keys)

    return {
        "agreement": any(agreement_pairs(facts)),
        "included": bool(studies),
        "codebook": results.knows("extraction/codebook.json"),
        "characteristics": covered("extraction/characteristics.csv"),
        "risk_of_bias": covered("risk_of_bias/overall.csv"),
        "flow": bool(value("flow.records_screened")),
        "deduplication": value("flow.duplicates") is not None,
        "excluded": bool(value("flow.dbr_assessed") or value("flow.other_assessed")),
        "effects": bool(results.table("effects/effects.csv")),
        "results": bool(facts.run),
        "heterogeneity_found": result("subgroups", "moderators"),
        "sensitivity_found": result("sensitivity"),
        "publication_bias_found": result("publication_bias"),
        "narrative": bool(results.table("narrative/directions.csv")),
    }


def _in_abstract(facts: Facts) -> dict[str, bool]:
    """What the abstract says: the one that people wrote, or the one that is filled in."""
    own = facts.manuscript.get("abstract")
    if own is not None:
        return {need: bool(re.search(pattern, own, re.I)) for need, pattern in _OWN_ABSTRACT.items()}
    protocol, searches = facts.protocol, facts.searches
    return {
        "abstract_eligibility": bool((protocol.get("eligibility") or {}).get("design")),
        "abstract_searches": bool(searches) and any(search.get("date") for search in searches),
        "abstract_risk_of_bias": (protocol.get("risk_of_bias") or {}).get("tool", "none") != "none",
        "abstract_synthesis": facts.main is not None,
        "abstract_included": bool(facts.numbers.value("flow.total_studies")),
        "abstract_results": facts.main is not None,
        "abstract_conclusions": "conclusions" in facts.manuscript,
        "abstract_funding": bool(funding_in(facts.manuscript.get("other_information", ""))),
        "abstract_registration": bool(facts.registration.get("doi") or facts.registration.get("url")),
    }
