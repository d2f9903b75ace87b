"""Which source record a vote was cast on: by its id, an alias of it, the DOI or the title, in this order.

All steps are joins over whole columns, so that a million records and votes pass. Only what no join finds is
compared one by one, with the titles that begin or end alike.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import pandas as pd

from prismake.screening.votes import among, as_text

MATCH_COLUMNS = [
    "vote_file",
    "vote_row",
    "record_key",
    "vote_title",
    "vote_doi",
    "matched_by",
    "source_record_id",
    "record_id",
    "record_title",
    "record_doi",
    "title_similarity",
    "review",
]
_TAGS = re.compile(r"<[^<>]{1,40}>")
_NOT_LETTERS = re.compile(r"[\W_]+")
_LEFT_IN = re.compile(r"text(?:quote|en|em)(?:right|left|dbl|dash|single)*|\s+references\s*$")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>&]+")
CLOSE_TITLE = 95.0
"""Similarity (rapidfuzz ratio of letters and digits, 0-100) from which a title that is not equal is taken for the
same."""


OWN_TITLE = 20
"""Letters from which a title is taken to be a work's own, so that records that share it are taken for one work."""
MOST_COMPARED = 5_000
"""Votes that no join finds, up to which titles are compared one by one."""
MOST_ALIKE = 300
"""Titles that may share their first or last letters and still be compared."""
UNLIKE_TITLE = 60.0
"""Similarity (partial ratio) under which a title refutes a match by alias."""


def title_key(title: str) -> str:
    """A title's letters and digits: case, accents, entities, tags, spaces and punctuation make no difference."""
    text = _TAGS.sub("", html.unescape(html.unescape(title))) if "&" in title or "<" in title else title
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_LETTERS.sub("", text.casefold())


def ascii_key(title: str) -> str:
    """As `title_key`, with every letter beyond ASCII left out, as scripts that clean titles do, and without what
    such scripts leave in: names of LaTeX commands, and the word of Ovid's link to the references behind the title.
    """
    text = _TAGS.sub("", html.unescape(title)) if "&" in title or "<" in title else title
    text = _LEFT_IN.sub(" ", text.lower())
    return re.sub(r"[^a-z0-9]+", "", text)


def doi_key(doi: pd.Series) -> pd.Series:
    """The DOI in each cell, in lower case, "" where there is none; it may stand in a resolver's or a vendor's URL."""
    return pd.Series([_bare_doi(typed) if typed else "" for typed in doi], index=doi.index, dtype=str)


def _bare_doi(typed: str) -> str:
    if "10." not in typed:
        return ""
    text = unquote(unquote(typed)) if "%" in typed else typed
    found = _DOI.search(text)
    return found.group().rstrip(".,;)").lower() if found else ""


def match_votes(votes: pd.DataFrame, membership: pd.DataFrame, source_records: pd.DataFrame) -> pd.DataFrame:
    """`source_record_id`, `record_id` and `matched_by` (id, alias, doi, title, none) for each vote, and `candidates`.

    `membership`: source_record_id, record_id, aliases; `source_records`: source_record_id, title, doi, year. A DOI
    or a title that several records share decides only together with what else is known (title, DOI, year); if that
    leaves several, the vote is not matched and they are its candidates.
    """
    records = _records(membership, source_records)
    asked = votes[["record_key", "title", "doi", "year"]].drop_duplicates().reset_index(drop=True)
    found = pd.DataFrame({"source_record_id": "", "matched_by": "none", "candidates": ""}, index=asked.index)
    _by_id(asked, records, found)
    _by_alias(asked, membership, records, found)
    asked["doi_key"] = doi_key(asked["doi"])
    open_ = found["source_record_id"] == ""
    if open_.any():
        asked.loc[open_, "title_key"] = asked.loc[open_, "title"].map(title_key)
        records["title_key"] = records["title"].map(title_key)
        _by_doi(asked, records, found)
        _by_title(asked, records, found, "title_key")
    open_ = found["source_record_id"] == ""
    if (open_ & (asked["title"] != "")).any():
        asked["ascii_key"] = asked["title"].where(open_, "").map(ascii_key)
        records["ascii_key"] = records["title"].map(ascii_key)
        _by_title(asked, records, found, "ascii_key")
        _by_close_title(asked, records, found)
    record_of = records.set_index("source_record_id")["record_id"]
    by_order = _by_order(votes, asked, records, found)
    found["record_id"] = as_text(found["source_record_id"].map(record_of))
    result = votes[["record_key", "title", "doi", "year"]].merge(
        pd.concat([asked[["record_key", "title", "doi", "year"]], found], axis=1),
        how="left",
        on=["record_key", "title", "doi", "year"],
    )
    result.index = votes.index
    result.loc[by_order.index, "source_record_id"] = by_order
    result.loc[by_order.index, "record_id"] = by_order.map(record_of)
    result.loc[by_order.index, "matched_by"] = "title"
    return result[["source_record_id", "record_id", "matched_by", "candidates"]]


