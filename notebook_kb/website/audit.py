"""The leak audit: reads every byte of the built pages by another road than the one that wrote them.

What is private is found in the files' raw text by a scanner of its own, which knows nothing of the Markdown tree. A
hit is a run of words, or one telling word, that stands in a page and in private matter and nowhere in public matter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from notebook_kb.website.audit_pages import PARTED, page_readings, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from notebook_kb.website.audit_memory import AuditMemory

# six words in a row are no accident; one long word with a digit, dash or underscore is a name, a key, a path
RUN = 6
LONG = 12
Run = tuple[str, ...]
WIKILINK = re.compile(r"!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
TEX_COMMAND = re.compile(r"\\[A-Za-z]+")
TOKEN = re.compile(r"[^\W_]+", re.UNICODE)
TELLING = re.compile(r"[^\W_]+(?:[-_]+[^\W_]+)*", re.UNICODE)
HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*(`{3,}|~{3,})(.*)$")
CALLOUT = re.compile(r"^[ \t]*(?:[-*+][ \t]+|\d+[.)][ \t]+|>[ \t]?)*>[ \t]*\[!([^\]]+)\][+-]?[ \t]*(.*)$")
QUOTED = re.compile(r"[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+|>[ \t]?)*")
NOT_LETTERS = re.compile(r"[\W\d_]+")
# head keys whose values a public page may show
PUBLIC_KEYS = frozenset(
    [
        "title",
        "description",
        "summary",
        "tags",
        "tag",
        "keywords",
        "categories",
        "aliases",
        "alias",
        "concept",
        "source",
        "at",
        "angle",
        "date",
        "created",
        "updated",
        "modified",
        "lastmod",
        "slug",
        "series",
        "permalink",
        "image",
        "cover",
        "needs",
        "prerequisites",
        "type",
        "publish",
        "draft",
        "met_in",
        "macros",
    ]
)
KEY = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:")


@dataclass(frozen=True, slots=True)
class PrivateMatter:
    """A piece that may not be published: its text, and where it stands."""

    text: str
    path: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Leak:
    """A private piece found in a page."""

    page: str
    words: str
    matter: PrivateMatter


def words(text: str) -> list[str]:
    """Casefolded runs of letters and digits."""
    return TOKEN.findall(normal_form(text))


def telling(text: str) -> Iterator[str]:
    """Words that tell something by themselves: twelve characters or more, with a digit, a dash or an underscore."""
    for match in TELLING.finditer(normal_form(text)):
        word = match[0]
        if len(word) >= LONG and (any(c.isdigit() for c in word) or "-" in word or "_" in word):
            yield word


def each_run(text: str) -> Iterator[Run]:
    """Every run of six words, one after the other: a page may be a search index of megabytes."""
    found = words(text)
    return zip(*(islice(found, i, None) for i in range(RUN)), strict=False)


def runs(text: str) -> set[Run]:
    """Every run of six words."""
    return set(each_run(text))


def source_forms(text: str) -> tuple[str, ...]:
    """A source text as typed, and as it reads once links, formulas and marks are set."""
    if "[" not in text and "\\" not in text:
        return (text,)
    shown = WIKILINK.sub(r"\1", text)
    return text, TEX_COMMAND.sub(" ", MARKDOWN_LINK.sub(r"\1", shown))


class Scanner:
    """Splits a note's raw text into public and private lines, by its own simple rules."""

    def __init__(self, private_headings: frozenset[str], private_words: frozenset[str]) -> None:
        """Both normalised: letters only, lower case."""
        self.private_headings = private_headings
        self.private_words = private_words

    def split(self, text: str, path: str) -> tuple[str, list[PrivateMatter]]:
        """(the public text, private pieces) of a public note."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        body_start = self._head_end(lines)
        public, private = self._head(lines[:body_start], path)
        more_public, more_private = self._body(lines, body_start, path)
        public_text = "\n".join([*public, *more_public])
        cleaned, comments = take_comments(public_text, path)
        return cleaned, [*private, *more_private, *comments]

    @staticmethod
    def _head_end(lines: list[str]) -> int:
        if not lines or lines[0].lstrip("\ufeff").rstrip() != "---":
            return 0
        for i, line in enumerate(lines[1:], start=1):
            if line.rstrip() in {"---", "..."}:
                return i + 1
        return 0

    @staticmethod
    def _head(lines: list[str], path: str) -> tuple[list[str], list[PrivateMatter]]:
        """Known keys are public matter, unknown ones and YAML comments private."""
        public: list[str] = []
        private: list[PrivateMatter] = []
        shown = True
        for number, line in enumerate(lines, start=1):
            match = KEY.match(line)
            if match:
                shown = match[1].casefold() in PUBLIC_KEYS
            value, mark, comment = line.partition(" #")
            if line.lstrip().startswith("#"):
                value, mark, comment = "", "#", line
            if mark:
                private.append(PrivateMatter(comment, path, number, "a comment in the head"))
            if shown:
                public.append(value)
            else:
                private.append(PrivateMatter(value, path, number, "a key of the head that is not published"))
        return public, private

    def _body(self, lines: list[str], start: int, path: str) -> tuple[list[str], list[PrivateMatter]]:
        public: list[str] = []
        private: list[PrivateMatter] = []
        fence = ""
        level = 0
        callout = 0
        for number, line in enumerate(lines[start:], start=start + 1):
            fence, fenced = fence_after(line, fence)
            heading = None if fenced else HEADING.match(line)
            if heading:
                depth = len(heading[1])
                if level and depth <= level:
                    level = 0
                if not level and self.is_private_heading(heading[2]):
                    level = depth
            opened = None if fenced else CALLOUT.match(line)
            quoted = QUOTED.match(line)
            depth = quoted[0].count(">") if quoted else 0
            if opened and (not callout or depth <= callout):
                callout = depth if self.is_private_callout(opened[1], opened[2]) else 0
            elif depth < callout:
                if line.strip(" \t>"):
                    continue  # the callout's last line or not: the audit does not judge it
                callout = 0
            if level or callout:
                why = "a private section" if level else "a private callout"
                private.append(PrivateMatter(line, path, number, why))
            else:
                public.append(line)
        return public, private

    def is_private_heading(self, text: str) -> bool:
        """Excerpt, Private, LinkedIn and the like, or marked `#private` / `%%private%%`."""
        if re.search(r"(?:^|\s)#private\b|%%\s*private\s*%%", text, re.IGNORECASE):
            return True
        whole = plain(text)
        first = plain(re.split(r"\s[—–-]+\s|:\s|\(", text)[0])
        return whole in self.private_headings or first in self.private_headings

    def is_private_callout(self, kind: str, title: str) -> bool:
        """Whether its type or a word of its title is a private one."""
        found = {plain(kind), *plain(kind).split(), plain(title), *plain(title).split()}
        return bool(found & (self.private_words | self.private_headings - {"quotes", "quote"}))


def fence_after(line: str, fence: str) -> tuple[str, bool]:
    """(the open code fence after this line, whether the line is code)."""
    match = FENCE.match(line)
    if fence:
        return ("" if match and match[1].startswith(fence) and not match[2].strip() else fence), True
    if match and not (match[1][0] == "`" and "`" in match[2]):
        return match[1], True
    return "", False


def plain(text: str) -> str:
    """Letters only, lower case."""
    return NOT_LETTERS.sub(" ", text.casefold()).strip()


COMMENT = re.compile(r"(?<!\\)%%(.*?)(?:%%|\Z)|(?<!\\)<!--(.*?)(?:-->|\Z)", re.DOTALL)
CODE = re.compile(
    r"(?ms)^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*(`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)"
    r"|(`+)(?:(?!\2).)+?\2",
    re.DOTALL,
)
TEX_COMMENT = re.compile(r"(?<!\\)%([^\n]*)")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]", re.DOTALL)


def take_comments(text: str, path: str) -> tuple[str, list[PrivateMatter]]:
    """(the text without comments, the comments); code keeps its signs, formulas lose their TeX comments."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\ue0d0{len(kept) - 1}\ue0d0"

    code = CODE.sub(keep, text.replace("\ue0d0", ""))
    found: list[PrivateMatter] = []

    def formula(match: re.Match[str]) -> str:
        def comment(inner: re.Match[str]) -> str:
            found.append(PrivateMatter(inner[1], path, 0, "a comment in a formula"))
            return " "

        return TEX_COMMENT.sub(comment, match[0])

    def take(match: re.Match[str]) -> str:
        found.append(PrivateMatter(match[1] or match[2] or "", path, 0, "a comment"))
        return " "

    cleaned = COMMENT.sub(take, FORMULA.sub(formula, code))
    restored = re.sub("\ue0d0(\\d+)\ue0d0", lambda m: kept[int(m[1])], cleaned)
    return restored, found


