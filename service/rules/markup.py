"""Articles as pages: Markdown without HTML, cleaned once more before it is shown."""

import nh3
from markdown_it import MarkdownIt

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
LONGEST = 50_000
_READER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
_READER.options["maxNesting"] = 20


def html_of(body: str) -> str:
    """Return an article's Markdown as safe HTML: markup written in it is shown as it is written, links lead to http, https,
    mailto, tel or our own pages, pictures are left out, headings begin below the page's own."""
    lower = _READER.render(body[:LONGEST]).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return nh3.clean(
        lower,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def plain_of(body: str) -> str:
    """Return an article's words for an answer: Markdown is plain enough to be read, its heading signs are not needed."""
    lines = [line.lstrip("#").strip() if line.startswith("#") else line.rstrip() for line in body.strip().split("\n")]
    return "\n".join(lines).replace("**", "")
