"""`kb cards export`: the cards of the notebook as a file for Anki."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.files.failures import failed
from notebook_kb.files.write import replace_output
from notebook_kb.model.card import GENERATED, CardKind
from notebook_kb.notebook.names import fold
from notebook_kb.study.anki_log import ExportLog
from notebook_kb.study.anki_notes import NoteMaker, Pictures
from notebook_kb.study.anki_text import BEGINNING, anki_text
from notebook_kb.study.device import device_of
from notebook_kb.study.identity import identified_deck
from notebook_kb.workspace.authoring import find_note
from notebook_kb.workspace.cards import open_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from notebook_kb.model.card import StudyCard
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.study.anki_log import Key
    from notebook_kb.study.anki_notes import AnkiNote
    from notebook_kb.study.deck import Deck
    from notebook_kb.study.identity import Identity
    from notebook_kb.workspace.workspace import Workspace

SUFFIX = {"anki": ".apkg", "text": ".txt"}
ZIP_BEGINS = b"PK\x03\x04"


@dataclass(frozen=True)
class ExportOptions:
    """What to export: only of some notes or concepts, as which file, and whether cards that nobody wrote go too."""

    names: tuple[str, ...] = ()
    to: str = "anki"
    output: Path | None = None
    generated: bool = False
    starters: bool = False


@dataclass(frozen=True)
class Exported:
    """What was written, and what a person should know.

    `without_id` counts cards whose id does not stand in the note yet, `unclear` those that share an id, `lost` those
    that may have lost theirs, `missing` are
    (place, target) of pictures, `gone` cards that are in Anki but no longer here. `media` is the folder of pictures of a
    text file.
    """

    path: Path
    notes: int
    cards: int
    new: int
    changed: int
    without_id: int
    unclear: int
    lost: int
    pictures: int
    missing: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    media: Path | None = None
    damaged: int = 0
    warning: str = ""


def now() -> int:
    """The second that it is."""
    return int(datetime.now(UTC).timestamp())


def export_cards(workspace: Workspace, options: ExportOptions, clock: Callable[[], int] = now) -> Exported:
    """Write the file. Raises NotebookError: nothing fits, the file is somebody's, or it cannot be written."""
    path = output_path(options)
    notebook = workspace.load().notebook
    deck, identity = identified_deck(notebook, open_memory(workspace).states, generate=GENERATED)
    chosen = [c for c in choose(notebook, deck, options.names) if wanted(c, options)]
    if not chosen:
        raise UsageError("there are no such cards", why_none(options))
    pictures = Pictures(notebook)
    maker = NoteMaker(notebook, pictures)
    notes = list(maker.notes(chosen))
    state = workspace.root / workspace.settings.state
    device = device_of(state)
    log = ExportLog.open(state, device.name)
    gone = log.gone(keys_of(deck, identity))  # before this export is noted in it
    moment = clock()
    stamped = [(note, *log.changed_at(note, moment)) for note in notes]
    # the log first: an export that was noted but never written is written again, with the same times
    log.save()
    media = write(path, options.to, stamped, pictures, log)
    return Exported(
        path,
        notes=len(notes),
        cards=sum(n.cards for n in notes),
        new=sum(how == "new" for _, _, how in stamped),
        changed=sum(how == "changed" for _, _, how in stamped),
        without_id=sum(not c.written for c in chosen if wanted_kind(c)),
        unclear=len(deck.unclear),
        lost=len(identity.lost),
        pictures=len(pictures.found),
        missing=tuple(dict.fromkeys(maker.missing)),
        gone=tuple(name for name, _ in gone),
        media=media,
        damaged=log.damaged,
        warning=device.warning,
    )


def output_path(options: ExportOptions) -> Path:
    """Where to write; UsageError for a file that is none of ours."""
    suffix = SUFFIX[options.to]
    path = options.output or Path(f"cards{suffix}")
    if path.is_dir():
        path /= f"cards{suffix}"
    if path.suffix.lower() != suffix:
        raise UsageError(f"{path}: a file for this ends in {suffix}", f"write `--output {path.stem}{suffix}`")
    if path.exists() and not is_ours(path, options.to):
        raise UsageError(
            f"{path} holds something else, so it was left alone", "choose another name with --output"
        )
    return path


def is_ours(path: Path, to: str) -> bool:
    """Whether a file looks like an earlier export."""
    begins = ZIP_BEGINS if to == "anki" else BEGINNING.encode()
    try:
        with path.open("rb") as file:
            return file.read(len(begins)) == begins
    except OSError as error:
        raise failed("read", path, error) from error


def wanted_kind(card: StudyCard) -> bool:
    """Whether a learner wrote the card."""
    return card.kind in {CardKind.QUESTION, CardKind.CLOZE}


def wanted(card: StudyCard, options: ExportOptions) -> bool:
    """Whether a card goes out: those of the notes always."""
    if card.kind is CardKind.STARTER:
        return options.starters
    return options.generated if card.kind in GENERATED else True


def why_none(options: ExportOptions) -> str:
    """What to do where there is nothing to export."""
    if options.generated and options.starters:
        return "write some: a line `Q: …` with a line `A: …` below it"
    return "write some (a line `Q: …` with `A: …` below it), or add --generated or --starters"


def choose(notebook: Notebook, deck: Deck, names: Sequence[str]) -> Iterable[StudyCard]:
    """The cards of the notes and concepts that `names` mean, all without a name. UsageError for an unknown one."""
    if not names:
        return deck.cards.values()
    concepts: set[str] = set()
    paths: set[str] = set()
    for name in names:
        concept = notebook.concept_names.get(fold(name))
        if concept:
            concepts.add(concept)
        else:
            paths.add(find_note(notebook, name).path)
    return [c for c in deck.cards.values() if c.concept in concepts or c.path in paths]


def keys_of(deck: Deck, identity: Identity) -> set[Key]:
    """All cards of the notebook as the log knows them, also those that share an id or may have lost it: they are not gone."""
    cards = (*deck.cards.values(), *deck.unclear)
    here = {(c.base_id, "cloze" if c.kind is CardKind.CLOZE else "question") for c in cards}
    return here | {(lost.old, kind) for lost in identity.lost for kind in ("cloze", "question")}


def write(
    path: Path, to: str, notes: Sequence[tuple[AnkiNote, int, str]], pictures: Pictures, log: ExportLog
) -> Path | None:
    """Write the file; a text file's pictures go into a folder beside it, which is returned."""
    if to == "anki":
        from notebook_kb.study.anki_package import package  # noqa: PLC0415 - genanki takes its time to load

        replace_output(path, package([(n, at) for n, at, _ in notes], pictures.found, log.first))
        return None
    folder = path.with_name(f"{path.stem}.media")
    if pictures.found:
        if folder.exists() and not folder.is_dir():
            raise EnvironmentFailedError(
                f"{folder}: it is in the way of the pictures' folder", "move it away"
            )
        for name, data in pictures.found.items():
            replace_output(folder / name, data)
    replace_output(path, anki_text(n for n, _, _ in notes).encode())
    return folder if pictures.found else None
