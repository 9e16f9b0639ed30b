"""A note made ready for a target: the public view, its site's addresses and its pictures, put together for `publishing`."""

from __future__ import annotations

import weakref
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.files.read import decode, read_file
from notebook_kb.languages import slugify
from notebook_kb.notebook.keys import key_of
from notebook_kb.notebook.names import as_argument
from notebook_kb.notebook.public import is_public, public_view, publish_date_pending
from notebook_kb.parsing.note import parse_note
from notebook_kb.publishing.adapters import ADAPTERS, Shipping
from notebook_kb.publishing.article import Surroundings
from notebook_kb.publishing.article_blocks import make_article
from notebook_kb.publishing.desk import Job
from notebook_kb.publishing.idea_pages import idea_document
from notebook_kb.publishing.notebook_drawing import NotebookDrawing
from notebook_kb.publishing.payload import Form, Picture, TargetName
from notebook_kb.publishing.post_text import post_text
from notebook_kb.publishing.prepare import in_plain_words, prepare_article
from notebook_kb.publishing.prepare_post import prepare_post
from notebook_kb.publishing.shape import ENDINGS
from notebook_kb.rendering.images.card import Card
from notebook_kb.rendering.images.memory import Pictures, png_size
from notebook_kb.rendering.images.result import CannotDraw
from notebook_kb.rendering.images.worker import FormulaWorker
from notebook_kb.website.addresses import note_url
from notebook_kb.website.attachments import public_bytes
from notebook_kb.website.embeds import address_of
from notebook_kb.workspace.authoring import find_note

if TYPE_CHECKING:
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.publishing.article import Article, Loss
    from notebook_kb.publishing.post_text import PostText
    from notebook_kb.publishing.prepare import Prepared
    from notebook_kb.publishing.shaped import Shown
    from notebook_kb.workspace.workspace import Workspace


