"""The dashboard: how far the notebook is written, what to write next, what to mend, how every note was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from notebook_kb.errors import NotebookError
from notebook_kb.findings import sort_findings
from notebook_kb.findings.grouping import group
from notebook_kb.learning.coverage import count_states
from notebook_kb.learning.suggest import suggest
from notebook_kb.preview.headings import headings_read
from notebook_kb.preview.problems import scrub
from notebook_kb.publishing.kit_source import service_name
from notebook_kb.rendering.study_charts import draw_forecast, draw_history
from notebook_kb.website.pages.indexes import areas
from notebook_kb.workspace.findings import all_findings
from notebook_kb.workspace.known import standing_of
from notebook_kb.workspace.publications import changes, publications
from notebook_kb.workspace.sending import Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notebook_kb.findings import Finding
    from notebook_kb.languages import LanguagePack
    from notebook_kb.learning.suggest import Suggestion
    from notebook_kb.preview.state import State
    from notebook_kb.study.standing import AreaRetention, Standing
    from notebook_kb.website.plan import Site
    from notebook_kb.website.views import AreaView, PageHead, RungMark
    from notebook_kb.workspace.publications import Publication

NEXT = 5
HISTORY_WEEKS = 53
PART_WORDS = {
    "own": "in_my_words",
    "symbols": "symbol_by_symbol",
    "example": "example",
    "code": "from_scratch",
    "why": "why_it_matters",
}


@dataclass(frozen=True, slots=True)
class Written:
    """How far the roadmap is written."""

    areas: tuple[AreaView, ...]
    counts: Mapping[str, int]
    covered: int
    total: int


@dataclass(frozen=True, slots=True)
class NextLine:
    """A thing to write next."""

    title: str
    url: str
    marks: tuple[RungMark, ...]
    what: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A thing to mend; `url` leads to the page of its note."""

    severity: str
    code: str
    place: str
    url: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note with its badges and how its headings were read."""

    title: str
    url: str
    path: str
    state: str
    badges: tuple[str, ...]
    read_as: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UnlistedLine:
    """A note that is called like a concept."""

    path: str
    concept: str


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A copy elsewhere: its note, where it is and since when, and what has changed here since."""

    title: str
    url: str
    place: str
    state: str
    words: str
    since: str
    address: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """An area: how much should be remembered, how much was of late and of how many answers, how much is today."""

    title: str
    wanted: str
    right: str
    answers: int
    today: str
    cards: int


@dataclass(frozen=True, slots=True)
class RememberView:
    """The cards: what is due, what comes, what was answered; `numbers` are those of both pictures, (title, (day, count)s).
    `fault` says why all that cannot be told.
    """

    due: str = ""
    new: str = ""
    forecast_svg: str = ""
    history_svg: str = ""
    retention: tuple[RetentionLine, ...] = ()
    numbers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class DashboardView:
    """What the dashboard shows."""

    head: PageHead
    written: Written
    next: tuple[NextLine, ...]
    findings: tuple[FindingLine, ...]
    notes: tuple[NoteLine, ...]
    unlisted: tuple[UnlistedLine, ...]
    copies: tuple[CopyLine, ...] = ()
    copies_fault: str = ""
    remember: RememberView = field(default_factory=RememberView)


def dashboard_view(state: State) -> DashboardView:
    """The dashboard of what is shown now."""
    site = state.everything.site
    found = state.findings
    if found is None:
        found = tuple(all_findings(state.workspace, state.loaded))
    copies, fault = copy_lines(state)
    steps = suggest(site.notebook, site.coverage, limit=NEXT)
    return DashboardView(
        head=site.head(site.word("dashboard"), "/_kb/", "dashboard"),
        written=written(site),
        next=tuple(next_line(site, s) for s in steps),
        findings=tuple(finding_line(state, f) for f in sort_findings(group(found))),
        notes=tuple(note_lines(site)),
        unlisted=tuple(unlisted(site)),
        copies=copies,
        copies_fault=fault,
        remember=remember(state),
    )


def remember(state: State) -> RememberView:
    """The cards of the notes that are shown."""
    pack = state.workspace.pack
    try:
        found = standing_of(state.root, state.loaded.notebook)
    except NotebookError as error:
        return RememberView(fault=scrub(f"{error.message}. {error.hint}", state.root))
    return RememberView(
        due=pack.counted("due", found.due) if found.due else "",
        new=pack.counted("cards_not_begun", found.new) if found.new else "",
        forecast_svg=draw_forecast(found.forecast, found.today, pack),
        history_svg=draw_history(found.history, found.today, HISTORY_WEEKS, pack),
        retention=tuple(retention_line(item, pack) for item in found.retention),
        numbers=tuple(numbers(found, pack)),
    )


