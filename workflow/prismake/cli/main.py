"""The commands: thin doors to the library."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

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


@main.command(short_help="Whether config/ and the files that it names are right.")
@_folder
def check(folder: Path) -> None:
    """Check config/ and the files that it names, without building anything."""
    from prismake.audit.lock import check_lock, read_lock
    from prismake.protocol.inputs import Inputs
    from prismake.protocol.review import LOCK, Review, load_review, sound_parts

    faults = Faults()
    config: dict[str, Any] | None
    protocol: dict[str, Any] | None
    try:
        review = load_review(folder)
        config, protocol = review.config, review.protocol
    except InputFaults as found:
        faults.extend(found.faults)
        config, protocol = sound_parts(folder)
    if config is not None:
        files = Review(folder, config, {}, [], {}, {}, {})
        try:
            Inputs(files, Path(__file__).resolve().parents[2]).check_declared()
        except InputFaults as found:
            faults.extend(found.faults)
    lock = read_lock(folder / LOCK, faults)
    if protocol is not None and (lock is not None or not (folder / LOCK).exists()):
        check_lock(lock, protocol, folder, faults)
    for fault in faults:
        if fault.level != "error":
            click.echo(str(fault))
    faults.raise_errors()
    click.echo(
        f"{len(review.searches)} searches, {len(review.analyses)} analyses, "
        f"{len(review.deviations)} deviations: config/ is well formed."
    )


@main.command(short_help="Lock the registered protocol.")
@_folder
@click.option("--again", is_flag=True, help="Replace an older lock by that of a registered amendment.")
def lock(folder: Path, again: bool) -> None:
    """Lock config/protocol.yaml: write config/protocol.lock.json."""
    from prismake.audit.lock import changed_leaves, lock_text, make_lock, read_lock
    from prismake.protocol.review import LOCK, load_review

    review = load_review(folder)
    path = folder / LOCK
    faults = Faults()
    old = read_lock(path, faults)
    faults.raise_errors()
    if old is not None:
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
    if not review.protocol.get("registration", {}).get("registered"):
        click.echo(
            "WARNING: config/protocol.yaml gives no date of registration; add `registered:` under `registration:`.",
            err=True,
        )
    click.echo(
        f"Locked {path.as_posix()}. It proves that the protocol is unchanged since now; "
        "when it was registered, only the registry's timestamp proves."
    )


@main.command(short_help="Start a review in a new folder.")
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


@main.command(short_help="The protocol as answers to a registration form.")
@click.option(
    "--form",
    type=click.Choice(["generalized", "prospero", "prisma-p"]),
    default="generalized",
    show_default=True,
    help="The form, or the list of topics, to answer.",
)
@_folder
def register(form: str, folder: Path) -> None:
    """Print config/protocol.yaml as answers to a registration form (Markdown to paste)."""
    from prismake import __version__
    from prismake.audit.registration_export import to_markdown
    from prismake.protocol.review import load_review

    review = load_review(folder)
    click.echo(to_markdown(form, review.protocol, review.config.get("review"), f"Prismake {__version__}"), nl=False)


@main.command(short_help="Where the review stands, who waits for whom.")
@_folder
def status(folder: Path) -> None:
    """Where the review stands and who waits for whom (of the last build)."""
    path = folder / "results/status/status.txt"
    if not path.exists():
        raise click.ClickException("there is no status yet; build the review first")
    if sys.stdout.isatty():
        from prismake.report.status_terminal import show

        show(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        return
    click.echo(path.read_text(encoding="utf-8"), nl=False)


@main.command(short_help="Check a published flow or a list of claims.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--studies", type=int, help="The number of studies that the publication states elsewhere.")
@click.option("--directory", "-d", hidden=True, default=None, help="Ignored.")
def audit(file: Path, studies: int | None, directory: str | None) -> None:
    """Audit a published flow (PRISMA2020 CSV, Metapsy search_flow.json, YAML) or a claims file, with no review."""
    if file.suffix in (".yaml", ".yml") and _holds_claims(file):
        _audit_claims(file)
        return
    from prismake.flow.audit import audit as audit_flow
    from prismake.flow.audit import audit_lines

    click.echo("\n".join(audit_lines(audit_flow(file, stated_studies=studies))))


def _holds_claims(file: Path) -> bool:
    text = file.read_bytes().decode("utf-8-sig", errors="replace")
    return any(line.startswith("claims:") for line in text.splitlines())


def _audit_claims(file: Path) -> None:
    from prismake.audit.claims import audit_claims
    from prismake.protocol.claims import check_claims
    from prismake.protocol.validate import validate
    from prismake.protocol.yaml_files import read_yaml

    faults = Faults()
    content = read_yaml(file, file.name, faults, typed=True)
    faults.raise_errors()
    validate(content, "claims", file, file.name, faults)
    faults.raise_errors()
    check_claims(file, file.name, content, faults)
    faults.raise_errors()
    for row in audit_claims(content, {}).to_dict("records"):
        line = f"{row['verdict'].upper():16} {row['claim']} ({row['source']}): {row['stated']}; {row['check']}"
        click.echo(
            line + (f" [{row['against']}]" if row["against"] else "") + (f": {row['why']}" if row["why"] else "")
        )


@main.command(short_help="Check the numbers in a text.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--all", "everything", is_flag=True, help="Also show what is right.")
@_folder
def manuscript(file: Path, everything: bool, folder: Path) -> None:
    """Check the numbers in FILE (.docx, .md, .txt) in themselves and against the review's results."""
    from prismake.audit.catalogue import read_numbers
    from prismake.audit.manuscript import check_manuscript, finding_lines
    from prismake.audit.sentences import read_sentences

    numbers = read_numbers(folder)
    if numbers is None:
        click.echo("There are no results of a review here: the numbers are checked in themselves only.", err=True)
    click.echo("\n".join(finding_lines(check_manuscript(read_sentences(file), numbers), everything=everything)))


