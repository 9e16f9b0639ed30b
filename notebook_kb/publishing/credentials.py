"""Where tokens are kept: the environment, the system's keyring, a file in the user's own folder."""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.files.config_folder import config_folder
from notebook_kb.files.failures import failed
from notebook_kb.files.temps import discard, sync_folder, write_part
from notebook_kb.publishing import contracts
from notebook_kb.publishing.problems import RefusedError
from notebook_kb.publishing.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

Service = Literal["linkedin", "medium", "devto"]
SERVICES: tuple[Service, ...] = ("linkedin", "medium", "devto")
VARIABLES: Mapping[Service, str] = {
    "linkedin": "KB_LINKEDIN_TOKEN",
    "medium": "KB_MEDIUM_TOKEN",
    "devto": "KB_DEVTO_KEY",
}
NAMES: Mapping[Service, str] = {"linkedin": "LinkedIn", "medium": "Medium", "devto": "dev.to"}
_SHELF = "notebook-kb"
_SETTINGS_NAME = "notebook.yml"
# What may stand in a header; anything else was pasted by mistake.
_TOKEN = re.compile(r"[\x21-\x7e]{1,4000}\Z")
_FIELDS = ("token", "expires_at", "client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class Credential:
    """A token with the moment it ends (None: not known), where it came from, and the own app's id and secret."""

    token: Secret
    expires_at: datetime | None = None
    source: str = ""
    client_id: str = ""
    client_secret: Secret | None = None


def credentials_path(environment: Mapping[str, str] | None = None) -> Path:
    """`credentials.toml` in the user's configuration folder."""
    return config_folder(environment) / "credentials.toml"


def find_credential(service: Service) -> Credential | None:
    """The credential of a service: the environment's, the keyring's, the file's; None if there is none.

    Raises `UsageError` for a file that others can read or that lies in a notebook, and for a broken one.
    """
    variable = VARIABLES[service]
    if value := os.environ.get(variable, "").strip():
        return Credential(checked_token(value, variable), source=variable)
    return _from_keyring(service) or _from_file(service)


def require_credential(service: Service, now: datetime) -> Credential:
    """The credential, which must exist and not have expired. Raises `RefusedError` else, as `find_credential` too."""
    found = find_credential(service)
    if found is None or not found.token:
        raise RefusedError(f"no {NAMES[service]} token", f"Run: kb auth {service}.")
    if found.expires_at and found.expires_at <= now:
        day = found.expires_at.date().isoformat()
        lasts = (
            f" (they last {contracts.number('linkedin.token_days')} days)" if service == "linkedin" else ""
        )
        raise RefusedError(
            f"{NAMES[service]} token expired on {day}{lasts}. Nothing was posted.",
            f"Run: kb auth {service}.",
        )
    return found


def expiry_warning(service: Service, found: Credential, now: datetime) -> str:
    """What to say when the token ends soon, '' else."""
    if found.expires_at is None or (found.expires_at - now).days >= contracts.number(
        "linkedin.token_warn_days"
    ):
        return ""
    return f"the {NAMES[service]} token ends on {found.expires_at.date().isoformat()}; kb auth {service} gets a new one"


def store_credential(service: Service, credential: Credential) -> str:
    """Keep a credential in the keyring if one works here, else in the file; returns where, in words."""
    values = _values(credential)
    if ring := _keyring():
        ring.set_password(_SHELF, service, json.dumps(values))
        return "the system's keyring"
    path = credentials_path()
    _write_file(path, {**_read_file(path), service: values})
    return str(path)


def forget_credential(service: Service) -> list[str]:
    """Delete a service's credential wherever it is kept; returns the places. The environment is left alone."""
    places = []
    if (ring := _keyring()) and ring.get_password(_SHELF, service) is not None:
        ring.delete_password(_SHELF, service)
        places.append("the system's keyring")
    path = credentials_path()
    table = _read_file(path)
    if table.pop(service, None) is not None:
        _write_file(path, table)
        places.append(str(path))
    return places


def checked_token(value: str, where: str) -> Secret:
    """A token as typed, without blanks around it. Raises `UsageError`, which does not show it, if it cannot be one."""
    token = value.strip()
    if not _TOKEN.match(token):
        raise UsageError(
            f"{where}: this is no token: it is empty, too long or holds blanks or letters outside ASCII",
            "Copy it again, on one line and without quotes.",
        )
    return Secret(token)


def _values(credential: Credential) -> dict[str, str]:
    """The fields as texts, those that are set."""
    ends = credential.expires_at.isoformat() if credential.expires_at else ""
    client = credential.client_secret.reveal() if credential.client_secret else ""
    found = dict(zip(_FIELDS, (credential.token.reveal(), ends, credential.client_id, client), strict=True))
    return {key: value for key, value in found.items() if value}


def _credential(values: Mapping[str, Any], where: str) -> Credential:
    """The credential of a table. Raises `UsageError` for a field that does not fit."""
    if any(not isinstance(values.get(name, ""), str) for name in _FIELDS):
        raise UsageError(f"{where}: each field is a text in quotes", "Write it anew with: kb auth.")
    ends = values.get("expires_at", "")
    try:
        moment = datetime.fromisoformat(ends) if ends else None
    except ValueError as error:
        raise UsageError(f"{where}: `expires_at` is no time", "Write it anew with: kb auth.") from error
    if moment is not None and moment.tzinfo is None:
        raise UsageError(f"{where}: `expires_at` has no time zone", "Write for example 2026-12-01T00:00:00Z.")
    client = values.get("client_secret", "")
    return Credential(
        token=checked_token(values.get("token", ""), where) if values.get("token") else Secret(""),
        expires_at=moment,
        source=where,
        client_id=values.get("client_id", ""),
        client_secret=Secret(client) if client else None,
    )


def _keyring() -> Any:
    """The keyring module if it is installed and has a backend that keeps anything, else None."""
    try:
        import keyring  # noqa: PLC0415 - optional, and slow to load
        from keyring.errors import KeyringError  # noqa: PLC0415 - the same
    except ImportError:
        return None
    try:
        works = keyring.get_keyring().priority > 0
    except (KeyringError, RuntimeError):
        return None
    return keyring if works else None


def _from_keyring(service: Service) -> Credential | None:
    """What the keyring has; a locked or broken keyring is taken as an empty one."""
    ring = _keyring()
    if ring is None:
        return None
    try:
        kept = ring.get_password(_SHELF, service)
        values = json.loads(kept) if kept else None
    except (ring.errors.KeyringError, ValueError):
        return None
    return _credential(values, "the system's keyring") if isinstance(values, dict) else None


def _from_file(service: Service) -> Credential | None:
    """What the file has."""
    path = credentials_path()
    values = _read_file(path).get(service)
    return _credential(values, f"{path}: [{service}]") if values else None


def _read_file(path: Path) -> dict[str, dict[str, Any]]:
    """The tables of the credentials file, {} without one. Raises `UsageError` if it is not safe or not TOML."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise failed("read", path, error) from error
    with open(handle, "rb") as file:  # noqa: PTH123 - an open handle has no path
        _refuse_unsafe(path, os.fstat(file.fileno()))
        data = file.read(1 << 20)
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The parser's own words could quote the token.
        raise UsageError(f"{path}: it is not TOML", "Delete it and run kb auth again.") from None
    if any(not isinstance(value, dict) for value in table.values()):
        raise UsageError(f"{path}: it holds one table for each service", "Delete it and run kb auth again.")
    return table


def _refuse_unsafe(path: Path, facts: os.stat_result) -> None:
    """Stop at a file that others can read, that is not a file, or that lies in a notebook."""
    if not stat.S_ISREG(facts.st_mode):
        raise UsageError(f"{path}: it is not a file", "Move it away and run kb auth again.")
    if os.name == "posix" and facts.st_mode & 0o077:
        raise UsageError(
            f"{path}: others can read it, and it holds tokens", f"Run: chmod 600 {path}; then get new tokens."
        )
    _refuse_in_notebook(path)


def _refuse_in_notebook(path: Path) -> None:
    """Stop at a place inside a notebook, reached directly or by a link: what lies there is shared and published."""
    for start in (Path(os.path.abspath(path)), Path(os.path.realpath(path))):  # noqa: PTH100 - the path as typed
        for folder in start.parents:
            if (folder / _SETTINGS_NAME).exists():
                raise UsageError(
                    f"{path}: it lies in the notebook {folder}, from where a token would be shared",
                    "Set XDG_CONFIG_HOME to a folder outside of any notebook, and get new tokens.",
                )


def _write_file(path: Path, table: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the tables in one step; at no moment can others read them."""
    _refuse_in_notebook(path)
    lines = ["# Tokens of kb. Nobody else may read this file."]
    for name in sorted(table):
        lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table[name].items())]
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # An own temporary file with nobody else's bits from its first moment on, then one renaming.
        part = write_part(path.parent, ("\n".join(lines) + "\n").encode(), mode=0o600)
        try:
            part.replace(path)
        except OSError:
            discard(part)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise failed("write", path, error) from error


def _toml(value: object) -> str:
    """A value of TOML; JSON's texts are TOML's too."""
    if not isinstance(value, str | int | bool):
        raise EnvironmentFailedError(
            "credentials.toml: a field is neither a text nor a number", "Delete that field."
        )
    return json.dumps(value).replace("\x7f", "\\u007f")
