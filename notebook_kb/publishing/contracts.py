"""The dated table of facts about the services (`contracts.yml`), typed; and where each service is reached."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast, get_args
from urllib.parse import urlsplit

from notebook_kb.errors import UsageError
from notebook_kb.files.yaml_places import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.files.yaml_places import Node

Sure = Literal["doc", "src", "field", "measured", "unknown"]

URL_VARIABLES = {
    "linkedin.url": "KB_LINKEDIN_URL",
    "linkedin.login_url": "KB_LINKEDIN_LOGIN_URL",
    "medium.url": "KB_MEDIUM_URL",
    "devto.url": "KB_DEVTO_URL",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its value, how sure it is and where it comes from."""

    name: str
    node: Node
    sure: Sure
    source: str


@dataclass(frozen=True, slots=True)
class Editor:
    """What the editor of a service does with pasted HTML; the fields are those of `contracts.yml`, `editors`."""

    keeps: frozenset[str]
    unwraps: frozenset[str]
    drops: frozenset[str]
    attributes: Mapping[str, tuple[str, ...]]
    headings: Mapping[str, str]
    heading_elements: tuple[str, ...]
    links_in_headings: bool
    code_inline: bool
    pre_split_at_empty_lines: bool
    pre_line_ends_kept: bool
    pre_mode: str
    pre_mode_plain: str
    pre_languages_seen: tuple[str, ...]
    table: bool
    math: bool
    picture_schemes: tuple[str, ...]
    picture_types: tuple[str, ...]
    picture_width: int
    list_depth: int
    title_in_body: bool
    text_align: str
    embeds_lone_links: bool
    curls_quotes: bool
    footnotes: bool


@cache
def facts() -> Mapping[str, Fact]:
    """All facts by name (`linkedin.text_max`, `editors.medium.keeps`), in the order of the file."""
    root = _table()
    found: dict[str, Fact] = {}
    waiting = [(key.text, value) for key, value in root.pairs if value.kind == "map"]
    for name, node in waiting:
        inner = {key.text: value for key, value in node.pairs}
        if "is" not in inner:
            waiting.extend((f"{name}.{key}", value) for key, value in inner.items())
            continue
        sure = inner["sure"].text
        if sure not in get_args(Sure):
            raise ValueError(f"contracts.yml:{node.line}: `sure` is one of {', '.join(get_args(Sure))}")
        found[name] = Fact(name, inner["is"], cast("Sure", sure), inner["source"].text)
    return found


def as_of() -> str:
    """The day of the table, `YYYY-MM-DD`."""
    return next(value.text for key, value in _table().pairs if key.text == "as_of")


def text(name: str) -> str:
    """A fact that is a text. Raises `KeyError` for a name that the table has not, as do the functions below."""
    return facts()[name].node.text


def number(name: str) -> int:
    """A fact that is a whole number."""
    return int(text(name))


def flag(name: str) -> bool:
    """A fact that is `true` or `false`."""
    return {"true": True, "false": False}[text(name)]


def texts(name: str) -> tuple[str, ...]:
    """A fact that is a list of texts."""
    return tuple(item.text for item in facts()[name].node.items)


def text_map(name: str) -> dict[str, str]:
    """A fact that maps names to texts."""
    return {key.text: value.text for key, value in facts()[name].node.pairs}


@cache
def editor(service: Literal["medium", "linkedin"]) -> Editor:
    """The rules of an editor for what is pasted into it."""
    at = f"editors.{service}."
    return Editor(
        keeps=frozenset(texts(at + "keeps")),
        unwraps=frozenset(texts(at + "unwraps")),
        drops=frozenset(texts(at + "drops")),
        attributes={
            key.text: tuple(item.text for item in value.items)
            for key, value in facts()[at + "attributes"].node.pairs
        },
        headings=text_map(at + "headings"),
        heading_elements=texts(at + "heading_elements"),
        links_in_headings=flag(at + "links_in_headings"),
        code_inline=flag(at + "code_inline"),
        pre_split_at_empty_lines=flag(at + "pre_split_at_empty_lines"),
        pre_line_ends_kept=flag(at + "pre_line_ends_kept"),
        pre_mode=text(at + "pre_mode"),
        pre_mode_plain=text(at + "pre_mode_plain"),
        pre_languages_seen=texts(at + "pre_languages_seen"),
        table=flag(at + "table"),
        math=flag(at + "math"),
        picture_schemes=texts(at + "picture_schemes"),
        picture_types=texts(at + "picture_types"),
        picture_width=number(at + "picture_width"),
        list_depth=number(at + "list_depth"),
        title_in_body=flag(at + "title_in_body"),
        text_align=text(at + "text_align"),
        embeds_lone_links=flag(at + "embeds_lone_links"),
        curls_quotes=flag(at + "curls_quotes"),
        footnotes=flag(at + "footnotes"),
    )


def base_url(name: str, environment: Mapping[str, str] | None = None) -> str:
    """Where a service is reached (`linkedin.url`), without a slash at the end.

    A variable of the environment may name another address, for tests, but only one of this machine: the token is
    sent there. Raises `UsageError` for any other.
    """
    variable = URL_VARIABLES[name]
    given = (os.environ if environment is None else environment).get(variable, "")
    if not given:
        return text(name)
    if not is_loopback(given):
        raise UsageError(
            f"{variable}: it may only name this machine (http://127.0.0.1:PORT), as the token is sent there",
            f"Unset {variable}.",
        )
    return given.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine, by address and not by a name that could be pointed elsewhere."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port  # raises where it is no number
        plain = parts.scheme in {"http", "https"} and "@" not in parts.netloc and not parts.query
        return plain and "\\" not in url and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _table() -> Node:
    words = (resources.files("notebook_kb.publishing") / "contracts.yml").read_text(encoding="utf-8")
    root = read_yaml(words)
    assert root is not None
    return root
