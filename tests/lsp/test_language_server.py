"""The language server as VS Code, Neovim and Emacs see it: each feature on text that is not saved, each edit applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from notebook_kb.checking import check_notebook
from notebook_kb.workspace.workspace import Workspace
from tests.support.lsp_editor import Editor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS = ("visual_studio_code@v1.65.2", "neovim@v0.11.0", "emacs@v29.1")
EIGEN = """\
---
concept: eigen
---
# Eigenvectors

Arrows that stay on their line.

## Visual — 3b1b-ela (ch. 14)
Most arrows leave their line when the map acts, these few only get longer or shorter.

## Symbol by symbol
$$
A v = λ v
$$
- $A$: the map
- $v$: the arrow

One more thought. ^key
"""
RANK = """\
---
concept: rank
tags: [linear]
---
# Rank

Before: 𝐀 and 𝔼, then [[eigen#Visual]] and [[egien]] and $𝐀 x$.

[[
[[eigen#
[[eigen#^
## Formal —\x20
Source:\x20

## Symbol by symbol
$$
\\hat y = \\mathbf{x} + b
$$
- $b$: the start
- $
"""
PLAIN = "# Plain\n\nSee [[rank]], and [the arrows](eigen.md#visual).\n"
FILES = {
    "notes/eigen.md": EIGEN,
    "notes/rank.md": "# Rank\n",
    "notes/la/plain.md": PLAIN.replace("eigen.md", "../eigen.md"),
}


@pytest.fixture(scope="module", params=CLIENTS)
def editor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    root = tmp_path_factory.mktemp("notebook")
    write(root, "notebook.yml", "title: T\ntimezone: UTC\n")
    for name, text in FILES.items():
        write(root, name, text)
    found = Editor(root, request.param)
    found.open("notes/rank.md", RANK)
    yield found
    found.close()


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def complete(editor: Editor, words: str, offset: int) -> dict[str, str]:
    """Label → the line as it is with that choice."""
    place = editor.place("notes/rank.md", words, offset)
    params = lsp.CompletionParams(editor.document("notes/rank.md"), place)
    found = editor.run(editor.client.text_document_completion_async(params))
    lines = {}
    for item in found.items if found else ():
        edit = lsp.WorkspaceEdit(changes={editor.uri("notes/rank.md"): [item.text_edit]})
        lines[item.label] = editor.applied(edit)["notes/rank.md"].split("\n")[place.line]
    return lines


def test_findings_are_those_of_kb_check_at_the_right_letters_behind_wide_ones(editor: Editor) -> None:
    """A place counted in characters or bytes would be wrong behind 𝐀 and 𝔼."""
    found = editor.replace("notes/rank.md", 2, 0, 0, "")
    (link,) = [d for d in found if d.code == "KB201" and "egien" in d.message]
    assert editor.at("notes/rank.md", link.range).strip("[]") == "egien"
    write(editor.root, "notes/other/copy.md", RANK)
    workspace = Workspace(editor.root)
    expected = [f for f in check_notebook(workspace.load().notebook) if f.path == "notes/other/copy.md"]
    (editor.root / "notes/other/copy.md").unlink()
    shared = {f.code for f in expected} - {"KB303"}
    assert shared == {d.code for d in found}


def test_findings_follow_the_text_before_it_is_saved(editor: Editor) -> None:
    line = RANK.split("\n").index("Before: 𝐀 and 𝔼, then [[eigen#Visual]] and [[egien]] and $𝐀 x$.")
    text = RANK.split("\n")[line]
    first = text.index("egien")
    found = editor.replace("notes/rank.md", line, first, first + 5, "eigen")
    assert "egien" not in "".join(d.message for d in found)
    found = editor.replace("notes/rank.md", line, first, first + 5, "egien")
    assert "egien" in "".join(d.message for d in found)
    assert (editor.root / "notes/rank.md").read_text() == "# Rank\n"


def test_links_complete_by_title_and_put_in_the_name(editor: Editor) -> None:
    lines = complete(editor, "[[\n", 2)
    assert lines["Eigenvectors"] == "[[eigen]]"
    assert lines["Singular value decomposition"] == "[[svd]]"
    assert lines["Plain"] == "[[plain]]"


def test_headings_and_blocks_complete_behind_a_link(editor: Editor) -> None:
    assert complete(editor, "[[eigen#\n", 8)["Symbol by symbol"] == "[[eigen#Symbol by symbol]]"
    assert complete(editor, "[[eigen#^\n", 9) == {"key": "[[eigen#^key]]"}


def test_sources_complete_in_headings_and_source_lines(editor: Editor) -> None:
    assert complete(editor, "## Formal — ", 12)["mml"] == "## Formal — mml"
    assert complete(editor, "Source: ", 8)["mml"] == "Source: mml"


def test_parts_keys_and_symbols_complete(editor: Editor) -> None:
    assert complete(editor, "## Formal", 3)["In my words"].startswith("## In my words")
    assert "publish" in complete(editor, "tags: [", 0)
    assert complete(editor, "- $\n", 3)["\\mathbf{x}"] == "- $\\mathbf{x}$: "
    assert not complete(editor, "Before", 3)


def test_hover_shows_a_linked_note_and_a_formula_in_words(editor: Editor) -> None:
    place = editor.place("notes/rank.md", "[[eigen#Visual", 4)
    shown = editor.run(
        editor.client.text_document_hover_async(lsp.HoverParams(editor.document("notes/rank.md"), place))
    )
    assert "**Eigenvectors**" in shown.contents.value
    assert "Arrows that stay on their line." in shown.contents.value
    assert "1 of 3 angles" in shown.contents.value
    assert editor.at("notes/rank.md", shown.range) == "[[eigen#Visual]]"
    place = editor.place("notes/rank.md", "\\hat y", 2)
    shown = editor.run(
        editor.client.text_document_hover_async(lsp.HoverParams(editor.document("notes/rank.md"), place))
    )
    assert "ŷ = 𝐱 + b" in shown.contents.value
    assert "- b: the start" in shown.contents.value


def test_definition_leads_to_the_heading(editor: Editor) -> None:
    place = editor.place("notes/rank.md", "[[eigen#Visual", 9)
    found = editor.run(
        editor.client.text_document_definition_async(
            lsp.DefinitionParams(editor.document("notes/rank.md"), place)
        )
    )
    assert found.uri == editor.uri("notes/eigen.md")
    assert EIGEN.split("\n")[found.range.start.line].startswith("## Visual")


def test_references_are_the_links_to_a_note_and_to_a_heading(editor: Editor) -> None:
    params = lsp.ReferenceParams(
        lsp.ReferenceContext(include_declaration=False),
        editor.document("notes/rank.md"),
        editor.place("notes/rank.md", "[[eigen#Visual", 4),
    )
    found = editor.run(editor.client.text_document_references_async(params))
    words = {(editor.path(r.uri), editor.at(editor.path(r.uri), r.range)) for r in found}
    assert {path for path, _ in words} == {"notes/rank.md", "notes/la/plain.md"}


def test_links_symbols_lens_and_hints(editor: Editor) -> None:
    document = editor.document("notes/rank.md")
    links = editor.run(editor.client.text_document_document_link_async(lsp.DocumentLinkParams(document)))
    assert editor.uri("notes/eigen.md") in {link.target for link in links}
    headings = editor.run(
        editor.client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
    )
    assert [h.name for h in headings[0].children] == ["Formal —", "Symbol by symbol"]
    notes = editor.run(editor.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("eigenv")))
    assert [n.name for n in notes] == ["Eigenvectors"]
    (lens,) = editor.run(editor.client.text_document_code_lens_async(lsp.CodeLensParams(document)))
    assert lens.command.title == "empty, 0 of 3 angles · 1 backlink"
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    write(editor.root, "notes/hints.md", "")
    editor.open("notes/hints.md", "# Hints\n\n𝔼 [[eigen]], [[rank]], [[eigen|arrows]].\n")
    params = lsp.InlayHintParams(editor.document("notes/hints.md"), whole)
    (hint,) = editor.run(editor.client.text_document_inlay_hint_async(params))
    assert hint.label == "Eigenvectors"
    assert hint.position == editor.place("notes/hints.md", "[[eigen]]", len("[[eigen]]"))


def actions(
    editor: Editor, words: str, offset: int = 0, path: str = "notes/rank.md"
) -> dict[str, lsp.CodeAction]:
    place = editor.place(path, words, offset)
    params = lsp.CodeActionParams(
        editor.document(path), lsp.Range(place, place), lsp.CodeActionContext(diagnostics=[])
    )
    found = editor.run(editor.client.text_document_code_action_async(params))
    return {a.title: a for a in found}


def test_actions_mend_create_and_scaffold(editor: Editor) -> None:
    found = actions(editor, "[[egien", 4)
    assert "[[eigen]] and $𝐀 x$" in editor.applied(found["Write `eigen`"].edit)["notes/rank.md"]
    made = editor.applied(found["Create notes/egien.md"].edit)["notes/egien.md"]
    assert made.startswith("---\ntitle: egien\n")
    added = editor.applied(found["Add “In my words”"].edit)["notes/rank.md"]
    assert added.startswith(RANK)
    assert "## In my words\n<!-- " in added[len(RANK) - 1 :]
    rows = next(a for title, a in actions(editor, "\\hat y").items() if title.startswith("Put in a line"))
    text = editor.applied(rows.edit)["notes/rank.md"]
    assert "$\\hat y$" in text[text.index("- $b$") :]
    assert "$\\mathbf{x}$" in text[text.index("- $b$") :]


def test_all_safe_fixes_of_a_note_come_at_once(editor: Editor) -> None:
    fix = actions(editor, "Before")["Mend what is safe in this note"]
    assert fix.kind == "source.fixAll.kb"
    assert set(editor.applied(fix.edit)) == {"notes/rank.md"}


def rename(editor: Editor, path: str, words: str, offset: int, new: str) -> dict[str, str]:
    params = lsp.RenameParams(editor.document(path), editor.place(path, words, offset), new)
    return editor.applied(editor.run(editor.client.text_document_rename_async(params)))


def test_a_heading_is_renamed_from_a_link_and_from_itself(editor: Editor) -> None:
    editor.open("notes/eigen.md")
    from_link = rename(editor, "notes/rank.md", "[[eigen#Visual", 9, "How it looks")
    assert "## How it looks" in from_link["notes/eigen.md"]
    assert "then [[eigen#How it looks" in from_link["notes/rank.md"]
    assert "(../eigen.md#How%20it%20looks" in from_link["notes/la/plain.md"]
    from_itself = rename(editor, "notes/eigen.md", "Symbol by symbol", 2, "Signs of it")
    assert set(from_itself) == {"notes/eigen.md"}
    assert "## Signs of it\n" in from_itself["notes/eigen.md"]


@pytest.mark.parametrize("name", ["%00.md", "a" * 300 + ".md", "%ff%fe.md", "a/" * 2000 + "b.md"])
def test_an_address_that_can_be_no_file_disturbs_no_other_one(editor: Editor, name: str) -> None:
    """Red when an odd document that is open takes findings and renames of all notes away."""
    uri = f"{editor.uri('notes')}/{name}"
    item = lsp.TextDocumentItem(uri, "markdown", 1, "# Odd [[egien]]\n")
    editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    assert editor.open("notes/rank.md", RANK)
    assert "notes/eigen.md" in rename(editor, "notes/rank.md", "[[eigen#Visual", 9, "How it looks")
    editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e"])
def test_signs_that_only_python_takes_for_line_ends_move_no_edit(editor: Editor, sign: str) -> None:
    """Red when words that were pasted from a web page make an edit land on other words."""
    text = f"# A\n\none{sign}two\n\n[[eigen]]\n\nmy own words\n"
    write(editor.root, "notes/pasted.md", text)
    editor.open("notes/pasted.md", text)
    editor.replace("notes/pasted.md", 4, 0, 0, "see more ")
    found = editor.replace("notes/pasted.md", 6, 0, 2, "[[egien]]")
    (link,) = [d for d in found if d.code == "KB201"]
    assert editor.at("notes/pasted.md", link.range).strip("[]") == "egien"
    if "rename" in editor.operations():
        after = rename(editor, "notes/pasted.md", "[[eigen", 4, "A longer name")["notes/pasted.md"]
        assert after.endswith("see more [[A longer name]]\n\n[[egien]] own words\n")
    params = lsp.DidCloseTextDocumentParams(editor.document("notes/pasted.md"))
    editor.client.text_document_did_close(params)
    (editor.root / "notes/pasted.md").unlink()


def test_a_note_is_renamed_from_a_link_and_moves_where_the_editor_can(editor: Editor) -> None:
    place = editor.place("notes/rank.md", "[[eigen#Visual", 4)
    params = lsp.PrepareRenameParams(editor.document("notes/rank.md"), place)
    assert editor.run(editor.client.text_document_prepare_rename_async(params)).placeholder == "Visual"
    editor.open("notes/la/plain.md")
    if "rename" not in editor.operations():
        with pytest.raises(JsonRpcException, match="kb rename"):
            rename(editor, "notes/la/plain.md", "[[rank", 4, "matrix-rank")
        return
    files = rename(editor, "notes/la/plain.md", "[[rank", 4, "matrix-rank")
    assert files["notes/matrix-rank.md"].startswith("---\nconcept: rank\n")
    assert "See [[matrix-rank]]" in files["notes/la/plain.md"]


def test_files_that_move_in_the_editors_tree_keep_their_links(editor: Editor) -> None:
    moved = lsp.FileRename(editor.uri("notes/eigen.md"), editor.uri("notes/deep/arrows.md"))
    edit = editor.run(editor.client.workspace_will_rename_files_async(lsp.RenameFilesParams([moved])))
    files = editor.applied(edit)
    assert "then [[arrows#Visual" in files["notes/rank.md"]
    assert "(../deep/arrows.md#visual" in files["notes/la/plain.md"]


def test_results_of_code_follow_a_file_that_was_moved_in_the_tree(editor: Editor) -> None:
    write(editor.root, "notes/coded.md", "# Coded\n\n```python\nx = 1\n```\n")
    write(editor.root, ".kb/results/notes/coded.md.json", "{}")
    files = [lsp.FileEvent(editor.uri("notes/coded.md"), lsp.FileChangeType.Created)]
    editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams(files))
    found = editor.run(editor.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("coded")))
    assert found
    (editor.root / "notes/coded.md").rename(editor.root / "notes/la/coded.md")
    moved = lsp.FileRename(editor.uri("notes/coded.md"), editor.uri("notes/la/coded.md"))
    editor.client.workspace_did_rename_files(lsp.RenameFilesParams([moved]))
    editor.replace("notes/rank.md", 2, 0, 0, "")  # answered after it
    assert (editor.root / ".kb/results/notes/la/coded.md.json").exists()
    assert not (editor.root / ".kb/results/notes/coded.md.json").exists()


def test_a_name_with_blanks_and_umlauts_is_told_as_the_editor_writes_it(editor: Editor) -> None:
    """The findings of a document belong to the address that the editor gave, escapes and all."""
    write(editor.root, "notes/Grüße – und mehr.md", "# Grüße\n")
    found = editor.open("notes/Grüße – und mehr.md", "# Grüße\n\n[[nirgendwo hin]]\n")
    assert [d.code for d in found] == ["KB201"]


def test_a_file_outside_of_any_notebook_is_left_alone(editor: Editor, tmp_path: Path) -> None:
    write(tmp_path, "loose.md", "# Loose [[x]]\n")
    document = lsp.TextDocumentIdentifier((tmp_path / "loose.md").as_uri())
    shown = editor.run(editor.client.text_document_hover_async(lsp.HoverParams(document, lsp.Position(0, 9))))
    assert shown is None
