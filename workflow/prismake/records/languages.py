"""Languages as exports write them ("eng", "en", "ENGLISH", "English; German") as English names."""

from __future__ import annotations

import re
from functools import lru_cache

_CODES = (
    "en eng English|de ger deu German|fr fre fra French|es spa Spanish|it ita Italian|pt por Portuguese|"
    "nl dut nld Dutch|sv swe Swedish|da dan Danish|no nor Norwegian|nb nob Norwegian|fi fin Finnish|"
    "pl pol Polish|cs cze ces Czech|sk slo slk Slovak|hu hun Hungarian|ru rus Russian|uk ukr Ukrainian|"
    "ja jpn Japanese|ko kor Korean|zh chi zho Chinese|tr tur Turkish|ar ara Arabic|he heb Hebrew|"
    "fa per fas Persian|el gre ell Greek|ro rum ron Romanian|bg bul Bulgarian|hr hrv Croatian|sr srp Serbian|"
    "sl slv Slovenian|lt lit Lithuanian|lv lav Latvian|et est Estonian|ca cat Catalan|th tha Thai|"
    "vi vie Vietnamese|id ind Indonesian|ms may msa Malay|hi hin Hindi|af afr Afrikaans|is ice isl Icelandic|"
    "mul Multiple|und |"
)
_NAMES = {code: row.rsplit(" ", 1)[1] for row in _CODES.split("|") if row for code in row.rsplit(" ", 1)[0].split()}


@lru_cache(maxsize=2048)
def language_name(text: str) -> str:
    """English names of the languages in a cell, joined by "; "; a name that is not known stays as it is."""
    names = []
    for part in re.split(r"[;,/|\n]|\s+and\s+", text):
        word = part.strip(" .{}[]()").strip()
        if not word or word.lower() in ("na", "none", "undetermined"):
            continue
        code = (
            re.split(r"[-_]", word)[0].lower()
            if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?", word)
            else word.lower()
        )
        names.append(_NAMES.get(code) or (word.capitalize() if word.isupper() or word.islower() else word))
    return "; ".join(dict.fromkeys(names))
