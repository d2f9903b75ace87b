"""The rules of a decision, tried in their order: the first whose condition holds decides.

Conditions are on comparisons alone, never on a record's words. What contradicts comes first: no likeness joins a part I with a part
II or a correction with what it corrects. Each rule that joins asks for agreement on what the work is (title, authors) and on where it
is (DOI; journal, volume, page; abstract), and is stopped by a contradiction on the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from prismake.deduplication.conditions import Pairs

DUPLICATE, DIFFERENT, PERSON, RELATED = "duplicate", "different", "person", "related"


@dataclass(frozen=True)
class Rule:
    """A name, an outcome, the condition, the relation where the outcome is `related`, the least daring mode that uses it."""

    name: str
    outcome: str
    condition: Callable[[Pairs], np.ndarray]
    relation: str = ""
    mode: str = "only exact"


def _kind(p: Pairs, *kinds: str) -> np.ndarray:
    found = np.zeros(len(p.frame), dtype=bool)
    for kind in kinds:
        found |= (p.notice_left == kind) != (p.notice_right == kind)
    return found


def _work(p: Pairs, kind: str) -> np.ndarray:
    return (p.work_left == kind) != (p.work_right == kind)


def _same_work(p: Pairs) -> np.ndarray:
    return (p.close_title | p.subtitle | p.about) & p.telling


RULES = (
    # --- related works: one title, another document
    Rule("a correction and what it corrects", RELATED, lambda p: p.other_notice & _kind(p, "erratum") & (p.about | p.close_title), "erratum of"),
    Rule("a retraction notice and what it retracts", RELATED, lambda p: p.other_notice & _kind(p, "retraction") & (p.about | p.close_title), "retraction of"),
    Rule("a comment or reply and what it is about", RELATED, lambda p: p.other_notice & _kind(p, "comment", "reply") & (p.about | p.close_title), "comment on"),
    Rule("a protocol and its results", RELATED, lambda p: p.other_notice & _kind(p, "protocol") & (p.difference <= 3) & (p.title >= 0.6) & p.some_people & ~p.same_place & (p.doi != 1), "protocol of"),
    Rule("one is a correction, comment, reply, retraction or protocol", DIFFERENT, lambda p: p.other_notice & ~((p.same_place | (p.doi == 1)) & _kind(p, "protocol"))),
    Rule("two versions of one review or preprint", RELATED, lambda p: (p.version == -1) & (p.title >= 0.8), "another version of"),
    Rule("a dissertation and a publication from it", RELATED, lambda p: p.other_work & _work(p, "dissertation") & _same_work(p) & (p.some_people | p.no_people), "dissertation of"),
    Rule("a preprint and its publication", RELATED, lambda p: p.other_work & _work(p, "preprint") & _same_work(p) & (p.some_people | p.no_people), "preprint of"),
    Rule("a data set and its article", RELATED, lambda p: p.other_work & _work(p, "dataset") & _same_work(p) & (p.some_people | p.no_people), "dataset of"),
    Rule("a registration and its report", RELATED, lambda p: p.other_work & _work(p, "registration") & _same_work(p), "registration of"),
    Rule("works of different kinds", DIFFERENT, lambda p: p.other_work),
    # --- one entry: a shared DOI
    Rule("same DOI and title", DUPLICATE, lambda p: (p.doi == 1) & p.close_title & (p.some_people | p.no_people) & (p.telling | (p.page >= 0)) & ~p.moved),
    Rule("same DOI, title and place", DUPLICATE, lambda p: (p.doi == 1) & p.close_title & p.same_place & ~p.other_abstract),
    Rule("same DOI, title but for a subtitle", DUPLICATE, lambda p: (p.doi == 1) & p.subtitle & p.some_people & ((p.page == 1) | ((p.page == 0) & p.same_people)) & ~p.moved, mode="careful"),
    Rule("same DOI and page, titles close", DUPLICATE, lambda p: (p.doi == 1) & (p.page == 1) & (p.volume >= 0) & (p.journal >= 0) & (p.difference <= 5) & (p.title >= 0.6) & (p.same_people | (p.some_people & p.own_pages)) & (p.own_pages | (p.title >= 0.85)), mode="careful"),
    Rule("same DOI, page, volume and authors, title in another language", DUPLICATE, lambda p: (p.doi == 1) & p.same_place & p.same_people & (p.own_pages | ((p.c["last"] == 1) & (p.issue >= 0))) & ~p.supplement, mode="careful"),
    Rule("same DOI and abstract, titles close", DUPLICATE, lambda p: (p.doi == 1) & p.same_abstract & (p.title >= 0.6) & p.same_people & (p.page >= 0), mode="careful"),
    # --- one entry: the same place
    Rule("same title, authors, journal, volume and page", DUPLICATE, lambda p: p.same_title & p.same_people & p.whole_place & p.near_year & (p.doi >= 0) & ((p.telling & p.one_issue) | ((p.issue >= 0) & (p.authors >= 0.99)))),
    Rule("close title, same authors, journal, volume and page", DUPLICATE, lambda p: p.close_title & p.some_people & p.same_place & p.one_journal & p.near_year & (p.doi >= 0) & p.telling & p.one_issue, mode="careful"),
    Rule("same title, volume and page, no authors", DUPLICATE, lambda p: p.close_title & p.no_people & p.same_place & p.one_journal & p.near_year & (p.doi >= 0) & p.telling & p.one_issue, mode="careful"),
    Rule("same title and whole place, authors told otherwise", DUPLICATE, lambda p: p.close_title & p.whole_place & p.own_pages & p.same_year & (p.doi >= 0) & (p.length >= 40) & ~p.generic & p.one_issue, mode="careful"),
    Rule("same title, authors, volume and page, journal under another name", DUPLICATE, lambda p: p.close_title & p.same_people & p.same_place & p.near_year & (p.doi >= 0) & p.telling & (p.c["last"] >= 0) & p.one_issue, mode="careful"),
    Rule("same title, authors, year and pages, no volume", DUPLICATE, lambda p: (p.close_title | p.subtitle) & p.same_people & p.own_pages & (p.volume >= 0) & (p.issue >= 0) & (p.doi >= 0) & p.telling & (p.same_year | (p.near_year & (p.abstract >= 0.95))) & ~p.other_abstract, mode="careful"),
    Rule("same title, authors, journal, year and page, no volume", DUPLICATE, lambda p: p.same_title & p.same_people & (p.journal == 2) & (p.page == 1) & (p.volume >= 0) & (p.issue >= 0) & (p.c["last"] >= 0) & (p.doi >= 0) & p.telling & p.same_year & ~p.other_abstract, mode="careful"),
    Rule("same title, authors and place under two DOIs", DUPLICATE, lambda p: p.same_title & p.same_people & p.one_journal & (p.page == 1) & p.same_year & (p.doi == -1) & p.telling & (p.issue >= 0) & (((p.volume == 1) & (p.c["last"] == 1)) | ((p.volume >= 0) & (p.c["last"] >= 0) & (p.abstract >= 0.95))), mode="careful"),
    Rule("title but for a subtitle, same authors and place", DUPLICATE, lambda p: p.subtitle & p.same_people & p.same_place & p.one_journal & ((p.c["last"] >= 0) | (p.authors >= 0.99)) & p.near_year & (p.doi >= 0) & (~(p.alone_both & p.supplement) | p.same_abstract | (p.title >= 0.93)) & p.one_issue, mode="careful"),
    Rule("same authors, journal, volume, page and abstract, titles close", DUPLICATE, lambda p: (p.abstract >= 0.9) & (p.difference <= 5) & (p.title >= 0.6) & p.some_people & p.same_place & p.one_journal & (p.c["last"] >= 0) & p.near_year & (p.doi >= 0), mode="careful"),
    Rule("same authors, volume and pages, titles close", DUPLICATE, lambda p: (p.difference <= 5) & (p.title >= 0.7) & p.same_people & p.same_place & p.own_pages & p.near_year & (p.doi >= 0) & p.one_issue & ~p.generic, mode="careful"),
    Rule("same authors, journal, year and pages, titles close, no volume", DUPLICATE, lambda p: (p.difference <= 4) & (p.title >= 0.9) & (p.authors >= 0.8) & p.one_journal & p.own_pages & (p.volume >= 0) & (p.issue >= 0) & p.same_year & (p.doi >= 0) & ~p.other_abstract, mode="careful"),
    Rule("same authors, journal, volume and pages, title in other words", DUPLICATE, lambda p: (p.authors >= 0.8) & p.whole_place & p.own_pages & (p.issue >= 0) & p.same_year & (p.doi >= 0) & (((p.difference != 5) & ~p.other_abstract & ~p.supplement) | (p.abstract >= 0.95)), mode="careful"),
    Rule("same authors, journal, volume, issue and pages, one without title", DUPLICATE, lambda p: p.no_title & (p.authors >= 0.99) & (p.fewest == p.most) & (p.fewest >= 2) & p.whole_place & p.own_pages & (p.issue >= 0) & p.same_year & (p.doi >= 0), mode="careful"),
    Rule("same journal, volume and pages, titles close, one without authors", DUPLICATE, lambda p: p.no_people & (p.difference <= 4) & (p.title >= 0.7) & p.whole_place & p.own_pages & (p.issue >= 0) & p.same_year & (p.doi >= 0) & ~p.other_abstract & ~p.supplement, mode="careful"),
    # --- one entry: nothing against it where the place is not told in full
    Rule("same title, authors, journal and abstract", DUPLICATE, lambda p: p.close_title & p.same_people & ((p.journal == 2) | (p.one_journal & ((p.page == 1) | (p.volume == 1)))) & p.same_abstract & p.near_year & (p.doi >= 0) & (p.page >= 0) & ((p.volume >= 0) | ((p.page == 0) & p.same_year & (p.abstract >= 0.95)) | ((p.page == 1) & p.same_year & (p.journal == 2) & (p.abstract >= 0.98))) & p.telling, mode="careful"),
    Rule("same title, authors, journal, volume and abstract, a page misprinted", DUPLICATE, lambda p: p.same_title & (p.authors >= 0.8) & (p.journal == 2) & (p.volume == 1) & (p.issue >= 0) & (p.abstract >= 0.95) & p.same_year & (p.doi >= 0) & p.telling & ~p.supplement, mode="careful"),
    Rule("same title, authors, journal, volume, issue and last page", DUPLICATE, lambda p: p.same_title & (p.authors >= 0.8) & (p.journal == 2) & (p.volume == 1) & (p.issue == 1) & (p.c["last"] == 1) & p.same_year & (p.doi >= 0) & p.telling & ~p.other_abstract, mode="careful"),
    Rule("same title, journal, volume, issue and abstract, no authors", DUPLICATE, lambda p: p.same_title & p.no_people & p.one_journal & (p.volume == 1) & (p.issue == 1) & (p.page >= 0) & p.same_year & (p.abstract >= 0.95) & (p.doi >= 0), mode="careful"),
    Rule("same title, authors, journal and year, place not told by one", DUPLICATE, lambda p: p.same_title & p.same_people & (p.journal == 2) & p.same_year & (p.doi >= 0) & (p.page >= 0) & (p.volume >= 0) & (p.issue >= 0) & p.telling & ~p.unlike_abstract, mode="careful"),
    Rule("same title, authors, journal and volume, page not told by one", DUPLICATE, lambda p: (p.same_title | (p.close_title & (p.issue == 1) & (p.fewest >= 3))) & p.same_people & (p.journal == 2) & p.near_year & (p.doi >= 0) & (p.page == 0) & (p.volume == 1) & (p.issue >= 0) & p.telling & (p.length >= 40) & ~p.unlike_abstract, mode="careful"),
    Rule("same title, authors and journal, early view and issue", DUPLICATE, lambda p: p.same_title & (p.authors >= 0.99) & (p.fewest >= 2) & (p.journal == 2) & p.near_year & p.sparser_earlier & (p.doi >= 0) & (p.issue >= 0) & p.telling & (p.length >= 50) & (p.abstract < 0) & ~p.supplement, mode="careful"),
    Rule("same paper of one conference, place not told by one", DUPLICATE, lambda p: p.same_title & (p.work_left == "conference") & (p.work_right == "conference") & (p.journal == 2) & (p.authors >= 0.99) & (p.fewest >= 2) & p.near_year & (p.page == 0) & (p.volume >= 0) & (p.issue >= 0) & (p.longest >= 4) & (p.doi >= 0) & p.telling & (p.length >= 50) & ~p.unlike_abstract, mode="careful"),
    Rule("same notice, journal, volume, issue and page", DUPLICATE, lambda p: (p.notice_left != "") & (p.notice_left == p.notice_right) & (p.title >= 0.85) & (p.difference <= 4) & (p.authors >= 0.99) & p.whole_place & (p.issue == 1) & p.same_year & (p.doi >= 0), mode="careful"),
    Rule("same dissertation in two databases", DUPLICATE, lambda p: p.same_title & (p.work_left == "dissertation") & (p.work_right == "dissertation") & (p.journal != 0) & (p.authors >= 0.99) & (p.c["first"] == 1) & (p.year <= 2) & (p.page >= 0) & (p.doi >= 0) & p.telling & ~p.unlike_abstract, mode="careful"),
    Rule("same title, authors, volume and issue, journal under another name", DUPLICATE, lambda p: p.same_title & (p.authors >= 0.99) & (p.fewest >= 2) & (p.volume == 1) & (p.issue == 1) & (p.page >= 0) & p.same_year & (p.doi >= 0) & p.telling & (p.length >= 50) & ~p.unlike_abstract & ~p.supplement, mode="careful"),
    Rule("same title, authors and year, nothing else told", DUPLICATE, lambda p: p.same_title & (p.authors >= 0.99) & p.same_year & (p.journal == 0) & (p.page == 0) & (p.volume >= 0) & (p.doi == 0) & p.telling & (p.length >= 30) & (p.sparse_both | ((p.sparse_one | (p.volume == 1)) & (p.fewest >= 2) & (p.length >= 40))) & ~p.unlike_abstract, mode="careful"),
    # --- for a person
    Rule("same DOI and title, another place", PERSON, lambda p: (p.doi == 1) & p.close_title & p.some_people & p.moved & p.same_abstract, mode="careful"),
    Rule("same title and people, place unclear", PERSON, lambda p: p.close_title & p.some_people & p.telling & p.near_year & ~p.elsewhere, mode="careful"),
    Rule("same dissertation, years or places unclear", PERSON, lambda p: p.close_title & (p.work_left == "dissertation") & (p.work_right == "dissertation") & (p.authors >= 0.99) & (p.year <= 3) & p.telling, mode="careful"),
    Rule("titles and people close, same page", PERSON, lambda p: (p.difference <= 5) & (p.title >= 0.9) & p.some_people & (p.page == 1) & p.one_journal & p.near_year & ~p.elsewhere, mode="careful"),
    Rule("title but for a subtitle, same people, place unclear", PERSON, lambda p: p.subtitle & p.same_people & p.one_journal & p.same_year & (p.page >= 0) & (p.volume >= 0) & ~p.elsewhere, mode="careful"),
    Rule("same title and people elsewhere", RELATED, lambda p: p.close_title & p.some_people & p.telling, "same title elsewhere"),
)

RULE_ORDER = {rule.name: n for n, rule in enumerate(RULES)}
