"""The report in headless Chromium: what a reader clicks, and that nothing goes wrong or asks the network.

Chromium runs the page with a driver script at its end and prints the page afterwards, so no browser library is needed.
axe-core is run too where the environment variable AXE_CORE names its file (npm's axe-core/axe.min.js).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from invented_reports import TEMPLATES, document_of, draw_all, facts_of
from prismake.report.facts import Facts
from prismake.report.formats_written import html_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

BEFORE = "<script>window.faults = []; window.onerror = (m) => window.faults.push(String(m));</script>"


def run(page: str, script: str, folder: Path) -> Any:
    """What `script` (the body of an async function) returns when the page is loaded."""
    driver = f"""<script>(async () => {{
      let value; try {{ value = await (async () => {{ {script} }})(); }} catch (e) {{ window.faults.push(String(e)); }}
      const out = document.createElement("pre"); out.id = "out";
      out.textContent = JSON.stringify({{ value, faults: window.faults, asked: performance.getEntriesByType("resource").map((r) => r.name) }});
      document.body.append(out);
    }})();</script>"""
    file = folder / "page.html"
    file.write_text(
        page.replace("<style>", BEFORE + "<style>", 1).replace("</body>", driver + "</body>"), encoding="utf-8"
    )
    command = [
        str(CHROMIUM),
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=8000",
        "--dump-dom",
        file.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.S)
    assert found, done.stderr[-2000:]
    text = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    told = json.loads(text)
    assert told["faults"] == [] and told["asked"] == []
    return told["value"]


@pytest.fixture(scope="module")
def page(results: Path) -> str:
    """The page of the invented review."""
    facts = facts_of(results)
    return html_page(document_of(facts), facts, TEMPLATES)


def test_a_box_opens_its_list_which_can_be_searched(page: str, tmp_path: Path) -> None:
    found = run(
        page,
        """document.querySelector("button[data-lists]").click();
        const sheet = document.querySelector("dialog.sheet"), field = sheet.querySelector("input");
        const before = sheet.querySelectorAll("tbody tr").length;
        field.value = "TRIAL 7"; field.dispatchEvent(new Event("input", { bubbles: true }));
        return { open: sheet.open, before, after: sheet.querySelectorAll("tbody tr").length, first: sheet.querySelector("tbody td").textContent };""",
        tmp_path,
    )
    assert found["open"] and found["before"] == 50 and 0 < found["after"] < 50
    assert "Invented trial" in found["first"]


def test_a_table_sorts_both_ways_by_value(page: str, tmp_path: Path) -> None:
    found = run(
        page,
        """const table = document.querySelector('table[data-table="effects-primary"]');
        const heads = [...table.tHead.rows[0].cells], i = heads.findIndex((h) => h.textContent === "g");
        const read = () => [...table.tBodies[0].rows].map((r) => Number(r.cells[i].dataset.s));
        heads[i].querySelector("button").click(); const up = read();
        heads[i].querySelector("button").click();
        return { up, down: read(), said: heads[i].getAttribute("aria-sort") };""",
        tmp_path,
    )
    assert found["up"] == sorted(found["up"]) and found["down"] == sorted(found["up"], reverse=True)
    assert found["said"] == "descending"


def test_a_number_opens_its_origin(page: str, tmp_path: Path) -> None:
    text = run(
        page,
        """document.querySelector("main a.n").click();
        return document.querySelector("dialog.origin").textContent;""",
        tmp_path,
    )
    assert "results/flow/flow.json" in text and "boxes.records_screened" in text


def test_long_tables_bring_all_their_rows_when_sorted_or_searched(make: Callable[..., Facts], tmp_path: Path) -> None:
    facts = make(records=700, studies=260, pooled=3)
    found = run(
        html_page(document_of(facts), facts, TEMPLATES),
        """const table = document.querySelector('table[data-table="studies"]'), before = table.tBodies[0].rows.length;
        table.querySelector("th button").click();
        return [before, table.tBodies[0].rows.length];""",
        tmp_path,
    )
    assert found == [100, 260]


def test_20000_records_open_in_a_second(make: Callable[..., Facts], tmp_path: Path) -> None:
    facts = make(records=20000, studies=10, pooled=9)
    found = run(
        html_page(document_of(facts), facts, TEMPLATES),
        """const start = performance.now();
        document.querySelector("button[data-lists]").click();
        return { ms: performance.now() - start, rows: document.querySelectorAll("dialog.sheet tbody tr").length };""",
        tmp_path,
    )
    assert found["rows"] == 100 and found["ms"] < 1000


@pytest.mark.parametrize("how", [{}, {"records": 0, "studies": 0, "pooled": 0}, {"pooled": 0, "pending": 3}])
def test_axe_finds_nothing(make: Callable[..., Facts], tmp_path: Path, how: dict[str, int]) -> None:
    if "AXE_CORE" not in os.environ:
        pytest.skip("AXE_CORE does not name axe.min.js")
    facts = make(**how)
    draw_all(facts.results.folder)
    axe = Path(os.environ["AXE_CORE"]).read_text(encoding="utf-8")
    html = html_page(document_of(facts_of(facts.results.folder)), facts, TEMPLATES)
    html = html.replace("<style>", f"<script>{axe}</script><style>", 1)
    script = 'const r = await axe.run(document); return r.violations.map((v) => v.id + ": " + v.nodes[0].html.slice(0, 200));'
    assert run(html, script, tmp_path) == []
