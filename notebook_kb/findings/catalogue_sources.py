"""The codes of findings about sources, concepts and the roadmap."""

from __future__ import annotations

from notebook_kb.findings.help import INFO, WARNING, CodeHelp

SOURCES: dict[str, CodeHelp] = {
    "KB301": CodeHelp(
        WARNING,
        "A source that looks like a typing slip",
        "Any words may name a source. These are so near to a known one that it was probably meant.",
        "Write the id of the source (`kb roadmap show` lists them).",
        "## Visual — 3b1b-el",
        "## Visual — 3b1b-ela",
        many="sources that look like typing slips",
    ),
    "KB302": CodeHelp(
        WARNING,
        "The concept is not on the roadmap",
        "The note counts for no concept of the roadmap.",
        "Correct the name, or add the concept to roadmap.yml.",
        "concept: egien",
        "concept: eigen",
        many="notes on concepts that are not on the roadmap",
    ),
    "KB303": CodeHelp(
        WARNING,
        "Two notes for one concept",
        "One note is the concept's: the one with `concept:`, else the first by path. The other counts for nothing.",
        "Put both together, or make one a reading with `source:`.",
        "concept: rank   # in rank.md\nconcept: rank   # in rank-again.md",
        "concept: rank   # in rank.md\nsource: mml      # in rank-again.md",
        many="second notes for one concept",
    ),
    "KB304": CodeHelp(
        WARNING,
        "The roadmap names something that it does not define",
        "A prerequisite, source, angle or concept that is named in roadmap.yml leads nowhere, or prerequisites need each "
        "other in a circle. What is named is left out of suggestions and of the map.",
        "Correct the name at the place named, define it, or take it out. What was dropped with `drop:` needs no mending.",
        "needs: [matrix]",
        "needs: [matrices]",
        many="names in the roadmap that lead nowhere",
    ),
    "KB305": CodeHelp(
        WARNING,
        "An unknown angle",
        "A reading explains at the angle of its head, else at that of its source. This one names an angle that the roadmap "
        "does not have, so the reading counts as an explanation of nothing.",
        "Write an angle of the roadmap: visual, simple or formal, if it has not its own.",
        "angle: simpel",
        "angle: simple",
        many="unknown angles",
    ),
    # formulas
    "KB306": CodeHelp(
        INFO,
        "A heading that is nearly the name of a part",
        "A concept's note is read by its headings: angles such as Visual, parts such as Example. Other words are fine, and what "
        "stands below them counts for no part; these differ from a known name by a slip of the fingers.",
        "Write the name as it is; `kb show` shows how each heading was read.",
        "## Visaul",
        "## Visual",
        many="headings that are nearly the name of a part",
    ),
}
