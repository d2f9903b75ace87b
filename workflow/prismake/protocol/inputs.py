"""What rules depend on: code closures, files that config names, sheets that may exist.

Snakemake is blind to a deleted raw file whose results exist, so what config names is checked before anything runs.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults
from prismake.protocol.closure import Library
from prismake.protocol.leaves import leaf
from prismake.protocol.review import CONFIG, EXPLORATORY, PROTOCOL, Review
from prismake.protocol.rule_book import rule_book, shown_path
from prismake.protocol.validate import schema
from prismake.protocol.yaml_files import fault_at

# Keys of a search that no reader of its files looks at.
_HOW_IT_WAS_RUN = frozenset({"kind", "date", "string", "from", "to", "limits", "update"})

# Files that the report takes where config names them. A name by default is one that may be begun at any time.
_OF_THE_REPORT = ("reference_docx", "bibliography", "csl", "earlier_bundle")


def reachable_by_jobs(library: Path) -> None:
    """Let the jobs of this run import the library where it is not installed (the workflow used as a module)."""
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if str(library) not in known:
        os.environ["PYTHONPATH"] = os.pathsep.join([str(library), *filter(None, known)])


def quotable(executable: str) -> str:
    """The path of a program as a shell has to read it; a path without spaces, brackets and the like as it is."""
    if os.name == "nt":
        return f'"{executable}"' if " " in executable and not executable.startswith('"') else executable
    return executable if executable.startswith("'") else shlex.quote(executable)


def startable_by_jobs() -> None:
    """Let Snakemake start Python where its path has a space in it, as in `My Review/.venv`.

    It writes sys.executable into the shell command of every script as it stands, so the quotes have to stand in there.
    """
    sys.executable = quotable(sys.executable)


class Inputs:
    """Finds the inputs of one review's rules.

    Args:
        review: the review.
        workflow: the folder that holds rules, scripts, templates, schemas and the library.
    """

    def __init__(self, review: Review, workflow: Path) -> None:
        self._review = review
        self._workflow = workflow
        self._folder = review.folder.resolve()
        self._library = Library(workflow)

    def _shown(self, path: Path) -> str:
        """Relative to the review folder where the workflow lies in it: a moved or cloned tree reruns nothing."""
        return (path.relative_to(self._folder) if path.is_relative_to(self._folder) else path).as_posix()

    def code(self, script: str) -> str:
        """One digest of the script (by name, without .py) and every library file that it imports, directly or not."""
        return self._library.digest(f"scripts/{script}.py")

    def workflow_files(self, *patterns: str) -> list[str]:
        """Files of the workflow folder by pattern (templates, schemas), sorted."""
        return sorted(self._shown(path) for pattern in patterns for path in self._workflow.glob(pattern))

    def workflow_file(self, name: str) -> str:
        """One file of the workflow folder."""
        return self._shown(self._workflow / name)

    def environment_lock(self) -> list[str]:
        """[requirements.lock beside the workflow], [] where the workflow was taken without it."""
        path = self._workflow.parent / "requirements.lock"
        return [self._shown(path)] if path.is_file() else []

    def rule_book(self, rules: Iterable[Any]) -> list[dict[str, Any]]:
        """The workflow's rules up to here, as `prismake.protocol.rule_book` records them."""
        return rule_book(rules, self.code, lambda path: shown_path(path, self._review.data_root))

    def optional(self, path: str | None) -> list[str]:
        """[where it is] if the sheet exists in the review folder or below data_root, else []. A CSV may have been put
        back as a workbook or with tabs; InputFaults where it is there twice."""
        stem, _, ending = (path or "").rpartition(".")
        names = [path] if path else []
        names += [f"{stem}.{other}" for other in ("xlsx", "tsv") if ending == "csv"]
        found = [at for name in names if (at := self._review.find(name))]
        if len(found) > 1:
            faults = Faults()
            faults.error(
                "sheet-there-twice",
                "this sheet is there in two forms, and only one can hold",
                file=found[0],
                value=", ".join(found),
                expected="one of them",
                mend="join them in one, and take the other away",
            )
            faults.raise_errors()
        return found

    def folder_files(self, folder: str | None, *endings: str) -> list[str]:
        """The files of a folder of people's sheets with one of the endings (".csv"), sorted; [] where there is none."""
        found = self._review.find(folder) if folder else None
        if found is None or not (self._folder / found).is_dir():
            return []
        names = sorted(p.name for p in (self._folder / found).iterdir() if p.is_file())
        return [f"{found}/{name}" for name in names if not endings or name.lower().endswith(endings)]

    def search_files(self, wildcards: Any) -> list[str]:
        """Input function: the raw export files of the search {search}."""
        return self.files_of_search(wildcards.search)

    def files_of_search(self, search: str) -> list[str]:
        """The raw export files of a search."""
        return [self._review.find(path) for path in self._review.search(search)["files"]]

    def search_lookups(self, wildcards: Any) -> list[str]:
        """Input function: the lookup tables of the search {search}."""
        return [self._review.find(path) for path in self._review.search(wildcards.search).get("lookup", [])]

    def exports(self) -> dict[str, dict[str, Any]]:
        """Each file of a search, or table in which it is looked up -> what its records are: database, format, columns."""
        return {
            found: {key: search.get(key) for key in ("database", "format", "columns")}
            | ({} if path in search["files"] else {"format": "auto", "columns": None})
            for search in self._review.config["searches"]
            for path in [*search["files"], *search.get("lookup", [])]
            if (found := self._review.find(path)) is not None
        }

    def search_settings(self, wildcards: Any) -> dict[str, Any]:
        """Params function: what reading the search {search} depends on; how it was run matters to the table of searches."""
        return {
            key: value for key, value in self._review.search(wildcards.search).items() if key not in _HOW_IT_WAS_RUN
        }

    def analysis_settings(self, wildcards: Any) -> dict[str, Any]:
        """Params function: name, specification (after deviations), file and table of effects of the analysis {analysis}.

        A setting registered as null was left open: the engine's default runs, and the stamp says "unspecified".
        """
        name = wildcards.analysis
        spec = {key: value for key, value in self._review.analyses[name].items() if value is not None}
        file = EXPLORATORY if name in self._review.exploratory else PROTOCOL
        again = name in self._review.as_registered
        effects = "as_registered" if again and self._review.effects_as_registered is not None else "effects"
        return self._review.settings("seed", analysis=name, specification=spec, file=file, effects=effects, again=again)

    def figure_settings(self, wildcards: Any) -> dict[str, Any]:
        """Params function: what stands on the figures of {analysis} besides its data."""
        name = wildcards.analysis
        favours = self._review.analyses[name].get("favours")
        stamp = self._review.stamp(name)
        if stamp != "exploratory" and not self._review.protocol.get("registration"):
            stamp = "planned"  # nothing was registered, so nothing is preregistered
        return self._review.settings("review.simulated", "report.forest_style", stamp=stamp, favours=favours)

    def screening_files(self) -> list[str]:
        """All files with screening decisions, in the order of config."""
        return [self._review.find(path) for source in self._sources() for path in source["files"]]

    def sheets(self) -> list[str]:
        """What people wrote besides the exports and the files of decisions, as far as it is there yet, sorted."""
        config = self._review.config
        extraction, report = config.get("extraction", {}), config.get("report", {})
        named = [
            *(path for search in config["searches"] for path in search.get("lookup", [])),
            *(rule.get("sheet") for rule in config.get("before_screening", [])),
            *(config.get(key) for key in ("retrieval", "other_methods", "previous_review", "retractions")),
            config.get("studies", {}).get("sheet"),
            config.get("deduplication", {}).get("rulings"),
            "resources/screening/changes.csv",
            *extraction.get("files", {}).values(),
            extraction.get("adjudicated"),
            config.get("risk_of_bias", {}).get("sheet"),
            config.get("grade", {}).get("sheet"),
            report.get("earlier_bundle"),
            *(report.get(key) for key in ("reference_docx", "bibliography", "csl")),
        ]
        folders = [
            *([] if extraction.get("files") else [extraction.get("folder")]),
            extraction.get("second_folder"),
            report.get("manuscript"),
        ]
        found = {file for path in named for file in self.optional(path)}
        endings = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".md", "codebook.yaml")
        return sorted(found.union(*(self.folder_files(folder, *endings) for folder in folders)))

    def _sources(self) -> list[dict[str, Any]]:
        return self._review.config.get("screening", {}).get("sources", [])

    def declared(self) -> list[tuple[tuple[str, ...], str]]:
        """(key path in config, file) of every file that config names and that must exist."""
        config = self._review.config
        named = [
            (("searches", str(number), key), path)
            for number, search in enumerate(config["searches"])
            for key in ("files", "lookup")
            for path in search.get(key, [])
        ]
        named += [
            (("screening", "sources", str(number), "files"), path)
            for number, source in enumerate(self._sources())
            for path in source["files"]
        ]
        named += [
            (("before_screening", str(number), "sheet"), rule["sheet"])
            for number, rule in enumerate(config.get("before_screening", []))
            if "sheet" in rule
        ]
        named += [
            (("extraction", "files", sheet), path)
            for sheet, path in config.get("extraction", {}).get("files", {}).items()
        ]
        report = config.get("report", {})
        usual = leaf(schema("config"), "properties.report.properties", {})
        named += [
            (("report", key), report[key])
            for key in _OF_THE_REPORT
            if report.get(key) and report[key] != usual.get(key, {}).get("default")
        ]
        return named

    def _meant(self, name: str) -> str:
        """How to mend the name of a file that is not there: another slash, another case, a name that is near."""
        turned = name.replace("\\", "/")
        if turned != name:
            return f"write / in place of \\: {turned}"
        folder, _, last = name.rpartition("/")
        place = self._folder / folder
        there = sorted(path.name for path in place.iterdir() if path.is_file()) if place.is_dir() else []
        near = [other for other in there if other.lower() == last.lower()] or get_close_matches(
            last, there, n=1, cutoff=0.7
        )
        if near:
            return f"did you mean {folder + '/' if folder else ''}{near[0]}"
        return "put the file back, or correct its name here"

    def check_declared(self) -> None:
        """Every file that config names exists, inside the review folder or data_root.

        Raises:
            InputFaults: naming each file that is missing or lies outside.
        """
        faults = Faults()
        path = self._folder / CONFIG
        for at, name in self.declared():
            try:
                found = self._review.find(name)
            except ValueError:
                fault_at(
                    faults,
                    path,
                    CONFIG,
                    at,
                    "path-outside",
                    "this path leaves the review folder",
                    value=name,
                    mend="copy the file into resources/, or set data_root to the folder that holds it",
                )
                continue
            if found is None:
                root = self._review.data_root
                fault_at(
                    faults,
                    path,
                    CONFIG,
                    at,
                    "missing-input",
                    "this file does not exist",
                    value=name,
                    expected="a file in the review folder" + (f" or below data_root ({root})" if root else ""),
                    mend=self._meant(name),
                )
        faults.raise_errors()
