"""What the templates see: one frozen value for each kind of page, made by `plan`, shown by the theme.

Every `*_html` is safe HTML made by `rendering`; everything else is plain text that Jinja escapes. URLs are site paths
that start with `/`; templates pass each through `site.href(url)`, which makes it relative to the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.website.copies import Copy


@dataclass(frozen=True, slots=True)
class LinkView:
    """A titled link; `url` is '' where there is no public page."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RungMark:
    """One mark of the small ladder sign: `angle` is visual, simple, formal, another id, or own."""

    angle: str
    title: str
    written: bool


@dataclass(frozen=True, slots=True)
class ConceptLink:
    """A concept wherever it is named: its state sign, the small ladder, and (for oneself alone) how much is known."""

    id: str
    title: str
    url: str
    state: str
    marks: tuple[RungMark, ...] = ()
    hint: str = ""
    known: str = ""


@dataclass(frozen=True, slots=True)
class SourceBadge:
    """The slip beside a rung: who, what kind, which work and where in it."""

    who: str
    work: str
    kind: str = ""
    place: str = ""
    url: str = ""
    place_url: str = ""


@dataclass(frozen=True, slots=True)
class TocItem:
    """A line of the page's contents."""

    anchor: str
    title: str
    sub: bool = False


@dataclass(frozen=True, slots=True)
class RungView:
    """One explanation, or the place where one is missing (`html` is '' then).

    `mark` is the drawn sign: visual, simple, formal, or a number word for a roadmap's own angles.
    `suggestion` names a source that could fill a gap. `via` is the reading that the text comes from, if any.
    """

    angle: str
    number: int
    title: str
    ask: str
    anchor: str
    html: str = ""
    badge: SourceBadge | None = None
    suggestion: LinkView | None = None
    suggestion_place: str = ""
    via: LinkView | None = None
    words: int = 0


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section below the ladder."""

    anchor: str
    title: str
    html: str
    part: str = "other"
    level: int = 2


@dataclass(frozen=True, slots=True)
class BacklinkView:
    """A page that links here, with the sentence; the link's words are in `<mark>`."""

    title: str
    url: str
    context_html: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What other sites show beside a link to the page: a whole address, and the size in px where it is known."""

    url: str
    width: int = 0
    height: int = 0
    alt: str = ""


@dataclass(frozen=True, slots=True)
class PageHead:
    """What every page has. `kind` is concept, post, page, reading, home, roadmap, …

    `badges` are shown in the preview only: private, draft, future. `nav` is the id of the current menu entry. `copies`
    are those elsewhere.
    """

    title: str
    url: str
    kind: str
    description: str = ""
    canonical: str = ""
    nav: str = ""
    date: str = ""
    updated: str = ""
    toc: tuple[TocItem, ...] = ()
    badges: tuple[str, ...] = ()
    tags: tuple[LinkView, ...] = ()
    source_path: str = ""
    picture: Picture | None = None
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class ConceptView:
    """A concept page: what stands `first`, the ladder, the synthesis it lands on, and the rest.

    `enough` says that the explanations suffice for a synthesis, by the rule of the coverage.
    """

    head: PageHead
    area: LinkView
    position: int
    total: int
    state: str
    state_sentence: str
    lead_html: str
    marks: tuple[RungMark, ...]
    rungs: tuple[RungView, ...]
    own_html: str
    own_title: str
    first: tuple[SectionView, ...] = ()
    sections: tuple[SectionView, ...] = ()
    own_elsewhere: bool = False
    needs: tuple[ConceptLink, ...] = ()
    unlocks: tuple[ConceptLink, ...] = ()
    backlinks: tuple[BacklinkView, ...] = ()
    problems: tuple[LinkView, ...] = ()
    footnotes_html: str = ""
    enough: bool = False
    around_svg: str = ""
    known: str = ""


@dataclass(frozen=True, slots=True)
class NoteView:
    """A post, a page or a reading; `parts` are those of its `series`, of which it is number `part` (from 1)."""

    head: PageHead
    html: str
    lead_html: str = ""
    badge: SourceBadge | None = None
    backlinks: tuple[BacklinkView, ...] = ()
    newer: LinkView | None = None
    older: LinkView | None = None
    footnotes_html: str = ""
    around_svg: str = ""
    series: str = ""
    parts: tuple[LinkView, ...] = ()
    part: int = 0


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post in a list."""

    title: str
    url: str
    date: str
    description: str = ""
    figure_html: str = ""
    badges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpokenPiece:
    """A piece of the home page's formula: its MathML, and its words ('' for an operator)."""

    math_html: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area with its concepts, in the roadmap's order."""

    title: str
    anchor: str
    covered: int
    total: int
    concepts: tuple[ConceptLink, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """A problem one can come with."""

    title: str
    anchor: str
    concepts: tuple[ConceptLink, ...]


@dataclass(frozen=True, slots=True)
class HomeView:
    """The front page."""

    head: PageHead
    lead: str
    spoken: tuple[SpokenPiece, ...]
    spoken_concept: LinkView | None
    spoken_aloud: str
    posts: tuple[PostLine, ...]
    post_count: int
    desk: tuple[ConceptLink, ...]
    progress: str
    concepts: tuple[ConceptLink, ...]
    problems: tuple[ProblemView, ...]


@dataclass(frozen=True, slots=True)
class RoadmapView:
    """The roadmap: the map, the counts, the areas as text, the problems."""

    head: PageHead
    lead: str
    map_svg: str
    counts: Mapping[str, int]
    areas: tuple[AreaView, ...]
    problems: tuple[ProblemView, ...]
    has_known: bool = False


@dataclass(frozen=True, slots=True)
class ConceptsView:
    """All concepts that have something written, by area, with their ladders."""

    head: PageHead
    areas: tuple[AreaView, ...]
    compare_url: str = ""


@dataclass(frozen=True, slots=True)
class CompareCell:
    """One explanation in the compare table: its source and its first sentence; `url` leads to it."""

    source: str
    excerpt: str
    url: str


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A concept, and for each angle its explanations (none: a visible gap)."""

    concept: ConceptLink
    cells: tuple[tuple[CompareCell, ...], ...]
    own: str = ""


@dataclass(frozen=True, slots=True)
class CompareView:
    """Concepts × angles."""

    head: PageHead
    angles: tuple[str, ...]
    rows: tuple[CompareRow, ...]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What was written from a source: a concept at an angle, or a reading."""

    title: str
    url: str
    angle: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source's page."""

    head: PageHead
    by: str
    kind: str
    work_url: str
    free: bool
    lines: tuple[SourceLine, ...]
    readings: tuple[LinkView, ...] = ()
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourcesView:
    """All sources, by kind or in the roadmap's order, with how much was written from each."""

    head: PageHead
    sources: tuple[tuple[SourceView, int], ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """A list of pages: posts, one tag. `groups` are (heading, lines)."""

    head: PageHead
    lead: str
    groups: tuple[tuple[str, tuple[PostLine, ...]], ...]


@dataclass(frozen=True, slots=True)
class TagsView:
    """All tags with how many pages carry them."""

    head: PageHead
    tags: tuple[tuple[LinkView, int], ...]


@dataclass(frozen=True, slots=True)
class SearchView:
    """The search: the address of the script that holds its index."""

    head: PageHead
    index_url: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A page of a few words: 404."""

    head: PageHead
    text: str


@dataclass(frozen=True, slots=True)
class RedirectView:
    """An old address: `head` is that of the page that `target` leads to."""

    head: PageHead
    target: str
