"""`[[target#heading|label]]` and `![[target#heading|argument]]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline


def install(md: MarkdownIt) -> None:
    """Add the rule before links and pictures, which would take the brackets."""
    md.inline.ruler.before("link", "wikilink", wikilink)


def split_target(inner: str) -> tuple[str, str, str]:
    r"""`target#heading|label` → its three parts, trimmed. In tables the bar is written `\|`."""
    target, _, label = inner.replace("\\|", "|").partition("|")
    name, _, heading = target.partition("#")
    return name.strip(), heading.strip(), label.strip()


def shown_words(target: str) -> str:
    """`Note#Heading` as a page shows it: `Note > Heading`."""
    return " > ".join(part.strip() for part in target.split("#") if part.strip())


def wikilink(state: StateInline, silent: bool) -> bool:
    """One wikilink or embed."""
    src, pos = state.src, state.pos
    embed = src.startswith("![[", pos)
    if not embed and not src.startswith("[[", pos):
        return False
    start = pos + (3 if embed else 2)
    end = src.find("]]", start, state.posMax)
    inner = src[start:end] if end > 0 else ""
    if not inner.strip() or "\n" in inner or "[[" in inner or inner[0] == "[":
        return False
    if not silent:
        token = state.push("embed" if embed else "wikilink", "", 0)
        token.content = inner
        token.meta["end"] = end + 2
    state.pos = end + 2
    return True
