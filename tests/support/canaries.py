"""Random notebooks with a word of its own in every private field and construct, and one in every public place.

A private word reads `zq........qz`, a public one `wp........pw`: whatever a site says of the first kind is a leak.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from tests.support.pictures import MAKERS, PNG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRIVATE = re.compile(rb"zq[a-z]{8}qz")
PUBLIC = re.compile(rb"wp[a-z]{8}pw")
LETTERS = "abcdefghijklmnoprstuvxy"
TODAY = "2026-11-22"


class Canaries:
    """One notebook: `files` by path, `where` says for each private word what holds it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - tests want the same again
        self.files: dict[str, bytes] = {}
        self.where: dict[str, str] = {}
        self.public: dict[str, str] = {}
        self.place = ""
        self.fresh = 0
        self.shown_pictures: list[str] = []

    # words

    def word(self) -> str:
        return "".join(self.random.choice(LETTERS) for _ in range(8))

    def s(self, what: str = "") -> str:
        """A new private word."""
        word = f"zq{self.word()}qz"
        self.where[word] = f"{self.place} {what}".strip()
        return word

    def p(self, what: str = "") -> str:
        """A new public word, which must be on a page."""
        word = f"wp{self.word()}pw"
        self.public[word] = f"{self.place} {what}".strip()
        return word

    def number(self) -> int:
        self.fresh += 1
        return self.fresh

    # files

    def text(self, path: str, text: str) -> None:
        if self.random.random() < 0.15:
            text = text.replace("\n", "\r\n")
        data = text.encode()
        self.files[path] = b"\xef\xbb\xbf" + data if self.random.random() < 0.15 else data

    def picture(self, folder: str, *, shown: bool) -> str:
        """A picture whose metadata are private; its name too unless it is shown."""
        suffix = self.random.choice(list(MAKERS))
        name = f"{'picture' + str(self.number()) if shown else self.s('picture name')}{suffix}"
        self.files[f"{folder}/{name}"] = MAKERS[suffix](self.s(f"metadata of {name}"), self.s("metadata"))
        return name

    def build(self) -> Canaries:
        """Make the notebook."""
        r = self.random
        self.files["notebook.yml"] = (
            b"title: A notebook\nprivate_sections: [Diary, My secret log]\ntimezone: UTC\n"
        )
        hidden = [self.hidden_note(kind) for kind in r.sample(HIDDEN, k=r.randint(3, len(HIDDEN)))]
        for number in range(r.randint(2, 4)):
            self.public_note(number, hidden)
        self.concept_note(hidden)
        self.place = "nobody shows it"
        self.picture("notes", shown=False)
        self.picture(f"notes/{self.s('folder')}", shown=False)
        return self

    def hidden_note(self, kind: str) -> str:
        """A note that is not published; gives its name without the ending."""
        self.place = f"{kind} note"
        name, folder = self.s("file name"), self.random.choice(["", f"/{self.s('folder')}"])
        shown = self.picture(f"notes{folder}", shown=False)
        flag = FLAGS[kind]
        extra = self.random.choice(
            [
                "concept: rank",
                "source: mml\nangle: formal\nconcept: gradient",
                "date: 2026-01-02",
                "type: page",
            ]
        )
        if kind == "future":
            extra = "type: post"
        body = (
            f"---\ntitle: {self.s('title')} {self.s('title')}\naliases: [{self.s('alias')}]\n"
            f"tags: [{self.s('tag')}, shared]\n{extra}\n{flag}\n{self.s('key')}: {self.s('value')} # {self.s('head comment')}\n"
            f"description: {self.s('description')}\n---\n# {self.s('H1')}\n\n{self.s('lead')} see [[open0]] and [it](open0.md) {self.s('context')}.\n\n"
            f"## {self.s('heading')}\n{self.s('body')} $x_{{{self.s('formula')}}}$\n\n## Visual\n{self.s('visual')} "
            "one two three four five six seven eight nine ten eleven\n\n"
            f"## In my words\n{self.s('own')} one two three four five six seven eight nine ten eleven\n\n"
            f"![{self.s('alt')}]({shown})\n\n#{self.s('inline tag')} ^{self.s('block')}\n\nQ: {self.s('Q')}\nA: {self.s('A')}\n"
        )
        if kind == "conflict":
            body += f"<<<<<<< mine\n{self.s()}\n=======\n{self.s()}\n>>>>>>> theirs\n"
        self.text(f"notes{folder}/{name}.md", body)
        return name

    def public_note(self, number: int, hidden: list[str]) -> None:
        r = self.random
        self.place = f"open{number}"
        pieces = [
            f"# {self.p('H1') if r.random() < 0.3 else 'Open ' + str(number)}",
            f"{self.p('lead')} %% {self.s('lead')} %%.",
        ]
        pieces += self.middle(hidden, r.randint(6, 14))
        pieces += [f"## {self.p('last heading')}", *self.traps()]
        # what is public of another note shows here, and nothing else of it
        pieces += [
            r.choice(["![[open0]]", "![[open1]]", "![[rank#Visual]]", "![[rank#Excerpt]]", "![[rank]]"])
        ]
        if r.random() < 0.7:
            pieces.append(r.choice(TAILS)(self))
        kind = r.choice(
            ["type: page", "date: 2026-01-0" + str(number + 1), "source: mml", "type: post\ndate: 2025-03-04"]
        )
        unknown = f"{self.s('unknown key')}: {self.s('unknown value')}\nclient:\n  - {self.s('nested')}\n"
        head = (
            f"---\n# {self.s('head comment')}\npublish: true # {self.s('head comment')}\ntags: [shared, {self.p('tag')}]\n{kind}\n"
            f'description: "{self.p("description")} <!-- {self.s("description")} --> $x % {self.s("description")}$"\n'
            f"met_in: [[{r.choice(hidden)}]]\n{unknown}macros:\n  \\Foo: '\\mathbb{{R}} % {self.s('macro')}'\n---\n"
        )
        self.text(f"notes/open{number}.md", head + "\n\n".join(pieces) + "\n")

    def concept_note(self, hidden: list[str]) -> None:
        """A concept's note with a private piece in every part."""
        self.place = "rank"
        p, s = self.p, self.s
        filler = "one two three four five six seven eight nine ten eleven"
        text = f"""---
concept: rank
title: Rank of a matrix
publish: yes
date: 2026-02-03
---
# Rank of a matrix

{p("lead")} is the lead <!-- {s("lead")} --> with $x %{s("lead formula")}
z + y$.

## Visual — 3b1b-ela (ch. 7)
Source: mml (§2 %% {s("source line")} %%)
{p("visual")} {filler} %% {s("visual")} %%

### Excerpt
{s("excerpt")}

#### {s("nested heading")}
{s("nested excerpt")}

## Formal — mml
> [!excerpt]- Source text {s("excerpt title")}
> {s("excerpt")}

{p("formal")} {filler}

## In my words
{p("own")} {filler} <!-- {s("own")} -->

## Symbol by symbol
$$
y = m x % {s("symbol formula")}
$$

| symbol | words |
|---|---|
| $y %{s("cell")}$ | {p("symbol")} |
| $m$ | %% {s("cell")} %% {p("symbol")} |
| $x$ | the input <span data-x="{s("attribute")}">{p("raw")}</span> |

Read aloud: {p("aloud")} %% {s("aloud")} %%

## Cards
Q: {p("Q")} $x %{s("card")}
z$?
A: {p("A")} %% {s("A")} %% ^k-{s("card id")}

## LinkedIn
{s("linkedin")} #{s("hashtag")}
"""
        self.text("notes/rank.md", text)

    def middle(self, hidden: list[str], count: int) -> list[str]:
        """Sections with private constructs; each ends where the next public heading begins."""
        pieces = []
        for _ in range(count):
            if self.random.random() < 0.35:
                pieces += [
                    self.random.choice(SECTIONS)(self),
                    f"## {self.p('heading after')}",
                    self.p("text after"),
                ]
            else:
                construct = self.random.choice(CONSTRUCTS)
                pieces += [construct(self), self.p("text after " + construct.__name__)]
        pieces += [link(self, self.random.choice(hidden)) for link in self.random.sample(LINKS, k=2)]
        return pieces

    def traps(self) -> list[str]:
        return [trap(self) for trap in self.random.sample(TRAPS, k=2)]


