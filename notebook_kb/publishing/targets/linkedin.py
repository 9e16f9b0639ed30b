"""LinkedIn: a post with a link card, one or more pictures, or a PDF; its text can be changed later, nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from notebook_kb.errors import UsageError
from notebook_kb.publishing import contracts
from notebook_kb.publishing.entry_json import file_digests
from notebook_kb.publishing.errand import Sent
from notebook_kb.publishing.payload import Form
from notebook_kb.publishing.problems import RefusedError
from notebook_kb.publishing.targets import linkedin_checks
from notebook_kb.publishing.targets.linkedin_checks import api_version, commentary
from notebook_kb.publishing.targets.refusals import linkedin_refusal
from notebook_kb.publishing.wire import NoAnswerError, Wire

if TYPE_CHECKING:
    from notebook_kb.publishing.credentials import Credential, Service
    from notebook_kb.publishing.errand import Errand, Options, Taken
    from notebook_kb.publishing.ledger import Entry
    from notebook_kb.publishing.payload import Payload, Picture
    from notebook_kb.publishing.wire import Answer

_URN = re.compile(r"urn:li:(?:share|ugcPost):[A-Za-z0-9_-]+")


class LinkedIn:
    """The target `linkedin` for posts and documents."""

    service: Service = "linkedin"
    can_update = contracts.flag("linkedin.can_update")

    def check(self, payload: Payload, options: Options) -> list[str]:
        """Warnings. Raises `UsageError` for what LinkedIn would refuse, or for what has no API."""
        return linkedin_checks.check(payload, options)

    def final_text(self, payload: Payload) -> str:
        """The text as readers will see it."""
        return linkedin_checks.visible(payload)

    def who(self, credential: Credential, options: Options, /) -> str:
        """The name of the member whose token it is. Raises as `deliver`."""
        return self._me(self._wire(credential, options))[1]

    def taken(self, _payload: Payload, _credential: Credential, _entry: Entry | None, /) -> Taken | None:
        """None: each post there is another one."""
        return None

    def deliver(self, errand: Errand) -> None:
        """Post it, or change the text of the post that is there.

        Raises `RefusedError`, `NotSentError` (nothing was posted) and `OutcomeUnknownError`.
        """
        wire = self._wire(errand.credential, errand.options)
        if errand.entry is not None and errand.entry.status == "published":
            urn = errand.entry.remote_id
            if not _URN.fullmatch(urn):
                raise UsageError(
                    f"{errand.payload.key}: the ledger has no URN of its post, so it cannot be changed from here",
                    f"Edit it at {errand.entry.url} with the kit of what changed: add --via kit.",
                )
            files = set(file_digests(errand.payload))
            if errand.entry.pieces == errand.payload.pieces and files != set(errand.entry.pictures):
                raise UsageError(
                    f"{errand.payload.key}: LinkedIn changes only the text of a post, and that is the same; what differs "
                    "is a picture or the PDF",
                    f"Delete the post at {errand.entry.url}, then --forget, then send it anew.",
                )
            errand.warnings.append("only the text of a post can be changed: card, pictures and PDF stay")
            errand.ask("update", lambda: self._update(wire, urn, errand), keeps_files=True)
            return
        author, _ = self._me(wire)
        errand.account = author
        body = self._body(wire, author, errand)
        errand.ask("create", lambda: self._create(wire, body, errand))

    def _wire(self, credential: Credential, options: Options) -> Wire:
        return Wire(
            contracts.base_url("linkedin.url"),
            {
                "Authorization": f"Bearer {credential.token.reveal()}",
                contracts.text("linkedin.version_header"): api_version(options),
                contracts.text("linkedin.restli_header"): contracts.text("linkedin.restli_version"),
            },
        )

    def _me(self, wire: Wire) -> tuple[str, str]:
        """(the member's URN, the name)."""
        answer = _safe(wire, "GET", contracts.text("linkedin.userinfo_path"))
        sub = answer.words("sub")
        if not re.fullmatch(r"[A-Za-z0-9_-]+", sub):
            raise RefusedError("LinkedIn did not say who the token belongs to. Nothing was posted.")
        return f"urn:li:person:{sub}", answer.words("name")

    def _body(self, wire: Wire, author: str, errand: Errand) -> dict[str, Any]:
        """The request for a new post; its files go up on the way."""
        connections = errand.options.audience == "connections"
        body: dict[str, Any] = {
            "author": author,
            "commentary": commentary(errand.payload),
            "visibility": "CONNECTIONS" if connections else "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        if content := self._content(wire, author, errand):
            body["content"] = content
        return body

    def _content(self, wire: Wire, author: str, errand: Errand) -> dict[str, Any]:
        """What hangs on the text: the PDF, the card, or the pictures."""
        payload = errand.payload
        if payload.form is Form.DOCUMENT:
            urn = self._upload(wire, author, errand, payload.document, "document")
            return {"media": {"id": urn, "title": payload.title}}
        if payload.card is not None:
            card = payload.card
            article = {"source": card.url, "title": card.title, "description": card.description}
            if card.picture is not None:
                article["thumbnail"] = self._upload(wire, author, errand, card.picture.data, "image")
            return {"article": article}
        images = [self._image(wire, author, errand, picture) for picture in payload.pictures]
        if len(images) > 1:
            return {"multiImage": {"images": images}}
        return {"media": images[0]} if images else {}

    def _image(self, wire: Wire, author: str, errand: Errand, picture: Picture) -> dict[str, str]:
        urn = self._upload(wire, author, errand, picture.data, "image")
        return {"id": urn, "altText": picture.alt} if picture.alt else {"id": urn}

    def _upload(self, wire: Wire, author: str, errand: Errand, data: bytes, kind: str) -> str:
        """The URN of a file that is there now."""
        digest = linkedin_checks.digest(data)
        return errand.upload(author, digest, lambda: _send_file(wire, author, data, kind))

    def _create(self, wire: Wire, body: dict[str, Any], errand: Errand) -> Sent:
        """Post it. A repeat that LinkedIn knows already names the post that the first request made."""
        answer = wire.request("POST", contracts.text("linkedin.posts_path"), json_body=body)
        if answer.status == 201:
            urn = _URN.fullmatch(answer.headers.get(contracts.text("linkedin.id_header"), ""))
            if not urn:
                raise NoAnswerError("LinkedIn took it and did not say where it is")
            return _sent(urn[0])
        if is_duplicate(answer) and errand.again is not None and (urn := _URN.search(answer.text)):
            return _sent(urn[0])
        raise _not_done(answer, errand.options)

    def _update(self, wire: Wire, urn: str, errand: Errand) -> Sent:
        """Change the text of a post."""
        answer = wire.request(
            "POST",
            f"{contracts.text('linkedin.posts_path')}/{quote(urn, safe='')}",
            json_body={"patch": {"$set": {"commentary": commentary(errand.payload)}}},
            headers={contracts.text("linkedin.method_header"): "PARTIAL_UPDATE"},
        )
        if answer.is_good:
            return _sent(urn)
        raise _not_done(answer, errand.options)


def is_duplicate(answer: Answer) -> bool:
    """Whether LinkedIn says that the same text was posted a moment ago."""
    return answer.status == 422 and contracts.text("linkedin.duplicate_code") in answer.text


def urn_in(url: str) -> str:
    """The URN of a post in its address, '' if the address has none that can be used to change it."""
    found = _URN.search(url.replace("%3A", ":").replace("%3a", ":"))
    if found:
        return found[0]
    told = re.search(r"-(share|ugcPost)-(\d+)", url)
    return f"urn:li:{told[1]}:{told[2]}" if told else ""


def _sent(urn: str) -> Sent:
    return Sent(contracts.text("linkedin.post_page").replace("{urn}", urn), urn)


def _not_done(answer: Answer, options: Options) -> Exception:
    """The error for an answer that is no success: refused for certain, or unknown."""
    if not answer.is_refusal:
        return NoAnswerError(f"LinkedIn answered {answer.status}")
    return linkedin_refusal(answer, api_version(options))


def _send_file(wire: Wire, author: str, data: bytes, kind: str) -> str:
    """Send a file up; its URN."""
    begin = _safe(
        wire,
        "POST",
        contracts.text(f"linkedin.{kind}s_path"),
        {"initializeUploadRequest": {"owner": author}},
    )
    url, urn = begin.words("value", "uploadUrl"), begin.words("value", kind)
    if not _may_go_to(url, wire.base) or not urn.startswith(f"urn:li:{kind}:"):
        raise RefusedError(
            "LinkedIn named no place of its own for a file, so no token was sent there. Nothing was posted."
        )
    _safe(wire, "PUT", url, content=data)
    return urn


def _may_go_to(url: str, base: str) -> bool:
    """Whether the token may go to an address for uploads: LinkedIn's own, encrypted (in tests: the fake's own)."""
    try:
        parts, own = urlsplit(url), urlsplit(base)
        port, own_port = parts.port, own.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if "@" in parts.netloc or "\\" in url:
        return False
    if contracts.is_loopback(base):
        return (parts.scheme, host, port) == (own.scheme, own.hostname, own_port)
    return parts.scheme == "https" and port in {None, 443} and host.endswith(".linkedin.com")


def _safe(
    wire: Wire, method: str, path: str, body: dict[str, Any] | None = None, content: bytes | None = None
) -> Answer:
    """A request that shows nothing to anybody. Raises `RefusedError` also for a lost answer: nothing was posted."""
    headers = {"Content-Type": "application/octet-stream"} if content is not None else None
    try:
        answer = wire.request(method, path, json_body=body, content=content, headers=headers)
    except NoAnswerError as error:
        raise RefusedError(
            f"LinkedIn did not answer ({error}). Nothing was posted.", "Run the command again."
        ) from None
    if not answer.is_good:
        raise linkedin_refusal(answer, wire.header(contracts.text("linkedin.version_header")))
    return answer
