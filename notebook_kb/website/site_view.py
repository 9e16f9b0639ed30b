"""What every template sees as `site`: its title, menu, words and address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the menu at the top."""

    id: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SiteView:
    """What every template sees as `site`; `words` is the language pack's flat table.

    `href` and `long_date` are added by the theme for each page. `banner` is a line above everything ('' on the site).
    """

    title: str
    author: str
    language: str
    description: str
    base_url: str
    nav: tuple[NavItem, ...]
    words: Mapping[str, str]
    about_url: str = ""
    urls: str = "directory"
    preview: bool = False
    as_published: bool = False
    banner: str = ""
    csp: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