def _records(membership: pd.DataFrame, source_records: pd.DataFrame) -> pd.DataFrame:
    """Source records with the record they belong to; the earliest of a record first, so that joins take it."""
    columns = ["source_record_id", "record_id"]
    records = membership[columns].copy()
    details = source_records.reindex(columns=["source_record_id", "title", "doi", "year"]).copy()
    details["year"] = as_text(details["year"])
    records = records.merge(details, on="source_record_id", how="left")
    for name in ("title", "doi", "year"):
        records[name] = as_text(records[name])
    order = {name: i for i, name in enumerate(source_records["search"].unique())} if "search" in source_records else {}
    search = source_records.set_index("source_record_id")["search"] if order else pd.Series(dtype=object)
    records["rank"] = records["source_record_id"].map(search).map(order).fillna(0).astype(int) if order else 0
    records["doi_key"] = doi_key(records["doi"])
    records["first"] = records["source_record_id"] == records["record_id"]
    return records.sort_values("first", ascending=False, kind="stable").reset_index(drop=True)


def _by_id(asked: pd.DataFrame, records: pd.DataFrame, found: pd.DataFrame) -> None:
    hit = among(asked["record_key"], records["source_record_id"]) & (asked["record_key"] != "")
    found.loc[hit, "source_record_id"] = asked.loc[hit, "record_key"]
    found.loc[hit, "matched_by"] = "id"


def _by_alias(asked: pd.DataFrame, membership: pd.DataFrame, records: pd.DataFrame, found: pd.DataFrame) -> None:
    """An alias of several source records of one record is taken as its earliest one's; of several records as none."""
    if "aliases" not in membership or not (membership["aliases"] != "").any():
        return
    open_ = (found["source_record_id"] == "") & (asked["record_key"] != "")
    if not open_.any():
        return
    held = membership.loc[membership["aliases"] != "", ["source_record_id", "record_id", "aliases"]]
    aliases = held.assign(alias=held["aliases"].str.split("; ")).explode("alias")
    aliases = aliases[among(aliases["alias"], asked.loc[open_, "record_key"])]
    _take(asked, open_, "record_key", aliases.rename(columns={"alias": "record_key"}), records, found, "alias")
    _undo_unlike(asked, records, found)


def _undo_unlike(asked: pd.DataFrame, records: pd.DataFrame, found: pd.DataFrame) -> None:
    """A sheet's running number may by chance be an alias of another record: then the titles have nothing in common."""
    from rapidfuzz import fuzz, process

    rows = found.index[(found["matched_by"] == "alias") & (asked["title"] != "")]
    titles = records.set_index("source_record_id")["title"]
    given = asked.loc[rows, "title"].map(title_key)
    held = found.loc[rows, "source_record_id"].map(titles).map(title_key)
    told = (given != held) & (given.str.len() >= 12) & (held.str.len() >= 12)
    rows, given, held = rows[told], given[told], held[told]
    if len(rows):
        score = process.cpdist(given.tolist(), held.tolist(), scorer=fuzz.partial_ratio)
        unlike = rows[score < UNLIKE_TITLE]
        found.loc[unlike, ["source_record_id", "matched_by"]] = ["", "none"]


