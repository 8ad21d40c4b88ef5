"""The frame of a report: style, sections, tables; text is escaped where it enters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

from seawarden.evaluate.intervals import Rate, Share
from seawarden.store.files import whole_file

STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b2733;--quiet:#56636f;--line:#d7dee5;--paper:#fff;--sea:#f1f6fa;--ship:#1f5fa8;
--cable:#a8470f;--band:#1f5fa8;--mark:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e3e9ee;--quiet:#9aa7b3;--line:#33404c;--paper:#12181e;--sea:#17212a;
--ship:#7fb3ec;--cable:#f0a06a;--band:#7fb3ec;--mark:#ff8a80}}
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:var(--ink);
background:var(--paper)}
table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.25rem .7rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child,td:first-child,.words td,.words th{text-align:left}
h3{margin:2rem 0 .3rem}.quiet{color:var(--quiet)}
.case{border-top:1px solid var(--line)}.drawn{display:flex;flex-wrap:wrap;gap:1rem}
svg{background:var(--sea);border:1px solid var(--line);max-width:100%;height:auto}
svg text{fill:var(--quiet);font-size:11px}
.cable{fill:none;stroke:var(--cable);stroke-width:2}
.around{fill:none;stroke:var(--ship);stroke-opacity:.4;stroke-width:1.5}
.way{fill:none;stroke:var(--ship);stroke-width:2.5}.band{fill:var(--band);fill-opacity:.16}
.expected{fill:none;stroke:var(--band);stroke-dasharray:4 3}.speed{fill:none;stroke:var(--ink);stroke-width:1.5}
.span{fill:var(--mark);fill-opacity:.1}
.mark{stroke:var(--mark);stroke-width:1.5}.dot{fill:var(--mark)}
.axis{stroke:var(--line)}ul{margin:.3rem 0;padding-left:1.2rem}
.for::marker{content:"+ "}.against::marker{content:"\\2212  "}
"""


class Html(str):
    """Text that is HTML already, and must not be escaped again."""

    __slots__ = ()


class Section(NamedTuple):
    """A heading and what stands below it."""

    title: str
    parts: Sequence[Html]


def text(value: object) -> Html:
    """A value as escaped text; HTML stays as it is."""
    return value if isinstance(value, Html) else Html(escape("-" if value is None else str(value)))


def paragraph(value: object, kind: str = "") -> Html:
    """A paragraph."""
    return Html(f'<p class="{kind}">{text(value)}</p>' if kind else f"<p>{text(value)}</p>")


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, words: bool = False) -> Html:
    """A table; its cells are figures, set to the right, unless they are words."""
    top = "".join(f"<th>{text(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    kind = ' class="words"' if words else ""
    return Html(f"<table{kind}><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>")


def listed(items: Iterable[tuple[str, str]]) -> Html:
    """A list of (kind, sentence); kinds `for` and `against` bear their signs."""
    lines = "".join(f'<li class="{text(kind)}">{text(sentence)}</li>' for kind, sentence in items)
    return Html(f"<ul>{lines}</ul>" if lines else "")


def rate(value: Rate, digits: int = 3) -> str:
    """`3, or 0.150 (0.031-0.439)`."""
    if value.rate is None or value.low is None or value.high is None:
        return f"{value.count}"
    return f"{value.count}, or {value.rate:.{digits}f} ({value.low:.{digits}f}-{value.high:.{digits}f})"


def share(value: Share) -> str:
    """`19 of 20, or 95 % (75-100 %)`."""
    if value.share is None:
        return "0 of 0"
    return f"{value.count} of {value.of}, or {value.share:.0%} ({value.low:.0%}-{value.high:.0%})"


def write_page(path: Path, title: str, lead: Sequence[Html], sections: Sequence[Section]) -> None:
    """Write a report.

    Args:
        path: the HTML file.
        title: its heading.
        lead: what stands before the first section.
        sections: the rest.

    Raises:
        StoreError: the file can't be written.
    """
    body = "".join(f"<h2>{text(section.title)}</h2>{''.join(section.parts)}" for section in sections)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{text(title)}</h1>{''.join(lead)}{body}</body></html>\n"
    )
    with whole_file(path) as file:
        file.write(page.encode())
