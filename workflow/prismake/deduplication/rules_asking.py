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
            & p.most_authors
            & p.same_first_author
            & p.telling
            & p.near_year
            & ~p.unlike_abstract
            & (p.journal_not_told | p.same_journal)
            & p.no_other_volume
            & p.no_other_issue
            & p.no_other_doi
            & p.no_other_page
            & p.no_other_last_page
            & ~p.two_dissertations
        ),
        mode="eager",
    ),
    Rule(
        "same DOI and title, another place",
        PERSON,
        lambda p: p.same_doi & p.close_title & p.some_people & p.moved & p.telling & (p.same_abstract | p.one_journal),
        mode="careful",
    ),
    Rule(
        "same DOI, people and abstract, other titles",
        PERSON,
        lambda p: (
            p.same_doi
            & p.same_people
            & p.equal_abstract
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
            p.every_author
            & p.all_people
            & p.whole_place
            & p.own_pages
            & p.no_other_issue
            & p.same_year
            & p.no_other_doi
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
        lambda p: p.close_title & p.two_dissertations & p.every_author & (p.year <= 3) & p.telling,
        mode="careful",
    ),
    Rule(
        "titles and people close, same page",
        PERSON,
        lambda p: (
            p.comparable_titles
            & (p.title >= 0.9)
            & p.some_people
            & p.same_page
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
            p.subtitle
            & p.same_people
            & p.one_journal
            & p.same_year
            & p.no_other_page
            & p.no_other_volume
            & ~p.elsewhere
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
