"""Every finding code: its usual severity, its name, why it matters and how to mend it. `kb explain CODE` prints it."""

from __future__ import annotations

from notebook_kb.findings.catalogue_cards import CARDS
from notebook_kb.findings.catalogue_code import CODE
from notebook_kb.findings.catalogue_own_words import OWN_WORDS
from notebook_kb.findings.catalogue_pictures import PICTURES
from notebook_kb.findings.catalogue_sources import SOURCES
from notebook_kb.findings.catalogue_symbols import SYMBOLS
from notebook_kb.findings.help import ERROR, INFO, WARNING, CodeHelp

__all__ = ["CATALOGUE", "CodeHelp"]

CATALOGUE: dict[str, CodeHelp] = {
    # head
    "KB101": CodeHelp(
        ERROR,
        "The head cannot be read",
        "The head is the YAML between the two --- lines. While it cannot be read nobody knows whether the note may "
        "be published, so it stays private and its title is taken from the text.",
        "Look at the place that is named. Most often a quote is not closed or a list is indented unevenly.",
        'title: "Rank',
        'title: "Rank"',
        many="heads that cannot be read",
    ),
    "KB102": CodeHelp(
        ERROR,
        "A key stands twice in the head",
        "Only one of the two can be meant, and guessing could publish what should be private. The note stays private.",
        "Delete one of the two lines.",
        "publish: true\npublish: false",
        "publish: false",
        many="heads with a key that stands twice",
    ),
    "KB103": CodeHelp(
        ERROR,
        "A flag is unclear",
        "publish and draft take true or false. Anything else keeps the note private.",
        "Write true or false.",
        "publish: maybe",
        "publish: true",
        many="unclear flags",
    ),
    "KB104": CodeHelp(
        WARNING,
        "A value of the head was read as it was meant",
        "YAML reads this line in another way than people do: a colon with a blank starts a new key, [[x]] is a list "
        "in a list, a comma does not separate.",
        "Put the value in quotes, or write a list. `kb check --fix` does it.",
        "title: Bayes: by counting",
        'title: "Bayes: by counting"',
        many="values of heads that were read as they were meant",
    ),
    "KB105": CodeHelp(
        ERROR,
        "Conflict marks of git",
        "Two versions of the note were merged and nobody chose. The note stays private until it is settled.",
        "Keep the lines that you want and delete the <<<<<<<, ======= and >>>>>>> lines.",
        "<<<<<<< HEAD\nRank counts columns.\n=======\nRank counts rows.\n>>>>>>> other",
        "Rank counts rows, or columns: both agree.",
        many="notes with conflict marks",
    ),
    "KB106": CodeHelp(
        WARNING,
        "A value of the head has the wrong kind",
        "The key takes another kind of value, so it was left out.",
        "Write the kind of value that the message names.",
        "date: soon",
        "date: 2026-11-20",
        many="values of heads of the wrong kind",
    ),
    "KB107": CodeHelp(
        WARNING,
        "A key looks like a typing slip",
        "Unknown keys are kept and ignored. This one is so near to a known one that it was probably meant.",
        "Correct the key. If it is one of your own, write `check: {KB107: off}` into the head, or into notebook.yml.",
        "pubilsh: true",
        "publish: true",
        many="keys that look like typing slips",
    ),
    "KB108": CodeHelp(
        WARNING,
        "An unknown note type",
        "A note is a concept, a reading, a post or a page. Without a known type it is told from its other keys.",
        "Write one of the four, or leave the key out.",
        "type: essay",
        "type: post",
        many="unknown note types",
    ),
    "KB109": CodeHelp(
        ERROR,
        "The note cannot be read as text",
        "The file is binary, not UTF-8 or too large, so it was left alone: not listed, not searched, not published.",
        "Save it as UTF-8 text, or move it out of the notes or into `ignore:` of notebook.yml.",
        many="notes that cannot be read as text",
    ),
    # links
    "KB201": CodeHelp(
        INFO,
        "A link to a note that is not written yet",
        "That is normal while a notebook grows. On the site the words stay, without a link.",
        "Write the note (`kb write NAME`; outside the roadmap `kb new page NAME`), or correct the name.",
        "[[egien]]",
        "[[eigen]]",
        many="links to notes that are not written yet",
    ),
    "KB202": CodeHelp(
        WARNING,
        "A link fits several notes",
        "Two notes have this name, and no rule prefers one.",
        "Write the path: [[calculus/rank]].",
        "[[rank]]",
        "[[calculus/rank]]",
        many="links that fit several notes",
    ),
    "KB203": CodeHelp(
        WARNING,
        "The heading of a link does not exist",
        "The note is there, the heading or block is not, so the link leads to the top of the page.",
        "Correct the part behind #.",
        "[[rank#Visaul]]",
        "[[rank#Visual]]",
        many="links to headings that do not exist",
    ),
    "KB204": CodeHelp(
        WARNING,
        "A picture or file is missing",
        "The file is not in the notebook, so readers would see nothing.",
        "Put the file there or correct the path.",
        "![The line](img/lin.png)",
        "![The line](img/line.png)",
        many="pictures or files that are missing",
    ),
    "KB205": CodeHelp(
        ERROR,
        "Two notes want one address, or a note one that no page can have",
        "One page would overwrite the other, or no file can have such a name, so nothing is built.",
        "Give one of them a `slug:` or `permalink:` of its own.",
        "# in notes/a b.md and in notes/a-b.md\n(no slug)",
        "# in notes/a-b.md\nslug: a-b-again",
        many="notes that want an address that is taken",
    ),
    "KB206": CodeHelp(
        INFO,
        "A link that other readers cannot follow",
        "The site links to https:, http: and mailto: addresses and to what is in the notebook. Of any other "
        "link the words stay.",
        "Link to a note or a file of the notebook, or use a web address.",
        "[my plan](obsidian://open?file=plan)",
        "[[plan|my plan]]",
        many="links that other readers cannot follow",
    ),
    "KB207": CodeHelp(
        INFO,
        "An old address that cannot lead here",
        "An alias that begins with `/`, or ends with `/` or `.html`, is an address at which the page stood before; it gets a small page that leads on. "
        "Where a page or another note has that address already, none can be made.",
        "Take it out of `aliases:`, or give the other page another address.",
        "aliases: [/roadmap/]",
        "aliases: [/2019/roadmap-of-mine/]",
        many="old addresses that cannot lead to their page",
    ),
    "KB208": CodeHelp(
        WARNING,
        "Two blocks with one id",
        "A link or an embed by this id leads to the first of them; the other cannot be reached.",
        "Give one of them another id.",
        "one thing ^note\n\nanother thing ^note",
        "one thing ^note\n\nanother thing ^other",
        many="ids that two blocks have",
    ),
    "KB210": CodeHelp(
        WARNING,
        "An embed leads back to itself",
        "A note would be shown inside itself without end. The page shows it once; where it would begin again stands the "
        "chain of notes that leads back.",
        "Make one of the embeds a link, or embed only the section that is needed.",
        "![[a]]   # in b.md, which a.md embeds",
        "[[a]]",
        many="embeds that lead back to themselves",
    ),
    # sources and concepts
    **SOURCES,
    "KB401": CodeHelp(
        ERROR,
        "A formula cannot be read",
        "The page shows its source instead, with the reason.",
        "Mend the LaTeX at the place named. Own commands belong under `macros:` in notebook.yml or in the head.",
        r"$\fraq{1}{2}$",
        r"$\frac{1}{2}$",
        many="formulas that cannot be read",
    ),
    "KB402": CodeHelp(
        INFO,
        "A formula is shown more simply than it is written",
        "Part of its look has no counterpart in MathML.",
        "Nothing needs to be done.",
        many="formulas that are shown more simply than they are written",
    ),
    "KB403": CodeHelp(
        WARNING,
        "A display formula is not closed",
        "A line starts with $$ and no line ends the formula, so it stays text.",
        "Write the closing $$ on a line of its own.",
        "$$\ny = mx + b",
        "$$\ny = mx + b\n$$",
        many="display formulas that are not closed",
    ),
    # privacy
    "KB501": CodeHelp(
        ERROR,
        "A private comment is not closed",
        "Everything up to the end of the note is taken as private, so that nothing private gets out.",
        "Write the closing %% or -->.",
        "%% only for me",
        "%% only for me %%",
        many="private comments that are not closed",
    ),
    "KB502": CodeHelp(
        WARNING,
        "A callout or a heading looks private",
        "It resembles, or begins like, excerpt or private, so it was kept out of everything public.",
        "Write [!excerpt], [!private] or the heading `Private` if it is meant so, else choose other words.",
        "> [!excerp]",
        "> [!excerpt]",
        many="callouts and headings that look private",
    ),
    "KB503": CodeHelp(
        INFO,
        "Text follows a private callout at once",
        "A blank line ends a callout. What follows is public although it looks as if it belonged to it.",
        "Start the line with > if it is private; else put a heading or a sentence of your own between.",
        many="places where text follows a private callout at once",
    ),
    "KB504": CodeHelp(
        INFO,
        "A publish key of another tool",
        "The key says that another tool would publish this note. Here only `publish: true` does.",
        "Run `kb publish NAME` if the note may be public.",
        "dg-publish: true",
        "publish: true",
        many="notes that another tool would publish",
        together=True,
    ),
    "KB505": CodeHelp(
        INFO,
        "A public note leads to one that is not published",
        "On the site the words stay as you typed them, without a link; nothing else of the other note is shown. "
        "Only the words that you typed can tell what is private.",
        "Nothing needs to be done. Publish the other note, or write other words for the link.",
        "[[my-salary-model]]",
        "[[my-salary-model|a model of mine]]",
        many="links from public notes to notes that are not published",
    ),
    "KB506": CodeHelp(
        INFO,
        "A %% behind a word hides whole paragraphs",
        "All between two %% is private. This one stands at the end of a word or number, as a slip does, and the one that "
        "closes it stands in a later paragraph.",
        "Write one % if a per cent is meant, or put a blank before the %% that opens a private part.",
        "100%% sure\n\nhidden text %% more",
        "100% sure\n\nshown text",
        many="places where %% behind a word hides whole paragraphs",
    ),
    # limits
    "KB601": CodeHelp(
        WARNING,
        "Nested too deep",
        "Lists or quotes deeper than the limit are not read further; the page would lose their text.",
        "Use fewer levels.",
        many="places that are nested too deep",
    ),
    "KB610": CodeHelp(
        INFO,
        "Only another program can draw or run this",
        "Mermaid, Dataview, Templater and the like are run by other programs. Here they are shown as they are written, "
        "and nothing is ever run.",
        "Save a diagram as an SVG or PNG and embed the picture. In place of a query write the list, or link to a tag: "
        "the site has a page for each.",
        "```mermaid\ngraph TD; A-->B\n```",
        "![A leads to B](a-to-b.svg)",
        many="blocks that only another program can draw or run",
    ),
    "KB602": CodeHelp(
        WARNING,
        "A very large note",
        "It takes long to read and to show.",
        "Cut it into several notes.",
        many="very large notes",
    ),
    "KB603": CodeHelp(
        WARNING,
        "A copy made by a sync conflict",
        "Such a copy is never read as a note, so what is only in it would be forgotten.",
        "Compare it with the note, keep what you want, delete the copy.",
        many="copies made by sync conflicts",
    ),
    "KB604": CodeHelp(
        WARNING,
        "A file was left out",
        "It is a link out of the notebook, no ordinary file, cannot be read, or is an SVG that could run a script.",
        "Put a copy of the file into the notebook; save an SVG again as a plain one.",
        many="files that were left out",
    ),
    "KB605": CodeHelp(
        INFO,
        "Silences a code that does not exist",
        "A comment `kb: off` or `check:` in the head names a code that no finding has, so it silences nothing.",
        "Correct the code, or delete it. `kb check` shows the code of each finding.",
        "<!-- kb: off KB230 -->",
        "<!-- kb: off KB203 -->",
        many="comments that silence a code that does not exist",
    ),
    "KB607": CodeHelp(
        WARNING,
        "A block of code is never closed",
        "From its first line on everything is code, up to the end of the note, the list or the quote, or to the end of the next block: "
        "what stands there is not read as text, its cards are no cards.",
        "Write the same three signs on a line of its own where the code ends.",
        "```python\nx = 1\n\n## Cards",
        "```python\nx = 1\n```\n\n## Cards",
        many="blocks of code that are never closed",
    ),
    "KB606": CodeHelp(
        WARNING,
        "A line that looks like a heading and is text",
        "Markdown wants a blank between the # and the words, and a no-break blank (Alt+Space on some keyboards) is none. "
        "The part below belongs to the heading above, and counts for that.",
        "Put a blank behind the last #. `kb check --fix` does it.",
        "##Visual",
        "## Visual",
        many="lines that look like headings and are text",
    ),
    **PICTURES,
    "KB609": CodeHelp(
        WARNING,
        "A renaming was interrupted",
        "The program was ended while it renamed something: some links may lead to the new name, some still to the old. "
        "What is left to do stands in this file, and nothing is lost.",
        "Run `kb rename --resume`; the next `kb rename` does it too.",
        many="renamings that were interrupted",
    ),
    **CARDS,
    **OWN_WORDS,
    **SYMBOLS,
    **CODE,
}
