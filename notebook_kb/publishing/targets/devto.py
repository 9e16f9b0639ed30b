"""dev.to: an article is made as a draft, then published, then read again, as it has been left a draft before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import ChangedSinceReadError, UsageError
from notebook_kb.publishing import contracts
from notebook_kb.publishing.errand import Sent, Taken
from notebook_kb.publishing.payload import Form
from notebook_kb.publishing.problems import RefusedError
from notebook_kb.publishing.targets.refusals import devto_refusal
from notebook_kb.publishing.wire import NoAnswerError, NotSentError, Wire

if TYPE_CHECKING:
    from notebook_kb.publishing.credentials import Credential, Service
    from notebook_kb.publishing.errand import Errand, Options
    from notebook_kb.publishing.ledger import Entry
    from notebook_kb.publishing.payload import Payload
    from notebook_kb.publishing.wire import Answer

_MOST_PAGES = 20


class DevTo:
    """The target `devto`."""

    service: Service = "devto"
    can_update = contracts.flag("devto.can_update")

    def check(self, payload: Payload, options: Options) -> list[str]:
        """Warnings. Raises `UsageError` for what dev.to would refuse."""
        if payload.form is not Form.ARTICLE:
            raise UsageError("dev.to takes articles only", "Use --as article.")
        if options.audience == "connections":
            raise UsageError("dev.to knows no connections", "Without --public it stays a draft.")
        if not payload.canonical:
            raise UsageError(
                "dev.to: the copy needs a canonical link to your own page",
                "Set base_url in notebook.yml, then kb build.",
            )
        if not payload.title.strip() or len(payload.title) > contracts.number("devto.title_max"):
            raise UsageError(
                f"{payload.path}: dev.to wants a title of 1 to {contracts.number('devto.title_max')} characters",
                "Change the note's title.",
            )
        for picture in payload.pictures:
            if re.search(rf"\]\(\s*<?{re.escape(picture.name)}[>\s)]", payload.body):
                raise UsageError(
                    f"{payload.path}: dev.to takes no picture files, and {picture.name} has no address",
                    "Put the site online, so that pictures have addresses.",
                )
        return _warnings(payload)

    def final_text(self, payload: Payload) -> str:
        """The Markdown as it is sent."""
        return payload.body

    def who(self, credential: Credential, _options: Options, /) -> str:
        """The name of whose key it is. Raises as `deliver`."""
        return _safe(self._wire(credential), "GET", contracts.text("devto.me_path")).words("username")

    def taken(self, payload: Payload, credential: Credential, entry: Entry | None, /) -> Taken | None:
        """The own article with the same canonical address that `entry` does not know: it would be written over.

        Raises as `deliver`.
        """
        if entry and entry.remote_id:
            return None
        own = self._own(self._wire(credential), payload.canonical)
        return None if own is None or _is_known(own, entry) else _taken(own)

    def deliver(self, errand: Errand) -> None:
        """Make or change the article, and publish it unless a draft is wanted.

        An own article with the same canonical address is written over only if that was agreed to (`overwrites`), or an
        open request may have made it. Raises `RefusedError`, `NotSentError`, `OutcomeUnknownError` and
        `ChangedSinceReadError`.
        """
        wire = self._wire(errand.credential)
        own = None if errand.entry and errand.entry.remote_id else self._own(wire, errand.payload.canonical)
        _refuse_another(own, errand)
        number = errand.entry.remote_id if errand.entry and errand.entry.remote_id else _number(own)
        draft_wanted = errand.options.audience == "draft"
        is_public = _is_public(own) or bool(errand.entry and errand.entry.status == "published")
        if errand.overwrites:
            errand.warnings.append(
                f"it stands in place of an article that was there: {errand.overwrites.url}"
            )
        if not number:
            sent = errand.ask("create", lambda: self._put(wire, "", errand, published=False))
            number = sent.remote_id
        elif draft_wanted or is_public:
            errand.ask("update", lambda: self._put(wire, number, errand, published=is_public))
        if not draft_wanted and not is_public:
            errand.ask("publish", lambda: self._put(wire, number, errand, published=True))
        self._read_again(wire, number, errand, wanted=not draft_wanted or is_public)

    def _wire(self, credential: Credential) -> Wire:
        return Wire(
            contracts.base_url("devto.url"),
            {
                contracts.text("devto.key_header"): credential.token.reveal(),
                "Accept": contracts.text("devto.accept"),
            },
        )

    def _own(self, wire: Wire, canonical: str) -> dict[str, Any] | None:
        """The own article with a canonical address, published or not; None if there is none."""
        size = contracts.number("devto.own_page_size")
        for page in range(1, _MOST_PAGES + 1):
            path = f"{contracts.text('devto.own_path')}?per_page={size}&page={page}"
            answer = _safe(wire, "GET", path)
            if not isinstance(answer.body, list):
                raise RefusedError("dev.to's list of your articles cannot be read. Nothing was posted.")
            articles = [item for item in answer.body if isinstance(item, dict)]
            found = next((a for a in articles if _same(str(a.get("canonical_url", "")), canonical)), None)
            if found or len(articles) < size:
                return found
        return None

    def _put(self, wire: Wire, number: str, errand: Errand, *, published: bool) -> Sent:
        """Make (`number` '') or change the article."""
        payload = errand.payload
        article = {
            "title": payload.title,
            "body_markdown": payload.body,
            "published": published,
            "canonical_url": payload.canonical,
            "description": payload.summary,
            "tags": tags(payload)[: contracts.number("devto.tags_max")],
            **({"series": payload.series} if payload.series else {}),
        }
        path = contracts.text("devto.articles_path")
        answer = wire.request(
            "PUT" if number else "POST",
            f"{path}/{number}" if number else path,
            json_body={"article": article},
        )
        if answer.is_refusal:
            raise devto_refusal(answer)
        found = _number(answer.body)
        if not answer.is_good or not found:
            raise NoAnswerError(f"dev.to answered {answer.status} and did not say where the article is")
        return Sent(answer.words("url"), found, "published" if published else "draft")

    def _read_again(self, wire: Wire, number: str, errand: Errand, *, wanted: bool) -> None:
        """Look whether the article is what it should be, and put what dev.to says into the ledger."""
        own = self._by_number(wire, number, errand.payload.canonical)
        if own is None or errand.entry is None:
            errand.warnings.append("dev.to's list does not show the article yet: look at it")
            return
        is_public = _is_public(own)
        errand.correct(status="published" if is_public else "draft", url=str(own.get("url") or ""))
        if wanted and not is_public:
            errand.warnings.append(
                "dev.to said that it is published, but kept it as a draft: publish it there"
            )

    def _by_number(self, wire: Wire, number: str, canonical: str) -> dict[str, Any] | None:
        """The own article of a number, None where the list does not show it or cannot be read now."""
        try:
            own = self._own(wire, canonical)
        except (RefusedError, NotSentError):
            return None
        return own if _number(own) == number else None


def tags(payload: Payload) -> list[str]:
    """The topics as dev.to spells tags: small letters and digits."""
    spelt = [
        re.sub(rf"[^{contracts.text('devto.tag_letters')}]", "", topic.lower()) for topic in payload.topics
    ]
    most = contracts.number("devto.tag_max")
    return list(dict.fromkeys(tag for tag in spelt if tag and len(tag) <= most))


def _number(article: object) -> str:
    """The id of an article as text, '' if it has none."""
    number = article.get("id") if isinstance(article, dict) else None
    return str(number) if isinstance(number, int) and not isinstance(number, bool) and number > 0 else ""


def _is_public(article: dict[str, Any] | None) -> bool:
    """Whether everybody can read an article; one that was taken back keeps its `published_at`."""
    return bool(article and article.get("published", article.get("published_at")))


def _taken(own: dict[str, Any]) -> Taken:
    """An article of dev.to's list, as a person is asked about it."""
    return Taken(_number(own), str(own.get("title") or ""), str(own.get("url") or ""), _is_public(own))


