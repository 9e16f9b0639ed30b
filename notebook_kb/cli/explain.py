"""`kb explain`: what a finding's code means, why it matters and how to mend it."""

from __future__ import annotations

import textwrap

import click

from notebook_kb.cli.console import emit_json, say, style, width


@click.command(epilog="Example: kb explain KB101")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def explain(code: str, *, as_json: bool) -> None:
    """Say what the finding CODE means, why it matters and how to mend it."""
    from notebook_kb.findings.catalogue import CATALOGUE

    key = find_code(code)
    known = CATALOGUE[key]
    if as_json:
        fields = ("severity", "title", "why", "mend", "wrong", "right")
        emit_json({"code": key, **{name: getattr(known, name) for name in fields}})
        return
    say(f"{style(key, 'code')}  {known.title}  {style(f'({known.severity})', known.severity)}")
    paragraph("", known.why)
    paragraph("To mend it: ", known.mend)
    example("Wrong", known.wrong)
    example("Right", known.right)
    say()
    say(
        style(
            f"To hear less or more of it, in notebook.yml:  check: {{{key}: off}}   "
            "(or info, warning, error)",
            "quiet",
        )
    )


def find_code(typed: str) -> str:
    """The code that was meant: `kb101` and `101` are KB101; UsageError with the nearest ones else."""
    from notebook_kb.errors import UsageError
    from notebook_kb.findings.catalogue import CATALOGUE
    from notebook_kb.findings.codes import near_codes

    key = typed.strip().upper()
    key = f"KB{key}" if key.isdigit() else key
    if key in CATALOGUE:
        return key
    near = near_codes(key, 3)
    words = " or ".join(f"`{c}` ({CATALOGUE[c].title})" for c in near)
    raise UsageError(
        f"there is no finding `{typed}`",
        f"did you mean {words}?" if words else f"codes run from {min(CATALOGUE)} to {max(CATALOGUE)}",
    )


def paragraph(label: str, text: str) -> None:
    """Text under an empty line, wrapped to the terminal."""
    say()
    for line in textwrap.wrap(label + text, width(), break_long_words=False, break_on_hyphens=False):
        say(line)


def example(label: str, text: str) -> None:
    """A small example, indented; nothing when there is none."""
    if not text:
        return
    say()
    say(style(f"{label}:", "quiet"))
    for line in text.split("\n"):
        say(f"    {line}")
