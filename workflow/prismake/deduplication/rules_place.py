"""Rules that join by the same place: journal, volume and pages, with the title or the authors or both."""

from __future__ import annotations

from prismake.deduplication.rule import DUPLICATE, Rule, careful

SAME_PLACE = (
    Rule(
        "same title, authors, journal, volume and page",
        DUPLICATE,
        lambda p: (
            p.same_title
            & p.same_people
            & p.whole_place
            & p.near_year
            & p.no_other_doi
            & ((p.telling & p.one_issue) | (p.no_other_issue & p.every_author))
        ),
    ),
    careful(
        "close title, same authors, journal, volume and page",
        lambda p: (
            p.close_title
            & p.some_people
            & p.same_place
            & p.one_journal
            & p.near_year
            & p.no_other_doi
            & p.telling
            & p.one_issue
        ),
    ),
    careful(
        "same title, volume and page, no authors",
        lambda p: (
            p.close_title
            & p.no_people
            & p.same_place
            & p.one_journal
            & p.near_year
            & p.no_other_doi
            & p.telling
            & p.one_issue
        ),
    ),
    careful(
        "same title and whole place, authors told otherwise",
        lambda p: (
            p.close_title
            & p.whole_place
            & p.own_pages
            & (p.longest >= 4)
            & p.same_year
            & p.no_other_doi
            & (p.length >= 40)
            & ~p.generic
            & p.one_issue
            & ~p.other_abstract
        ),
    ),
    careful(
        "same title, authors, volume and page, journal under another name",
        lambda p: (
            p.close_title
            & p.same_people
            & p.same_place
            & p.near_year
            & p.no_other_doi
            & p.telling
            & p.no_other_last_page
            & p.one_issue
        ),
    ),
    careful(
        "same title, authors, year and pages, no volume",
        lambda p: (
            (p.close_title | p.subtitle)
            & p.same_people
            & p.own_pages
            & p.no_other_volume
            & p.no_other_issue
            & p.no_other_doi
            & p.telling
            & (p.same_year | (p.near_year & p.equal_abstract))
            & ~p.other_abstract
        ),
    ),
    careful(
        "same title, authors, journal, year and page, no volume",
        lambda p: (
            p.same_title
            & p.same_people
            & p.same_journal
            & p.same_page
            & p.no_other_volume
            & p.no_other_issue
            & p.no_other_last_page
            & p.no_other_doi
            & p.telling
            & p.same_year
            & ~p.other_abstract
        ),
    ),
    careful(
        "same title, authors and place under two DOIs",
        lambda p: (
            p.same_title
            & p.same_people
            & p.one_journal
            & p.same_page
            & p.same_year
            & p.other_doi
            & p.telling
            & p.no_other_issue
            & ((p.same_volume & p.same_last_page) | (p.no_other_volume & p.no_other_last_page & p.equal_abstract))
        ),
    ),
    careful(
        "title but for a subtitle, same authors and place",
        lambda p: (
            p.subtitle
            & p.same_people
            & p.same_place
            & p.one_journal
            & (p.no_other_last_page | p.every_author)
            & p.near_year
            & p.no_other_doi
            & (~(p.alone_both & p.supplement) | p.same_abstract | (p.title >= 0.93))
            & p.one_issue
        ),
    ),
    careful(
        "same authors, journal, volume, page and abstract, titles close",
        lambda p: (
            (p.abstract >= 0.9)
            & p.comparable_titles
            & (~p.numbered_apart | p.equal_abstract)
            & (p.title >= 0.6)
            & p.some_people
            & p.same_place
            & p.one_journal
            & p.no_other_last_page
            & p.near_year
            & p.no_other_doi
        ),
    ),
    careful(
        "same authors, volume and pages, titles close",
        lambda p: (
            p.comparable_titles
            & (p.title >= 0.7)
            & p.same_people
            & p.same_place
            & p.own_pages
            & ((p.longest >= 3) | ~p.numbered_apart)
            & p.near_year
            & p.no_other_doi
            & p.one_issue
            & ~p.generic
        ),
    ),
    careful(
        "same authors, journal, year and pages, titles close, no volume",
        lambda p: (
            p.titles_of_one_number
            & (p.title >= 0.9)
            & p.most_authors
            & p.one_journal
            & p.own_pages
            & p.no_other_volume
            & p.no_other_issue
            & p.same_year
            & p.no_other_doi
            & ~p.other_abstract
        ),
    ),
    careful(
        "same authors, journal, volume and pages, title in other words",
        lambda p: (
            p.most_authors
            & p.whole_place
            & p.own_pages
            & ((p.longest >= 3) | p.equal_abstract)
            & p.no_other_issue
            & p.same_year
            & p.no_other_doi
            & p.same_first_author
            & ~p.unlike_titles_of_one_language
            & ((~p.other_numbers & ~p.other_abstract & ~p.supplement) | p.equal_abstract)
        ),
    ),
    careful(
        "same authors, journal, volume, issue and pages, one without title",
        lambda p: (
            p.no_title
            & p.every_author
            & (p.fewest == p.most)
            & (p.fewest >= 2)
            & p.whole_place
            & p.own_pages
            & p.no_other_issue
            & p.same_year
            & p.no_other_doi
        ),
    ),
    careful(
        "same journal, volume and pages, titles close, one without authors",
        lambda p: (
            p.no_people
            & p.titles_of_one_number
            & (p.title >= 0.7)
            & p.whole_place
            & p.own_pages
            & p.no_other_issue
            & p.same_year
            & p.no_other_doi
            & ~p.other_abstract
            & ~p.supplement
        ),
    ),
    careful(
        "same title, authors, volume and pages, journal not told by one",
        lambda p: (
            p.same_title
            & p.every_author
            & p.journal_not_told
            & p.same_place
            & p.same_last_page
            & p.no_other_issue
            & p.same_year
            & p.no_other_doi
            & ~p.other_abstract
        ),
    ),
)
