"""The script of rule deduplicate: reads source records and rulings, writes every table and figure, the same bytes each time."""

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv, read_parquet, write_parquet

_PATH = Path(__file__).parents[2] / "workflow" / "scripts" / "deduplicate.py"
_SPEC = importlib.util.spec_from_file_location("deduplicate_script", _PATH)
script = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(script)

TABLES = {
    name: f"{name}.csv"
    for name in ("membership", "pairs", "queue", "related", "conflicts", "overlap", "pending", "messages")
}
TABLES |= {"records": "records.parquet", "summary": "summary.json"}
ROW = {"search": "a", "database": "Scopus", "title": "Rest and mood in rotating shift workers of a hospital", "authors": "Okoro, A.; Lind, B.", "journal": "Sleep",
       "volume": "3", "pages": "10-19", "doi": "", "abstract": "=HYPERLINK(1)", "aliases": ""}  # fmt: skip


def source(path, *rows):
    frame = pd.DataFrame([{"source_record_id": f"s:{n}", **ROW, **row} for n, row in enumerate(rows, 1)]).astype(str)
    frame["year"] = pd.array([2010] * len(frame), dtype="Int64")
    write_parquet(frame, path)
    return str(path)


def run(tmp_path, records, rulings=(), name="out", **settings):
    folder = tmp_path / name
    folder.mkdir()
    figures = [str(folder / f"overlap.{kind}") for kind in ("svg", "pdf", "png")]
    script.main(
        source_records=records,
        rulings=list(rulings),
        output={key: str(folder / file) for key, file in TABLES.items()},
        figures=figures,
        settings={"searches": ["a", "b"], **settings},
    )
    return folder


def test_tables_and_figures_are_written_the_same_each_time(tmp_path):
    records = source(
        tmp_path / "in.parquet",
        {},
        {"search": "b", "database": "APA PsycInfo"},
        {"title": "Visual search in pigeons under load", "pages": "88-97"},
    )
    one, two = run(tmp_path, records, name="one"), run(tmp_path, records, name="two")
    assert len(read_parquet(one / "records.parquet")) == 2
    assert json.loads((one / "summary.json").read_text())["duplicates_removed"] == 1
    assert read_csv(one / "overlap.csv")["records"].tolist() == ["1", "1"]
    for file in one.iterdir():
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name


def test_rulings_from_a_filled_queue_are_obeyed(tmp_path):
    records = source(tmp_path / "in.parquet", {}, {"search": "b", "pages": "88-97", "title": ROW["title"]})
    first = run(tmp_path, records, name="first")
    queue = read_csv(first / "queue.csv")
    assert len(queue) == 1 and len(read_csv(first / "pending.csv")) == 1
    queue.assign(ruling="same", who="A").to_csv(tmp_path / "rulings.csv", sep=";", index=False, encoding="utf-8-sig")
    second = run(tmp_path, records, [str(tmp_path / "rulings.csv")], name="second")
    assert len(read_parquet(second / "records.parquet")) == 1
    assert len(read_csv(second / "queue.csv")) == 0


def test_a_wrong_ruling_stops_with_its_line(tmp_path):
    records = source(tmp_path / "in.parquet", {}, {})
    (tmp_path / "rulings.csv").write_text("source_record_id_1,source_record_id_2,ruling\ns:1,s:2,maybe\n")
    with pytest.raises(InputFaults, match="line 2"):
        run(tmp_path, records, [str(tmp_path / "rulings.csv")])


def test_settings_reach_the_library(tmp_path):
    records = source(tmp_path / "in.parquet", {}, {"search": "b", "title": ROW["title"].replace("workers", "worker")})
    folder = run(tmp_path, records, **{"deduplication.mode": "only exact", "deduplication.join_preprints": None})
    assert len(read_parquet(folder / "records.parquet")) == 2


def test_no_records_give_empty_tables(tmp_path):
    folder = run(tmp_path, source(tmp_path / "in.parquet", {"title": "x"}))
    assert len(read_csv(folder / "queue.csv")) == 0 and "ruling" in read_csv(folder / "queue.csv")


def test_no_records_yet_give_tables_of_the_same_types(tmp_path):
    from prismake.records.model import empty_frame

    write_parquet(empty_frame(), tmp_path / "none.parquet")
    nothing = read_parquet(run(tmp_path, str(tmp_path / "none.parquet")) / "records.parquet")
    some = read_parquet(run(tmp_path, source(tmp_path / "in.parquet", {}), name="some") / "records.parquet")
    texts = ["record_id", "member_ids", "searches", "databases", "field_sources", "related", "relation"]
    assert nothing.empty and nothing[texts].dtypes.tolist() == some[texts].dtypes.tolist()


def test_the_overlap_of_a_simulated_review_says_so(tmp_path):
    records = source(tmp_path / "in.parquet", {}, {"search": "b"})
    told = {flag: run(tmp_path, records, name=f"{flag}", **{"review.simulated": flag}) for flag in (True, False)}
    assert "Simulated example" in (told[True] / "overlap.svg").read_text(encoding="utf-8")
    assert "Simulated example" not in (told[False] / "overlap.svg").read_text(encoding="utf-8")
