"""Members write Markdown; pages show HTML that can carry no script, no image and no foreign style."""

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
# Under the h1 of the page and the h2 of its section.
FIRST_HEADING = 3
LAST_HEADING = 6


def render(text: str) -> Markup:
    """The safe HTML of a text."""
    import nh3  # noqa: PLC0415 - only pages that show a member's text need it

    tokens = _parser().parse(text)
    _lower_headings(tokens)
    html = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip
    return Markup(clean)  # noqa: S704 - nh3 has just cleaned it


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - the same

    options = {"html": False, "typographer": True, "quotes": ["«\u00a0", "\u00a0»", "“", "”"]}
    return (
        MarkdownIt("commonmark", options)
        .enable(["table", "strikethrough", "smartquotes", "replacements"])
        .disable("image")
    )


def _lower_headings(tokens: "list[Token]") -> None:
    """Let headings follow one another from h3, however the author began."""
    levels = sorted({int(token.tag[1]) for token in tokens if token.type == "heading_open"})
    place = {f"h{level}": f"h{min(FIRST_HEADING + rank, LAST_HEADING)}" for rank, level in enumerate(levels)}
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = place[token.tag]
