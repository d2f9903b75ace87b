"""Who decided what: records, votes in the formats of three tools, adjudications, retrieval and the links to studies.

The reviewers are invented. What truly becomes of a record is its work's `fate`; reviewers err around it, their
conflicts are settled by a third, and no record is misjudged by both.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from designs import DESIGNS
from dice import Dice
from exports import ORDER, Source
from works import Library, Work

REVIEWERS = ("Ilka Brandmoor", "Jonas Vettergrund")
ADJUDICATOR = "Rosa Quellmann"
EMAILS = {"Ilka Brandmoor": "ilka.brandmoor@example.org", "Jonas Vettergrund": "jonas.vettergrund@example.org"}
REASONS = {  # in the protocol's order
    "publication_type": "Wrong publication type",
    "not_randomised": "Not a randomised trial",
    "population": "Wrong population",
    "intervention": "Treatment not personalised",
    "comparator": "Wrong comparator",
    "outcome": "No eligible outcome",
}
REASON_OF_KIND = {
    "nonrandomised": "not_randomised", "standard_trial": "intervention", "drug_trial": "intervention",
    "review": "publication_type", "medicine": "population", "education": "population",
    "measurement": "not_randomised", "qualitative": "not_randomised", "opinion": "publication_type",
    "prediction": "not_randomised", "dissertation": "publication_type",
}  # fmt: skip
IRRELEVANT_FATES = {"out", "removed"}


@dataclass(frozen=True)
class Record:
    """A record as deduplication ought to find it: the id of its earliest source record, and all its source records."""

    record_id: str
    work: Work
    members: tuple[Source, ...]

    @property
    def relevant(self) -> bool:
        """True if the record truly deserves to be read in full."""
        return self.work.fate not in IRRELEVANT_FATES

    @property
    def shown(self) -> Work:
        """The work as its earliest source record has it: what reviewers see."""
        return self.members[0].work


def records_of(sources: Sequence[Source]) -> list[Record]:
    """Every record, in the order of its id."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.work.key, []).append(source)
    found = []
    for members in groups.values():
        ordered = sorted(members, key=lambda s: (ORDER.index(s.search), s.source_record_id))
        found.append(Record(ordered[0].source_record_id, ordered[0].work, tuple(ordered)))
    return sorted(found, key=lambda record: record.record_id)