def _by_doi(asked: pd.DataFrame, records: pd.DataFrame, found: pd.DataFrame) -> None:
    open_ = (found["source_record_id"] == "") & (asked["doi_key"] != "")
    keyed = records[(records["doi_key"] != "") & among(records["doi_key"], asked.loc[open_, "doi_key"])]
    _take(asked, open_, "doi_key", keyed, records, found, "doi", ("title_key", "year"))


def _by_title(asked: pd.DataFrame, records: pd.DataFrame, found: pd.DataFrame, key: str) -> None:
    open_ = (found["source_record_id"] == "") & as_text(asked[key]).str.len().gt(0)
    keyed = records[(records[key] != "") & among(records[key], asked.loc[open_, key])]
    _take(asked, open_, key, keyed, records, found, "title", ("year", "doi_key"))


def _take(
    asked: pd.DataFrame,
    open_: pd.Series,
    key: str,
    keyed: pd.DataFrame,
    records: pd.DataFrame,
    found: pd.DataFrame,
    by: str,
    others: Sequence[str] = (),
) -> None:
    """Join `asked` and `keyed` on `key`; where one record is found it is taken, where several are, `others` may
    tell."""
    if not open_.any() or not len(keyed):
        return
    left = asked.loc[open_, [key, *[o for o in others if o in asked]]].rename_axis("i").reset_index()
    columns = ["source_record_id", "record_id", "rank", key, *[o for o in others if o in keyed]]
    keyed = keyed if "rank" in keyed else keyed.merge(records[["source_record_id", "rank"]], on="source_record_id")
    pairs = left.merge(keyed[columns], on=key, suffixes=("", "_record"))
    if not len(pairs):
        return
    for other in others:
        if f"{other}_record" not in pairs:
            continue
        several = pairs.groupby("i")["record_id"].transform("nunique") > 1
        same = (pairs[other] != "") & (pairs[other] == pairs[f"{other}_record"])
        any_same = same.groupby(pairs["i"]).transform("any")
        pairs = pairs[~several | ~any_same | same]
    pairs = _settled_by_search(pairs, found, by)
    n = pairs.groupby("i")["record_id"].nunique()
    one = pairs[pairs["i"].isin(n.index[n == 1])].drop_duplicates("i").set_index("i")
    found.loc[one.index, "source_record_id"] = one["source_record_id"]
    found.loc[one.index, "matched_by"] = by
    several_ids = pairs[pairs["i"].isin(n.index[n > 1])].drop_duplicates(["i", "record_id"])
    if len(several_ids):
        listed = several_ids.groupby("i")["record_id"].agg(lambda ids: "; ".join(sorted(ids)[:5]))
        blank = found.loc[listed.index, "candidates"] == ""
        found.loc[listed.index[blank], "candidates"] = listed[blank]


def _settled_by_search(pairs: pd.DataFrame, found: pd.DataFrame, by: str) -> pd.DataFrame:
    """Where several records have an alias or a DOI: the one of the earliest search, so that a search that is added
    later leaves each vote where it is. A DOI that stands with another title than the record's (a volume's, say)
    settles nothing.

    The others are kept as candidates, and so the match is shown for review.
    """
    several = pairs.groupby("i")["record_id"].transform("nunique") > 1
    if by == "title" or not several.any():
        return pairs
    if "title_key" in pairs:
        several &= (as_text(pairs["title_key"]) == "") | (pairs["title_key"] == pairs["title_key_record"])
    earliest = pairs["rank"] == pairs.groupby("i")["rank"].transform("min")
    kept = pairs[~several | earliest]
    settled = several & kept.groupby("i")["record_id"].nunique().reindex(pairs["i"]).eq(1).to_numpy()
    listed = pairs[settled].groupby("i")["record_id"].agg(lambda ids: "; ".join(sorted(set(ids))[:5]))
    found.loc[listed.index, "candidates"] = listed
    return kept


