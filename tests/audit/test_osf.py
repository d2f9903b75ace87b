"""Import of a registration from saved API responses, in the OSF's shape; all answers are invented."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner
from prismake.audit.osf import answers, as_protocol, item_of, pages, read_registration
from prismake.audit.osf_fetch import FetchError, fetch
from prismake.cli.main import main
from prismake.messages.faults import Faults


def _block(index, kind, text="", key=None, group=None, required=False):
    return {
        "attributes": {
            "index": index, "block_type": kind, "display_text": text, "help_text": "", "required": required,
            "registration_response_key": key, "schema_block_group_key": group,
        }
    }  # fmt: skip


BLOCKS = [
    _block(5, "question-label", "Databases", group="q2"),
    _block(6, "long-text-input", key="q2", group="q2"),
    _block(0, "page-heading", "Metadata"),
    _block(1, "question-label", "Primary research question(s)", group="q1"),
    _block(2, "long-text-input", key="q1", group="q1", required=True),
    _block(3, "section-heading", "Search"),
    _block(7, "question-label", "What is your favourite colour?", group="q3"),
    _block(8, "multi-select-input", key="q3", group="q3"),
    _block(9, "select-input-option", "blue", group="q3"),
    _block(10, "select-input-option", "green", group="q3"),
    _block(11, "question-label", "Query strings", group="q4"),
    _block(12, "file-input", key="q4", group="q4"),
]
FIRST = {
    "q1": "Does it work?", "q2": "Scopus; PsycInfo", "q3": ["blue", "green"],
    "q4": [{"file_name": "strings.txt", "file_hashes": {"sha256": "ab" * 32}}],
}  # fmt: skip


def _registration(**attributes):
    base = {"title": "A review", "date_registered": "2026-01-15T10:00:00Z", "withdrawn": False, "embargoed": False,
            "registration_supplement": "Generalized Systematic Review Registration", "registration_responses": FIRST}  # fmt: skip
    return {"data": {"id": "abcde", "attributes": {**base, **attributes}}}


def _response(original, submitted, responses, changed=(), state="approved"):
    return {
        "attributes": {
            "is_original_response": original, "date_submitted": submitted, "revision_responses": responses,
            "updated_response_keys": list(changed), "reviews_state": state, "revision_justification": "" if original else "a slip",
        }
    }  # fmt: skip


AMENDED = {**FIRST, "q2": "Scopus; PsycInfo; Web of Science"}
RESPONSES = [
    {"data": [_response(False, "2026-03-01T00:00:00Z", AMENDED, ["q2"])], "links": {"next": "page 2"}},
    {"data": [_response(True, "2026-01-15T10:00:00Z", FIRST), _response(False, "2026-04-01", {}, state="pending")]},
]


@pytest.fixture
def read():
    def go(registration=None, responses=RESPONSES, blocks=BLOCKS):
        faults = Faults()
        return read_registration(registration or _registration(), responses, {"data": blocks}, faults), faults

    return go


def test_questions_come_in_the_order_of_the_form_with_their_sections_and_options(read):
    found, _ = read()
    assert [(q.section, q.label) for q in found.questions] == [
        ("Metadata", "Primary research question(s)"), ("Search", "Databases"),
        ("Search", "What is your favourite colour?"), ("Search", "Query strings"),
    ]  # fmt: skip
    assert found.questions[2].options == ("blue", "green") and found.questions[0].required


def test_an_amendment_is_a_later_version_and_what_is_not_approved_is_none(read):
    found, _ = read()
    assert [(r.version, r.submitted, r.changed) for r in found.revisions] == [
        (1, "2026-01-15", ()),
        (2, "2026-03-01", ("q2",)),
    ]
    by_label = {row["question"]: row["answer"] for row in answers(found)}
    assert by_label["Databases"] == "Scopus; PsycInfo; Web of Science"
    assert {row["question"]: row["answer"] for row in answers(found, 1)}["Databases"] == "Scopus; PsycInfo"


def test_lists_and_files_become_text_with_their_hash(read):
    by_label = {row["question"]: row["answer"] for row in answers(read()[0])}
    assert by_label["What is your favourite colour?"] == "blue; green"
    assert by_label["Query strings"] == f"strings.txt (sha256 {'ab' * 32})"


def test_a_question_of_the_form_gets_our_name_and_another_is_kept_verbatim(read):
    protocol = as_protocol(read()[0])
    assert protocol["registration"] == {
        "registry": "OSF", "guid": "abcde", "doi": "10.17605/OSF.IO/ABCDE", "registered": "2026-01-15",
        "schema": "Generalized Systematic Review Registration",
    }  # fmt: skip
    assert protocol["protocol_version"] == 2
    assert protocol["registered"]["question"] == "Does it work?"
    narrative = protocol["registered"]["narrative"]
    assert narrative["databases"].endswith("Web of Science")
    assert narrative["What is your favourite colour?"] == "blue; green"


def test_an_open_ended_registration_keeps_its_one_answer(read):
    blocks = [_block(0, "question-label", "Summary", group="s"), _block(1, "long-text-input", key="summary", group="s")]
    found, _ = read(_registration(registration_responses={"summary": "All in one."}), {"data": []}, blocks)
    assert as_protocol(found)["registered"]["narrative"] == {"Summary": "All in one."}


def test_an_answer_without_a_question_is_kept_under_its_key(read):
    found, _ = read(_registration(registration_responses={"odd": "kept"}), {"data": []}, [])
    assert answers(found) == [{"item": "", "section": "", "question": "odd", "key": "odd", "answer": "kept"}]


def test_withdrawn_is_an_error_and_embargoed_a_warning(read):
    found, faults = read(_registration(withdrawn=True))
    assert found is None and [f.code for f in faults] == ["registration-withdrawn"]
    found, faults = read(_registration(embargoed=True))
    assert found.embargoed and [(f.level, f.code) for f in faults] == [("warning", "registration-embargoed")]


@pytest.mark.parametrize(
    ("label", "item"),
    [("Databases", "databases"), ("Sensitivity analysis", "sensitivity_analysis"), ("Search string(s)", "query_strings"),
     ("Favourite colour", None)],
)  # fmt: skip
def test_labels_are_matched_without_their_punctuation(label, item):
    assert item_of(label) == item


def test_pages_join_in_order():
    assert pages([{"data": [1, 2]}, {"data": [3]}]) == [1, 2, 3]


@pytest.fixture
def server():
    """Answers as the OSF does: pages by links.next, one 503 before the first answer, 404 for what is not there."""
    failures = ["first"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if failures:
                failures.pop()
                self.send_error(503)
                return
            base = f"http://127.0.0.1:{self.server.server_port}/v2"
            registration = _registration()
            registration["data"]["relationships"] = {"registration_schema": {"data": {"id": "form1"}}}
            found = {
                "/v2/registrations/abcde/": registration,
                "/v2/registrations/abcde/schema_responses/": {
                    **RESPONSES[0], "links": {"next": f"{base}/registrations/abcde/schema_responses/?page=2"}},
                "/v2/registrations/abcde/schema_responses/?page=2": RESPONSES[1],
                "/v2/schemas/registrations/form1/schema_blocks/": {"data": BLOCKS, "links": {"next": None}},
            }.get(self.path)  # fmt: skip
            if found is None:
                self.send_error(404)
                return
            body = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    running = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}/v2"
    running.shutdown()
    thread.join()


def test_fetch_follows_pages_and_tries_again(server, tmp_path, monkeypatch):
    monkeypatch.setattr("prismake.audit.osf_fetch.time.sleep", lambda seconds: None)
    found = fetch("abcde", server, wait=lambda seconds: None)
    registration = read_registration(*found.values(), Faults())
    assert len(registration.revisions) == 2 and len(registration.questions) == 4


def test_fetch_says_what_it_could_not_read(server):
    with pytest.raises(FetchError, match="status 404"):
        fetch("zzzzz", server, wait=lambda seconds: None)


def test_a_saved_registration_is_printed_as_protocol(tmp_path):
    for name, content in (
        ("registration", _registration()),
        ("schema_responses", RESPONSES),
        ("schema_blocks", {"data": BLOCKS}),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    done = CliRunner().invoke(main, ["osf", str(tmp_path)])
    assert done.exit_code == 0 and "question: Does it work?" in done.output
