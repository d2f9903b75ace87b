"""What exports do to text, undone: HTML entities and tags, decomposed letters, line breaks, control characters."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

_INLINE = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|small|big|tt|sc|span|a|font|italic|bold|inf|hi|emph|mml:[a-z]+|m:[a-z]+|math|mi|mo|mn|mrow|msub|msup"
    r"|xref|ext-link|named-content|inline-formula|tex-math|underline|monospace|roman|sans-serif|styled-content|scp|jats:(?:i|b|italic"
    r"|bold|sub|sup|inf|sc|xref|inline-formula|tex-math|underline|monospace))(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"</?(?:p|br|div|h[1-6]|li|ul|ol|dl|dt|dd|table|tr|td|th|tbody|hr|sec|title|label|list|list-item|para|abstracttext|abstract|section|bold"
    r"|jats:[a-z-]+|disp-formula|break|blockquote)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\ufeff\u2028\u2029]")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_ASCII_OTHERS = bytes(code for code in range(128) if not chr(code).isalnum())
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


def cleaned(text: str) -> str:
    """One line of composed (NFC) Unicode, without tags and entities; nothing else is changed. Cleaning twice changes
    nothing.
    """
    if "&" not in text and "<" not in text:
        if text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text)):
            return " ".join(text.split()) if "  " in text else text.strip()
        return _cleaned_once(text)
    for _ in range(5):
        before, text = text, _cleaned_once(text)
        if text == before:
            break
    return text


def _cleaned_once(text: str) -> str:
    if "&" in text:
        text = unescaped(text)
    if "<" in text:
        text = _BLOCK.sub(" ", _INLINE.sub("", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _CONTROL.sub(" ", text))
    elif not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return " ".join(text.split())


def unescaped(text: str) -> str:
    """HTML entities as characters, also where they were escaped twice ("&amp;lt;")."""
    for _ in range(2):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


def blank_if_none(text: str) -> str:
    """ "" for the words that programs write where there is nothing ("NA", "N/A", "null", "undefined"), else the
    text.
    """
    word = text.strip()
    if len(word) > 9:
        return text
    return "" if word.lower() in ("na", "n/a", "nan", "null", "none", "undefined", "<na>", "nil") else text


@lru_cache(maxsize=65536)
def cleaned_word(text: str) -> str:
    """`cleaned`, remembered, for what repeats from record to record: journals, publishers, keywords."""
    return cleaned(text)


def alphanumeric(text: str) -> str:
    """Only letters and digits, without accents or case: what two exports of one entry have in common."""
    if text.isascii():
        return text.lower().encode().translate(None, _ASCII_OTHERS).decode()
    text = unicodedata.normalize("NFKD", text)
    return _NOT_ALPHANUMERIC.sub("", text.casefold())


alphanumeric_word = lru_cache(maxsize=65536)(alphanumeric)
"""`alphanumeric`, remembered, for what repeats."""
