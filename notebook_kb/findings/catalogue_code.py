"""The codes of findings about code from scratch."""

from __future__ import annotations

from notebook_kb.findings.help import ERROR, INFO, WARNING, CodeHelp

CODE: dict[str, CodeHelp] = {
    "KB901": CodeHelp(
        ERROR,
        "The code failed when it was run",
        "All Python blocks of a note run in order, in one process. The last run ended at the line that is named, so the "
        "page shows the code as failed.",
        "Mend the code at that line, then `kb run NAME`.",
        "```python\nx = 1 / 0\n```",
        "```python\nx = 1 / 2\n```",
        many="notes whose code failed",
    ),
    "KB902": CodeHelp(
        WARNING,
        "The code is not from scratch",
        "The exercise is to write it oneself. The code uses what the exercise forbids, or a way around it: another "
        "library, the library's own function by another name, `eval` and the like, or a check that bends what it tests. "
        "In `python check` blocks references may be called.",
        "Write that step yourself, or move the reference into the `python check` block. The roadmap's `exercises:` say what "
        "is forbidden (`forbid:`) and allowed (`allow:`).",
        "r = np.linalg.matrix_rank(A)",
        "r = np.sum(pivots > tolerance)",
        many="places where code is not from scratch",
    ),
    "KB903": CodeHelp(
        WARNING,
        "The check proves nothing",
        "A proof is an `assert` in a `python check` block that calls what the code defines, can fail, and is reached. This "
        "one is true whatever the code does.",
        "Compare the result of your function with a value that you know, or with the library's.",
        "assert (rank(A) == 2, 'rank')",
        "assert rank(A) == 2, 'rank'",
        many="checks that prove nothing",
    ),
    "KB904": CodeHelp(
        INFO,
        "The code has changed since it was run",
        "What the page could show of the last run belongs to other code, so it is not shown.",
        "`kb run NAME` runs it again.",
        many="notes whose code has changed since it was run",
    ),
    "KB905": CodeHelp(
        WARNING,
        "The result of a run cannot be read",
        "The file in the state folder's `results/` is no result of `kb run`: damaged, cut by a merge, or made by something "
        "else. It is not used.",
        "`kb run NAME` writes it anew.",
        many="results of runs that cannot be read",
    ),
}
