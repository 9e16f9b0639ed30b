"""The figures that code drew, as files of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.website.code_output import figure_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.website.plan import Site


def code_figures(site: Site) -> Iterator[tuple[str, str]]:
    """(address, path in the notebook) of every figure that the notes of a site show."""
    for path, note in site.notebook.notes.items():
        code = site.code_of(path) if note.code_key else None
        for block in code.blocks if code else ():
            yield from ((figure_address(name), file) for name, file in block.figures)
