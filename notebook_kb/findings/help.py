"""What is said of a finding code."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, INFO = "error", "warning", "info"


@dataclass(frozen=True, slots=True)
class CodeHelp:
    """What `kb explain` says: `wrong` and `right` are a small example.

    `many` names several findings of the code in one line: "2,006 links to notes that are not written yet";
    `together`: several are always one line.
    """

    severity: str
    title: str
    why: str
    mend: str
    wrong: str = ""
    right: str = ""
    many: str = ""
    together: bool = False
