"""The codes of findings about own words."""

from __future__ import annotations

from notebook_kb.findings.help import INFO, WARNING, CodeHelp

OWN_WORDS: dict[str, CodeHelp] = {
    "KB801": CodeHelp(
        WARNING,
        "Words of your source",
        "Twelve words in a row, or most of a sentence, also stand in an excerpt that you keep. Only what you say yourself shows you "
        "whether you have understood it, so these words do not count as written.",
        "Close the source and say it your own way; or mark it as a quote with > or quotation marks. If it is meant so, "
        "write <!-- own-words: ok --> in the section.",
        "The rank is the largest number of columns that are linearly independent of each other.",
        "Count the arrows that still point somewhere new: that is the rank.",
        many="places with words of your source",
    ),
    "KB802": CodeHelp(
        INFO,
        "Close to your source",
        "Several phrases also stand in an excerpt that you keep. That may be honest: some things can hardly be said otherwise.",
        "Try once more with the source closed. If it is meant so, write <!-- own-words: ok --> in the section.",
        many="places close to your source",
    ),
    "KB803": CodeHelp(
        INFO,
        "A text of no source",
        "A text in sources/ is compared with your words where a note names its source. This one is named like none, or cannot be "
        "read, so words that were pasted from it are not found.",
        "Name the file, or its folder, like the source (its id, title or alias, as in Source: mml), or write source: mml into its head; "
        "save it as UTF-8 text.",
        "sources/chapter two.txt",
        "sources/mml/chapter two.txt",
        many="texts of no source",
    ),
}
