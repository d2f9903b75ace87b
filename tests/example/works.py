"""The simulated literature: each work once, with what truly becomes of it in the review."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from designs import DESIGNS, REPORT_TITLES, Design
from dice import Dice
from topics import (
    ABSTRACTS,
    BY_CODE,
    FAMILY_NAMES,
    GIVEN_NAMES,
    JOURNALS_OF,
    PARTICLES,
    PATTERNS,
    SLOTS,
    Journal,
)

# How many works of each kind are irrelevant on title and abstract.
IRRELEVANT = {
    "nonrandomised": 118, "standard_trial": 136, "drug_trial": 70, "review": 108, "medicine": 121, "education": 112,
    "measurement": 66, "qualitative": 61, "opinion": 55, "prediction": 50, "dissertation": 19,
    "registration": 14,
}  # fmt: skip
# kind of work, what becomes of it after full-text reading, how many
READ_IN_FULL = [
    ("nonrandomised", "not_randomised", 15), ("candidate", "not_randomised", 2), ("candidate", "population", 4),
    ("standard_trial", "intervention", 13), ("candidate", "intervention", 5), ("candidate", "comparator", 8),
    ("candidate", "outcome", 5), ("prediction", "intervention", 2), ("candidate", "not_retrieved", 6),
    ("candidate", "awaiting", 1), ("dissertation", "publication_type", 2),
    ("registration", "ongoing", 3), ("registration", "awaiting", 1),
]  # fmt: skip
# kind -> sets of databases (s Scopus, p APA PsycInfo, w Web of Science, r the register) and their weights
SECOND_INITIALS = ["", "", "", " A.", " J.", " M.", " A.", " J.", " K.", " R. L."]
_PSYCHOLOGY = {"s": 24, "p": 22, "w": 19, "sp": 8, "sw": 12, "pw": 5, "spw": 10}
_ELSEWHERE = {"s": 42, "w": 33, "sw": 20, "p": 3, "spw": 2}
_CENTRAL = {"spw": 40, "sp": 15, "sw": 20, "pw": 8, "s": 9, "p": 4, "w": 4}
_COVERAGE = {"medicine": _ELSEWHERE, "education": _ELSEWHERE, "candidate": _CENTRAL, "dissertation": {"p": 1},
             "registration": {"r": 1}}  # fmt: skip


@dataclass(frozen=True)
class Work:
    """One published thing. `fate` is `out` (excluded on title and abstract), `removed` (before screening), an
    exclusion reason, `not_retrieved`, `ongoing`, `awaiting` or `included`. `covered` names its databases."""

    key: str
    kind: str
    entry_type: str
    title: str
    authors: tuple[tuple[str, str], ...]
    year: int
    journal: Journal | None
    volume: str
    issue: str
    first_page: str
    last_page: str
    article_number: str
    doi: str
    pmid: str
    abstract: str
    keywords: tuple[str, ...]
    covered: str
    fate: str
    study_id: str = ""
    report: str = ""
    twin: str = ""  # key of a work with the same title and people that only a person can tell apart
    slots: dict[str, str] = field(default_factory=dict, compare=False, hash=False)

    @property
    def pages(self) -> str:
        """Pages as a range, or the article number."""
        return f"{self.first_page}-{self.last_page}" if self.first_page else self.article_number


def fill(pattern: str, slots: dict[str, str], dice: Dice) -> str:
    """A pattern with its slots and alternatives filled in, beginning with a capital."""

    def choose(match: re.Match[str]) -> str:
        words = match.group(1)
        if words in slots:
            return slots[words]
        return dice.one(words.split("/"))

    text = pattern
    while "{" in text:  # from the inside out: an alternative may hold a slot
        text = re.sub(r"\{([^{}]+)\}", choose, text)
    return re.sub(r"^\W*[^\W\d_]", lambda first: first.group().upper(), text)


class Library:
    """Writes works one after another and never gives two of them the same title."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed, "works")
        self.works: list[Work] = []
        self._titles: set[str] = set()
        self._slots: set[tuple[str, ...]] = set()

    def authors(self) -> tuple[tuple[str, str], ...]:
        """One to six people; given names with or without a second initial."""
        number = self.dice.weighted({1: 8, 2: 16, 3: 26, 4: 22, 5: 16, 6: 12})
        people = []
        for family in self.dice.some(FAMILY_NAMES, number):
            given = self.dice.one(GIVEN_NAMES) + self.dice.one(SECOND_INITIALS)
            particle = self.dice.one(PARTICLES) + " " if self.dice.chance(0.06) else ""
            people.append((particle + family, given))
        return tuple(people)

    def title(self, kind: str) -> tuple[str, dict[str, str]]:
        """A new title of this kind, and the slots that made it."""
        while True:
            pattern = self.dice.one(PATTERNS[kind])
            slots = {name: self.dice.one(options) for name, options in SLOTS.items()}
            used = tuple(sorted(f"{name}={slots[name]}" for name in slots if f"{{{name}}}" in pattern))
            second = self.dice.one(SLOTS["standard"])
            text = pattern.replace("{standard}", second, 1) if pattern.count("{standard}") == 2 else pattern
            if (pattern, *used) in self._slots or second == slots["standard"]:
                continue
            text = fill(text, slots, self.dice)
            if text.casefold() in self._titles:
                continue
            self._titles.add(text.casefold())
            self._slots.add((pattern, *used))
            return text, slots

    def abstract(self, kind: str, slots: dict[str, str]) -> str:
        """Four or five sentences."""
        dice = self.dice
        y1 = dice.whole(2004, 2018)
        numbers = {
            "n": str(dice.whole(24, 940)), "k": str(dice.whole(2, 9)), "m": str(dice.whole(3, 36)), "y1": str(y1),
            "y2": str(y1 + dice.whole(1, 4)), "d": str(dice.whole(12, 68)),
        }  # fmt: skip
        trial = kind in {"candidate", "standard_trial", "drug_trial"}
        middle = "trial" if trial else "other" if kind in {"review", "opinion"} else "method"
        parts = ["opening", middle, "result", "result", "closing"]
        chosen = [dice.one(ABSTRACTS[part]) for part in parts]
        return " ".join(dict.fromkeys(fill(sentence, slots | numbers, dice) for sentence in chosen))

    def place(self, kind: str, year: int) -> dict[str, object]:
        """Journal, volume, issue, pages and identifiers of a work of this kind."""
        dice = self.dice
        number = len(self.works) + 1
        if not JOURNALS_OF[kind]:
            return {"journal": None, "volume": "", "issue": "", "first_page": "", "last_page": "",
                    "article_number": "", "doi": "", "pmid": ""}  # fmt: skip
        journal = BY_CODE[dice.one(JOURNALS_OF[kind].split())]
        first = dice.whole(1, 880)
        return {
            "journal": journal,
            "volume": str(year - 1994 + len(journal.code)),
            "issue": "" if journal.articles else str(dice.whole(1, 8)),
            "first_page": "" if journal.articles else str(first),
            "last_page": "" if journal.articles else str(first + dice.whole(5, 18)),
            "article_number": str(dice.whole(100000, 109999)) if journal.articles else "",
            "doi": f"10.5555/sim.{journal.code}.{year}.{number:04d}" if dice.chance(0.93) else "",
            "pmid": f"99{number:06d}" if dice.chance(0.7) else "",
        }

    def add(self, kind: str, fate: str, **changes: object) -> Work:
        """One more work."""
        earliest, latest = (2018, 2025) if kind == "registration" else (2005, 2023)
        year = int(str(changes.pop("year", self.dice.whole(earliest, latest))))
        title, slots = self.title(kind)
        covered = self.dice.weighted(_COVERAGE.get(kind, _CENTRAL if fate not in {"out", "removed"} else _PSYCHOLOGY))
        types = {"review": "review", "opinion": self.dice.one(["article", "editorial", "article"]),
                 "dissertation": "dissertation", "registration": "registration"}  # fmt: skip
        work = Work(
            key=f"w{len(self.works) + 1:04d}",
            kind=kind,
            entry_type=types.get(kind, "article"),
            title=title,
            authors=self.authors(),
            year=year,
            abstract=self.abstract(kind, slots),
            keywords=tuple(self.dice.some([slots["condition"], slots["standard"], slots["tailoring"], "psychotherapy",
                                           slots["setting"], "outcome", "personalised care"], 4)),
            covered=covered,
            fate=fate,
            slots=slots,
            **self.place(kind, year),  # type: ignore[arg-type]
        )  # fmt: skip
        work = replace(work, **changes)  # type: ignore[arg-type]
        self.works.append(work)
        return work

    def relative(self, base: Work, **changes: object) -> Work:
        """A work that is about another one, with identifiers of its own."""
        key = f"w{len(self.works) + 1:04d}"
        doi = f"{base.doi}.{changes.get('entry_type', 'b')}"[:60] if base.doi else ""
        work = replace(base, **({"key": key, "doi": doi, "pmid": ""} | changes))  # type: ignore[arg-type]
        self.works.append(work)
        return work


