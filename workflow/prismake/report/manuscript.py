"""The texts that people write: Markdown files by name, with numbers by name and citations by key in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from prismake.messages.faults import Faults
from prismake.report.citations import keys_in, nearest, with_citations
from prismake.report.prose import bare_digits

# The sections that a text can be written for, and where it stands.
PARTS = {
    "abstract": "in place of the abstract that is filled in",
    "background": "opens the introduction",
    "objectives": "in place of the question of the protocol",
    "methods": "opens the methods",
    "characteristics": "after the table of characteristics",
    "results": "closes the results",
    "conclusions": "the abstract's conclusions",
    "discussion": "the discussion",
    "other_information": "funding, interests, availability",
}

# Results prose: every number in it must come by name.
NO_DIGITS = ("abstract", "characteristics", "results", "conclusions")


_FUNDING = re.compile(
    r"(?:\*\*Funding[.:]?\*\*[.:]?|^#+ Funding *$)\s*(.+?)(?=\s*\*\*|\n\s*\n|\n#|\Z)", re.S | re.M | re.I
)


def funding_in(text: str) -> str:
    """What a text says under `**Funding.**` or a heading of that name, "" where it has neither."""
    found = _FUNDING.search(text)
    return found[1].strip() if found else ""


def read_manuscript(paths: Sequence[Path]) -> dict[str, str]:
    """Part -> text. Checks that no text is for a section that does not exist and that results prose has no typed
    number.

    Raises InputFaults with every fault of every file.
    """
    texts, faults = {}, Faults()
    for path in sorted(paths):
        name = path.stem
        if name not in PARTS:
            if name.lower() != "readme":
                faults.warning(
                    "unknown-text",
                    "no section of the report is called like this file",
                    file=str(path),
                    value=name,
                    expected=", ".join(PARTS),
                )
            continue
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            faults.error("not-utf8", "this text is not UTF-8", file=str(path), mend="save it as UTF-8")
            continue
        texts[name] = text
        for found in bare_digits(text, str(path)) if name in NO_DIGITS else []:
            faults.error(
                "typed-number",
                "a number is typed where every number must be given by name",
                file=found.file,
                line=found.line,
                value=found.text,
                expected="a number by name, such as {{ n('flow.records_screened') }}",
                mend="write the number's name in place of the number",
            )
    faults.raise_errors()
    return texts


def check_citations(paths: Sequence[Path], names: Mapping[str, str]) -> None:
    """Every source that the texts cite is known.

    Args:
        names: every name by which a source may be cited.

    Raises InputFaults with each citation of each file that names none.
    """
    faults = Faults()
    for path in sorted(paths):
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
            found: list[str] = []

            def note(citation: str, found: list[str] = found) -> str:
                found.extend(keys_in(citation))
                return ""

            with_citations(line, note)
            for key in found:
                if key not in names:
                    faults.error(
                        "unknown-source",
                        f"nothing is known of this cited source{nearest(key, names)}",
                        file=str(path),
                        line=number,
                        value=f"@{key}",
                        expected="the key of an entry of the bibliography, or the id of an included study or report",
                        mend="add the source to the bibliography, or write \\@ where no source is meant",
                    )
    faults.raise_errors()
