"""`kb roadmap init`."""

from __future__ import annotations

from pathlib import Path

from notebook_kb.errors import UsageError
from notebook_kb.files.write import write_file
from notebook_kb.notebook.load import built_in_roadmap
from notebook_kb.settings import find_root

TEMPLATE = """\
# This roadmap is {title}, with what you change below.
extends: {name}

# Concepts or areas that you leave out:
# drop: [bayesian-optimization]

# Your own areas. A concept is a word, or `id`, `title`, `needs`, `read` …
# areas:
#   - title: Information theory
#     concepts:
#       - Entropy
#       - title: Cross-entropy
#         needs: [entropy, maximum-likelihood]
"""


def write_roadmap(name: str) -> Path:
    """A roadmap.yml that extends a built-in one; UsageError when there is one already."""
    path = find_root(Path.cwd()) / "roadmap.yml"
    if path.exists():
        raise UsageError(f"{path.name} exists already", "change it as you like")
    title = built_in_roadmap(name, "en").title
    write_file(path, TEMPLATE.format(title=title, name=name).encode(), None)
    return path
