"""The configured sources of decisions, read by each tool's reader into one table of votes.

Tools with their options (`config: screening: sources:`):
- all: `id, phase, tool, files, round, calibration, calibration_rounds, reviewer, role, where, sheet, ids {prefix,
  strip}`,
  `columns` {canonical vote column: the file's column}, `values` {typed: decision}, `reasons` {typed: reason id},
  `options: {lookup: {file, by, title, doi, year}}` for a list that says what the keys or rows stand for,
  `options: {carried_from: v1}` for votes of an earlier version of the review
- long: `options: {decision: include, reason: id}` for a list of decided records, `options: {criteria: {column:
  {typed: reason}}}`
- wide: `reviewers` {column: name}, `adjudicator` and `consensus` {column, name, only_conflicts},
  `options: {reason_columns: {reviewer: column}, note_columns: {reviewer: column}}`
- covidence: `stage`; eppi: `attributes` {name or id: decision or reason:<id>}
- any: `options: {stopping_rule: true}` once the protocol's stopping rule is reached: what was not seen is excluded
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.messages.progress import watched
from prismake.screening.reported import read_reported
from prismake.screening.stopping import registered_rules, stop
from prismake.screening.tools import (
    abstrackr,
    asreview,
    covidence,
    distillersr,
    eppi,
    long,
    metagear,
    rayyan,
    wide,
)
from prismake.screening.tools.table import ROW, NotReadable, Source, cells, required_cells, tool_table
from prismake.screening.votes import empty_votes, joined, typed_key

READERS: dict[str, ModuleType] = {
    "abstrackr": abstrackr,
    "asreview": asreview,
    "covidence": covidence,
    "distillersr": distillersr,
    "eppi": eppi,
    "long": long,
    "metagear": metagear,
    "rayyan": rayyan,
    "wide": wide,
}
_SHOWN = {"asreview": "ASReview"}


def read_sources(
    sources: Sequence[Mapping[str, Any]],
    find: Callable[[str], Path] = Path,
    *,
    stopping_rules: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, Faults]:
    """All votes of all sources in the order of config, with `source` (its id) beside `VOTE_COLUMNS`, and what is
    to be said.

    `find` gives the path of a file as named in config (review folder or data root); `stopping_rules` are the
    protocol's, by phase. Votes come as they were typed: e-mails are still there, see `prismake.screening.reviewers`.
    """
    faults = Faults()
    frames = []
    for settings in watched(sources, "Reading votes"):
        votes = read_source(settings, find, faults)
        registered = (stopping_rules or {}).get(str(settings.get("phase") or "title_abstract"), "")
        votes = stop(votes, settings, registered, _SHOWN.get(str(settings.get("tool")), "Screening tool"))
        votes["source"] = str(settings.get("id", ""))
        frames.append(votes)
    votes = joined(frames)
    if "source" not in votes:
        votes["source"] = pd.Series(dtype=str)
    return votes, faults


def read_decisions(
    screening: Mapping[str, Any] | None, protocol: Mapping[str, Any], files: Sequence[str]
) -> tuple[pd.DataFrame, list[dict[str, Any]], Faults]:
    """The votes of all configured sources, the agreement that tools report in place of votes, and what is to be said.

    `files`: where the files of the sources are, in the order in which config names them.
    """
    sources = (screening or {}).get("sources") or []
    named = [str(name) for source in sources for name in source["files"]]
    find = dict(zip(named, map(Path, files), strict=True)).__getitem__
    votes, faults = read_sources(sources, find, stopping_rules=registered_rules(protocol))
    reported, said = read_reported_agreement(sources, find)
    faults.extend(said)
    return votes, reported, faults


def read_reported_agreement(
    sources: Sequence[Mapping[str, Any]], find: Callable[[str], Path] = Path
) -> tuple[list[dict[str, Any]], Faults]:
    """What the tools themselves report of their reviewers' agreement (`prismake.screening.reported`)."""
    pairs, faults = [], Faults()
    for settings in sources:
        if settings.get("tool") != "covidence":
            continue
        for name in map(str, settings.get("files") or ()):
            for source in _opened(name, settings, find):
                if not str(source.path).lower().endswith(".ris"):
                    pairs += read_reported(source)
                    faults.extend(fault for fault in source.faults if fault.code != "cannot-read")  # said already
    return pairs, faults


