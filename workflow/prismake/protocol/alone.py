"""One build of a review folder at a time, by a lock that ends with its build.

Snakemake's own lock is a file that stays behind when a build is killed or the power fails; every later build then refuses to
run until somebody types `--unlock`. Here the operating system holds the lock for the process and lets it go with the
process, whatever ends it.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

from prismake.messages.faults import Faults

LOCK_FILE = ".snakemake/prismake.lock"

# Open until the process ends: closing the file would let the lock go.
_held: list[IO[str]] = []


def hold_alone(folder: Path) -> None:
    """From now on no other build runs in this folder; does nothing where the system has no such locks (Windows).

    Raises:
        InputFaults: another build of this folder is running.
    """
    try:
        import fcntl
    except ImportError:
        return
    path = folder / LOCK_FILE
    path.parent.mkdir(exist_ok=True)
    stream = path.open("a", encoding="utf-8")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        faults = Faults()
        faults.error(
            "already-building",
            "another build of this review is running in this folder",
            file=LOCK_FILE,
            mend="wait until it has ended, or stop it; nothing need be cleaned up after it",
        )
        faults.raise_errors()
    except OSError:
        # Some network file systems keep no locks.
        stream.close()
        return
    _held.append(stream)
