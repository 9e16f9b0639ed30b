"""Completing names on TAB: from the roadmap and the files' names alone, no note is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click
    from click.shell_completion import CompletionItem

    from notebook_kb.model.roadmap import Concept, Roadmap
    from notebook_kb.settings import Settings


def concepts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Ids of concepts."""
    known = _open()
    return _items(_concepts(known[2].concepts.values(), incomplete)) if known else []


def notes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Names of notes that there are."""
    known = _open()
    return _items(_notes(*known[:2], incomplete)) if known else []


def sources(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Ids of the roadmap's sources."""
    known = _open()
    listed = known[2].resources.values() if known else ()
    return _items([(r.id, r.title) for r in listed if r.id.startswith(incomplete.casefold())])


def _open() -> tuple[Path, Settings, Roadmap] | None:
    """The notebook here; None where there is none or it cannot be used: TAB is no place for messages."""
    from notebook_kb.errors import NotebookError
    from notebook_kb.settings import find_root, load_settings_file

    try:
        root = find_root(Path.cwd())
        settings = load_settings_file(root)
        return root, settings, _roadmap(root, settings)
    except NotebookError:
        return None


def _roadmap(root: Path, settings: Settings) -> Roadmap:
    """As `notebook.load.load_roadmap`, without all that loading notes needs."""
    from importlib.resources import files

    from notebook_kb.errors import UsageError
    from notebook_kb.files.read import decode, read_file
    from notebook_kb.languages import language_pack
    from notebook_kb.parsing.roadmap import RoadmapReader

    pack = language_pack(settings.language)

    def built_in(name: str) -> Roadmap:
        found = files("notebook_kb.roadmaps").joinpath(f"{Path(name).name}.yml")
        if not found.is_file():
            raise UsageError(f"there is no roadmap `{name}`")
        return RoadmapReader("", pack, built_in).read(found.read_text(encoding="utf-8"))

    path = root / (settings.roadmap or "roadmap.yml")
    if path.is_file():
        return RoadmapReader(path.name, pack, built_in).read(decode(read_file(path).data)[0])
    return built_in(settings.roadmap or "math-for-ml")


def _concepts(known: Iterable[Concept], typed: str) -> list[tuple[str, str]]:
    """(id, title) of what begins so: by id, else by title or alias."""
    start = typed.casefold()
    by_id = [(c.id, c.title) for c in known if c.id.startswith(start)]
    if by_id:
        return by_id
    return [
        (c.id, c.title) for c in known if any(n.casefold().startswith(start) for n in (c.title, *c.aliases))
    ]


def _notes(root: Path, settings: Settings, typed: str) -> list[tuple[str, str]]:
    """(name, path) of notes whose name begins so; the path where two have one name."""
    from notebook_kb.notebook.walk import walk

    paths = walk(root, settings).notes
    stems = [p.rsplit("/", 1)[-1].rsplit(".", 1)[0] for p in paths]
    names = ((s if stems.count(s) == 1 else p, p) for s, p in zip(stems, paths, strict=True))
    return [(n, p) for n, p in names if n.casefold().startswith(typed.casefold())]


def _items(found: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    """What click wants, without what would steer the terminal."""
    from click.shell_completion import CompletionItem

    from notebook_kb.cli.console import one_line

    return [CompletionItem(one_line(name), help=one_line(text)) for name, text in found]
