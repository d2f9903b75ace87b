"""Verification of bundles and of the folder beside them."""

import hashlib
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.audit.verify import MANIFEST, read_manifest, verify_bundle, verify_contents
from prismake.messages.faults import Faults


def _bundle(path, files, manifest=None):
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(MANIFEST, lines if manifest is None else manifest)
    return path


def _codes(path):
    faults = Faults()
    verify_bundle(path, faults)
    return [fault.code for fault in faults]


FILES = {"README.md": b"read me", "results/flow/flow.json": b"{}"}
SHA = hashlib.sha256(b"{}").hexdigest()


def test_an_untouched_bundle_passes(tmp_path):
    assert _codes(_bundle(tmp_path / "b.zip", FILES)) == []


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (f"{'0' * 64}  README.md\n{SHA}  results/flow/flow.json\n", "file-differs"),
        (f"{SHA}  results/flow/flow.json\n", "file-unlisted"),
        (None, None),
        ("not a manifest\n", "unreadable-bundle"),
    ],
)
def test_what_the_manifest_does_not_say_is_an_error(tmp_path, manifest, code):
    assert _codes(_bundle(tmp_path / "b.zip", FILES, manifest)) == ([code] if code else [])


def test_a_file_that_is_gone_is_named(tmp_path):
    whole = _bundle(tmp_path / "b.zip", FILES)
    with zipfile.ZipFile(whole) as archive:
        manifest = archive.read(MANIFEST).decode()
    faults = Faults()
    verify_bundle(_bundle(tmp_path / "c.zip", {"README.md": b"read me"}, manifest), faults)
    (fault,) = faults
    assert fault.code == "file-missing" and "results/flow/flow.json" in fault.file


def test_something_that_is_no_zip_is_said_to_be(tmp_path):
    (tmp_path / "b.zip").write_bytes(b"no zip")
    assert _codes(tmp_path / "b.zip") == ["unreadable-bundle"]


def test_a_result_edited_by_hand_is_noticed():
    manifest = {"results/flow/flow.json": SHA, "README.md": "0" * 64}
    faults = Faults()
    assert verify_contents(manifest, {"results/flow/flow.json": b"{}"}, faults) == 1 and not faults
    verify_contents(manifest, {"results/flow/flow.json": b"{1}", "results/new.csv": b""}, faults)
    assert [fault.file for fault in faults] == ["results/flow/flow.json"]


@given(st.dictionaries(st.text("abc/._-", min_size=1, max_size=12), st.binary(max_size=8), max_size=5))
def test_a_manifest_survives_being_written_and_read(files):
    marks = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    text = "".join(f"{mark}  {name}\n" for name, mark in marks.items())
    assert read_manifest(text) == marks


def _with(path, name, content=b"{}", **attributes):
    """The bundle with one more entry."""
    info = zipfile.ZipInfo(name)
    for key, value in attributes.items():
        setattr(info, key, value)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, content)
    return path


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_file_of_a_name_is_an_error(tmp_path):
    assert "file-twice" in _codes(_with(_bundle(tmp_path / "b.zip", FILES), "results/flow/flow.json"))


def test_a_link_is_an_error(tmp_path):
    path = _with(_bundle(tmp_path / "b.zip", FILES), "config/link", b"/etc/hostname", external_attr=0o120777 << 16)
    assert _codes(path) == ["file-is-link", "file-unlisted"]


def test_a_file_that_leads_out_is_not_in_the_manifest(tmp_path):
    assert _codes(_with(_bundle(tmp_path / "b.zip", FILES), "../evil")) == ["file-unlisted"]


def test_a_name_that_the_manifest_has_twice_is_an_error(tmp_path):
    manifest = f"{SHA}  results/flow/flow.json\n" * 2
    assert _codes(_bundle(tmp_path / "b.zip", {"results/flow/flow.json": b"{}"}, manifest)) == ["unreadable-bundle"]


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_a_damaged_bundle_is_told_without_a_traceback(tmp_path, place):
    path = _bundle(tmp_path / "b.zip", {f"results/{n}.txt": b"text " * 50 for n in range(9)})
    raw = bytearray(path.read_bytes())
    at = int(len(raw) * place)
    raw[at : at + 30] = bytes(30)
    path.write_bytes(raw)
    assert _codes(path)


def test_an_encrypted_bundle_is_told_without_a_traceback(tmp_path):
    path = _bundle(tmp_path / "b.zip", FILES)
    raw = path.read_bytes()
    for head, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        parts = raw.split(head)
        raw = head.join([parts[0], *(p[: flag - 4] + bytes([p[flag - 4] | 1]) + p[flag - 3 :] for p in parts[1:])])
    path.write_bytes(raw)
    assert _codes(path) == ["unreadable-bundle"]