def _is_known(own: dict[str, Any], entry: Entry | None) -> bool:
    """Whether it is what the ledger has: of what was put there by hand that is the address alone."""
    return bool(entry and entry.url and _same(str(own.get("url") or ""), entry.url))


def _refuse_another(own: dict[str, Any] | None, errand: Errand) -> None:
    """Stop where an article has come there since the person was asked; what was sent without an answer may be it."""
    agreed = errand.overwrites.remote_id if errand.overwrites else ""
    if own is None or errand.again or _is_known(own, errand.entry) or _number(own) == agreed:
        return
    raise ChangedSinceReadError(
        f"dev.to has an article with this canonical address since a moment ago: {own.get('url') or ''}",
        "Nothing was sent. Run the command again.",
    )


def _same(first: str, second: str) -> bool:
    return first.rstrip("/") == second.rstrip("/")


def _warnings(payload: Payload) -> list[str]:
    most = contracts.number("devto.tags_max")
    if len(payload.topics) > len(tags(payload)[:most]):
        return [
            f"dev.to takes {most} tags of letters and digits: {', '.join(tags(payload)[:most]) or 'none'}"
        ]
    return []


def _safe(wire: Wire, method: str, path: str) -> Answer:
    """A request that changes nothing. Raises `RefusedError` also for a lost answer."""
    try:
        answer = wire.request(method, path)
    except NoAnswerError as error:
        raise RefusedError(
            f"dev.to did not answer ({error}). Nothing was posted.", "Run the command again."
        ) from None
    if not answer.is_good:
        raise devto_refusal(answer)
    return answer
