"""Which notes a PATH of `kb check` means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.files.typed_paths import typed_paths

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.check_memory import Checked


def scope_of(notebook: Notebook, name: str, here: Path) -> str:
    """The path in the notebook that a PATH means, '' for the whole; UsageError where there is none."""
    from notebook_kb.errors import UsageError
    from notebook_kb.notebook.names import nearly

    known = (*notebook.notes, *notebook.unreadable, *notebook.files)
    for path in typed_paths(notebook.root, name, here):
        if path in {"", "."}:
            return ""
        if path in known or any(k.startswith(path + "/") for k in known) or (notebook.root / path).is_dir():
            return path
        if any(f.path == path for f in notebook.findings):
            return path
    note = notebook.find_note(name)
    if note:
        return note.path
    folders = {k.rsplit("/", 1)[0] for k in known if "/" in k}
    names = {k.rsplit("/", 1)[-1]: k for k in known}
    near = nearly(name, (*known, *folders)) or names.get(nearly(name, names), "")
    hint = f"did you mean `{near}`?" if near else "`kb list` shows the notes"
    raise UsageError(f"`{name}` is no note or folder of this notebook", hint)


def known_scope(checked: Checked, names: tuple[str, ...]) -> list[str] | None:
    """The same by what the last check knows, without reading the notebook; None where a name is none of its notes."""
    if not names:
        return []
    from pathlib import Path

    found = []
    for name in names:
        inside = typed_paths(Path(checked.root), name, Path.cwd())
        path = next((p for p in inside if p in {"", "."} or p in checked.paths), None)
        if path is None:
            return None
        found.append("" if path == "." else path)
    return found


def in_scope(path: str, scope: list[str]) -> bool:
    """Whether a file is one of those asked for."""
    return not scope or any(not s or path == s or path.startswith(s + "/") for s in scope)
