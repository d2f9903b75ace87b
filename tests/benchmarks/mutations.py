"""Break real exports in every way that files break, and see that each ends in records that add up or in one clear
error.

Run by hand: `python tests/benchmarks/mutations.py DIR [cases] [seed]` over a folder of exports laid out as the real
ones; 10,000 cases by default. Exits 1 and prints the seed of each case that ended in a traceback, took longer than
ten seconds, or did not add up.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from prismake.records.read import read_bytes

LONGEST = 40_000
SECONDS = 10.0


def sources(folder: Path) -> list[Path]:
    """The exports of a folder, by name."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in ("ORIGINS.csv", "README.md"))


def mutated(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    """The content broken in one to three ways, and their names."""
    names = []
    workbook = content[:2] in (b"PK", b"\xd0\xcf")
    if not workbook and len(content) > LONGEST:
        content = content[: rng.randrange(LONGEST // 4, LONGEST)]
    for _ in range(rng.randint(1, 3)):
        name = rng.choice(["flip", "cut"] if workbook else list(_WAYS))
        content = _WAYS[name](content, rng)
        names.append(name)
    return content, "+".join(names)


def outcome(content: bytes) -> str:
    """ "records", "error" or what went wrong with reading these bytes."""
    start = time.process_time()
    try:
        export = read_bytes(content)
    except Exception:
        return "traceback: " + traceback.format_exc(limit=-3)
    seconds = time.process_time() - start
    if seconds > SECONDS:
        return f"hang: {seconds:.1f} s"
    adds_up = len(export.records) + len(export.set_aside) == export.in_file
    if any(fault.code == "records-lost" for fault in export.faults.errors):
        return f"does not add up: {export.format} {export.in_file} != {len(export.records)} + {len(export.set_aside)}"
    if export.faults.errors:
        return "error"
    return "records" if adds_up else "does not add up, unsaid"


def _flip(content: bytes, rng: random.Random) -> bytes:
    held = bytearray(content)
    for _ in range(rng.randint(1, 20)):
        if held:
            held[rng.randrange(len(held))] ^= 1 << rng.randrange(8)
    return bytes(held)


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _cut_head(content: bytes, rng: random.Random) -> bytes:
    return content[rng.randrange(min(len(content), 2000) + 1) :]


def _hole(content: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(content) + 1)
    return content[:start] + content[start + rng.randrange(3000) :]


def _duplicate(content: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(content) + 1)
    piece = content[start : start + rng.randrange(3000)]
    return content[:start] + piece + content[start:]


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def _shuffle(content: bytes, rng: random.Random) -> bytes:
    lines = _lines(content)
    if len(lines) > 3:
        start = rng.randrange(len(lines) - 2)
        stop = min(len(lines), start + rng.randint(2, 30))
        part = lines[start:stop]
        rng.shuffle(part)
        lines[start:stop] = part
    return b"".join(lines)


def _drop_lines(content: bytes, rng: random.Random) -> bytes:
    return b"".join(line for line in _lines(content) if rng.random() > 0.03)


def _repeat_lines(content: bytes, rng: random.Random) -> bytes:
    return b"".join(line * (2 if rng.random() < 0.03 else 1) for line in _lines(content))


def _line_ends(content: bytes, rng: random.Random) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", rng.choice([b"\r\n", b"\r", b"\n\n", b"\n\r"]))


def _encoding(content: bytes, rng: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    name = rng.choice(["utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
    return text.encode(name, "replace")


def _noise(content: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(content) + 1)
    return (
        content[:start]
        + rng.choice(
            [b'"', b"{", b"}", b"<", b"\x00", b"\xff\xfe", b"\n\n", b"\t", b",", b"TY  - JOUR\n", b"&#0;", b"@"]
        )
        + content[start:]
    )


def _delimiters(content: bytes, rng: random.Random) -> bytes:
    return content.replace(b",", rng.choice([b";", b"\t"]), rng.randrange(200))


_WAYS = {
    "flip": _flip, "cut": _cut, "cut head": _cut_head, "hole": _hole, "duplicate": _duplicate, "shuffle": _shuffle,
    "drop lines": _drop_lines,
    "repeat lines": _repeat_lines, "line ends": _line_ends, "encoding": _encoding, "noise": _noise,
    "delimiters": _delimiters,
}  # fmt: skip


def run(paths: Sequence[Path], cases: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Outcomes of that many cases, and a line for each that failed."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    for case in range(cases):
        rng = random.Random(f"{seed}-{case}")
        path = paths[case % len(paths)]
        content, ways = mutated(path.read_bytes(), rng)
        found = outcome(content)
        counts[found if found in ("records", "error") else found.split(":")[0]] += 1
        if found not in ("records", "error"):
            failures.append(f"case {seed}-{case} {path.name} [{ways}]: {found}")
    return counts, failures


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 1 if a case failed."""
    folder = Path(arguments[0])
    cases = int(arguments[1]) if len(arguments) > 1 else 10_000
    seed = int(arguments[2]) if len(arguments) > 2 else 1
    start = time.perf_counter()
    counts, failures = run(sources(folder), cases, seed)
    for failure in failures:
        print(failure)
    print(
        f"{cases} cases: "
        + ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
        + f"; {time.perf_counter() - start:.0f} s"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
