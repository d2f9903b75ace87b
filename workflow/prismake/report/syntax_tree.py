"""The document as pandoc's syntax tree: tokens become text, places of blocks become what a format makes of them.

Only pandoc reads the Markdown; inserted texts and numbers are put into its tree afterwards as plain strings, so that
each of its
writers escapes them in its own way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Sequence
from typing import Any

from prismake.report.blocks import Cell, Content, Figure, Reference, References, Run, Table, Verbatim, text_of
from prismake.report.markup import safe_address
from prismake.report.prose import BLOCK, TOKEN, Document, Inline
from prismake.report.widths import shares

Node = dict[str, Any]
NO_ATTRIBUTES: list[Any] = ["", [], []]

# Raw markup of any kind is text here: people's Markdown may not smuggle a format's own commands in.
READER = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-native_divs-native_spans-citations"
_ALIGN = {"left": "AlignLeft", "right": "AlignRight", "center": "AlignCenter"}


def inlines_of(text: str) -> list[Node]:
    """A plain text as inline nodes."""
    nodes: list[Node] = []
    for part in re.split(r"(\s+)", text):
        if part:
            nodes.append({"t": "Space"} if part.isspace() else {"t": "Str", "c": part})
    return nodes


def italic(text: str) -> Node:
    """A text in italics."""
    return {"t": "Emph", "c": inlines_of(text)}


def plain(*nodes: Node) -> Node:
    """Inline nodes as a block without space around it."""
    return {"t": "Plain", "c": list(nodes)}


def paragraph(*nodes: Node) -> Node:
    """Inline nodes as a paragraph."""
    return {"t": "Para", "c": list(nodes)}


class Tree:
    """The tree of a document for one output format.

    Args:
        document: the report.
        block: what a format makes of a table, a figure and so on: a list of block nodes.
        reference: how a format refers to a table or figure (`table-searches`) by its number; None writes the number.
        linked: whether citations lead to their references.
        turned: the raw blocks that begin a page on its side: headings right before one go onto it.
    """

    def __init__(
        self,
        document: Document,
        block: Callable[[Any], list[Node]],
        reference: Callable[[str], Node] | None = None,
        *,
        linked: bool = True,
        turned: Container[str] = (),
    ) -> None:
        self.document, self._block, self._reference, self._turned = document, block, reference, turned
        self._anchors = set(re.findall(r"\{#([\w-]+)\}", document.markdown))
        if linked:
            lists = [item for item in document.blocks if isinstance(item, References)]
            self._anchors |= {f"ref-{entry.key}" for item in lists for entry in item.items}

    def json(self, meta: dict[str, Any] | None = None) -> str:
        """The tree as pandoc reads it."""
        import pypandoc

        tree = json.loads(pypandoc.convert_text(self.document.markdown, "json", format=READER))
        tree["blocks"] = self._blocks(tree["blocks"])
        tree["meta"] = meta or {}
        return json.dumps(tree)

    @staticmethod
    def fragment(blocks: list[Node]) -> str:
        """Some blocks as a tree of their own."""
        return json.dumps({"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks})

    def _blocks(self, nodes: Sequence[Node]) -> list[Node]:
        out: list[Node] = []
        for node in nodes:
            place = _place(node)
            if place is None:
                out.append(self._walk(node))
                continue
            made = self._block(self.document.blocks[place])
            headings = len(out)
            if made and made[0]["t"] == "RawBlock" and made[0]["c"][1] in self._turned:
                while headings and out[headings - 1]["t"] == "Header":
                    headings -= 1
            out[headings:] = [*made[:1], *out[headings:], *made[1:]] if headings < len(out) else made
        return out

    def _walk(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._walk(child) for key, child in value.items()}
        if isinstance(value, list):
            if any(isinstance(v, dict) and v.get("t") in ("Para", "Plain") for v in value):
                return self._blocks(value)
            out: list[Any] = []
            for child in value:
                if isinstance(child, dict) and child.get("t") in ("Str", "Code"):
                    out += self._text(child)
                else:
                    out.append(self._walk(child))
            return out
        return TOKEN.sub(lambda m: self.document.inlines[int(m[1])].text, value) if isinstance(value, str) else value

    def _text(self, node: Node) -> list[Node]:
        if node["t"] == "Code":
            return [{"t": "Code", "c": [node["c"][0], self._walk(node["c"][1])]}]
        out: list[Node] = []
        end = 0
        text: str = node["c"]
        for match in TOKEN.finditer(text):
            if match.start() > end:
                out.append({"t": "Str", "c": text[end : match.start()]})
            out += self._inline(self.document.inlines[int(match[1])])
            end = match.end()
        if end < len(text):
            out.append({"t": "Str", "c": text[end:]})
        return out

    def _inline(self, item: Inline) -> list[Node]:
        if item.number is not None:
            return [{"t": "Str", "c": item.text.replace(" ", "\u00a0")}]
        if item.target and self._reference is not None:
            return [self._reference(item.target)]
        runs = item.runs or (Run(item.text, href=item.href),)
        return runs_nodes([Run(r.text, r.style, r.href if self._known(r.href) else "") for r in runs])

    def _known(self, address: str) -> bool:
        """Whether an address leads somewhere from this document."""
        return safe_address(address) and (not address.startswith("#") or address[1:] in self._anchors)


def _place(node: Node) -> int | None:
    """Which block a paragraph stands for, None if it is one of words."""
    if node.get("t") not in ("Para", "Plain") or len(node["c"]) != 1 or node["c"][0].get("t") != "Str":
        return None
    match = BLOCK.fullmatch(node["c"][0]["c"])
    return int(match[1]) if match else None


def caption_words(title: str, *marks: str) -> str:
    """A caption: the title, and in brackets what it is stamped with."""
    stamps = "; ".join(mark for mark in marks if mark)
    return f"{title} [{stamps}]" if stamps else title


def cell_words(cell: Content) -> str:
    """A cell's text; a blank cell stays blank."""
    return text_of(cell)


