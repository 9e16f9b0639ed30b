"""What stops a send, each kind with the exit code that the design gives it."""

from __future__ import annotations

from notebook_kb.errors import NotebookError


class PersonNeededError(NotebookError):
    """Only a person can say how to go on; nothing was sent."""

    exit_code = 3
    code = "person-needed"


class OutcomeUnknownError(PersonNeededError):
    """A request went out and no answer came: the post may exist. It is never sent again by itself."""

    code = "outcome-unknown"


class RenamedError(PersonNeededError):
    """A note that was sent has vanished, and this one looks like it. `candidates` are the vanished keys."""

    code = "renamed"

    def __init__(self, message: str, hint: str, candidates: tuple[str, ...]) -> None:
        super().__init__(message, hint)
        self.candidates = candidates


class RefusedError(NotebookError):
    """The service refused, or would (a token that expired). Nothing was posted. `status` is HTTP's, 0 for none."""

    exit_code = 4
    code = "refused"

    def __init__(self, message: str, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status