def numbers(found: Standing, pack: LanguagePack) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """What the pictures show, for who cannot see them: the days on which cards come, the days with answers."""
    days = [(found.today + timedelta(days=n), count) for n, count in enumerate(found.forecast) if count]
    if days:
        rows = [(pack.short_date(day), pack.counted("cards_come", count)) for day, count in days]
        later = [("", pack.counted("cards_later", found.later))] if found.later else []
        yield pack.word("what_comes"), (*rows, *later)
    if found.history:
        answers = ((pack.short_date(d), pack.counted("answers", n)) for d, n in found.history.items())
        yield pack.word("what_was_answered"), tuple(answers)


def retention_line(item: AreaRetention, pack: LanguagePack) -> RetentionLine:
    """One area."""
    return RetentionLine(
        title=item.title or pack.word("no_area"),
        wanted=percent(item.wanted),
        right=percent(item.right / item.answers) if item.answers else "–",
        answers=item.answers,
        today=percent(item.mean) if item.mean is not None else "–",
        cards=item.cards,
    )


def percent(share: float) -> str:
    """`83 %`."""
    return f"{round(share * 100)} %"


def written(site: Site) -> Written:
    """How far the roadmap is written."""
    counts = count_states(site.coverage)
    return Written(tuple(areas(site)), counts, counts["covered"] + counts["solid"], len(site.coverage))


def next_line(site: Site, step: Suggestion) -> NextLine:
    """One next step with a source for it."""
    link = site.concept_link(step.concept.id)
    angle = site.notebook.roadmap.angles.get(step.what)
    what = angle.title if angle else site.word(PART_WORDS.get(step.what, "explanations"))
    resource = site.notebook.roadmap.resources.get(step.source)
    source = ", ".join(x for x in (resource.title if resource else "", step.place) if x)
    why = f"{step.why[:1].upper()}{step.why[1:]}." if step.why else ""
    return NextLine(link.title, link.url, link.marks, what, why, source)


def finding_line(state: State, item: Finding) -> FindingLine:
    """One finding with the page that it is about."""
    url = state.everything.url_of(item.path)
    message = scrub(item.message, state.root)
    return FindingLine(str(item.severity), item.code, item.place, url, message, scrub(item.hint, state.root))


def note_lines(site: Site) -> Iterator[NoteLine]:
    """All notes by path."""
    for path, note in site.notebook.notes.items():
        concept = site.notebook.concept_of(note)
        counts = concept in site.coverage and site.coverage[concept].note == path
        yield NoteLine(
            title=site.title(note),
            url=site.urls.get(path, ""),
            path=path,
            state=str(site.coverage[concept].state) if counts else "",
            badges=site.badges.get(path, ()),
            read_as=headings_read(site.notebook, note),
        )


def copy_lines(state: State) -> tuple[tuple[CopyLine, ...], str]:
    """(all copies elsewhere, why they cannot be told)."""
    site = state.everything.site
    ledger = state.root / state.workspace.settings.state / "published"
    if not ledger.is_dir():
        return (), ""
    try:
        found = publications(Outgoing(state.workspace))
    except NotebookError as error:
        return (), scrub(f"{error.message}. {error.hint}", state.root)
    return tuple(copy_line(site, p) for p in found), ""


def copy_line(site: Site, publication: Publication) -> CopyLine:
    """One copy."""
    standing = publication.standing
    entry = standing.entry
    state = "gone" if publication.gone else str(standing.state)
    return CopyLine(
        title=publication.title or publication.standing.key,
        url=site.urls.get(publication.path, ""),
        place=f"{service_name(publication.target, site.notebook.pack)} · {site.word(f'kit_form_{publication.form}')}",
        state=state,
        words=site.word(f"copy_{state}"),
        since=(entry.updated_at or entry.first_at)[:10] if entry else "",
        address=entry.url if entry else "",
        changes=tuple(changes(standing.drift)) if standing.drift else (),
    )


def unlisted(site: Site) -> Iterator[UnlistedLine]:
    """Notes that are called like a concept, while another note counts for it."""
    for path, note in site.notebook.notes.items():
        concept = "" if note.concept else site.notebook.concept_of(note)
        if concept and site.notebook.concept_notes[concept][0].path != path:
            yield UnlistedLine(path, site.notebook.roadmap.concepts[concept].title)
