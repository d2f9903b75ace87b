"""The CSV of the PRISMA2020 R package: what the package would read from it."""

from __future__ import annotations

import csv
import io
import re

from prismake.flow.prisma2020 import PRISMA2020_COLUMNS, prisma2020_frame, safe_words
from prismake.flow.published_files import from_prisma2020
from prismake.records.tables import csv_text


def as_the_package_reads(cell: str) -> list[tuple[str, int]]:
    """Reasons as PRISMA_parse_reasons_ splits them: at semicolons, words to the first comma, then the digits."""
    parts = re.split(r"; ?", cell)
    return [(re.sub(r",.*$", "", part), int(re.sub(r".*?,([ 0-9,]*).*", r"\1", part))) for part in parts]


def test_every_count_is_where_the_package_looks_for_it(summary):
    frame, _ = prisma2020_frame(summary)
    assert list(frame.columns) == PRISMA2020_COLUMNS
    for name in ("database_results", "duplicates", "records_screened", "dbr_assessed", "new_studies", "other_assessed"):
        matching = frame[frame["data"].str.contains(name)]  # the package greps for the name
        assert len(matching) == 1
        n = summary["boxes"][name]
        assert matching["n"].item() == ("NA" if n is None else str(n))


def test_no_name_of_a_row_contains_that_of_another_that_the_package_looks_for(summary):
    names = list(prisma2020_frame(summary)[0]["data"])
    for pattern in (
        "included",
        "screening",
        "identification",
        "duplicates",
        "new_reports",
        "total_studies$",
        "total_reports$",
    ):
        assert sum(bool(re.search(pattern, name)) for name in names) == 1


def test_reasons_keep_their_counts_whatever_their_words(make_summary):
    summary = make_summary(reasons=14, databases=9)
    frame, faults = prisma2020_frame(summary)
    cell = frame.loc[frame["data"].eq("dbr_excluded"), "n"].item()
    assert [n for _, n in as_the_package_reads(cell)] == [reason["n"] for reason in summary["reasons"]]
    assert [fault.value for fault in faults] == [
        r["label"] for r in summary["reasons"] if re.search("[,;]", r["label"])
    ]
    databases = frame.loc[frame["data"].eq("database_specific_results"), "n"].item()
    assert [n for _, n in as_the_package_reads(databases)] == [d["n"] for d in summary["databases"]]


def test_no_exclusions_are_a_zero(make_summary):
    frame, _ = prisma2020_frame(make_summary(reasons=0))
    assert frame.loc[frame["data"].eq("dbr_excluded"), "n"].item() == "0"


def test_a_new_review_hides_its_totals_and_shows_its_meta_analysis(make_summary):
    frame, _ = prisma2020_frame(make_summary(), synthesis={"total_studies_ma": 9, "total_reports_ma": 10})
    n = dict(zip(frame["data"], frame["n"], strict=True))
    assert (n["total_studies"], n["total_reports"], n["total_studies_ma"]) == ("NA", "NA", "9")


def test_words_that_the_package_cannot_break():
    assert safe_words("Wrong design, not random; other") == "Wrong design - not random - other"
    assert safe_words(" ;, ") == "No words"
    assert safe_words("a\nb") == "a b"


def test_what_is_written_is_read_back_by_the_audit(summary, tmp_path):
    text = csv_text(prisma2020_frame(summary)[0])
    assert all(len(row) == len(PRISMA2020_COLUMNS) for row in csv.reader(io.StringIO(text)))
    read = from_prisma2020(text, tmp_path)
    assert read.unreadable == []
    assert read.counts["records_screened"] == summary["boxes"]["records_screened"]
    assert list(read.parts["reasons"].values()) == [reason["n"] for reason in summary["reasons"]]
