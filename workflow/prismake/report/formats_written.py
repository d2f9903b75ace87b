"""From one document to files: HTML by this package alone, the other formats by pandoc and typst."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prismake.messages.progress import watched
from prismake.records.tables import write_text
from prismake.report.facts import Facts
from prismake.report.html import page
from prismake.report.lists import Lists
from prismake.report.prose import Document


def write_formats(document: Document, facts: Facts, templates: Path, paths: Sequence[Path]) -> None:
    """Write the report to each path; its ending says the format.

    Args:
        document: the report.
        templates: the folder with report.css, report.js and what the other formats need.
        paths: files ending in .html, .docx, .pdf, .tex or .md.

    Raises ValueError for an ending that is no format.
    """
    for path in watched(paths, "Writing the report"):
        if path.suffix == ".html":
            write_text(html_page(document, facts, templates), path)
        elif path.suffix in (".docx", ".pdf", ".tex", ".md"):
            from prismake.report.pandoc import write_with_pandoc

            write_with_pandoc(document, facts, templates, path)
        else:
            raise ValueError(f"{path.name}: no report is written in this format")


def html_page(document: Document, facts: Facts, templates: Path) -> str:
    """The HTML report."""
    return page(
        document,
        facts.results,
        meta={
            "title": facts.title,
            "running": str(facts.review.get("short_title") or facts.title),
            "banner": facts.banner,
            "mark": facts.mark,
            "language": str((facts.config.get("report") or {}).get("language") or "en"),
        },
        template=(templates / "page.html.j2").read_text(encoding="utf-8"),
        style=(templates / "report.css").read_text(encoding="utf-8"),
        script=(templates / "report.js").read_text(encoding="utf-8"),
        lists=Lists(facts.results, facts.records, abstracts=facts.abstracts_shown),
    )
