"""The settings of a notebook: `notebook.yml`, typed and strict, each mistake with its place."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from notebook_kb.errors import NoNotebookError, SettingsError
from notebook_kb.files.read import decode, read_file
from notebook_kb.files.yaml_places import YamlProblem, duplicate_key, read_yaml
from notebook_kb.languages import language_pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from notebook_kb.files.yaml_places import Node

SETTINGS_NAME = "notebook.yml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What `notebook.yml` says, with the defaults for what it does not say.

    Folders are relative to the notebook, with forward slashes. `roadmap` is the id of one that ships or a file
    name; '' is `roadmap.yml` if there is one, else `math-for-ml`. `check` maps a finding's code to off, info,
    warning or error. `linkedin_api_version` '' is the one that the tool knows.
    """

    title: str = ""
    author: str = ""
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    base_url: str = ""
    notes: str = "notes"
    output: str = "site"
    state: str = ".kb"
    theme: str = "templates"
    ignore: tuple[str, ...] = ()
    roadmap: str = ""
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    private_sections: tuple[str, ...] = ()
    macros: Mapping[str, str] = field(default_factory=dict)
    notation: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    line_breaks: Literal["soft", "hard"] = "soft"
    urls: Literal["directory", "file", "index"] = "directory"
    cards_generate: tuple[str, ...] = ()
    cards_retention: float = 0.9
    check: Mapping[str, str] = field(default_factory=dict)
    feed_math: Literal["mathml", "image", "unicode"] = "mathml"
    social_cards: Literal["site", "posts", "all"] = "site"
    audit_allow: tuple[str, ...] = ()
    linkedin_api_version: str = ""
    editor: str = ""
    greet: bool = True


def find_root(start: Path) -> Path:
    """The nearest folder with a `notebook.yml`: `start` (a folder, or a file in one) or one above it.

    Raises `NoNotebookError` if there is none.
    """
    # Not `resolve`: who works behind a symbolic link wants the paths as typed.
    first = Path(os.path.abspath(start))  # noqa: PTH100 - resolve would follow links
    for folder in (first, *first.parents):
        if os.path.isfile(folder / SETTINGS_NAME):  # noqa: PTH113 - says False where Path.is_file raises
            return folder
    raise NoNotebookError(
        f"{first}: no {SETTINGS_NAME} in this folder or any folder above it",
        "Run `kb init` here to begin a notebook, or go to the folder of one.",
    )


def load_settings_file(root: Path) -> Settings:
    """The settings of the notebook at `root`.

    In an Obsidian vault `line_breaks` is `hard` unless the settings or Obsidian's own say otherwise.
    Raises `NoNotebookError` without a `notebook.yml`, `SettingsError` as `load_settings`, and
    `EnvironmentFailedError` if the file cannot be read.
    """
    path = root / SETTINGS_NAME
    if not path.exists():
        raise NoNotebookError(f"{path}: there is no such file", "Run `kb init` to begin a notebook here.")
    text, problem = decode(read_file(path).data)
    if problem:
        raise SettingsError(f"{SETTINGS_NAME}: it cannot be read as text ({problem})", "Save it as UTF-8.")
    settings, given = _load(text, SETTINGS_NAME)
    if "line_breaks" not in given and _obsidian_breaks_lines(root):
        return replace(settings, line_breaks="hard")
    return settings


def load_settings(text: str, path_label: str = SETTINGS_NAME) -> Settings:
    """The settings that the YAML `text` says; `path_label` is its name in messages.

    What stands for a text is taken as typed (`title: no`, `title: 12:30`); one text may stand for a list of
    one; a key with nothing after it is as if left out. Raises `SettingsError`, whose message begins with
    `path:line:column`, for an unknown or double key, a wrong type or value, and YAML that is not read.
    """
    return _load(text, path_label)[0]