def _abstract_of(design: Design, report: str) -> str:
    """An abstract that says what the study did, without results."""
    people = sum(arm.randomised for arm in design.arms)
    arms = ", ".join(arm.condition for arm in design.arms[:-1])
    if report not in {"trial", "conference"}:
        return f"Data of a randomised trial in {design.country} (N = {people}) of {arms} are analysed further."
    return (
        f"Background: Treatment of {design.condition} can be tailored to the person. Method: In {design.setting} in "
        f"{design.country}, {people} people were randomly assigned to {arms} or to {design.arms[-1].condition}. "
        f"Outcomes were {', '.join(design.outcomes)}. Results and implications are reported."
    )


def _reports_of(design: Design, library: Library) -> None:
    """The reports of one included study, the trial's own first."""
    comparator = design.arms[-1].condition
    slots = {"intervention": design.arms[0].condition, "comparator": comparator, "condition": design.condition,
             "setting": design.setting, "country": design.country}  # fmt: skip
    people = library.authors()
    while len(people) < 2:
        people = library.authors()
    for place, report in enumerate(design.reports):
        title = fill(REPORT_TITLES[report], slots, library.dice)
        other = report in design.found_by
        first = library.add("candidate", "included", year=design.year + min(place, 1), study_id=design.study_id,
                            title=title, report=report, abstract=_abstract_of(design, report), covered="",
                            entry_type="conference" if report == "conference" else "article",
                            authors=people if place == 0 else tuple(library.dice.shuffled(people)))  # fmt: skip
        if not other:
            library.works[-1] = replace(first, covered=library.dice.weighted(_CENTRAL))
        if report == "unpublished":
            library.works[-1] = replace(first, covered="", journal=None, volume="", issue="", first_page="",
                                        last_page="", article_number="", doi="", pmid="")  # fmt: skip


