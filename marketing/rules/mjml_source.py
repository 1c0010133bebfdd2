"""What an e-mail's MJML may contain. Whatever is not named here is refused before it is rendered: files and addresses
are never included, nothing runs, nothing is fetched but pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

BLOCKS = {
    "mjml", "mj-head", "mj-title", "mj-preview", "mj-attributes", "mj-all", "mj-class", "mj-body", "mj-section",
    "mj-wrapper", "mj-group", "mj-column", "mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer", "mj-table",
    "mj-hero",
}  # fmt: skip
INLINE = {
    "p", "br", "b", "strong", "i", "em", "u", "s", "small", "sup", "sub", "span", "a", "ul", "ol", "li", "h1", "h2",
    "h3", "h4", "blockquote", "table", "thead", "tbody", "tr", "td", "th", "div", "img", "hr",
}  # fmt: skip
ADDRESSES = {"href", "src", "background-url", "action", "background"}
SILENT = {"mj-title", "mj-preview", "mj-attributes"}
BREAKS = {
    "p", "br", "li", "h1", "h2", "h3", "h4", "tr", "div", "mj-text", "mj-button", "mj-image", "mj-section", "hr",
    "mj-divider",
}  # fmt: skip
STYLES = re.compile(r"url\s*\(|expression|@import|javascript|behavior|-moz-binding|\\", re.I)
WHOLE = re.compile(
    r"https://[^\s/@{}<>\"'?#]+\.[^\s/@{}<>\"'.:?#]+(:\d{1,5})?(/[^\s{}<>\"']*)?([?#][^\s{}<>\"']*)?", re.IGNORECASE
)
ODD = re.compile(r"<[!?]|<\s*/?\s*[^a-zA-Z/\s]")


@dataclass(frozen=True)
class Element:
    tag: str
    attributes: dict[str, str]
    line: int


@dataclass
class Source:
    """What was read: elements in order, and the words that people see with the line where each stands."""

    elements: list[Element] = field(default_factory=list)
    words: list[tuple[str, int]] = field(default_factory=list)
    links: list[tuple[str, str, int]] = field(default_factory=list)  # address, its words, line


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.source, self.silent = Source(), 0
        self.open: list[tuple[str, list[str], int]] = []

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        self.source.elements.append(Element(tag, attributes, line))
        self.silent += tag in SILENT
        if tag in BREAKS:
            self.source.words.append(("\n", line))
        for name in ("alt", "title"):
            if attributes.get(name):
                self.source.words.append((f"{attributes[name]}\n", line))
        if tag in {"a", "mj-button"}:
            self.open.append((attributes.get("href", ""), [], line))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT and self.silent > 0
        if tag in {"a", "mj-button"} and self.open:
            href, words, line = self.open.pop()
            self.source.links.append((href, "".join(words), line))
        if tag in BREAKS:
            self.source.words.append(("\n", self.getpos()[0]))

    def handle_data(self, text):
        if self.open:
            self.open[-1][1].append(text)
        if not self.silent:
            self.source.words.append((text, self.getpos()[0]))


def is_mjml(body: str) -> bool:
    """Whether somebody wrote MJML, and not plain paragraphs."""
    return body.lstrip()[:5].lower() == "<mjml"


def read(mjml: str) -> Source:
    reader = _Reader()
    reader.feed(mjml)
    reader.close()
    return reader.source


@dataclass(frozen=True)
class Refusal:
    """Why MJML is refused: `kind` is tag, attribute, address, style, variable, odd or root; `written` what stands there."""

    kind: str
    written: str
    line: int


def refusals(mjml: str) -> Iterator[Refusal]:
    """Yield everything that an e-mail may not contain."""
    for odd in ODD.finditer(mjml):
        yield Refusal("odd", mjml[odd.start() : odd.start() + 20], mjml.count("\n", 0, odd.start()) + 1)
    if not re.match(r"\s*<mjml[\s>]", mjml) or not re.search(r"</mjml>\s*$", mjml):
        yield Refusal("root", mjml.strip()[:20], 1)
    for element in read(mjml).elements:
        if element.tag not in BLOCKS | INLINE:
            yield Refusal("tag", element.tag, element.line)
        yield from _attributes(element)


def _attributes(element: Element) -> Iterator[Refusal]:
    for name, value in element.attributes.items():
        if name.startswith("on") or name in {"srcset", "formaction", "http-equiv", "path", "xlink:href"}:
            yield Refusal("attribute", name, element.line)
        elif name in ADDRESSES:
            if not is_address(value, picture=name != "href"):
                yield Refusal("address", value[:80], element.line)
        elif "{{" in value and name not in {"alt", "title"}:
            yield Refusal("variable", f'{name}="{value[:60]}"', element.line)
        elif STYLES.search(value):
            yield Refusal("style", value[:60], element.line)


def is_address(value: str, *, picture: bool = False) -> bool:
    """Whether an address may stand in a message: https with a host, or the way to refuse messages; for links also mailto
    and tel."""
    if re.fullmatch(r"\{\{\s*unsubscribe_url\s*\}\}", value):
        return not picture
    if not picture and re.fullmatch(r"(mailto:[^\s@{}<>]+@[^\s@{}<>]+|tel:\+?[\d-]{3,20})", value):
        return True
    return WHOLE.fullmatch(value) is not None
