"""`kb auth`: the token of a service."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from notebook_kb.publishing.credentials import Credential, Service

_EPILOG = """Examples: kb auth linkedin

kb auth devto < key.txt (without a terminal the token is read from stdin, never from the command line)"""


@click.command(epilog=_EPILOG)
@click.argument("target", type=click.Choice(["linkedin", "medium", "devto"]))
@click.option("--check", is_flag=True, help="Ask the service whose token it is.")
@click.option("--forget", is_flag=True, help="Delete the token that is kept here.")
@click.option(
    "--no-browser", is_flag=True, help="Print the address for the browser, and paste the one it ends at."
)
@click.option("--port", type=click.IntRange(1, 65535), help="Where the browser comes back to (LinkedIn).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object (with --check).")
def auth(
    target: Service, check: bool, forget: bool, no_browser: bool, port: int | None, as_json: bool
) -> None:
    """Get and keep the token of TARGET: linkedin, medium or devto.

    It is kept in the system's keyring if one works, else in a file that only you can read, outside of the notebook.
    """
    from notebook_kb.cli.console import note
    from notebook_kb.errors import UsageError
    from notebook_kb.publishing.credentials import NAMES, VARIABLES, forget_credential, store_credential

    if check and forget:
        raise UsageError("--check and --forget do not go together", "Give one of them.")
    if forget:
        places = forget_credential(target)
        note(f"deleted from {' and '.join(places)}" if places else f"no {NAMES[target]} token is kept here")
        if places:
            note(f"it still works at {NAMES[target]} until you revoke it there")
        return
    if check:
        show(target, as_json=as_json)
        return
    credential = linkedin_credential(no_browser, port) if target == "linkedin" else pasted(target)
    where = store_credential(target, credential)
    note(f"{NAMES[target]} token {credential.token.tail} kept in {where}")
    if credential.expires_at:
        note(f"it ends on {credential.expires_at.date().isoformat()}")
    note(f"next: kb auth {target} --check ({VARIABLES[target]} in the environment goes before it)")


def show(target: Service, *, as_json: bool) -> None:
    """Whose token it is, by the service's word, and until when."""
    from notebook_kb.cli.console import clean, emit_json, note, say
    from notebook_kb.publishing.credentials import NAMES, expiry_warning, require_credential
    from notebook_kb.publishing.errand import Options
    from notebook_kb.publishing.payload import TargetName
    from notebook_kb.publishing.send import TARGETS

    now = datetime.now(UTC)
    found = require_credential(target, now)
    who = TARGETS[TargetName(target)].who(found, Options(linkedin_api_version=api_version()))
    ends = found.expires_at.isoformat() if found.expires_at else ""
    if as_json:
        facts: dict[str, Any] = {"target": target, "who": who, "source": found.source, "expires_at": ends}
        emit_json(facts)
        return
    say(f"{NAMES[target]}: the token of {clean(who) or 'a member without a name'}")
    note(f"from {found.source}{f', until {ends[:10]}' if ends else ''}")
    if warning := expiry_warning(target, found, now):
        note(warning)


def api_version() -> str:
    """The notebook's version of LinkedIn's API, '' outside of a notebook."""
    from pathlib import Path

    from notebook_kb.errors import NoNotebookError
    from notebook_kb.settings import find_root, load_settings_file

    try:
        return load_settings_file(find_root(Path.cwd())).linkedin_api_version
    except NoNotebookError:
        return ""


def pasted(target: Service) -> Credential:
    """A token from a hidden prompt, or from stdin where that is no terminal."""
    from notebook_kb.cli.console import note
    from notebook_kb.publishing import contracts
    from notebook_kb.publishing.credentials import NAMES, Credential, checked_token

    if target == "medium":
        note(f"Medium has given out no new tokens since {contracts.text('medium.new_tokens_until')}")
        note("this is for an old one; everybody else uses the kit: kb publish NAME --to medium")
    return Credential(checked_token(hidden(f"{NAMES[target]} token"), "what was typed"))


def hidden(what: str) -> str:
    """Words that are not shown while they are typed; the first line of stdin where that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(8192)
    return str(click.prompt(what, hide_input=True, err=True, prompt_suffix=" (not shown): "))


def linkedin_credential(no_browser: bool, port: int | None) -> Credential:
    """By signing in with an own app, or a token pasted from the developer portal."""
    from notebook_kb.cli.console import note
    from notebook_kb.publishing import contracts
    from notebook_kb.publishing.credentials import Credential, checked_token, find_credential
    from notebook_kb.publishing.secret import Secret

    days = contracts.number("linkedin.token_days")
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    if not sys.stdin.isatty():
        return Credential(checked_token(hidden("token"), "stdin"), ends)
    kept = find_credential("linkedin")
    port = port or contracts.number("linkedin.redirect_port")
    path = contracts.text("linkedin.redirect_path")
    note(
        "LinkedIn wants an app of your own: https://www.linkedin.com/developers/apps (it needs a Page that you run)"
    )
    note("products: 'Share on LinkedIn' and 'Sign In with LinkedIn using OpenID Connect'")
    note(f"redirect URL: http://127.0.0.1:{port}{path}")
    default = kept.client_id if kept else ""
    asked = "client ID (empty: paste a token of the portal's generator)"
    client_id = str(click.prompt(asked, default=default, show_default=bool(default), err=True)).strip()
    if not client_id:
        return Credential(checked_token(hidden("LinkedIn token"), "what was typed"), ends)
    if kept and kept.client_secret and client_id == kept.client_id:
        client_secret = kept.client_secret
    else:
        client_secret = Secret(hidden("client secret").strip())
    return signed_in(client_id, client_secret, port, no_browser=no_browser)


def signed_in(client_id: str, client_secret: Any, port: int, *, no_browser: bool) -> Credential:
    """Through the browser, which comes back here, or by the address that it ends at."""
    import webbrowser

    from notebook_kb.cli.console import note
    from notebook_kb.publishing import oauth

    if no_browser:
        sign_in = oauth.begin(client_id, client_secret, port)
        note(f"open: {sign_in.url}")
        note("the browser ends at an address of this machine, perhaps on an error page")
        code = oauth.code_in(hidden("that address"), sign_in)
    else:
        listener = oauth.Listener(port)
        sign_in = oauth.begin(client_id, client_secret, listener.port)
        note(f"if no browser opens: {sign_in.url}")
        webbrowser.open(sign_in.url)
        code = listener.wait(sign_in)
    return oauth.exchange(code, sign_in, datetime.now(UTC))
