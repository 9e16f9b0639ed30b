"""The pages of a kit: what they show, put into the templates of `kit_files`."""

from __future__ import annotations

import base64
import html
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from notebook_kb.publishing import contracts
from notebook_kb.publishing.adapters import Shipping
from notebook_kb.publishing.kit_outline import begins, outline, plain_article
from notebook_kb.publishing.kit_steps import steps_of
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.shaped import Shown, loss_lines
from notebook_kb.rendering.plain_formula import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.kit_source import Source
    from notebook_kb.publishing.payload import Picture


# `file:` lets a page that was opened from disk use its own style and script
CSP = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
TITLE_MAX = {
    (TargetName.MEDIUM, Form.ARTICLE): "medium.title_max",
    (TargetName.LINKEDIN, Form.ARTICLE): "linkedin.article_title_max",
    (TargetName.DEVTO, Form.ARTICLE): "devto.title_max",
}


def index_page(source: Source) -> bytes:
    """`index.html`."""
    return _render("kit.html", source, page=_page(source), data=_data(source))


def check_page(source: Source) -> bytes:
    """`check.html`."""
    words = {k.removeprefix("kit_js_"): t for k, t in source.pack.words.items() if k.startswith("kit_js_")}
    page = {"language": source.pack.code, "title": source.payload.title, "service": source.service}
    return _render("check.html", source, page=page, data={"outline": source.outline, "words": words})


def standalone(source: Source) -> bytes:
    """`article.html`: the article alone, for any other place; its pictures lie beside it."""
    payload = source.payload
    canonical = (
        f'<link rel="canonical" href="{html.escape(payload.canonical)}">\n' if payload.canonical else ""
    )
    title = html.escape(payload.title, quote=False)
    return (
        f'<!doctype html>\n<html lang="{html.escape(payload.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n{canonical}</head>\n<body>\n<h1>{title}</h1>\n{payload.body}</body>\n</html>\n"
    ).encode()


def checklist(source: Source) -> bytes:
    """`checklist.txt`: the steps, with what is to be typed in."""
    payload = source.payload
    lines = [f"{source.service}: {payload.title}", ""]
    values = {
        "title": [payload.title],
        "summary": [payload.summary],
        "series": [payload.series],
        "topics": list(payload.topics),
        "canonical": [payload.canonical],
        "line": [source.corrected],
        "pictures": [f"{p.name}: {p.alt}" for p in payload.pictures],
        "files": list(source.files),
        "done": [f"{source.command} {source.story_url or 'URL'}"],
    }
    for number, step in enumerate(steps_of(source), 1):
        lines.append(f"{number:>2}. [ ] {step.title}")
        given = [step.text, step.url, *values.get(step.tool, [])]
        if step.change and step.change["was"]:
            given.append(f"{source.pack.word('kit_was')} {step.change['was']}")
        lines += [f"        {line}" for line in given if line]
    return ("\n".join(lines) + "\n").encode()


def _page(source: Source) -> dict[str, Any]:
    payload, pack = source.payload, source.pack
    steps = steps_of(source)
    title_max = TITLE_MAX.get((payload.target, payload.form))
    return {
        "language": pack.code,
        "article_language": payload.language,
        "service": source.service,
        "form": pack.word(f"kit_form_{payload.form}"),
        "title": payload.title,
        "title_max": contracts.number(title_max) if title_max else 0,
        "title_apart": source.adapter is None or not source.adapter.title_in_body,
        "lead": source.word(_lead(source)),
        "warnings": [_sentence(line) for line in _warnings(source)],
        "steps": steps,
        "summary": payload.summary,
        "summary_max": contracts.number("medium.subtitle_max") if payload.target is TargetName.MEDIUM else 0,
        "topics": payload.topics,
        "series": payload.series,
        "title_again": source.is_correction and bool(source.changed and source.changed.title),
        "canonical": payload.canonical,
        "pictures": [source.picture(p) for p in payload.pictures],
        "markdown": source.is_markdown,
        "preview": _preview(source),
        "preview_name": source.word(_preview_name(source)),
        "correction": source.is_correction,
        "corrected": source.corrected,
        "losses": _losses(source),
        "story_url": source.story_url,
        "url_like": f"https://{_hosts(source)[0]}/…" if _hosts(source) else "https://…",
        "command": source.command,
        "files": source.files,
        "post": source.post_text,
        "post_max": contracts.number("linkedin.text_max"),
        "dir": "",
    }


def _preview_name(source: Source) -> str:
    if source.is_markdown:
        return "kit_preview_markdown"
    return "kit_preview_folder" if source.payload.target is TargetName.FOLDER else "kit_preview"


