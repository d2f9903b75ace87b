"""Citations in pandoc's notation, `[@key, p. 3]` and `@key`: found in the text, set by pandoc in a CSL style.

Each citation becomes a token as every inserted text does, so that it comes out the same in each format and the HTML
report can be built where pandoc is absent: then citations and references are set here, by author and date.
"""

from __future__ import annotations

import difflib
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.report.bibliography import Bibliography
from prismake.report.blocks import Reference, Run
from prismake.report.prose import TOKEN, Document, Inline
from prismake.report.references import plain_references, short_authors, year_of

KEY = r"(?:\{[^{}\n]+\}|\w(?:\w|[:.#$%&\-+?<>~/](?=\w))*)"
_KEY_AT = re.compile(rf"(?<![\w/\\])-?@({KEY})")
_CODE = re.compile(r"(```.*?```|~~~.*?~~~|`[^`\n]+`)", re.S)
_CITATION = re.compile(
    rf"\[(?=[^\[\]]*(?:(?<![\w/\\])@{KEY}))[^\[\]]*\](?!\()"  # [see @a, p. 3; -@b]
    rf"|(?<![\w/\\@\[])-?@{KEY}(?:\s?\[[^\[\]@]*\](?!\())?"  # @a [p. 3]
)
_READER = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-native_divs-native_spans+citations+fenced_divs"
_STYLES = {"Emph": "emph", "Strong": "strong", "Superscript": "sup", "Subscript": "sub", "SmallCaps": "smallcaps"}


def with_citations(text: str, cite: Callable[[str], str]) -> str:
    """Markdown in which each citation is replaced by what `cite` makes of it; code is left alone."""
    parts = _CODE.split(text)
    return "".join(
        part if number % 2 else _CITATION.sub(lambda match: cite(match[0]), part) for number, part in enumerate(parts)
    )


def keys_in(citation: str) -> list[str]:
    """The keys that a citation names."""
    return [key.strip("{}") for key in _KEY_AT.findall(citation)]


def nearest(key: str, names: Mapping[str, str]) -> str:
    """Names that look like an unknown key, as a hint."""
    near = difflib.get_close_matches(key, sorted(names), 3, 0.6)
    return f"; near it: {', '.join(near)}" if near else ""


def settle(
    document: Document, bibliography: Bibliography, *, style: Path | None = None, own: bool = True, language: str = "en"
) -> list[Reference]:
    """Set every citation of a rendered document, and give its list of references.

    Args:
        document: `cited` holds the citations; their tokens' words are put in place.
        style: a CSL file; None sets them without pandoc.
        own: the style is the shipped one, in which two authors are joined by “and” in running text.

    Raises KeyError for a key that the bibliography does not have.
    """
    place = {int(match[1]): match.start() for match in TOKEN.finditer(document.markdown)}
    document.cited = sorted((c for c in document.cited if c[0] in place), key=lambda cited: place[cited[0]])
    citations = [TOKEN.sub(lambda m: document.inlines[int(m[1])].text, text) for _, text in document.cited]
    for text in citations:
        for key in keys_in(text):
            if key not in bibliography.names:
                raise KeyError(f"nothing is known of the cited source {key!r}{nearest(key, bibliography.names)}")
    if style is not None and (citations or bibliography.included) and pandoc_is_there():
        said, references = _by_pandoc(citations, bibliography, style, language)
    else:
        said = [_plain(text, bibliography) for text in citations]
        cited = {bibliography.names[key] for text in citations for key in keys_in(text)}
        references = plain_references(bibliography, cited)
    for (position, _), text, runs in zip(document.cited, citations, said, strict=True):
        if own and not text.startswith("["):
            runs = _in_running_text(runs)
        document.inlines[position] = Inline("".join(run.text for run in runs), runs=tuple(runs))
    return references


def pandoc_is_there() -> bool:
    """Whether pandoc can be called."""
    try:
        import pypandoc

        pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        return False
    return True


