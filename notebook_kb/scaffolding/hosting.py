"""Files that let a host build the site: GitHub Pages, GitLab Pages, Netlify.

They install the tool from the address that they are given, never by a bare package name: whoever holds that name on
an index would run code with the right to publish the site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PYTHON = "3.12"
# what pip installs from one place alone, so that no index is asked for the tool itself
# (and none of the signs that a shell or YAML would read otherwise)
ADDRESS = re.compile(
    r"(?:git\+)?(?:https|ssh)://[\w./@:#=&?+~%-]+|(?:[\w.@+-]+/)+[\w.+-]+\.(?:whl|tar\.gz)", re.ASCII
)
GITHUB = """\
# Builds this notebook and puts it on GitHub Pages.
# Settings > Pages > Build and deployment > Source must say "GitHub Actions".
name: Notebook
on:
  push:
    branches: [main, master]
  workflow_dispatch:
permissions:
  contents: read
  pages: write
  id-token: write
concurrency:
  group: pages
  cancel-in-progress: false
jobs:
  site:
    runs-on: ubuntu-latest
    environment:
      name: github-pages
      url: ${{{{ steps.deployment.outputs.page_url }}}}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "{python}"
      - id: pages
        uses: actions/configure-pages@v5
      - name: Install the tool
        run: {install}
      - name: Build the site
        run: kb build --base-url "${{{{ steps.pages.outputs.base_url }}}}" --output site-for-pages
      - uses: actions/upload-pages-artifact@v3
        with:
          path: site-for-pages
      - id: deployment
        uses: actions/deploy-pages@v4
"""
GITLAB = """\
# Builds this notebook and puts it on GitLab Pages.
pages:
  image: python:{python}
  script:
    - {install}
    - kb build --base-url "$CI_PAGES_URL" --output public
  artifacts:
    paths:
      - public
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
"""
NETLIFY = """\
# Builds this notebook on Netlify.
[build]
  command = '''{install} && kb build --base-url "$URL" --output site-for-netlify'''
  publish = "site-for-netlify"

[build.environment]
  PYTHON_VERSION = "{python}"
"""


@dataclass(frozen=True, slots=True)
class Host:
    """A host: its name for people, the file that it reads, and the file's text with places to fill."""

    title: str
    path: str
    text: str


HOSTS = {
    "github": Host("GitHub Pages", ".github/workflows/pages.yml", GITHUB),
    "gitlab": Host("GitLab Pages", ".gitlab-ci.yml", GITLAB),
    "netlify": Host("Netlify", "netlify.toml", NETLIFY),
}


def is_address(text: str) -> bool:
    """Whether `text` names one place to install from: a URL, or a wheel or source archive in the notebook."""
    return bool(ADDRESS.fullmatch(text))


def hosting_file(host: str, address: str) -> tuple[str, str]:
    """(path in the notebook, text) for a key of HOSTS; `address` as `is_address` allows."""
    wanted = f'"notebook-kb @ {address}"' if "://" in address else f"./{address.removeprefix('./')}"
    install = f"python -m pip install {wanted}"
    chosen = HOSTS[host]
    return chosen.path, chosen.text.format(install=install, python=PYTHON)
