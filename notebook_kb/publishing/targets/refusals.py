"""What a refusal means and what to do, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.publishing import contracts
from notebook_kb.publishing.problems import RefusedError
from notebook_kb.publishing.wire import retry_after

if TYPE_CHECKING:
    from notebook_kb.publishing.wire import Answer

_NOTHING = "Nothing was posted."


def linkedin_refusal(answer: Answer, version: str) -> RefusedError:
    """The error for an answer of LinkedIn that is no success, for a request that changed nothing."""
    status = answer.status
    if status == 401:
        days = contracts.number("linkedin.token_days")
        return RefusedError(
            f"LinkedIn refused the token (they last {days} days). {_NOTHING}",
            "Run: kb auth linkedin.",
            status,
        )
    if status == 403:
        return RefusedError(
            f"LinkedIn: the token may not do this; it lacks w_member_social. {_NOTHING}",
            "In the developer portal add the product 'Share on LinkedIn' to your app, then: kb auth linkedin.",
            status,
        )
    if status == 426 or contracts.text("linkedin.retired_version_code") in answer.text:
        return RefusedError(
            f"LinkedIn retired API version {version}. {_NOTHING}",
            "Set linkedin.api_version in notebook.yml to a newer YYYYMM.",
            status,
        )
    if status == 422 and contracts.text("linkedin.duplicate_code") in answer.text:
        return RefusedError(
            f"LinkedIn says that this was posted already: {answer.shown}. Nothing was recorded.",
            "If that post is yours: kb publish NAME --to linkedin --done URL.",
            status,
        )
    if status == 429:
        return RefusedError(
            f"LinkedIn's limit of calls is reached; the daily one begins anew at 00:00 UTC. {_NOTHING}",
            "Run the command again later.",
            status,
        )
    return general_refusal("LinkedIn", answer)


def medium_refusal(answer: Answer) -> RefusedError:
    """The error for an answer of Medium that is no success."""
    errors = answer.value("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code = str(first.get("code", ""))
    if answer.status in {401, 403} or code in contracts.texts("medium.token_gone_codes"):
        shown = f" (code {code})" if code else ""
        return RefusedError(
            f"Medium refused the token{shown}. {_NOTHING}",
            "Use the kit for pasting: kb publish NAME --to medium.",
            answer.status,
        )
    return general_refusal("Medium", answer)


def devto_refusal(answer: Answer) -> RefusedError:
    """The error for an answer of dev.to that is no success."""
    if answer.status == 401:
        return RefusedError(
            f"dev.to refused the key. {_NOTHING}", "Run: kb auth devto, with a key from its settings.", 401
        )
    if answer.status == 429:
        wait = retry_after(answer) or contracts.number("devto.rate_seconds")
        return RefusedError(
            f"dev.to wants a pause. {_NOTHING}", f"Run the command again in {wait:.0f} seconds.", 429
        )
    if answer.status == 422 and "canonical" in answer.text.lower():
        return RefusedError(
            f"dev.to has an article with this canonical address that is not in your list. {_NOTHING}",
            "If it is yours: kb publish NAME --to devto --done URL.",
            422,
        )
    return general_refusal("dev.to", answer)


def general_refusal(name: str, answer: Answer) -> RefusedError:
    """The error for any other answer, with the service's own words."""
    said = f": {answer.shown}" if answer.shown and not answer.text.lstrip().startswith("<") else ""
    later = "Run the command again later." if answer.status >= 500 else ""
    return RefusedError(f"{name} answered {answer.status}{said}. {_NOTHING}", later, answer.status)
