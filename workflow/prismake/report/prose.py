"""The one source of words: Jinja2 templates become Markdown in which every inserted text and number is a token.

What a template inserts never meets the Markdown parser: it is kept aside, and its place is marked by two characters
of Unicode's
private use area around a position. The writers put it back, escaped for their own format. So a title with `<script>`,
`*` or LaTeX comes out as text in each format, and the numbers can be told from the words around them. A bare int or
float is refused: a number is given by the number function or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import jinja2.sandbox
from markupsafe import Markup

from prismake.report.blocks import Run
from prismake.report.formats import is_missing
from prismake.report.numbers import Number, Numbers
from prismake.report.words import label_of, listed, noun_for, plural, sentence, uncapitalised

INLINE_OPEN, INLINE_CLOSE = "\ue000", "\ue001"
BLOCK_OPEN, BLOCK_CLOSE = "\ue002", "\ue003"
TOKEN = re.compile(f"{INLINE_OPEN}(\\d+){INLINE_CLOSE}")
BLOCK = re.compile(f"{BLOCK_OPEN}(\\d+){BLOCK_CLOSE}")
_PRIVATE = re.compile("[\ue000-\ue003]")


@dataclass(frozen=True)
class Inline:
    """What stands for a token: a number, or text (with the address it links to, or in `runs` of different styles).

    `target` is the table or figure of which the text is the number: "table-searches".
    """

    text: str
    number: Number | None = None
    href: str = ""
    runs: tuple[Run, ...] = ()
    target: str = ""


@dataclass
class Document:
    """Markdown with tokens, and what the tokens stand for. `blocks` are tables, figures and other objects the writers
    know; `cited` the citations in order: position of the token, and the citation as it was written."""

    markdown: str
    inlines: list[Inline] = field(default_factory=list)
    blocks: list[Any] = field(default_factory=list)
    cited: list[tuple[int, str]] = field(default_factory=list)

    def plain(self) -> str:
        """The Markdown with its tokens as text, blocks left out, spaces plain: for reading and for tests."""
        text = BLOCK.sub("", TOKEN.sub(lambda m: self.inlines[int(m[1])].text, self.markdown))
        return text.replace("&nbsp;", " ").replace("\u00a0", " ")


class BareNumber(TypeError):
    """A template inserted a number that did not come from the number function."""


class Writer:
    """Renders templates into a `Document`.

    Args:
        templates: folders in which templates are looked for, first found first.
        numbers: the number function.
        context: what templates may use besides the functions given here.
        citations: replaces each citation in a text that people wrote by what a function makes of it.
    """

    def __init__(
        self,
        templates: Iterable[Path],
        numbers: Numbers,
        context: Mapping[str, Any] | None = None,
        citations: Callable[[str, Callable[[str], str]], str] = lambda text, cite: text,
    ) -> None:
        self.numbers = numbers
        self._citations = citations
        self.document = Document("")
        self._environment = jinja2.sandbox.SandboxedEnvironment(
            loader=jinja2.FileSystemLoader([str(t) for t in templates]),
            autoescape=True,
            finalize=self._in_template,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            comment_start_string="<!--#",
            comment_end_string="#-->",
        )
        self._environment.filters["uncapitalised"] = uncapitalised
        self._environment.globals.update(
            n=numbers.n,
            has=numbers.has,
            value=numbers.value,
            rows=numbers.rows,
            different=numbers.different,
            entry=numbers.entry,
            counted=self.counted,
            noun=noun_for,
            plural=plural,
            words=label_of,
            sentence=sentence,
            listed=self.listed,
            link=self.link,
            cite=self.cite,
            ref=self.ref,
            anchor=self.anchor,
            block=self.block,
            missing=is_missing,
        )
        self.define(context or {})

    def define(self, context: Mapping[str, Any]) -> None:
        """Give templates further names."""
        self._environment.globals.update(context)

    def render(self, name: str) -> Document:
        """The document of the template called `name`."""
        self.document.markdown = str(self._environment.get_template(name).render())
        return self.document

    def weave(self, source: str) -> Markup:
        """Markdown that people wrote, with numbers by name: `{{ n('primary.estimate') }}`. For use inside templates.

        Raises jinja2.TemplateError for a mistake in it, KeyError for a number that does not exist.
        """
        rendered = self._environment.from_string(_PRIVATE.sub("", source)).render()
        return Markup(self._citations(str(rendered), self._cited))

    def cite(self, *keys: str) -> Markup:
        """A citation in a template: `{{ cite("key", "other") }}`."""
        return self._cited("[" + "; ".join(f"@{{{key}}}" for key in keys) + "]")

    def _cited(self, source: str) -> Markup:
        """A token for a citation, to be set when all of them are known."""
        token = self._token(Inline(source))
        self.document.cited.append((len(self.document.inlines) - 1, source))
        return token

    def counted(self, number: Number, singular: str, many: str | None = None, zero: str = "no") -> Markup:
        """A count with its noun: 1 record, 1,234 records, no records; `records (not yet counted)` where it is
        unknown."""
        noun = noun_for(number.value, singular, many)
        if not number.known:
            return self._text(f"{noun} ") + self._token(Inline(f"({number.text})", number))
        said = zero if zero and number.value == 0 else number.text
        return self._token(Inline(said, number)) + self._text(f" {noun}")

    def say(self, pattern: str, *values: Any, **named: Any) -> Markup:
        """A sentence: `pattern` is Markdown with `{}` places, the values are inserted as a template would."""
        return Markup(pattern.format(*map(self._finalize, values), **{k: self._finalize(v) for k, v in named.items()}))

    def anchor(self, name: str) -> Markup:
        """The id of a heading, to stand at its end."""
        return Markup("{#" + re.sub(r"[^\w-]+", "-", name) + "}")

    def listed(self, items: Iterable[Any], last: str = "and") -> Markup:
        """Inserted texts or numbers as a list: a, b and c."""
        tokens = [str(self._finalize(item)) for item in items]
        said = [TOKEN.sub(lambda m: self.document.inlines[int(m[1])].text, token) for token in tokens]
        return Markup(listed(tokens, last, said))

    def link(self, text: object, href: str) -> Markup:
        """A text that leads somewhere in the document."""
        return self._token(Inline(_PRIVATE.sub("", str(text)), None, href))

    def ref(self, target: str) -> Markup:
        """`Table 3`: the number of a table or figure (`table-searches`), wherever in the document it stands."""
        return self._token(Inline("", href=f"#{target}", target=target))

    def block(self, item: Any) -> Markup:
        """A place for a table, a figure or another object of its own."""
        self.document.blocks.append(item)
        return Markup(f"\n\n{BLOCK_OPEN}{len(self.document.blocks) - 1}{BLOCK_CLOSE}\n\n")

    def _text(self, text: str) -> Markup:
        return Markup(text) if re.fullmatch(r"[A-Za-z ]*", text) else self._token(Inline(text))

    def _token(self, inline: Inline) -> Markup:
        self.document.inlines.append(inline)
        return Markup(f"{INLINE_OPEN}{len(self.document.inlines) - 1}{INLINE_CLOSE}")

    @jinja2.pass_context
    def _in_template(self, context: jinja2.runtime.Context, value: Any) -> Markup:
        """With the context, so that Jinja2 does not fold a typed number into the text when it compiles a template."""
        del context
        return self._finalize(value)

    def _finalize(self, value: Any) -> Markup:
        if isinstance(value, Markup):
            return value
        if isinstance(value, Number):
            return self._token(Inline(value.text, value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise BareNumber(f"the number {value!r} was inserted without the number function")
        if value is None or isinstance(value, jinja2.Undefined):
            raise BareNumber("a missing value was inserted; say in words what is missing")
        text = " ".join(_PRIVATE.sub("", str(value)).split())
        return self._token(Inline(text)) if text else Markup("")


# Names that bear a digit and are no results.
_NAMES = re.compile(
    r"PRISMA(?:-S)? (?:2020|item \w+|LSR)|RoB 2|I2|H2|tau2|item \d+[a-z]?|ASReview \d+|\bD\d\b|<h\d|\{#[\w-]+\}"
)
_LOGIC = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<!--#.*?#-->", re.S)
# Words, or a number alone, between quotation marks in it: said as it stands, where a name of a number has no space.
_SAID = re.compile(r"""(["'])(?P<words>[^"'\n]* [^"'\n]*|[\d.,%\u2212-]*\d[\d.,%]*)\1""")


@dataclass(frozen=True)
class BareDigit:
    """A digit in results prose that did not come from the number function: file, 1-based line, the text around it."""

    file: str
    line: int
    text: str


def bare_digits(source: str, file: str) -> list[BareDigit]:
    """Every digit of a template or manuscript text that is not part of a known name, and that stands outside `{{ … }}` or
    there in words that are said as they stand."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    def logic(match: re.Match[str]) -> str:
        if match[0].startswith("<!--"):
            return blank(match)
        kept = list(blank(match))
        for said in _SAID.finditer(match[0]):
            kept[slice(*said.span("words"))] = said["words"]
        return "".join(kept)

    text = _NAMES.sub(blank, _LOGIC.sub(logic, source))
    text = re.sub(r"^\s*\d+\.\s", lambda m: " " * len(m[0]), text, flags=re.M)
    found = []
    for number, (line, original) in enumerate(zip(text.split("\n"), source.split("\n"), strict=True), 1):
        if re.search(r"\d", line):
            found.append(BareDigit(file, number, original.strip()[:120]))
    return found
