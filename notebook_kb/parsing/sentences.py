"""Sentences of running text, English and German. Where it is unclear whether one ends, none does: nothing is cut in two."""

from __future__ import annotations

import re

# words that end with a full stop and end no sentence, without it; of German too, as notes mix languages
_WORDS = """
abb abbr al approx app bd bsp bspw bzw ca cf ch chap co cor corp def dept dr ed eds eg eq eqs est etc evtl fig figs
gen ggf gl hrsg ie inc incl inkl jr kap lem max mind min mio mr mrs ms nr no nos op p par pp prof prop ref refs resp
s sec sect sog sr st std str tab thm u usw v vgl viz vol vs z zb zit zzgl
"""
ABBREVIATIONS = frozenset(_WORDS.split())
END = re.compile(r"""[.!?…]+["'”’»›“‘)\]]*(?=\s)|[。！？]+[」』”）]*""")
LAST_WORD = re.compile(r"([^\W_]+)\.+[^\w\s]*$")
# so far back a last word is looked for: a whole book may be one paragraph
LONGEST_WORD = 100
FULL = re.compile(r"""[.!?…。！？]["'”’»›“‘)\]」』）]*$""")


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, in order, without the blanks between them."""
    found: list[str] = []
    start = 0
    for end in (*sentence_ends(text), len(text)):
        found.append(text[start:end].strip())
        start = end
    return [s for s in found if s]


def sentence_ends(text: str, *, small: bool = False) -> list[int]:
    """The offsets behind the mark of each sentence that ends; what follows the last one is no whole sentence.

    With `small` the next one may begin with a small letter, as people write who use no others.
    """
    return [match.end() for match in END.finditer(text) if _ends(text, match, small=small)]


def is_whole(sentence: str) -> bool:
    """Whether a sentence has its mark at the end."""
    return bool(FULL.search(sentence))


def _ends(text: str, match: re.Match[str], *, small: bool) -> bool:
    """Whether a mark ends a sentence: not behind an abbreviation, an initial or `3.`, nor (unless `small`) before a small
    letter.
    """
    after = text[match.end() :].lstrip()
    if after[:1].islower() and not (small and match[0][-1] in ".!?"):
        return False
    word = LAST_WORD.search(text[max(match.end() - LONGEST_WORD, 0) : match.end()])
    if match[0][0] != "." or not word:
        return True
    last = word[1]
    if last.isdigit():
        return len(last) > len("31")  # `am 3. Mai`, `Fig. 3. Mai`
    return len(last) > 1 and last.casefold() not in ABBREVIATIONS
