"""The codes of findings about cards and the log of answers."""

from __future__ import annotations

from notebook_kb.findings.help import ERROR, WARNING, CodeHelp

CARDS: dict[str, CodeHelp] = {
    "KB701": CodeHelp(
        WARNING,
        "A question without an answer",
        "A card with nothing on its back cannot be checked, so it is never asked.",
        "Write the answer on a line that begins with A: below the question.",
        "Q: What does the rank count?",
        "Q: What does the rank count?\nA: The directions that survive.",
        many="questions without an answer",
    ),
    "KB702": CodeHelp(
        WARNING,
        "No level of a card",
        "The card is asked, but filters by level do not find it.",
        "Write easy, medium or hard, or leave the brackets out.",
        "Q[tricky]: What does the rank count?",
        "Q[hard]: What does the rank count?",
        many="cards with a level that is none",
    ),
    "KB703": CodeHelp(
        WARNING,
        "A line like a card's that makes no card",
        "It begins as a card does, but there is no question above it, or nothing is marked in it.",
        "Write the question right above the answer; in a cloze, mark what is asked: ==so==.",
        "C: The rank is at most the smaller side.",
        "C: The rank is at most ==the smaller side==.",
        many="lines like a card's that make no card",
    ),
    "KB704": CodeHelp(
        WARNING,
        "A card's id without its card",
        "What was answered belongs to this id; the question that it stood behind is gone.",
        "Put the question back, or delete the id: the answers stay in the log.",
        many="ids without their card",
    ),
    "KB705": CodeHelp(
        ERROR,
        "Two cards with one id",
        "Their histories would be mixed, so none of them is asked until one has another id.",
        "Delete the id behind the newer one (of a copied note: all of them); `kb cards sync` writes new ones.",
        many="cards that share an id",
    ),
    "KB706": CodeHelp(
        WARNING,
        "A card without its id, or a new one?",
        "It is almost the question of a card whose id is gone. Taking it for that card would be a guess.",
        "`kb cards sync` asks; or write the old id behind its answer yourself.",
        many="cards that may have lost their ids",
    ),
    "KB707": CodeHelp(
        WARNING,
        "The gaps of a cloze have changed places",
        "Gaps are counted from the left: each now has the other's history.",
        "Put them back in their order, or delete the id behind the cloze to begin anew.",
        many="clozes whose gaps have changed places",
    ),
    "KB708": CodeHelp(
        WARNING,
        "A line of the review log is damaged",
        "Each answer is one line with a checksum. This line is cut or was changed, so its answer does not count; all "
        "other lines do. A computer that was switched off while it wrote leaves such a line, and so does editing the file.",
        "Take the line from a backup or another computer if there is one; else delete it.",
        many="damaged lines of the review log",
    ),
    "KB709": CodeHelp(
        ERROR,
        "A newer kb wrote the review log",
        "Its lines may mean what this version does not know, so nothing of the log is read or written: a schedule made "
        "from half of a history would be wrong.",
        "Update kb on this computer: `pip install --upgrade notebook-kb`.",
        many="review logs of a newer kb",
    ),
    "KB710": CodeHelp(
        WARNING,
        "Answers from the future",
        "A clock was wrong when they were given. Their cards come back only long after that day.",
        "Set the clock right, then delete the lines of that day from the log: the cards are as they were before.",
        many="answers from the future",
    ),
}