def table_node(
    table: Table,
    banner: str,
    label: str = "",
    *,
    anchored: bool = True,
    page: Callable[[str], list[Node]] = lambda address: [],
    styled: bool = False,
) -> list[Node]:
    """A table as pandoc's own, with caption and note; one without rows is its sentence. `page` says on which page what
    a cell leads to stands."""
    caption = caption_words(table.title, table.stamp, banner)
    if not table.rows:
        return [paragraph({"t": "Strong", "c": inlines_of(f"{label}{caption}.")}, {"t": "Space"}, italic(table.empty))]

    def cell(content: Content, align: str) -> list[Any]:
        where = page(content.href) if isinstance(content, Cell) and content.href else []
        return [NO_ATTRIBUTES, {"t": _ALIGN[align]}, 1, 1, [plain(*inlines_of(cell_words(content)), *where)]]

    widths = zip(table.columns, shares(table), strict=True)
    specs = [[{"t": _ALIGN[column.align]}, {"t": "ColWidth", "c": share}] for column, share in widths]
    head = [NO_ATTRIBUTES, [[NO_ATTRIBUTES, [cell(c.label, c.align) for c in table.columns]]]]
    rows = [[NO_ATTRIBUTES, [cell(v, c.align) for v, c in zip(row, table.columns, strict=True)]] for row in table.rows]
    node = {
        "t": "Table",
        "c": [
            [f"table-{table.id}" if anchored else "", [], []],
            [None, [plain(*inlines_of(label + caption))]],
            specs,
            head,
            [[NO_ATTRIBUTES, 1, [], rows]],
            [NO_ATTRIBUTES, []],
        ],
    }
    return [node, *note_node(table.note, styled=styled)]


def note_node(note: str, *, styled: bool = False) -> list[Node]:
    """`Note.` and a text, nothing for none; `styled`, in Word's style `Table Note`."""
    if not note:
        return []
    words = paragraph(italic("Note."), {"t": "Space"}, *inlines_of(note))
    style = ["", [], [["custom-style", "Table Note"]]]
    return [{"t": "Div", "c": [style, [words]]} if styled else words]


def figure_node(
    figure: Figure, paths: Sequence[str], width: str, banner: str, label: str = "", *, styled: bool = False
) -> list[Node]:
    """A figure with its caption and its alternative text, in one file or in pieces over several pages."""
    alts = [figure.alt, *(f"Continued: {figure.title}" for _ in paths[1:])]
    first, *further = (
        {"t": "Image", "c": [["", [], [["width", width]]], inlines_of(alt), [path, ""]]}
        for alt, path in zip(alts, paths, strict=True)
    )
    caption = [None, [plain(*inlines_of(label + caption_words(figure.title, figure.stamp, banner)))]]
    node = {"t": "Figure", "c": [[f"figure-{figure.id}", [], []], caption, [plain(first)]]}
    return [node, *map(paragraph, further), *note_node(figure.note, styled=styled)]


def verbatim_node(item: Verbatim) -> list[Node]:
    """Text as it stands."""
    return [{"t": "CodeBlock", "c": [NO_ATTRIBUTES, item.text]}]


_RUN_NODES = {
    "emph": "Emph",
    "strong": "Strong",
    "sup": "Superscript",
    "sub": "Subscript",
    "smallcaps": "SmallCaps",
}


def runs_nodes(runs: Sequence[Run]) -> list[Node]:
    """Inline nodes of some runs."""
    out: list[Node] = []
    for run in runs:
        nodes = inlines_of(run.text)
        if run.style:
            nodes = [{"t": _RUN_NODES[run.style], "c": nodes}]
        if run.href:
            nodes = [{"t": "Link", "c": [NO_ATTRIBUTES, nodes, [run.href, ""]]}]
        out += nodes
    return out


def reference_nodes(item: References, *, anchored: bool = True) -> list[Node]:
    """The list of references, a paragraph each, with an anchor that citations lead to."""
    if not item.items:
        return [paragraph(italic(item.empty))]
    out: list[Node] = []
    for entry in item.items:
        words = paragraph(*runs_nodes(entry.words))
        out.append(
            {"t": "Div", "c": [[f"ref-{entry.key}", ["reference"], [["custom-style", "Bibliography"]]], [words]]}
            if anchored
            else words
        )
    return out


def reference_node(item: Reference) -> list[Node]:
    """One reference as a paragraph."""
    return [paragraph(*runs_nodes(item.words))]
