"""The protocol lock: a fingerprint of every registered leaf, so that a later edit in place is caught and named.

What it proves: that config/protocol.yaml is the same as when it was locked. What it does not prove: when that was; only
the registry's own timestamp does.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults
from prismake.protocol.leaves import leaves
from prismake.protocol.review import LOCK, PROTOCOL, Review
from prismake.protocol.yaml_files import fault_at

FORMAT = 1


def canonical(value: Any) -> str:
    """Canonical JSON of a value: keys sorted, Unicode NFC, line ends LF, whole floats as integers, no spaces."""

    def plain(node: Any) -> Any:
        if isinstance(node, str):
            return unicodedata.normalize("NFC", node.replace("\r\n", "\n").replace("\r", "\n"))
        if isinstance(node, Mapping):
            return {plain(str(key)): plain(child) for key, child in node.items()}
        if isinstance(node, list | tuple):
            return [plain(child) for child in node]
        if isinstance(node, float) and node.is_integer():
            return int(node)
        return node

    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """sha256 of the canonical JSON of a value, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def make_lock(protocol: Mapping[str, Any]) -> dict[str, Any]:
    """The lock of a protocol: the registration, sha256 and value of each registered leaf, sha256 of the whole.

    The values are kept beside the hashes so that a later message can show what was registered.
    """
    found = _registered(protocol)
    return {
        "format": FORMAT,
        "protocol_version": protocol.get("protocol_version"),
        "registration": protocol.get("registration", {}),
        "sha256": digest(protocol.get("registered", {})),
        "leaves": {path: {"sha256": digest(value), "value": value} for path, value in sorted(found.items())},
    }


def _registered(protocol: Mapping[str, Any]) -> dict[str, Any]:
    """The registered leaves by path, in composed letters."""
    return {unicodedata.normalize("NFC", path): value for path, value in leaves(protocol.get("registered", {})).items()}


def read_lock(path: Path, faults: Faults) -> dict[str, Any] | None:
    """The lock at a path; None where there is none, or (with an error) where it is no lock any more."""
    if not path.exists():
        return None
    try:
        lock = json.loads(path.read_text(encoding="utf-8-sig"))
        whole = all(entry.keys() >= {"sha256", "value"} for entry in lock["leaves"].values())
        if whole and lock["format"] == FORMAT and isinstance(lock["registration"], dict) and lock["sha256"]:
            return dict(lock)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    faults.error("lock-unreadable", "this is no lock that can be read", file=LOCK,
                 mend="take config/protocol.lock.json back from the version control or the registry's copy")  # fmt: skip
    return None


def lock_text(lock: Mapping[str, Any]) -> str:
    """The lock as it is written: indented, sorted, with a last line end."""
    return json.dumps(lock, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def changed_leaves(lock: Mapping[str, Any], protocol: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(leaf, locked value, present value) of every registered leaf that is not what was locked; None where absent."""
    present = _registered(protocol)
    locked = lock["leaves"]
    differing = [
        (path, locked.get(path, {}).get("value"), present.get(path))
        for path in sorted(set(locked) | set(present))
        if path not in locked or path not in present or locked[path]["sha256"] != digest(present[path])
        if not _filled(path, locked, present) and not _filled(path, present, locked)
    ]
    registration = protocol.get("registration", {})
    differing += [
        (f"registration.{key}", lock["registration"].get(key), registration.get(key))
        for key in sorted(set(lock["registration"]) | set(registration))
        if lock["registration"].get(key) != registration.get(key)
    ]
    return differing


def _filled(path: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether an empty group of one stands filled in the other, whose leaves are named themselves."""
    return path in one and path not in other and any(name.startswith(f"{path}.") for name in other)


def hold_to_lock(review: Review) -> None:
    """Stop before anything runs where a registered leaf is not what was locked.

    Raises:
        InputFaults: naming each leaf, the old and the new value, and how to log it as a deviation instead.
    """
    faults = Faults()
    lock = read_lock(review.folder / LOCK, faults)
    if lock is not None:
        check_lock(lock, review.protocol, review.folder, faults)
    faults.raise_errors()


def check_lock(lock: Mapping[str, Any] | None, protocol: Mapping[str, Any], folder: Path, faults: Faults) -> None:
    """Each leaf edited after locking is an error, unless the protocol's version is higher than the locked one.

    A higher version without a new lock is an error of its own: the amendment has to be locked too.
    """
    if lock is None:
        faults.warning(
            "protocol-not-locked",
            "the protocol is not locked",
            file=PROTOCOL,
            mend="run `review.py lock` when it is registered",
        )
        return
    broken = [path for path, entry in lock["leaves"].items() if entry["sha256"] != digest(entry["value"])]
    if broken:
        faults.error(
            "lock-edited",
            "the lock file itself was edited",
            file=LOCK,
            value=", ".join(sorted(broken)),
            mend="take config/protocol.lock.json back from the version control or the registry's copy",
        )
        return
    version, locked_version = protocol.get("protocol_version") or 0, lock.get("protocol_version") or 0
    amended, present = version > locked_version, _registered(protocol)
    changed = changed_leaves(lock, protocol)
    if version < locked_version:
        fault_at(
            faults,
            folder / PROTOCOL,
            PROTOCOL,
            ("protocol_version",),
            "version-lowered",
            "the version of the protocol is lower than the locked one",
            value=str(version),
            expected=str(locked_version),
            mend="put the locked version back",
        )
    elif not changed and not amended and lock["sha256"] != digest(protocol.get("registered", {})):
        faults.error(
            "lock-edited",
            "the lock's fingerprint of the whole is not that of the registered leaves",
            file=LOCK,
            mend="take config/protocol.lock.json back from the version control or the registry's copy",
        )
    for path, was, now in changed:
        if amended:
            continue
        own = path.startswith("registration.")
        there, before = own or path in present, own or path in lock["leaves"]
        at = tuple(path.split(".")) if path.startswith("registration.") else ("registered", *path.split("."))
        fault_at(
            faults,
            folder / PROTOCOL,
            PROTOCOL,
            at,
            "registered-leaf-edited",
            f"the registered leaf {path} was changed after the protocol was locked",
            value=canonical(now) if there else "it is not there",
            expected=f"what was registered: {canonical(was)}" if before else "nothing: it was not registered",
            mend=f"{'put the registered value back' if before else 'take it out here'} and log the change in "
            f"config/deviations.yaml (leaf: {path}); "
            "or, if the registry holds an amended registration, raise protocol_version and lock again",
        )
    if amended:
        faults.error(
            "amendment-not-locked",
            f"the protocol is version {protocol.get('protocol_version')}, "
            f"the lock version {lock.get('protocol_version')}",
            file=PROTOCOL,
            mend="run `review.py lock --again` once the amended registration is public",
        )
