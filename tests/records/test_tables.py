"""Written tables are exact, deterministic and whole."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.records import tables


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12),
            st.text('a",;\n ', max_size=6),
        ),
        max_size=6,
    )
)
def test_csv_comes_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    import io

    frame = pd.DataFrame(rows, columns=["a", "b,c"], dtype=str)
    text = tables.csv_text(frame)
    back = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, na_filter=False, skip_blank_lines=False)
    assert back.to_numpy().tolist() == frame.to_numpy().tolist()


def test_missing_is_blank_and_numbers_are_exact(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"n": pd.array([1, None], dtype="Int64"), "x": [0.1, float("nan")], "yes": [True, False], "t": ["ü", None]}
    )
    tables.write_csv(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == "n,x,yes,t\n1,0.1,true,ü\n,,false,\n".encode()
    assert tables.read_csv(tmp_path / "t.csv").loc[1].tolist() == ["", "", "false", ""]


def test_one_blank_column_keeps_its_rows(tmp_path: Path) -> None:
    tables.write_csv(pd.DataFrame({"a": ["", "x"]}), tmp_path / "t.csv")
    assert len(tables.read_csv(tmp_path / "t.csv")) == 2


def test_parquet_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "year": pd.array([2020, None], dtype="Int64")})
    tables.write_parquet(frame, tmp_path / "1.parquet")
    tables.write_parquet(frame.copy(), tmp_path / "2.parquet")
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    assert tables.read_parquet(tmp_path / "1.parquet").equals(frame)


def test_json_refuses_what_is_no_number_and_names_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"value\.a\[1\] is nan"):
        tables.write_json({"a": [1.0, float("nan")]}, tmp_path / "t.json")
    assert os.listdir(tmp_path) == []
    assert tables.json_text({"b": 1, "a": 0.1}) == '{\n  "a": 0.1,\n  "b": 1\n}\n'


def test_what_a_killed_build_left_half_written_is_gone_after_the_next_writing(tmp_path):
    path = tmp_path / "a [table].csv"
    (tmp_path / ".a [table].csv.8x_2k1zq.part").write_text("half")
    (tmp_path / ".another.csv.8x_2k1zq.part").write_text("of another file")
    tables.write_text("whole", path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".another.csv.8x_2k1zq.part", "a [table].csv"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    tables.write_text("old", path)
    with pytest.raises(RuntimeError), tables.atomic(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["t.txt"]


def test_defusing_spares_numbers_and_is_undone() -> None:
    frame = tables.defuse(pd.DataFrame({"a": ["=1+1", "-0,5", "@x", "plain", "+49 123"], "n": [-1, 2, 3, 4, 5]}))
    assert frame["a"].tolist() == ["'=1+1", "-0,5", "'@x", "plain", "'+49 123"]
    assert frame["n"].tolist() == [-1, 2, 3, 4, 5]
    assert [tables.fuse(t) for t in frame["a"]] == ["=1+1", "-0,5", "@x", "plain", "+49 123"]


def test_columns_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    tables.write_parquet(pd.DataFrame({"a": ["x"], "b": ["y"], "c": ["z"]}), path)
    assert list(tables.read_parquet(path, without=["b", "none"]).columns) == ["a", "c"]
    assert list(tables.read_parquet(path, ["c", "b"], without=["b"]).columns) == ["c"]
    assert list(tables.read_parquet(path).columns) == ["a", "b", "c"]


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 7])
def test_a_table_written_piece_by_piece_has_the_bytes_of_the_whole(tmp_path, monkeypatch, rows):
    monkeypatch.setattr(tables, "_ROWS_AT_ONCE", 3)
    frame = pd.DataFrame({"a": [f'{i}"' for i in range(rows)], "b": [i / 3 for i in range(rows)]})
    tables.write_csv(frame, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == tables.csv_text(frame)


def test_some_rows_of_a_parquet_file_in_its_order(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_ROWS_AT_ONCE", 10)
    frame = pd.DataFrame({"id": [f"r{i}" for i in range(9)], "n": range(9), "text": ["é"] * 9})
    tables.write_parquet(frame, tmp_path / "a.parquet")
    some = tables.rows_among(tmp_path / "a.parquet", "id", ["r7", "r2", "none"], ["id", "n"])
    assert some.to_dict("list") == {"id": ["r2", "r7"], "n": [2, 7]}
    whole = tables.rows_among(tmp_path / "a.parquet", "id", frame["id"])
    pd.testing.assert_frame_equal(whole, pd.read_parquet(tmp_path / "a.parquet"))
    assert list(tables.rows_among(tmp_path / "a.parquet", "id", []).columns) == ["id", "n", "text"]
