"""dev.to's API for articles, by the rules of `contracts.yml` (as of its date)."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from notebook_kb.publishing import contracts
from tests.support.fakes.base import TOKEN, Fake, Reply

if TYPE_CHECKING:
    from tests.support.fakes.base import Request


class DevToFake(Fake):
    """`articles`: id → article. `keeps_drafts`: says that it published, and keeps a draft."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.articles: dict[int, dict[str, Any]] = {}
        self.keeps_drafts = False
        self._numbers = itertools.count(100)

    @property
    def posts(self) -> dict[int, dict[str, Any]]:
        return self.articles

    def answer(self, request: Request) -> Reply:
        if request.headers.get("api-key") != self.token:
            return Reply(401, {"error": "unauthorized", "status": 401})
        if request.path == "/api/users/me":
            return Reply(200, {"username": "ada", "id": 1})
        if request.path == "/api/articles/me/all":
            size, page = int(request.query["per_page"][0]), int(request.query["page"][0])
            return Reply(200, list(self.articles.values())[size * (page - 1) : size * page])
        if request.path == "/api/articles" and request.method == "POST":
            return self.save({"id": next(self._numbers), "published_at": None}, request.json)
        found = re.fullmatch(r"/api/articles/(\d+)", request.path)
        if found and request.method == "PUT" and int(found[1]) in self.articles:
            return self.save(self.articles[int(found[1])], request.json)
        return Reply(404, {"error": "not found", "status": 404})

    def save(self, before: dict[str, Any], body: Any) -> Reply:
        new = body["article"]
        if len(new.get("tags", [])) > contracts.number("devto.tags_max"):
            return Reply(
                422, {"error": "Validation failed: Tag list exceed the maximum of 4 tags", "status": 422}
            )
        if any(not re.fullmatch(r"[a-z0-9]+", tag) for tag in new.get("tags", [])):
            return Reply(422, {"error": "Validation failed: Tag contains invalid characters", "status": 422})
        others = [a for a in self.articles.values() if a["id"] != before["id"]]
        if any(a.get("canonical_url") == new.get("canonical_url") for a in others):
            return Reply(422, {"error": "Canonical url has already been taken", "status": 422})
        number = before["id"]
        public = new.get("published") and not self.keeps_drafts
        slug = re.sub(r"\W+", "-", new["title"].lower())
        kept = {**before, **new, "url": f"https://dev.to/ada/{slug}-{number}"}
        kept["published_at"] = before["published_at"] or ("2026-11-22T10:00:00Z" if public else None)
        kept["published"] = bool(kept["published_at"])
        self.articles[number] = kept
        return Reply(
            201 if before.get("title") is None else 200, {**kept, "published": bool(new.get("published"))}
        )
