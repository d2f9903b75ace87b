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
            & (p.telling | (p.page >= 0))
            & ~p.moved
            & ~((p.doi == -1) & (p.page == -1))
        ),
    ),
    Rule(
        "same DOI and title",
        DUPLICATE,
        lambda p: (p.doi == 1) & p.close_title & (p.some_people | p.no_people) & (p.telling | (p.page >= 0)) & ~p.moved,
    ),
    Rule(
        "same DOI, title and place",
        DUPLICATE,
        lambda p: (p.doi == 1) & p.close_title & p.same_place & ~p.other_abstract & (p.telling | p.some_people),
    ),
    careful(
        "same DOI, title but for a subtitle",
        lambda p: (
            (p.doi == 1) & p.subtitle & p.some_people & ((p.page == 1) | ((p.page == 0) & p.same_people)) & ~p.moved
        ),
    ),
    careful(
        "same DOI and page, titles close",
        lambda p: (
            (p.doi == 1)
            & (p.page == 1)
            & (p.volume >= 0)
            & (p.journal >= 0)
            & (p.one_journal | (p.volume == 1))
            & (p.difference <= 5)
            & ~p.numbered_apart
            & (p.title >= 0.6)
            & (p.same_people | (p.some_people & p.own_pages))
            & (p.own_pages | (p.title >= 0.85))
        ),
    ),
    careful(
        "same DOI, page, volume and authors, title in another language",
        lambda p: (
            (p.doi == 1)
            & p.same_place
            & p.same_people
            & ~p.unlike_titles_of_one_language
            & ~p.numbered_apart
            & (p.own_pages | ((p.last_page == 1) & (p.issue >= 0)))
            & ~p.supplement
        ),
    ),
    careful(
        "same DOI, page and authors, no title",
        lambda p: (
            (p.doi == 1)
            & p.no_title
            & p.all_people
            & (p.page == 1)
            & (p.volume >= 0)
            & (p.journal >= 0)
            & ~p.unlike_abstract
        ),
    ),
    careful(
        "same DOI or PubMed number and abstract, titles close",
        lambda p: (
            ((p.doi == 1) | ((p.pmid == 1) & (p.doi >= 0) & p.near_year))
            & p.same_abstract
            & (p.title >= 0.6)
            & (~p.numbered_apart | (p.abstract >= 0.95))
            & p.same_people
            & (p.page >= 0)
        ),
    ),
)
