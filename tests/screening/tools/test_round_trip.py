"""A record's id goes out with Prismake's export, through a tool, and comes back with the decision."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from prismake.records.model import COLUMNS
from prismake.records.writers import asreview_csv, rayyan_csv, ris_text, sheet_csv

IDS = ["scopus:2-s2.0-85101746523", "wos:WOS:000444014100007", "psycinfo:2001-12345-001#2"]


@pytest.fixture
def records() -> pd.DataFrame:
    """Three records as deduplication gives them."""
    frame = pd.DataFrame({name: [""] * 3 for name in COLUMNS})
    frame["record_id"], frame["title"], frame["year"] = IDS, ["One", "=Two", "Three, and more"], "2001"
    return frame


def test_through_rayyan(reading, records):
    table = pd.read_csv(pd.io.common.StringIO(rayyan_csv(records)), dtype=str, keep_default_na=False)
    table["key"] = [f"rayyan-{i}" for i in range(3)]
    table["notes"] += ' | RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-LABELS: x'
    assert reading(table.to_csv(index=False), "rayyan")[0]["record_key"].tolist() == IDS


def test_through_rayyans_log(reading, records, tmp_path):
    table = pd.read_csv(pd.io.common.StringIO(rayyan_csv(records)), dtype=str, keep_default_na=False)
    table["key"] = [f"rayyan-{i}" for i in range(3)]
    table.to_csv(tmp_path / "articles.csv", index=False)
    log = "created_at,user_id,user_email,article_id,key,value\n2024-01-01T10:00:00Z,1,a@b.example,2,included,1\n"
    votes, _ = reading(log, "rayyan", "log.csv", files=["articles.csv", "log.csv"])
    assert votes["record_key"].tolist() == IDS[2:]


def test_through_covidence_in_csv_and_ris(reading, records):
    table = pd.DataFrame(
        {"Title": records["title"], "Accession Number": IDS, "Covidence #": ["#1", "#2", "#3"], "Notes": ""}
    )
    votes, _ = reading(table.to_csv(index=False), "covidence", stage="irrelevant")
    assert votes["record_key"].tolist() == IDS
    votes, _ = reading(ris_text(records, "covidence"), "covidence", "irrelevant.ris", stage="irrelevant")
    assert votes["record_key"].tolist() == IDS


def test_through_asreview_in_csv_and_ris(reading, records):
    table = pd.read_csv(pd.io.common.StringIO(asreview_csv(records)), dtype=str, keep_default_na=False)
    table["asreview_label"] = ["1", "0", ""]
    votes, _ = reading(table.to_csv(index=False), "asreview", reviewer="Ann")
    assert votes["record_key"].tolist() == IDS and votes["decision"].tolist() == ["include", "exclude", "unseen"]
    ris = ris_text(records).replace("ER  - ", "N1  - ASReview_relevant\r\nER  - ")
    votes, _ = reading(ris, "asreview", "a.ris", reviewer="Ann")
    assert votes["record_key"].tolist() == IDS and set(votes["decision"]) == {"include"}


def test_through_eppi_reviewer(reading, records):
    comments = [line[6:] for line in ris_text(records, "eppi").split("\r\n") if line.startswith("N1  - prismake")]
    codes = [{"Attributes": {"AttributesList": [{"AttributeId": 1, "AttributeName": "INCLUDE"}]}}]
    references = [
        {"ItemId": i, "Title": "", "Comments": c, "Codes": [{"AttributeId": 1}]} for i, c in enumerate(comments)
    ]
    votes, _ = reading(json.dumps({"CodeSets": codes, "References": references}), "eppi", "e.json")
    assert votes["record_key"].tolist() == IDS


def test_through_the_native_sheet(reading, records):
    table = pd.read_csv(pd.io.common.StringIO(sheet_csv(records)), dtype=str, keep_default_na=False)
    table["reviewer"], table["decision"] = "Ann", "include"
    votes, _ = reading(table.to_csv(index=False), "long")
    assert votes["record_key"].tolist() == IDS
