"""The codes of findings about pictures, and about what readers would miss who do not see a page."""

from __future__ import annotations

from notebook_kb.findings.help import INFO, WARNING, CodeHelp

ONLY_PUBLISHED = "It is said only of notes with `publish: true`."

PICTURES: dict[str, CodeHelp] = {
    "KB620": CodeHelp(
        INFO,
        "A picture without words",
        "Who cannot see it, or reads a copy without pictures, learns nothing of it. The words stand between the "
        f"brackets and are not shown beside the picture. {ONLY_PUBLISHED}",
        'Say in a sentence what it shows. If it only decorates, write it as <img src="…" alt="">.',
        "![](line.svg)",
        "![A line through two points, rising by m](line.svg)",
        many="pictures without words",
        together=True,
    ),
    "KB621": CodeHelp(
        INFO,
        "Words of a picture that say nothing",
        f"The name of a file, or `picture`, is read aloud and helps nobody. {ONLY_PUBLISHED}",
        "Say in a sentence what the picture shows.",
        "![line.svg](line.svg)",
        "![A line through two points, rising by m](line.svg)",
        many="pictures whose words say nothing",
        together=True,
    ),
    "KB622": CodeHelp(
        INFO,
        "Words of a link that do not say where it leads",
        "Who listens to a page goes from link to link, and hears `here`, `here`, `here`. Search engines read the words "
        f"too. {ONLY_PUBLISHED}",
        "Link the words that name the thing.",
        "How ranks add up is told [here](ranks.md).",
        "Read [how ranks add up](ranks.md).",
        many="links whose words do not say where they lead",
        together=True,
    ),
    "KB623": CodeHelp(
        INFO,
        "A heading that skips a level",
        "Readers who cannot see the page go through it by its headings, as through a table of contents; a missing level "
        f"looks to them like a missing part. {ONLY_PUBLISHED}",
        "Use one # more than the heading above has, at most.",
        "## Visual\n\n#### A closer look",
        "## Visual\n\n### A closer look",
        many="headings that skip a level",
        together=True,
    ),
    "KB624": CodeHelp(
        WARNING,
        "A very large picture",
        "It goes out as it is: readers on a phone wait for it, and pay. Pictures above 2 MB that a published note shows "
        "are named.",
        "Save it smaller: 1,600 pixels wide are enough for a page, as JPEG or WebP a few hundred KB.",
        many="very large pictures",
    ),
    "KB625": CodeHelp(
        WARNING,
        "A kind of picture that pages cannot show",
        "Browsers do not show pictures of this kind (HEIC, TIFF, BMP, PSD, EPS and the like), so they are not published.",
        "Save it as PNG, JPEG, WebP or SVG.",
        "![The board after the lecture](board.heic)",
        "![The board after the lecture](board.jpg)",
        many="pictures of a kind that pages cannot show",
    ),
    "KB626": CodeHelp(
        INFO,
        "A table without a head",
        f"Who listens to a table hears the head of the column before each cell, or nothing. {ONLY_PUBLISHED}",
        "Say in the first row what each column holds.",
        "| | |\n|---|---|\n| m | slope |",
        "| sign | meaning |\n|---|---|\n| m | slope |",
        many="tables without a head",
        together=True,
    ),
    "KB627": CodeHelp(
        INFO,
        "A colour that the site drops",
        "Colours written into a note would not fit the site's dark look, and who sees no colours would miss what they say, "
        f"so the site leaves them out. {ONLY_PUBLISHED}",
        "Write **bold** or ==marked== words.",
        '<span style="color: red">not invertible</span>',
        "**not invertible**",
        many="colours that the site drops",
        together=True,
    ),
}