HIDDEN = ["no flag", "false", "draft", "future", "unclear", "doubled", "conflict"]
FLAGS = {
    "no flag": "",
    "false": "publish: false",
    "draft": "publish: true\ndraft: true",
    "future": "publish: true\ndate: 2027-01-01",
    "unclear": "publish: maybe",
    "doubled": "publish: true\npublish: true",
    "conflict": "publish: true",
}


def inline_percent(c: Canaries) -> str:
    return f"{c.p()} %% {c.s()} **{c.s()}** `{c.s()}` [[{c.s()}]] %% {c.p()} %%{c.s()}%%"


def block_percent(c: Canaries) -> str:
    return f"%%\n{c.s()}\n\n## {c.s()}\n\n- {c.s()}\n\n> {c.s()}\n%%"


def inline_html(c: Canaries) -> str:
    return f"{c.p()} <!-- {c.s()} --> {c.p()} *{c.p()} <!--{c.s()}--> {c.p()}*"


def block_html(c: Canaries) -> str:
    return f"<!--\n{c.s()}\n\n{c.s()}\n\n![x]({c.s()}.png)\n-->"


def inline_tex(c: Canaries) -> str:
    return f"{c.p()} $a % {c.s()} }}\n z + b$ {c.p()} \\(c % {c.s()}\n\\) and $5 {c.p()}"


