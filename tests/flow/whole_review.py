"""Random reviews carried through the real stages, from searches to identities, the way a team would.

Several reviews are built together, as one, so that many are tried in little time; every id begins with its review's
name, so each review's own tables can be taken out and checked by themselves. A review lives through:

1. a first search (databases and registers), deduplicated, removals before screening;
2. votes of every kind (two or three reviewers, changed votes, repeated rows, maybe, calibration, rounds, automation,
   consensus, adjudications), by source record id, alias, DOI or title; reports sought, retrieved, read, voted on by record
   and by report; other methods; a previous version; links to studies; a draft build;
3. an update: searches that find old and new records, rulings that join and part records, new votes; a draft build;
4. the end: the work lists that the build writes are filled in until nothing is open; a final build.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import pandas as pd
from prismake.deduplication.pipeline import deduplicate
from prismake.flow.tables import COLUMNS, FlowTables, flow_tables
from prismake.messages.faults import Faults
from prismake.screening.merge import Merged, Records, merge_screening
from prismake.screening.retrieve import Retrieved, retrieve_reports
from prismake.screening.votes import VOTE_COLUMNS

REASONS = [{"id": name, "label": f"Wrong {name}"} for name in ("population", "design", "outcome")]
LETTERS = "abcdefghijklmnoprstuvwyz"
SOURCE_COLUMNS = ["source_record_id", "search", "database", "title", "doi", "year", "authors", "journal", "volume",
                  "pages", "aliases", "abstract"]  # fmt: skip
WAYS = ["both", "both", "both", "conflict", "settled", "one", "none", "tool", "consensus", "third", "changed", "maybe"]


class Cast(NamedTuple):
    """A vote as it was meant: the source record, and the row that a tool would hand on."""

    review: str
    source: str
    row: dict[str, Any]


class Built(NamedTuple):
    """One build of all reviews together."""

    membership: pd.DataFrame
    excluded_before: pd.DataFrame
    merged: Merged
    found: Retrieved
    faults: Faults


class WholeReviews:
    """`n` random reviews from a seed; see the module's head for how they live."""

    def __init__(self, seed: int, n: int) -> None:
        self.rng = random.Random(seed)
        self.names = [f"r{i:03}" for i in range(n)]
        self.searches: list[dict[str, Any]] = []
        self.sources: list[dict[str, Any]] = []
        self.works: dict[str, list[dict[str, Any]]] = {name: [] for name in self.names}
        self.found: dict[str, list[str]] = {}  # title -> the source records that have it
        self.votes: list[Cast] = []
        self.rescued: list[dict[str, str]] = []
        self.removed: set[str] = set()
        self.rulings: list[dict[str, str]] = []
        self.ruled: set[str] = set()
        self.sheets: dict[str, list[dict[str, str]]] = {n: [] for n in ("retrieval", "studies", "other_methods",
                                                                      "previous_review")}  # fmt: skip
        self._deduplicated: tuple[Any, Any] = (None, None)
        self._known: set[tuple[str, ...]] = set()
        self.mode = self.rng.choice(["only exact", "careful", "eager"])
        phase = {"reviewers": self.rng.choice([1, 2, 2, 2]), "maybe_as": self.rng.choice(["include", "conflict"])}
        reconcile = self.rng.choice(["adjudicator", "consensus", "any_include"])
        full = {"reviewers": self.rng.choice([1, 2, 2]), "reconcile": self.rng.choice(["adjudicator", "consensus"])}
        self.protocol = {
            "screening": {"title_abstract": {**phase, "reconcile": reconcile}, "full_text": full},
            "exclusion_reasons": REASONS,
        }
        self.settings = {
            "studies": {"one_study_per_report": self.chance(0.3)},
            "registers": [],
            "exclusion_reasons": REASONS,
        }

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def word(self) -> str:
        return "".join(self.rng.choice(LETTERS) for _ in range(self.rng.randint(5, 9)))

    # --- searches and duplicates

    def search(self, wave: int) -> None:
        """One to three searches of each review, each finding new works and some that were found before."""
        for review in self.names:
            for _ in range(self.rng.randint(1, 3) if wave == 0 else self.rng.choice([0, 1, 1])):
                self._one_search(review, wave)

    def _one_search(self, review: str, wave: int) -> None:
        number = sum(s["search"].startswith(review) for s in self.searches)
        name, kind = f"{review}s{number}", "register" if self.chance(0.2) else "database"
        n = self.rng.choice([0, 1, 4, 8, 12])
        works = self.works[review]
        for i in range(n):
            if works and self.chance(0.3):
                work = self.rng.choice(works)
            else:
                work = self._work(len(works))
                works.append(work)
            one = f"{name}:{i:02}"
            self.found.setdefault(work["title"], []).append(one)
            self.sources.append(
                {**work, "source_record_id": one, "search": name, "database": f"Base {number}", "aliases": f"key-{one}"}
            )
        self.searches.append(
            {"search": name, "database": f"Base {number}", "kind": kind, "records": n, "update": wave,
             "hits": n if self.chance(0.5) else "", "date": f"202{wave}-05-01"}
        )  # fmt: skip
        if kind == "register":
            self.settings["registers"].append(name)

    def _work(self, number: int) -> dict[str, Any]:
        title = " ".join(self.word() for _ in range(6)).capitalize()
        doi = f"10.5555/{self.word()}.{number}" if self.chance(0.8) else ""
        page = self.rng.randint(1, 900)
        return {"title": title, "doi": doi, "year": str(self.rng.randint(1990, 2024)), "journal": f"Journal of {self.word()}",
                "authors": f"{self.word().capitalize()}, A.", "volume": str(self.rng.randint(1, 90)),
                "pages": f"{page}-{page + 9}", "abstract": ""}  # fmt: skip

    def rule(self) -> None:
        """Rulings: two records of a review are one after all, or two entries of a record are not; each pair apart."""
        record_of = dict(zip(*(self.built.membership[c] for c in ("source_record_id", "record_id")), strict=True))
        for review in self.names:
            mine = [s for s in record_of if s.startswith(review) and s not in self.ruled]
            for _ in range(self.rng.choice([0, 1, 1, 2])):
                if len(mine) < 2:
                    break
                one = mine.pop(self.rng.randrange(len(mine)))
                fellows = [s for s in mine if record_of[s] == record_of[one]]
                word = "different" if fellows and self.chance(0.6) else "same"
                other = self.rng.choice(fellows if word == "different" else mine)
                mine.remove(other)
                self.ruled |= {one, other}
                self.rulings.append({"source_record_id_1": one, "source_record_id_2": other, "ruling": word})

    # --- votes

    def screen(self, searches: set[str]) -> None:
        """Votes on title and abstract of most records that these searches found."""
        membership = self.built.membership
        members = membership[membership["search"].isin(searches)].groupby("record_id")["source_record_id"].agg(list)
        for group in members.sort_index():
            if self.chance(0.9):
                self._vote("title_abstract", self.rng.choice(group), self.rng.choice(group))
        for source in self.rng.sample(list(members.index), k=min(2, len(members))):
            if source not in self.removed:
                self.removed.add(source)

    def _vote(self, phase: str, first: str, second: str, report: str = "") -> None:
        """What the team did on one record: two of its source records may have been voted on apart."""
        include = "include" if self.chance(0.45) else "exclude"
        other = "exclude" if include == "include" else "include"
        way = self.rng.choice(WAYS)

        def cast(source: str, reviewer: str, decision: str, **more: str) -> None:
            self.cast(phase, source, reviewer, decision, report=report, **more)

        if way in ("both", "conflict", "settled", "one", "third", "changed", "maybe"):
            if way == "changed" and (phase, report or first, "Ann", "reviewer") not in self._known:
                cast(first, "Ann", other, decided_at="2024-01-01T08:00:00Z")
                cast(first, "Ann", include, decided_at="2024-02-01T08:00:00Z")
            else:
                cast(first, "Ann", "maybe" if way == "maybe" else include)
        if way in ("both", "conflict", "settled", "third", "changed"):
            cast(second, "Bo", other if way in ("conflict", "settled") else include)
            if self.chance(0.1):
                self.repeat()
        if way == "settled":
            cast(second, "Cy", self.rng.choice([include, other]), role=self.rng.choice(["adjudicator", "consensus"]))
        if way == "third":
            extra = {"calibration": "true"} if self.chance(0.5) else {}
            cast(second, "Dee", self.rng.choice([include, other]), round="0" if extra else "", **extra)
        if way == "tool":
            cast(first, "tool", "exclude" if phase == "title_abstract" else include, role="automation")
        if way == "consensus":
            cast(first, "Team", self.rng.choice([include, include, "ongoing", "awaiting"]), role="consensus")
        if way == "none" and self.chance(0.5):
            cast(first, "Ann", "unseen")

    def cast(self, phase: str, source: str, reviewer: str, decision: str, *, report: str = "", **more: str) -> None:
        """One vote; the same person votes once on a source record in a phase and role, but for what is timed."""
        key = (phase, report or source, reviewer, more.get("role", "reviewer"))
        if key in self._known and not more.get("decided_at", "").startswith("2024-02"):
            return
        reason = self.rng.choice(REASONS)["id"] if decision == "exclude" and phase == "full_text" else ""
        row = dict.fromkeys(VOTE_COLUMNS, "") | {"calibration": "false", "role": "reviewer", "tool": "long"}
        row |= {"phase": phase, "reviewer": reviewer, "decision": decision, "reason": reason, "reasons": reason}
        row |= {"file": f"{phase}.csv", "row": len(self.votes) + 2, **more}
        row |= {"report_key": report, "record_key": ""} if report else self._key(source)
        self.votes.append(Cast(source[:4], source, row))
        self._known.add(key)

    def repeat(self) -> None:
        """The last row once more, as an export that was appended to itself has it."""
        last = self.votes[-1]
        self.votes.append(last._replace(row={**last.row, "row": len(self.votes) + 2}))

    def _key(self, source: str) -> dict[str, str]:
        """How a tool names the source record. By title or DOI only where nothing else has it."""
        entry = next(s for s in self.sources if s["source_record_id"] == source) if self.chance(0.2) else None
        alone = entry is not None and len(self.found[entry["title"]]) == 1
        if alone and entry["doi"] and self.chance(0.5):
            return {"doi": f"https://doi.org/{entry['doi'].upper()}"}
        if alone:
            self.found[entry["title"]].append("known by its title: no other search may find it")
            return {"title": entry["title"].upper() + ".", "year": entry["year"]}
        return {"record_key": f"key-{source}" if self.chance(0.3) else source}

    # --- reports

    def retrieve(self) -> None:
        """Reports of what title and abstract let through: some with two, some two records in one, some lost; most read."""
        decisions = self.built.merged.decisions
        first = decisions[decisions["phase"].eq("title_abstract")]
        known = {row["record_id"] for row in self.sheets["retrieval"]}
        passed = [r for r in first.loc[first["decision"].eq("include"), "record_id"] if r not in known]
        while passed:
            record = passed.pop(0)
            if self.chance(0.2):
                continue
            if passed and passed[0][:4] == record[:4] and self.chance(0.06):
                self._sought(passed.pop(0), f"{record}+")
                self._sought(record, f"{record}+")
                self._vote("full_text", record, record, f"{record}+")
            elif self.chance(0.1):
                for letter in "ab":
                    self._sought(record, f"{record}-{letter}")
                    self._vote("full_text", record, record, f"{record}-{letter}" if self.chance(0.7) else "")
            elif self.chance(0.12):
                no = {"sought": "no"} if self.chance(0.3) else {"retrieved": "no"}
                self.sheets["retrieval"].append(
                    {"record_id": record, "report_id": "", "sought": "", "retrieved": "", **no}
                )
            else:
                if self.chance(0.3):
                    self._sought(record, "")
                if self.chance(0.8):
                    self._vote("full_text", record, record)

    def _sought(self, record: str, report: str) -> None:
        row = {"record_id": record, "report_id": report, "sought": "yes", "retrieved": "yes"}
        self.sheets["retrieval"].append(row)

    def others(self) -> None:
        """Reports of other methods, some of which the searches had found too; a previous version of some reviews."""
        records = self.built.membership["record_id"]
        for review in self.names:
            for i in range(self.rng.choice([0, 0, 2, 4])):
                row = dict.fromkeys(("title", "sought", "retrieved", "decision", "reason", "study_id", "record_id"), "")
                row |= {
                    "report_id": f"{review}o{i}",
                    "method": self.rng.choice(["website", "citations", "contact", "", "other"]),
                }
                mine = records[records.str.startswith(review)]
                if len(mine) and self.chance(0.15):
                    row["record_id"] = self.rng.choice(list(mine))
                elif self.chance(0.3):
                    row["retrieved"] = self.rng.choice(["no", ""])
                elif self.chance(0.5):
                    row["decision"] = self.rng.choice(["include", "exclude", "ongoing", "awaiting"])
                    row["reason"] = "design" if row["decision"] == "exclude" else ""
                self.sheets["other_methods"].append(row)
                if not row["record_id"] and not row["decision"] and row["retrieved"] == "" and self.chance(0.5):
                    self._vote("full_text", f"{review}s0:00", f"{review}s0:00", row["report_id"])
            for i in range(self.rng.choice([0, 0, 3])):
                row = {"study_id": f"{review}p{i // 2}", "report_id": f"{review}pr{i}", "title": f"Previous {i}"}
                self.sheets["previous_review"].append(row)

    def link(self) -> None:
        """Studies of most included reports: several reports of a study, several studies of a report, old studies."""
        reports = self.built.found.reports
        open_ = reports[reports["full_text"].eq("include") & reports["study_id"].eq("")]
        for report in open_["report_id"]:
            review = report[:4]
            known = sorted({row["study_id"] for sheet in ("studies", "previous_review") for row in self.sheets[sheet]
                            if row["study_id"].startswith(review)})  # fmt: skip
            study = self.rng.choice(known) if known and self.chance(0.3) else f"{review}st{len(known)}"
            for one in [study, f"{study}x"] if self.chance(0.1) else [study]:
                self.sheets["studies"].append({"study_id": one, "report_id": report, "primary": ""})

    # --- builds

    def build(self, *, final: bool = False) -> Built:
        """Everything from deduplication to studies; what a build refuses is mended as its message says."""
        for _ in range(5):
            built = self._build(final=final)
            read = {f.value for f in built.faults.errors if f.code == "full-text-after-exclusion"}
            gone = {f.value for f in built.faults.errors if f.code == "retrieval-of-unknown"}
            if not read and not gone:
                break
            self.rescued += [{"record_id": record, "reason": "read all the same"} for record in sorted(read)]
            record_of = dict(zip(*(built.membership[c] for c in ("source_record_id", "record_id")), strict=True))
            self.sheets["retrieval"] = [
                row for row in self.sheets["retrieval"] if record_of.get(row["record_id"], "") not in gone - read
            ]
        self.built = built
        return built

    def _build(self, *, final: bool) -> Built:
        faults = Faults()
        sources = pd.DataFrame(self.sources, columns=SOURCE_COLUMNS, dtype=str)
        rulings = pd.DataFrame(self.rulings, columns=["source_record_id_1", "source_record_id_2", "ruling"], dtype=str)
        order = [s["search"] for s in self.searches]
        state = (len(sources), len(rulings), self.mode)
        if state != self._deduplicated[0]:  # nothing else changes what is one record
            once = deduplicate(sources, rulings=rulings, settings={"mode": self.mode}, searches=order)
            self._deduplicated = (state, once)
        once = self._deduplicated[1]
        membership = once.membership.assign(earliest=once.membership["earliest"].map({True: "true", False: "false"}))
        membership["search"] = membership["source_record_id"].map(sources.set_index("source_record_id")["search"])
        before = sorted(set(membership.loc[membership["source_record_id"].isin(self.removed), "record_id"]))
        excluded = pd.DataFrame({"record_id": before, "kind": "other", "reason": "Book"}, dtype=str)
        sheets = {name: pd.DataFrame(rows, dtype=str).fillna("") for name, rows in self.sheets.items()}
        records = once.records.astype(str).replace("<NA>", "")
        of = Records.of(
            sheets={**sheets, "rulings": rulings}, membership=membership, source_records=sources, records=records,
            excluded_before=excluded,
        )  # fmt: skip
        votes = pd.DataFrame([vote.row for vote in self.votes], columns=VOTE_COLUMNS)
        votes["source"] = "all"
        merged = merge_screening(
            votes, of, screening={"rescued": self.rescued}, protocol=self.protocol, final=final, faults=faults
        )
        settings = {**self.settings, "final": final}
        found = retrieve_reports(merged.decisions, records, membership, sheets, settings, faults)
        return Built(membership, excluded, merged, found, faults)

    def fill_in(self) -> None:
        """Fill in every work list that the build wrote, as the team would."""
        merged, found = self.built.merged, self.built.found
        for row in merged.conflicts.to_dict("records"):
            self._filled(row, self.rng.choice(["include", "exclude"]), "Cy", "adjudicator")
        for row in merged.waiting.to_dict("records"):
            who = row["reviewer"] or next(name for name in ("Eve", "Fay", "Gil") if name not in row["voted"])
            self._filled(row, self.rng.choice(["include", "exclude"]), who, "reviewer")
        for row in found.to_retrieve.to_dict("records"):
            answer = {"retrieved": self.rng.choice(["yes", "yes", "no"])}
            sheet = "retrieval" if row["record_id"] else "other_methods"
            same = [r for r in self.sheets[sheet] if r["report_id"] == row["report_id"]]
            if same:
                for one in same:
                    one.update(answer)
            else:
                self.sheets[sheet].append(
                    {"record_id": row["record_id"], "report_id": row["report_id"], "sought": "yes", **answer}
                )
        for row in self.sheets["other_methods"]:
            voted = any(vote.row["report_key"] == row["report_id"] for vote in self.votes)
            if row["retrieved"] == "yes" and not (row["decision"] or row["record_id"] or voted):
                row["decision"] = "include"
        self.link()

    def _filled(self, row: dict[str, str], decision: str, who: str, role: str) -> None:
        """A filled row of a work list, as a long sheet of decisions holds it; what was ruled on before is overruled."""
        reason = "design" if decision == "exclude" and row["phase"] == "full_text" else ""
        vote = dict.fromkeys(VOTE_COLUMNS, "") | {"calibration": "false", "tool": "long", "file": "filled.csv"}
        vote |= {
            "phase": row["phase"],
            "record_key": row["record_id"] or row["report_id"],
            "report_key": row["report_id"],
        }
        vote |= {"reviewer": who, "role": role, "decision": decision, "reason": reason, "reasons": reason}
        vote |= {"row": len(self.votes) + 2, "round": str(self.rounds)}
        self.votes.append(Cast((row["record_id"] or row["report_id"])[:4], row["record_id"], vote))

    rounds = 1

    def finish(self, most: int = 8) -> Built:
        """Fill in the lists until nothing is open, then build the final version."""
        for _ in range(most):
            self.rounds += 1
            if not len(self.built.merged.pending) and not len(self.built.found.pending):
                break
            self.fill_in()
            self.build()
        return self.build(final=True)

    # --- what is checked

    def tables_of(self, review: str) -> FlowTables:
        """The tables of one review alone, as the flow reads them."""
        merged, found = self.built.merged, self.built.found
        frames = {
            "searches": pd.DataFrame(self.searches),
            "source_records": pd.DataFrame(self.sources, columns=SOURCE_COLUMNS, dtype=str),
            "membership": self.built.membership,
            "excluded_before": self.built.excluded_before,
            "decisions": merged.decisions,
            "ledger": merged.ledger,
            "reports": found.reports,
            "studies": found.studies,
            "study_links": found.study_links,
        }
        key = dict(zip(COLUMNS, ("search", "source_record_id", "source_record_id", "record_id", "unit", "unit", "report_id",
                                 "study_id", "study_id"), strict=True))  # fmt: skip
        held = {}
        for name, frame in frames.items():
            if key[name] == "unit":
                column = frame["record_id"].where(frame["record_id"] != "", frame["report_id"])
            else:
                column = frame[key[name]]
            held[name] = frame[column.astype(str).str.startswith(review)]
        return flow_tables(held)

    def lost_or_moved(self) -> list[str]:
        """What is wrong with the ledger: a vote that is missing, changed, or not on the record of its source record."""
        ledger = self.built.merged.ledger
        if len(ledger) != len(self.votes):
            return [f"{len(self.votes)} votes in, {len(ledger)} in the ledger"]
        record_of = dict(zip(*(self.built.membership[c] for c in ("source_record_id", "record_id")), strict=True))
        wrong = []
        for vote, row in zip(self.votes, ledger.to_dict("records"), strict=True):
            same = all(
                str(vote.row[c]) == str(row[c]) for c in ("phase", "reviewer", "role", "decision", "file", "row")
            )
            report = vote.row["report_key"] if row["report_id"] else ""
            homes = {r["record_id"] for r in self.sheets["retrieval"] if report and r["report_id"] == report}
            homes = {""} if report and not homes else homes or {vote.source}
            at_home = row["record_id"] in {record_of.get(home, home) for home in homes}
            if not same or not at_home:
                wrong.append(f"{vote} became {row}")
        return wrong


def lived(seed: int, n: int, check) -> WholeReviews:
    """Carry `n` reviews through their lives; `check(reviews, stage)` is called after each build that is looked at."""
    reviews = WholeReviews(seed, n)
    reviews.search(0)
    reviews.build()
    reviews.screen({s["search"] for s in reviews.searches})
    reviews.build()
    reviews.retrieve()
    reviews.others()
    reviews.build()
    reviews.link()
    reviews.build()
    check(reviews, "draft")
    old = {s["search"] for s in reviews.searches}
    reviews.search(1)
    reviews.mode = reviews.rng.choice(["only exact", "careful", "eager"])
    reviews.rule()
    reviews.build()
    reviews.screen({s["search"] for s in reviews.searches} - old)
    reviews.build()
    reviews.retrieve()
    reviews.build()
    check(reviews, "update")
    reviews.finish()
    check(reviews, "final")
    return reviews
