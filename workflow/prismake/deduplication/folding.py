"""Text folded so that two spellings of one thing are one string: case, accents, markup, entities, Greek letters, dashes.

Folding is only ever for comparing: no folded text reaches a record.
"""

from __future__ import annotations

import html
import re
import unicodedata

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,60}>|</?(?:mml|jats):[^<>]*>")
_LATEX = re.compile(r"\\(?:text|math)?(?:it|bf|rm|sub|sup|superscript|subscript|emph)\b|[{}$\\]")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_NOT_WORD_UNICODE = re.compile(r"[\W_]+")
_MANGLED = re.compile(r"[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]")
_MANGLED_SPACE = re.compile("\u00c2[\u00a0 ]")  # a hard space, of which the half is lost
_SINGLE = {
    "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
    "ı": "i", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ħ": "h", "'": "", "’": "", "‘": "", "ʼ": "", "`": "", "´": "",
    "\u00ad": "", "\u200b": "", "\ufffd": "", "&": " and ", "·": " ", "µ": " micro ", "®": " ", "™": " ", "©": " ",
    "α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "ε": " epsilon ", "ζ": " zeta ", "η": " eta ",
    "θ": " theta ", "ι": " iota ", "κ": " kappa ", "λ": " lambda ", "μ": " mu ", "ν": " nu ", "ξ": " xi ", "π": " pi ",
    "ρ": " rho ", "σ": " sigma ", "ς": " sigma ", "τ": " tau ", "υ": " upsilon ", "φ": " phi ", "χ": " chi ",
    "ψ": " psi ", "ω": " omega ", "Α": " alpha ", "Β": " beta ", "Γ": " gamma ", "Δ": " delta ", "Κ": " kappa ",
    "Λ": " lambda ", "Σ": " sigma ", "Φ": " phi ", "Χ": " chi ", "Ψ": " psi ", "Ω": " omega ",
}  # fmt: skip
_TABLE = str.maketrans(_SINGLE)
_LATIN = str.maketrans({k: v for k, v in _SINGLE.items() if not "\u0370" <= k <= "\u03ff"})
_GREEK_WORD = re.compile(r"[\u0370-\u03ff]{3,}")


def unmarked(text: str) -> str:
    """The text without markup: entities resolved (twice: `&amp;lt;` is seen), HTML and LaTeX tags removed."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub("", text)
    if "{" in text or "\\" in text or "$" in text:
        text = _LATEX.sub("", text)
    return text


def unmangled(text: str) -> str:
    """UTF-8 that was read as Windows-1252 (`KÃ¶nig`) read again; the text itself where that fails."""
    text = _MANGLED_SPACE.sub(" ", text)
    if not _MANGLED.search(text):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return text


def folded(text: str) -> str:
    """Lower-case words with single spaces between them: `Grüsser's &amp; <i>in vivo</i>` -> `grussers and in vivo`.

    Letters of other scripts are kept; Greek letters used as symbols are spelled out.
    """
    text = unmarked(text)
    if text.isascii():
        text = text.replace("'", "").replace("`", "")
        if "&" in text:
            text = text.replace("&", " and ")
        return _NOT_WORD.sub(" ", text.lower()).strip()
    text = unmangled(text)
    table = _LATIN if _GREEK_WORD.search(text) else _TABLE  # a word of Greek is a language, a single letter a symbol
    text = unicodedata.normalize("NFKD", text.translate(table))
    text = "".join(c for c in text if not unicodedata.combining(c)).translate(table)
    return _NOT_WORD_UNICODE.sub(" ", text.lower()).strip()


def squeezed(text: str) -> str:
    """Folded text without spaces."""
    return folded(text).replace(" ", "")
