"""A review as a folder: its configuration, its protocol, what is configured, and the paths of its inputs.

What runs is registered + deviations + exploratory, so a change is either a logged deviation or it is caught.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from prismake.messages.faults import Faults
from prismake.protocol import overlay
from prismake.protocol.claims import check_claims
from prismake.protocol.deviations import check_deviations
from prismake.protocol.leaves import filled, leaf
from prismake.protocol.validate import schema, validate, with_defaults
from prismake.protocol.yaml_files import fault_at, read_yaml

CONFIG = "config/config.yaml"
PROTOCOL = "config/protocol.yaml"
DEVIATIONS = "config/deviations.yaml"
EXPLORATORY = "config/exploratory.yaml"
CLAIMS = "config/claims.yaml"
LOCK = "config/protocol.lock.json"

DATA_ROOT_VARIABLE = "PRISMAKE_DATA_ROOT"

_SCHEMAS = {
    CONFIG: "config",
    PROTOCOL: "protocol",
    DEVIATIONS: "deviations",
    EXPLORATORY: "exploratory",
    CLAIMS: "claims",
}


@dataclass(frozen=True)
class Review:
    """One review: `folder`, the five files of config/ as mappings, and what is configured after the deviations."""

    folder: Path
    config: dict[str, Any]
    protocol: dict[str, Any]
    deviations: list[dict[str, Any]]
    exploratory: dict[str, Any]
    claims: dict[str, Any]
    configured: dict[str, Any]
    faults: Faults = field(default_factory=Faults, compare=False)

    @property
    def searches(self) -> list[str]:
        """Ids of the searches, in their append-only order."""
        return [search["id"] for search in self.config["searches"]]

    @property
    def analyses(self) -> dict[str, dict[str, Any]]:
        """Name -> specification of every analysis that runs: registered (as configured), then exploratory."""
        planned = {name: spec for name, spec in self.configured.get("analyses", {}).items() if "not_run" not in spec}
        return {**planned, **self.as_registered, **self.exploratory}

    @property
    def as_registered(self) -> dict[str, dict[str, Any]]:
        """Name -> specification of the analyses that run again because something was changed once results were known."""
        return overlay.analyses_as_registered(self._registered, self.deviations)

    @property
    def effects_as_registered(self) -> dict[str, Any] | None:
        """The leaves that effects are computed from, without late changes; None where no late change is among them."""
        return overlay.effects_as_registered(self._registered, self.deviations)

    @property
    def _registered(self) -> dict[str, Any]:
        return self.protocol.get("registered", {})

    def deviations_of(self, analysis: str) -> list[str]:
        """Ids of the deviations that an analysis rests on: of its own leaves, and of those that its effects come from."""
        again = analysis in self.as_registered
        name = overlay.of_which(analysis) if again else analysis
        known = {**self._registered.get("analyses", {}), **self.configured.get("analyses", {}), **self.analyses}
        deviations = overlay.standing(self.deviations) if again else self.deviations
        own = [one for one in deviations if overlay.overlap(one["leaf"], f"analyses.{name}")]
        reaching = overlay.touching(name, known.get(analysis, {}), deviations)
        return [one["id"] for one in deviations if one in own or one in reaching]

    def stamp(self, analysis: str) -> str:
        """How an analysis stands to the registration: preregistered, deviation, exploratory or unspecified."""
        if analysis in self.exploratory:
            return "exploratory"
        again = analysis in self.as_registered
        name = overlay.of_which(analysis) if again else analysis
        registered = self._registered.get("analyses", {})
        if name not in registered:
            return "deviation"
        changed = overlay.standing(self.deviations) if again else self.deviations
        if overlay.touching(name, self.analyses.get(analysis, registered[name]), changed):
            return "deviation"
        settled = all(
            registered[name].get(key) is not None for key in ("model", "method", "test") if key in registered[name]
        )
        return "preregistered" if settled else "unspecified"

    def search(self, search_id: str) -> dict[str, Any]:
        """The configuration of one search."""
        return next(search for search in self.config["searches"] if search["id"] == search_id)

    @property
    def last_date(self) -> str:
        """The date of the last search, else that of the registration, else ""."""
        searched = max((str(search["date"]) for search in self.config["searches"] if search.get("date")), default="")
        return searched or str(self.protocol.get("registration", {}).get("registered") or "")

    def settings(self, *keys: str, **extra: Any) -> dict[str, Any]:
        """The one dict of a rule's settings: configured values by dotted key, None where a key is not given."""
        return {**{key: leaf(self.config, key, None) for key in keys}, **extra}

    def leaves(self, *paths: str) -> dict[str, Any]:
        """Configured protocol leaves or branches by dotted path, None where the protocol does not say."""
        return {path: leaf(self.configured, path, None) for path in paths}

    @property
    def data_root(self) -> Path | None:
        """The second folder in which inputs are looked for: environment, else configuration."""
        given = os.environ.get(DATA_ROOT_VARIABLE) or self.config.get("data_root")
        return (self.folder / given) if given else None

    def find(self, path: str) -> str | None:
        """Where an input is: relative to the review folder, else below data_root; None if it is in neither.

        Raises:
            ValueError: if the path is absolute or leaves the two folders.
        """
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or (len(path) > 1 and path[1] == ":"):
            raise ValueError(path)
        if (self.folder / pure).exists():
            return path
        if self.data_root is not None and (self.data_root / pure).exists():
            return (self.data_root / pure).as_posix()
        return None


