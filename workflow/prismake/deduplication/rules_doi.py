"""Rules that join by a shared number, most often a DOI, unless title or place belie it (containers share one DOI among many works)."""

from __future__ import annotations

from prismake.deduplication.rule import DUPLICATE, Rule, careful

SHARED_DOI = (
    Rule(
        "same number in one database, and title",
        DUPLICATE,
        lambda p: (
            ((p.pmid == 1) | (p.accession == 1))
            & p.close_title
            & (p.some_people | p.no_people)
            & (p.telling | p.no_other_page)
            & ~p.moved
            & ~(p.other_doi & p.other_page)
        ),
    ),
    Rule(
        "same DOI and title",
        DUPLICATE,
        lambda p: p.same_doi & p.close_title & (p.some_people | p.no_people) & (p.telling | p.no_other_page) & ~p.moved,
    ),
    Rule(
        "same DOI, title and place",
        DUPLICATE,
        lambda p: p.same_doi & p.close_title & p.same_place & ~p.other_abstract & (p.telling | p.some_people),
    ),
    careful(
        "same DOI, title but for a subtitle",
        lambda p: (
            p.same_doi
            & p.subtitle
            & p.some_people
            & (p.same_page | (p.page_not_told & p.same_people))
            & ~p.moved
            & ~(p.supplement & p.unlike_abstract)
        ),
    ),
    careful(
        "same DOI and page, titles close",
        lambda p: (
            p.same_doi
            & p.same_page
            & p.no_other_volume
            & p.no_other_journal
            & (p.one_journal | p.same_volume)
            & p.comparable_titles
            & ~p.numbered_apart
            & (p.title >= 0.6)
            & (p.same_people | (p.some_people & p.own_pages))
            & (p.own_pages | (p.title >= 0.85))
            & (p.same_abstract | (~p.supplement & (p.own_pages | p.one_title_within_the_other)))
        ),
    ),
    careful(
        "same DOI, page, volume and authors, title in another language",
        lambda p: (
            p.same_doi
            & p.same_place
            & p.same_people
            & ~p.unlike_titles_of_one_language
            & ~p.numbered_apart
            & (p.own_pages | (p.same_last_page & p.no_other_issue))
            & ~p.supplement
        ),
    ),
    careful(
        "same DOI, page and authors, no title",
        lambda p: (
            p.same_doi
            & p.no_title
            & p.all_people
            & p.same_page
            & p.no_other_volume
            & p.no_other_journal
            & ~p.unlike_abstract
        ),
    ),
    careful(
        "same DOI or PubMed number and abstract, titles close",
        lambda p: (
            (p.same_doi | ((p.pmid == 1) & p.no_other_doi & p.near_year))
            & p.same_abstract
            & (p.title >= 0.6)
            & (~p.numbered_apart | p.equal_abstract)
            & p.same_people
            & p.no_other_page
        ),
    ),
)
