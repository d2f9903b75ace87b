"""The number function: every number of the report comes from a file in results/ through here, and is recorded.

A number has a name ("flow.records_screened", "primary.estimate"), its raw value, the format in which it is written, the
file, the place in the file and the file's checksum. None is typed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prismake.audit.catalogue import SHORT
from prismake.audit.stamps import Stamps
from prismake.report import formats
from prismake.report.results import Results, Row, number_in

NUMBER_COLUMNS = ["id", "value", "text", "format", "file", "key", "sha256", "ids", "stamp", "deviations"]

# First part of a name -> file, and where in the file the rest of the name is looked up.
FILES = {
    "flow": ("flow/flow.json", "boxes"),
    "deduplication": ("deduplication/summary.json", ""),
    "agreement": ("screening/agreement.json", ""),
    "risk_of_bias": ("risk_of_bias/summary.json", ""),
    "risk_of_bias_agreement": ("risk_of_bias/agreement.json", ""),
    "narrative": ("narrative/narrative.json", ""),
    "claims": ("claims/claims.json", ""),
    "check": ("protocol/check.json", ""),
}

# Short names of an analysis' numbers -> places in its result file; the first that is there counts, so a ratio is
# shown as a ratio.
ANALYSIS_NAMES: dict[str, tuple[str, ...]] = {
    **{name: (key,) for name, key in SHORT.items()},
    **{
        name: (f"transformed.{key}", f"estimate.{key}")
        for name, key in (("estimate", "b"), *((c, c) for c in ("ci_lb", "ci_ub", "pi_lb", "pi_ub")))
    },
    "p": ("estimate.pval",),
    "z": ("estimate.zval", "estimate.tval"),
    "df": ("estimate.df",),
    **{
        key: (f"heterogeneity.{key}",)
        for key in ("tau", "QE", "QE_df", "QEp", "tau2_ci_lb", "tau2_ci_ub", "I2_ci_lb", "I2_ci_ub")
    },
}

# The last part of a key -> the format in which it is written unless another is asked for.
_FORMS = {
    "b": "estimate",
    "estimate": "estimate",
    "se": "estimate",
    "ci_lb": "estimate",
    "ci_ub": "estimate",
    "pi_lb": "estimate",
    "pi_ub": "estimate",
    "yi": "estimate",
    "sei": "estimate",
    "pval": "p",
    "p": "p",
    "QEp": "p",
    "QMp": "p",
    "zval": "statistic",
    "tval": "statistic",
    "z": "statistic",
    "QE": "statistic",
    "QM": "statistic",
    "Q": "statistic",
    "df": "degrees",
    "QE_df": "degrees",
    "k": "count",
    "N": "size",
    "n_effects": "count",
    "tau2": "variance",
    "tau": "variance",
    "vi": "variance",
    "tau2_ci_lb": "variance",
    "tau2_ci_ub": "variance",
    "I2": "percent",
    "I2_ci_lb": "percent",
    "I2_ci_ub": "percent",
    "I2_Q": "percent",
    "H2": "statistic",
    "kappa": "unit",
    "pabak": "unit",
    "ac1": "unit",
    "weight": "percent",
    "level": "level",
    "n": "count",
}


@dataclass(frozen=True)
class Number:
    """One number of the report. `value` is None where there is none; `text` is how it is written; `origin` says where
    people took it from."""

    id: str
    value: Any
    text: str
    form: str
    file: str
    key: str
    sha256: str
    ids: str = ""
    origin: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def known(self) -> bool:
        """False where the value is missing: not counted yet, or not estimable."""
        return not formats.is_missing(self.value)


class Numbers:
    """Gives numbers by name, and remembers each that it gave."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._given: dict[tuple[str, str], Number] = {}

    def n(self, name: str, form: str | None = None) -> Number:
        """The number called `name`.

        `flow.<box>`, `deduplication.<key>`, `agreement.<key>` … as `FILES` lists them; `<analysis>.<key>` with the
        short
        names of `ANALYSIS_NAMES` or any dotted key of its result file; list items by position or by their id or level.

        Raises:
            KeyError: no such name; the message gives the nearest that exist.
        """
        file, key = self._locate(name)
        try:
            value = descend(self.results.json(file), key)
        except KeyError as missing:
            near = difflib.get_close_matches(key, sorted(leaves(self.results.json(file))), 3, 0.5)
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise KeyError(f"there is no number {name!r}: results/{file} has no {key!r}{hint}") from missing
        if isinstance(value, Mapping | list):
            raise KeyError(f"{name!r} is not one number: results/{file} has several values at {key!r}")
        form = form or _FORMS.get(
            key.rpartition(".")[2], "count" if file.startswith("flow/") or isinstance(value, int) else "estimate"
        )
        ids = self._ids(file, key)
        return self._remember(name, value, form, file, key, ids)

    def has(self, name: str) -> bool:
        """True if the number exists and has a value."""
        try:
            file, key = self._locate(name)
            return not formats.is_missing(descend(self.results.json(file), key))
        except (KeyError, TypeError):
            return False

    def value(self, name: str) -> Any:
        """The raw value, None where there is none. Not recorded: for deciding how a sentence is built."""
        try:
            file, key = self._locate(name)
            found = descend(self.results.json(file), key)
        except KeyError:
            return None
        return None if formats.is_missing(found) else found

    def cell(
        self, file: str, row: Row | Mapping[str, Any], column: str, by: Iterable[str], form: str, origin: str = ""
    ) -> Number:
        """A number in a CSV: the cell of `column` in the row that the columns `by` identify.

        `origin` says where people took it from (report, page, table, quote).
        """
        where = ", ".join(f"{c}={row.get(c, '')}" for c in by)
        text = row.get(column, "")
        value = number_in(text) if isinstance(text, str) else text
        place = f"row {where}; column {column}"
        return self._remember(f"{file}[{where}].{column}", value, form, file, place, origin=origin)

    def entry(self, file: str, key: str, form: str | None = None) -> Number:
        """A number in a JSON file by its dotted key; None is its value where the key is not there."""
        try:
            value = descend(self.results.json(file), key)
        except KeyError:
            value = None
        last = key.rpartition(".")[2]
        return self._remember(f"{file}:{key}", value, form or _FORMS.get(last, "estimate"), file, key)

    def rows(self, file: str, name: str | None = None, **where: str) -> Number:
        """How many rows of a CSV have these values."""
        found = [r for r in self.results.table(file) if all(r.get(c) == v for c, v in where.items())]
        said = " and ".join(f"{c} = {v}" for c, v in where.items())
        key = f"number of rows with {said}" if said else "number of rows"
        return self._remember(name or f"{file}[{said}]", len(found), "count", file, key)

    def different(self, file: str, column: str, name: str | None = None, **where: str) -> Number:
        """How many different values of `column` the rows with these values have."""
        found = {
            r.get(column, "") for r in self.results.table(file) if all(r.get(c) == v for c, v in where.items())
        } - {""}
        said = "".join(f" where {c} = {v}" for c, v in where.items())
        return self._remember(
            name or f"{file}[{column}{said}]", len(found), "count", file, f"different values of {column}{said}"
        )

    def derived(self, name: str, value: Any, form: str, files: Iterable[str], key: str) -> Number:
        """A number that follows from several files (how many studies are in some analysis): `key` says how."""
        files = sorted(files)
        value = None if formats.is_missing(value) else value
        sums = " ".join(self.results.sha256(f) for f in files)
        number = Number(name, value, formats.write(value, form), form, "; ".join(files), key, sums)
        self._given[(name, form)] = number
        return number

    def leaf(self, path: str, value: Any, form: str = "count") -> Number:
        """A number that the protocol sets, by the dotted path of its leaf."""
        number = Number(
            f"protocol.{path}",
            value,
            formats.write(value, form),
            form,
            "config/protocol.yaml",
            f"registered.{path}, as configured",
            "",
        )
        self._given[(number.id, form)] = number
        return number

    def given(self) -> list[Number]:
        """Every number given so far, by id and format."""
        return [self._given[key] for key in sorted(self._given)]

    def table(self, stamps: Stamps | None = None) -> list[Row]:
        """The record of all numbers, with `NUMBER_COLUMNS`; `stamps` says how each stands to the registration."""
        stamped = stamps.of if stamps else lambda file, key: ("", "")
        return [
            {
                "id": n.id,
                "value": "" if n.value is None else repr(n.value) if isinstance(n.value, float) else str(n.value),
                "text": n.text,
                "format": n.form,
                "file": n.file,
                "key": n.key,
                "sha256": n.sha256,
                "ids": n.ids,
                **dict(zip(("stamp", "deviations"), stamped(n.file, n.key), strict=True)),
            }
            for n in self.given()
        ]

    def _locate(self, name: str) -> tuple[str, str]:
        head, _, rest = name.partition(".")
        if not rest:
            raise KeyError(f"{name!r} is not the name of a number: write <part>.<name>, as in flow.records_screened")
        if head in FILES:
            file, base = FILES[head]
            return file, f"{base}.{rest}" if base else rest
        file = f"analyses/{head}/result.json"
        if not self.results.knows(file):
            known = sorted([*FILES, *self.results.analyses])
            near = difflib.get_close_matches(head, known, 1, 0.5)
            raise KeyError(
                f"there is no number {name!r}: {head!r} is neither an analysis nor one of {', '.join(FILES)}"
                + (f"; did you mean {near[0]!r}?" if near else "")
            )
        content = self.results.json(file)
        for place in ANALYSIS_NAMES.get(rest, ()):
            if _there(content, place):
                return file, place
        return file, ANALYSIS_NAMES.get(rest, (rest,))[-1]

    def _ids(self, file: str, key: str) -> str:
        """The file of ids behind a count of the flow."""
        if file != "flow/flow.json" or not key.startswith("boxes."):
            return ""
        ids = f"flow/ids/{key.removeprefix('boxes.')}.csv"
        return ids if (self.results.folder / ids).is_file() else ""

    def _remember(
        self, name: str, value: Any, form: str, file: str, key: str, ids: str = "", origin: str = ""
    ) -> Number:
        missing = "not yet counted" if file.startswith("flow/") else formats.MISSING
        value = None if formats.is_missing(value) else value
        text = formats.write(value, form, missing=missing)
        number = Number(name, value, text, form, file, key, self.results.sha256(file), ids, origin)
        self._given[(name, form)] = number
        return number


