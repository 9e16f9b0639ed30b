"""Review in the browser, at /_kb/review. The page asks; each answer is a POST that is on the disk before its reply.

An answer has an id that the page made. A page that got no reply sends it again, to this server or the next one, and what
the log knows already is not written twice.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from notebook_kb.errors import NotebookError, UsageError
from notebook_kb.preview.assets import static_file
from notebook_kb.preview.review_view import PAGE, ReviewView, mark_of
from notebook_kb.study.days import study_day
from notebook_kb.study.session import StaleTurnError
from notebook_kb.workspace.review import Review, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from starlette.requests import Request

    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.preview.guard import Tokens
    from notebook_kb.preview.state import State

    Done = dict[str, Any]

SCRIPT = "/_kb/review.js"
LONGEST_BODY = 4096
LONGEST_MS = 600_000
FORBIDDEN, UNKNOWN, REFUSED = 403, 404, 409
ANSWER_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


class ReviewRoutes:
    """The session of the browser; all windows share it."""

    def __init__(self, state: State, tokens: Tokens) -> None:
        self.state = state
        self.tokens = tokens
        self.view = ReviewView(state)
        self._review: Review | None = None
        self._shown: Notebook | None = None
        self._day: date | None = None
        self.actions: Mapping[str, Callable[[Review, Mapping[str, Any]], Done]] = {
            "look": self.look,
            "answer": self.answer,
            "undo": self.undo,
            "skip": self.skip,
            "anew": self.anew,
            "ids": self.ids,
        }

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
        ours = request.headers.get("origin") and self.tokens.version(token) is not None
        if not ours or typed != "application/json":
            return JSONResponse({"error": "403"}, status_code=FORBIDDEN)
        action = self.actions.get(request.path_params["action"])
        if action is None:
            return JSONResponse({"error": "404"}, status_code=UNKNOWN)
        said = await read_json(request)
        return await run_in_threadpool(self.act, action, said)

    def act(
        self, action: Callable[[Review, Mapping[str, Any]], Done], said: Mapping[str, Any]
    ) -> JSONResponse:
        """Do it and say what is asked next. What cannot be done is said, and changes nothing."""
        with self.state.lock:
            if said.get("book") != mark_of(self.state.root):
                # another notebook is served here now: what is meant for the first waits for it
                return JSONResponse({"book": True}, status_code=REFUSED)
            try:
                result, status = self.tried(action, said)
                return JSONResponse(result | self.next_turn(self.review()), status_code=status)
            except NotebookError as error:
                return JSONResponse({"error": said_of(error)}, status_code=REFUSED)

    def tried(
        self, action: Callable[[Review, Mapping[str, Any]], Done], said: Mapping[str, Any]
    ) -> tuple[Done, int]:
        """What an action gives, or why it did nothing. Raises `NotebookError` if there is no session."""
        review = self.review()
        try:
            return action(review, said), 200
        except StaleTurnError:
            return {"stale": True}, 200
        except NotebookError as error:
            return {"error": said_of(error)}, REFUSED

    def next_turn(self, review: Review) -> Done:
        """What is asked next, or that nothing is; `last` is the answer that can be taken back."""
        turn = review.session.turn()
        last = review.session.last_entry()
        found: Done = {"last": last.id if last else ""}
        if turn is None:
            return found | {"turn": None, "summary": self.view.summary(review)}
        return found | {"turn": self.view.turn(review, turn)}

    def review(self) -> Review:
        """The session over the notes as they are now; a new day forgets what was skipped."""
        notebook = self.state.loaded.notebook
        if self._review is None or self._review.workspace is not self.state.workspace:
            self._review = Review(self.state.workspace, notebook, scope_of(notebook))
        elif self._shown is not notebook:
            self._review.show(notebook)
        self._shown = notebook
        session = self._review.session
        day = study_day(session.clock(), session.zone)
        if day != self._day:
            self._day = day
            session.skipped.clear()
        return self._review

    # what a page can do

    def look(self, review: Review, said: Mapping[str, Any]) -> Done:
        """Ask nothing but what is due. A page that was just opened begins a session: what was skipped comes again."""
        if said.get("first") is not True:
            return {}
        review.session.skipped.clear()
        return {"notices": self.view.notices(review)}

    def answer(self, review: Review, said: Mapping[str, Any]) -> Done:
        """Write an answer, once for each id of a page."""
        card, name = str(said.get("card", "")), str(said.get("id", ""))
        if not ANSWER_ID.fullmatch(name):
            raise UsageError("an answer without an id", "load the page again")
        review.memory.refresh()
        if review.memory.knows(name):
            return {"answered": self.view.known(review, card)}
        ms = min(max(number(said.get("ms")), 0), LONGEST_MS)
        session = review.session
        answered = session.answer(
            card, number(said.get("rating")), ms, str(said.get("seen", "")), review_id=name
        )
        given = review.write_ids(answered.card)
        problem = " ".join(filter(None, (given.problem, given.hint))) if given and given.problem else ""
        ask = review.lacks_id(answered.card) and review.may_write_ids() is None
        return {
            "answered": self.view.answered(answered),
            "problem": problem,
            "ask": answered.card.id if ask else "",
        }

    def undo(self, review: Review, said: Mapping[str, Any]) -> Done:
        """Take back the answer that the page thinks is the last one; none if it is not."""
        last = review.session.last_entry()
        if last is None:
            return {"undone": ""}
        if last.id != said.get("last"):
            return {"moved": True}
        card = review.session.undo()
        return {"undone": card.id if card else ""}

    def skip(self, review: Review, said: Mapping[str, Any]) -> Done:
        """Leave a card out."""
        review.session.skip(str(said.get("card", "")))
        return {}

    def anew(self, review: Review, said: Mapping[str, Any]) -> Done:
        """A card's history begins anew; asked twice it does so once."""
        card = review.session.deck.cards.get(str(said.get("card", "")))
        if card is None or card.id in review.memory.states:
            review.session.start_anew(str(said.get("card", "")))
        return {}

    def ids(self, review: Review, said: Mapping[str, Any]) -> Done:
        """What the learner said to the one question whether ids may be written into the notes."""
        review.decide_ids(may=said.get("may") is True)
        card = review.session.deck.cards.get(str(said.get("card", "")))
        given = review.write_ids(card) if card else None
        problem = " ".join(filter(None, (given.problem, given.hint))) if given and given.problem else ""
        return {"problem": problem}


def said_of(error: NotebookError) -> str:
    """What was wrong, and how to mend it."""
    return " ".join(filter(None, (error.message, error.hint)))


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
