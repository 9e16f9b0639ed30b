"""The theme: where templates come from, and the one Jinja environment."""

from __future__ import annotations

import hashlib
import traceback
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from notebook_kb.errors import SettingsError
from notebook_kb.website.addresses import page_url, relative_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

    from notebook_kb.languages import LanguagePack
    from notebook_kb.website.site_view import SiteView

# a style sheet of the notebook's own, loaded after the theme's
OWN_CSS = "static/own.css"
TEMPLATE_HINT = "mend the template, or delete it: the built-in one takes its place"
# what a template may do wrong while it is at work
TEMPLATE_FAULTS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
PACKAGE = Path(__file__).resolve().parent.parent


def built_in_folder() -> Path:
    """The built-in theme: in the wheel `notebook_kb/_theme`, in a checkout `templates/` beside pyproject.toml."""
    packaged = PACKAGE / "_theme"
    if packaged.is_dir():
        return packaged
    checkout = PACKAGE.parent / "templates"
    if checkout.is_dir() and (PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    raise SettingsError("the built-in theme is missing from this installation", "install notebook_kb again")


def said(error: Exception) -> str:
    """What a fault of a template is, in words."""
    if isinstance(error, TemplateNotFound):
        return f"there is no template `{error}`"
    return "the template takes itself in, without end" if isinstance(error, RecursionError) else str(error)


class SiteForPage:
    """`site` as a template of one page sees it: the SiteView's fields and helpers bound to the page's URL."""

    def __init__(
        self, site: SiteView, pack: LanguagePack, url: str, root: str | None, *, own_css: bool = False
    ) -> None:
        self._site = site
        self.own_css = own_css
        self._pack = pack
        self._url = url
        self._root = root

    def __getattr__(self, name: str) -> Any:
        return getattr(self._site, name)

    def href(self, url: str) -> str:
        """A site path as a link relative to this page; from the site's root where the page has no place of its own."""
        if self._root is not None and url.startswith("/"):
            return self._root + url
        return relative_url(url, self._url)

    def own(self, path: str) -> str:
        """A link to one of the site's own pages: `site.own('roadmap')`."""
        return self.href(page_url(path, self._site.urls))

    def word(self, key: str, **values: object) -> str:
        """A text of the language pack."""
        return self._pack.word(key, **values)

    def counted(self, key: str, count: int) -> str:
        """A text with a number."""
        return self._pack.counted(key, count)

    def long_date(self, day: str) -> str:
        """`2026-11-20` → `20 November 2026`."""
        return self._pack.long_date(as_date(day)) if day else ""

    def short_date(self, day: str) -> str:
        """`2026-11-20` → `20 Nov 2026`."""
        return self._pack.short_date(as_date(day)) if day else ""


def as_date(day: str) -> date:
    """A date from YYYY-MM-DD."""
    return date.fromisoformat(day)


class FolderLoader(FileSystemLoader):
    """Templates of one folder, and of no other one to which a link in it leads."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """As jinja2 wants it. Raises `TemplateNotFound`, and `SettingsError` for a link that leads out."""
        source, filename, current = super().get_source(environment, template)
        refuse_outside(Path(filename), self.folder)
        return source, filename, current


def refuse_outside(path: Path, folder: Path) -> None:
    """Raise `SettingsError` for a file of a theme that does not lie in its folder, links followed."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SettingsError(
            f"{path.relative_to(folder.parent).as_posix()} is a link out of the theme's folder",
            "put the file itself there: what a link leads to might not be meant for the site",
        )


class Theme:
    """Templates and static files: the notebook's own first, then the built-in ones."""

    def __init__(self, own: Path | None, pack: LanguagePack) -> None:
        """`own` is the notebook's template folder; None, or the built-in folder itself, overrides nothing."""
        self.pack = pack
        self.built_in = built_in_folder()
        folders = [own] if own and own.is_dir() and own.resolve() != self.built_in.resolve() else []
        self.folders = [*folders, self.built_in]
        # a notebook from elsewhere brings its templates with it, and building it must run nothing of its own
        self.environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader(
                [
                    *(FolderLoader(f) for f in self.folders),
                    PrefixLoader({"builtin": FolderLoader(self.built_in)}),
                ]
            ),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, site: SiteView, page: object, url: str, root: str | None = None) -> str:
        """One page's HTML. SettingsError with file and line where a template is wrong."""
        try:
            return self.environment.get_template(template).render(
                site=SiteForPage(site, self.pack, url, root, own_css=OWN_CSS in self.static),
                page=page,
                Markup=Markup,
            )
        except TemplateSyntaxError as error:
            place = self.place(error.filename or template, error.lineno)
            raise SettingsError(f"{place}: {error.message}", TEMPLATE_HINT) from error
        except TEMPLATE_FAULTS as error:
            raise SettingsError(
                f"{self.fault_place(error, template)}: {said(error)}", TEMPLATE_HINT
            ) from error

    def fault_place(self, error: BaseException, template: str) -> str:
        """`file:line` of the innermost template that was at work."""
        known = [
            (f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__) if self.owns(f.filename)
        ]
        return self.place(*known[-1]) if known else template

    def owns(self, filename: str) -> bool:
        """Whether a file is a template of ours."""
        return any(Path(filename).is_relative_to(f) for f in self.folders)

    def place(self, filename: str, line: int | None) -> str:
        """A template's file as people know it: in the notebook's folder, or of the built-in theme."""
        path = Path(filename)
        name = filename
        for folder in self.folders:
            if path.is_relative_to(folder):
                hidden = f"{folder.parent.name}/" if folder.parent.name.startswith(".") else ""
                said = "the built-in theme's " if folder == self.built_in else f"{hidden}{folder.name}/"
                name = said + path.relative_to(folder).as_posix()
                break
        return f"{name}:{line}"

    @cached_property
    def static(self) -> dict[str, bytes]:
        """Static files by their site path."""
        files: dict[str, bytes] = {}
        for folder in reversed(self.folders):
            base = folder / "static"
            for path in sorted(base.rglob("*")) if base.is_dir() else ():
                if path.is_file() and not path.name.startswith("."):
                    refuse_outside(path, folder)
                    files["static/" + path.relative_to(base).as_posix()] = path.read_bytes()
        return files

    @cached_property
    def digest(self) -> str:
        """Of every template and static file: a change of one remakes the pages."""
        state = hashlib.blake2b(digest_size=12)
        for folder in self.folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    state.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
        return state.hexdigest()