@dataclass(frozen=True, slots=True)
class Sources:
    """What the audit compares with: private pieces, all that is public, and the paths, addresses and file digests
    that no public page owns.
    """

    private: tuple[PrivateMatter, ...]
    public: tuple[str, ...]
    paths: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)


def find_leaks(
    pages: Mapping[str, bytes], sources: Sources, allow: Iterable[str] = (), memory: AuditMemory | None = None
) -> list[Leak]:
    """Every private piece that stands in a page. `allow` are texts that may stand in both; what `memory` knows to be clean
    is not read again.
    """
    secret: dict[Run | str, PrivateMatter] = {}
    for matter in sources.private:
        for form in source_forms(matter.text):
            secret.update((run, matter) for run in runs(form) if run not in secret)
        secret.update((word, matter) for word in telling(matter.text) if word not in secret)
    for text in (*sources.public, *allow):
        for form in source_forms(text):
            for run in runs(form) & secret.keys():
                del secret[run]
        for word in set(telling(text)) & secret.keys():
            del secret[word]
    if memory:
        names = (sorted(sources.paths), sorted(sources.urls), sorted(sources.files.items()))
        memory.begin(secret, *names)
        pages = memory.unread(pages)
    hits = {page: page_hits(page, data, secret) for page, data in sorted(pages.items())}
    if memory:
        memory.doubtful(page for page, some in hits.items() if some)
    spelt = public_spellings(hits, (*sources.public, *allow))
    found = [leak for page, some in hits.items() for leak in page_leaks(page, some - spelt, secret)]
    return found + [leak for page, data in sorted(pages.items()) for leak in name_leaks(page, data, sources)]


