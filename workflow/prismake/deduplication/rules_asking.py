"""Rules for what is left: pairs that a person should look at, and the same title in another place."""

from __future__ import annotations

from prismake.deduplication.rule import DUPLICATE, PERSON, RELATED, Rule

LEFT_OVER = (
    # --- for a person, unless the review is eager
    Rule(
        "same title and authors, place unclear",
        DUPLICATE,
        lambda p: (
            p.same_title
            & (p.authors >= 0.8)
            & (p.first_author == 1)
            & p.telling
            & p.near_year
            & ~p.unlike_abstract
            & ((p.journal == 0) | (p.journal == 2))
            & (p.volume >= 0)
            & (p.issue >= 0)
            & (p.doi >= 0)
            & (p.page >= 0)
            & (p.last_page >= 0)
            & (p.work_left != "dissertation")
        ),
        mode="eager",
    ),
    Rule(
        "same DOI and title, another place",
        PERSON,
        lambda p: (
            (p.doi == 1) & p.close_title & p.some_people & p.moved & p.telling & (p.same_abstract | p.one_journal)
        ),
        mode="careful",
    ),
    Rule(
        "same DOI, people and abstract, other titles",
        PERSON,
        lambda p: (
            (p.doi == 1)
            & p.same_people
            & (p.abstract >= 0.95)
            & p.one_journal
            & ~p.supplement
            & ~p.numbered_apart
            & ~p.generic
        ),
        mode="careful",
    ),
    Rule(
        "same authors and place, other titles",
        PERSON,
        lambda p: (
            (p.authors >= 0.99)
            & p.all_people
            & p.whole_place
            & p.own_pages
            & (p.issue >= 0)
            & p.same_year
            & (p.doi >= 0)
            & ~p.supplement
            & ~p.other_abstract
            & ~p.generic
        ),
        mode="careful",
    ),
    Rule(
        "same title and people, place unclear",
        PERSON,
        lambda p: p.close_title & p.some_people & p.telling & p.near_year & ~p.elsewhere,
        mode="careful",
    ),
    Rule(
        "same dissertation, years or places unclear",
        PERSON,
        lambda p: (
            p.close_title
            & (p.work_left == "dissertation")
            & (p.work_right == "dissertation")
            & (p.authors >= 0.99)
            & (p.year <= 3)
            & p.telling
        ),
        mode="careful",
    ),
    Rule(
        "titles and people close, same page",
        PERSON,
        lambda p: (
            (p.difference <= 5)
            & (p.title >= 0.9)
            & p.some_people
            & (p.page == 1)
            & p.one_journal
            & p.near_year
            & ~p.elsewhere
        ),
        mode="careful",
    ),
    Rule(
        "title but for a subtitle, same people, place unclear",
        PERSON,
        lambda p: (
            p.subtitle & p.same_people & p.one_journal & p.same_year & (p.page >= 0) & (p.volume >= 0) & ~p.elsewhere
        ),
        mode="careful",
    ),
    Rule(
        "an abstract and the same title elsewhere",
        RELATED,
        lambda p: p.close_title & p.some_people & p.telling & (p.supplement | p.one_conference),
        relation="conference abstract of",
    ),
    Rule(
        "same title and people elsewhere",
        RELATED,
        lambda p: p.close_title & p.some_people & p.telling,
        relation="same title elsewhere",
    ),
)