def _lead(source: Source) -> str:
    if not source.is_correction:
        return "kit_lead"
    if source.payload.form is not Form.ARTICLE:
        return "kit_lead_correct_post"
    return "kit_lead_correct" if source.changed else "kit_lead_correct_same"


def _warnings(source: Source) -> list[str]:
    refused = source.prepared.shaped.refusals
    return [
        *(w.said(source.pack) for w in source.prepared.warnings),
        *(f"{x.place}: {x.detail}" for x in refused),
    ]


def _sentence(line: str) -> Markup:
    """A warning as a sentence; what stands between backticks is code."""
    text = line[:1].upper() + line[1:] + ("" if line.endswith((".", "!", "?", "…")) else ".")
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    marked = (Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(parts))
    return Markup("").join(marked)


def _preview(source: Source) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    if source.payload.form is not Form.ARTICLE:
        return shown
    if source.adapter and source.adapter.title_in_body:
        headline = Markup('<p class="headline">{}</p>').format(source.payload.title)
        shown.append({"picture": None, "html": headline})
    for block, piece in zip(source.blocks, source.prepared.pieces, strict=True):
        if isinstance(block, Shown) and block.picture is not None and not source.is_markdown:
            picture = source.picture(block.picture)
            shown.append(
                {
                    "picture": picture,
                    "number": block.number,
                    "mark": source.mark(block),
                    "caption": block.caption,
                }
            )
        else:
            shown.append({"picture": None, "html": source.seen(piece)})
    return shown


def _losses(source: Source) -> list[dict[str, Any]]:
    """Each line of the report with its places."""
    losses = tuple(x for x in source.prepared.shaped.losses if not x.refused)
    kinds = dict.fromkeys((x.construct, x.became) for x in losses)
    groups = [tuple(x for x in losses if (x.construct, x.became) == kind) for kind in kinds]
    return [
        {
            "line": loss_lines(group, source.pack)[0],
            "places": [{"place": x.place, "detail": begins(_why(x.detail, source.pack))} for x in group],
        }
        for group in groups
    ]


def _why(detail: str, pack: LanguagePack) -> str:
    """Why a formula is no text, in the notebook's language; any other detail as it is."""
    key = next((key for key, words in REASONS.items() if words == detail), "")
    return pack.word(f"formula_{key}") if key else detail


def _data(source: Source) -> dict[str, Any]:
    """What the page's script needs."""
    payload, pack = source.payload, source.pack
    rich: dict[str, dict[str, str]] = {}
    is_article = payload.form is Form.ARTICLE
    if is_article:
        rich["article"] = _flavours(source, _with_data(source, payload.body), plain_article(source.outline))
    for change in source.changed.changes if is_article and source.is_correction and source.changed else ():
        if change.index is not None:
            text = plain_article(outline((source.blocks[change.index],), source.mark))
            rich[f"piece-{change.index}"] = _flavours(source, source.prepared.pieces[change.index], text)
    return {
        "memory": f"kb-kit:{payload.target}-{payload.form}:{payload.key}:{payload.digest[:12]}",
        "rich": rich,
        "command": source.command,
        "words": {
            "copied": pack.word("copied"),
            "copy_failed": pack.word("copy_by_hand"),
            "no_server": pack.word("kit_no_server"),
        },
    }


def _flavours(source: Source, body: str, text: str) -> dict[str, str]:
    if source.is_markdown:
        return {"text/plain": body}
    return {"text/html": body, "text/plain": text}


def _with_data(source: Source, body: str) -> str:
    """A body whose pictures are files beside it cannot be pasted as it is: its pictures go along."""
    if source.adapter is None or source.adapter.shipping is not Shipping.FILE:
        return body
    for picture in source.payload.pictures:
        named = f'<img src="{html.escape(picture.name)}"'
        body = body.replace(named, f'<img src="{_data_uri(picture)}"')
    return body


def _data_uri(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


def _hosts(source: Source) -> tuple[str, ...]:
    target = source.payload.target
    return () if target is TargetName.FOLDER else contracts.texts(f"{target}.hosts")


def _render(name: str, source: Source, *, page: Mapping[str, Any], data: Mapping[str, Any]) -> bytes:
    template = _environment().from_string(kit_file(name).decode())
    text = template.render(page=page, w=source.pack.word, csp=CSP, data=Markup(in_script(data)))  # noqa: S704 - see in_script
    return (text.rstrip() + "\n").encode()


def in_script(value: object) -> str:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@cache
def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def kit_file(name: str) -> bytes:
    """A file that every kit has, or a template."""
    return (resources.files("notebook_kb.publishing") / "kit_files" / name).read_bytes()