def load_review(folder: Path, overrides: Mapping[str, Any] | None = None, *, check: bool = True) -> Review:
    """Read config/ of a review folder.

    Args:
        folder: the review folder.
        overrides: configuration given at run time; it wins over config.yaml key by key.
        check: validate against the schemas (every fault at once).

    Raises:
        InputFaults: unreadable files, unknown or missing keys, wrong values; all of them, of all files.
    """
    faults = Faults()
    content, sound = _read_config(folder, overrides, faults, check=check)
    registered = content[PROTOCOL].get("registered", {})
    deviations = content[DEVIATIONS].get("deviations", [])
    exploratory = content[EXPLORATORY].get("analyses", {})
    if CONFIG in sound:
        _check_ids(folder, content[CONFIG], faults)
    if {PROTOCOL, EXPLORATORY} <= sound:
        _check_names(folder, registered, exploratory, faults)
    if CLAIMS in sound:
        check_claims(folder / CLAIMS, CLAIMS, content[CLAIMS], faults)
    if {PROTOCOL, DEVIATIONS} <= sound:
        check_deviations(folder / DEVIATIONS, DEVIATIONS, registered, deviations, faults)
    faults.raise_errors()
    return Review(
        folder=folder,
        config=with_defaults(content[CONFIG], schema("config")),
        protocol=content[PROTOCOL],
        deviations=deviations,
        exploratory=exploratory,
        claims=content[CLAIMS],
        configured=overlay.configured(registered, deviations),
        faults=faults,
    )


def sound_parts(folder: Path) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """(config with its defaults, protocol) of a folder, None for each that is not well formed: for checks that need only
    one of them."""
    content, sound = _read_config(folder, None, Faults(), check=True)
    config = with_defaults(content[CONFIG], schema("config")) if CONFIG in sound else None
    return config, content[PROTOCOL] if PROTOCOL in sound else None


def _read_config(
    folder: Path, overrides: Mapping[str, Any] | None, faults: Faults, *, check: bool
) -> tuple[dict[str, Any], set[str]]:
    """(file -> its content, {} where it is not well formed; the files that are) of config/."""
    content: dict[str, Any] = {}
    sound = set()
    for name, schema_name in _SCHEMAS.items():
        path = folder / name
        if not path.exists():
            if name in (CONFIG, PROTOCOL):
                faults.error(
                    "missing-file", "this file is missing", file=name, mend="`review.py new` writes one to start from"
                )
            else:
                sound.add(name)
            content[name] = {}
            continue
        before = len(faults.errors)
        content[name] = read_yaml(path, name, faults)
        if name == CONFIG and overrides:
            content[name] = filled(overrides, content[name])
        if check and len(faults.errors) == before:
            validate(content[name], schema_name, path, name, faults)
        if len(faults.errors) == before:
            sound.add(name)
        else:
            content[name] = {}
    return content, sound


def _check_ids(folder: Path, config: Mapping[str, Any], faults: Faults) -> None:
    """Ids that must be unique: of searches and screening sources."""
    for key, items in (
        ("searches", config.get("searches", [])),
        ("screening.sources", config.get("screening", {}).get("sources", [])),
    ):
        seen: set[str] = set()
        for number, item in enumerate(items):
            if item["id"] in seen:
                fault_at(
                    faults,
                    folder / CONFIG,
                    CONFIG,
                    (*key.split("."), str(number), "id"),
                    "id-given-twice",
                    f"two {key} have the same id",
                    value=item["id"],
                    mend="give each its own id",
                )
            seen.add(item["id"])


def _check_names(folder: Path, registered: Mapping[str, Any], exploratory: Mapping[str, Any], faults: Faults) -> None:
    """No exploratory analysis has the name of a registered one, or one that a registered one can run under again."""
    planned = registered.get("analyses", {})
    for name in sorted({*planned, *exploratory}):
        if overlay.of_which(name) != name and overlay.of_which(name) in planned:
            file, at = (
                (EXPLORATORY, ("analyses", name))
                if name in exploratory
                else (PROTOCOL, ("registered", "analyses", name))
            )
            what = f"{name} is the name under which {overlay.of_which(name)} runs as registered"
            fault_at(faults, folder / file, file, at, "analysis-name-kept", what, mend="give it another name")
    for name in sorted(set(exploratory) & set(planned)):
        fault_at(
            faults,
            folder / EXPLORATORY,
            EXPLORATORY,
            ("analyses", name),
            "analysis-given-twice",
            f"the analysis {name!r} is registered too",
            mend="give the exploratory one another name, or log a deviation",
        )
