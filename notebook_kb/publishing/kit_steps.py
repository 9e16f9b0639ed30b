"""The order of the real work: what a person does at each service, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_kb.publishing import contracts
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.shaped import Shown

if TYPE_CHECKING:
    from notebook_kb.publishing.changed_pieces import Change
    from notebook_kb.publishing.kit_source import Source

OPENED = {
    (TargetName.MEDIUM, Form.ARTICLE): "medium.new_story_url",
    (TargetName.LINKEDIN, Form.ARTICLE): "linkedin.new_article_url",
    (TargetName.LINKEDIN, Form.POST): "linkedin.new_post_url",
    (TargetName.LINKEDIN, Form.DOCUMENT): "linkedin.new_post_url",
    (TargetName.DEVTO, Form.ARTICLE): "devto.new_article_url",
}
# what is typed in beside the text, and where
FIELDS = {
    "summary": {TargetName.MEDIUM, TargetName.FOLDER},
    "topics": set(TargetName),
    "series": {TargetName.DEVTO},
    "canonical": {TargetName.MEDIUM, TargetName.DEVTO},
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name (kept in the browser's memory), its words, and the tool that the page shows for it."""

    name: str
    title: str
    text: str = ""
    tool: str = ""
    url: str = ""
    change: dict[str, Any] | None = None


def steps_of(source: Source) -> list[Step]:
    """All steps for a kit."""
    if source.is_correction:
        return _corrections(source)
    return _post(source) if source.payload.form is not Form.ARTICLE else _article(source)


def _article(source: Source) -> list[Step]:
    payload, adapter = source.payload, source.adapter
    title_apart = adapter is None or not adapter.title_in_body
    steps = [_open(source)]
    if payload.target is TargetName.FOLDER:
        steps.append(_step(source, "files", tool="files"))
    if title_apart:
        steps.append(_step(source, "title", tool="title"))
    steps.append(_step(source, "paste" if title_apart else "paste_with_title", name="copy", tool="copy"))
    if payload.pictures:
        steps.append(_step(source, _pictures_key(source), name="pictures", tool="pictures"))
    if source.is_checked:
        steps.append(_step(source, "check", tool="check"))
    steps += _fields(source)
    return [*steps, _step(source, "publish"), _step(source, "done", tool="done")]


def _post(source: Source) -> list[Step]:
    steps = [_open(source)]
    if source.payload.form is Form.DOCUMENT:
        steps.append(_step(source, "document", tool="document"))
    steps.append(_step(source, "post", tool="post"))
    if source.payload.pictures:
        steps.append(_step(source, "post_picture", name="pictures", tool="pictures"))
    card = source.payload.card
    if card and card.url == source.payload.canonical and card.url not in source.post_text:
        steps.append(_step(source, "link", tool="canonical"))
    return [*steps, _step(source, "audience"), _step(source, "done", tool="done")]


def _corrections(source: Source) -> list[Step]:
    assert source.changed is not None
    steps = [Step("open", source.word("kit_step_open_story"), "", "open", source.story_url)]
    steps += _post_changes(source) if source.payload.form is not Form.ARTICLE else _article_changes(source)
    if source.corrected:
        steps.append(_step(source, "corrected", tool="line"))
    if source.is_checked:
        steps.append(_step(source, "check", tool="check"))
    return [*steps, _step(source, "save"), _step(source, "done_again", name="done", tool="done")]


def _article_changes(source: Source) -> list[Step]:
    """A step for each piece and each field that is another now; for all fields where it is not known which."""
    changed, steps = source.changed, list[Step]()
    assert changed is not None
    if changed.title:
        text = source.word("kit_text_retitle", title=changed.title)
        steps.append(Step("title", source.word("kit_step_title"), text, "title"))
    steps += [_correction(source, number, change) for number, change in enumerate(changed.changes, 1)]
    if not changed and not changed.beside:
        return _fields(source)
    return steps + [step for name in changed.beside for step in _new_field(source, name)]


def _post_changes(source: Source) -> list[Step]:
    """The text as a whole; what hangs on a post cannot be changed, which is said."""
    assert source.changed is not None
    hangs = source.changed.files or source.changed.title
    return [_step(source, "post", tool="post"), *([_step(source, "stays")] if hangs else [])]


def _new_field(source: Source, name: str) -> list[Step]:
    """What to do about a field beside the text that is another now; nothing where the service has none."""
    payload = source.payload
    if payload.target not in FIELDS[name]:
        return []
    if not getattr(payload, name):
        return [Step(name, source.word(f"kit_step_no_{name}"))]
    text = _words(source, f"kit_text_{'subtitle' if name == 'summary' else name}")
    return [Step(name, source.word(f"kit_step_new_{name}"), text, name)]


def _fields(source: Source) -> list[Step]:
    """What is put in beside the text."""
    payload, steps = source.payload, list[Step]()
    if payload.summary and payload.target in FIELDS["summary"]:
        steps.append(_step(source, "subtitle", tool="summary"))
    if payload.topics:
        steps.append(_step(source, "topics", tool="topics"))
    if payload.series and payload.target in FIELDS["series"]:
        steps.append(_step(source, "series", tool="series"))
    if payload.canonical and payload.target in FIELDS["canonical"]:
        steps.append(_step(source, "canonical", tool="canonical"))
    return steps


def _correction(source: Source, number: int, change: Change) -> Step:
    """One change, with what it follows: that is how a person finds it."""
    key = "remove" if change.index is None else "replace" if change.was else "insert"
    piece = change.was if change.index is None else source.payload.pieces[change.index]
    assert piece is not None
    kind = f"kit_kind_{piece.kind}"
    what = source.word(kind if kind in source.pack.words else "kit_kind_other")
    after = change.after
    place = source.word("kit_after", begins=after.begins) if after else source.word("kit_at_start")
    title = source.word(f"kit_step_{key}", what=what)
    return Step(f"change-{number}", title, place, "change", change=source.change(change))


def _pictures_key(source: Source) -> str:
    """Whether pictures are put in by hand or have come along."""
    by_hand = any(isinstance(b, Shown) and source.mark(b) for b in source.blocks)
    if source.payload.target is TargetName.FOLDER or source.is_markdown:
        return "pictures_beside"
    return "pictures_by_hand" if by_hand else "pictures_came"


def _open(source: Source) -> Step:
    name = OPENED.get((source.payload.target, source.payload.form))
    key = f"open_{source.payload.form}"
    return _step(
        source, key, name="open", tool="open" if name else "", url=contracts.text(name) if name else ""
    )


def _step(source: Source, key: str, *, name: str = "", tool: str = "", url: str = "") -> Step:
    title, text = _words(source, f"kit_step_{key}"), _words(source, f"kit_text_{key}")
    return Step(name or key, title, text, tool, url)


def _words(source: Source, key: str) -> str:
    """The words for the target, else those for all, else none."""
    known = (k for k in (f"{key}_{source.payload.target}", key) if k in source.pack.words)
    return next((source.word(k) for k in known), "")
