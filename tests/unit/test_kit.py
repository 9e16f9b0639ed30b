"""What a paste kit holds: exactly its files, the same bytes each time, nothing of this machine, nothing that breaks out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import lxml.html
import pytest

from notebook_kb.cli.publish_kit import write as kit_of_changes
from notebook_kb.cli.publish_words import Wanted
from notebook_kb.errors import UsageError
from notebook_kb.languages import language_pack
from notebook_kb.publishing.article import Loss
from notebook_kb.publishing.changed_pieces import compare_pieces
from notebook_kb.publishing.entry_json import BESIDE, beside_changed, entry_of
from notebook_kb.publishing.kit import write_kit
from notebook_kb.publishing.kit_manifest import kits_in
from notebook_kb.publishing.payload import Form, Piece, TargetName
from notebook_kb.publishing.remarks import remark
from notebook_kb.publishing.shaped import loss_lines
from notebook_kb.rendering.plain_formula import REASONS
from notebook_kb.workspace.publish_gate import Gate, Ready
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files
from tests.support.kits import PlainOutgoing

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.publishing.kit import Kit
    from notebook_kb.publishing.prepare import Prepared

NASTY = "A </script><img src=x onerror=alert(1)> & \"quoted\" 'title'"
NOTE = f"""---
title: '{NASTY.replace("'", "''")}'
publish: true
tags: [linear-algebra, "a</script>b"]
description: What is left, with $x^2$ and "quotes".
---
# {NASTY}

