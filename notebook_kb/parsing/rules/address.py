"""Bare addresses as links: `https://…`, `ftp://…`, `www.…`, `name@host`.

The rules are those of the "extended autolinks" of GFM. They are tried only where a colon, an at sign or `www.` stands,
so a text without addresses costs nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.parsing.placed import PlacedState

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

WWW = "www."
SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])(https?|ftp)$", re.IGNORECASE)
LONGEST_SCHEME = 6
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")
URL_END = re.compile(r"[\s<\ue0c1-\ue0c8]")
LOCAL = re.compile(r"[A-Za-z0-9._+-]+$")
LONGEST_LOCAL = 64
MAIL_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
TRAILING = "?!.,:*_~'\"“”„»«’‘…"
ENTITY = re.compile(r"&[A-Za-z0-9]+;$")
BEFORE_WWW = " \t\n*_~([\"'“„»«—–"


def install(md: MarkdownIt) -> None:
    """Add the rules; that for `www.` takes the place of the one for plain text."""
    md.inline.ruler.at("text", text)
    md.inline.ruler.after("text", "address", address)


def text(state: StateInline, silent: bool) -> bool:
    """Plain text up to the next sign that may mean something, and up to `www.`."""
    start = state.pos
    if isinstance(state, PlacedState) and state.www_from <= start <= state.www_at:
        at = state.www_at
    else:
        at = look_ahead(state, start)
    if at == start:
        if not silent and web_host(state, start):
            return True
        end = min(start + len(WWW), state.posMax)
    else:
        match = state.md.inline.terminator_re.search(state.src, start, at)
        end = min(match.start() if match else at, state.posMax)
    if end == start:
        return False
    if not silent:
        state.append_pending(state.src[start:end])
    state.pos = end
    return True


def look_ahead(state: StateInline, start: int) -> int:
    """Where `www.` stands next; behind the end when nowhere."""
    at = state.src.find(WWW, start)
    at = len(state.src) if at < 0 else at
    if isinstance(state, PlacedState):
        state.www_from, state.www_at = start, at
    return at


def web_host(state: StateInline, start: int) -> bool:
    """`www.host/path` at `start` as a link."""
    if state.linkLevel or (start and state.src[start - 1] not in BEFORE_WWW):
        return False
    end = url_end(state.src, start, start, state.posMax)
    return end > start + len(WWW) and push_link(state, start, end, "http://" + state.src[start:end])


def address(state: StateInline, silent: bool) -> bool:
    """A web or mail address around the `:` or `@` where the state stands. Not while the end of a link is looked for."""
    sign = state.src[state.pos]
    if silent or state.linkLevel:
        return False
    if sign == ":":
        return web_address(state)
    return sign == "@" and mail_address(state)


def web_address(state: StateInline) -> bool:
    """`https://…`, `http://…`, `ftp://…`."""
    src, pos = state.src, state.pos
    if not src.startswith("://", pos):
        return False
    match = SCHEME.search(src[max(0, pos - LONGEST_SCHEME) : pos])
    if not match:
        return False
    start = pos - len(match[1])
    end = url_end(src, start, pos + 3, state.posMax)
    return end > pos + 3 and push_link(state, start, end, src[start:end])


def mail_address(state: StateInline) -> bool:
    """`name@host.tld`."""
    src, pos = state.src, state.pos
    local = LOCAL.search(src[max(0, pos - LONGEST_LOCAL) : pos])
    host = MAIL_HOST.match(src, pos + 1, state.posMax)
    if not local or not host or host[0][-1] in "-_":
        return False
    start = pos - len(local[0])
    before = src[start - 1 : start]
    if before.isalnum() or before == "/" or src[host.end() : host.end() + 1] in {"@", "/"}:
        return False
    return push_link(state, start, host.end(), "mailto:" + src[start : host.end()])


def url_end(src: str, start: int, host_start: int, limit: int) -> int:
    """Where the address that begins at `start` ends, without the signs of the sentence around it; `start` if it is none."""
    host = HOST.match(src, host_start, limit)
    if not host or any("_" in part for part in host[0].split(".")[-2:]):
        return start
    stop = URL_END.search(src, start, limit)
    end = stop.start() if stop else limit
    while end > host_start:
        url = src[start:end]
        if (
            url[-1] in TRAILING
            or (url[-1] == ")" and url.count(")") > url.count("("))
            or (url[-1] == "]" and url.count("]") > url.count("["))
        ):
            end -= 1
        elif url[-1] == ";":
            entity = ENTITY.search(url)
            end = start + entity.start() if entity else end - 1
        else:
            break
    return end if end > host_start else start


def push_link(state: StateInline, start: int, end: int, url: str) -> bool:
    """The link of `src[start:end]`; what of it was read as plain text already is taken back. False if it cannot be."""
    href = state.md.normalizeLink(url)
    if not state.md.validateLink(href) or not take_back(state, state.src[start : state.pos]):
        return False
    state.pos = start
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": href}
    opening.markup, opening.info = "linkify", "auto"
    opening.meta["pos"] = start + 1
    state.push("text", "", 0).content = state.src[start:end]
    state.push("link_close", "a", -1).info = "auto"
    state.pos = end
    return True


def take_back(state: StateInline, read: str) -> bool:
    """Drop the text `read` from the end of what was read; signs of emphasis may be among it."""
    kept = len(state.tokens)
    tail = state.pending
    while len(tail) < len(read) and kept and state.tokens[kept - 1].type == "text":
        kept -= 1
        tail = state.tokens[kept].content + tail
    if not tail.endswith(read):
        return False
    del state.tokens[kept:], state.tokens_meta[kept:]
    state.delimiters[:] = [one for one in state.delimiters if one.token < kept]
    state.pending = tail[: len(tail) - len(read)]
    return True
