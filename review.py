#!/usr/bin/env python3
"""Set up everything that Prismake needs, then build the review.

    python3 review.py                       build the review in this folder
    python3 review.py -- --cores 1          the same; what follows -- goes to snakemake
    python3 review.py --directory OTHER     build another review
    python3 review.py test                  run the tests; what follows goes to pytest
    python3 review.py status                where the review stands (also: check, lock, audit, verify,
                                            manuscript, register, fetch, osf, new)
    python3 review.py setup                 only set up

It needs Python 3.11, 3.12 or 3.13 and nothing else. It installs the packages of requirements.lock, whose hashes are
checked, into .venv beside this file, and touches nothing outside this folder.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "prismake.stamp"
OLDEST, TOO_NEW = (3, 11), (3, 14)
COMMANDS = {"status", "check", "lock", "audit", "manuscript", "register", "verify", "fetch", "osf", "new"}


def stop(message: str) -> None:
    """End with one line."""
    sys.exit(f"review.py: {message}")


def run(*command: str | Path) -> bool:
    """Run a command quietly; its output is shown only where it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:] + done.stderr[-4000:])
    return done.returncode == 0


def version_of(python: str) -> tuple[int, int] | None:
    """(major, minor) of a Python program, None if it does not run."""
    try:
        told = subprocess.run(
            [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    major, minor = told.stdout.split()
    return int(major), int(minor)


def suitable_python() -> str | None:
    """This Python if it is in the supported range, else another one on the PATH that is."""
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return sys.executable
    for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and version_of(found) == (3, minor):
            return found
    return None


def venv_python() -> Path:
    """The Python of .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(*extras: str) -> str:
    """What the environment was made from."""
    return hashlib.sha256(LOCK.read_bytes() + " ".join(extras).encode()).hexdigest()


def build_backend() -> str:
    """The lock's lines of setuptools: connection-pool comes as source only, and building it needs this first."""
    block = re.search(r"(?m)^setuptools==(?:.*\\\n)*.*\n", LOCK.read_text(encoding="utf-8"))
    if block is None:
        stop("requirements.lock has no setuptools; the file is damaged")
    return block.group(0)


def install(pip: list[str | Path]) -> None:
    """Install the lock with an install command: first the build backend, then all of it, hashes checked."""
    with tempfile.TemporaryDirectory() as folder:
        backend = Path(folder) / "backend.txt"
        backend.write_text(build_backend(), encoding="utf-8")
        for requirements, flags in ((backend, []), (LOCK, ["--no-build-isolation"])):
            if not run(*pip, "--require-hashes", *flags, "-r", requirements):
                stop("the packages could not be installed (see above); is the network reachable?")
    # The library by name, as an editable install would give it; relative, so that the folder can be moved.
    sites = [VENV / "Lib/site-packages", *VENV.glob("lib/python3*/site-packages")]
    site = next(folder for folder in sites if folder.is_dir())
    (site / "prismake.pth").write_text(os.path.relpath(ROOT / "workflow", site) + "\n", encoding="utf-8")


def debian_pip(folder: Path) -> Path | None:
    """pip from Debian's own package of it, unpacked into `folder`: for a Debian Python without pip and without venv."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    fetch = ["apt-get", "download", "python3-pip-whl"]
    for step in (fetch, ["apt-get", "update"], fetch):
        done = subprocess.run(step, cwd=folder, capture_output=True)
        if step is fetch and done.returncode == 0:
            break
    for package in folder.glob("python3-pip-whl*.deb"):
        run("dpkg-deb", "-x", package, folder)
    return next(iter(sorted(folder.glob("usr/share/python-wheels/pip-*.whl"))), None)


def set_up_with_uv(uv: str) -> None:
    """uv finds or brings a suitable Python."""
    python = suitable_python() or f">={OLDEST[0]}.{OLDEST[1]},<{TOO_NEW[0]}.{TOO_NEW[1]}"
    if not run(uv, "venv", "--quiet", "--clear", "--python", python, VENV):
        stop("uv could not make an environment (see above); install Python 3.13")
    install([uv, "pip", "install", "--quiet", "--python", venv_python()])


def set_up_with_pip() -> None:
    """venv and pip from Python itself, or pip from beside it, or pip from Debian's package."""
    python = suitable_python()
    if python is None:
        found = ".".join(map(str, sys.version_info[:2]))
        stop(f"this Python is {found}; install Python 3.13 (or uv, which brings one) and run this again")
    shutil.rmtree(VENV, ignore_errors=True)
    quiet = ["install", "--quiet", "--disable-pip-version-check", "--no-input"]
    if subprocess.run([python, "-c", "import ensurepip"], capture_output=True).returncode == 0:
        if run(python, "-m", "venv", VENV):
            install([venv_python(), "-m", "pip", *quiet])
            return
        shutil.rmtree(VENV, ignore_errors=True)
    if not run(python, "-m", "venv", "--without-pip", VENV):
        stop("this Python has no venv module; install python3-venv (Debian, Ubuntu) or uv and run this again")
    if subprocess.run([python, "-m", "pip", "--python", python, "--version"], capture_output=True).returncode == 0:
        install([python, "-m", "pip", "--python", venv_python(), *quiet])
        return
    with tempfile.TemporaryDirectory() as folder:
        wheel = debian_pip(Path(folder))
        if wheel is None:
            shutil.rmtree(VENV, ignore_errors=True)
            stop("this Python has no pip; install python3-venv (Debian, Ubuntu) or uv and run this again")
        install([venv_python(), f"{wheel}/pip", *quiet])


def set_up() -> None:
    """Make .venv as the lock says, unless it is so already."""
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == fingerprint() and venv_python().exists():
        return
    print("review.py: setting up .venv from requirements.lock (once; a minute or two)", file=sys.stderr, flush=True)
    uv = shutil.which("uv")
    if uv:
        set_up_with_uv(uv)
    else:
        set_up_with_pip()
    STAMP.write_text(fingerprint(), encoding="utf-8")


def check_writable(command: list[str]) -> None:
    """Stop where the review's folder, or results/ in it, cannot be written to: Snakemake would end in a traceback."""
    named = [command[at + 1] for at, word in enumerate(command[:-1]) if word in ("-d", "--directory")]
    named += [word.partition("=")[2] for word in command if word.startswith("--directory=")]
    for folder in (Path(named[-1]), Path(named[-1]) / "results"):
        if folder.is_dir() and not os.access(folder, os.W_OK):
            stop(f"{folder} cannot be written to; copy the review into a folder of your own")


def check_word(arguments: list[str]) -> None:
    """Stop at a mistyped command: to Snakemake every other word is a file to make."""
    word = arguments[0] if arguments else ""
    known = COMMANDS | {"test", "setup", "help"}
    meant = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    if word not in known and meant:
        stop(f"there is no command {word!r}; did you mean {meant[0]}?")


def command(arguments: list[str]) -> list[str]:
    """What to hand over to: snakemake, pytest or one of the library's commands."""
    python = str(venv_python())
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if first == "test":
        return [python, "-m", "pytest", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *rest]
    # Without a folder named, the review is the one in this folder, wherever the command is typed.
    named = any(word in ("-d", "--directory") or word.startswith("--directory=") for word in arguments)
    folder = [] if named else ["--directory", str(ROOT)]
    if first in COMMANDS:
        return [python, "-m", "prismake.cli.main", first, *folder, *rest]
    passed = rest if first == "--" else arguments
    return [python, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), *folder, *passed]


def main() -> None:
    """Set up, then hand over."""
    arguments = sys.argv[1:]
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__)
        return
    check_word(arguments)
    set_up()
    if arguments[:1] == ["setup"]:
        return
    handed = command(arguments)
    if "snakemake" in handed:
        check_writable(handed)
    environment = {**os.environ, "PATH": os.pathsep.join([str(venv_python().parent), os.environ.get("PATH", "")])}
    here = ROOT if arguments[:1] == ["test"] else None
    sys.exit(subprocess.run(handed, env=environment, cwd=here).returncode)


if __name__ == "__main__":
    main()
