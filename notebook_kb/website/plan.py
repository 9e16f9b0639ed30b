"""From a notebook view to the pages of its site: for each page its address, its template and what it shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from notebook_kb.languages import slugify
from notebook_kb.learning.coverage import cover
from notebook_kb.model.evidence import NO_EVIDENCE
from notebook_kb.model.note import NoteType, Part
from notebook_kb.notebook.names import fold
from notebook_kb.website import views as v
from notebook_kb.website.addresses import INDEX_URL, OWN_PAGES, clashes, concept_url, note_url, page_url
from notebook_kb.website.fill import Filler, shown_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from notebook_kb.findings import Finding
    from notebook_kb.learning.coverage import ConceptCoverage
    from notebook_kb.learning.known import Known
    from notebook_kb.model.code import ShownCode
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Citation, Note
    from notebook_kb.notebook.notebook import Explanation, Notebook
    from notebook_kb.website.copies import Copy

SHOWN_PART_TITLES = {
    Part.SYMBOLS: "symbol_by_symbol",
    Part.EXAMPLE: "example",
    Part.CODE: "from_scratch",
    Part.WHY: "why_it_matters",
    Part.PITFALLS: "pitfalls",
    Part.CARDS: "cards",
}


@dataclass(frozen=True, slots=True)
class PagePlan:
    """A page before it is rendered."""

    url: str
    template: str
    view: Any
    note: str = ""


def with_parents(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags with those that they lie in, each once: `a/b` lies in `a`."""
    paths = ([p for p in t.split("/") if p] for t in tags)
    return tuple(dict.fromkeys("/".join(p[:n]) for p in paths for n in range(1, len(p) + 1)))


def title_anchor(note: Note) -> dict[str, str]:
    """The id of the heading that is the page's title: there a link leads to the page."""
    first = next((s for s in note.sections if s.level == 1 and s.heading), None)
    return {first.anchor: ""} if first else {}


