"""Rayyan: articles.csv (or .bib, .ris) with the decisions inside the notes, customizations_log.csv with each vote
as it was cast.

The notes end in
`RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo"=>"Excluded"} | RAYYAN-LABELS: a,b | RAYYAN-EXCLUSION-REASONS: r1,r2 |
USER-NOTES: {...}` after whatever the source's notes held; exports of 2018 write true and false. The reasons there
belong to the record and not to a reviewer. The log's `included` is 1, 0, -1 for include, maybe, exclude and
"deleted" for an undone vote; `__EXR__<reason>` sets a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from prismake.records.text import lines_of
from prismake.screening.tools.table import (
    OUR_ID,
    ROW,
    Source,
    cells,
    column_like,
    no_decisions,
    record_keys,
    table_of,
    tool_table,
    tool_text,
)
from prismake.screening.votes import as_text, empty_votes, joined, mapped_reasons, typed_key, votes_frame

_INCLUSION = re.compile(r"RAYYAN-INCLUSION:\s*\{(.*?)\}(?=\s*(?:\||$|\n))", re.DOTALL)
_PAIR = re.compile(
    r"\"((?:[^\"\\]|\\.)*)\"\s*=>\s*(\"(?:Included|Excluded|Maybe|Undecided)\"|true|false|nil|null|-?\d+)"
)
_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*(.*?)(?=\s*\|\s*(?:RAYYAN-|USER-NOTES)|\s*$)", re.DOTALL)
_USER_NOTES = re.compile(r"USER-NOTES:\s*\{(.*)\}", re.DOTALL)
_NOTE = re.compile(r"\"((?:[^\"\\]|\\.)*)\"\s*=>\s*\[(.*?)\](?=\s*(?:,|$))", re.DOTALL)
_WORDS = {
    "included": "include",
    "excluded": "exclude",
    "maybe": "maybe",
    "undecided": "unseen",
    "true": "include",
    "false": "exclude",
    "nil": "unseen",
    "null": "unseen",
    "1": "include",
    "0": "maybe",
    "-1": "exclude",
}
_LOG = {"1": "include", "0": "maybe", "-1": "exclude", "deleted": "unseen"}


def read(source: Source) -> pd.DataFrame:
    """Votes of one file, articles or log."""
    return read_files([source])


def read_files(sources: list[Source]) -> pd.DataFrame:
    """Votes of the files of one Rayyan review.

    Where a log is given, votes are taken from it, each with its time, and the articles give their titles and keys;
    else the decisions are those in the articles' notes.
    """
    tables = [(source, _table(source)) for source in sources]
    logs = [(source, table) for source, table in tables if column_like(table, "article_id")]
    articles = [(source, table) for source, table in tables if not column_like(table, "article_id")]
    known = pd.concat([_keys(source, table) for source, table in articles], ignore_index=True) if articles else None
    if logs:
        return joined([_of_log(source, table, known) for source, table in logs])
    return joined([_of_articles(source, table) for source, table in articles])


def _table(source: Source) -> pd.DataFrame:
    name = str(source.path).lower()
    if name.endswith((".bib", ".ris")):
        return _of_text(tool_text(source.path), bibtex=name.endswith(".bib"))
    return tool_table(source)


def _of_text(text: str, *, bibtex: bool) -> pd.DataFrame:
    """Key, title, DOI and notes of Rayyan's BibTeX or RIS, which has one field a line but for notes that run on."""
    rows: list[list[str]] = []
    lines: list[int] = [1]
    field = ""
    names = {
        "title": 1,
        "doi": 2,
        "note": 3,
        "notes": 3,
        "year": 4,
        "TI": 1,
        "T1": 1,
        "DO": 2,
        "N1": 3,
        "AN": 0,
        "ID": 0,
        "Y1": 4,
        "PY": 4,
    }
    start = re.compile(r"@\w+\{([^,]*),\s*$") if bibtex else re.compile(r"TY  - ()")
    tag = re.compile(r"^\s{2}(\w+)\s*=\s*\{(.*)$") if bibtex else re.compile(r"^([A-Z][A-Z0-9])  -\s?(.*)$")
    for number, line in enumerate(lines_of(text), 1):
        begun = start.match(line)
        if begun:
            rows.append([begun.group(1), "", "", "", ""])
            lines.append(number)
            field = ""
            continue
        found = tag.match(line)
        if found:
            field, value = found.group(1), found.group(2)
        else:
            value = line
        if rows and field in names:
            i = names[field]
            held = rows[-1][i] + "\n" if rows[-1][i] else ""
            rows[-1][i] = held + (re.sub(r"\},?\s*$", "", value) if bibtex else value)
    return table_of([["key", "title", "doi", "notes", "year"], *rows], lines)


