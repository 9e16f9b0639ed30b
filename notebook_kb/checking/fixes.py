"""How findings are mended, as values: `check --fix` does the safe ones, editors offer all.

A fix is safe where nobody could have meant the text otherwise. None of them makes a note public: where a mended head
would, the fix is only offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.checking import head_fixes, text_fixes
from notebook_kb.checking.symbol_rows import symbol_fixes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from notebook_kb.findings import Finding
    from notebook_kb.model.edit import Fix
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

    Mend = Callable[[Notebook, Note, str, Finding], Iterator[Fix]]
    MendNote = Callable[[Notebook, Note, str], Iterable[Fix]]

# code → the fixes of one finding of that code
FIXES: Mapping[str, Mend] = {
    "KB101": head_fixes.broken_head,
    "KB102": head_fixes.doubled_key,
    "KB104": head_fixes.as_read,
    "KB106": head_fixes.clear_date,
    "KB107": head_fixes.known_key,
    "KB108": head_fixes.known_type,
    "KB201": text_fixes.known_target,
    "KB202": text_fixes.whole_path,
    "KB203": text_fixes.known_name,
    "KB204": text_fixes.known_target,
    "KB210": text_fixes.embed_to_link,
    "KB301": text_fixes.known_name,
    "KB302": text_fixes.known_name,
    "KB305": text_fixes.known_name,
    "KB401": text_fixes.tex_command,
    "KB403": text_fixes.close_formula,
    "KB501": text_fixes.close_comment,
    "KB502": text_fixes.private_callout,
    "KB503": text_fixes.into_callout,
    "KB506": text_fixes.meant_comment,
    "KB605": text_fixes.known_name,
    "KB606": text_fixes.heading_blank,
    "KB623": text_fixes.heading_level,
    "KB705": text_fixes.without_card_id,
}
# what mends several findings of a note at once, such as the missing rows of its lists of symbols; by the codes that it
# mends, so that nothing is looked for where none of them was found
NOTE_FIXES: Mapping[frozenset[str], MendNote] = {frozenset({"KB411"}): symbol_fixes}


def fixes_of(notebook: Notebook, note: Note, text: str, findings: Iterable[Finding]) -> list[Fix]:
    """The ways to mend findings of one note, in the order of the findings.

    `text` is what the note's file holds (a byte order mark may stay); findings of other files are left out.
    """
    own = [f for f in findings if f.path == note.path]
    found = [fix for f in own if f.code in FIXES for fix in FIXES[f.code](notebook, note, text, f)]
    codes = {f.code for f in own}
    for mended, make in NOTE_FIXES.items():
        if mended & codes:
            found += make(notebook, note, text)
    return found
