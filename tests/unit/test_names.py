"""Names in the commands that messages show."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from notebook_kb.notebook.names import as_argument


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1))
def test_a_name_in_a_command_to_copy_stays_one_word(name: str) -> None:
    """Red when a blank splits it, or `$(…)` of a link in a note from elsewhere would be run."""
    assert shlex.split(as_argument(name)) == [name]
    if as_argument(name).startswith('"'):
        assert not set(name) & set('$`"\\!')
