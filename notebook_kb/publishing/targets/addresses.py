"""Whether an address that a person names can be that of a post at a target."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from notebook_kb.errors import UsageError
from notebook_kb.publishing import contracts
from notebook_kb.publishing.payload import TargetName
from notebook_kb.publishing.targets.linkedin import urn_in

_STRANGE = re.compile(r"[\s\x00-\x20\x7f-\x9f\"'<>\\`{}|^]")
_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z")


def checked_address(target: TargetName, url: str) -> tuple[str, str]:
    """(the address without what only counts visitors, a note for the person or '').

    Raises `UsageError` for an address that is not https or not one of the target's.
    """
    host, path = _taken_apart(url.strip())
    clean = urlunsplit(("https", host, path, "", ""))
    if target is TargetName.FOLDER:
        return clean, ""
    hosts = contracts.texts(f"{target}.hosts")
    if not any(host == own or host.endswith(f".{own}") for own in hosts):
        if not contracts.flag(f"{target}.custom_domains"):
            raise UsageError(
                f"{url}: this is no address at {' or '.join(hosts)}", "Copy the address of the post."
            )
        note = f"{host} is not {hosts[0]}: taken as the domain of a publication there"
    else:
        note = ""
    if path in {"", "/"}:
        raise UsageError(
            f"{url}: this is the start page, not the post", "Copy the address of the post itself."
        )
    return clean, note


def remote_id_in(target: TargetName, url: str) -> str:
    """The id of a post that its address tells, '' if it does not."""
    return urn_in(url) if target is TargetName.LINKEDIN else ""


def _taken_apart(url: str) -> tuple[str, str]:
    """(host, path) of an https address. Raises `UsageError` for any other."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme != "https" or _STRANGE.search(url) or "@" in parts.netloc or port not in {None, 443}:
        raise UsageError(f"{url!r}: this is no address of a page (https://…)", "Copy it from the browser.")
    if not _HOST.match(host):
        raise UsageError(f"{url}: {host!r} is no name of a server", "Copy the address from the browser.")
    return host, parts.path
