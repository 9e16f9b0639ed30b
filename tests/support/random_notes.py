"""Small random notes that have to do with each other: links by every kind of name, concepts, readings, cards, addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

FOLDERS = ("", "a/", "b/", "a/b/")
STEMS = (
    "rank",
    "Rank of a matrix",
    "SVD",
    "basis",
    "bases",
    "notes",
    "index",
    "eigenvalue",
    "loss",
    "Größe",
    "a",
)
TITLES = (*STEMS, "Singular values", "rank.md", "The rank", "gradient", "linear-map", "a b")
CONCEPTS = ("rank", "svd", "determinant", "linear-systems", "no-such-concept")
TARGETS = (
    *TITLES,
    "b/rank",
    "a/b/..",
    "determinant",
    "determinants",
    "Determinant",
    "../rank.md",
    "a/b/../SVD",
    "rank.markdown",
    "Eigenvalues",
    "ranc",
    "bass",
    "pic.png",
    "a/pic.png",
    "missing.png",
    "https://example.org/",
    "/index",
    "SVD.md",
    "matrix rank",
)
HEADINGS = ("", "", "", "#Visual", "#Nowhere", "#^k-000001")
SIGNS = (r"\sigma", r"\mu", "w", "q")
IDS = ("k-000001", "k-000002", "k-00000a")
SOURCES = ("3b1b-ela", "3b1b-eal", "mml-book", "a book of mine")


def random_path(chance: random.Random) -> str:
    """A note's path."""
    return f"notes/{chance.choice(FOLDERS)}{chance.choice(STEMS)}{chance.choice(('.md', '.md', '.markdown'))}"


def random_text(chance: random.Random) -> str:
    """A note's text: a head, links and embeds, parts, cards."""
    lines = ["---", *head(chance), "---", f"# {chance.choice(TITLES)}" if chance.random() < 0.7 else ""]
    for _ in range(chance.randint(0, 4)):
        target, heading = chance.choice(TARGETS), chance.choice(HEADINGS)
        lines += [
            "",
            chance.choice(("See [[{}{}]].", "[[{}]]", "![[{}{}]]", "[words](<{}{}>)", "![a]({})")).format(
                target, heading
            ),
        ]
    if chance.random() < 0.6:
        lines += [
            "",
            chance.choice(
                ("## Visual — 3b1b-ela", "## SVD", "## Rank", "## Formal — mml-bok", "## Determinant")
            ),
        ]
        lines += [
            "",
            "The directions that survive when the plane is pressed flat by the matrix, all of them.",
        ]
    if chance.random() < 0.4:
        rows = [f"- ${sign}$: the {sign} of it" for sign in SIGNS if chance.random() < 0.4]
        lines += ["", "## Symbol by symbol", "", "$$", " + ".join(SIGNS), "$$", "", *rows, ""]
    if chance.random() < 0.3:
        lines += ["", f"![[{chance.choice(STEMS)}]]"]
    if chance.random() < 0.4:
        lines += ["", f"Q: What is {chance.choice(STEMS)}?", f"A: That. ^{chance.choice(IDS)}", ""]
    return "\n".join(lines) + "\n"


def head(chance: random.Random) -> list[str]:
    """The lines of a head."""
    some = {
        "title": chance.choice(TITLES),
        "concept": chance.choice(CONCEPTS),
        "source": chance.choice(SOURCES),
        "angle": "formal",
        "aliases": f"[{chance.choice(TITLES)}, /old/{chance.choice(STEMS)[:4]}/]",
        "tags": chance.choice(("[loss, a/b]", "[svd]")),
        "publish": chance.choice(("true", "true", "false")),
        "draft": "true",
        "date": chance.choice(("2026-11-19", "2026-11-20", "2026-11-21")),
        "permalink": chance.choice(("/rank/", "/tags/loss/", "/svd.html", "/concepts/svd/")),
        "slug": chance.choice(("rank", "svd")),
        "image": chance.choice(("pic.png", "missing.png")),
        "met_in": f"['[[{chance.choice(TITLES)}]]', lecture]",
        "id": chance.choice(("one", "two")),
        "needs": f"[{chance.choice(TITLES)}, {chance.choice(CONCEPTS)}]",
    }
    rate = {
        "publish": 0.6,
        "aliases": 0.5,
        "draft": 0.1,
        "permalink": 0.15,
        "slug": 0.15,
        "source": 0.4,
        "id": 0.1,
    }
    lines = [f"{key}: {value}" for key, value in some.items() if chance.random() < rate.get(key, 0.25)]
    return chance.sample(lines, len(lines))
