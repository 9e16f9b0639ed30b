"""How each kind of value in `notebook.yml` is read, and what is said where it does not fit."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from notebook_kb.errors import SettingsError
from notebook_kb.findings.catalogue import CATALOGUE
from notebook_kb.findings.codes import near_codes
from notebook_kb.languages import language_pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from notebook_kb.files.yaml_places import Node, YamlProblem


@dataclass(frozen=True, slots=True)
class Value:
    """A value to be read: where it stands, for which key, and how it should look."""

    label: str
    key: str
    node: Node
    example: str

    def fail(self, expected: str, hint: str = "", node: Node | None = None) -> NoReturn:
        """Stop with the place, what was expected, and an example."""
        shown = hint or f"Write for example: `{self.example}`"
        raise place_error(self.label, node or self.node, f"`{self.key}` {expected}", shown)


def place_error(label: str, at: Node | YamlProblem, message: str, hint: str = "") -> SettingsError:
    """An error that begins with its place."""
    return SettingsError(f"{label}:{at.line}:{at.column}: {message}", hint)


def read_text(value: Value) -> str:
    """Words as they were typed."""
    if value.node.kind != "scalar":
        value.fail("is a text")
    return value.node.text.strip()


def read_texts(value: Value, node: Node | None = None) -> tuple[str, ...]:
    """A list of texts, or one."""
    node = node or value.node
    if node.kind == "scalar":
        return (node.text.strip(),) if node.text.strip() else ()
    for item in node.items:
        if item.kind != "scalar":
            value.fail("is a list of texts", node=item)
    if node.kind == "map":
        value.fail("is a list of texts", node=node)
    return tuple(item.text.strip() for item in node.items if item.text.strip())


def read_text_map(value: Value) -> dict[str, str]:
    """Names and a text for each."""
    if value.node.kind != "map":
        value.fail("holds names and a text for each")
    for key, inner in value.node.pairs:
        if inner.kind != "scalar":
            value.fail(f"has no text for `{key.text}`", node=inner)
    return {key.text: inner.text.strip() for key, inner in value.node.pairs}


def read_texts_map(value: Value) -> dict[str, tuple[str, ...]]:
    """Names and a list of texts for each."""
    if value.node.kind != "map":
        value.fail("holds names and a list of texts for each")
    return {key.text: read_texts(value, inner) for key, inner in value.node.pairs}


def read_checks(value: Value) -> dict[str, str]:
    """Codes of findings and how much each matters."""
    levels = ("off", "info", "warning", "error")
    found = read_text_map(value)
    for key, inner in value.node.pairs:
        if key.text not in CATALOGUE:
            near = near_codes(key.text)
            hint = f"Did you mean `{near[0]}` ({CATALOGUE[near[0]].title})?" if near else ""
            value.fail(f"holds codes such as KB101, and `{key.text}` is none", hint, node=key)
        if inner.text.strip() not in levels:
            value.fail(f"sets a code to {', '.join(levels)}, not `{inner.text}`", node=inner)
    return found


def choice(*choices: str) -> Callable[[Value], str]:
    """A reader of one of a few words."""

    def read(value: Value) -> str:
        text = read_text(value)
        if text not in choices:
            near = difflib.get_close_matches(text, choices, n=1)
            value.fail(f"is one of {', '.join(choices)}", f"Did you mean `{near[0]}`?" if near else "")
        return text

    return read


def some_of(*choices: str) -> Callable[[Value], tuple[str, ...]]:
    """A reader of a list of a few words."""

    def read(value: Value) -> tuple[str, ...]:
        found = read_texts(value)
        for word in found:
            if word not in choices:
                near = difflib.get_close_matches(word, choices, n=1)
                value.fail(
                    f"holds {', '.join(choices)}, not `{word}`", f"Did you mean `{near[0]}`?" if near else ""
                )
        return found

    return read


def read_flag(value: Value) -> bool:
    """Yes or no, in the words that people use."""
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    answer = words.get(read_text(value).lower())
    if answer is None:
        value.fail("is true or false")
    return answer


def read_retention(value: Value) -> dict[str, float]:
    """The share of cards to be remembered when they come up: one number, or one for each area and `default`."""
    shares = {"default": 0.9}
    if value.node.kind != "map":
        return {"default": _share(value, value.node)}
    for key, inner in value.node.pairs:
        shares[key.text] = _share(value, inner)
    return shares


def _share(value: Value, node: Node) -> float:
    """A number that makes sense as a share to be remembered."""
    text = node.text.strip() if node.kind == "scalar" else ""
    number = float(text) if re.fullmatch(r"0?\.\d{1,6}", text) else 0.0
    if not 0.7 <= number <= 0.99:
        value.fail("is a number from 0.7 to 0.99, or one for each area", node=node)
    return number


def read_count(value: Value) -> int:
    """A number of things, none to 999."""
    text = read_text(value)
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII):
        value.fail("is a whole number from 0 to 999")
    return int(text)


def read_language(value: Value) -> str:
    """A language with a pack."""
    text = read_text(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", text):
        value.fail("is a language's code")
    try:
        language_pack(text)
    except SettingsError as error:
        value.fail(f"is `{text}`, and {error.message}", error.hint)
    return text.replace("_", "-")


def read_timezone(value: Value) -> str:
    """A time zone that this system knows."""
    text = read_text(value)
    if text == "UTC":  # also where no time zones are installed
        return text
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # People write the city, or forget its line.
        zones = sorted(available_timezones())
        tail = text.replace(" ", "_").rsplit("/", maxsplit=1)[-1].lower()
        near = [z for z in zones if z.lower().rsplit("/", maxsplit=1)[-1] == tail]
        near = near or difflib.get_close_matches(text, zones, n=1)
        value.fail(f"is no known time zone: `{text}`", f"Did you mean `{near[0]}`?" if near else "")


def read_base_url(value: Value) -> str:
    """The site's address, without a slash at its end."""
    text = read_text(value)
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        _ = parts.port  # raises where it is no number
    except ValueError:
        fits = False
    if not fits or re.search(r"[\s\"'<>\\?#]", text):
        value.fail("is the site's address: http or https, nothing after `?` or `#`, no password")
    return text.rstrip("/")


def read_folder(value: Value) -> str:
    """A folder inside the notebook."""
    text = read_text(value)
    parts = [p for p in text.split("/") if p not in {"", "."}]
    outside = text.startswith(("/", "~")) or ".." in parts or re.match(r"[A-Za-z]:", text)
    if outside or "\\" in text:
        value.fail("is a folder inside the notebook, written with `/`")
    if not parts and value.key != "notes":
        value.fail("cannot be the notebook's own folder")
    return "/".join(parts) or "."
