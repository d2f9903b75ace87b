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
            & (p.doi >= 0)
            & ((p.telling & p.one_issue) | ((p.issue >= 0) & (p.authors >= 0.99)))
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
            & (p.doi >= 0)
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
            & (p.doi >= 0)
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
            & (p.doi >= 0)
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
            & (p.doi >= 0)
            & p.telling
            & (p.last_page >= 0)
            & p.one_issue
        ),
    ),
    careful(
        "same title, authors, year and pages, no volume",
        lambda p: (
            (p.close_title | p.subtitle)
            & p.same_people
            & p.own_pages
            & (p.volume >= 0)
            & (p.issue >= 0)
            & (p.doi >= 0)
            & p.telling
            & (p.same_year | (p.near_year & (p.abstract >= 0.95)))
            & ~p.other_abstract
        ),
    ),
    careful(
        "same title, authors, journal, year and page, no volume",
        lambda p: (
            p.same_title
            & p.same_people
            & (p.journal == 2)
            & (p.page == 1)
            & (p.volume >= 0)
            & (p.issue >= 0)
            & (p.last_page >= 0)
            & (p.doi >= 0)
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
            & (p.page == 1)
            & p.same_year
            & (p.doi == -1)
            & p.telling
            & (p.issue >= 0)
            & (((p.volume == 1) & (p.last_page == 1)) | ((p.volume >= 0) & (p.last_page >= 0) & (p.abstract >= 0.95)))
        ),
    ),
    careful(
        "title but for a subtitle, same authors and place",
        lambda p: (
            p.subtitle
            & p.same_people
            & p.same_place
            & p.one_journal
            & ((p.last_page >= 0) | (p.authors >= 0.99))
            & p.near_year
            & (p.doi >= 0)
            & (~(p.alone_both & p.supplement) | p.same_abstract | (p.title >= 0.93))
            & p.one_issue
        ),
    ),
    careful(
        "same authors, journal, volume, page and abstract, titles close",
        lambda p: (
            (p.abstract >= 0.9)
            & (p.difference <= 5)
            & (~p.numbered_apart | (p.abstract >= 0.95))
            & (p.title >= 0.6)
            & p.some_people
            & p.same_place
            & p.one_journal
            & (p.last_page >= 0)
            & p.near_year
            & (p.doi >= 0)
        ),
    ),
    careful(
        "same authors, volume and pages, titles close",
        lambda p: (
            (p.difference <= 5)
            & (p.title >= 0.7)
            & p.same_people
            & p.same_place
            & p.own_pages
            & ((p.longest >= 3) | ~p.numbered_apart)
            & p.near_year
            & (p.doi >= 0)
            & p.one_issue
            & ~p.generic
        ),
    ),
    careful(
        "same authors, journal, year and pages, titles close, no volume",
        lambda p: (
            (p.difference <= 4)
            & (p.title >= 0.9)
            & (p.authors >= 0.8)
            & p.one_journal
            & p.own_pages
            & (p.volume >= 0)
            & (p.issue >= 0)
            & p.same_year
            & (p.doi >= 0)
            & ~p.other_abstract
        ),
    ),
    careful(
        "same authors, journal, volume and pages, title in other words",
        lambda p: (
            (p.authors >= 0.8)
            & p.whole_place
            & p.own_pages
            & ((p.longest >= 3) | (p.abstract >= 0.95))
            & (p.issue >= 0)
            & p.same_year
            & (p.doi >= 0)
            & (p.first_author == 1)
            & ~p.unlike_titles_of_one_language
            & (((p.difference != 5) & ~p.other_abstract & ~p.supplement) | (p.abstract >= 0.95))
        ),
    ),
    careful(
        "same authors, journal, volume, issue and pages, one without title",
        lambda p: (
            p.no_title
            & (p.authors >= 0.99)
            & (p.fewest == p.most)
            & (p.fewest >= 2)
            & p.whole_place
            & p.own_pages
            & (p.issue >= 0)
            & p.same_year
            & (p.doi >= 0)
        ),
    ),
    careful(
        "same journal, volume and pages, titles close, one without authors",
        lambda p: (
            p.no_people
            & (p.difference <= 4)
            & (p.title >= 0.7)
            & p.whole_place
            & p.own_pages
            & (p.issue >= 0)
            & p.same_year
            & (p.doi >= 0)
            & ~p.other_abstract
            & ~p.supplement
        ),
    ),
    careful(
        "same title, authors, volume and pages, journal not told by one",
        lambda p: (
            p.same_title
            & (p.authors >= 0.99)
            & (p.journal == 0)
            & p.same_place
            & (p.last_page == 1)
            & (p.issue >= 0)
            & p.same_year
            & (p.doi >= 0)
            & ~p.other_abstract
        ),
    ),
)
