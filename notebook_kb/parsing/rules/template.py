"""`<% … %>` of Templater: never run, shown as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline


def install(md: MarkdownIt) -> None:
    """Add the rule before those that read `<`."""
    md.inline.ruler.before("autolink", "template", template)


def template(state: StateInline, silent: bool) -> bool:
    """One command as code."""
    if not state.src.startswith("<%", state.pos):
        return False
    # looked for once in a text, not again at each `<%` that nothing closes
    known = state.env.get("template_end")
    if known is None or known[0] is not state.src or known[1] != state.posMax:
        known = (state.src, state.posMax, state.src.rfind("%>", 0, state.posMax))
        state.env["template_end"] = known
    if known[2] < state.pos + 2:
        return False
    end = state.src.find("%>", state.pos + 2, state.posMax)
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.content = " ".join(state.src[state.pos : end + 2].split())
        token.markup = "<%"
    state.pos = end + 2
    return True
