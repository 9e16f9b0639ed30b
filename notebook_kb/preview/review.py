"""Review in the browser, at /_kb/review: the page asks, each answer is a POST that is on the disk before its reply."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from notebook_kb.errors import NotebookError
from notebook_kb.preview.assets import static_file
from notebook_kb.rendering.card_html import side_html
from notebook_kb.study.session import StaleTurnError
from notebook_kb.workspace.review import Review, scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from notebook_kb.model.card import StudyCard
    from notebook_kb.preview.guard import Tokens
    from notebook_kb.preview.state import State
    from notebook_kb.study.session import Answered, Turn

PAGE = "/_kb/review"
SCRIPT = "/_kb/review.js"
LONGEST_BODY = 4096
FORBIDDEN = 403
LONGEST_MS = 600_000


class ReviewRoutes:
    """The session of the browser; all windows share it."""

    def __init__(self, state: State, tokens: Tokens) -> None:
        self.state = state
        self.tokens = tokens
        self._review: Review | None = None

    @property
    def routes(self) -> list[Route]:
        """To be put before the preview's own."""
        return [
            Route(SCRIPT, self.script, methods=["GET"]),
            Route(f"{PAGE}/{{action}}", self.post, methods=["POST"]),
        ]

    async def script(self, _: Request) -> Response:
        """The page's script."""
        return Response(static_file("review.js"), media_type="text/javascript; charset=utf-8")

    async def post(self, request: Request) -> Response:
        """Something is done: only by our own page, which proves itself with its token."""
        token = request.headers.get("x-kb-token", "")
        typed = request.headers.get("content-type", "").partition(";")[0].strip()
        if (
            not request.headers.get("origin")
            or self.tokens.version(token) is None
            or typed != "application/json"
        ):
            return JSONResponse({"error": "403"}, status_code=FORBIDDEN)
        action = ACTIONS.get(request.path_params["action"])
        if action is None:
            return JSONResponse({"error": "404"}, status_code=404)
        said = await read_json(request)
        return await run_in_threadpool(self.act, action, said)

    def act(self, action: str, said: Mapping[str, Any]) -> JSONResponse:
        """Do it and say what is asked next. What cannot be done is said, and changes nothing."""
        with self.state.lock:
            try:
                review = self.review()
                result = getattr(self, action)(review, said)
                return JSONResponse({**result, **self.next_turn(review)})
            except StaleTurnError as error:
                review = self.review()
                return JSONResponse({"stale": error.message, **self.next_turn(review)})
            except NotebookError as error:
                message = " ".join(filter(None, (error.message, error.hint)))
                return JSONResponse({"error": message}, status_code=409)

    def review(self) -> Review:
        """The session over the notes as they are now."""
        notebook = self.state.loaded.notebook
        if self._review is None or self._review.workspace is not self.state.workspace:
            self._review = Review(self.state.workspace, notebook, scope_of(notebook))
        elif self._review.notebook is not notebook:
            self._review.show(notebook)
        return self._review

    # what a page can do

    def look(self, review: Review, said: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked now."""
        del review, said
        return {}

    def answer(self, review: Review, said: Mapping[str, Any]) -> dict[str, Any]:
        """Write an answer."""
        ms = min(max(number(said.get("ms")), 0), LONGEST_MS)
        card, seen = str(said.get("card", "")), str(said.get("seen", ""))
        answered, given = review.answer(card, number(said.get("rating")), ms, seen)
        problem = f"{given.problem} {given.hint}".strip() if given and given.problem else ""
        return {"answered": self.answered(answered), "ids": problem}

    def undo(self, review: Review, said: Mapping[str, Any]) -> dict[str, Any]:
        """Take the last answer back."""
        del said
        card = review.session.undo()
        return {"undone": card.id if card else ""}

    def skip(self, review: Review, said: Mapping[str, Any]) -> dict[str, Any]:
        """Leave a card out."""
        review.session.skip(str(said.get("card", "")))
        return {"skipped": True}

    def anew(self, review: Review, said: Mapping[str, Any]) -> dict[str, Any]:
        """A card's history begins anew."""
        review.session.start_anew(str(said.get("card", "")))
        return {"anew": True}

    # what the page shows

    def next_turn(self, review: Review) -> dict[str, Any]:
        """What is asked next, or that nothing is."""
        turn = review.session.turn()
        if turn is None:
            return {"turn": None, "summary": self.summary(review)}
        return {"turn": self.turn(review, turn)}

    def turn(self, review: Review, turn: Turn) -> dict[str, Any]:
        """One card with all that the page needs to ask it."""
        card = turn.card
        pack = self.state.workspace.pack
        minutes = max(round(turn.seconds_left / 60), 1)
        return {
            "card": card.id,
            "seen": turn.seen,
            "why": turn.why,
            "title": card.title,
            "level": card.level and pack.word(f"level_{card.level}"),
            "front": self.html(card, card.front),
            "back": self.html(card, card.back),
            "before": self.html(card, turn.changed_from) if turn.changed_from else "",
            "left": pack.counted("review_left", turn.left),
            "minutes": pack.counted("review_minutes", minutes),
            "intervals": {str(r): self.span(d) for r, d in review.session.intervals(card.id).items()},
            **self.place(card),
        }

    def place(self, card: StudyCard) -> dict[str, str]:
        """Where a card stands: its file and line, its page and heading."""
        url = self.state.everything.url_of(card.path) if card.path else ""
        note = self.state.loaded.notebook.notes.get(card.path)
        anchor = next((h.anchor for h in note.outline if h.text == card.heading), "") if note else ""
        names = " › ".join(dict.fromkeys(t for t in (card.title, card.heading) if t))
        return {
            "place": f"{card.path}:{card.line}" if card.path else "",
            "url": f"{url}#{anchor}" if url and anchor else url,
            "where": names,
        }

    def answered(self, answered: Answered) -> dict[str, Any]:
        """What became of an answer."""
        pack = self.state.workspace.pack
        if answered.due is None:
            when = pack.word("review_again_soon")
        else:
            days = (answered.due - answered.review.at).days
            when = pack.word("review_comes_back", when=self.span(days))
        return {"when": when, "rating": answered.review.rating, **self.place(answered.card)}

    def summary(self, review: Review) -> dict[str, Any]:
        """What was done today, and what comes."""
        pack = self.state.workspace.pack
        found = review.session.summary()
        lines = []
        if found.answers:
            lines.append(pack.counted("review_done", found.cards))
            if found.failed:
                lines.append(pack.counted("review_failed", found.failed))
        if found.tomorrow:
            lines.append(pack.counted("review_tomorrow", found.tomorrow))
        elif found.next_day:
            lines.append(pack.word("review_next_day", day=pack.long_date(found.next_day)))
        return {"lines": lines, "empty": not review.session.deck.cards}

    def span(self, days: int) -> str:
        """`3 days`, `2 months`, `1 year`."""
        pack = self.state.workspace.pack
        if days < 31:
            return pack.counted("days", days)
        if days < 365:
            return pack.counted("months", round(days / 30.4))
        return pack.counted("years", round(days / 365.25))

    def html(self, card: StudyCard, markdown: str) -> str:
        """A side of a card with its links and pictures."""
        notebook = self.state.loaded.notebook
        note = notebook.notes.get(card.path)
        side = side_html(markdown, notebook, note)
        if note is None:
            return side.html
        site = self.state.everything.site
        own = {**site.derived[note.path], "slots": side.slots, "mine_slots": side.slots}
        filler = replace(site.filler, derived={**site.derived, note.path: own}, rooms={})
        return filler.fill(side.html, note, PAGE)


ACTIONS = {name: name for name in ("look", "answer", "undo", "skip", "anew")}


def number(value: object) -> int:
    """A whole number of a page, 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


async def read_json(request: Request) -> Mapping[str, Any]:
    """The object in a request, {} for anything else."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > LONGEST_BODY:
            return {}
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
