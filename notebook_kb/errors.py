"""Exceptions that stop a command. What is wrong inside a note is a finding, never one of these."""

from __future__ import annotations


class NotebookError(Exception):
    """A command cannot go on.

    `message` says what, where and why; `hint` says how to mend it; `exit_code` is the process's
    (1: the environment failed, 2: wrong use, no notebook or bad settings, 3: a person must act); `code` is the stable
    word that `--json` shows as `error.code`.
    """

    exit_code = 1
    code = "failed"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(NotebookError):
    """Wrong use: an unknown name, a value that does not fit, no notebook here, bad settings."""

    exit_code = 2
    code = "usage"


class NoNotebookError(UsageError):
    """No `notebook.yml` in this folder or any folder above it."""

    code = "no-notebook"


class SettingsError(UsageError):
    """`notebook.yml` or `roadmap.yml` cannot be used as it is; the message holds `path:line:column`."""

    code = "settings"


class ChangedSinceReadError(NotebookError):
    """A file on disk is not what was read, so it was not overwritten."""

    code = "changed"


class EnvironmentFailedError(NotebookError):
    """The machine said no: disk full, permission, a lock that another process holds."""

    code = "environment"


class NotTrustedError(NotebookError):
    """The notebook's code may not be run on this computer until the person says so."""

    exit_code = 3
    code = "not-trusted"


class LeakError(NotebookError):
    """The built pages hold words that are private; the old site was left as it was."""

    code = "leak"
