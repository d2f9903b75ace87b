"""LaTeX as BibTeX files hold it, to plain text: accents, braces, escapes, dashes, the commonest commands."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "H": "\u030b", "c": "\u0327",
    "k": "\u0328", "=": "\u0304", ".": "\u0307",
    "d": "\u0323", "b": "\u0331", "r": "\u030a", "u": "\u0306", "v": "\u030c",
}  # fmt: skip
_SYMBOLS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł",
    "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð",
    "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "textendash": "–", "textemdash": "—",
    "textquoteright": "’", "textquoteleft": "‘",
    "textquotedblleft": "“", "textquotedblright": "”", "textquotesingle": "'", "textasciitilde": "~",
    "textunderscore": "_", "textbackslash": "\\",
    "ldots": "…", "dots": "…", "textellipsis": "…", "copyright": "©", "textregistered": "®", "texttrademark": "™",
    "pounds": "£", "textdegree": "°",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "lambda": "λ", "mu": "μ", "pi": "π",
    "sigma": "σ", "tau": "τ", "chi": "χ",
    "omega": "ω", "theta": "θ", "eta": "η", "phi": "φ", "psi": "ψ", "kappa": "κ", "rho": "ρ", "Delta": "Δ",
    "Omega": "Ω", "times": "×", "pm": "±",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "sim": "∼", "approx": "≈", "neq": "≠", "infty": "∞",
    "rightarrow": "→", "leftarrow": "←", "cdot": "·",
    "textless": "<", "textgreater": ">", "textbar": "|", "textmu": "μ", "S": "§", "P": "¶", "dag": "†", "euro": "€",
    "texteuro": "€", "circ": "°",
    "guillemotleft": "«", "guillemotright": "»", "textperiodcentered": "·", "textexclamdown": "¡",
    "textquestiondown": "¿", "quad": " ", "prime": "′",
}  # fmt: skip
_ACCENT_SIGN = re.compile(
    r"\\([`'^~\"=.])\s*(?:\{\s*(\\[ij](?![A-Za-z])|[^\W_])\s*\}|(\\[ij](?![A-Za-z])\s?|[^\W\d_]))"
)
_ACCENT_LETTER = re.compile(
    r"\\([Hckdbruv])(?:\s*\{\s*(\\[ij](?![A-Za-z])|[^\W_])\s*\}|\s+(\\[ij](?![A-Za-z])|[^\W\d_]))"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*(?:\{\})?")
_FORMAT = re.compile(
    r"\\(?:emph|text(?:it|bf|sc|tt|rm|sf|up|normal)?|mathrm|mathit|mathbf|mathsf|mbox|ensuremath|url|href|textsuperscript|textsubscript|it|bf|em|sc|rm|enspace|natexlab|noopsort)\b\s*"
)
# Characters that are meant as themselves are held in the private use area until all of LaTeX's meaning is gone.
_HELD = {
    "textbackslash": "\ue000",
    "{": "\ue001",
    "}": "\ue002",
    "$": "\ue003",
    "textasciitilde": "\ue004",
    "textasciicircum": "\ue005",
}
_RELEASED = str.maketrans({"\ue000": "\\", "\ue001": "{", "\ue002": "}", "\ue003": "$", "\ue004": "~", "\ue005": "^"})
_TIE = re.compile(r"(?<=[\w.])~(?=\w)")  # a blank that holds together; elsewhere databases mean "about"
_ANY_HELD = re.compile("[\ue000-\ue005]")
_LITERAL = re.compile(r"\\(textbackslash|textasciitilde|textasciicircum)(?![A-Za-z])\s?(?:\{\})?|\\([{}$])")
_ESCAPED = re.compile(r"\\([&%$#_{}\-/,;:! ])")


def plain(text: str) -> str:
    """Plain composed Unicode from a BibTeX value; text without LaTeX's own characters is returned as it is."""
    if "\\" in text:
        text = _LITERAL.sub(lambda match: _HELD[match.group(1) or match.group(2)], text)
        text = text.replace("\\\\", " ")
        text = _ACCENT_SIGN.sub(_accented, text)
        text = _ACCENT_LETTER.sub(_accented, text)
        text = _FORMAT.sub("", text)
        text = _COMMAND.sub(_symbol, text)
        text = _ESCAPED.sub(lambda match: "" if match.group(1) in "-/,;:!" else match.group(1), text)
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    if "``" in text or "''" in text:  # before the braces go, which may keep two marks apart
        text = text.replace("``", "“").replace("''", "”")
    if "$" in text:
        text = re.sub(r"\$([^$]{1,80})\$", r"\1", text)
    if "{" in text or "}" in text:
        text = text.replace("{", "").replace("}", "")
    if "~" in text and "://" not in text:
        text = _TIE.sub(" ", text)
    return text.translate(_RELEASED) if _ANY_HELD.search(text) else text


def _accented(match: re.Match[str]) -> str:
    letter = (match.group(2) or match.group(3)).strip()
    letter = {"\\i": "i", "\\j": "j"}.get(letter, letter)
    return unicodedata.normalize("NFC", letter + _ACCENTS[match.group(1)])


def _symbol(match: re.Match[str]) -> str:
    return _SYMBOLS.get(match.group(1), match.group(0))


_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}  # fmt: skip


def escaped(text: str) -> str:
    """Text as a BibTeX value that `plain` turns back into it: LaTeX's own characters escaped, letters left in
    Unicode.
    """
    if any(char in _SPECIAL for char in text):
        text = "".join(_SPECIAL.get(char, char) for char in text)
    for mark in ("-", "`", "'"):
        if mark * 2 in text:
            text = re.sub(f"(?<={mark}){mark}", f"{{}}{mark}", text)
    return text
