"""Whether an address that a person names can be that of a post at a target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from notebook_kb.publishing import contracts
from notebook_kb.publishing.payload import TargetName
from notebook_kb.publishing.remarks import RemarkError, remark
from notebook_kb.publishing.targets.linkedin import urn_in

if TYPE_CHECKING:
    from notebook_kb.publishing.remarks import Remark

_STRANGE = re.compile(r"[\s\x00-\x20\x7f-\x9f\"'<>\\`{}|^]")
_LONGEST = 2000
_SHOWN = 100
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z")


def checked_address(target: TargetName, url: str) -> tuple[str, Remark | None]:
    """(the address without what only counts visitors, what the person should know of it).

    Raises `RemarkError` for an address that is not https or not one of the target's.
    """
    url = url.strip()
    host, path = _taken_apart(url)
    clean = urlunsplit(("https", host, path, "", ""))
    if target is TargetName.FOLDER:
        return clean, None
    note = None
    hosts = contracts.texts(f"{target}.hosts")
    if not any(host == own or host.endswith(f".{own}") for own in hosts):
        if not contracts.flag(f"{target}.custom_domains"):
            raise _problem("kit_url_other_host", "Copy the address of the post.", url, hosts=", ".join(hosts))
        note = remark("kit_url_publication", host=host, service=hosts[0])
    if path in {"", "/"}:
        raise _problem("kit_url_start_page", "Copy the address of the post itself.", url)
    return clean, note


def remote_id_in(target: TargetName, url: str) -> str:
    """The id of a post that its address tells, '' if it does not."""
    return urn_in(url) if target is TargetName.LINKEDIN else ""


def _taken_apart(url: str) -> tuple[str, str]:
    """(host, path) of an https address. Raises `RemarkError` for any other."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    is_plain = parts.scheme == "https" and "@" not in parts.netloc and port in {None, 443}
    if not is_plain or _STRANGE.search(url) or len(url) > _LONGEST:
        raise _problem("kit_url_not_https", "Copy it from the browser.", url)
    if not _HOST.match(host):
        raise _problem("kit_url_no_server", "Copy the address from the browser.", url, host=host)
    return host, parts.path


def _problem(word: str, hint: str, url: str, **values: object) -> RemarkError:
    return RemarkError(remark(word, _shown(url), **values), hint)


def _shown(url: str) -> str:
    """An address that may be anything, on one line."""
    plain = _STRANGE.sub(" ", url)
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