def descend(tree: Any, key: str) -> Any:
    """The value at a dotted key: keys of mappings, positions of lists, or the item whose id, name, level or label is
    the part.

    Raises KeyError where there is nothing.
    """
    parts = key.split(".")
    while parts:
        if isinstance(tree, Mapping):
            # The longest key wins, so that a key that contains points is found.
            for end in range(len(parts), 0, -1):
                head = ".".join(parts[:end])
                if head in tree:
                    tree, parts = tree[head], parts[end:]
                    break
            else:
                raise KeyError(key)
        elif isinstance(tree, list):
            tree, parts = _item(tree, parts[0], key), parts[1:]
        else:
            raise KeyError(key)
    return tree


def _item(items: list[Any], part: str, key: str) -> Any:
    if part.isdigit() and int(part) < len(items):
        return items[int(part)]
    for item in items:
        if isinstance(item, Mapping) and part in {
            str(item.get(k)) for k in ("id", "name", "level", "label", "left_out")
        }:
            return item
    raise KeyError(key)


def _there(tree: Any, key: str) -> bool:
    try:
        return not formats.is_missing(descend(tree, key))
    except KeyError:
        return False


def leaves(tree: Any, at: str = "") -> list[str]:
    """Dotted keys of all values in a tree of mappings."""
    if not isinstance(tree, Mapping):
        return [at]
    return [leaf for k, v in tree.items() for leaf in leaves(v, f"{at}.{k}" if at else str(k))]
