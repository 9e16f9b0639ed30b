"""The settings of a notebook: `notebook.yml`, typed and strict, each mistake with its place."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from notebook_kb.errors import NoNotebookError, SettingsError
from notebook_kb.files.read import decode, read_file
from notebook_kb.files.state_folder import refuse_links
from notebook_kb.files.yaml_places import YamlProblem, duplicate_key, read_yaml
from notebook_kb.settings.values import (
    Value,
    choice,
    place_error,
    read_base_url,
    read_checks,
    read_count,
    read_flag,
    read_folder,
    read_language,
    read_retention,
    read_text,
    read_text_map,
    read_texts,
    read_texts_map,
    read_timezone,
    some_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from notebook_kb.files.yaml_places import Node

SETTINGS_NAME = "notebook.yml"
DEFAULT_AREA = "default"


@dataclass(frozen=True, slots=True)
class Settings:
    """What `notebook.yml` says, with the defaults for what it does not say.

    Folders are relative to the notebook, with forward slashes. `roadmap` is the id of one that ships or a file
    name; '' is `roadmap.yml` if there is one, else `math-for-ml`. `check` maps a finding's code to off, info,
    warning or error. `linkedin_api_version` '' is the one that the tool knows. `cards_retention` is by area, and
    `default` for all others; `cards_new` is the number of new cards a day; `cards_generate` are the kinds of
    made cards that reviews ask too, and `cards_starters` says whether they ask the roadmap's own.

    `given` are the fields that the file sets, and `cards_retention.<area>`, each with its line and column; it is no
    setting, so two settings that differ in it alone are equal.
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
    cards_retention: Mapping[str, float] = field(default_factory=lambda: {DEFAULT_AREA: 0.9})
    cards_new: int = 10
    cards_starters: bool = True
    check: Mapping[str, str] = field(default_factory=dict)
    feed_math: Literal["mathml", "image", "unicode"] = "mathml"
    social_cards: Literal["site", "posts", "all"] = "site"
    audit_allow: tuple[str, ...] = ()
    linkedin_api_version: str = ""
    editor: str = ""
    greet: bool = True
    given: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)

    @property
    def notes_folder(self) -> str:
        """The notes folder relative to the root, '' when the notebook is the folder itself."""
        return "" if self.notes in {".", "./", ""} else self.notes.strip("/")


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
    Raises `NoNotebookError` without a `notebook.yml`, `SettingsError` as `load_settings`, `StateLinkError` where the
    state folder is a link, and `EnvironmentFailedError` if the file cannot be read.
    """
    path = root / SETTINGS_NAME
    if not path.exists():
        raise NoNotebookError(f"{path}: there is no such file", "Run `kb init` to begin a notebook here.")
    text, problem = decode(read_file(path).data)
    if problem:
        raise SettingsError(f"{SETTINGS_NAME}: it cannot be read as text ({problem})", "Save it as UTF-8.")
    settings = load_settings(text, SETTINGS_NAME)
    refuse_links(root, settings.state, settings.theme)
    if "line_breaks" not in settings.given and _obsidian_breaks_lines(root):
        return replace(settings, line_breaks="hard")
    return settings


def load_settings(text: str, path_label: str = SETTINGS_NAME) -> Settings:
    """The settings that the YAML `text` says; `path_label` is its name in messages.

    What stands for a text is taken as typed (`title: no`, `title: 12:30`); one text may stand for a list of
    one; a key with nothing after it is as if left out. Raises `SettingsError`, whose message begins with
    `path:line:column`, for an unknown or double key, a wrong type or value, and YAML that is not read.
    """
    try:
        root = read_yaml(text)
    except YamlProblem as problem:
        raise place_error(path_label, problem, problem.message) from problem
    if root is None:
        return Settings()
    if root.kind != "map":
        raise place_error(
            path_label, root, "settings are lines of `key: value`", "Write for example: `title: My notes`"
        )
    if double := duplicate_key(root):
        raise place_error(
            path_label, double, f"`{double.text}` stands here for the second time", "Keep one of the two."
        )
    return _settings(root, path_label)


def check_areas(settings: Settings, areas: Collection[str]) -> None:
    """Stop at an area of `cards: {retention: …}` that the roadmap does not have. Raises `SettingsError` with its place."""
    for area in settings.cards_retention:
        if area == DEFAULT_AREA or area in areas:
            continue
        line, column = settings.given.get(f"cards_retention.{area}", (1, 1))
        near = difflib.get_close_matches(area, areas, n=1, cutoff=0.5)
        known = ", ".join([DEFAULT_AREA, *areas])
        hint = f"Did you mean `{near[0]}`?" if near else f"The areas are: {known}."
        message = f"{SETTINGS_NAME}:{line}:{column}: the roadmap has no area `{area}`"
        raise SettingsError(message, hint)


def digest(settings: Settings) -> str:
    """A hash in hex over all settings, the same on every machine: for the keys of caches."""
    values = {key: value for key, value in asdict(settings).items() if key != "given"}
    text = json.dumps(values, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class _Key(NamedTuple):
    """A setting: its field, how it is read, and an example."""

    attribute: str
    read: Callable[[Value], object]
    example: str


def _settings(root: Node, label: str) -> Settings:
    """The settings of a map. Raises `SettingsError`."""
    values: dict[str, Any] = {}
    nodes: dict[str, Node] = {}
    for name, node in _flat(label, root):
        key = _KEYS[name]
        if not node.is_empty:
            values[key.attribute] = key.read(Value(label, name, node, key.example))
            nodes[key.attribute] = node
    if values.get("notes") == ".":
        # A vault that is used in place gets no new visible folders.
        values = {"output": ".kb/site", "theme": ".kb/theme"} | values
    settings = Settings(**values, given=_places(nodes))
    _check_folders(settings, label, nodes)
    return settings


def _places(nodes: Mapping[str, Node]) -> dict[str, tuple[int, int]]:
    """Where each field is set, and the retention of each area."""
    found = {name: (node.line, node.column) for name, node in nodes.items()}
    if retention := nodes.get("cards_retention"):
        found |= {f"cards_retention.{key.text}": (key.line, key.column) for key, _ in retention.pairs}
    return found


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
            Value(label, name, value, example).fail(f"holds settings of its own: {', '.join(inner)}")
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
    return place_error(label, node, f"there is no setting `{name}`", hint)


def _check_folders(settings: Settings, label: str, nodes: Mapping[str, Node]) -> None:
    """The output is emptied and filled by builds: it must hold nothing else."""
    output = settings.output.casefold()
    theirs = [(name, str(getattr(settings, name))) for name in ("notes", "state", "theme")]
    for name, other in [*theirs, *(("output", fixed) for fixed in ("sources", ".kb", ".git"))]:
        folder = other.casefold()
        if folder == output or folder.startswith(f"{output}/") or output.startswith(".git/"):
            node = nodes.get("output") or nodes[name]
            Value(label, "output", node, "output: site").fail(
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
    "title": _Key("title", read_text, "title: Marginal Notes"),
    "author": _Key("author", read_text, "author: Ada Lovelace"),
    "description": _Key(
        "description", read_text, "description: The math behind machine learning, in my own words"
    ),
    "language": _Key("language", read_language, "language: en"),
    "timezone": _Key("timezone", read_timezone, "timezone: Europe/Berlin"),
    "base_url": _Key("base_url", read_base_url, "base_url: https://example.org/notes"),
    "notes": _Key("notes", read_folder, "notes: notes"),
    "output": _Key("output", read_folder, "output: site"),
    "state": _Key("state", read_folder, "state: .kb"),
    "theme": _Key("theme", read_folder, "theme: templates"),
    "ignore": _Key("ignore", read_texts, "ignore: [drafts/old, '*.tmp.md']"),
    "roadmap": _Key("roadmap", read_text, "roadmap: math-for-ml"),
    "sections": _Key("sections", read_texts_map, "sections: {own: [What I think]}"),
    "private_sections": _Key("private_sections", read_texts, "private_sections: [Scratch]"),
    "macros": _Key("macros", read_text_map, r"macros: {\R: '\mathbb{R}'}"),
    "notation": _Key("notation", read_text_map, "notation: {x: the input}"),
    "problems": _Key("problems", read_texts, "problems: [no-convergence]"),
    "line_breaks": _Key("line_breaks", choice("soft", "hard"), "line_breaks: soft"),
    "urls": _Key("urls", choice("directory", "file"), "urls: directory"),
    "cards.generate": _Key(
        "cards_generate", some_of("say", "angle", "symbol", "code"), "cards: {generate: [say, symbol]}"
    ),
    "cards.retention": _Key("cards_retention", read_retention, "cards: {retention: 0.9}"),
    "cards.starters": _Key("cards_starters", read_flag, "cards: {starters: false}"),
    "cards.new": _Key("cards_new", read_count, "cards: {new: 10}"),
    "check": _Key("check", read_checks, "check: {KB101: warning}"),
    "feed.math": _Key("feed_math", choice("mathml", "image", "unicode"), "feed: {math: mathml}"),
    "social_cards": _Key("social_cards", choice("site", "posts", "all"), "social_cards: posts"),
    "audit.allow": _Key("audit_allow", read_texts, "audit: {allow: [a phrase that may stand in public]}"),
    "linkedin.api_version": _Key("linkedin_api_version", read_text, "linkedin: {api_version: '202610'}"),
    "editor": _Key("editor", read_text, "editor: code -w"),
    "greet": _Key("greet", read_flag, "greet: false"),
}