@main.command(short_help="Check a bundle, and build it again.")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--hashes", is_flag=True, help="Of BUNDLE only check the hashes; do not build it again.")
@click.option("--all", "everything", is_flag=True, help="Also name every file that came out the same.")
@_folder
def verify(bundle: Path | None, hashes: bool, everything: bool, folder: Path) -> None:
    """Check the hashes of BUNDLE, build it again from its own inputs and compare every file.

    Without BUNDLE: hold the files of the review folder against its own bundle.
    """
    from prismake.audit.verify import verify_bundle

    path = bundle or folder / "results/bundle/bundle.zip"
    if not path.exists():
        raise click.ClickException(
            f"there is no {bundle}" if bundle else "there is no bundle yet; build the review first"
        )
    faults = Faults()
    manifest = verify_bundle(path, faults)
    if bundle is None and manifest:
        compared = _verify_folder(manifest, folder, faults)
        faults.raise_errors()
        click.echo(f"{len(manifest)} files are what the manifest says.")
        click.echo(f"{compared} files of the review folder are what the build packed.")
        return
    faults.raise_errors()
    click.echo(f"{len(manifest)} files are what the manifest says.")
    if not hashes:
        _build_again(path, everything)


def _verify_folder(manifest: dict[str, str], folder: Path, faults: Faults) -> int:
    from prismake.audit.verify import verify_contents
    from prismake.cli.review_bundle import contents_of

    return verify_contents(manifest, contents_of(folder, manifest), faults)


def _build_again(bundle: Path, everything: bool) -> None:
    import tempfile

    from prismake.cli import rebuild

    missing = rebuild.left_out(bundle)
    if missing:
        click.echo(f"It cannot be built again: {', '.join(missing)} was left out of it.")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            rebuild.unpack(bundle, folder)
            click.echo("Building the review from the inputs in the bundle ...")
            rebuilt = rebuild.build(folder, Path(__file__).resolve().parents[3] / "Snakefile")
        except rebuild.CannotBuild as error:
            raise click.ClickException(f"this bundle cannot be built: {error}") from error
        found = rebuild.compare(bundle, rebuilt)
    for line in found.lines(everything=everything):
        click.echo(line)
    if not found.same:
        raise click.ClickException("what was built is not what the bundle holds")


@main.command(short_help="Save a registration from the OSF.")
@click.argument("guid")
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--api", default=None, hidden=True, help="Address of the API.")
@click.option("--directory", "-d", hidden=True, default=None, help="Ignored.")
def fetch(guid: str, target: Path, api: str | None, directory: str | None) -> None:
    """Save the OSF registration GUID (three JSON files) into the folder TARGET."""
    from prismake.audit.osf_fetch import API, FetchError
    from prismake.audit.osf_fetch import fetch as fetch_registration

    try:
        responses = fetch_registration(guid, api or API)
    except FetchError as error:
        raise click.ClickException(str(error)) from error
    target.mkdir(parents=True, exist_ok=True)
    for name, content in responses.items():
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        (target / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    click.echo(f"{target} holds the registration {guid}; read it with `review.py osf {target}`")


@main.command(short_help="Read a saved OSF registration.")
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--directory", "-d", hidden=True, default=None, help="Ignored.")
def osf(source: Path, directory: str | None) -> None:
    """Print the parts of config/protocol.yaml that the saved OSF registration in SOURCE fills."""
    import yaml

    from prismake.audit.osf import as_protocol, read_registration

    names = ("registration", "schema_responses", "schema_blocks")
    missing = [f"{name}.json" for name in names if not (source / f"{name}.json").exists()]
    if missing:
        raise click.ClickException(f"{source} lacks {', '.join(missing)}; `review.py fetch GUID {source}` saves them")
    faults = Faults()
    saved = []
    for name in names:
        try:
            saved.append(json.loads((source / f"{name}.json").read_text(encoding="utf-8-sig")))
        except ValueError as error:
            faults.error(
                "not-json", f"this is no whole JSON ({error})", file=f"{name}.json", mend="save the response again"
            )
    faults.raise_errors()
    registration = read_registration(saved[0], saved[1], saved[2], faults)
    for fault in faults:
        click.echo(str(fault), err=True)
    faults.raise_errors()
    assert registration is not None
    click.echo(yaml.safe_dump(as_protocol(registration), sort_keys=False, allow_unicode=True, width=100), nl=False)


def run() -> None:
    """Entry point: input faults, and files that cannot be read or written, are told as such, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no ä shows ? for it
    try:
        main(prog_name="review.py", standalone_mode=True)
    except InputFaults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(
            f"Error: {error.filename or 'a file'} could not be read or written: {error.strerror or error}", err=True
        )
        sys.exit(1)


if __name__ == "__main__":
    run()
