"""A person's rulings on pairs of source records that no rule should decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screening import ADJUDICATOR, Record, sheet

SAME = "Same title, people and journal; one was indexed before the issue was out, as the publisher's page shows."
DIFFERENT = "A conference abstract and the later article under its title: two reports, both to be screened."


def pairs(records: Sequence[Record]) -> Iterator[tuple[str, str, str]]:
    """Every pair that goes to a person, with its ruling: what is indexed unclearly, and twins under one title."""
    of_work = {record.work.key: record for record in records}
    for record in records:
        for unclear in (member for member in record.members if member.unclear):
            for member in record.members:
                if member is not unclear:
                    yield member.source_record_id, unclear.source_record_id, "same"
        if record.work.twin:
            for member in of_work[record.work.twin].members:
                for own in record.members:
                    yield member.source_record_id, own.source_record_id, "different"


def rulings_sheet(records: Sequence[Record]) -> str:
    """The rulings as a sheet."""
    rows = [
        [*sorted((one, other)), ruling, ADJUDICATOR, "2025-09-22", SAME if ruling == "same" else DIFFERENT]
        for one, other, ruling in sorted(pairs(records))
    ]
    return sheet(["source_record_id_1", "source_record_id_2", "ruling", "who", "date", "note"], rows)
