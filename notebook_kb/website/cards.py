"""The picture that another site shows beside a link to a page: a note's own, else a card made from what is public.

`social_cards` in the settings says which pages have cards of their own (site: one for all; posts; all). Without
`base_url` there are none, since such a picture needs a whole address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.model.note import NoteType
from notebook_kb.rendering.images.card import HEIGHT, WIDTH, Card
from notebook_kb.website import views as v
from notebook_kb.website.embeds import address_of
from notebook_kb.website.pages.portfolio import PortfolioView
from notebook_kb.website.pages.spoken import spoken_formula

if TYPE_CHECKING:
    from notebook_kb.rendering.images.memory import Pictures
    from notebook_kb.website.plan import PagePlan, Site

SHOWN = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})  # what other sites can show


@dataclass(frozen=True)
class Cards:
    """The cards of one public view of a notebook."""

    site: Site

    @cached_property
    def of_site(self) -> Card | None:
        """The card of all pages without one of their own; None where the font cannot set the title."""
        settings = self.site.notebook.settings
        title = settings.title or self.site.notebook.roadmap.title
        pieces = spoken_formula(self.site).pieces
        inside = "".join(
            p.math_html.removeprefix("<math><mrow>").removesuffix("</mrow></math>") for p in pieces
        )
        card = Card(title, under=settings.description, left=settings.author)
        if not card.settable:
            card = Card(title, left=title)
        if inside:
            card = replace(card, mathml=f'<math display="block"><mrow>{inside}</mrow></math>')
        return card if card.settable else None

    def of_page(self, plan: PagePlan) -> Card | None:
        """A page's card: its own if the settings and the font allow it, else the site's."""
        wanted = self.site.notebook.settings.social_cards
        card = None
        if wanted != "site" and isinstance(plan.view, PortfolioView):
            name, who = self._name(), plan.view.author
            head = plan.view.head
            card = Card(head.title, under=head.description, left=who or name, right=name if who else "")
        elif wanted == "all" and isinstance(plan.view, v.ConceptView):
            card = self._concept(plan.view)
        elif wanted != "site" and plan.note and isinstance(plan.view, v.NoteView):
            note = self.site.notebook.notes[plan.note]
            if note.type is NoteType.POST or wanted == "all":
                card = self._note(plan.view)
        return card if card and card.settable else self.of_site

    def _name(self) -> str:
        return self.site.notebook.settings.title or self.site.notebook.roadmap.title

    def _note(self, view: v.NoteView) -> Card:
        day = view.head.date
        said = self.site.notebook.pack.long_date(date.fromisoformat(day)) if day else ""
        return Card(view.head.title, left=self._name(), right=said)

    def _concept(self, view: v.ConceptView) -> Card:
        marks = tuple((m.angle, m.written) for m in view.marks if m.angle != "own")
        return Card(view.head.title, over=view.area.title, left=self._name(), marks=marks)

    def of_note(self, plan: PagePlan) -> str:
        """The address of the picture that a note's head names, '' where there is none that can be shown."""
        note = self.site.notebook.notes.get(plan.note)
        if note is None or not note.image:
            return ""
        if note.image.startswith("https://"):
            return note.image
        file = self.site.notebook.resolver.resolve(note.image, note.path).file
        known = file in self.site.notebook.files and PurePosixPath(file).suffix.casefold() in SHOWN
        return self.site.notebook.settings.base_url + address_of(file) if known else ""


def with_cards(
    site: Site, plans: list[PagePlan], pictures: Pictures
) -> tuple[list[PagePlan], dict[str, bytes]]:
    """The plans with their pictures in their heads, and the files of the cards that they show."""
    base = site.notebook.settings.base_url
    if not base or site.mine:
        return plans, {}
    cards = Cards(site)
    files: dict[str, bytes] = {}
    out = []
    for plan in plans:
        own, card = cards.of_note(plan), cards.of_page(plan)
        if own:
            picture = v.Picture(own)
        elif card:
            name = f"static/cards/{card.key}.png"
            if name not in files:
                files[name] = pictures.get(card.key, card.png)
            picture = v.Picture(f"{base}/{name}", WIDTH, HEIGHT, card.title)
        else:
            out.append(plan)
            continue
        view = replace(plan.view, head=replace(plan.view.head, picture=picture))
        out.append(replace(plan, view=view))
    return out, files