def read_source(settings: Mapping[str, Any], find: Callable[[str], Path], faults: Faults) -> pd.DataFrame:
    """Votes of one source, with phase, round, calibration, role and reviewer as its entry in config states them."""
    tool = str(settings.get("tool", "long"))
    if tool not in READERS:
        raise ValueError(f"unknown screening tool {tool!r}; expected one of {', '.join(READERS)}")
    reader = READERS[tool]
    lookup = (settings.get("options") or {}).get("lookup") or {}
    names = [str(name) for name in settings.get("files") or () if str(name) != str(lookup.get("file", ""))]
    opened = [source for name in names for source in _opened(name, settings, find)]
    groups = [opened] if hasattr(reader, "read_files") else [[source] for source in opened]
    frames = []
    for group in groups:
        votes = _votes_of(reader, group)
        votes["file"] = group[0].file if len(group) == 1 else _files_of(votes, group)
        if lookup:
            votes = looked_up(votes, group[0], Source(Path(find(str(lookup["file"]))), str(lookup["file"]), settings))
        frames.append(votes)
        for source in group:
            faults.extend(source.faults)
    return stated(joined(frames), settings, tool)


def _votes_of(reader: ModuleType, group: list[Source]) -> pd.DataFrame:
    """What a reader finds in its files; a file that cannot be read is an error and has no votes."""
    try:
        return reader.read_files(group) if hasattr(reader, "read_files") else reader.read(group[0])
    except (OSError, NotReadable) as error:
        group[0].faults.error(
            "cannot-read",
            f"This file of decisions cannot be read: {error}.",
            file=group[0].file,
            expected="the file as the tool exports it",
            mend="export it again, and check `tool` and `files` of this source in config",
        )
        return empty_votes()


def looked_up(votes: pd.DataFrame, source: Source, list_: Source) -> pd.DataFrame:
    """Votes with title, DOI and year from the list that the reviewers worked through.

    `options: {lookup: {file, by, title, doi, year}}`, the file being one of the source's files: `by` is `order`
    where the two files have the same rows, else the list's column that holds the vote's key.
    """
    options = source.options["lookup"]
    table = tool_table(list_)
    if str(options.get("by", "order")) == "order":
        lines = tool_table(source)[ROW]
        if len(lines) != len(table):
            source.faults.error(
                "lookup-differs",
                f"This sheet has {len(lines)} rows, the list beside it {len(table)}: order does not join them.",
                file=source.file,
                value=list_.file,
                expected="the same rows in the same order",
                mend="name the column that joins them: lookup: {by: COLUMN}",
            )
            return votes
        rows = votes["row"].map(dict(zip(lines, range(len(lines)), strict=True)))
    else:
        key = required_cells(list_, table, "lookup", str(options["by"]))
        source.faults.extend(list_.faults)
        if key is None:
            return votes
        rows = votes["record_key"].map(dict(zip(key[::-1], table.index[::-1], strict=True)))
    found = rows.notna()
    for name in ("title", "doi", "year"):
        values = cells(table, str(options.get(name, name)))
        looked = rows.where(found, 0).astype(int).map(values) if len(values) else votes[name]
        votes[name] = votes[name].where(~found | (looked == ""), looked).astype(str)
    return votes


def stated(votes: pd.DataFrame, settings: Mapping[str, Any], tool: str) -> pd.DataFrame:
    """Votes with what config states about their source."""
    votes["tool"] = tool
    if settings.get("round") is not None:
        votes["round"] = votes["round"].where(votes["round"] != "", str(settings["round"]))
    rounds = {typed_key(value) for value in settings.get("calibration_rounds") or ()}
    typed = votes["calibration"].map(typed_key).isin(("true", "yes", "1"))
    calibration = typed | votes["round"].map(typed_key).isin(rounds) | bool(settings.get("calibration"))
    votes["calibration"] = calibration.map({True: "true", False: "false"}).astype(str)
    votes["role"] = votes["role"].where(votes["role"] != "", str(settings.get("role") or "reviewer"))
    if settings.get("reviewer"):
        votes["reviewer"] = votes["reviewer"].where(votes["reviewer"] != "", str(settings["reviewer"]))
    return votes


def _opened(name: str, settings: Mapping[str, Any], find: Callable[[str], Path]) -> list[Source]:
    """One source a file; the tables inside a zip, as Rayyan exports them, are opened one by one."""
    path = Path(find(name))
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            members = sorted(m for m in archive.namelist() if m.lower().endswith((".csv", ".bib", ".ris")))
        return [Source(Path(f"{path}!{member}"), f"{name}!{member}", settings) for member in members]
    return [Source(path, name, settings)]


def _files_of(votes: pd.DataFrame, group: list[Source]) -> str:
    """The file that votes of several files given together come from: a log, where there is one."""
    logs = [source.file for source in group if "log" in source.path.name.lower()]
    return (logs or [source.file for source in group])[0]
