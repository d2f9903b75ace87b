"""Rules that keep related works apart: one title, another document."""

from __future__ import annotations

import numpy as np

from prismake.deduplication.conditions import Pairs
from prismake.deduplication.rule import DIFFERENT, RELATED, Rule


def _kind(p: Pairs, *kinds: str) -> np.ndarray:
    found = np.zeros(len(p.frame), dtype=bool)
    for kind in kinds:
        found |= (p.notice_left == kind) != (p.notice_right == kind)
    return found


def _work(p: Pairs, kind: str) -> np.ndarray:
    return (p.work_left == kind) != (p.work_right == kind)


def _same_work(p: Pairs) -> np.ndarray:
    return (p.close_title | p.subtitle | p.about) & p.telling


RELATED_WORKS = (
    # --- related works: one title, another document
    Rule(
        "a correction and what it corrects",
        RELATED,
        lambda p: p.other_notice & _kind(p, "erratum") & (p.about | p.close_title),
        relation="erratum of",
    ),
    Rule(
        "a retraction notice and what it retracts",
        RELATED,
        lambda p: p.other_notice & _kind(p, "retraction") & (p.about | p.close_title),
        relation="retraction of",
    ),
    Rule(
        "a comment or reply and what it is about",
        RELATED,
        lambda p: p.other_notice & _kind(p, "comment", "reply") & (p.about | p.close_title),
        relation="comment on",
    ),
    Rule(
        "a protocol and its results",
        RELATED,
        lambda p: (
            p.other_notice
            & _kind(p, "protocol")
            & p.one_title_within_the_other
            & (p.title >= 0.6)
            & p.some_people
            & ~p.same_place
            & ~p.same_doi
        ),
        relation="protocol of",
    ),
    Rule(
        "one is a correction, comment, reply, retraction or protocol",
        DIFFERENT,
        lambda p: p.other_notice & ~((p.same_place | p.same_doi) & _kind(p, "protocol")),
    ),
    Rule(
        "two versions of one review or preprint",
        RELATED,
        lambda p: (p.version == -1) & (p.title >= 0.8),
        relation="another version of",
    ),
    Rule(
        "a dissertation and a publication from it",
        RELATED,
        lambda p: p.other_work & _work(p, "dissertation") & _same_work(p) & (p.some_people | p.no_people),
        relation="dissertation of",
    ),
    Rule(
        "a preprint and its publication",
        RELATED,
        lambda p: p.other_work & _work(p, "preprint") & _same_work(p) & (p.some_people | p.no_people),
        relation="preprint of",
    ),
    Rule(
        "a data set and its article",
        RELATED,
        lambda p: p.other_work & _work(p, "dataset") & _same_work(p) & (p.some_people | p.no_people),
        relation="dataset of",
    ),
    Rule(
        "a registration and its report",
        RELATED,
        lambda p: p.other_work & _work(p, "registration") & _same_work(p),
        relation="registration of",
    ),
    Rule(
        "works of different kinds",
        DIFFERENT,
        lambda p: p.other_work,
    ),
    Rule(
        "two parts of one work",
        RELATED,
        lambda p: (
            p.parts & p.same_people & p.one_journal & (p.title >= 0.6) & (p.year <= 3) & ~p.same_doi & ~p.same_place
        ),
        relation="another part of",
    ),
)
