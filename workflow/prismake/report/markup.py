"""HTML elements: attributes escaped, content already markup."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any


def element(tag: str, *inside: str, **attributes: object) -> str:
    """An element. `inside` is markup; attribute names take `_` for `-` and a trailing `_` for reserved words; None
    leaves out."""
    spelled = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{spelled}>{''.join(inside)}</{tag}>"


def safe_address(address: str) -> bool:
    """True for addresses that a page may lead to: inside itself, http, https."""
    return address.startswith(("#", "https://", "http://"))


def link(text: str, address: str) -> str:
    """Markup that leads to an address, or as it is where the address is none or not safe."""
    return element("a", text, href=address) if text and safe_address(address) else text


def region(label: str, *inside: str, class_: str = "scroll") -> str:
    """A part that scrolls sideways, reachable by keyboard."""
    return element("div", *inside, class_=class_, tabindex=0, role="region", aria_label=label)


def data_script(name: str, value: Any) -> str:
    """JSON inside a page: nothing in it can end the script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="{name}">{text}</script>'


def inline_svg(svg: str, prefix: str) -> str:
    """A drawing for use inside a page: no prolog, no script, no address outside the page, ids of its own."""
    start = svg.find("<svg")
    if start < 0:
        return ""
    svg = svg[start:].strip()
    svg = re.sub(r"<script\b.*?</script\s*>|<foreignObject\b.*?</foreignObject\s*>", "", svg, flags=re.S | re.I)
    svg = re.sub(r"\son\w+\s*=\s*(\"[^\"]*\"|'[^']*')", "", svg)
    svg = re.sub(r'\s(xlink:)?href="(?!#)[^"]*"', "", svg)
    svg = re.sub(r'\bid="([^"]+)"', lambda m: f'id="{prefix}-{m[1]}"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{prefix}-{m[1]})", svg)
    svg = re.sub(r'\b((?:xlink:)?href)="#([^"]+)"', lambda m: f'{m[1]}="#{prefix}-{m[2]}"', svg)
    return re.sub(
        r'\b(aria-labelledby|aria-describedby)="([^"]+)"',
        lambda m: f'{m[1]}="{" ".join(f"{prefix}-{i}" for i in m[2].split())}"',
        svg,
    )
