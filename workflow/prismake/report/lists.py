"""The lists of ids behind the boxes of the flow diagram, in the form in which they travel inside the page.

What is known of an id stands once, however many lists hold it: 20,000 records in six lists cost one copy and six rows
of positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from prismake.report.facts import LISTED
from prismake.report.results import Results
from prismake.report.words import authors_short

# What a list shows of each id, where it is known.
FIELDS = ("id", "title", "authors", "year", "journal", "abstract")


class Lists:
    """Collects lists.

    Args:
        results: the files of results/.
        known: id -> bibliographic data of a record.
        abstracts: whether abstracts may be shown.
    """

    def __init__(
        self, results: Results, known: Mapping[str, Mapping[str, Any]] | None = None, *, abstracts: bool = False
    ) -> None:
        self._results, self._known, self._abstracts = results, known or {}, abstracts
        self._position: dict[tuple[str, str], int] = {}
        self._items: list[list[str]] = []
        self._lists: dict[str, dict[str, Any]] = {}

    def take(self, title: str, file: str, total: int | None = None) -> str:
        """Take the list of a file of ids; its name, by which the page calls it.

        Of a very long list the first `LISTED` rows travel with the page, and the `total` that it has.
        """
        name = file.rpartition("/")[2].removesuffix(".csv")
        if name in self._lists:
            return name
        rows, notes = [], {}
        column = "id"
        for n, row in enumerate(islice(self._results.rows(file), LISTED)):
            column = next(iter(row))
            rows.append(self._item(row[column], row.get("title", "")))
            if row.get("note"):
                notes[str(n)] = row["note"]
        self._lists[name] = {"title": title, "file": file, "column": column, "rows": rows, "notes": notes}
        if total is not None and total > len(rows):
            self._lists[name]["total"] = total
        return name

    def _item(self, identifier: str, title: str) -> int:
        key = (identifier, title)
        if key not in self._position:
            self._position[key] = len(self._items)
            record = self._known.get(identifier, {})
            item = [
                identifier,
                title,
                authors_short(str(record.get("authors", ""))),
                str(record.get("year", "")),
                str(record.get("journal", "")),
            ]
            if self._abstracts:
                item.append(str(record.get("abstract", "")))
            while item and not item[-1]:
                item.pop()
            self._items.append(item)
        return self._position[key]

    def data(self) -> dict[str, Any]:
        """What the page's script reads."""
        return {"fields": list(FIELDS), "items": self._items, "lists": self._lists}