def display_tex(c: Canaries) -> str:
    return f"$$\na % {c.s()} {c.s()}\n+ b \\% c\n$$\n\n{c.p()}\n\n\\[ x % {c.s()}\n\\]"


def bad_tex(c: Canaries) -> str:
    return f"$$\n\\frac{{x % {c.s()}\n$$\n\nand $\\nosuchthing{{y}} % {c.s()}\nz$"


def callout(c: Canaries) -> str:
    kind = c.random.choice(
        ["excerpt", "private", "Excerpt", "excerp", "privat", "excerpts", "quotes from mml private"]
    )
    fold = c.random.choice(["", "-", "+"])
    return f"> [!{kind}]{fold} {c.s()}\n> {c.s()} $x$\n> - {c.s()}\n> ![[{c.picture('notes', shown=False)}]]"


def titled_callout(c: Canaries) -> str:
    title = c.random.choice(["Private", "Source text", "Excerpt", "Excerp", "my private thoughts"])
    return f"> [!note] {title}\n> {c.s()}\n>\n> {c.s()}"


def callout_in_quote(c: Canaries) -> str:
    return f"> {c.p()}\n>\n> > [!private] {c.s()}\n> > {c.s()} ![[{c.picture('notes', shown=False)}]]\n>\n> {c.p()}"


def callout_in_list(c: Canaries) -> str:
    return f"- {c.p()}\n\n  > [!excerpt] {c.s()}\n  > {c.s()} [x]({c.picture('notes', shown=False)})\n\n- {c.p()}"


def callout_in_callout(c: Canaries) -> str:
    return f"> [!note] {c.p()}\n> {c.p()}\n>\n> > [!privat]- {c.s()}\n> > {c.s()}"


def callout_in_definition(c: Canaries) -> str:
    return f"{c.p()}\n: {c.p()}\n\n    > [!private] {c.s()}\n    > {c.s()}"