def _by_order(votes: pd.DataFrame, asked: pd.DataFrame, records: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Votes on a title that several records have: the first to the first record, the second to the second, and so on.

    Only where a reviewer decided alike on all entries of that title in a file, so that which goes to which makes no
    difference, and where there are as many entries as records, or the records left over come from later searches, or
    the title is long enough to be one work's own. All of them are shown for review.
    """
    taken = [pd.Series(dtype=object)]
    open_ = (found["source_record_id"] == "") & (found["candidates"] != "")
    for key in ("title_key", "ascii_key"):
        if key in asked:
            keyed = open_ & as_text(asked[key]).str.len().gt(0)
            taken.append(_in_order(votes, asked[keyed], records, key))
    both = pd.concat(taken)
    return both[~both.index.duplicated()]


def _in_order(votes: pd.DataFrame, asked: pd.DataFrame, records: pd.DataFrame, key: str) -> pd.Series:
    """Source record ids by the votes' index."""
    if not len(asked):
        return pd.Series(dtype=object)
    columns = ["record_key", "title", "doi", "year"]
    rows = votes.rename_axis("i").reset_index().merge(asked[[*columns, key]], on=columns)
    by = [key, "file", "phase", "round", "reviewer"]
    groups = rows.groupby(by, sort=False)
    entries, alike = groups["decision"].transform("size"), groups["decision"].transform("nunique") == 1
    rows = rows.assign(position=groups.cumcount(), entries=entries)[alike]
    titled = records[among(records[key], rows[key])].sort_values(["rank", "source_record_id"], kind="stable")
    titled = titled.drop_duplicates([key, "record_id"])
    titled = titled.assign(position=titled.groupby(key).cumcount())
    known = titled.groupby(key).agg(known=("position", "size"), ranks=("rank", list)).reset_index()
    rows = rows.merge(known, on=key)
    told = [e >= k or r[e - 1] < r[e] for e, k, r in zip(rows["entries"], rows["known"], rows["ranks"], strict=True)]
    rows = rows[pd.Series(told, index=rows.index, dtype=bool) | (rows[key].str.len() >= OWN_TITLE)]
    rows = rows.assign(position=rows["position"].clip(upper=rows["known"] - 1))
    joined = rows.merge(titled[[key, "position", "source_record_id"]], on=[key, "position"])
    return joined.set_index("i")["source_record_id"]


def _by_close_title(asked: pd.DataFrame, records: pd.DataFrame, found: pd.DataFrame) -> None:
    """Titles that begin or end with the same twelve letters are compared; the nearest are candidates, a close one
    is taken."""
    from rapidfuzz import fuzz, process

    open_ = (found["source_record_id"] == "") & (as_text(asked["title_key"]).str.len() >= 12)
    left = asked.loc[open_, ["title_key", "year"]].head(MOST_COMPARED).rename_axis("i").reset_index()
    pairs = _alike_at_an_end(left, records)
    if not len(pairs):
        return
    pairs["score"] = process.cpdist(pairs["title_key"].tolist(), pairs["title_key_record"].tolist(), scorer=fuzz.ratio)
    pairs = pairs.sort_values(["i", "score", "source_record_id"], ascending=[True, False, True], kind="stable")
    years_differ = (pairs["year"] != "") & (pairs["year_record"] != "") & (pairs["year"] != pairs["year_record"])
    close = pairs[(pairs["score"] >= CLOSE_TITLE) & ~years_differ & ~_numbers_differ(pairs)]
    n = close.groupby("i")["record_id"].nunique()
    one = close[close["i"].isin(n.index[n == 1])].drop_duplicates("i").set_index("i")
    found.loc[one.index, "source_record_id"] = one["source_record_id"]
    found.loc[one.index, "matched_by"] = "title"
    rest = pairs[~pairs["i"].isin(one.index) & (pairs["score"] >= 60)].drop_duplicates(["i", "record_id"])
    listed = rest.groupby("i").head(3).groupby("i")["record_id"].agg("; ".join)
    blank = found.loc[listed.index, "candidates"] == ""
    found.loc[listed.index[blank], "candidates"] = listed[blank]


def _alike_at_an_end(left: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Pairs of titles with the same first or last letters: twelve, or more where too many titles share those."""
    right = records[["source_record_id", "record_id", "title_key", "year"]]
    parts = []
    for letters in (12, 24, 40):
        for cut in (slice(None, letters), slice(-letters, None)):
            cuts = right["title_key"].str[cut]
            asked = left.assign(cut=left["title_key"].str[cut])
            wanted = right.assign(cut=cuts)[among(cuts, asked["cut"])]
            few = wanted.groupby("cut")["cut"].transform("size") <= MOST_ALIKE
            parts.append(asked.merge(wanted[few], on="cut", suffixes=("", "_record")))
    return pd.concat(parts, ignore_index=True).drop_duplicates(["i", "source_record_id"])


def _numbers_differ(pairs: pd.DataFrame) -> pd.Series:
    """Part I and part II of a work differ in their digits alone, so digits must agree."""
    left = pairs["title_key"].str.replace(r"\D+", " ", regex=True)
    right = pairs["title_key_record"].str.replace(r"\D+", " ", regex=True)
    return left.str.strip() != right.str.strip()


def current_record_ids(ids: pd.Series, membership: pd.DataFrame) -> pd.Series:
    """Ids of source records, aliases and records of earlier builds as ids of today's records; what is unknown
    stays as it is."""
    known = membership.loc[among(membership["source_record_id"], ids), ["source_record_id", "record_id"]]
    known = known.rename(columns={"source_record_id": "id"})
    if "aliases" in membership and not among(ids, known["id"]).all():
        held = membership.loc[membership["aliases"] != "", ["aliases", "record_id"]]
        spread = held.assign(id=held["aliases"].str.split("; ")).explode("id")[["id", "record_id"]]
        spread = spread[among(spread["id"], ids) & ~among(spread["id"], known["id"])].drop_duplicates()
        known = pd.concat([known, spread[~spread.duplicated("id", keep=False)]])
    found = as_text(ids.map(known.set_index("id")["record_id"]))
    return found.where(found != "", as_text(ids))


def matches_table(ledger: pd.DataFrame, source_records: pd.DataFrame) -> pd.DataFrame:
    """Votes that were matched by DOI or title, each with what was matched, for a person to look over (`review` =
    yes where they differ)."""
    from rapidfuzz import fuzz, process

    held = ledger[ledger["matched_by"].isin(("doi", "title"))]
    held = held.drop_duplicates(["record_key", "title", "doi", "source_record_id", "file"])
    details = source_records.reindex(columns=["source_record_id", "title", "doi"]).rename(
        columns={"title": "record_title", "doi": "record_doi"}
    )
    table = held.rename(
        columns={"file": "vote_file", "row": "vote_row", "title": "vote_title", "doi": "vote_doi"}
    ).merge(details, on="source_record_id", how="left")
    left, right = table["vote_title"].map(title_key), as_text(table["record_title"]).map(title_key)
    score: Any = process.cpdist(left.tolist(), right.tolist(), scorer=fuzz.ratio) if len(table) else []
    table["title_similarity"] = pd.Series([round(float(s), 1) for s in score], index=table.index, dtype=float)
    table.loc[(left == "") | (right == ""), "title_similarity"] = float("nan")
    doubtful = (table["title_similarity"] < 100) | (table["candidates"] != "")
    table["review"] = doubtful.map({True: "yes", False: "no"})
    return table.reindex(columns=MATCH_COLUMNS).sort_values(
        ["title_similarity", "vote_file", "vote_row"], kind="stable", ignore_index=True
    )
