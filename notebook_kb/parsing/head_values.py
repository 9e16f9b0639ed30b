"""A head's values as they were meant: type, flags, dates, source."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.findings.catalogue import CATALOGUE
from notebook_kb.model.note import Citation, Note, NoteType
from notebook_kb.parsing.head import LINKS
from notebook_kb.parsing.sections import read_citation
from notebook_kb.parsing.silences import unknown_code

if TYPE_CHECKING:
    from notebook_kb.files.yaml_places import Node
    from notebook_kb.findings import Finding
    from notebook_kb.parsing.head import Head

DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})[-_ ]+(.+)$")
TRUE = frozenset({"true", "yes", "on"})
FALSE = frozenset({"false", "no", "off"})
CODE = re.compile(r"KB\d+")
LEVELS = frozenset({"off", "info", "warning", "error"})
ONE_TEXT = frozenset(
    {
        "type",
        "concept",
        "title",
        "source",
        "angle",
        "at",
        "date",
        "updated",
        "description",
        "slug",
        "permalink",
        "image",
        "id",
    }
)
TEXTS = frozenset({"aliases", "tags", "needs", "met_in"})
FOREIGN_FLAGS = ("dg-publish", "published", "share", "public")


# comments in a value, and what stands behind % in a formula: private as in the text; one that is not closed hides the rest
COMMENTS = re.compile(r"%%.*?(?:%%|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
FORMULA = re.compile(r"\$[^$]+\$")
TEX_COMMENT = re.compile(r"(?<!\\)%[^$]*")


def public_words(text: str) -> str:
    """The words of a value without its comments."""
    if "%" not in text and "<!--" not in text:
        return text
    bare = COMMENTS.sub("", text)
    return " ".join(FORMULA.sub(lambda m: TEX_COMMENT.sub("", m[0]), bare).split())


class HeadValues:
    """The head's values as they were meant."""

    def __init__(self, head: Head, path: str) -> None:
        self.head = head
        self.path = path
        self.findings: list[Finding] = []
        self.unclear = "the head cannot be read" if head.broken else ""
        self.publish = self.flag("publish")
        self.draft = self.flag("draft") or head.text("status").casefold() == "draft"
        self.foreign_flags()
        self.wrong_kinds()

    def note(self, digest: str, heading: str, *, broken: bool) -> Note:
        """The note without what its text holds."""
        head, stem = self.head, PurePosixPath(self.path).stem
        dated = DATED_NAME.match(stem)
        given = public_words(head.text("title"))
        name = dated[2].replace("-", " ") if dated else stem
        day = self.date("date") or (dated[1] if dated else "")
        at, source = head.text("at"), head.text("source")
        citation = read_citation(unlink(source)) if source else Citation()
        if at:
            citation = Citation(citation.name, at, citation.url)
        return Note(
            path=self.path,
            digest=digest,
            type=self.type(day),
            title=given or heading or name,
            title_given=bool(given or heading),
            concept=unlink(head.text("concept")),
            source=citation,
            angle=head.text("angle"),
            aliases=head.texts("aliases"),
            tags=self.tags(),
            date=day,
            updated=self.date("updated"),
            publish=self.publish and not self.unclear and not broken,
            draft=self.draft,
            unclear=self.unclear or ("conflict marks" if broken else ""),
            description=public_words(head.text("description")),
            slug=head.text("slug"),
            permalink=head.text("permalink"),
            image=unlink(head.text("image")),
            needs=tuple(unlink(t) for t in head.texts("needs")),
            met_in=head.texts("met_in"),
            id=head.text("id"),
            series=self.series(),
            macros=self.macros(),
            check=self.check(),
            body_line=head.body_line,
        )

    def type(self, day: str) -> NoteType:
        """What the note is for: `type` wins, else source, concept, a literal date; else a page."""
        typed = self.head.text("type").casefold()
        if typed in NoteType._value2member_map_:
            return NoteType(typed)
        if typed:
            self.report("KB108", "type", f"`{typed}` is no note type", "write concept, reading, post or page")
        if self.head.text("source"):
            return NoteType.READING
        if self.head.text("concept"):
            return NoteType.CONCEPT
        # `created:` and the like are written by other programs into every note
        dated = "date" in self.head.typed or DATED_NAME.match(PurePosixPath(self.path).stem)
        return NoteType.POST if day and dated else NoteType.PAGE

    def flag(self, key: str) -> bool:
        """A flag; what is neither true nor false makes the note private."""
        node = self.head.entries.get(key)
        if node is None:
            return False
        word = self.head.text(key).casefold() if isinstance(node.value, str) else "?"
        if word in TRUE and not node.quoted:
            return True
        if word not in FALSE or node.quoted:
            self.unclear = self.unclear or f"`{key}` is neither true nor false"
            self.report(
                "KB103",
                key,
                f"`{key}: {word}` is unclear; the note stays private",
                f"write `{key}: true` or false",
            )
        return False

    def foreign_flags(self) -> None:
        """Publish keys of other tools are proposed, not obeyed; they can only keep a note private."""
        for key in FOREIGN_FLAGS:
            if self.publish and self.head.text(key).casefold() in FALSE:
                self.unclear = self.unclear or f"`{key}` says no"
                self.report(
                    "KB103",
                    key,
                    f"`publish: true` and `{key}: {self.head.text(key)}`: the note stays private",
                    f"delete the line of `{key}` if the note may be public",
                )
        if "publish" in self.head.entries:
            return
        for key in FOREIGN_FLAGS:
            if self.head.text(key).casefold() in TRUE:
                self.report(
                    "KB504",
                    key,
                    f"`{key}: true` is another tool's key; the note stays private",
                    "run `kb publish NAME` if it may be public, or write `publish: true`",
                )
                return

    def wrong_kinds(self) -> None:
        """Values that are left out because they are lists or maps where a text is wanted, or the other way round."""
        for key, node in self.head.entries.items():
            if key in ONE_TEXT and node.kind != "scalar":
                kind = "a list" if node.kind == "list" else "keys of its own"
                self.report(
                    "KB106",
                    key,
                    f"`{key}` holds one text, not {kind}",
                    "write one text, in quotes if need be",
                )
            elif key in TEXTS and (node.kind == "map" or any(i.kind != "scalar" for i in node.items)):
                self.report(
                    "KB106",
                    key,
                    f"`{key}` is a plain list of words, and this is none",
                    f"write `{key}: [one, two]`",
                )
            elif key == "macros" and node.kind != "map" and not node.is_empty:
                self.report(
                    "KB106",
                    key,
                    "`macros` is a list of `name: LaTeX`, and this is none",
                    r"write `macros: {R: '\mathbb{R}'}`",
                )

    def date(self, key: str) -> str:
        """A date as YYYY-MM-DD; a time behind it is dropped."""
        text = self.head.text(key)
        if not text:
            return ""
        try:
            return datetime.fromisoformat(text.replace("/", "-")).date().isoformat()
        except ValueError:
            pass
        try:
            return date.fromisoformat(text[:10]).isoformat()
        except ValueError:
            if key == "date":
                self.unclear = self.unclear or "`date` is no date"
            self.report("KB106", key, f"`{text}` is no date", "write it as 2026-11-20")
            return ""

    def tags(self) -> tuple[str, ...]:
        """Tags without `#`, each once."""
        words = (word for text in self.head.texts("tags") for word in text.split())  # no tag holds a blank
        cleaned = (t.lstrip("#").strip("/") for t in words)
        return tuple(dict.fromkeys(t for t in cleaned if t))

    def series(self) -> str:
        """The series that the note is a part of; of several, as other programs allow them, the first."""
        return next((unlink(name) for name in self.head.texts("series")), "")

    def macros(self) -> dict[str, str]:
        """The head's own LaTeX commands."""
        node = self.head.entries.get("macros")
        pairs = node.value if node and node.kind == "map" and isinstance(node.value, list) else []
        return {
            str(p[0].value).lstrip("\\"): p[1].value
            for p in pairs
            if isinstance(p, tuple) and isinstance(p[1].value, str)
        }

    def check(self) -> dict[str, str]:
        """`check: {KB203: off}`: severities for this note. A key `check` of another tool says nothing to us."""
        node = self.head.entries.get("check")
        chosen: dict[str, str] = {}
        for key, value in node.pairs if node else ():
            code, level = key.text.strip().upper(), value.text.strip().casefold()
            place = (key.line, key.column, key.end_line, key.end_column)
            if not CODE.fullmatch(code):
                continue
            if code not in CATALOGUE:
                self.findings.append(unknown_code(code, place))
            elif level not in LEVELS:
                message = f"`check: {code}` is off, info, warning or error, not `{level}`"
                self.findings.append(finding("KB106", message, f"write `{code}: off`", place=place))
            else:
                chosen[code] = level
        return chosen

    def report(self, code: str, key: str, message: str, hint: str) -> None:
        """A finding at a key's value."""
        node: Node | None = self.head.entries.get(key)
        place = (node.line, node.column, node.end_line, node.end_column) if node else (0, 0, 0, 0)
        self.findings.append(finding(code, message, hint, place=place))


def unlink(text: str) -> str:
    """`[[x|y]]` → `x`; other text as it is."""
    match = LINKS.search(text)
    return match[1].split("|")[0].strip() if match else text
