"""Titles that could stand on any work: Editorial, Introduction, Letter to the editor."""

from __future__ import annotations

from prismake.deduplication.numbering import roman

# fmt: off
TRADE_WORDS = frozenset({
    "and", "the",
    "about", "abstract", "abstracts", "acknowledgement", "acknowledgements", "acknowledgment",
    "acknowledgments", "addendum", "announcement", "announcements", "annual", "answer", "answers",
    "appearing", "article", "articles", "author", "authors", "autor", "board", "book", "books", "brief",
    "by", "calendar", "chair", "chairman", "chapter", "chief", "cme", "column", "comment", "commentary", "comments",
    "conclusion", "conclusions", "conference", "congress", "contents", "contributors", "correction",
    "corner", "corrections", "correspondence", "corrigendum", "cover", "current", "debate", "dedication", "desk", "digest",
    "directions", "discussion", "editor", "editorial", "editorials", "editors", "end", "errata", "erratum",
    "essay", "events", "for", "foreword", "forum", "from", "front", "future", "general", "guest",
    "highlights", "historical", "history", "image", "images", "in", "index", "information", "inside",
    "instructions", "international", "interview", "introduction", "introductory", "invited", "issue",
    "issues", "journal", "keynote", "lecture", "letter", "letters", "list", "literature", "masthead",
    "matter", "meeting", "meetings", "message", "minutes", "miscellaneous", "my", "new", "news",
    "newsletter", "note", "notes", "notice", "notices", "obituary", "of", "on", "opinion", "our",
    "overview", "page", "panel", "paper", "papers", "perspective", "perspectives", "poster", "posters",
    "preface", "president", "presidential", "presidents", "proceedings", "program", "programme",
    "publications", "publisher", "publishers", "question", "questions", "re", "reader", "readers",
    "recent", "references", "remarks", "reply", "report", "reports", "research", "response", "responses",
    "resume", "review", "reviewer", "reviewers", "reviews", "s", "section", "selected", "session", "short",
    "special", "statement", "subject", "summary", "supplement", "symposium", "table", "thanks", "theme",
    "this", "title", "to", "today", "track", "trends", "update", "viewpoint", "volume", "welcome", "with",
    "words", "workshop", "year", "yearbook",
})
# fmt: on
"""Words that say what a piece is, not what it is about."""


_SMALL = frozenset(
    {"a", "about", "an", "and", "by", "for", "from", "in", "its", "of", "on", "our", "the", "this", "to", "with"}
)


def is_generic(words: list[str], number_words: frozenset[str]) -> bool:
    """Whether a title says nothing but what it is: words of the trade, numbers and single letters, or one short word."""
    telling = [
        w
        for w in words
        if w not in TRADE_WORDS and len(w) > 1 and not w.isdigit() and not roman(w) and w not in number_words
    ]
    return (
        len(telling) == 0 or (len(words) <= 2 and len("".join(words)) < 18) or (len(telling) == 1 and len(words) <= 4)
    )


def is_serial(words: list[str], journal: frozenset[str], number_words: frozenset[str]) -> bool:
    """Whether a title says nothing but what it is and in which journal: `Remarks from the Editor of Emotion`.

    A title that is its container's own name says more than that.
    """
    if not journal or all(w in journal or w in _SMALL for w in words):
        return False
    return all(w in TRADE_WORDS or w in journal or len(w) < 3 or w.isdigit() or w in number_words for w in words)