def heading_in_quote(c: Canaries) -> str:
    return f"> {c.p()}\n>\n> ### Private\n> {c.s()}\n>\n> - {c.s()}\n>\n> ### {c.p()}\n> {c.p()}"


def callout_in_footnote(c: Canaries) -> str:
    n = c.number()
    return f"{c.p()}[^f{n}]\n\n[^f{n}]: {c.p()} %% {c.s()} %%\n\n    > [!private] {c.s()}\n    > {c.s()}"


def private_footnote(c: Canaries) -> str:
    label = c.s("footnote label")
    return (
        f"> [!private] {c.s()}\n> {c.s()}[^{label}]\n\n{c.p()}\n\n"
        f"[^{label}]: {c.s()} see [[open0]] {c.s()} ![[{c.picture('notes', shown=False)}]]"
    )


def raw_html(c: Canaries) -> str:
    return (
        f'<div data-note="{c.s()}" onclick="{c.s()}" style="--{c.s()}: 1">{c.p()}</div>\n\n'
        f"<script>{c.s()}</script>\n\n{c.p()} <style>.{c.s()} {{}}</style> <!-- {c.s()} -->\n\n"
        f'<span class="dataview inline-field" data-dv-key="{c.s()}">{c.p()}</span>'
    )


def card(c: Canaries) -> str:
    return f"Q: {c.p()} %% {c.s()} %%\nA: {c.p()} $x % {c.s()}\nz$ ^k-{c.s()}"


def pictures(c: Canaries) -> str:
    name = c.picture("notes", shown=True)
    c.shown_pictures.append(name)
    return (
        f"![{c.p()} $x % {c.s()}\nz$ {c.p()}]({name})\n\n"
        f'![{c.p()} %% {c.s()} %%]({name} "{c.p()} <!-- {c.s()} -->")\n\n![[{name}|{c.p()} %% {c.s()} %%]]'
    )


def table(c: Canaries) -> str:
    return f"| {c.p()} %% {c.s()} %% | {c.p()} |\n|---|---|\n| $a$ | <!-- {c.s()} --> {c.p()} |"


def code(c: Canaries) -> str:
    return (
        f"```python\n{c.p()} = 1  # %% {c.p()} %% <!-- {c.p()} -->\n%% {c.p()}\n```\n\n{c.p()} `%% {c.p()} %%` "
        f"``<!-- {c.p()} -->`` {c.p()}"
    )


def block_id(c: Canaries) -> str:
    return f"{c.p()} ^{c.s()}\n\n### {c.p()} ^{c.s()}\n\n{c.p()} #{c.p()}"


def numbered_heading(c: Canaries) -> str:
    return f"### {c.p()} %% {c.s()} %% $x$ <!-- {c.s()} -->\n\n{c.p()}"


CONSTRUCTS: list[Callable[[Canaries], str]] = [
    inline_percent, block_percent, inline_html, block_html, inline_tex, display_tex, bad_tex, callout, titled_callout,
    callout_in_quote, callout_in_list, callout_in_callout, callout_in_definition, heading_in_quote, callout_in_footnote,
    private_footnote, raw_html, card, pictures, table, code, block_id, numbered_heading,
]  # fmt: skip


def private_section(c: Canaries) -> str:
    name = c.random.choice(
        ["Excerpt", "EXCERPTS", "Source text", "Quotes", "🔒 Excerpt — mml", "1. Excerpt:", "Private", "private (me)",
         "Diary", "my secret log", "LinkedIn", "Excerpt: page 3"]
    )  # fmt: skip
    level = c.random.choice(["##", "###"])
    picture = c.picture("notes", shown=False)
    inside = f"{level}# {c.s()}\n\n{c.s()} ![[{picture}]]\n\n{level}# Visual\n{c.s()} ^{c.s()}"
    return f"{level} {name}\n{c.s()} [[open0]] {c.s()}\n\n{inside}"