First words with $\\frac{{a}}{{b}}$ and a [link](https://example.org/?a=1&b=2).

![Alt "with" <b>signs</b> -->](nasty.svg)

$$x^2$$

```python
if a < b and "</script>":

    print('&amp;')
```

- an item
- another
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
PACK = language_pack("en")


@pytest.fixture
def out(tmp_path: Path) -> PlainOutgoing:
    notes = {
        "notebook.yml": b"title: A notebook\nbase_url: https://notes.example.org\n",
        "notes/nasty.md": NOTE.encode(),
        "notes/nasty.svg": SVG,
        "notes/deep/nasty.md": b"---\npublish: true\n---\n# Other\n\nOther words.\n",
    }
    write_files(tmp_path / "book", notes)
    return PlainOutgoing(Workspace(tmp_path / "book", "2026-11-22"))


def prepared(out: PlainOutgoing, target: TargetName = TargetName.MEDIUM) -> Prepared:
    return out.prepare(out.notebook.notes["notes/nasty.md"], target)


def root_of(page: Path) -> lxml.html.HtmlElement:
    """A page as a tree; a document of one element and not a fragment."""
    return lxml.html.document_fromstring(page.read_text(encoding="utf-8"))


def data_of(page: Path) -> dict[str, object]:
    found = root_of(page).get_element_by_id("kit-data")
    value = json.loads(found.text)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("target", TargetName)
@pytest.mark.parametrize("code", ["en", "de"])
def test_nothing_breaks_out_of_a_page(
    out: PlainOutgoing, tmp_path: Path, target: TargetName, code: str
) -> None:
    """Red when a title, an alt text or code becomes markup of the kit's own pages."""
    kit = write_kit(prepared(out, target), tmp_path / "kits", pack=language_pack(code))
    pages = sorted(kit.folder.glob("index.html")) + sorted(kit.folder.glob("check.html"))
    for page in pages:
        root = root_of(page)
        assert not root.xpath("//*[@onerror]")
        assert [s.get("src") or s.get("type") for s in root.iter("script")][1:] == ["application/json"]
        assert all(i.get("src") in kit.files for i in root.iter("img"))
        assert NASTY in root.text_content()
    rich = data_of(kit.page)["rich"]
    assert isinstance(rich, dict)
    assert prepared(out, target).payload.title in json.dumps(kit.manifest, ensure_ascii=False).replace(
        '\\"', '"'
    )


def test_the_same_note_gives_the_same_bytes_without_a_place(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a clock, an order of a set or a path of this machine gets into a kit."""
    kits = [write_kit(prepared(out), tmp_path / n, pack=PACK) for n in ("one", "two")]
    one, two = ({p.name: p.read_bytes() for p in kit.folder.iterdir()} for kit in kits)
    assert one == two
    assert [n for n, data in one.items() if str(tmp_path).encode() in data] == []
    assert set(one) == set(kits[0].files)


def test_a_new_kit_leaves_nothing_of_the_old(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a stale picture stays, or when something outside the kit's folder is touched."""
    kits = tmp_path / "kits"
    first = write_kit(prepared(out), kits, pack=PACK)
    (first.folder / "09-stale.png").write_bytes(b"old")
    (kits / "mine.txt").write_text("mine")
    second = write_kit(prepared(out), kits, pack=PACK)
    assert second.folder == first.folder
    assert sorted(p.name for p in second.folder.iterdir()) == list(second.files)
    assert sorted(p.name for p in kits.rglob("*") if p.is_dir()) == ["medium-article", "nasty"]
    assert (kits / "mine.txt").read_text() == "mine"


def test_no_folder_of_somebody_else_is_replaced(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when writing a kit deletes files that no kit has."""
    made = prepared(out)
    precious = tmp_path / "kits" / "medium-article" / "nasty" / "precious.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    kit = write_kit(made, tmp_path / "kits", pack=out.workspace.pack, foreign=True)
    assert precious.read_text() == "mine"
    assert kit.folder != precious.parent
    (kit.folder / "more.txt").write_text("mine too")
    with pytest.raises(UsageError, match="holds files that no kit has"):
        write_kit(made, tmp_path / "kits", pack=out.workspace.pack, foreign=True)


def test_a_link_in_the_place_of_a_kit_is_taken_away_and_not_followed(
    out: PlainOutgoing, tmp_path: Path
) -> None:
    """Red when a kit is written, or an old one deleted, through a link."""
    other = tmp_path / "other"
    write_files(other, {"keep.txt": b"mine"})
    place = tmp_path / "kits" / "medium-article" / "nasty"
    place.parent.mkdir(parents=True)
    place.symlink_to(other, target_is_directory=True)
    kit = write_kit(prepared(out), tmp_path / "kits", pack=PACK)
    assert not kit.folder.is_symlink()
    assert [p.name for p in other.iterdir()] == ["keep.txt"]


def test_two_notes_of_one_name_have_two_kits(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when the kit of one note overwrites that of another."""
    first = write_kit(prepared(out), tmp_path / "kits", pack=PACK)
    other = out.prepare(out.notebook.notes["notes/deep/nasty.md"], TargetName.MEDIUM)
    second = write_kit(other, tmp_path / "kits", pack=PACK)
    assert first.folder != second.folder
    assert [(m.key, m.folder.name == "nasty") for m in kits_in(tmp_path / "kits").found] == [
        (prepared(out).payload.key, True),
        (other.payload.key, False),
    ]


def test_the_manifest_tells_what_went_into_the_kit(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a hash, a count or the payload's digest is not that of what was written."""
    source = prepared(out)
    kit = write_kit(source, tmp_path / "kits", pack=PACK, name="nasty one")
    said = json.loads((kit.folder / "manifest.json").read_text(encoding="utf-8"))
    assert said["payload"] == source.payload.digest
    assert said["counts"] == {"code": 1, "heading": 1, "item": 2, "picture": 2, "text": 2}
    assert said["command"] == 'kb publish "nasty one" --to medium --done'
    for name, digest in said["files"].items():
        assert hashlib.sha256((kit.folder / name).read_bytes()).hexdigest() == digest
    assert [p["mark"] for p in said["pictures"]] == [
        "[picture 1: 01-nasty.png]",
        "[picture 2: 02-formula.png]",
    ]


def test_the_kit_for_any_place_has_the_article_as_page_and_as_markdown(
    out: PlainOutgoing, tmp_path: Path
) -> None:
    """Red when the files for other places lack a picture, or name one that is not there."""
    kit = write_kit(prepared(out, TargetName.FOLDER), tmp_path / "kits", pack=PACK)
    page = root_of(kit.folder / "article.html")
    pictures = [str(i.get("src")) for i in page.iter("img")]
    assert pictures == ["01-nasty.png", "02-formula.png"]
    assert all((kit.folder / p).is_file() for p in pictures)
    text = (kit.folder / "article.md").read_text(encoding="utf-8")
    assert all(f"({p})" in text for p in pictures)
    rich = data_of(kit.page)["rich"]
    assert isinstance(rich, dict)
    assert rich["article"]["text/html"].count('src="data:image/png;base64,') == 2


def test_a_post_has_its_text_its_picture_and_its_document(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when the text of a post is not whole in `post.txt`, or is counted wrongly."""
    article = prepared(out)
    words = "What is left?\n\n#linearalgebra <b>" + "x" * 3000
    post = replace(article.payload, target=TargetName.LINKEDIN, form=Form.POST, body=words)
    shaped = replace(article.shaped, blocks=(), losses=())
    kit = write_kit(
        replace(article, payload=post, shaped=shaped, pieces=()),
        tmp_path / "kits",
        pack=PACK,
        document=b"%PDF-1.7",
    )
    assert (kit.folder / "post.txt").read_text(encoding="utf-8") == words + "\n"
    assert (kit.folder / "document.pdf").read_bytes() == b"%PDF-1.7"
    root = root_of(kit.page)
    assert root.get_element_by_id("post").text_content() == words
    assert f"{len(words)} / 3000" in root.text_content()
    assert root.find_class("over")
    assert not (kit.folder / "check.html").exists()


def pieces(*names: str) -> tuple[Piece, ...]:
    return tuple(Piece(n.partition(":")[0], n, n.partition(":")[2]) for n in names)


def test_changed_pieces_are_told_by_what_they_follow() -> None:
    """Red when a change is taken for an addition, or is placed after the wrong piece."""
    before = pieces("heading:A", "paragraph:one", "paragraph:two", "list:x", "paragraph:end")
    now = pieces("heading:A", "paragraph:ONE", "codeblock:new", "paragraph:two", "paragraph:end")
    found = compare_pieces(before, now)
    assert [(c.index, c.was and c.was.begins, c.after and c.after.begins) for c in found.changes] == [
        (1, "one", "A"),
        (2, None, "ONE"),
        (None, "x", "two"),
    ]
    assert not compare_pieces(now, now, title=("same", "same"))
    assert compare_pieces(now, now, title=("old", "new")).title == "old"


def test_a_kit_of_corrections_begins_with_what_changed(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a correction cannot be copied alone, or the dated line takes another day than it is given."""
    source = prepared(out)
    then = list(source.payload.pieces)
    text = next(i for i, p in enumerate(then) if p.kind == "paragraph")
    then[text] = replace(then[text], digest="other", begins="Wrong words")
    then.insert(text + 1, Piece("paragraph", "gone", "Gone words"))
    kit = write_kit(
        source,
        tmp_path / "kits",
        pack=PACK,
        changed=compare_pieces(tuple(then), source.payload.pieces),
        story_url="https://medium.com/@me/rank-1",
        today=date(2026, 11, 22),
    )
    root = root_of(kit.page)
    assert headings(kit.page)[:4] == [
        "Open your story and edit it",
        "Replace a paragraph",
        "Delete a paragraph",
        "Say what was corrected",
    ]
    assert root.get_element_by_id("line").text_content() == "Corrected on 22 November 2026: …"
    rich = data_of(kit.page)["rich"]
    assert isinstance(rich, dict)
    assert rich[f"piece-{text}"]["text/html"] == source.pieces[text]
    assert root.xpath("//details//article")
    checklist = (kit.folder / "checklist.txt").read_text(encoding="utf-8")
    assert "Gone words" in checklist
    assert kit.manifest["is_correction"]


def headings(page: Path) -> list[str]:
    return [" ".join(h.text_content().split()) for h in root_of(page).iter("h2")]


def test_a_story_whose_text_is_the_same_is_not_begun_anew(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a change of topics alone leads to a second story."""
    source = prepared(out)
    kit = write_kit(
        source,
        tmp_path / "kits",
        pack=PACK,
        changed=compare_pieces(source.payload.pieces, source.payload.pieces),
        story_url="https://medium.com/@me/rank-1",
    )
    assert headings(kit.page)[:4] == [
        "Open your story and edit it",
        "Put in title and subtitle",
        "Add the topics",
        "Set the canonical link",
    ]
    assert "new-story" not in kit.page.read_text(encoding="utf-8")


def corrected(source: Prepared, out: PlainOutgoing, folder: Path, **before: Any) -> Kit:
    """The kit of a story that went out with other words and with `before` in its payload."""
    entry = entry_of(replace(source.payload, **before), "", "2026-11-01T00:00:00Z")
    entry = replace(entry, url="https://medium.com/@me/rank-1", pieces=pieces("paragraph:then"))
    note = out.notebook.notes["notes/nasty.md"]
    ready = Ready(note, source, out.job_of(source, note), "kit")
    nothing: dict[str, Any] = dict.fromkeys(Wanted.__annotations__)
    return kit_of_changes(Gate(out.workspace), ready, Wanted(**{**nothing, "output": str(folder)}), entry)


@pytest.mark.parametrize(
    ("before", "steps"),
    [
        ({"summary": "Other"}, ["Put in the new subtitle"]),
        ({"topics": ("Other",)}, ["Set the new topics"]),
        ({"canonical": ""}, ["Set the new canonical link"]),
        ({"title": "Old", "summary": ""}, ["Put in the title", "Put in the new subtitle"]),
        ({}, []),
    ],
)
def test_changed_fields_have_steps_beside_changed_words(
    out: PlainOutgoing, tmp_path: Path, before: dict[str, Any], steps: list[str]
) -> None:
    """Red when a new subtitle, topic, link or title has no step because paragraphs changed too, or all have one."""
    kit = corrected(prepared(out), out, tmp_path / "kits", **before)
    found = headings(kit.page)
    fields = ("subtitle", "topics", "canonical", "title")
    assert [h for h in found if any(f in h for f in fields)] == steps
    assert any("paragraph" in h for h in found)
    ids = [e.get("id") for e in root_of(kit.page).iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_a_field_that_is_gone_is_taken_away(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a subtitle that the note has no more stays on the story, unsaid."""
    source = prepared(out)
    source = replace(source, payload=replace(source.payload, summary="", topics=()))
    kit = corrected(source, out, tmp_path / "kits", summary="Was there", topics=("Was",))
    assert {"Take the subtitle away", "Take the topics away"} <= set(headings(kit.page))


def test_what_a_post_cannot_change_is_said(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a new card or PDF of a post goes unsaid, or a step asks for what LinkedIn cannot do."""
    article = prepared(out)
    post = replace(article.payload, target=TargetName.LINKEDIN, form=Form.POST, body="Now")
    source = replace(article, payload=post, shaped=replace(article.shaped, blocks=()), pieces=())
    for files in (True, False):
        changed = replace(compare_pieces(pieces("paragraph:then"), post.pieces), files=files)
        url = "https://www.linkedin.com/feed/update/urn:li:share:1"
        kit = write_kit(source, tmp_path / "kits", pack=PACK, changed=changed, story_url=url)
        assert ("See what stays as it was" in headings(kit.page)) == files


def test_an_old_ledgers_one_digest_still_tells(out: PlainOutgoing) -> None:
    """Red when notes of a ledger from before are all said to have changed."""
    payload = prepared(out).payload
    whole = repr((payload.summary, payload.topics, payload.series, payload.canonical))
    old = hashlib.sha256(whole.encode()).hexdigest()[:20]
    assert beside_changed(old, payload) == ()
    assert beside_changed(old, replace(payload, topics=())) == BESIDE


def test_a_post_that_changed_is_corrected_as_a_whole(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a post, which has no pieces to copy, cannot be corrected."""
    article = prepared(out)
    now = pieces("paragraph:now")
    post = replace(article.payload, target=TargetName.LINKEDIN, form=Form.POST, body="Now", pieces=now)
    source = replace(article, payload=post, shaped=replace(article.shaped, blocks=()), pieces=())
    changed = compare_pieces(pieces("paragraph:then"), now)
    url = "https://www.linkedin.com/feed/update/urn:li:share:1"
    kit = write_kit(source, tmp_path / "kits", pack=PACK, changed=changed, story_url=url)
    assert headings(kit.page)[:2] == ["Open your story and edit it", "Copy the text and paste it"]


def test_what_was_lost_is_said_in_the_notebooks_language(out: PlainOutgoing, tmp_path: Path) -> None:
    """Red when a kind of loss has no words, or German kits tell it in English."""
    source = prepared(out)
    assert [
        line for line in loss_lines(source.shaped.losses) if " became " not in line and "drawn" not in line
    ] == []
    german = language_pack("de")
    kit = write_kit(source, tmp_path / "kits", pack=german)
    page = kit.page.read_text(encoding="utf-8")
    assert all(line in page for line in loss_lines(source.shaped.losses, german))
    assert "wurde" in loss_lines(source.shaped.losses, german)[0]
    assert "Artikel kopieren" in page
    told = (
        remark("warn_no_original"),
        remark("warn_no_alt", name="x.png"),
        remark("warn_long_title", count=101, most=100),
    )
    page = write_kit(replace(source, warnings=told), tmp_path / "kits", pack=german).page.read_text(
        encoding="utf-8"
    )
    assert "Bild x.png hat keinen Alternativtext." in page
    assert "Der Titel hat 101 Zeichen" in page
    assert "die Kopie ihr Original nicht nennen" in page
    assert not any(str(w)[-20:] in page for w in told)


def test_why_a_formula_became_a_picture_has_words_in_each_language(
    out: PlainOutgoing, tmp_path: Path
) -> None:
    """Red when a German kit says in English why a formula is no text."""
    assert all(PACK.word(f"formula_{key}") == words for key, words in REASONS.items())
    source = prepared(out)
    loss = Loss("inline_formula", "picture", "notes/nasty.md", 3, REASONS["long"])
    source = replace(source, shaped=replace(source.shaped, losses=(loss,)))
    page = write_kit(source, tmp_path / "kits", pack=language_pack("de")).page.read_text(encoding="utf-8")
    assert "zu lang für eine Zeile" in page
    assert REASONS["long"] not in page
