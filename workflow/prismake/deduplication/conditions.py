"""Conditions on compared pairs, each an array of truth values, named as the rules read."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from prismake.deduplication.kinds import UNPUBLISHED
from prismake.deduplication.serials import Journals
from prismake.deduplication.titles import Difference

_COMPARED = frozenset({"doi", "pmid", "isbn", "volume", "issue", "page", "last_page", "first_author", "journal"})
_WORDS = (
    ("no_other_", "", lambda told: told >= 0),
    ("other_", "", lambda told: told < 0),
    ("same_", "", lambda told: told == 1),
    ("", "_not_told", lambda told: told == 0),
)


class Pairs:
    """Conditions over a table of comparisons, each an array of truth values, named as the rules read."""

    def __init__(self, compared: pd.DataFrame) -> None:
        self.frame = compared
        self.c = {name: compared[name].to_numpy() for name in compared.columns}

    def __getattr__(self, name: str) -> np.ndarray:
        """A column of the table; of a comparison `doi` also `same_doi`, `other_doi`, `no_other_doi` (same or not told) and `doi_not_told`."""
        columns = self.__dict__["c"]
        if name in columns:
            return columns[name]
        for beginning, ending, holds in _WORDS:
            of = name.removeprefix(beginning).removesuffix(ending)
            if name == beginning + of + ending and of in _COMPARED:
                return holds(getattr(self, of))
        raise AttributeError(name)

    @cached_property
    def last_page(self) -> np.ndarray:
        return self.c["last"]

    @cached_property
    def first_author(self) -> np.ndarray:
        return self.c["first"]

    # --- titles
    @cached_property
    def same_title(self) -> np.ndarray:
        return (self.difference == Difference.NONE) | self.cross

    @cached_property
    def close_title(self) -> np.ndarray:
        return self.same_title | (self.difference == Difference.SPELLING)

    @cached_property
    def subtitle(self) -> np.ndarray:
        return (self.difference == Difference.SUBTITLE) & (self.length >= 14)

    @cached_property
    def one_title_within_the_other(self) -> np.ndarray:
        """At most, one title has words that the other lacks."""
        return self.difference <= Difference.ADDED

    @cached_property
    def titles_of_one_number(self) -> np.ndarray:
        """The titles differ in words, if at all, and not by a number."""
        return self.difference <= Difference.EXCHANGED

    @cached_property
    def comparable_titles(self) -> np.ndarray:
        """The titles have half of their words or more in common."""
        return self.difference <= Difference.NUMERAL

    @cached_property
    def other_numbers(self) -> np.ndarray:
        return self.difference == Difference.NUMERAL

    @cached_property
    def telling(self) -> np.ndarray:
        """The title could hardly stand on another work."""
        return ~self.generic & (self.length >= 20)

    @cached_property
    def unlike_titles_of_one_language(self) -> np.ndarray:
        """Two titles that have little in common, neither a translation: two works, whatever else is the same."""
        return (self.difference == Difference.UNRELATED) & ~self.translated & ~self.cross & ~self.no_title

    @cached_property
    def of_its_own(self) -> np.ndarray:
        """Neither is a correction, retraction, reply or comment: a journal prints many of these under one title, so only the place tells them apart."""
        own = np.ones(len(self.frame), dtype=bool)
        for kind in ("erratum", "retraction", "reply", "comment"):
            own &= (self.notice_left != kind) & (self.notice_right != kind)
        return own

    @cached_property
    def numbered_apart(self) -> np.ndarray:
        """The titles differ by a number, and no page range of the work's own says that it is a slip."""
        return (self.difference == Difference.NUMERAL) & ~(self.own_pages & ~self.supplement)

    @cached_property
    def no_title(self) -> np.ndarray:
        return self.title < 0

    # --- people
    @cached_property
    def every_author(self) -> np.ndarray:
        """Each author of the shorter list stands in the longer."""
        return self.authors >= 0.99

    @cached_property
    def most_authors(self) -> np.ndarray:
        return self.authors >= 0.8

    @cached_property
    def same_people(self) -> np.ndarray:
        return (self.authors >= 0.8) | ((self.first_author == 1) & ((self.authors >= 0.5) | self.cut))

    @cached_property
    def all_people(self) -> np.ndarray:
        """The same authors from the first to the last, as far as both lists go."""
        return (self.authors >= 0.99) & (self.first_author == 1) & ((self.fewest == self.most) | self.cut)

    @cached_property
    def a_whole_list(self) -> np.ndarray:
        """Four authors or more, as many in either."""
        return self.all_people & (self.fewest == self.most) & (self.fewest >= 4)

    @cached_property
    def some_people(self) -> np.ndarray:
        return (self.authors >= 0.5) | (self.first_author == 1)

    @cached_property
    def no_people(self) -> np.ndarray:
        return self.fewest == 0

    @cached_property
    def other_people(self) -> np.ndarray:
        return (self.fewest > 0) & ~self.some_people

    # --- place
    @cached_property
    def same_journal(self) -> np.ndarray:
        """One journal, in full or abbreviated."""
        return self.journal == Journals.SAME

    @cached_property
    def one_journal(self) -> np.ndarray:
        """One journal, or two names that may be of one."""
        return self.journal >= Journals.SIMILAR

    @cached_property
    def same_place(self) -> np.ndarray:
        return (self.page == 1) & (self.volume == 1)

    @cached_property
    def whole_place(self) -> np.ndarray:
        return self.same_place & (self.journal >= Journals.SIMILAR) & (self.last_page >= 0)

    @cached_property
    def same_year(self) -> np.ndarray:
        return self.year == 0

    @cached_property
    def near_year(self) -> np.ndarray:
        return self.year <= 1

    @cached_property
    def equal_abstract(self) -> np.ndarray:
        return self.abstract >= 0.95

    @cached_property
    def same_abstract(self) -> np.ndarray:
        return self.abstract >= 0.85

    @cached_property
    def unlike_abstract(self) -> np.ndarray:
        return (self.abstract >= 0) & (self.abstract < 0.7)

    @cached_property
    def other_abstract(self) -> np.ndarray:
        return (self.abstract >= 0) & (self.abstract < 0.45)

    # --- kinds
    @cached_property
    def other_notice(self) -> np.ndarray:
        return (self.notice_left != self.notice_right) & ~((self.doi == 1) & (self.page == 1) & self.same_title)

    @cached_property
    def other_work(self) -> np.ndarray:
        """One is a dissertation, preprint, dataset, registration or book and the other is not."""
        apart = np.zeros(len(self.frame), dtype=bool)
        for kind in ("dissertation", "preprint", "dataset", "registration", "book"):
            apart |= (self.work_left == kind) != (self.work_right == kind)
        return apart & (self.doi != 1) & ~((self.page == 1) & (self.last_page == 1) & self.one_journal & self.same_year)

    @cached_property
    def one_article(self) -> np.ndarray:
        """One of the two is an article, no abstract at a meeting, chapter or book."""
        return ((self.work_left == "") | (self.work_right == "")) & ~self.supplement

    @cached_property
    def neither_published(self) -> np.ndarray:
        """Each is a preprint or a dissertation."""
        return np.isin(self.work_left, UNPUBLISHED) & np.isin(self.work_right, UNPUBLISHED)

    @cached_property
    def moved(self) -> np.ndarray:
        """A shared DOI is belied: the two say that they appeared in two places, and no abstract says otherwise."""
        apart = (
            (self.page == -1).astype(float)
            + (self.volume == -1)
            + (self.journal == Journals.OTHER)
            + 0.5 * (self.journal == Journals.SIMILAR)
            + ((self.page == -1) & self.unlike_abstract)
            + ((self.journal == Journals.OTHER) & (self.page == 0) & (self.volume == 0) & ~self.same_abstract)
            + (
                ((self.journal == Journals.OTHER) | (self.journal == Journals.SIMILAR))
                & (self.abstract >= 0)
                & ~self.same_abstract
            )
        )
        return (apart >= 1.5) & (self.page != 1) & ~((self.abstract >= 0.95) & (self.journal >= Journals.SIMILAR))

    @cached_property
    def one_issue(self) -> np.ndarray:
        """Nothing says that it is another issue; where issues differ, a whole article's pages or the abstract say that it is not."""
        whole = ((self.last_page == 1) & (self.longest >= 4)) | (self.abstract >= 0.9)
        return (
            (self.issue >= 0)
            | whole
            | ((self.length >= 40) & (self.own_pages | ((self.fewest >= 3) & (self.authors >= 0.8))))
        )

    @cached_property
    def elsewhere(self) -> np.ndarray:
        """Both say where they appeared, and not in one place."""
        signs = (
            (self.page == -1).astype(int) + (self.volume == -1) + (self.issue == -1) + (self.journal == Journals.OTHER)
        )
        signs = signs + (self.doi == -1) + (self.year > 1) + ((self.abstract >= 0) & (self.abstract < 0.75))
        signs = signs + (self.one_conference & (self.journal == Journals.OTHER) & ~self.same_abstract)
        return signs >= 2

    @cached_property
    def two_dissertations(self) -> np.ndarray:
        return (self.work_left == "dissertation") & (self.work_right == "dissertation")

    @cached_property
    def two_books(self) -> np.ndarray:
        return (self.work_left == "book") & (self.work_right == "book")

    @cached_property
    def two_conference_papers(self) -> np.ndarray:
        return (self.work_left == "conference") & (self.work_right == "conference")

    @cached_property
    def one_conference(self) -> np.ndarray:
        """One appeared at a conference, the other did not."""
        return (self.work_left == "conference") != (self.work_right == "conference")

    @cached_property
    def unlike(self) -> np.ndarray:
        """Something speaks against it, be it little: enough where many records are one."""
        places = (self.page == -1) | (self.volume == -1) | (self.journal == Journals.OTHER) | (self.doi == -1)
        titles = ~self.close_title & ~self.subtitle & ~self.no_title
        return places | titles | self.other_people | (self.year > 1) | self.contradicting

    @cached_property
    def settled_apart(self) -> np.ndarray:
        """A rule says that they are two works: of two kinds, a notice and its work, parts, versions."""
        soft = (self.relation == "same title elsewhere") | (self.relation == "conference abstract of")
        return (self.outcome == "related") & ~soft | (self.outcome == "different") & (self.rule != "nothing decides")

    @cached_property
    def contradicting(self) -> np.ndarray:
        """So much against it that no chain of other records may join the two."""
        elsewhere = (self.outcome == "related") & ((self.page == -1) | (self.journal == Journals.OTHER))
        numbers = (self.difference == Difference.NUMERAL) & ((self.page == -1) | (self.volume == -1) | (self.doi == -1))
        signs = (
            (self.page == -1).astype(int)
            + (self.volume == -1)
            + (self.journal == Journals.OTHER)
            + (self.doi == -1)
            + self.other_people
        )
        return self.settled_apart | elsewhere | numbers | (signs >= 3)