def setext_section(c: Canaries) -> str:
    return f"Private\n-------\n\n{c.s()}\n\n### {c.s()}\n\n{c.s()}"


def marked_section(c: Canaries) -> str:
    mark = c.random.choice(["#private", "%%private%%", "%% Private %%", "%% note %% %%private%%", "#Private"])
    return f"## {c.s()} {mark}\n{c.s()}\n\n### {c.s()}\n\n{c.s()}"


def marked_title(c: Canaries) -> str:
    return f"# {c.s()} #private\n\n{c.s()}"


SECTIONS: list[Callable[[Canaries], str]] = [private_section, setext_section, marked_section]

LINKS: list[Callable[[Canaries, str], str]] = [
    lambda c, name: f"{c.p()} [{c.p('label')}]({name}.md) {c.p()}",
    lambda c, name: f"{c.p()} [[{name}|{c.p('label')}]] {c.p()}",
    lambda c, name: f"{c.p()} ![[{name}|{c.p('label')}]] {c.p()}",
    lambda c, name: f"{c.p()} [{c.p('label')}][r{name}]\n\n[r{name}]: {name}.md",
    lambda c, name: (
        f'{c.p()} ![{c.p("alt")}]({name}.png) [{c.p("label")}](<../{name}.pdf> "{c.s("title of a lost link")}")'
    ),
]

# places where a quick look takes text for code or a formula, and the parser does not
TRAPS: list[Callable[[Canaries], str]] = [
    lambda c: f"It costs $$ {c.p()}\n\n%% {c.s()} %%\n\n%%\n{c.s()}\n\n{c.s()}\n%%\n\n{c.p()}",
    lambda c: f"- ```\n  {c.p()}\n\n%% {c.s()} %% {c.p()}",
    lambda c: f"> ```\n> {c.p()}\n\n<!-- {c.s()} --> {c.p()}",
    lambda c: f"{c.p()}\n        ```\n{c.p()} %% {c.s()} %% {c.p()}",
    lambda c: f"{c.p()} `a\nb` %% {c.s()} %% `c` {c.p()}",
    lambda c: f"<div>\n$$\n%% {c.s()} %%\n$$\n</div>\n\n{c.p()}",
    lambda c: f"- $$ a\n\n{c.p()} %% {c.s()} %%\n\n{c.p()}",
]

TAILS: list[Callable[[Canaries], str]] = [
    marked_title,
    lambda c: f"%% {c.s()}\n\n## {c.s()}\n\n{c.s()}",
    lambda c: f"<!-- {c.s()}\n\n{c.s()}",
    lambda c: f"## Private\n{c.s()}\n\n```python\n{c.s()} = 1\n```",
    lambda c: f"text\n\n### Excerpt\n{c.s()}\n\n#### {c.s()}\n\n{c.s()}",
]


def write_files(root: Path, files: dict[str, bytes]) -> None:
    """Put files into a folder."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def unpacked(data: bytes) -> list[bytes]:
    """A file's bytes, and what is packed in them."""
    found = [data]
    if data[:2] == b"\x1f\x8b":
        found.append(gzip.decompress(data))
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [archive.read(n) for n in archive.namelist()]
    if data.startswith(PNG):
        for match in re.finditer(rb"[zi]TXt", data):
            for start in range(match.end(), min(match.end() + 120, len(data))):
                try:
                    found.append(zlib.decompressobj().decompress(data[start:]))
                except zlib.error:
                    continue
    return found


def said(folder: Path) -> tuple[dict[str, str], set[str]]:
    """(private word → the file that says it, public words of the pages) of a built site."""
    leaks: dict[str, str] = {}
    public: set[str] = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        for data in (name.encode(), *unpacked(path.read_bytes())):
            low = data.lower()
            leaks |= {w.decode(): name for w in PRIVATE.findall(low)}
            if name.endswith(".html"):
                public |= {w.decode() for w in PUBLIC.findall(low)}
    return leaks, public