def sheet(columns: Sequence[str], rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    """A table as CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def votes_of(record: Record, dice: Dice) -> tuple[str, str]:
    """The two reviewers' votes on title and abstract. At most one of them errs; `maybe` counts as include."""
    wrong = {"exclude": 0.09} if record.relevant else {"include": 0.02, "maybe": 0.012}
    right = {"include": 0.88, "maybe": 0.12} if record.relevant else {"exclude": 1.0}
    votes = []
    for _ in REVIEWERS:
        error = dice.chance(sum(wrong.values()))
        votes.append((error, dice.weighted(wrong if error else right)))
    if votes[0][0] and votes[1][0]:
        votes[1] = (False, dice.weighted(right))
    return votes[0][1], votes[1][1]


def in_conflict(votes: tuple[str, str]) -> bool:
    """True if one vote lets the record pass and the other does not."""
    return ("exclude" in votes) and votes != ("exclude", "exclude")


class Clock:
    """Times of votes: one after the other, in working hours."""

    def __init__(self, start: str, dice: Dice) -> None:
        self.now = datetime.fromisoformat(start)
        self.dice = dice

    def tick(self) -> datetime:
        """The next moment at which somebody decides."""
        self.now += timedelta(seconds=self.dice.whole(9, 75), milliseconds=self.dice.whole(0, 999))
        if self.now.hour >= 17:
            self.now = (self.now + timedelta(days=1)).replace(hour=8, minute=30)
        return self.now


Votes = dict[str, tuple[str, str]]

RAYYAN_COLUMNS = ["key", "title", "year", "month", "day", "journal", "issn", "volume", "issue", "pages", "authors",
                  "url", "language", "publisher", "location", "abstract", "notes", "doi", "keywords", "pubmed_id",
                  "pmc_id"]  # fmt: skip
_RAYYAN_WORD = {"include": "Included", "exclude": "Excluded", "maybe": "Maybe"}
_RAYYAN_CODE = {"include": "1", "exclude": "-1", "maybe": "0"}


def rayyan(records: Sequence[Record], votes: Votes, dice: Dice) -> tuple[str, str]:
    """Rayyan's articles.csv and customizations_log.csv of one review with two reviewers, after blinding was lifted.

    The id that Prismake wrote into the notes comes back in front of Rayyan's own text, as other notes do.
    """
    articles, events = [], []
    clocks = [Clock("2025-10-06T08:31:00", dice), Clock("2025-10-07T08:45:00", dice)]
    for number, record in enumerate(records):
        article, work = 990000000 + 3 * number, record.shown
        held = []
        for place, (reviewer, vote) in enumerate(zip(REVIEWERS, votes[record.record_id], strict=True)):
            when, who = clocks[place].tick(), [700101 + place, EMAILS[reviewer], article]
            stamp = when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
            if dice.chance(0.015):  # a change of mind: voted, undone, voted again
                other = dice.one([code for word, code in _RAYYAN_CODE.items() if word != vote])
                early = (when - timedelta(seconds=6)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
                events += [[early, *who, "included", other], [early[:-5] + ".500Z", *who, "included", "deleted"]]
            if vote == "exclude" and dice.chance(0.3):
                reason = REASONS[REASON_OF_KIND.get(work.kind, "intervention")]
                events.append([stamp, *who, f'"__EXR__{reason}"', "1"])
                held.append(reason)
            events.append([stamp, *who, "included", _RAYYAN_CODE[vote]])
        named = ", ".join(f'"{reviewer.split()[0]}"=>"{_RAYYAN_WORD[vote]}"'
                          for reviewer, vote in zip(REVIEWERS, votes[record.record_id], strict=True))  # fmt: skip
        notes = f"prismake-record: {record.record_id} | RAYYAN-INCLUSION: {{{named}}}"
        if held:
            notes += " | RAYYAN-EXCLUSION-REASONS: " + ",".join(dict.fromkeys(held))
        journal = work.journal
        articles.append([
            f"rayyan-{article}", work.title, work.year, "", "", journal.name if journal else "",
            journal.issn if journal else "", work.volume, work.issue, work.pages,
            " and ".join(f"{family}, {given}" for family, given in work.authors), "", "", "", "", work.abstract, notes,
            work.doi, "", work.pmid, "",
        ])  # fmt: skip
    log_columns = ["created_at", "user_id", "user_email", "article_id", "key", "value"]
    return sheet(RAYYAN_COLUMNS, articles), sheet(log_columns, sorted(events, key=lambda event: str(event[0])))


ASREVIEW_COLUMNS = ["prismake_record_id", "title", "abstract", "authors", "keywords", "year", "journal", "volume",
                    "issue", "pages", "doi", "pmid", "asreview_label", "asreview_time", "asreview_note",
                    "asreview_user_name", "asreview_user_email"]  # fmt: skip


def asreview(records: Sequence[Record], votes: Votes, reviewer: int, dice: Dice) -> str:
    """ASReview's export of one reviewer's project: the columns that were loaded, and the labels behind them."""
    clock = Clock(f"2025-10-2{reviewer}T09:02:00", dice)
    rows = []
    for record in dice.shuffled(records):
        vote, work = votes[record.record_id][reviewer], record.shown
        journal = work.journal
        rows.append([
            record.record_id, work.title, work.abstract,
            "; ".join(f"{family}, {given}" for family, given in work.authors), "; ".join(work.keywords), work.year,
            journal.name if journal else "", work.volume, work.issue, work.pages, work.doi, work.pmid,
            0 if vote == "exclude" else 1, clock.tick().strftime("%Y-%m-%d %H:%M:%S"),
            "not sure" if vote == "maybe" else "", REVIEWERS[reviewer], EMAILS[REVIEWERS[reviewer]],
        ])  # fmt: skip
    return sheet(ASREVIEW_COLUMNS, rows)


LONG_COLUMNS = ["phase", "record_id", "title", "reviewer", "role", "decision", "reason", "decided_at", "round", "note"]


def calibration(records: Sequence[Record], dice: Dice) -> str:
    """The calibration round: fifty records judged by both in a spreadsheet, before the rules were made clearer."""
    chosen = dice.some([r for r in records if not r.relevant], 42) + dice.some([r for r in records if r.relevant], 8)
    rows = []
    for record in sorted(chosen, key=lambda r: r.record_id):
        for place, reviewer in enumerate(REVIEWERS):
            right = "include" if record.relevant else "exclude"
            vote = dice.one(["maybe", "include", "exclude"]) if dice.chance(0.12) else right
            rows.append(["title_abstract", record.record_id, record.shown.title, reviewer, "reviewer", vote, "",
                         f"2025-09-{25 + place}", "calibration", ""])  # fmt: skip
    return sheet(LONG_COLUMNS, rows)


def adjudications(records: Sequence[Record], votes: Votes, dice: Dice) -> str:
    """The third reviewer's decision on each conflict of title and abstract, beside the votes."""
    rows = []
    for record in records:
        if in_conflict(votes[record.record_id]):
            decision = "include" if record.relevant else "exclude"
            note = dice.one(["", "", "seen together with both reviewers", "abstract read again"])
            rows.append(["title_abstract", record.record_id, record.shown.title, ADJUDICATOR, "adjudicator", decision,
                         "", f"2025-10-{dice.whole(27, 31)}", "main", note])  # fmt: skip
    return sheet(LONG_COLUMNS, rows)


def register_sheet(records: Sequence[Record], votes: Votes) -> str:
    """The register's entries, judged in a sheet of a German Excel: one column a reviewer, semicolons between cells."""
    words = {"include": "ja", "exclude": "nein", "maybe": "vielleicht"}
    rows = []
    for record in records:
        pair = votes[record.record_id]
        third = ("ja" if record.relevant else "nein") if in_conflict(pair) else ""
        rows.append([record.record_id, record.shown.title, words[pair[0]], words[pair[1]], third])
    return sheet(["record_id", "title", "Brandmoor", "Vettergrund", "Quellmann"], rows, delimiter=";")


def retrieval(records: Sequence[Record], dice: Dice) -> str:
    """Which reports were sought and which could be got."""
    rows = []
    for record in records:
        if record.relevant:
            got = record.work.fate != "not_retrieved"
            note = "" if got else dice.one(["no library holds it", "authors did not answer", "publisher closed"])
            rows.append([record.record_id, "", "yes", "yes" if got else "no", f"2025-11-{dice.whole(3, 21):02d}", note])
    return sheet(["record_id", "report_id", "sought", "retrieved", "date", "note"], rows)


def _other_reason(reason: str, dice: Dice) -> str:
    later = list(REASONS)[list(REASONS).index(reason) + 1 :]
    return dice.one(later) if later else reason


def full_text(records: Sequence[Record], dice: Dice) -> str:
    """Decisions on full texts: two rows a report, a third where the two differ."""
    rows = []
    clock = Clock("2025-11-24T08:40:00", dice)
    for record in records:
        fate = record.work.fate
        if not record.relevant or fate == "not_retrieved":
            continue
        final = {"included": "include", "ongoing": "ongoing", "awaiting": "awaiting"}.get(fate, "exclude")
        reason = fate if final == "exclude" else ""
        pair = [[final, reason], [final, reason]]
        if final in {"include", "exclude"} and dice.chance(0.08):
            err = dice.whole(0, 1)
            pair[err] = ["exclude", dice.one(list(REASONS))] if final == "include" else ["include", ""]
        elif final == "exclude" and dice.chance(0.12):
            pair[dice.whole(0, 1)][1] = _other_reason(reason, dice)
        for reviewer, (decision, why) in zip(REVIEWERS, pair, strict=True):
            rows.append(["full_text", record.record_id, record.shown.title, reviewer, "reviewer", decision, why,
                         clock.tick().date().isoformat(), "main", ""])  # fmt: skip
        if pair[0][0] != pair[1][0]:
            rows.append(["full_text", record.record_id, record.shown.title, ADJUDICATOR, "adjudicator", final, reason,
                         "2025-12-12", "main", ""])  # fmt: skip
    return sheet(LONG_COLUMNS, rows)


def label_of(work: Work) -> str:
    """`Okundaye (2019)`, `Okundaye & Elmstad (2019)` or `Okundaye et al. (2019)`."""
    names = [family for family, _ in work.authors]
    who = names[0] if len(names) == 1 else f"{names[0]} & {names[1]}" if len(names) == 2 else f"{names[0]} et al."
    return f"{who} ({work.year})"


@dataclass(frozen=True)
class Report:
    """A report of an included study, under the id that the review gives it."""

    report_id: str
    study_id: str
    work: Work
    primary: bool


def reports_of(records: Sequence[Record], works: Sequence[Work]) -> list[Report]:
    """All reports of the included studies, the primary one of each study first."""
    ids = {record.work.key: record.record_id for record in records}
    others = [work for work in works if not work.covered and work.study_id]
    ids |= {work.key: f"other:{place:02d}" for place, work in enumerate(others, start=1)}
    return [
        Report(ids[work.key], design.study_id, work, name == design.reports[0])
        for design in DESIGNS
        for name in design.reports
        for work in works
        if work.study_id == design.study_id and work.report == name
    ]


def studies_sheet(reports: Sequence[Report]) -> str:
    """Which report belongs to which study."""
    labels = {report.study_id: label_of(report.work) for report in reports if report.primary}
    rows = [
        [report.study_id, report.report_id, "yes" if report.primary else "no", labels[report.study_id],
         "" if report.primary else "same registration number, authors and number of participants", ""]
        for report in reports
    ]  # fmt: skip
    return sheet(["study_id", "report_id", "primary", "label", "evidence", "note"], rows)


def other_methods(reports: Sequence[Report], works: Sequence[Work], dice: Dice) -> str:
    """Reports found by citation searching, on a website and through authors, with what became of each."""
    rows = []
    for report in reports:
        if report.report_id.startswith("other:"):
            method = next(d.found_by[report.work.report] for d in DESIGNS if d.study_id == report.study_id)
            rows.append(_other_row(report.report_id, method, report.work, "yes", "include", "", report.study_id))

    methods = ["citation"] * 7 + ["website"] * 2 + ["organisation", "contact"]
    fates = ["not_randomised", "intervention", "intervention", "", "comparator", "publication_type", "outcome",
             "not_randomised", "", "population", "publication_type"]  # fmt: skip
    library = Library(7919)
    for place, (method, reason) in enumerate(zip(methods, fates, strict=True), start=len(rows) + 1):
        work = library.add("candidate" if reason in {"comparator", "outcome"} else "nonrandomised", "out")
        got = "yes" if reason else "no"
        rows.append(_other_row(f"other:{place:02d}", method, work, got, "exclude" if reason else "", reason, ""))

    return sheet(["report_id", "method", "title", "authors", "year", "doi", "sought", "retrieved", "decision", "reason",
                  "study_id", "note"], rows)  # fmt: skip


def _other_row(
    report_id: str, method: str, work: Work, got: str, decision: str, reason: str, study: str
) -> list[object]:
    authors = "; ".join(f"{family}, {given}" for family, given in work.authors)
    doi = work.doi.replace("sim.", "sim.other.") if not study else work.doi
    return [report_id, method, work.title, authors, work.year, doi, "yes", got, decision, reason, study, ""]
