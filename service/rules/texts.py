"""What somebody wrote, as plain text: hostile markup gets no further than here.

Words are taken out of markup by looking at each sign once. A parser that builds a tree takes minutes for tags that are
opened a hundred thousand times; and what stands here afterwards is shown as text, never as markup."""

import html
import re

from service.rules.charsets import without_unseen

MOST_MARKUP = 2_000_000  # signs of HTML that are read; more is no letter
BREAKS = {
    "p",
    "div",
    "tr",
    "table",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "pre",
    "section",
    "br",
    "hr",
    "dl",
}
UNREAD = {"script", "style", "title"}  # up to their end, and where they have none, up to that of the page
TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^<>]*>|<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)>|[^<]+|<", re.DOTALL)
HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})'|([^\s"'>]{1,2000}))""", re.IGNORECASE)
SCHEMES = ("http://", "https://", "mailto:", "tel:")
LONG_NUMBER = re.compile(r"&#\w{8,}")


class _Words:
    """Collects words, a line for each block, the address behind a link that says another."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.link, self.said = "", ""
        self.quoting = 0

    def text(self, data: str) -> None:
        data = re.sub(r"\s+", " ", html.unescape(LONG_NUMBER.sub("", data)))
        self.said += data if self.link else ""
        self.words.append(data)

    def tag(self, name: str, attributes: str, *, is_end: bool) -> None:
        if name == "a":
            self._link("" if is_end else _href(attributes))
        elif name == "blockquote":
            self.quoting = max(0, self.quoting - 1) if is_end else min(self.quoting + 1, 10)
            self._break()
        elif name in BREAKS:
            self._break()
        elif name == "li" and not is_end:
            self._break()
            self.words.append("- ")
        elif name in ("td", "th"):
            self.words.append(" ")

    def _link(self, address: str) -> None:
        if self.link and self.link.strip("/") not in self.said:
            self.words.append(f" ({self.link})")
        self.link, self.said = address, ""

    def _break(self) -> None:
        self.words.append("\n" + "> " * self.quoting)


def _href(attributes: str) -> str:
    found = HREF.search(attributes)
    address = html.unescape(next((one for one in found.groups() if one), "")).strip() if found else ""
    return address if address.lower().startswith(SCHEMES) else ""


def text_of_html(markup: str) -> str:
    """Return the words of a page: scripts, styles, pictures and everything that acts are gone.

    Links stay as their address, of http, https, mailto and tel alone. Quoted blocks begin with `>`."""
    reader, place, markup = _Words(), 0, markup[:MOST_MARKUP]
    while place < len(markup):
        found = TAG.match(markup, place)
        place = found.end() if found else place + 1
        if found is None or found.group(0).startswith("<!"):
            continue
        end, name, attributes = found.groups()
        if name is None:
            reader.text(found.group(0))
        elif name.lower() in UNREAD and not end and not attributes.endswith("/"):
            place = _after(markup, place, name)
        else:
            reader.tag(name.lower(), attributes, is_end=bool(end))
    return tidy(re.sub(r"(?m)^ +", "", "".join(reader.words)))


def _after(markup: str, place: int, name: str) -> int:
    found = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE).search(markup, place)
    return found.end() if found else len(markup)


def tidy(text: str) -> str:
    """Return text with its lines trimmed at the end and no more than one empty line in a row."""
    lines = [line.rstrip() for line in without_unseen(text).replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