@dataclass(frozen=True)
class Site:
    """One view of a notebook as a site. `mine` shows private notes and parts, for the preview and private copies.

    `copies` are those of notes elsewhere, by the note's path. `known` says how much of each concept is remembered: only
    where I alone look. `evidence` is what is known of the notes besides their text,
    `code_of` gives what is shown of a note's code, by its path.
    """

    notebook: Notebook
    derived: Mapping[str, Mapping[str, Any]]
    mine: bool = False
    badges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    copies: Mapping[str, tuple[Copy, ...]] = field(default_factory=dict)
    known: Mapping[str, Known] = field(default_factory=dict)
    evidence: Evidence = NO_EVIDENCE
    code_of: Callable[[str], ShownCode | None] = field(default=lambda _: None)

    @cached_property
    def coverage(self) -> dict[str, ConceptCoverage]:
        """The coverage that this view shows: of public notes alone on the public site."""
        return cover(self.notebook, self.evidence)

    @cached_property
    def urls(self) -> dict[str, str]:
        """Note path → URL; `concept:<id>` → URL of a concept without a note."""
        table = {path: note_url(self.notebook, note) for path, note in self.notebook.notes.items()}
        # a note that is the notes folder's own page is the front page: its text is shown there
        front = self.front_note
        table = {path: url for path, url in table.items() if not (front and path == front.path)}
        for concept in self.notebook.explanations:
            if concept not in self.notebook.concept_notes:
                table[f"concept:{concept}"] = concept_url(concept, self.notebook.settings.urls)
        return table

    @cached_property
    def front_note(self) -> Note | None:
        """The note whose address is the front page: index.md before README.md."""
        found = [n for n in self.notebook.notes.values() if note_url(self.notebook, n) == self.page("")]
        return min(found, key=lambda n: (not n.path.casefold().endswith("index.md"), n.path), default=None)

    @cached_property
    def filler(self) -> Filler:
        """Fills the slots of this view's fragments."""
        return Filler(
            self.notebook,
            self.urls,
            self.derived,
            self.mine,
            self.notebook.pack.word,
            self.page_anchors,
            code_of=self.code_of,
        )

    def page_anchors(self, note: Note) -> Mapping[str, str]:
        """The note's anchors that are others on its page: the title is the page itself, a concept's page has rungs."""
        return self.rung_anchors.get(note.path) or title_anchor(note)

    @cached_property
    def rung_anchors(self) -> dict[str, dict[str, str]]:
        """Path of a concept's note → the ids of its sections → those on the concept's page."""
        table: dict[str, dict[str, str]] = {}
        for concept, notes in self.notebook.concept_notes.items():
            note = notes[0]
            own = {s.anchor: "own" for s in note.sections if s.part is Part.OWN}
            own |= {s.anchor: s.angle for s in note.sections if s.part is Part.ANGLE}
            seen: Counter[str] = Counter()
            for told in self.notebook.explanations.get(concept, ()):
                if told.section.words:
                    seen[told.angle] += 1
                    order = seen[told.angle]
                    if told.note.path == note.path:
                        own[told.section.anchor] = told.angle if order == 1 else f"{told.angle}-{order}"
            table[note.path] = {**title_anchor(note), **own}
        return table

    def address_findings(self) -> list[Finding]:
        """Notes that want one address."""
        notes = ((url, path) for path, url in self.urls.items() if not path.startswith("concept:"))
        return clashes(notes, self.own_addresses())

    def own_addresses(self) -> list[str]:
        """The addresses of pages that are no note's."""
        own = [self.page(""), INDEX_URL, *(self.page(name) for name in OWN_PAGES)]
        own += [self.page(f"sources/{r}") for r in self.notebook.roadmap.resources]
        own += [self.tag_url(t) for n in self.notebook.notes.values() for t in with_parents(n.all_tags)]
        own += [url for path, url in self.urls.items() if path.startswith("concept:")]
        return own

    def page(self, path: str) -> str:
        """The URL of one of the site's own pages."""
        return page_url(path, self.notebook.settings.urls)

    def concept_page(self, concept: str) -> str:
        """A concept's page, '' when it has none."""
        note = self.notebook.concept_note(concept)
        return self.urls.get(note.path, "") if note else self.urls.get(f"concept:{concept}", "")

    def word(self, key: str, **values: object) -> str:
        """A text of the language pack."""
        return self.notebook.pack.word(key, **values)

    # small pieces that several pages share

    def head(self, title: str, url: str, kind: str, **more: Any) -> v.PageHead:
        """A page's head with its canonical address."""
        base = self.notebook.settings.base_url
        return v.PageHead(title, url, kind, canonical=base + url if base else "", **more)

    def note_head(self, note: Note, kind: str, toc: tuple[v.TocItem, ...] = (), nav: str = "") -> v.PageHead:
        """The head of a note's page."""
        return self.head(
            self.title(note),
            self.urls[note.path],
            kind,
            description=note.description or note.lead[:300],
            nav=nav,
            date=note.date,
            updated=note.updated,
            toc=toc,
            badges=self.badges.get(note.path, ()),
            tags=self.tag_links(note),
            source_path=note.path if self.mine else "",
            copies=self.copies.get(note.path, ()),
        )

    def title(self, note: Note) -> str:
        """A note's title; a concept note without one has the roadmap's."""
        return shown_title(self.notebook, note)

    def tag_links(self, note: Note) -> tuple[v.LinkView, ...]:
        """A note's tags, one link for each page."""
        names: dict[str, str] = {}
        for tag in note.all_tags:
            names.setdefault(self.tag_url(tag), tag)
        return tuple(v.LinkView(tag, url) for url, tag in names.items())

    def tag_url(self, tag: str) -> str:
        """The page of a tag."""
        return self.page("tags/" + "/".join(slugify(p, self.notebook.pack) for p in tag.split("/") if p))

    def marks(self, concept: str) -> tuple[v.RungMark, ...]:
        """The small ladder of a concept."""
        item = self.coverage[concept]
        written = {a.angle for a in item.written_angles}
        angles = self.notebook.roadmap.angles.values()
        rungs = [v.RungMark(a.id, a.title, a.id in written) for a in angles]
        return (*rungs, v.RungMark("own", self.word("in_my_words"), item.own == "written"))

    def concept_link(self, concept: str, hint: str = "") -> v.ConceptLink:
        """A concept wherever it is named."""
        item = self.coverage[concept]
        return v.ConceptLink(
            concept,
            item.concept.title,
            self.concept_page(concept),
            str(item.state),
            self.marks(concept),
            hint,
            self.known_words(concept),
        )

    def known_words(self, concept: str) -> str:
        """How much of a concept is known; '' where it has no cards, or where this is nobody's to see."""
        known = self.known.get(concept)
        if known is None or not known.cards:
            return ""
        if known.mean is None:
            return self.word("never_reviewed")
        return self.word("known_share", percent=round(known.mean * 100))

    def badge(self, citation: Citation) -> v.SourceBadge | None:
        """The slip of a source; None for one's own words."""
        resource = self.notebook.resource(citation)
        if resource is None:
            if not citation.name or citation.name.casefold() in self.notebook.names.me:
                return None
            return v.SourceBadge(citation.name, "", "", citation.place_text, citation.url)
        who = resource.by.split(":")[0].split(" (")[0] or resource.title
        kind = f"source_{resource.kind}"
        known = self.notebook.pack.words
        place_url = resource.address_of(citation.place_text) or citation.url
        return v.SourceBadge(
            who,
            resource.title,
            known.get(kind, resource.kind),
            citation.place_text,
            self.page(f"sources/{resource.id}"),
            place_url,
        )

    def source_name(self, explanation: Explanation) -> str:
        """A source in a few words."""
        badge = self.badge(explanation.citation)
        return badge.who if badge else self.word("my_own")

    def backlinks(self, path: str) -> tuple[v.BacklinkView, ...]:
        """The pages that link to a note, one line for each page."""
        seen: dict[str, v.BacklinkView] = {}
        for link in self.notebook.backlinks.get(path, ()):
            note = link.note
            if note.path in seen or note.path not in self.urls or link.reference.private:
                continue
            context, label = link.reference.context, link.reference.label
            safe = escape(context, quote=False)
            marked = safe.replace(escape(label, quote=False), f"<mark>{escape(label, quote=False)}</mark>", 1)
            seen[note.path] = v.BacklinkView(
                self.title(note), self.urls[note.path], marked if label else safe
            )
        return tuple(seen.values())

    @cached_property
    def links_out(self) -> dict[str, tuple[str, ...]]:
        """Note path → the notes that it links to in words that everybody may see, in the order of their paths."""
        table: dict[str, list[str]] = {}
        for target, links in self.notebook.backlinks.items():
            for path in dict.fromkeys(link.note.path for link in links if not link.reference.private):
                table.setdefault(path, []).append(target)
        return {path: tuple(sorted(targets)) for path, targets in table.items()}

    def post_line(self, note: Note) -> v.PostLine:
        """A note in a list."""
        return v.PostLine(
            self.title(note),
            self.urls[note.path],
            note.date,
            note.description or note.lead,
            badges=self.badges.get(note.path, ()),
        )

    @cached_property
    def series(self) -> dict[str, tuple[Note, ...]]:
        """Folded name of a series → its parts by date; the pages of concepts are no parts."""
        table: dict[str, list[Note]] = {}
        for note in self.notebook.notes.values():
            concept = self.notebook.concept_of(note)
            own_page = not concept or self.notebook.concept_note(concept) != note
            if note.series and own_page and note.path in self.urls:
                table.setdefault(fold(note.series), []).append(note)
        return {name: tuple(sorted(n, key=lambda x: (x.date, x.path))) for name, n in table.items()}

    def posts(self) -> list[Note]:
        """Posts, the newest first."""
        found = [n for n in self.notebook.notes.values() if n.type is NoteType.POST and n.path in self.urls]
        return sorted(found, key=lambda n: (n.date, n.path), reverse=True)