def digest(settings: Settings) -> str:
    """A hash in hex over all settings, the same on every machine: for the keys of caches."""
    text = json.dumps(asdict(settings), sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class _Value:
    """A value to be read: where it stands, for which key, and how it should look."""

    label: str
    key: str
    node: Node
    example: str

    def fail(self, expected: str, hint: str = "", node: Node | None = None) -> NoReturn:
        """Stop with the place, what was expected, and an example."""
        shown = hint or f"Write for example: `{self.example}`"
        raise _error(self.label, node or self.node, f"`{self.key}` {expected}", shown)


class _Key(NamedTuple):
    """A setting: its field, how it is read, and an example."""

    attribute: str
    read: Callable[[_Value], object]
    example: str


def _error(label: str, at: Node | YamlProblem, message: str, hint: str = "") -> SettingsError:
    """An error that begins with its place."""
    return SettingsError(f"{label}:{at.line}:{at.column}: {message}", hint)


def _load(text: str, label: str) -> tuple[Settings, frozenset[str]]:
    """The settings and the fields that were given."""
    try:
        root = read_yaml(text)
    except YamlProblem as problem:
        raise _error(label, problem, problem.message) from problem
    if root is None:
        return Settings(), frozenset()
    if root.kind != "map":
        raise _error(
            label, root, "settings are lines of `key: value`", "Write for example: `title: My notes`"
        )
    if double := duplicate_key(root):
        raise _error(
            label, double, f"`{double.text}` stands here for the second time", "Keep one of the two."
        )
    values: dict[str, Any] = {}
    nodes: dict[str, Node] = {}
    for name, node in _flat(label, root):
        key = _KEYS[name]
        if not node.is_empty:
            values[key.attribute] = key.read(_Value(label, name, node, key.example))
            nodes[key.attribute] = node
    if values.get("notes") == ".":
        # A vault that is used in place gets no new visible folders.
        values = {"output": ".kb/site", "theme": ".kb/theme"} | values
    settings = Settings(**values)
    _check_folders(settings, label, nodes)
    return settings, frozenset(values)


def _flat(label: str, root: Node) -> Iterator[tuple[str, Node]]:
    """Each key (`cards.retention` for those in groups) and its value; unknown keys are an error."""
    for key, value in root.pairs:
        name = key.text
        inner = [k.removeprefix(f"{name}.") for k in _KEYS if k.startswith(f"{name}.")]
        if not inner:
            if name not in _KEYS or "." in name:
                raise _unknown(label, key, name, [k.split(".")[0] for k in _KEYS])
            yield name, value
            continue
        if value.kind != "map" and not value.is_empty:
            example = _KEYS[f"{name}.{inner[0]}"].example
            _Value(label, name, value, example).fail(f"holds settings of its own: {', '.join(inner)}")
        for inner_key, inner_value in value.pairs:
            if inner_key.text not in inner:
                raise _unknown(label, inner_key, f"{name}.{inner_key.text}", inner)
            yield f"{name}.{inner_key.text}", inner_value


def _unknown(label: str, node: Node, name: str, known: list[str]) -> SettingsError:
    """The error for a key that does not exist, with the nearest that does."""
    last = name.rsplit(".", maxsplit=1)[-1]
    # Somebody may have left out the group, or joined it with a line: retention, feed_math.
    elsewhere = [k for k in _KEYS if "." in k and last in {k.split(".")[1], k.replace(".", "_")}]
    near = difflib.get_close_matches(last, sorted(set(known)), n=1, cutoff=0.6)
    if elsewhere:
        hint = f"Write for example: `{_KEYS[elsewhere[0]].example}`"
    elif near:
        hint = f"Did you mean `{near[0]}`?"
    else:
        hint = f"The settings are: {', '.join(sorted(set(known)))}."
    return _error(label, node, f"there is no setting `{name}`", hint)


def _text(value: _Value) -> str:
    """Words as they were typed."""
    if value.node.kind != "scalar":
        value.fail("is a text")
    return value.node.text.strip()


def _texts(value: _Value, node: Node | None = None) -> tuple[str, ...]:
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


def _text_map(value: _Value) -> dict[str, str]:
    """Names and a text for each."""
    if value.node.kind != "map":
        value.fail("holds names and a text for each")
    for key, inner in value.node.pairs:
        if inner.kind != "scalar":
            value.fail(f"has no text for `{key.text}`", node=inner)
    return {key.text: inner.text.strip() for key, inner in value.node.pairs}


def _texts_map(value: _Value) -> dict[str, tuple[str, ...]]:
    """Names and a list of texts for each."""
    if value.node.kind != "map":
        value.fail("holds names and a list of texts for each")
    return {key.text: _texts(value, inner) for key, inner in value.node.pairs}


def _checks(value: _Value) -> dict[str, str]:
    """Codes of findings and how much each matters."""
    levels = ("off", "info", "warning", "error")
    found = _text_map(value)
    for key, inner in value.node.pairs:
        if not re.fullmatch(r"KB\d{3,4}", key.text):
            value.fail(f"holds codes such as KB101, not `{key.text}`", node=key)
        if inner.text.strip() not in levels:
            value.fail(f"sets a code to {', '.join(levels)}, not `{inner.text}`", node=inner)
    return found


def _choice(*choices: str) -> Callable[[_Value], str]:
    """A reader of one of a few words."""

    def read(value: _Value) -> str:
        text = _text(value)
        if text not in choices:
            near = difflib.get_close_matches(text, choices, n=1)
            value.fail(f"is one of {', '.join(choices)}", f"Did you mean `{near[0]}`?" if near else "")
        return text

    return read


def _flag(value: _Value) -> bool:
    """Yes or no, in the words that people use."""
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    answer = words.get(_text(value).lower())
    if answer is None:
        value.fail("is true or false")
    return answer


def _retention(value: _Value) -> float:
    """The share of cards to be remembered when they come up."""
    text = _text(value)
    number = float(text) if re.fullmatch(r"0?\.\d{1,6}", text) else 0.0
    if not 0.7 <= number <= 0.99:
        value.fail("is a number from 0.7 to 0.99")
    return number


def _language(value: _Value) -> str:
    """A language with a pack."""
    text = _text(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", text):
        value.fail("is a language's code")
    try:
        language_pack(text)
    except SettingsError as error:
        value.fail(f"is `{text}`, and {error.message}", error.hint)
    return text.replace("_", "-")


def _timezone(value: _Value) -> str:
    """A time zone that this system knows."""
    text = _text(value)
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


def _base_url(value: _Value) -> str:
    """The site's address, without a slash at its end."""
    text = _text(value)
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        _ = parts.port  # raises where it is no number
    except ValueError:
        fits = False
    if not fits or re.search(r"[\s\"'<>\\?#]", text):
        value.fail("is the site's address: http or https, nothing after `?` or `#`, no password")
    return text.rstrip("/")


def _folder(value: _Value) -> str:
    """A folder inside the notebook."""
    text = _text(value)
    parts = [p for p in text.split("/") if p not in {"", "."}]
    outside = text.startswith(("/", "~")) or ".." in parts or re.match(r"[A-Za-z]:", text)
    if outside or "\\" in text:
        value.fail("is a folder inside the notebook, written with `/`")
    if not parts and value.key != "notes":
        value.fail("cannot be the notebook's own folder")
    return "/".join(parts) or "."


def _check_folders(settings: Settings, label: str, nodes: Mapping[str, Node]) -> None:
    """The output is emptied and filled by builds: it must hold nothing else."""
    output = settings.output.casefold()
    theirs = [(name, str(getattr(settings, name))) for name in ("notes", "state", "theme")]
    for name, other in [*theirs, *(("output", fixed) for fixed in ("sources", ".kb", ".git"))]:
        folder = other.casefold()
        if folder == output or folder.startswith(f"{output}/") or output.startswith(".git/"):
            node = nodes.get("output") or nodes[name]
            _Value(label, "output", node, "output: site").fail(
                f"is `{settings.output}`, but `{other}` is there"
            )


def _obsidian_breaks_lines(root: Path) -> bool:
    """Whether this is an Obsidian vault that shows a line end as a line end, which is Obsidian's default."""
    try:
        text = (root / ".obsidian" / "app.json").read_text(encoding="utf-8")
        facts = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return (root / ".obsidian").is_dir()
    return not (isinstance(facts, dict) and facts.get("strictLineBreaks") is True)


_KEYS: dict[str, _Key] = {
    "title": _Key("title", _text, "title: Marginal Notes"),
    "author": _Key("author", _text, "author: Ada Lovelace"),
    "description": _Key(
        "description", _text, "description: The math behind machine learning, in my own words"
    ),
    "language": _Key("language", _language, "language: en"),
    "timezone": _Key("timezone", _timezone, "timezone: Europe/Berlin"),
    "base_url": _Key("base_url", _base_url, "base_url: https://example.org/notes"),
    "notes": _Key("notes", _folder, "notes: notes"),
    "output": _Key("output", _folder, "output: site"),
    "state": _Key("state", _folder, "state: .kb"),
    "theme": _Key("theme", _folder, "theme: templates"),
    "ignore": _Key("ignore", _texts, "ignore: [drafts/old, '*.tmp.md']"),
    "roadmap": _Key("roadmap", _text, "roadmap: math-for-ml"),
    "sections": _Key("sections", _texts_map, "sections: {own: [What I think]}"),
    "private_sections": _Key("private_sections", _texts, "private_sections: [Scratch]"),
    "macros": _Key("macros", _text_map, r"macros: {\R: '\mathbb{R}'}"),
    "notation": _Key("notation", _text_map, "notation: {x: the input}"),
    "problems": _Key("problems", _texts, "problems: [no-convergence]"),
    "line_breaks": _Key("line_breaks", _choice("soft", "hard"), "line_breaks: soft"),
    "urls": _Key("urls", _choice("directory", "file"), "urls: directory"),
    "cards.generate": _Key("cards_generate", _texts, "cards: {generate: [say, symbol]}"),
    "cards.retention": _Key("cards_retention", _retention, "cards: {retention: 0.9}"),
    "check": _Key("check", _checks, "check: {KB101: warning}"),
    "feed.math": _Key("feed_math", _choice("mathml", "image", "unicode"), "feed: {math: mathml}"),
    "social_cards": _Key("social_cards", _choice("site", "posts", "all"), "social_cards: posts"),
    "audit.allow": _Key("audit_allow", _texts, "audit: {allow: [a phrase that may stand in public]}"),
    "linkedin.api_version": _Key("linkedin_api_version", _text, "linkedin: {api_version: '202610'}"),
    "editor": _Key("editor", _text, "editor: code -w"),
    "greet": _Key("greet", _flag, "greet: false"),
}
