"""Medium's old API, for who still has a token: it makes drafts (or stories), and can neither list nor change them."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.publishing import contracts
from notebook_kb.publishing.errand import Sent
from notebook_kb.publishing.payload import Form
from notebook_kb.publishing.problems import RefusedError
from notebook_kb.publishing.targets.refusals import medium_refusal
from notebook_kb.publishing.wire import NoAnswerError, Wire

if TYPE_CHECKING:
    from notebook_kb.publishing.credentials import Credential, Service
    from notebook_kb.publishing.errand import Errand, Options, Taken
    from notebook_kb.publishing.ledger import Entry
    from notebook_kb.publishing.payload import Payload, Picture
    from notebook_kb.publishing.wire import Answer

_FIRST_HEADING = re.compile(r"\s*<h[1-4][^>]*>(.*?)</h[1-4]>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


class Medium:
    """The target `medium` with a token."""

    service: Service = "medium"
    can_update = contracts.flag("medium.can_update")

    def check(self, payload: Payload, options: Options) -> list[str]:
        """Warnings. Raises `UsageError` for what Medium would refuse."""
        if payload.form is not Form.ARTICLE:
            raise UsageError("Medium takes stories only", "Use --as article.")
        if options.audience == "connections":
            raise UsageError("Medium knows no connections", "Without --connections it becomes a draft.")
        if not payload.title.strip():
            raise UsageError(f"{payload.path}: a story needs a title", "Give the note a title.")
        for picture in payload.pictures:
            if picture.media_type not in contracts.texts("medium.image_types"):
                raise UsageError(
                    f"{payload.path}: {picture.name} is {picture.media_type}; Medium takes PNG, JPEG and GIF",
                    "Send a PNG instead.",
                )
        return _warnings(payload, options)

    def final_text(self, payload: Payload) -> str:
        """The words of the story."""
        return html.unescape(_TAG.sub("", with_title(payload)))

    def who(self, credential: Credential, _options: Options, /) -> str:
        """The name of whose token it is. Raises as `deliver`."""
        return self._me(self._wire(credential))[1]

    def taken(self, _payload: Payload, _credential: Credential, _entry: Entry | None, /) -> Taken | None:
        """None: each post there is another one."""
        return None

    def deliver(self, errand: Errand) -> None:
        """Make a draft, or with `public` a story. Raises `RefusedError`, `NotSentError` and `OutcomeUnknownError`."""
        if errand.again is not None:
            raise UsageError(
                "Medium's API cannot say what it has, so a second try could make a second story",
                "Look at https://medium.com/me/stories/drafts, then: --done URL, or --not-sent.",
            )
        wire = self._wire(errand.credential)
        author, _ = self._me(wire)
        errand.account = author
        content = with_title(errand.payload)
        for picture in errand.payload.pictures:
            address = self._upload(wire, author, errand, picture)
            content = with_picture(content, picture.name, address)
        errand.ask("create", lambda: self._create(wire, author, content, errand))

    def _wire(self, credential: Credential) -> Wire:
        return Wire(
            contracts.base_url("medium.url"), {"Authorization": f"Bearer {credential.token.reveal()}"}
        )

    def _me(self, wire: Wire) -> tuple[str, str]:
        """(the author's id, the name)."""
        try:
            answer = wire.request("GET", contracts.text("medium.me_path"))
        except NoAnswerError as error:
            raise RefusedError(f"Medium did not answer ({error}). Nothing was posted.") from None
        author = answer.words("data", "id")
        if not answer.is_good or not re.fullmatch(r"[A-Za-z0-9_-]+", author):
            raise medium_refusal(answer)
        return author, answer.words("data", "name")

    def _upload(self, wire: Wire, author: str, errand: Errand, picture: Picture) -> str:
        """The address of a picture that is there now."""

        def do() -> str:
            file = (picture.name, picture.data, picture.media_type)
            answer = wire.request(
                "POST",
                contracts.text("medium.images_path"),
                files={contracts.text("medium.image_field"): file},
            )
            url = answer.words("data", "url")
            if not answer.is_good or not url.startswith("https://"):
                raise medium_refusal(answer)
            return url

        return errand.upload(author, picture.digest, do)

    def _create(self, wire: Wire, author: str, content: str, errand: Errand) -> Sent:
        payload = errand.payload
        public = errand.options.audience == "public"
        body = {
            "title": payload.title[: contracts.number("medium.title_max")],
            "contentFormat": "html",
            "content": content,
            "tags": _tags(payload)[: contracts.number("medium.api_tags_used")],
            # Left out it would be public.
            "publishStatus": "public" if public else "draft",
            "notifyFollowers": False,
            **({"canonicalUrl": payload.canonical} if payload.canonical else {}),
        }
        answer = wire.request(
            "POST", contracts.text("medium.posts_path").replace("{author}", author), json_body=body
        )
        if answer.is_refusal:
            raise medium_refusal(answer)
        return _sent(answer)


def with_title(payload: Payload) -> str:
    """The story's HTML with its title as first heading: the `title` of the API is for search engines only."""
    first = _FIRST_HEADING.match(payload.body)
    if first and html.unescape(_TAG.sub("", first[1])).split() == payload.title.split():
        return payload.body
    return f"<h1>{html.escape(payload.title)}</h1>\n{payload.body}"


def with_picture(content: str, name: str, address: str) -> str:
    """`content` with the address of a picture in the place of its file name."""
    source = f'src="{html.escape(address)}"'
    for quote in ('"', "'"):
        content = content.replace(f"src={quote}{html.escape(name)}{quote}", source)
    return content


def import_words(canonical: str) -> str:
    """What to do, and what to expect, when Medium is to read the page itself."""
    return (
        f"Open {contracts.text('medium.import_url')} and give it {canonical}. The page must be online. Code may be "
        "left out, and the story gets the date of the page, so it ranks as old. The canonical link is set by it."
    )


def _sent(answer: Answer) -> Sent:
    """Where the story is. Raises `NoAnswerError` if Medium does not say it."""
    url, remote = answer.words("data", "url"), answer.words("data", "id")
    if not answer.is_good or not remote or not url.startswith("https://"):
        raise NoAnswerError(f"Medium answered {answer.status} and did not say where the story is")
    is_draft = answer.words("data", "publishStatus") != "public"
    return Sent(url, remote, "draft" if is_draft else "published")


def _tags(payload: Payload) -> list[str]:
    """The topics that Medium would not ignore for their length."""
    return [topic for topic in payload.topics if len(topic) <= contracts.number("medium.tag_max")]


def _warnings(payload: Payload, options: Options) -> list[str]:
    found = []
    used, most = _tags(payload), contracts.number("medium.api_tags_used")
    if len(payload.topics) > len(used[:most]):
        found.append(f"Medium's API takes {most} topics of 25 characters: {', '.join(used[:most]) or 'none'}")
    if len(payload.title) > contracts.number("medium.title_max"):
        found.append(
            f"Medium cuts the title for search engines at {contracts.number('medium.title_max')} characters"
        )
    if not payload.canonical:
        found.append("without `base_url` the story has no canonical link to your own page")
    if options.audience == "public":
        found.append("the story is public at once, and the API cannot change or delete it")
    found.extend(
        f"{picture.name} is not in the story's text"
        for picture in payload.pictures
        if with_picture(payload.body, picture.name, "") == payload.body
    )
    return found
