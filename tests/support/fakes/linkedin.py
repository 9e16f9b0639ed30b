"""LinkedIn's posts, uploads and sign-in, by the rules of `contracts.yml` (as of its date)."""

from __future__ import annotations

import itertools
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from notebook_kb.publishing import contracts
from tests.support.fakes.base import TOKEN, Fake, Reply

if TYPE_CHECKING:
    from tests.support.fakes.base import Request

HASHTAG = re.compile(r"#[A-Za-z0-9À-ɏ]+")
TEMPLATE_HASHTAG = re.compile(r"\{hashtag\|\\#\|\w+\}")


def shown(commentary: str) -> str:
    """What readers see: the text up to the first reserved character that has no backslash."""
    reserved = set(contracts.text("linkedin.reserved"))
    seen, place = [], 0
    while place < len(commentary):
        character = commentary[place]
        if character == "\\" and place + 1 < len(commentary):
            seen.append(commentary[place + 1])
            place += 2
            continue
        tag = HASHTAG.match(commentary, place) or TEMPLATE_HASHTAG.match(commentary, place)
        if tag:
            seen.append(tag[0])
            place = tag.end()
            continue
        if character in reserved:
            break
        seen.append(character)
        place += 1
    return "".join(seen)


class LinkedInFake(Fake):
    """`posts`: URN → body, with what readers see under `shown`; `minutes` moves the fake's clock."""

    def __init__(self, token: str = TOKEN, *, oldest_version: str = "202512") -> None:
        super().__init__()
        self.token = token
        self.oldest_version = oldest_version
        self.posts: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, bytes] = {}
        self.minutes = 0.0
        self.limit = 10_000
        self.member = "ada123"
        self.codes: dict[str, str] = {}
        self._numbers = itertools.count(7_000_000_000)

    def now(self) -> float:
        return time.time() / 60 + self.minutes

    def answer(self, request: Request) -> Reply:
        if request.path == "/oauth/v2/accessToken":
            return self.exchange(request)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(
                401, {"status": 401, "code": "REVOKED_ACCESS_TOKEN", "message": "The token is revoked"}
            )
        if len(self.requests) > self.limit:
            return Reply(429, {"status": 429, "message": "Resource level throttle limit reached"})
        if request.path == "/v2/userinfo":
            return Reply(200, {"sub": self.member, "name": "Ada Lovelace"})
        if request.path.startswith("/upload/") and request.method == "PUT":
            self.uploads[unquote(request.path.removeprefix("/upload/"))] = request.body
            return Reply(201)
        return self.rest(request)

    def rest(self, request: Request) -> Reply:
        version = request.headers.get("linkedin-version", "")
        if not re.fullmatch(r"\d{6}", version):
            return Reply(
                400, {"status": 400, "code": "VERSION_MISSING", "message": "A version must be present"}
            )
        if version < self.oldest_version:
            return Reply(
                426,
                {
                    "status": 426,
                    "code": "NONEXISTENT_VERSION",
                    "message": f"Version {version}01 is not active",
                },
            )
        if request.headers.get("x-restli-protocol-version") != "2.0.0":
            return Reply(400, {"status": 400, "message": "X-Restli-Protocol-Version"})
        if request.path in {"/rest/images", "/rest/documents"} and request.method == "POST":
            return self.begin_upload(request)
        if request.path.startswith("/rest/images/"):
            return Reply(403, {"status": 403, "message": "Not enough permissions to access: images.GET"})
        if request.path == "/rest/posts" and request.method == "POST":
            return self.create(request)
        if (
            request.path.startswith("/rest/posts/")
            and request.headers.get("x-restli-method") == "PARTIAL_UPDATE"
        ):
            return self.update(request)
        return Reply(404, {"status": 404, "message": "Resource not found"})

    def begin_upload(self, request: Request) -> Reply:
        kind = request.path.removeprefix("/rest/").removesuffix("s")
        if request.json["initializeUploadRequest"]["owner"] != f"urn:li:person:{self.member}":
            return Reply(403, {"status": 403, "message": "owner"})
        urn = f"urn:li:{kind}:C{next(self._numbers)}"
        return Reply(200, {"value": {"uploadUrl": f"{self.url}/upload/{urn}", kind: urn}})

    def create(self, request: Request) -> Reply:
        body = request.json
        if body.get("lifecycleState") != "PUBLISHED" or body.get("visibility") not in {
            "PUBLIC",
            "CONNECTIONS",
        }:
            return Reply(400, {"status": 400, "message": "lifecycleState or visibility"})
        if body.get("author") != f"urn:li:person:{self.member}":
            return Reply(403, {"status": 403, "message": "author"})
        for urn in _urns(body.get("content", {})):
            if urn not in self.uploads:
                return Reply(400, {"status": 400, "message": f"{urn} is not there"})
        text = shown(body["commentary"])
        if len(text) > contracts.number("linkedin.text_max"):
            return Reply(422, {"status": 422, "code": "FIELD_LENGTH_TOO_LONG", "message": "commentary"})
        window = contracts.number("linkedin.duplicate_minutes")
        for urn, post in self.posts.items():
            if post["commentary"] == body["commentary"] and self.now() - post["minute"] < window:
                return Reply(
                    422,
                    {"status": 422, "code": "DUPLICATE_POST", "message": f"Content is a duplicate of {urn}"},
                )
        urn = f"urn:li:share:{next(self._numbers)}"
        self.posts[urn] = {**body, "shown": text, "minute": self.now()}
        return Reply(201, None, {"x-restli-id": urn})

    def update(self, request: Request) -> Reply:
        urn = unquote(request.path.removeprefix("/rest/posts/"))
        change = request.json["patch"]["$set"]
        if urn not in self.posts:
            return Reply(404, {"status": 404, "message": "no such post"})
        if set(change) != {"commentary"}:
            return Reply(400, {"status": 400, "message": "only commentary"})
        self.posts[urn] |= {"commentary": change["commentary"], "shown": shown(change["commentary"])}
        return Reply(204)

    def exchange(self, request: Request) -> Reply:
        """The sign-in's code for a token."""
        form = {k: v[0] for k, v in parse_qs(request.body.decode()).items()}
        wanted = self.codes.get(form.get("code", ""))
        if (
            wanted is None
            or form.get("redirect_uri") != wanted
            or form.get("client_secret") != "client-secret-123"
        ):
            return Reply(400, {"error": "invalid_grant", "error_description": f"bad code for {form}"})
        return Reply(
            200,
            {"access_token": self.token, "expires_in": 5_184_000, "scope": "openid,profile,w_member_social"},
        )


def _urns(content: dict[str, Any]) -> list[str]:
    """The files that a post shows."""
    images = content.get("multiImage", {}).get("images", [])
    found = [
        content.get("media", {}).get("id"),
        content.get("article", {}).get("thumbnail"),
        *(i["id"] for i in images),
    ]
    return [urn for urn in found if urn]
