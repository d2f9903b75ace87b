"""The commands: thin doors to the library."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from prismake.messages.faults import Faults, InputFaults


def _folder(function):  # type: ignore[no-untyped-def]
    option = click.option(
        "--directory",
        "-d",
        "folder",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        default=Path(),
        help="The review folder.",
    )
    return option(function)


@click.group()
@click.version_option(package_name=None, version=__import__("prismake").__version__)
def main() -> None:
    """What can be asked of a review besides building it."""


@main.command()
@_folder
def check(folder: Path) -> None:
    """Check config/ and the files that it names, without building anything."""
    from prismake.audit.lock import check_lock
    from prismake.protocol.inputs import Inputs
    from prismake.protocol.review import LOCK, load_review

    review = load_review(folder)
    Inputs(review, Path(__file__).resolve().parents[2]).check_declared()
    faults = Faults()
    lock = folder / LOCK
    check_lock(json.loads(lock.read_text(encoding="utf-8")) if lock.exists() else None, review.protocol, folder, faults)
    for fault in faults:
        click.echo(str(fault))
    faults.raise_errors()
    click.echo(
        f"{len(review.searches)} searches, {len(review.analyses)} analyses, "
        f"{len(review.deviations)} deviations: config/ is well formed."
    )


@main.command()
@_folder
@click.option("--again", is_flag=True, help="Replace an older lock by that of a registered amendment.")
def lock(folder: Path, again: bool) -> None:
    """Lock config/protocol.yaml: write config/protocol.lock.json."""
    from prismake.audit.lock import changed_leaves, lock_text, make_lock
    from prismake.protocol.review import LOCK, load_review

    review = load_review(folder)
    path = folder / LOCK
    if path.exists():
        old = json.loads(path.read_text(encoding="utf-8"))
        changed = changed_leaves(old, review.protocol)
        newer = (review.protocol.get("protocol_version") or 0) > (old.get("protocol_version") or 0)
        if changed and not (again and newer):
            for leaf, was, now in changed:
                click.echo(f"{leaf}: registered {was!r}, now {now!r}")
            raise click.ClickException(
                "the protocol is locked and differs from its lock. Log changes in config/deviations.yaml. Only for an "
                "amendment that the registry holds: raise protocol_version and run `review.py lock --again`."
            )
    path.write_text(lock_text(make_lock(review.protocol)), encoding="utf-8")
    click.echo(
        f"Locked {path.as_posix()}. It proves that the protocol is unchanged since now; "
        "when it was registered, only the registry's timestamp proves."
    )


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--directory", "-d", hidden=True, default=None, help="Ignored.")
def new(target: Path, directory: str | None) -> None:
    """Start a review: write config/ and resources/ to fill in into the folder TARGET."""
    import shutil

    if target.exists() and any(target.iterdir()):
        raise click.ClickException(f"{target} is not empty; name a new folder")
    shutil.copytree(Path(__file__).resolve().parents[2] / "templates" / "new", target, dirs_exist_ok=True)
    click.echo(f"{target} is ready. Fill in config/, put your exports into resources/, then build it with")
    click.echo(f"  python3 review.py --directory {target}")


@main.command()
@_folder
def status(folder: Path) -> None:
    """Where the review stands and who waits for whom (of the last build)."""
    path = folder / "results/status/status.txt"
    if not path.exists():
        raise click.ClickException("there is no status yet; build the review first")
    click.echo(path.read_text(encoding="utf-8"), nl=False)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--directory", "-d", hidden=True, default=None, help="Ignored.")
def audit(file: Path, directory: str | None) -> None:
    """Audit a published flow (PRISMA2020 CSV, Metapsy search_flow.json, YAML) or a claims file, with no review."""
    if file.suffix in (".yaml", ".yml") and "claims:" in file.read_text(encoding="utf-8-sig"):
        _audit_claims(file)
        return
    from prismake.flow.audit import audit as audit_flow

    click.echo(audit_flow(file).to_string(index=False))


def _audit_claims(file: Path) -> None:
    from prismake.audit.claims import audit_claims
    from prismake.protocol.validate import validate
    from prismake.protocol.yaml_files import read_yaml

    faults = Faults()
    content = read_yaml(file, file.name, faults)
    faults.raise_errors()
    validate(content, "claims", file, file.name, faults)
    faults.raise_errors()
    for row in audit_claims(content, {}).to_dict("records"):
        line = f"{row['verdict'].upper():16} {row['claim']} ({row['source']}): {row['stated']}; {row['check']}"
        click.echo(
            line + (f" [{row['against']}]" if row["against"] else "") + (f": {row['why']}" if row["why"] else "")
        )


def run() -> None:
    """Entry point: input faults are printed as such, without a traceback."""
    try:
        main(standalone_mode=True)
    except InputFaults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)


if __name__ == "__main__":
    run()