def _keys(source: Source, table: pd.DataFrame) -> pd.DataFrame:
    """What identifies each article: Rayyan's number, the key as an alias, and the record id that Prismake's export
    put into the notes."""
    key = cells(table, "key")
    ours = as_text(cells(table, "notes").str.extract(OUR_ID, expand=False))
    return pd.DataFrame(
        {
            "article": key.str.removeprefix("rayyan-"),
            "record_key": record_keys(source, key).where(ours == "", ours),
            "title": cells(table, "title"),
            "doi": _doi(table),
            "year": cells(table, "year"),
        }
    )


def _doi(table: pd.DataFrame) -> pd.Series:
    """The DOI column, or a URL column that holds one, as older exports have it."""
    doi, url = cells(table, "doi"), cells(table, "url")
    return doi.where(doi != "", url.where(url.str.contains(r"^(?:https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+$"), ""))


def _of_articles(source: Source, table: pd.DataFrame) -> pd.DataFrame:
    notes = _last_review(source, cells(table, "notes"))
    inclusion = notes.str.extract(_INCLUSION, expand=False)
    pairs = as_text(inclusion).map(_PAIR.findall)
    counts = pairs.map(len).to_numpy()
    if not as_text(inclusion).str.contains("=>", regex=False).any():
        no_decisions(
            source,
            "None of its notes holds RAYYAN-INCLUSION; blind mode shows only your own votes.",
            len(table),
        )
        return empty_votes()
    known = _keys(source, table)
    index = table.index.repeat(counts)
    flat = [pair for row in pairs for pair in row]
    decision = pd.Series([_WORDS[value.strip('"').lower()] for _, value in flat], dtype=str)
    reviewer = pd.Series([_unescaped(name) for name, _ in flat], dtype=str)
    typed = as_text(notes.str.extract(_REASONS, expand=False))
    known_reasons = source.settings.get("reasons") or {}
    reasons = mapped_reasons(_with_semicolons(typed, known_reasons), known_reasons)
    not_included = pd.Series(decision.to_numpy() != "include", index=index).groupby(level=0).any()
    _unread(source, table, inclusion, counts)
    for i in table.index[(reasons != "") & ~table.index.isin(not_included.index[not_included])]:
        if counts[i]:
            source.faults.error(
                "include-with-reason",
                "An exclusion reason stands on a record that every reviewer includes.",
                file=source.file,
                line=int(table.at[i, ROW]),
                column="notes",
                value=typed[i],
                expected="reasons only where a reviewer excludes",
                mend="remove the reason in Rayyan (adding one makes an exclude), or correct the decision",
            )
    of_row = known.loc[index].reset_index(drop=True)
    shared = reasons.loc[index].reset_index(drop=True)
    return votes_frame(
        len(flat),
        phase=source.phase,
        record_key=of_row["record_key"],
        title=of_row["title"],
        doi=of_row["doi"],
        year=of_row["year"],
        reviewer=reviewer,
        decision=decision,
        reasons=shared.where(decision == "exclude", ""),
        note=_user_notes(notes, index, reviewer),
        row=table.loc[index, ROW].reset_index(drop=True),
    )


def _unescaped(name: str) -> str:
    """A name as the reviewer typed it, without the backslashes before its quotes."""
    return re.sub(r"\\(.)", r"\1", name).strip()


def _unread(source: Source, table: pd.DataFrame, inclusion: pd.Series, counts: object) -> None:
    """Decisions in a form that is not known are an error: none is skipped."""
    promised = as_text(inclusion).str.count("=>").to_numpy()
    for i in table.index[promised != counts]:
        source.faults.error(
            "unknown-decision",
            "A decision in these notes is not known.",
            file=source.file,
            line=int(table.at[i, ROW]),
            column="notes",
            value=str(inclusion[i]),
            expected="Included, Excluded, Maybe or Undecided",
            mend="export the file from Rayyan again",
        )


def _last_review(source: Source, notes: pd.Series) -> pd.Series:
    """Notes from the last RAYYAN-INCLUSION on: a list that went through two Rayyan reviews, as for full texts, holds the
    decisions of the first inside the notes that it came with."""
    mark = "RAYYAN-INCLUSION:"
    several = notes.str.count(mark).gt(1)
    if several.any():
        source.faults.warning(
            "earlier-decisions",
            f"{int(several.sum())} records hold decisions of an earlier Rayyan review before their own.",
            file=source.file,
            column="notes",
            expected="one RAYYAN-INCLUSION a record; the last was read",
            mend="give the earlier review's own export as a source too, if its decisions count",
        )
    at = notes.str.rfind(mark)
    return pd.Series(
        [text[i:] if i > 0 else text for text, i in zip(notes, at, strict=True)], index=notes.index, dtype=str
    )


