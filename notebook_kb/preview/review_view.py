"""What the page of the review shows of a session: cards as HTML, where they stand, words in the notebook's language."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from html import escape
from typing import TYPE_CHECKING, Any

from notebook_kb.rendering.card_html import side_html
from notebook_kb.website.embeds import apart

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.card import StudyCard
    from notebook_kb.preview.state import State
    from notebook_kb.study.session import Answered, Turn
    from notebook_kb.workspace.review import Review

PAGE = "/_kb/review"
MOST_NOTICES = 3
# what the deck puts in the place of a cloze's asked words
GAP = "<mark>[…]</mark>"
MONTH, YEAR = 30.4, 365.25


class ReviewView:
    """The session for a page, as values for JSON."""

    def __init__(self, state: State) -> None:
        self.state = state

    @property
    def pack(self) -> LanguagePack:
        """The words of the notebook's language."""
        return self.state.workspace.pack

    def turn(self, review: Review, turn: Turn) -> dict[str, Any]:
        """One card with all that the page needs to ask it."""
        card, pack = turn.card, self.pack
        return {
            "card": card.id,
            "seen": turn.seen,
            "why": turn.why,
            "title": card.title,
            "level": card.level and pack.word(f"level_{card.level}"),
            "front": self.html(card, card.front, "q-"),
            "back": self.html(card, card.back, "a-"),
            "before": self.html(card, turn.changed_from, "b-") if turn.changed_from else "",
            "left": pack.counted("review_left", turn.left),
            "minutes": pack.counted("review_minutes", max(round(turn.seconds_left / 60), 1)),
            "intervals": {str(r): self.span(d) for r, d in review.session.intervals(card.id).items()},
            **self.place(card),
        }

    def place(self, card: StudyCard) -> dict[str, str]:
        """Where a card stands: its file and line, its page and heading, and links that editors know."""
        note = self.state.loaded.notebook.notes.get(card.path)
        if note is None:
            return {"place": "", "url": "", "where": card.title, "file": ""}
        url = self.state.everything.url_of(card.path)
        anchor = self.state.everything.site.filler.anchor(note, card.heading) if card.heading else ""
        names = " › ".join(dict.fromkeys(text for text in (card.title, card.heading) if text))
        return {
            "place": f"{card.path}:{card.line}",
            "url": url and url + anchor,
            "where": names,
            "file": (self.state.root / card.path).as_posix(),
        }

    def answered(self, answered: Answered) -> dict[str, Any]:
        """What became of an answer."""
        if answered.due is None:
            when = self.pack.word("review_again_soon")
        else:
            days = (answered.due - answered.review.at).days
            when = self.pack.word("review_comes_back", when=self.span(days))
        return {"when": when, "rating": answered.review.rating, **self.place(answered.card)}

    def known(self, review: Review, card_id: str) -> dict[str, Any]:
        """An answer that the log had already when the page sent it again."""
        card = review.session.deck.cards.get(card_id)
        return {"when": "", "rating": 0, **(self.place(card) if card else {})}

    def summary(self, review: Review) -> dict[str, Any]:
        """What was done today, and what comes."""
        pack, found = self.pack, review.session.summary()
        lines = []
        if found.answers:
            lines.append(pack.counted("review_done", found.cards))
            if found.failed:
                lines.append(pack.counted("review_failed", found.failed))
            minutes = max(round(found.seconds / 60), 1)
            lines.append(pack.word("review_took", time=pack.counted("review_minutes", minutes)))
        if review.session.skipped:
            lines.append(pack.counted("review_skipped", len(review.session.skipped)))
        if found.tomorrow:
            lines.append(pack.counted("review_tomorrow", found.tomorrow))
        elif found.next_day:
            lines.append(pack.word("review_next_day", day=pack.long_date(found.next_day)))
        return {"lines": lines, "answers": found.answers, "empty": not review.session.deck.cards}

    def notices(self, review: Review) -> list[str]:
        """What is wrong with the log or with cards' ids, said once when the page is opened."""
        found = [f"{p.place}: {p.message}" for p in review.memory.problems[:MOST_NOTICES]]
        if review.memory.warning:
            found.append(review.memory.warning)
        if review.identity.lost:
            found.append(self.pack.counted("review_lost", len(review.identity.lost)))
        return found

    def span(self, days: int) -> str:
        """`3 days`, `2 months`, `1 year`."""
        if days < MONTH:
            return self.pack.counted("days", days)
        if days < YEAR:
            return self.pack.counted("months", round(days / MONTH))
        return self.pack.counted("years", round(days / YEAR))

    def html(self, card: StudyCard, markdown: str, prefix: str) -> str:
        """A side of a card with its links and pictures; its ids begin with `prefix`."""
        note = self.state.loaded.notebook.notes.get(card.path)
        side = side_html(markdown, self.state.loaded.notebook, note)
        html = side.html
        if note is not None:
            site = self.state.everything.site
            own = {**site.derived[note.path], "slots": side.slots, "mine_slots": side.slots}
            filler = replace(site.filler, derived={**site.derived, note.path: own}, rooms={})
            html = filler.fill(html, note, PAGE)
        gap = f'<span class="gap"><span class="hid">{escape(self.pack.word("review_gap"))}</span></span>'
        return apart(html.replace(GAP, gap), prefix)


def mark_of(root: Path) -> str:
    """Which notebook this is, for a page that outlives its server: the next one at this port may show another."""
    return blake2b(str(root.resolve()).encode(), digest_size=8).hexdigest()
