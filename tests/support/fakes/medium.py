"""Medium's old API, by the rules of `contracts.yml` (as of its date)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from notebook_kb.publishing import contracts
from tests.support.fakes.base import TOKEN, Fake, Reply

if TYPE_CHECKING:
    from tests.support.fakes.base import Request


class MediumFake(Fake):
    """`posts`: id → what was kept of the request."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.posts: dict[str, dict[str, Any]] = {}
        self.images: list[bytes] = []
        self._numbers = itertools.count(1)

    def answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, {"errors": [{"message": "Application not found", "code": 6005}]})
        if (request.method, request.path) == ("GET", "/v1/me"):
            return Reply(200, {"data": {"id": "author1", "username": "ada", "name": "Ada"}})
        if (request.method, request.path) == ("POST", "/v1/images"):
            self.images.append(request.body)
            return Reply(
                201, {"data": {"url": f"https://cdn-images-1.medium.com/{len(self.images)}.png", "md5": "x"}}
            )
        if (request.method, request.path) == ("POST", "/v1/users/author1/posts"):
            return self.create(request.json)
        return Reply(404, {"errors": [{"message": "no such route", "code": 404}]})

    def create(self, body: dict[str, Any]) -> Reply:
        if not body.get("title") or body.get("contentFormat") not in {"html", "markdown"}:
            return Reply(400, {"errors": [{"message": "title or contentFormat", "code": 2004}]})
        number = f"m{next(self._numbers)}"
        status = body.get("publishStatus", contracts.text("medium.default_status"))
        most = contracts.number("medium.tag_max")
        used = [t for t in body.get("tags", [])[: contracts.number("medium.api_tags_used")] if len(t) <= most]
        self.posts[number] = {**body, "publishStatus": status, "tags": used}
        url = f"https://medium.com/@ada/{number}"
        return Reply(
            201, {"data": {"id": number, "title": body["title"], "url": url, "publishStatus": status}}
        )
