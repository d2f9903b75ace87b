"""Rules that join where a record does not tell its place in full, and nothing speaks against it."""

from __future__ import annotations

from prismake.deduplication.rule import DUPLICATE, Rule, careful

PARTIAL_PLACE = (
    careful(
        "same title, authors, journal and abstract",
        lambda p: (
            p.close_title
            & p.same_people
            & ((p.first_author == 1) | (p.page == 1))
            & (p.same_year | (p.all_people & ~p.supplement) | (p.page == 1))
            & ((p.journal == 2) | (p.one_journal & ((p.page == 1) | (p.volume == 1))))
            & p.same_abstract
            & p.near_year
            & (p.doi >= 0)
            & (p.page >= 0)
            & (
                (p.volume >= 0)
                | ((p.page == 0) & p.same_year & (p.abstract >= 0.95))
                | ((p.page == 1) & p.same_year & (p.journal == 2) & (p.abstract >= 0.98))
            )
            & p.telling
        ),
    ),
    careful(
        "same title, authors, journal, volume and abstract, a page misprinted",
        lambda p: (
            p.same_title
            & (p.authors >= 0.8)
            & (p.journal == 2)
            & (p.volume == 1)
            & (p.issue >= 0)
            & (p.abstract >= 0.95)
            & p.same_year
            & (p.doi >= 0)
            & p.telling
            & ~p.supplement
        ),
    ),
    careful(
        "same title, authors, journal, volume, issue and last page",
        lambda p: (
            p.same_title
            & (p.authors >= 0.8)
            & (p.journal == 2)
            & (p.volume == 1)
            & (p.issue == 1)
            & (p.last_page == 1)
            & p.same_year
            & (p.doi >= 0)
            & p.telling
            & ~p.other_abstract
        ),
    ),
    careful(
        "same title, journal, volume, issue and abstract, no authors",
        lambda p: (
            p.same_title
            & p.no_people
            & p.one_journal
            & (p.volume == 1)
            & (p.issue == 1)
            & (p.page >= 0)
            & p.same_year
            & (p.abstract >= 0.95)
            & (p.doi >= 0)
        ),
    ),
    careful(
        "same title, authors, journal and year, place not told by one",
        lambda p: (
            p.same_title
            & p.same_people
            & (p.first_author == 1)
            & (
                p.same_abstract
                | (p.page == 1)
                | ((p.volume == 1) & (p.issue == 1))
                | (p.all_people & ~p.supplement & ((p.fewest >= 2) | (p.length >= 50)))
            )
            & (p.journal == 2)
            & p.same_year
            & (p.doi >= 0)
            & (p.page >= 0)
            & (p.volume >= 0)
            & (p.issue >= 0)
            & p.telling
            & p.of_its_own
            & ~p.unlike_abstract
        ),
    ),
    careful(
        "same title, authors, journal and volume, page not told by one",
        lambda p: (
            (p.same_title | (p.close_title & (p.issue == 1) & (p.fewest >= 3)))
            & p.same_people
            & (p.journal == 2)
            & p.near_year
            & (p.doi >= 0)
            & (p.page == 0)
            & (p.volume == 1)
            & (p.issue >= 0)
            & p.telling
            & (p.of_its_own | (p.issue == 1))
            & (p.length >= 40)
            & ~p.unlike_abstract
        ),
    ),
    Rule(
        "same title, authors and journal, early view and issue",
        DUPLICATE,
        lambda p: (
            p.same_title
            & p.all_people
            & (p.fewest >= 2)
            & (p.journal == 2)
            & p.near_year
            & p.sparser_earlier
            & (p.doi >= 0)
            & (p.issue >= 0)
            & p.telling
            & (p.length >= 40)
            & (p.abstract < 0)
            & ~p.supplement
        ),
        mode="eager",
    ),
    careful(
        "same paper of one conference, place not told by one",
        lambda p: (
            p.same_title
            & (p.work_left == "conference")
            & (p.work_right == "conference")
            & (p.journal == 2)
            & (p.authors >= 0.99)
            & (p.fewest >= 2)
            & p.near_year
            & (p.page == 0)
            & (p.volume >= 0)
            & (p.issue >= 0)
            & (p.longest >= 4)
            & (p.doi >= 0)
            & p.telling
            & (p.length >= 50)
            & ~p.unlike_abstract
        ),
    ),
    careful(
        "same notice, journal, volume, issue and page",
        lambda p: (
            (p.notice_left != "")
            & (p.notice_left == p.notice_right)
            & (p.title >= 0.85)
            & (p.difference <= 4)
            & (p.authors >= 0.99)
            & p.whole_place
            & (p.issue == 1)
            & p.same_year
            & (p.doi >= 0)
        ),
    ),
    careful(
        "same dissertation in two databases",
        lambda p: (
            p.same_title
            & (p.work_left == "dissertation")
            & (p.work_right == "dissertation")
            & (((p.journal != 0) & (p.year <= 2)) | (p.same_year & (p.length >= 30)))
            & (p.authors >= 0.99)
            & (p.first_author == 1)
            & (p.page >= 0)
            & (p.doi >= 0)
            & p.telling
            & ~p.unlike_abstract
        ),
    ),
    careful(
        "same book",
        lambda p: (
            p.close_title
            & (p.work_left == "book")
            & (p.work_right == "book")
            & (p.isbn == 1)
            & p.same_people
            & p.near_year
            & (p.doi >= 0)
        ),
    ),
    careful(
        "same title, authors, volume and issue, journal under another name",
        lambda p: (
            p.same_title
            & (p.authors >= 0.99)
            & (p.fewest >= 2)
            & (p.volume == 1)
            & ((p.issue == 1) | (p.one_journal & (p.fewest >= 3) & (p.issue >= 0)))
            & (p.page >= 0)
            & p.same_year
            & (p.doi >= 0)
            & p.telling
            & p.of_its_own
            & (p.length >= 50)
            & ~p.unlike_abstract
            & ~p.supplement
        ),
    ),
    careful(
        "same title, authors and year, nothing else told",
        lambda p: (
            p.same_title
            & (p.authors >= 0.99)
            & p.same_year
            & (p.journal == 0)
            & (p.page == 0)
            & (p.volume >= 0)
            & (p.doi == 0)
            & p.telling
            & p.of_its_own
            & (p.length >= 30)
            & (
                p.sparse_both
                | ((p.fewest >= 2) & (p.length >= 40) & (p.volume == 1))
                | (p.sparse_one & p.all_people & (p.abstract >= 0.95))
            )
            & ~p.unlike_abstract
        ),
    ),
)
