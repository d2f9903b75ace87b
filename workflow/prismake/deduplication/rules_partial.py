"""Rules that join where a record does not tell its place in full, and nothing speaks against it."""

from __future__ import annotations

from prismake.deduplication.rule import DUPLICATE, Rule, careful

PARTIAL_PLACE = (
    careful(
        "same title, authors, journal and abstract",
        lambda p: (
            p.close_title
            & p.same_people
            & (p.same_first_author | p.same_page)
            & (p.same_year | (p.all_people & ~p.supplement) | p.same_page)
            & (p.same_journal | (p.one_journal & (p.same_page | p.same_volume)))
            & p.same_abstract
            & p.near_year
            & p.no_other_doi
            & p.no_other_page
            & (p.no_other_issue | p.same_page)
            & (
                p.no_other_volume
                | (p.page_not_told & p.same_year & p.equal_abstract)
                | (p.same_page & p.same_year & p.same_journal & (p.abstract >= 0.98))
            )
            & p.telling
        ),
    ),
    careful(
        "same title, authors, journal, volume and abstract, a page misprinted",
        lambda p: (
            p.same_title
            & p.most_authors
            & p.same_journal
            & p.same_volume
            & p.no_other_issue
            & p.equal_abstract
            & p.same_year
            & p.no_other_doi
            & p.telling
            & ~p.supplement
        ),
    ),
    careful(
        "same title, authors, journal, volume, issue and last page",
        lambda p: (
            p.same_title
            & p.most_authors
            & p.same_journal
            & p.same_volume
            & p.same_issue
            & p.same_last_page
            & p.same_year
            & p.no_other_doi
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
            & p.same_volume
            & p.same_issue
            & p.no_other_page
            & p.same_year
            & p.equal_abstract
            & p.no_other_doi
        ),
    ),
    careful(
        "same title, authors, journal and year, place not told by one",
        lambda p: (
            p.same_title
            & p.same_people
            & p.same_first_author
            & (
                p.same_abstract
                | p.same_page
                | (p.same_volume & p.same_issue)
                | (p.all_people & ~p.supplement & ((p.fewest >= 2) | (p.length >= 50) | p.unplaced_both))
            )
            & p.same_journal
            & p.same_year
            & p.no_other_doi
            & p.no_other_page
            & p.no_other_volume
            & p.no_other_issue
            & p.telling
            & p.of_its_own
            & ~p.unlike_abstract
        ),
    ),
    careful(
        "same title, authors, journal and volume, page not told by one",
        lambda p: (
            (p.same_title | (p.close_title & p.same_issue & (p.fewest >= 3)))
            & p.same_people
            & p.same_journal
            & p.near_year
            & p.no_other_doi
            & p.page_not_told
            & p.same_volume
            & p.no_other_issue
            & p.telling
            & (p.of_its_own | p.same_issue)
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
            & p.same_journal
            & p.near_year
            & p.sparser_earlier
            & p.no_other_doi
            & p.no_other_issue
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
            & p.two_conference_papers
            & p.same_journal
            & p.every_author
            & (p.fewest >= 2)
            & p.near_year
            & p.page_not_told
            & p.no_other_volume
            & p.no_other_issue
            & (p.longest >= 4)
            & p.no_other_doi
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
            & p.titles_of_one_number
            & p.every_author
            & p.whole_place
            & p.same_issue
            & p.same_year
            & p.no_other_doi
        ),
    ),
    careful(
        "same dissertation in two databases",
        lambda p: (
            p.same_title
            & p.two_dissertations
            & ((~p.journal_not_told & (p.year <= 2)) | (p.same_year & (p.length >= 30)))
            & p.every_author
            & p.same_first_author
            & p.no_other_page
            & p.no_other_doi
            & p.telling
            & ~p.unlike_abstract
        ),
    ),
    careful(
        "same book",
        lambda p: p.close_title & p.two_books & (p.isbn == 1) & p.same_people & p.near_year & p.no_other_doi,
    ),
    careful(
        "same title, authors, volume and issue, journal under another name",
        lambda p: (
            p.same_title
            & p.every_author
            & (p.fewest >= 2)
            & p.same_volume
            & (p.same_issue | (p.one_journal & (p.fewest >= 3) & p.no_other_issue))
            & p.no_other_page
            & p.same_year
            & p.no_other_doi
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
            & p.every_author
            & p.same_year
            & p.journal_not_told
            & p.page_not_told
            & p.no_other_volume
            & (p.doi == 0)
            & p.telling
            & p.of_its_own
            & (p.length >= 30)
            & (
                p.sparse_both
                | ((p.fewest >= 2) & (p.length >= 40) & p.same_volume)
                | (
                    p.sparse_one
                    & p.all_people
                    & (
                        (p.equal_abstract & ((p.fewest >= 3) | (p.length >= 70)))
                        | (p.a_whole_list & ~p.supplement & ~p.one_conference)
                    )
                )
            )
            & ~p.unlike_abstract
        ),
    ),
)