def _by_pandoc(
    citations: Sequence[str], bibliography: Bibliography, style: Path, language: str
) -> tuple[list[list[Run]], list[Reference]]:
    """The runs of each citation, and the references, by `pandoc --citeproc`."""
    import pypandoc

    def by_id(match: re.Match[str]) -> str:
        return f"{match[0].partition('@')[0]}@{{{bibliography.names[match[1].strip('{}')]}}}"

    named = ", ".join(f"@{{{key}}}" for key in sorted(bibliography.included))
    lines = ["---", f"nocite: {json.dumps(named)}", "---", ""] if named else []
    for number, text in enumerate(citations):
        lines += [f"::: {{#citation-{number}}}", " ".join(_KEY_AT.sub(by_id, text).split()), ":::", ""]
    with tempfile.TemporaryDirectory() as folder:
        items = Path(folder) / "items.json"
        items.write_text(json.dumps(list(bibliography.items.values())), encoding="utf-8")
        arguments = [
            "--citeproc",
            f"--bibliography={items}",
            f"--csl={style}",
            "--metadata=link-citations:true",
            f"--metadata=lang:{language}",
        ]
        tree = json.loads(pypandoc.convert_text("\n".join(lines), "json", format=_READER, extra_args=arguments))
    divisions = {node["c"][0][0]: node["c"][1] for node in tree["blocks"] if node["t"] == "Div"}
    said = [runs_of(_inlines_in(divisions.get(f"citation-{n}", []))) for n in range(len(citations))]
    references = []
    for entry in divisions.get("refs", []):
        key = str(entry["c"][0][0]).removeprefix("ref-")
        references.append(Reference(key, tuple(runs_of(_inlines_in(entry["c"][1]))), key in bibliography.included))
    return said, references


def _inlines_in(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [inline for block in blocks if block["t"] in ("Para", "Plain") for inline in block["c"]]


def runs_of(inlines: Sequence[dict[str, Any]], style: Any = "", href: str = "") -> list[Run]:
    """pandoc's inline nodes as runs; a note stands in brackets, what has no style of its own is plain text."""
    out: list[Run] = []
    for node in inlines:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind == "Str":
            found = [Run(str(content), style, href)]
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            found = [Run(" ", style, href)]
        elif kind in _STYLES:
            found = runs_of(content, _STYLES[kind], href)
        elif kind == "Link":
            found = runs_of(content[1], style, content[2][0])
        elif kind == "Quoted":
            opening, closing = ("‘", "’") if content[0]["t"] == "SingleQuote" else ("“", "”")
            found = [Run(opening, style, href), *runs_of(content[1], style, href), Run(closing, style, href)]
        elif kind in ("Span", "Cite"):
            found = runs_of(content[1], style, href)
        elif kind == "Note":
            found = [Run(" ["), *runs_of(_inlines_in(content), style, href), Run("]")]
        elif kind in ("Code", "Math", "RawInline"):
            found = [Run(str(content[1]), style, href)]
        else:
            found = runs_of(content, style, href) if isinstance(content, list) else []
        for run in found:
            if out and (out[-1].style, out[-1].href) == (run.style, run.href):
                out[-1] = Run(out[-1].text + run.text, run.style, run.href)
            else:
                out.append(run)
    return out


def _in_running_text(runs: Sequence[Run]) -> list[Run]:
    """`A & B (2020)` as a sentence says it: `A and B (2020)`."""
    out: list[Run] = []
    before = True
    for run in runs:
        head, bracket, rest = run.text.partition("(")
        text = head.replace(" & ", " and ").replace(", & ", ", and ") + bracket + rest if before else run.text
        before = before and not bracket
        out.append(Run(text, run.style, run.href))
    return out


def _plain(citation: str, bibliography: Bibliography) -> list[Run]:
    """A citation by author and date, each source leading to its reference."""

    def item(key: str) -> tuple[dict[str, Any], str]:
        name = bibliography.names[key]
        return bibliography.items[name], f"#ref-{name}"

    if not citation.startswith("["):
        first, _, rest = citation.partition("@")
        key = re.match(KEY, rest)
        assert key is not None
        source, href = item(key[0].strip("{}"))
        locator = rest[key.end() :].strip().strip("[]")
        who = [] if first == "-" else [Run(short_authors(source) + " ")]
        return [*who, Run("("), Run(year_of(source), href=href), Run(f", {locator})" if locator else ")")]
    out = [Run("(")]
    for number, part in enumerate(citation[1:-1].split(";")):
        found = _KEY_AT.search(part)
        if number:
            out.append(Run("; "))
        if found is None:
            out.append(Run(part.strip()))
            continue
        source, href = item(found[1].strip("{}"))
        before, after = part[: found.start()].strip(), part[found.end() :].strip()
        said = year_of(source) if found[0].startswith("-") else f"{short_authors(source)}, {year_of(source)}"
        out += [Run(f"{before} ")] if before else []
        out.append(Run(said, href=href))
        out += [Run(after if after.startswith(",") else f" {after}")] if after else []
    return [*out, Run(")")]