class Outgoing:
    """One notebook's public notes, ready to be made into articles. Load it once for many notes."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.whole = workspace.load().notebook
        self.notebook = public_view(self.whole)
        state = workspace.root / workspace.settings.state
        self.pictures = Pictures(state / "cache" / "images")
        self.worker = FormulaWorker()
        weakref.finalize(self, self.worker.close)

    def note(self, name: str) -> Note:
        """The public note that a NAME means; UsageError for one that nobody else may see, with the way to mend it."""
        note = find_note(self.whole, name)
        if is_public(note, self.whole.today):
            return self.notebook.notes[note.path]
        if note.unclear:
            raise UsageError(f"{note.path} stays private: {note.unclear}", "mend its head, then try again")
        if note.draft:
            raise UsageError(f"{note.path} is a draft", "take `draft: true` out of its head")
        if publish_date_pending(note, self.whole.today):
            raise UsageError(
                f"{note.path} is public from {note.date} on", "wait until then, or change its date"
            )
        raise UsageError(f"{note.path} is private", f"`kb publish {as_argument(name)}` makes it public")

    def parsed(self, path: str) -> ParsedNote | None:
        """A public note's tree. None when its file is not what was loaded: it is being written just now."""
        note = self.notebook.notes.get(path)
        if note is None:
            return None
        snapshot = read_file(self.workspace.root / path)
        text, problem = decode(snapshot.data)
        if problem or snapshot.digest != note.digest:
            return None
        return parse_note(text, path, snapshot.digest, self.workspace.loader.names)

    def address(self, path: str) -> str:
        """The whole address of a public note's page, '' without a `base_url`."""
        base = self.workspace.settings.base_url
        note = self.notebook.notes.get(path)
        return base + note_url(self.notebook, note) if base and note else ""

    def key(self, note: Note) -> str:
        """The lasting key of a note. It is that of the whole notebook: a private note keeps its concept's key.

        UsageError where two notes say the same `id`.
        """
        key = key_of(self.whole, note)
        others = [n.path for n in key_holders(self.whole, key) if n.path != note.path]
        if others:
            raise UsageError(
                f"{note.path} and {others[0]} have the same key, `{key}`, so it is not clear which is out there",
                "give one of them another `id:` in its head",
            )
        return key

    def around(self) -> Surroundings:
        """What an article asks of the notebook."""
        return Surroundings(self.notebook, self.parsed, self.address)

    def article(self, note: Note) -> Article:
        """The article of a public note."""
        article = make_article(self.around(), note, self.key(note))
        if article is None:
            raise UsageError(f"{note.path} was changed while it was read", "run the command again")
        return article

    def drawing(self, note: Note) -> NotebookDrawing:
        """What draws for a note."""
        macros = {**self.workspace.settings.macros, **note.macros}
        return NotebookDrawing(macros, self.file_bytes, self.pictures, self.worker)

    def file_bytes(self, path: str) -> bytes | CannotDraw:
        """The published bytes of an attachment."""
        try:
            data, bad = public_bytes(self.workspace.root / path, path)
        except OSError as error:
            return CannotDraw(f"it cannot be read ({error.strerror})")
        return CannotDraw(bad.message) if bad else data

    def prepare(
        self,
        note: Note,
        target: TargetName,
        form: Form = Form.ARTICLE,
        *,
        with_questions: bool = False,
        site_is_live: bool = False,
        pictures: tuple[str, ...] = (),
        by_api: bool = False,
    ) -> Prepared:
        """A public note made ready for a target. `pictures` are those of a post, by their names in the notebook; an API is
        given the pictures as files.
        """
        if form is not Form.ARTICLE:
            return self.post(note, form, pictures)
        adapter = ADAPTERS[target, form]
        if by_api and adapter.shipping is Shipping.MARKED:
            adapter = replace(adapter, shipping=Shipping.FILE)
        address = self.picture_address if site_is_live or target is TargetName.DEVTO else None
        return prepare_article(
            self.article(note),
            adapter,
            self.drawing(note),
            self.workspace.pack,
            address=address,
            with_questions=with_questions,
        )

    def post_text(self, note: Note) -> PostText:
        """The text of a note's LinkedIn post: its own, or a proposal."""
        text = post_text(self.around(), note, self.drawing(note))
        if text is None:
            raise UsageError(f"{note.path} was changed while it was read", "run the command again")
        return text

    def post(self, note: Note, form: Form, names: tuple[str, ...]) -> Prepared:
        """A LinkedIn post, or one with a PDF."""
        drawing = self.drawing(note)
        article = in_plain_words(self.article(note), drawing, plain_letters=True)
        pictures = tuple(self.post_picture(note, name, drawing) for name in names)
        document = b""
        left_out: tuple[Loss, ...] = ()
        if form is Form.DOCUMENT:
            settings = self.workspace.settings
            document, left_out = idea_document(
                article, drawing, self.workspace.pack, settings.author or settings.title
            )
        return prepare_post(
            article,
            self.post_text(note),
            thumbnail=self.thumbnail(article),
            pictures=pictures,
            document=document,
            left_out=left_out,
        )

    def post_picture(self, note: Note, name: str, drawing: NotebookDrawing) -> Picture:
        """A picture of the notebook for a post; its words are those that the note gives it."""
        path = self.notebook.resolver.resolve(name, note.path).file
        if not path or path not in self.notebook.files:
            raise UsageError(
                f"`{name}` is no picture that a public note shows", "name one of the note's pictures"
            )
        drawn = drawing.file(path)
        if isinstance(drawn, CannotDraw):
            raise UsageError(f"{path}: {drawn.reason}", "choose another picture")
        file = f"{slugify(PurePosixPath(path).stem, self.workspace.pack)}.{ENDINGS[drawn.media_type]}"
        shown = self.notebook.notes[note.path].references
        alt = next((r.label for r in shown if r.kind == "image" and self.file_of(r.target, note) == path), "")
        return Picture(file, drawn.data, drawn.media_type, alt, drawn.width, drawn.height)

    def file_of(self, target: str, note: Note) -> str:
        """The attachment that a target of a note leads to."""
        return self.notebook.resolver.resolve(target, note.path).file

    def thumbnail(self, article: Article) -> Picture | None:
        """The picture of the link's card: drawn as for the site; None where the font cannot set the title."""
        settings = self.workspace.settings
        card = Card(article.title, under=article.summary, left=settings.title, right=settings.author)
        if not card.settable:
            return None
        data = self.pictures.get(card.key, card.png)
        return Picture("card.png", data, "image/png", article.title, *png_size(data))

    def job(self, note: Note, target: TargetName, form: Form) -> Job:
        """What would go out of a public note now, to be sent or compared."""
        return self.job_of(self.prepare(note, target, form), note)

    def job_of(self, prepared: Prepared, note: Note) -> Job:
        """A prepared note as the sending side takes it."""
        return Job(prepared.payload, prepared.source, self.whole.concept_of(note))

    def picture_address(self, shown: Shown) -> str:
        """The address of a picture on the own site, '' for one that is not there: a formula, a table."""
        base = self.workspace.settings.base_url
        if not base or not shown.source or shown.picture is None:
            return ""
        return base + published_picture(shown.source)


def published_picture(path: str) -> str:
    """The address of an attachment in a form that every service takes: of a drawing, the PNG that stands beside it."""
    drawn = not path.casefold().endswith((".png", ".jpg", ".jpeg", ".gif"))
    return address_of(path) + (".png" if drawn else "")


def key_holders(notebook: Notebook, key: str) -> tuple[Note, ...]:
    """The notes that have a key; more than one where two heads say the same `id`."""
    return tuple(n for n in notebook.notes.values() if key_of(notebook, n) == key)
