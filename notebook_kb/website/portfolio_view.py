"""What the portfolio's template sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_kb.website.views import AreaView, Copy, PageHead


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One thing that was learnt or published; `kind` is that of the note, `state` a concept's."""

    title: str
    url: str
    date: str
    kind: str
    state: str = ""
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """What was learnt and published, and when. `groups` are (heading, lines), the newest first.

    `marks` are (the mark's SVG, the kind's name) of the kinds that `timeline_svg` draws; `areas` hold covered concepts.
    """

    head: PageHead
    author: str
    timeline_svg: str
    marks: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[WorkLine, ...]], ...]
    areas: tuple[AreaView, ...]
