"""`kb symbols`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from notebook_kb.cli import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notebook_kb.learning.symbols import FormulaState


@click.command(epilog="Example: kb symbols gradient-descent")
@click.argument("name", shell_complete=names.notes)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def symbols(name: str, as_json: bool) -> None:
    """Show each display formula of the note NAME with the words of its symbols, and which have none yet.

    Words come from the list below the formula or from lists above it. Letters need words; constants and signs such as ∑
    may have some.
    """
    from notebook_kb.cli.console import emit_json, say, style
    from notebook_kb.learning.symbols import all_states
    from notebook_kb.workspace.authoring import find_note
    from notebook_kb.workspace.workspace import Workspace

    notebook = Workspace.open().load().notebook
    note = find_note(notebook, name)
    states = all_states(notebook, note)
    if as_json:
        emit_json({"formulas": [as_data(note.path, s) for s in states]})
        return
    if not states:
        say(f"{style(note.path, 'path')} shows no display formula")
        return
    macros = {**notebook.settings.macros, **note.macros}
    for state in states:
        say(style(f"{note.path}:{state.formula.place.line}", "path"))
        for line in formula_lines(state, macros):
            say(line)
        say()
    say(total(states))


def as_data(path: str, state: FormulaState) -> dict[str, Any]:
    """One formula as JSON."""
    from notebook_kb.parsing.symbols import key_text

    formula = state.formula
    return {
        "tex": formula.tex,
        "path": path,
        "line": formula.place.line,
        "required": [key_text(k) for k in formula.required if k not in formula.ignored],
        "optional": [key_text(k) for k in formula.optional],
        "described": [
            {"symbol": key_text(k), "words": w.words, "line": w.line, "from": w.origin}
            for k, w in state.described.items()
        ],
        "missing": [key_text(k) for k in state.missing],
        "aloud": formula.aloud,
        "unread": formula.unread,
    }


def formula_lines(state: FormulaState, macros: Mapping[str, str]) -> Iterator[str]:
    """The formula as Unicode, its symbols in its order, the sentence that reads it aloud."""
    from textwrap import dedent

    from notebook_kb.cli.console import clean, style, width
    from notebook_kb.rendering.terminal_text import columns, terminal_text, wrapped

    wide = width()
    drawn = dedent(terminal_text(f"$$\n{state.formula.tex}\n$$", wide, macros=macros))
    yield from ("", *(f"    {style(line, 'title')}" for line in drawn.split("\n")), "")
    if state.formula.unread:
        yield "  " + style("this formula cannot be read: symbols not checked", "warning")
        return
    rows = list(symbol_lines(state))
    sign = max((columns(s) for s, _, _ in rows), default=0)
    for symbol, words, kind in rows:
        mark = "○" if kind else " "
        pieces = wrapped(words, max(wide - sign - 6, 16))
        pad = " " * (sign - columns(symbol))
        yield f"  {mark} {style(symbol, 'code')}{pad}  {style(pieces[0], kind) if kind else clean(pieces[0])}"
        yield from (f"{'':{sign + 6}}{clean(piece)}" for piece in pieces[1:])
    silent = [k for k in state.formula.optional if k not in state.described]
    if silent:
        yield from hanging("may have words", " ".join(texts(silent)), "quiet")
    if state.formula.aloud:
        yield from hanging("read aloud", state.formula.aloud, "")
    elif not state.missing:
        yield from hanging("read aloud", "no line below the formula says it yet", "warning")


def symbol_lines(state: FormulaState) -> Iterator[tuple[str, str, str]]:
    """(symbol, its words, a style) of each symbol that has or needs words."""
    from notebook_kb.parsing.symbols import key_text

    formula = state.formula
    for key in dict.fromkeys((*formula.required, *state.described)):
        if key in state.described:
            said = state.described[key]
            yield key_text(key), said.words + (f" (from {said.origin})" if said.origin else ""), ""
        elif key in state.missing:
            yield key_text(key), "no words yet", "warning"


def texts(keys: list[str]) -> list[str]:
    """Keys for people."""
    from notebook_kb.parsing.symbols import key_text

    return [key_text(k) for k in keys]


def hanging(label: str, words: str, kind: str) -> Iterator[str]:
    """A label with its words, wrapped under it."""
    from notebook_kb.cli.console import clean, style, width
    from notebook_kb.rendering.terminal_text import wrapped

    for number, piece in enumerate(wrapped(f"{label}: {words}", width() - 6)):
        yield ("    " if not number else "      ") + (style(piece, kind) if kind else clean(piece))


def total(states: list[FormulaState]) -> str:
    """`2 formulas, 9 of 10 symbols have words`."""
    from notebook_kb.cli.console import counted
    from notebook_kb.learning.symbols import counted_symbols

    described, wanted = counted_symbols(states)
    listed = f"{described} of {counted(wanted, 'symbol')}"
    unread = sum(s.formula.unread for s in states)
    more = f", {counted(unread, 'formula', 'formulas')} not checked" if unread else ""
    return f"{counted(len(states), 'formula', 'formulas')}: {listed} {'has' if wanted == 1 else 'have'} words{more}"
