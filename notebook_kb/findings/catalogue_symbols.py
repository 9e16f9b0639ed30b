"""The codes of findings about formulas and what is said of their symbols."""

from __future__ import annotations

from notebook_kb.findings.help import INFO, WARNING, CodeHelp

SYMBOLS: dict[str, CodeHelp] = {
    "KB411": CodeHelp(
        INFO,
        "A symbol of a formula has no words",
        "The list below the formula was begun, and a letter of the formula is not in it yet. A formula is understood when "
        "each of its letters has been said in plain words.",
        "Write a line for it; `kb check --fix` puts in the lines to fill. What needs no words in this note can be left "
        "out with <!-- symbols: ignore x --> below the formula.",
        "$$ y = m x + b $$\n\n- $m$: the slope\n- $y$: the output",
        "$$ y = m x + b $$\n\n- $m$: the slope\n- $b$: the start\n- $x$, $y$: what goes in and what comes out",
        many="formulas with symbols that have no words",
    ),
    "KB412": CodeHelp(
        WARNING,
        "A symbol is described that does not stand in the formula",
        "The line explains a letter that readers look for in vain: it was renamed in the formula, or is drawn in another "
        "way there (x and \\mathbf{x} are two letters).",
        "Write the letter as it stands in the formula, or take the line out.",
        "$$ y = m x + b $$\n\n- $k$: the slope",
        "$$ y = m x + b $$\n\n- $m$: the slope",
        many="lines about symbols that do not stand in the formula",
    ),
    "KB413": CodeHelp(
        INFO,
        "One symbol with two meanings",
        "Two lists of the note describe the same letter in words that have nothing in common. If these are two things, a "
        "reader cannot know which of them a formula means; if they are one, nothing needs to be done.",
        "Use another letter in one of the formulas, or the same words in both lists.",
        "- $x$: the input\n\n- $x$: a weight",
        "- $x$: the input\n\n- $w$: a weight",
        many="symbols with two meanings",
    ),
    "KB414": CodeHelp(
        WARNING,
        "TeX is left over in a sentence read aloud",
        "The sentence is there to be spoken. It stands on cards, in alternative texts and in what is read by a screen "
        "reader, where signs of TeX mean nothing.",
        "Say it in words: “x squared” for x^2.",
        "Read aloud: y is \\frac{a}{b}",
        "Read aloud: y is a over b",
        many="sentences read aloud with TeX in them",
    ),
    "KB415": CodeHelp(
        INFO,
        "Words in a formula without \\text",
        "Letters side by side are a product for the page: they get the spaces of one, and each would be a symbol of its own.",
        "Write \\text{…} around words, \\operatorname{…} around the name of a function.",
        "$$ warmup\\_steps $$",
        "$$ \\text{warmup steps} $$",
        many="words in formulas without \\text",
    ),
    "KB416": CodeHelp(
        INFO,
        "The symbols of a formula were not checked",
        "The formula cannot be read, so nobody knows its symbols. Coverage says “not judged yet” of it.",
        "Mend the formula first: another finding says what is wrong with it.",
        many="formulas whose symbols were not checked",
    ),
}
