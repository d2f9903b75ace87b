"""The report in headless Chromium: what a reader clicks, that it prints, that nothing goes wrong or asks the network.

Chromium runs the page with a driver script at its end and prints the page afterwards, so no browser library is needed.
axe-core comes with the package axe-playwright-python (extra `browser`), or from the file that the environment variable
AXE_CORE names.
"""

from __future__ import annotations

import importlib.util
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
from invented_results import fabricate
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

BEFORE = """<script>window.faults = []; window.onerror = (m) => window.faults.push(String(m));
  document.addEventListener("securitypolicyviolation", (e) => window.faults.push(`${e.violatedDirective} ${e.blockedURI}`));
  for (const level of ["error", "warn"]) console[level] = (...m) => window.faults.push(m.join(" "));</script>"""


def axe_core() -> str:
    """The text of axe-core; skips the test where it is not there."""
    package = importlib.util.find_spec("axe_playwright_python")
    path = os.environ.get("AXE_CORE") or (Path(str(package.origin)).parent / "axe.min.js" if package else None)
    if path is None or not Path(path).is_file():
        pytest.skip("axe-core is not there: install the extra `browser`, or name axe.min.js in AXE_CORE")
    return Path(path).read_text(encoding="utf-8")


def run(page: str, script: str, folder: Path, *flags: str) -> Any:
    """What `script` (the body of an async function) returns when the page is loaded, with further flags of Chromium."""
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
        *flags,
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


def test_a_list_of_20000_records_draws_the_first_hundred(make: Callable[..., Facts], tmp_path: Path) -> None:
    facts = make(records=20000, studies=10, pooled=9)
    found = run(
        html_page(document_of(facts), facts, TEMPLATES),
        """document.querySelector("button[data-lists]").click();
        return document.querySelectorAll("dialog.sheet tbody tr").length;""",
        tmp_path,
    )
    assert found == 100


# A review at work, one with nothing screened yet, one in which nothing could be pooled, and a large one.
STATES: dict[str, dict[str, int]] = {
    "at work": {},
    "nothing screened": {"records": 0, "studies": 0, "pooled": 0},
    "nothing pooled": {"pooled": 0, "pending": 3},
    "300 studies": {"records": 400, "studies": 300, "pooled": 300},
}

CLICKS = """
  const out = { lists: 0, sorted: 0, searched: 0, origins: 0 };
  for (const box of document.querySelectorAll("button[data-lists]")) {
    box.click();
    const sheet = document.querySelector("dialog.sheet");
    if (!sheet.open || !sheet.querySelector("tbody tr")) throw new Error("empty list: " + box.textContent);
    sheet.querySelector("button.close").click();
    if (sheet.open) throw new Error("a list stays open");
    out.lists += 1;
  }
  for (const head of document.querySelectorAll("table[data-table] thead tr th:first-child button")) {
    head.click();
    if (head.closest("th").getAttribute("aria-sort") !== "ascending") throw new Error("not sorted");
    out.sorted += 1;
  }
  for (const field of document.querySelectorAll("input[data-filter]")) {
    const body = document.querySelector(`table[data-table="${CSS.escape(field.dataset.filter)}"]`).tBodies[0];
    field.value = "no row holds this"; field.dispatchEvent(new Event("input", { bubbles: true }));
    if ([...body.rows].some((row) => !row.hidden)) throw new Error("found what is not there");
    field.value = ""; field.dispatchEvent(new Event("input", { bubbles: true }));
    if ([...body.rows].some((row) => row.hidden)) throw new Error("rows stay hidden");
    out.searched += 1;
  }
  for (const number of [...document.querySelectorAll("main a.n")].slice(0, 40)) {
    number.click();
    const origin = document.querySelector("dialog.origin");
    if (!/(results|config)\\//.test(origin.textContent)) throw new Error("no source: " + number.textContent);
    origin.close();
    out.origins += 1;
  }
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(decodeURIComponent(link.getAttribute("href").slice(1)))) throw new Error("leads nowhere: " + link.href);
  document.body.focus();
  return out;
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The page of a review in one of the `STATES`, with its figures."""
    made: dict[str, str] = {}

    def page_in(state: str) -> str:
        if state not in made:
            results = fabricate(tmp_path_factory.mktemp("state"), **STATES[state])
            draw_all(results)
            facts = facts_of(results)
            made[state] = html_page(document_of(facts), facts, TEMPLATES)
        return made[state]

    return page_in


@pytest.mark.parametrize("state", STATES)
def test_all_that_can_be_clicked_works(pages: Callable[[str], str], tmp_path: Path, state: str) -> None:
    found = run(pages(state), CLICKS, tmp_path)
    empty = state == "nothing screened"
    assert (found["lists"] == 0) == empty and found["sorted"] > 0 and found["origins"] > (3 if empty else 20)
    assert found["searched"] > 0


@pytest.mark.parametrize(("state", "dark"), [*((state, False) for state in STATES), ("at work", True)])
def test_axe_finds_nothing(pages: Callable[[str], str], tmp_path: Path, state: str, dark: bool) -> None:
    html = pages(state).replace("<style>", f"<script>{axe_core()}</script><style>", 1)
    # What is off the screen is not laid out until it is scrolled to, and has no sizes to look at before.
    html = html.replace("</style>", "section.table, figure { content-visibility: visible !important; }</style>", 1)
    # The rows of a table are alike, and twelve of each are enough.
    script = """document.querySelectorAll("tbody tr:nth-child(n+13)").forEach((row) => row.remove());
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const r = await axe.run(document, { preload: false, resultTypes: ["violations"], runOnly: tags });
    const scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    return [scheme].concat(r.violations.map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)).join(" ")));"""
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    assert run(html, script, tmp_path, *scheme) == ["dark" if dark else "light"]


@pytest.mark.parametrize("state", STATES)
def test_it_prints(pages: Callable[[str], str], tmp_path: Path, state: str) -> None:
    file, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    file.write_text(pages(state), encoding="utf-8")
    command = [
        str(CHROMIUM),
        *FLAGS,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={pdf}",
    ]
    subprocess.run([*command, file.as_uri()], capture_output=True, timeout=120, check=True)
    assert pdf.read_bytes().startswith(b"%PDF") and pdf.stat().st_size > 20_000
