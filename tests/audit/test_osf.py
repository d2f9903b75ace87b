"""Import of a registration from saved API responses, in the OSF's shape; all answers are invented."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from click.testing import CliRunner
from prismake.audit.osf import ITEMS, answers, as_protocol, item_of, pages, read_registration
from prismake.audit.osf_fetch import FetchError, fetch
from prismake.audit.registration_export import label, to_markdown
from prismake.cli.main import main
from prismake.messages.faults import Faults
from prismake.protocol.validate import validate
from prismake.protocol.yaml_files import read_yaml


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


def _form(items):
    """Blocks and answers of a form of sections: {section: {label: answer}}, each answer of its own key."""
    blocks, given = [], {}
    for section, questions in items.items():
        blocks.append(_block(len(blocks), "page-heading", section))
        for question, answer in questions.items():
            key = f"q{len(given) + 1}"
            given[key] = answer
            blocks.append(_block(len(blocks), "question-label", question, group=key))
            blocks.append(_block(len(blocks), "long-text-input", key=key, group=key))
    return blocks, given


def _back(registration, tmp_path):
    """What the export prints of a protocol that the import filled, after it was written, read and checked as a file."""
    content = as_protocol(registration)
    content["registered"] |= {
        "screening": {"title_abstract": {"reviewers": 2}},
        "exclusion_reasons": [{"id": "population", "label": "Wrong population"}],
        "analyses": {},
    }
    path = tmp_path / "protocol.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    faults = Faults()
    read_back = read_yaml(path, path.name, faults)
    validate(read_back, "protocol", path, path.name, faults)
    faults.raise_errors()
    assert read_back == content
    return to_markdown("generalized", read_back)


def test_all_65_answers_of_the_generalized_form_come_back(read, tmp_path):
    items = {
        section: {label(name): f"Our answer on {name}: “ä”, 5 < 6;\nsecond line." for name in names.split()}
        for section, names in ITEMS.items()
    }
    blocks, given = _form(items)
    found, faults = read(_registration(registration_responses=given), {"data": []}, blocks)
    assert not faults and len(found.questions) == 65
    text = _back(found, tmp_path)
    for questions in items.values():
        for question, answer in questions.items():
            assert f"### {question}\n\n{answer}" in text
    assert "65 of 65 items are answered" in text


def test_every_answer_to_another_form_comes_back_under_its_question(read, tmp_path):
    items = {
        "Study Information": {"Hypotheses": "Tea helps.", "What is the unit? E.g. a cup.": "A cup; or: a pot."},
        "Other": {"Other (optional)": "1. first\n2. second"},
    }
    blocks, given = _form(items)
    found, _ = read(_registration(registration_responses=given, registration_supplement="OSF Preregistration"),
                    {"data": []}, blocks)  # fmt: skip
    text = _back(found, tmp_path)
    assert "### Hypotheses\n\nTea helps." in text
    assert "### What is the unit? E.g. a cup.\n\nA cup; or: a pot." in text
    assert "### Other (optional)\n\n1. first\n2. second" in text


def test_an_open_ended_answer_comes_back(read, tmp_path):
    blocks, given = _form({"Summary": {"Summary": "All in one.\n\nTwo paragraphs: yes."}})
    found, _ = read(_registration(registration_responses=given), {"data": []}, blocks)
    assert "### Summary\n\nAll in one.\n\nTwo paragraphs: yes." in _back(found, tmp_path)


def test_what_comes_back_of_an_amended_registration_is_its_last_version(read, tmp_path):
    text = _back(read()[0], tmp_path)
    assert "Scopus; PsycInfo; Web of Science" in text and as_protocol(read()[0])["protocol_version"] == 2


def test_sections_below_sections_and_the_option_other_are_kept(read):
    blocks = [
        _block(0, "section-heading", "Design"), _block(1, "subsection-heading", "Sample"), _block(2, "paragraph", "Read this."),
        _block(3, "question-label", "Size", group="a"), _block(4, "single-select-input", key="q1", group="a"),
        _block(5, "select-input-option", "small", group="a"), _block(6, "select-other-option", "Other:", group="a"),
    ]  # fmt: skip
    (question,) = read(blocks=blocks)[0].questions
    assert (question.section, question.label, question.options) == ("Design: Sample", "Size", ("small", "Other:"))


def test_two_fields_of_one_question_are_one_answer(read):
    blocks = [_block(0, "question-label", "Query strings", group="a"), _block(1, "long-text-input", key="q1", group="a"),
              _block(2, "file-input", key="q1.uploader", group="a")]  # fmt: skip
    given = {"q1": "tea AND trial", "q1.uploader": [{"file_name": "all.txt", "file_hashes": {"sha256": "cd" * 32}}]}
    found, _ = read(_registration(registration_responses=given), {"data": []}, blocks)
    assert as_protocol(found)["registered"]["narrative"] == {
        "query_strings": f"tea AND trial\n\nall.txt (sha256 {'cd' * 32})"
    }


def test_answers_of_before_there_were_responses_are_read(read):
    meta = {"summary": {"value": "All in one.", "comments": [], "extra": []},
            "q2": {"value": {"a": {"value": "Deep."}, "uploader": {"value": "", "extra": [{"selectedFileName": "x.txt"}]}}}}  # fmt: skip
    registration = _registration(registration_responses=None, registered_meta=meta)
    found, _ = read(registration, {"data": []}, [])
    assert {row["key"]: row["answer"] for row in answers(found)} == {
        "summary": "All in one.", "q2.a": "Deep.", "q2.uploader": "x.txt",
    }  # fmt: skip


def test_a_withdrawn_registration_hides_its_answers_and_says_why(read):
    nothing = dict.fromkeys(("registration_responses", "embargoed", "registered_meta"))
    found, faults = read(
        _registration(withdrawn=True, withdrawal_justification="an error", **nothing), {"data": []}, []
    )
    assert found is None and "withdrawn (an error)" in next(iter(faults)).what


def test_pages_join_in_order():
    assert pages([{"data": [1, 2]}, {"data": [3]}]) == [1, 2, 3]


class Osf:
    """A local server that answers as the OSF does; `first` holds answers given before any other: (status, headers)."""

    def __init__(self, registration=None):
        self.first, self.asked, self.delay = [], [], 0.0
        self.registration = registration or _registration()
        self.registration["data"]["relationships"] = {"registration_schema": {"data": {"id": "form1"}}}

    def answer(self, path, base):
        responses = f"{base}/registrations/abcde/schema_responses/?page=2"
        return {
            "/v2/registrations/abcde/": self.registration,
            "/v2/registrations/abcde/schema_responses/": {**RESPONSES[0], "links": {"next": responses}},
            "/v2/registrations/abcde/schema_responses/?page=2": RESPONSES[1],
            "/v2/schemas/registrations/form1/schema_blocks/": {
                "data": BLOCKS[:5], "links": {"next": f"{base}/schemas/registrations/form1/schema_blocks/?page=2"}},
            "/v2/schemas/registrations/form1/schema_blocks/?page=2": {"data": BLOCKS[5:], "links": {"next": None}},
        }.get(path)  # fmt: skip

    def handler(osf):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                osf.asked.append(self.path)
                if osf.first:
                    status, headers = osf.first.pop(0)
                    self.send_response(status)
                    for name, value in {**headers, "Content-Length": "0"}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    return
                time.sleep(osf.delay)
                found = osf.answer(self.path, f"http://127.0.0.1:{self.server.server_port}/v2")
                body = b"not JSON" if osf.registration == "broken" else json.dumps(found).encode()
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        return Handler


@pytest.fixture
def osf():
    return Osf()


@pytest.fixture
def server(osf):
    running = ThreadingHTTPServer(("127.0.0.1", 0), osf.handler())
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}/v2"
    running.shutdown()
    thread.join()


@pytest.fixture
def waits():
    return []


@pytest.mark.parametrize(
    ("first", "waited"),
    [
        ([], []),
        ([(503, {})], [2.0]),
        ([(429, {"Retry-After": "7"})], [7.0]),
        ([(429, {"Retry-After": "3600"}), (500, {}), (502, {})], [60.0, 4.0, 8.0]),
        ([(429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})], [2.0]),
    ],
)
def test_fetch_follows_pages_and_tries_again_as_long_as_it_is_asked_to_wait(osf, server, waits, first, waited):
    osf.first = first
    found = fetch("abcde", server, wait=waits.append)
    registration = read_registration(*found.values(), Faults())
    assert len(registration.revisions) == 2 and len(registration.questions) == 4
    assert waits == waited


def test_fetch_gives_up_after_four_tries(osf, server, waits):
    osf.first = [(503, {})] * 9
    with pytest.raises(FetchError, match="status 503"):
        fetch("abcde", server, wait=waits.append)
    assert len(osf.asked) == 4


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "id that of the registration"), (403, "under embargo"), (401, "contributors"), (410, "deleted")],
)
def test_fetch_says_what_it_could_not_read_and_why_and_does_not_ask_again(osf, server, waits, status, words):
    osf.first = [(status, {})]
    with pytest.raises(FetchError, match=rf"status {status} \(.*{words}"):
        fetch("abcde", server, wait=waits.append)
    assert waits == [] and len(osf.asked) == 1


def test_fetch_does_not_wait_for_ever(osf, server, waits, monkeypatch):
    monkeypatch.setattr("prismake.audit.osf_fetch._TIMEOUT", (0.2, 0.2))
    osf.delay = 0.6
    with pytest.raises(FetchError, match="did not answer in time"):
        fetch("abcde", server, wait=waits.append)
    assert len(waits) == 3


def test_fetch_without_a_connection_says_so(waits):
    with pytest.raises(FetchError, match="no connection"):
        fetch("abcde", "http://127.0.0.1:9/v2", wait=waits.append)


def test_fetch_of_a_withdrawn_registration_says_why(osf, server):
    osf.registration["data"]["attributes"] |= {"withdrawn": True, "withdrawal_justification": "an error"}
    with pytest.raises(FetchError, match="withdrawn: an error"):
        fetch("abcde", server)


def test_fetch_of_something_that_is_no_json_says_so(osf, server):
    osf.registration = "broken"
    with pytest.raises(FetchError, match="did not answer with JSON"):
        fetch("abcde", server)


def test_the_command_saves_what_the_import_reads(osf, server, tmp_path):
    done = CliRunner().invoke(main, ["fetch", "abcde", str(tmp_path / "saved"), "--api", server])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(main, ["osf", str(tmp_path / "saved")])
    assert done.exit_code == 0 and "protocol_version: 2" in done.output


def test_a_saved_registration_is_printed_as_protocol(tmp_path):
    for name, content in (
        ("registration", _registration()),
        ("schema_responses", RESPONSES),
        ("schema_blocks", {"data": BLOCKS}),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    done = CliRunner().invoke(main, ["osf", str(tmp_path)])
    assert done.exit_code == 0 and "question: Does it work?" in done.output


# Labels as the form has them on the OSF -> the sections in which they stand there.
FORM = {
    "Review methods": "Type of review|Review stages|Current review stage|Start date|End date|Background|Primary research question(s)|"
    "Secondary research question(s)|Expectations / hypotheses|Dependent variable(s) / outcome(s) / main variables|"
    "Independent variable(s) / intervention(s) / treatment(s)|Additional variable(s) / covariate(s)|Software|Funding|"
    "Conflicts of interest|Overlapping authorships",
    "Search strategy": "Databases|Interfaces|Grey literature|Inclusion and exclusion criteria|Query strings|"
    "Search validation procedure|Other search strategies|Procedures to contact authors|Results of contacting authors|"
    "Search expiration and repetition|Search strategy justification|Miscellaneous search strategy details",
    "Screening": "Screening stages|Screened fields / blinding|Used exclusion criteria|Screener instructions|Screening reliability|"
    "Screening reconciliation procedure|Sampling and sample size|Screening procedure justification|Data management and sharing|"
    "Miscellaneous screening details",
    "Extraction": "Entities to extract|Extraction stages|Extractor instructions|Extractor masking|Extraction reliability|"
    "Extraction reconciliation procedure|Extraction procedure justification|Data management and sharing|"
    "Miscellaneous extraction details",
    "Synthesis and quality assessment": "Planned data transformations|Missing data|Data validation|Quality assessment|Synthesis plan|"
    "Criteria for conclusions / inference criteria|Synthesist blinding|Synthesis reliability|Synthesis reconciliation procedure|"
    "Publication bias analyses|Sensitivity analyses / robustness checks|Synthesis procedure justification|"
    "Synthesis data management and sharing|Miscellaneous synthesis details",
}


def test_the_labels_of_the_form_on_the_osf_are_our_items_each_once():
    found = [item_of(label, section) for section, labels in FORM.items() for label in labels.split("|")]
    metadata = set(ITEMS["metadata"].split())
    assert None not in found and len(found) == len(set(found))
    assert set(found) | metadata == {name for names in ITEMS.values() for name in names.split()}
    assert item_of("Data management and sharing", "Elsewhere") is None


@pytest.mark.parametrize("written", ["Databases *", "databases (required)", "DATABASES"])
def test_marks_of_what_is_required_make_no_difference(written):
    assert item_of(written) == "databases"


def test_answers_of_no_known_shape_are_kept(read):
    given = {"a": {"street": "x"}, "b": [{"file_id": "5f", "file_urls": {"html": "https://osf.example/5f"}}], "c": 0,
             "d": "<b>5 &lt; 6</b>"}  # fmt: skip
    found, _ = read(_registration(registration_responses=given), {"data": []}, [])
    by_key = {row["key"]: row["answer"] for row in answers(found)}
    assert by_key["a"] == '{"street": "x"}' and "5f" in by_key["b"]
    assert (by_key["c"], by_key["d"]) == ("0", "<b>5 &lt; 6</b>")


@pytest.mark.parametrize(
    ("responses", "code"),
    [
        ({"errors": [{"detail": "Not found."}]}, "response-is-an-error"),
        ({"data": [], "links": {"next": "https://osf.example/?page=2"}}, "page-missing"),
        ({"data": [], "links": {"next": None, "meta": {"total": 3}}}, "page-missing"),
        ({"data": [], "meta": {"total": 3}}, "page-missing"),
        ({"data": [], "links": {"next": None}, "meta": {"total": 0}}, None),
        ([], None),
        (None, None),
    ],
)
def test_a_saved_listing_that_is_not_whole_is_said(read, responses, code):
    found, faults = read(responses=responses)
    assert found is not None and [fault.code for fault in faults] == ([code] if code else [])


def test_what_is_not_decided_yet_is_a_warning(read):
    found, faults = read(_registration(pending_withdrawal=True))
    assert found is not None and [(f.level, f.code) for f in faults] == [("warning", "registration-pending")]


def test_a_saved_error_in_place_of_the_registration_is_said():
    faults = Faults()
    assert read_registration({"errors": [{"detail": "Not found."}]}, None, None, faults) is None
    assert "Not found." in next(iter(faults)).what


def test_a_saved_file_that_is_cut_off_is_told_as_such(tmp_path):
    for name in ("registration", "schema_responses", "schema_blocks"):
        (tmp_path / f"{name}.json").write_text('{"data": [')
    run = CliRunner().invoke(main, ["osf", str(tmp_path)])
    assert run.exit_code == 1 and "registration.json" in str(run.exception) and "no whole JSON" in str(run.exception)
