"""Random reviews as tables, from a seed: what the flow must count rightly whatever a team did.

Searches of databases and registers in several waves, duplicates within and across them, removals before screening,
votes with conflicts and adjudications cast before a re-deduplication that merges and splits records, retrieval, full
text, several reports of a study and several studies of a report, other methods, a previous review; finished or in
progress.
"""

from __future__ import annotations

import random
from collections import defaultdict

import pandas as pd

REASONS = ["population", "design", "comparator", "outcome"]
FINAL = ("include", "exclude", "ongoing", "awaiting")


class RandomReview:
    """Builds the tables of one review; `tables` maps the names of `prismake.flow.tables.COLUMNS` to frames."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.finished = self.rng.random() < 0.5
        self.rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.order: list[str] = []
        self.search_of: dict[str, str] = {}
        self._searches()
        self._clusters()
        self._votes()
        self._rededuplicate()
        self._excluded_before()
        self._decide("title_abstract")
        self._retrieve()
        self._other_methods()
        self._link()
        self.tables = self._frames()

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def _searches(self) -> None:
        waves = self.rng.choice([1, 1, 2, 3])
        number = 0
        for wave in range(waves):
            for _ in range(self.rng.randint(1, 4)):
                name, n = f"s{number}", self.rng.choice([0, 1, 5, 12, 25])
                kind = "register" if self.chance(0.2) else "database"
                self.rows["searches"].append(
                    {
                        "search": name,
                        "database": f"Base {number % 3}",
                        "kind": kind,
                        "records": n,
                        "hits": n if self.chance(0.5) else "",
                        "update": wave,
                        "date": f"202{wave}-05-01",
                    }
                )
                for i in range(n):
                    self.order.append(f"{name}:{i:03d}")
                    self.search_of[self.order[-1]] = name
                number += 1

    def _clusters(self) -> None:
        clusters: list[list[str]] = []
        for source in self.order:
            if clusters and self.chance(0.35):
                self.rng.choice(clusters).append(source)
            else:
                clusters.append([source])
        self.clusters = clusters

    def _votes(self) -> None:
        """Votes lie on source records: the first of each record as it was when the team voted."""
        self.votes: list[dict[str, str]] = []
        self.cast = 0
        for cluster in self.clusters:
            self._vote("title_abstract", self.rng.choice(cluster))

    def _vote(self, phase: str, source: str) -> None:
        include = self.chance(0.4 if phase == "title_abstract" else 0.5)
        way = self.rng.choices(["both", "conflict", "one", "none", "tool", "consensus"], [60, 15, 5, 5, 5, 10])[0]
        if self.finished and way in ("one", "none"):
            way = "both"
        decision = "include" if include else "exclude"
        other = "exclude" if include else "include"
        if way in ("both", "one", "conflict"):
            self._cast(phase, source, "Ann", "reviewer", decision)
        if way == "both":
            self._cast(phase, source, "Bo", "reviewer", decision)
            if self.chance(0.1):
                self._cast(phase, source, "Dee", "reviewer", other, calibration=True)
        if way == "conflict":
            self._cast(phase, source, "Bo", "reviewer", other)
            if self.finished or self.chance(0.7):
                self._cast(phase, source, "Cy", "adjudicator", self.rng.choice([decision, other]))
        if way == "tool":
            self._cast(phase, source, "tool", "automation", "exclude" if phase == "title_abstract" else decision)
        if way == "consensus":
            special = self.chance(0.2)
            self._cast(
                phase, source, "Team", "consensus", self.rng.choice(["ongoing", "awaiting"]) if special else decision
            )

    def _cast(
        self, phase: str, source: str, reviewer: str, role: str, decision: str, *, calibration: bool = False
    ) -> None:
        self.cast += 1
        self.votes.append(
            {
                "vote_id": f"v{self.cast}",
                "phase": phase,
                "source_record_id": source,
                "reviewer": reviewer,
                "role": role,
                "decision": decision,
                "state": "counted",
                "round": "",
                "calibration": str(calibration).lower(),
            }
        )

    def _rededuplicate(self) -> None:
        """Merge some records and split some, after the votes were cast: votes follow their source records."""
        clusters = [list(cluster) for cluster in self.clusters]
        for _ in range(self.rng.randint(0, 3)):
            if len(clusters) > 1 and self.chance(0.6):
                second = clusters.pop(self.rng.randrange(len(clusters)))
                self.rng.choice(clusters).extend(second)
            elif clusters:
                whole = self.rng.choice(clusters)
                if len(whole) > 1:
                    clusters.append([whole.pop(self.rng.randrange(len(whole)))])
        position = {source: i for i, source in enumerate(self.order)}
        self.record_of: dict[str, str] = {}
        for cluster in clusters:
            record = min(cluster, key=position.__getitem__)
            self.record_of.update(dict.fromkeys(cluster, record))
        for source in self.order:
            self.rows["source_records"].append(
                {"source_record_id": source, "search": self.search_of[source], "title": f"T {source}"}
            )
            record = self.record_of[source]
            self.rows["membership"].append(
                {"source_record_id": source, "record_id": record, "earliest": str(record == source).lower()}
            )
        self.records = sorted(set(self.record_of.values()), key=position.__getitem__)

    def _excluded_before(self) -> None:
        self.removed = set()
        for record in self.records:
            if self.chance(0.06):
                self.removed.add(record)
                kind = self.rng.choice(["automatic", "other"])
                self.rows["excluded_before"].append(
                    {"record_id": record, "kind": kind, "reason": self.rng.choice(["Dissertations", "Books"])}
                )

    def _decide(self, phase: str, records: list[str] | None = None) -> None:
        """One decision a record from all votes on its members; a finished review adjudicates what the merge brought
        up."""
        for record in records if records is not None else self.records:
            if record in self.removed:
                self.rows["decisions"].append(
                    self._decision(phase, record, "not_eligible", "excluded before screening", "final", 0, "")
                )
                continue
            cast = [v for v in self.votes if v["phase"] == phase and self.record_of[v["source_record_id"]] == record]
            people = [v for v in cast if v["role"] == "reviewer" and v["calibration"] == "false"]
            said = {v["decision"] for v in people}
            ruled = {v["decision"] for v in cast if v["role"] == "adjudicator"}
            agreed = {v["decision"] for v in cast if v["role"] == "consensus"}
            n = len({v["reviewer"] for v in people})
            if self.finished and (
                len(ruled) > 1 or (not ruled and (len(said) > 1 or n == 1 or len(agreed) > 1)) or not cast
            ):
                self.votes = [v for v in self.votes if v not in cast or v["role"] == "reviewer"]
                self._cast(phase, record, "Cy", "adjudicator", self.rng.choice(["include", "exclude"]))
                ruled = {self.votes[-1]["decision"]}
            row = self._resolved(said, ruled, agreed, n, any(v["role"] == "automation" for v in cast), cast)
            reason = self.rng.choice(REASONS) if row[0] == "exclude" and phase == "full_text" else ""
            self.rows["decisions"].append(self._decision(phase, record, *row, n, reason))

    @staticmethod
    def _resolved(
        said: set[str], ruled: set[str], agreed: set[str], n: int, tool: bool, cast: list
    ) -> tuple[str, str, str]:
        if len(ruled) > 1:
            return "pending", "", "conflict"
        if ruled:
            return next(iter(ruled)), "adjudication", "final"
        if len(agreed) == 1:
            return next(iter(agreed)), "consensus", "final"
        if len(said) > 1 or len(agreed) > 1:
            return "pending", "", "conflict"
        if n > 1:
            return next(iter(said)), "agreement", "final"
        if n == 1:
            return "pending", "", "waiting"
        if tool:
            return next(v["decision"] for v in cast if v["role"] == "automation"), "automation", "final"
        return "pending", "", "waiting"

    @staticmethod
    def _decision(
        phase: str, record: str, decision: str, basis: str, status: str, n: int, reason: str
    ) -> dict[str, object]:
        return {
            "phase": phase,
            "record_id": record,
            "decision": decision,
            "basis": basis,
            "status": status,
            "n_reviewers": n,
            "primary_reason": reason,
        }

    def _retrieve(self) -> None:
        advanced = [d["record_id"] for d in self.rows["decisions"] if d["decision"] == "include"]
        excluded = [d["record_id"] for d in self.rows["decisions"] if d["decision"] == "exclude"]
        waiting = advanced + [record for record in excluded if self.chance(0.02)]  # the latter were rescued
        arm_of = {s["search"]: f"{s['kind']}s" for s in self.rows["searches"]}
        reports: list[tuple[str, list[str]]] = []
        while waiting:
            record = waiting.pop(0)
            if waiting and self.chance(0.05):
                reports.append((record, [record, waiting.pop(0)]))
            elif self.chance(0.1):
                reports += [(record, [record]), (f"{record}/b", [record])]
            else:
                reports.append((record, [record]))
        sought = []
        for report, records in reports:
            row = self._report(report, "; ".join(records), arm_of[self.search_of[records[0]]], "database", seek=0.97)
            sought.append(row)
        read = [str(row["record_id"]).split("; ")[0] for row in sought if row["retrieval"] == "retrieved"]
        records = list(dict.fromkeys(read))
        for record in records:
            self._vote("full_text", record)
        self._decide("full_text", records)
        for row in sought:
            record = str(row["record_id"]).split("; ")[0]
            if record not in records:
                records.append(record)
                open_ = row["retrieval"] == "pending"
                state = ("pending", "", "waiting") if open_ else ("not_eligible", "not retrieved", "final")
                self.rows["decisions"].append(self._decision("full_text", record, *state, 0, ""))
        decided = {d["record_id"]: d for d in self.rows["decisions"] if d["phase"] == "full_text"}
        for row in sought:
            if row["retrieval"] == "retrieved":
                decision = decided[str(row["record_id"]).split("; ")[0]]
                row["full_text"], row["primary_reason"] = decision["decision"], decision["primary_reason"]

    def _report(self, report: str, records: str, arm: str, method: str, *, seek: float) -> dict[str, object]:
        sought = self.chance(seek)
        states = ["retrieved"] * 8 + ["not_retrieved"] + ([] if self.finished else ["pending"])
        row = {
            "report_id": report,
            "record_id": records,
            "arm": arm,
            "method": method,
            "title": f"T {report}",
            "sought": "yes" if sought else "no",
            "retrieval": self.rng.choice(states) if sought else "",
            "full_text": "",
            "primary_reason": "",
            "study_id": "",
        }
        self.rows["reports"].append(row)
        return row

    def _other_methods(self) -> None:
        for i in range(self.rng.choice([0, 0, 3, 9])):
            method = self.rng.choice(["website", "organisation", "citation", "contact", "other", "register"])
            if self.records and self.chance(0.15):
                self._report(f"o{i}", self.rng.choice(self.records), "other", method, seek=0.5)
                continue
            row = self._report(f"o{i}", "", "other", method, seek=0.9)
            if row["retrieval"] == "retrieved":
                row["full_text"] = self.rng.choice(FINAL if self.finished else (*FINAL, "pending"))
                row["primary_reason"] = self.rng.choice(REASONS) if row["full_text"] == "exclude" else ""

    def _link(self) -> None:
        """Studies of the previous review, then those of the included reports: several reports a study, several
        studies a report."""
        studies: dict[str, str] = {}
        for i in range(self.rng.choice([0, 0, 4])):
            studies[f"p{i}"] = "previous"
            for j in range(self.rng.randint(1, 2)):
                row = self._report(f"pr{i}{j}", "", "previous", "previous", seek=0)
                row["study_id"], row["full_text"] = f"p{i}", "include"
                self.rows["study_links"].append({"study_id": f"p{i}", "report_id": row["report_id"]})
        for row in self.rows["reports"]:
            duplicate = row["arm"] == "other" and row["record_id"] in set(self.records)
            if row["full_text"] != "include" or row["arm"] == "previous" or duplicate:
                continue
            if not self.finished and self.chance(0.1):
                continue
            known = list(studies)
            new = f"st{len(studies)}"
            chosen = [self.rng.choice(known)] if known and self.chance(0.3) else [new]
            if chosen == [new] and self.chance(0.1):
                chosen.append(f"{new}x")
            for study in chosen:
                before = studies.get(study)
                studies[study] = "new" if before in (None, "new") else "both"
                self.rows["study_links"].append({"study_id": study, "report_id": row["report_id"]})
            row["study_id"] = "; ".join(chosen)
        self.rows["studies"] = [{"study_id": s, "origin": o, "label": f"Study {s}"} for s, o in studies.items()]

    def _frames(self) -> dict[str, pd.DataFrame]:
        self.rows["ledger"] = [{**v, "record_id": self.record_of[v["source_record_id"]]} for v in self.votes]
        names = [
            "searches",
            "source_records",
            "membership",
            "excluded_before",
            "decisions",
            "ledger",
            "reports",
            "studies",
            "study_links",
        ]
        return {name: pd.DataFrame(self.rows[name]) for name in names if self.rows[name]}
