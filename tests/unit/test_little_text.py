"""LinkedIn's text format: what is sent arrives whole, and reads as it was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_kb.publishing import contracts
from notebook_kb.publishing.targets.little_text import encode_urls, escape, length, unescape
from tests.support.fakes.linkedin import shown

RESERVED = contracts.text("linkedin.reserved")
TEXTS = st.text(st.sampled_from(f"{RESERVED}ab1 \n,é𝒙") | st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_escaped_text_reads_back(text: str) -> None:
    """Nothing is lost or added on the way there and back."""
    assert unescape(escape(text)) == text


@given(TEXTS)
def test_no_reserved_character_is_left_bare(text: str) -> None:
    """A bare one would cut the post there, with an answer that says all is well."""
    bare = re.sub(r"\\.", "", escape(text), flags=re.DOTALL)
    assert not set(bare) & set(RESERVED)


@given(TEXTS, st.lists(st.sampled_from(["ab", "a1", "é"])))
def test_what_readers_see(text: str, hashtags: list[str]) -> None:
    """A fake that cuts as LinkedIn does shows the whole text, hashtags or not."""
    assert shown(escape(text, hashtags)) == text


@given(TEXTS)
def test_addresses_are_encoded_once(text: str) -> None:
    """Words outside of addresses are left alone, and a second round changes nothing."""
    once = encode_urls(text)
    assert encode_urls(once) == once
    if "http" not in text:
        assert once == text


@pytest.mark.parametrize(
    ("text", "hashtags", "escaped"),
    [
        ("#math and #a_b", ["math", "a_b"], r"#math and \#a\_b"),
        ("#Math", ["math"], "#Math"),
        ("#mathematics", ["math"], r"\#mathematics"),
        ("C#math", ["math"], r"C\#math"),
        ("f(x) = |x|", [], r"f\(x\) = \|x\|"),
        ("a\\b", [], "a\\\\b"),
    ],
)
def test_hashtags_that_are_wanted(text: str, hashtags: list[str], escaped: str) -> None:
    """`#word` stays a hashtag only where the word is a whole topic."""
    assert escape(text, hashtags) == escaped


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("https://e.org/a_b?utm_source=x", "https://e.org/a%5Fb?utm%5Fsource=x"),
        ("(see https://e.org/a_b).", "(see https://e.org/a%5Fb)."),
        (
            "https://en.wikipedia.org/wiki/Rank_(algebra)",
            "https://en.wikipedia.org/wiki/Rank%5F%28algebra%29",
        ),
        ("https://e.org/~ada/*/@x", "https://e.org/%7Eada/%2A/%40x"),
        ("https://e.org/p#part_1", "https://e.org/p#part%5F1"),
        ("a_b (c)", "a_b (c)"),
    ],
)
def test_addresses_lead_to_the_same_page(text: str, encoded: str) -> None:
    """Reserved characters in addresses become %XX, `#` and the sentence around stay."""
    assert encode_urls(text) == encoded


def test_length_counts_as_utf_16() -> None:
    """The cautious count: a mathematical letter may be two characters there."""
    assert length("aé𝒙") == 4