def _with_semicolons(typed: pd.Series, known: Mapping[Any, str]) -> pd.Series:
    """Rayyan joins reasons by commas, and a reason may hold one itself: such a reason is known by its words in config."""
    holding = sorted((str(words) for words in known if "," in str(words)), key=len, reverse=True)
    whole = "".join(rf"{re.escape(words)}(?=\s*(?:,|$))|" for words in holding)
    piece = re.compile(rf"(?:^|(?<=,))\s*({whole}[^,]*)", re.IGNORECASE)
    return typed.map({text: "; ".join(part for part in map(str.strip, _pieces(piece, text)) if part)
                      for text in typed.unique()}).astype(str)  # fmt: skip


def _pieces(piece: re.Pattern[str], text: str) -> list[str]:
    """What a pattern for one piece finds, from one comma to the next."""
    found, at = [], 0
    while (match := piece.match(text, at)) is not None:
        found.append(match[1])
        at = match.end() + 1
        if at > len(text):
            break
    return found


def _user_notes(notes: pd.Series, index: pd.Index, reviewer: pd.Series) -> pd.Series:
    held = as_text(notes.str.extract(_USER_NOTES, expand=False))
    table: dict[tuple[int, str], str] = {}
    for i in held.index[held != ""]:
        for name, listed in _NOTE.findall(held[i]):
            texts = re.findall(r"\"((?:[^\"\\]|\\.)*)\"", listed)
            table[(i, _unescaped(name))] = " / ".join(t.replace("\\n", " ").strip() for t in texts)
    return pd.Series([table.get(key, "") for key in zip(index, reviewer, strict=True)], dtype=str)


def _of_log(source: Source, table: pd.DataFrame, known: pd.DataFrame | None) -> pd.DataFrame:
    if not len(table):
        return empty_votes()
    key = cells(table, "key").str.strip('"')
    article = cells(table, "article_id").str.removeprefix("rayyan-")
    user = cells(table, "user_email").where(cells(table, "user_email") != "", cells(table, "user_id"))
    value, time = cells(table, "value").str.strip('"'), cells(table, "created_at")
    events = pd.DataFrame({"article": article, "user": user, "key": key, "value": value, "time": time, ROW: table[ROW]})
    votes = events[key == "included"].copy()
    votes["decision"] = votes["value"].map(typed_key).map(_LOG)
    for line, typed in votes.loc[votes["decision"].isna(), [ROW, "value"]].itertuples(index=False):
        source.faults.error(
            "unknown-decision",
            "This is no value that Rayyan's log is known to write.",
            file=source.file,
            line=int(line),
            column="value",
            value=typed,
            expected="1, 0, -1 or deleted",
            mend="export the log from Rayyan again",
        )
    votes = votes[votes["decision"].notna()].reset_index(drop=True)
    votes["reasons"] = mapped_reasons(_log_reasons(events, votes), source.settings.get("reasons"))
    if known is not None:
        votes = votes.merge(known.drop_duplicates("article"), on="article", how="left")
    for name in ("record_key", "title", "doi", "year"):
        votes[name] = as_text(votes[name]) if name in votes else ""
    own = record_keys(source, "rayyan-" + votes["article"])
    return votes_frame(
        len(votes),
        phase=source.phase,
        record_key=votes["record_key"].where(votes["record_key"] != "", own),
        title=votes["title"],
        doi=votes["doi"],
        year=votes["year"],
        reviewer=votes["user"],
        decision=votes["decision"],
        reasons=votes["reasons"],
        decided_at=votes["time"],
        row=votes[ROW],
    )


def _log_reasons(events: pd.DataFrame, votes: pd.DataFrame) -> pd.Series:
    """Reasons that each reviewer had set on an article when all was done, beside that reviewer's last decision on it.

    On an include they are kept, so that the slip is seen (adding a reason in Rayyan makes an exclude).
    """
    set_ = events[events["key"].str.startswith("__EXR__")].copy()
    set_["reason"] = set_["key"].str.removeprefix("__EXR__")
    last = set_.sort_values(["time", ROW], kind="stable").drop_duplicates(["article", "user", "reason"], keep="last")
    held = (
        last[last["value"] == "1"].groupby(["article", "user"], sort=False)["reason"].agg("; ".join).rename("reasons")
    )
    joined_ = as_text(votes[["article", "user"]].merge(held, on=["article", "user"], how="left")["reasons"])
    final = ~votes.sort_values(["time", ROW], kind="stable").duplicated(["article", "user"], keep="last").reindex(
        votes.index
    )
    return joined_.where(final & votes["decision"].isin(("exclude", "include")), "")
