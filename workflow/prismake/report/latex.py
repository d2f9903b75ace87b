"""What pandoc's LaTeX lacks: references that compile without its own bibliography, words that can be broken, and letters
beyond Latin Modern.

The file compiles with LuaLaTeX, XeLaTeX and pdfLaTeX. LuaLaTeX alone sets text from right to left.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from prismake.report.blocks import Content, Table, text_of
from prismake.report.syntax_tree import NO_ATTRIBUTES, Node, inlines_of
from prismake.report.widths import CHARACTER, SIDEWAYS, UPRIGHT, broken, shares, sideways

# Size of the text in tables, points, as LaTeX's footnotesize of a document in 10 points.
_TABLE_SIZE = 8.0

# What begins a table in small print, and one on a page on its side.
_SMALL = "\\begingroup\\footnotesize\\setlength{\\tabcolsep}{3pt}"
TURNED = "\\begin{landscape}" + _SMALL

# Characters of sentences and statistics in every engine's own way, for Latin Modern has none of them.
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "ς": "varsigma", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta",
    "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_SIGNS = {
    "−": "-", "≤": "\\leq", "≥": "\\geq", "≠": "\\neq", "≈": "\\approx", "≡": "\\equiv", "≪": "\\ll", "≫": "\\gg", "∼": "\\sim",
    "∞": "\\infty", "√": "\\surd", "∑": "\\sum", "∏": "\\prod", "∫": "\\int", "∂": "\\partial", "∈": "\\in", "∅": "\\emptyset",
    "∩": "\\cap", "∪": "\\cup", "⊂": "\\subset", "∀": "\\forall", "∃": "\\exists", "∧": "\\wedge", "∨": "\\vee", "⊕": "\\oplus",
    "⊖": "\\ominus", "⊗": "\\otimes", "⊙": "\\odot", "→": "\\rightarrow", "←": "\\leftarrow", "↔": "\\leftrightarrow",
    "↑": "\\uparrow", "↓": "\\downarrow", "⇒": "\\Rightarrow", "⇐": "\\Leftarrow", "⇔": "\\Leftrightarrow", "○": "\\circ",
    "●": "\\bullet", "■": "\\blacksquare", "□": "\\square", "▲": "\\blacktriangle", "△": "\\triangle", "▼": "\\blacktriangledown",
    "▽": "\\triangledown", "◆": "\\blacklozenge", "◇": "\\lozenge", "★": "\\bigstar", "✓": "\\checkmark", "✔": "\\checkmark",
    "✗": "\\times", "✕": "\\times", "⟨": "\\langle", "⟩": "\\rangle", "⋅": "\\cdot", "⋯": "\\cdots",
}  # fmt: skip
SYMBOLS = {
    **{letter: f"\\ensuremath{{\\{name}}}" for letter, name in _GREEK.items()},
    **{sign: f"\\ensuremath{{{code}}}" for sign, code in _SIGNS.items()},
    **{chr(0x2080 + n): f"\\textsubscript{{{sign}}}" for n, sign in enumerate("0123456789+-=()")},
    **{chr(0x2070 + n): f"\\textsuperscript{{{sign}}}" for n, sign in enumerate("0123456789+-=()n")},
    "\u2071": "\\textsuperscript{i}",
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "\\ensuremath{-}",
}

# Fonts that have other alphabets, from TeX Live and from systems; the first one there that has a character draws it.
_FONTS = (
    "Noto Sans Hebrew", "Noto Sans Arabic", "Times New Roman", "DejaVu Sans", "FreeSerif", "Noto Sans CJK SC",
    "Source Han Sans SC", "FandolSong-Regular", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "SimSun", "Malgun Gothic",
    "Apple SD Gothic Neo", "Arial Unicode MS", "Noto Emoji", "Segoe UI Emoji", "Segoe UI Symbol",
)  # fmt: skip

_FIRST = """% Compile in a folder of its own, or as `lualatex -jobname=journal report.tex`, twice: report.pdf beside it is the build's own.
"""
_HEAD = r"""% Characters beyond Latin Modern: signs in the engine's own way; others from the first font here that has them, or as their
% code, such as U+4E2D. LuaLaTeX is the engine that sets text from right to left.
\makeatletter
\newcommand\prismakecode[1]{\guilsinglleft U+#1\guilsinglright\hspace{0pt}}
\ifPDFTeX
  \newcommand\prismakeother[1]{\prismakecode{#1}}
  \newcommand\prismakecharacter[3]{\@ifundefined{u8:\detokenize{#2}}{\DeclareUnicodeCharacter{#1}{#3}}{}}
\else
  \def\prismakefonts{}
  \newcommand\prismakefont[2]{\IfFontExistsTF{#2}{\expandafter\newfontfamily\csname prismakefont#1\endcsname{#2}%
    \xdef\prismakefonts{\ifx\prismakefonts\@empty\else\prismakefonts,\fi#1}}{}}
  \DeclareRobustCommand\prismakeother[1]{{\let\prismakefound=n\@for\prismakename:=\prismakefonts\do{%
    \if\prismakefound n\csname prismakefont\prismakename\endcsname
    \iffontchar\font"#1\relax\char"#1\relax\let\prismakefound=y\fi\fi}%
    \if\prismakefound n\normalfont\prismakecode{#1}\else\ifnum"#1>"2E7F \hspace{0pt}\fi\fi}}
  \newcommand\prismakecharacter[3]{\begingroup\normalfont\iffontchar\font"#1\relax\endgroup\else\endgroup\catcode"#1=\active
    \begingroup\lccode`\~="#1\lowercase{\endgroup\def~}{\texorpdfstring{#3}{#2}}\fi}
\fi
"""
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]")


# The most lines of a row: LaTeX breaks tables between rows alone.
_MOST_LINES = 50


def low_rows(table: Table) -> Table:
    """The table with each row that would be higher than a page as several, one below the other."""
    room = SIDEWAYS if sideways(table, _TABLE_SIZE) else UPRIGHT
    fits = [max(100, int(_MOST_LINES * share * room / (CHARACTER * _TABLE_SIZE))) for share in shares(table)]
    rows: list[list[Content]] = []
    for row in table.rows:
        texts = [text_of(cell) for cell in row]
        if all(len(text) <= most for text, most in zip(texts, fits, strict=True)):
            rows.append(row)
            continue
        parts = [wrap(text, most) or [""] for text, most in zip(texts, fits, strict=True)]
        rows += [list(below) for below in zip_longest(*parts, fillvalue="")]
    return replace(table, rows=rows)


def small_tables(table: Table, nodes: list[Node]) -> list[Node]:
    """A table in small print, on a page on its side where it is too wide for an upright one."""
    if not table.rows:
        return nodes
    if sideways(table, _TABLE_SIZE):
        return [_raw(TURNED), *nodes, _raw("\\endgroup\\end{landscape}")]
    return [_raw(_SMALL), *nodes, _raw("\\endgroup")]


def _raw(code: str) -> Node:
    return {"t": "RawBlock", "c": ["latex", code]}


def _broken_lines(text: str) -> list[Node]:
    """Text as it stands whose lines can be broken, which LaTeX's own verbatim cannot."""
    lines = [inlines_of(broken(line)) for line in text.splitlines()]
    words = [node for line in lines for node in [*line, {"t": "LineBreak"}]][:-1]
    return [
        _raw("\\begingroup\\footnotesize\\ttfamily\\raggedright"),
        {"t": "Para", "c": words},
        _raw("\\par\\endgroup"),
    ]


def adapted(node: Any) -> Any:
    """pandoc's tree for LaTeX: long words and search strings can be broken, and references are paragraphs with a hanging indent and a
    label. With an id of `ref-...` pandoc would take each for an entry of a list that it has not begun."""
    if isinstance(node, list):
        return [adapted(child) for child in node]
    if not isinstance(node, dict):
        return node
    kind = node.get("t")
    if kind == "Str":
        return {"t": "Str", "c": broken(node["c"])}
    if kind == "CodeBlock":
        return {"t": "Div", "c": [NO_ATTRIBUTES, _broken_lines(node["c"][1])]}
    if kind == "Link" and node["c"][2][0].startswith("#ref-"):
        attributes, words, (address, title) = node["c"]
        return {"t": "Link", "c": [attributes, adapted(words), [address.replace("#ref-", "#reference-", 1), title]]}
    if kind == "Div" and node["c"][0][0].startswith("ref-"):
        (label, *attributes), words = node["c"]
        first, *further = adapted(words)
        first["c"].insert(0, {"t": "RawInline", "c": ["latex", "\\hangindent=2em\\hangafter=1 "]})
        return {"t": "Div", "c": [[label.replace("ref-", "reference-", 1), *attributes], [first, *further]]}
    return {key: adapted(child) for key, child in node.items()}


def with_preamble(text: str) -> str:
    """The LaTeX document with what tables on their side need and a definition of each of its characters that Latin Modern
    may lack; without marks that no font shows."""
    text = _MARKS.sub("", unicodedata.normalize("NFC", text))
    found = sorted(character for character in set(text) if ord(character) > 0xFF)
    lines, others = [], [character for character in found if character not in SYMBOLS]
    if others:
        fonts = "".join(f"  \\prismakefont{{{chr(65 + n)}}}{{{name}}}\n" for n, name in enumerate(_FONTS))
        lines.append(f"\\ifPDFTeX\\else\n{fonts}\\fi\n")
    if any(_FROM_RIGHT.match(character) for character in others):
        warning = "Text from right to left needs LuaLaTeX: here its letters stand in the wrong order"
        lines.append(f"\\ifLuaTeX\\else\\@latex@warning@no@line{{{warning}}}\\fi\n")
    for character in found:
        code = f"{ord(character):04X}"
        drawn = SYMBOLS.get(character, f"\\prismakeother{{{code}}}")
        lines.append(f"\\prismakecharacter{{{code}}}{{{character}}}{{{drawn}}}%\n")
    begin = "\\begin{document}\n"
    head, _, body = text.partition(begin)
    defined = f"{_HEAD}{''.join(lines)}\\makeatother\n" if lines else ""
    return f"{_FIRST}{head}\\usepackage{{pdflscape,float}}\\floatplacement{{figure}}{{H}}\n{defined}{begin}{body}"