def _relatives(library: Library) -> None:
    """Related but different works: errata, comments, preprints, second parts, protocols, conference abstracts."""
    dice = library.dice
    pool = [w for w in library.works if w.fate == "out" and w.doi and w.first_page]
    trials = [w for w in pool if w.kind == "standard_trial"]
    bases = iter(dice.shuffled(pool))
    for _ in range(6):
        base = next(bases)
        page = str(int(base.last_page) + 300)
        library.relative(base, entry_type="erratum", title=f"Correction to: {base.title}", abstract="", fate="removed",
                         issue=str(int(base.issue) % 8 + 1), first_page=page, last_page=page)  # fmt: skip
    for _ in range(4):
        base = next(bases)
        last = int(base.last_page)
        library.relative(base, entry_type="letter", title=f"Comment on: {base.title}", authors=library.authors()[:2],
                         abstract="", first_page=str(last + 1), last_page=str(last + 2))  # fmt: skip
    for _ in range(5):
        base = next(bases)
        library.relative(base, entry_type="preprint", journal=None, volume="", issue="", first_page="", last_page="",
                         year=base.year - 1, covered="s")  # fmt: skip
    for _ in range(3):
        base = next(bases)
        first, last = int(base.first_page), int(base.last_page)
        library.works[library.works.index(base)] = replace(base, title=f"{base.title}. Part I")
        library.relative(base, entry_type="article", title=f"{base.title}. Part II", first_page=str(last + 1),
                         last_page=str(last + last - first + 1), doi=f"{base.doi}b")  # fmt: skip
    chosen = iter(dice.shuffled(trials))
    for place in range(8):
        base = next(chosen)
        title = re.sub(r":? [^:]*trial.*$", "", base.title) + ": study protocol for a randomised controlled trial"
        library.relative(base, entry_type="protocol", title=title,
                         year=base.year - 2, volume=str(int(base.volume) - 2), first_page=str(dice.whole(1, 400)),
                         last_page="", article_number="", covered=dice.weighted(_CENTRAL), kind="protocol",
                         fate="ongoing" if place < 2 else "publication_type")  # fmt: skip
        made = library.works[-1]
        library.works[-1] = replace(made, last_page=str(int(made.first_page) + 9))


def _twins(library: Library) -> None:
    """Conference abstracts under the very title of a later article, indexed without volume, pages or DOI."""
    pool = [w for w in library.works if w.fate == "out" and w.covered == "s" and w.first_page and w.kind != "opinion"]
    for base in library.dice.some([w for w in pool if w.entry_type == "article"], 3):
        library.relative(base, entry_type="conference", covered="w", volume="", issue="", first_page="", last_page="",
                         doi="", abstract="", year=base.year - 1, twin=base.key)  # fmt: skip


def literature(seed: int) -> list[Work]:
    """All works of the simulated review, those found by other methods among them (`covered` is empty for these)."""
    library = Library(seed)
    for design in DESIGNS:
        _reports_of(design, library)
    for kind, fate, number in READ_IN_FULL:
        for _ in range(number):
            library.add(kind, fate)
    for kind, number in IRRELEVANT.items():
        for _ in range(number):
            library.add(kind, "out")
    _relatives(library)
    _twins(library)
    return library.works