def page_hits(page: str, data: bytes, secret: Mapping[Run | str, PrivateMatter]) -> set[Run | str]:
    """The private runs and words that stand in a page."""
    hits: set[Run | str] = set()
    for reading in page_readings(page, data):
        hits |= secret.keys() & each_run(reading)
        hits |= secret.keys() & set(TELLING.findall(normal_form(reading)))
    return hits


def public_spellings(hits: Mapping[str, set[Run | str]], public: Iterable[str]) -> set[Run | str]:
    """Those of the words found in pages that spell public words with dashes, as anchors and addresses do."""
    spelt = {tuple(words(h)): h for some in hits.values() for h in some if isinstance(h, str)}
    lengths = {len(run) for run in spelt}
    if not lengths:
        return set()
    found: set[Run | str] = set()
    for text in public:
        said = words(text)
        for length in lengths:
            grams = set(zip(*(said[i:] for i in range(length)), strict=False))
            found |= {spelt[g] for g in grams & spelt.keys()}
    return found


def page_leaks(page: str, hits: set[Run | str], secret: Mapping[Run | str, PrivateMatter]) -> Iterator[Leak]:
    """The leaks of one page, one for each private piece."""
    seen: set[tuple[str, int]] = set()
    for hit in sorted(hits, key=str):
        matter = secret[hit]
        if (matter.path, matter.line) not in seen:
            seen.add((matter.path, matter.line))
            yield Leak(page, hit if isinstance(hit, str) else " ".join(hit), matter)


def normal_form(text: str) -> str:
    """Composed characters, without case."""
    return unicodedata.normalize("NFC", text).casefold()


ADDRESS = re.compile(r"""\b(?:href|src|content)\s*=\s*["']([^"'#?]*)""")
NOTE_ENDING = re.compile(r"\.(?:md|markdown)\b", re.IGNORECASE)
PATH_STOP = re.compile(r"[\s\"'<>()]+")


def name_leaks(page: str, data: bytes, sources: Sources) -> Iterator[Leak]:
    """Paths and addresses of unpublished notes, and attachments that nobody shows."""
    owner = sources.files.get(hashlib.blake2b(data, digest_size=16).hexdigest())
    if owner:
        yield Leak(page, owner, PrivateMatter("", owner, 0, "an attachment that no public page shows"))
    if not (sources.urls or sources.paths) or b"\0" in data[:1024]:
        return
    here = "https://site.invalid/" + page
    text = PARTED.join(parts_of(page, data.decode("utf-8", "replace")))
    for match in ADDRESS.finditer(text):
        url = urljoin(here, unescape(match[1])).removeprefix("https://site.invalid")
        if unquote(url) in sources.urls:
            yield Leak(page, url, PrivateMatter("", url, 0, "the address of an unpublished note"))
    for path in note_paths(text):
        if path.lstrip("./") in sources.paths:
            yield Leak(page, path, PrivateMatter("", path, 0, "the path of an unpublished note"))


def note_paths(text: str) -> Iterator[str]:
    """What might be the path of a note: no blanks, brackets and quotes in it, a note's ending. Takes a time that grows with
    the text alone, however long it runs on without a blank.
    """
    if not NOTE_ENDING.search(text):
        return
    for word in PATH_STOP.split(text):
        end = 0
        for match in NOTE_ENDING.finditer(word):
            end = match.end() if match.start() else 0
        if end:
            yield word[:end]
