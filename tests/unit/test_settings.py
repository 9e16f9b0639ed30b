from __future__ import annotations

import json
import os
import random
import re
import string
import subprocess
import sys
import unicodedata
from dataclasses import fields, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import notebook_kb
from notebook_kb.errors import EnvironmentFailedError, NoNotebookError, SettingsError
from notebook_kb.files.yaml_places import duplicate_key, read_yaml
from notebook_kb.languages import language_codes, language_pack, slugify
from notebook_kb.settings import (
    _KEYS,
    SETTINGS_NAME,
    Settings,
    digest,
    find_root,
    load_settings,
    load_settings_file,
)
from notebook_kb.workspace.workspace import Workspace


def raised(text: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings(text, "notebook.yml")
    return caught.value


def dice(seed: int) -> random.Random:
    """Chance that repeats itself."""
    return random.Random(seed)  # noqa: S311 - nothing secret


# --- what is read ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "{}", "title:\ncards:\nfeed: {}\n"])
def test_nothing_said_is_the_defaults(text: str) -> None:
    assert load_settings(text, "notebook.yml") == Settings()
    assert Settings().output == "site"
    assert Settings().theme == "templates"


def test_everything_said() -> None:
    text = r"""
title: Marginal Notes
author: A. Writer
description: 'The math: in my own words'
language: de_AT
timezone: Europe/Berlin
base_url: https://example.org/notes/
notes: ./my notes/
output: public/site
state: _kb
theme: look
ignore: ["*.tmp.md", old]
roadmap: mine.yml
sections:
  own: [Zusammengefasst]
  visual: Anschaulich
private_sections: Scratch
macros: {\R: '\mathbb{R}', norm: '\lVert #1 \rVert'}
notation:
  x: the input
problems: [no-convergence]
line_breaks: hard
urls: file
cards: {generate: [say, symbol], retention: .85, new: 25}
check: {KB101: off, KB201: error}
feed: {math: unicode}
social_cards: all
audit: {allow: [a phrase]}
linkedin: {api_version: 202610}
editor: code -w
greet: no
"""
    assert load_settings(text, "notebook.yml") == Settings(
        title="Marginal Notes",
        author="A. Writer",
        description="The math: in my own words",
        language="de-AT",
        timezone="Europe/Berlin",
        base_url="https://example.org/notes",
        notes="my notes",
        output="public/site",
        state="_kb",
        theme="look",
        ignore=("*.tmp.md", "old"),
        roadmap="mine.yml",
        sections={"own": ("Zusammengefasst",), "visual": ("Anschaulich",)},
        private_sections=("Scratch",),
        macros={r"\R": r"\mathbb{R}", "norm": r"\lVert #1 \rVert"},
        notation={"x": "the input"},
        problems=("no-convergence",),
        line_breaks="hard",
        urls="file",
        cards_generate=("say", "symbol"),
        cards_retention={"default": 0.85},
        cards_new=25,
        check={"KB101": "off", "KB201": "error"},
        feed_math="unicode",
        social_cards="all",
        audit_allow=("a phrase",),
        linkedin_api_version="202610",
        editor="code -w",
        greet=False,
    )


def test_each_field_has_one_key_and_an_example_that_works() -> None:
    assert sorted(key.attribute for key in _KEYS.values()) == sorted(
        f.name for f in fields(Settings) if f.name != "given"
    )
    for name, key in _KEYS.items():
        assert key.example.startswith(name.split(".")[0])
        load_settings(key.example, "notebook.yml")


@pytest.mark.parametrize(
    "typed", ["no", "12:30", "2026", "1_000", "017", "null", "~", "0x1F", "1e3", "true", "=", "2026-11-22"]
)
def test_a_title_is_the_words_typed(typed: str) -> None:
    assert load_settings(f"title: {typed}\nauthor: '{typed}'\nproblems: [{typed}]", "n") == Settings(
        title=typed, author=typed, problems=(typed,)
    )


@pytest.mark.parametrize("typed", ["true", "True", "yes", "ON"])
def test_a_flag_is_yes_in_many_words(typed: str) -> None:
    assert load_settings(f"greet: {typed}", "n").greet


def test_a_vault_used_in_place_gets_no_visible_folders() -> None:
    settings = load_settings("notes: .", "n")
    assert (settings.notes, settings.output, settings.theme) == (".", ".kb/site", ".kb/theme")
    assert load_settings("notes: ./\noutput: www", "n").output == "www"


# --- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        # keys
        ("titel: x", "1:1", "no setting `titel`", "`title`"),
        ("title: x\nbase-url: y", "2:1", "no setting `base-url`", "`base_url`"),
        ("xyzzy: 1", "1:1", "no setting `xyzzy`", "The settings are"),
        ("retention: 0.9", "1:1", "no setting `retention`", "cards: {retention"),
        ("feed_math: image", "1:1", "no setting `feed_math`", "feed: {math"),
        ("cards: {retension: 0.9}", "1:9", "no setting `cards.retension`", "`retention`"),
        ("audit:\n  deny: x", "2:3", "no setting `audit.deny`", "The settings are: allow"),
        ("cards.retention: 0.9", "1:1", "no setting `cards.retention`", "cards: {retention"),
        ("title: a\ntitle: b", "2:1", "second time", "Keep one"),
        ("cards: {retention: 0.9, retention: 0.8}", "1:25", "second time", "Keep one"),
        # types
        ("- a", "1:1", "lines of `key: value`", "title"),
        ("just words", "1:1", "lines of `key: value`", "title"),
        ("title: [a]", "1:8", "`title` is a text", "title: Marginal Notes"),
        ("title: {a: b}", "1:8", "`title` is a text", "title: Marginal Notes"),
        ("cards: 3", "1:8", "`cards` holds settings of its own", "cards: {generate"),
        ("ignore: {a: b}", "1:9", "`ignore` is a list of texts", "ignore: ["),
        ("ignore: [a, [b]]", "1:13", "`ignore` is a list of texts", "ignore: ["),
        ("macros: [a]", "1:9", "`macros` holds names and a text", "macros: {"),
        ("macros: {a: [b]}", "1:13", "`macros` has no text for `a`", "macros: {"),
        ("sections: own", "1:11", "`sections` holds names and a list", "sections: {"),
        ("sections: {own: {a: b}}", "1:17", "`sections` is a list of texts", "sections: {"),
        ("greet: maybe", "1:8", "`greet` is true or false", "greet: false"),
        # values
        ("line_breaks: hardd", "1:14", "one of soft, hard", "`hard`"),
        ("line_breaks: x", "1:14", "one of soft, hard", "line_breaks: soft"),
        ("urls: dir", "1:7", "one of directory, file", "urls: directory"),
        ("feed: {math: latex}", "1:14", "one of mathml, image, unicode", "feed: {math"),
        ("social_cards: none", "1:15", "one of site, posts, all", "social_cards"),
        ("check: {KB1: off}", "1:9", "codes such as KB101", "KB10"),
        ("check: {KB101: fatal}", "1:16", "off, info, warning, error", "check: {"),
        ("check: off", "1:8", "`check` holds names", "check: {"),
        ("language: xx", "1:11", "no language pack 'xx'", "de, en"),
        ("language: English language", "1:11", "a language's code", "language: en"),
        ("timezone: Berlin", "1:11", "no known time zone", "`Europe/Berlin`"),
        ("timezone: Europe/Berln", "1:11", "no known time zone", "`Europe/Berlin`"),
        ("timezone: ../../etc/passwd", "1:11", "no known time zone", ""),
        ("timezone: Europe", "1:11", "no known time zone", ""),
        ("timezone: /UTC", "1:11", "no known time zone", ""),
        *(
            (f"cards: {{retention: {bad}}}", "1:20", "a number from 0.7 to 0.99", "cards: {retention")
            for bad in ("90%", "1", "0", "nan", "inf", "0.5", "0_9", "9e-1", "-0.9", "often")
        ),
        (
            "cards: {retention: {calculus: 2}}",
            "1:31",
            "a number from 0.7 to 0.99, or one for each area",
            "cards",
        ),
        ("cards: {retention: {calculus: [0.9]}}", "1:31", "or one for each area", "cards: {retention"),
        ("cards: {retention: [0.9]}", "1:20", "a number from 0.7 to 0.99", "cards: {retention"),
        ("cards: {retention: {calculus: 0.9, calculus: 0.8}}", "1:36", "second time", "Keep one"),
        *(
            (f"cards: {{new: {bad}}}", "1:14", "a whole number from 0 to 999", "cards: {new: 10}")
            for bad in ("-1", "1000", "ten", "1.5", "1e2", "٣")
        ),
        *(
            (f"base_url: '{bad}'", "1:11", "the site's address", "https://")
            for bad in (
                "example.org",
                "ftp://example.org",
                "javascript:alert(1)",
                "https://",
                "https://a.org/?q=1",
                "https://a.org/#x",
                "https://user:secret@a.org",
                "https://a.org/ b",
                "https://a.org:x",
                "https://[a",
                "//a.org",
                "https://a.org/<script>",
            )
        ),
        *(
            (f"{key}: '{bad}'", f"1:{len(key) + 3}", f"`{key}` is a folder inside the notebook", f"{key}: ")
            for key in ("notes", "output", "state", "theme")
            for bad in ("/etc", "../x", "a/../../x", "~/x", "C:/x", r"a\b", "a/..")
        ),
        ("output: .", "1:9", "the notebook's own folder", "output: site"),
        ("state: ./", "1:8", "the notebook's own folder", "state: .kb"),
        ("output: notes", "1:9", "`notes` is there", "output: site"),
        ("output: Notes", "1:9", "`notes` is there", "output: site"),
        ("notes: site/notes", "1:8", "`site/notes` is there", "output: site"),
        ("theme: site", "1:8", "`site` is there", "output: site"),
        ("output: .kb", "1:9", "`.kb` is there", "output: site"),
        ("output: .git/x", "1:9", "is `.git/x`", "output: site"),
        ("output: sources", "1:9", "`sources` is there", "output: site"),
        # YAML
        ("title: Bayes: by counting", "1:13", "colon", ""),
        ("title: &t x\nauthor: *t", "1:8", "anchor", ""),
        ("title: x\nauthor: *t", "2:9", "alias", ""),
        ("title: !!binary aGk=", "1:8", "tag", ""),
        ("title: a\n---\ntitle: b", "2:1", "second document", ""),
        ("ignore: " + "[" * 30, "1:28", "deeper than 20", ""),
        ("title: " + "x" * 70_000, "1:65537", "too long", ""),
        ("title: a\n\tauthor: b", "2:1", "tab", ""),
        ("title: \x1b[31m", "1:8", "U+001B", ""),
        ("{title: x", "1:10", "bracket", ""),
    ],
)
def test_each_mistake_has_place_and_hint(text: str, place: str, message: str, hint: str) -> None:
    error = raised(text)
    assert error.message.startswith(f"notebook.yml:{place}: "), error.message
    assert message in error.message
    assert hint in error.hint
    assert error.exit_code == 2


def test_any_yaml_is_settings_or_an_error() -> None:
    generator = dice(5)
    pieces = [
        *_KEYS,
        "cards",
        "feed",
        "audit",
        ": ",
        ":\n  ",
        "\n",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "no",
        "12:30",
        "'",
        '"',
        "#",
        ", ",
        "é",
    ]
    for _ in range(3000):
        text = "".join(generator.choices(pieces, k=generator.randrange(12)))
        message = ""
        try:
            load_settings(text, "n")
        except SettingsError as error:
            message = error.message
        assert not message or re.match(r"n:\d+:\d+: .", message), (text, message)


# --- files and folders -----------------------------------------------------------------------------


def test_find_root_looks_upwards(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "notes" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "a" / "notebook.yml").write_text("title: x\n", "utf-8")
    (deep / "n.md").write_text("x", "utf-8")
    for start in (deep, deep / "n.md", tmp_path / "a", deep / ".." / "not there"):
        assert find_root(start) == tmp_path / "a"
    with pytest.raises(NoNotebookError) as caught:
        find_root(tmp_path)
    assert "kb init" in caught.value.hint
    (tmp_path / "notebook.yml").mkdir()
    with pytest.raises(NoNotebookError):
        find_root(tmp_path)


def test_load_from_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NoNotebookError):
        load_settings_file(tmp_path)
    path = tmp_path / "notebook.yml"
    path.write_bytes(b"\xef\xbb\xbftitle: x\r\nauthor: y\r\n")
    assert load_settings_file(tmp_path) == Settings(title="x", author="y")
    path.write_bytes("title: Größe".encode("latin-1"))
    with pytest.raises(SettingsError, match="not-utf-8"):
        load_settings_file(tmp_path)
    path.write_bytes(b"title: \xc3\xa4\ncolour: red\n")
    with pytest.raises(SettingsError, match=r"^notebook\.yml:2:1: "):
        load_settings_file(tmp_path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(EnvironmentFailedError):
        load_settings_file(tmp_path)


@pytest.mark.parametrize(
    ("app", "text", "expected"),
    [
        (None, "notes: .", "hard"),
        ("{}", "notes: .", "hard"),
        ('{"strictLineBreaks": true}', "notes: .", "soft"),
        ("not json", "", "hard"),
        ("[" * 100_000, "", "hard"),
        ("[]", "line_breaks: soft", "soft"),
    ],
)
def test_line_breaks_of_a_vault(tmp_path: Path, app: str | None, text: str, expected: str) -> None:
    (tmp_path / "notebook.yml").write_text(text, "utf-8")
    assert load_settings_file(tmp_path).line_breaks != "hard"
    (tmp_path / ".obsidian").mkdir()
    if app is not None:
        (tmp_path / ".obsidian" / "app.json").write_text(app, "utf-8")
    assert load_settings_file(tmp_path).line_breaks == expected


def test_digest_tells_all_settings_apart() -> None:
    base = Settings()
    others = []
    for item in fields(Settings):
        if item.name == "given":  # where a setting stands is no setting
            assert digest(replace(base, given={"title": (1, 1)})) == digest(base)
            continue
        value: Any = getattr(base, item.name)
        if isinstance(value, bool):
            changed: Any = not value
        elif isinstance(value, str):
            changed = f"{value}x"
        elif isinstance(value, int):
            changed = value + 1
        else:
            changed = ("x",) if isinstance(value, tuple) else {"x": "y"}
        others.append(digest(replace(base, **{item.name: changed})))
    assert len({digest(base), *others}) == len(others) + 1
    assert digest(load_settings("macros: {a: b, c: d}")) == digest(load_settings("macros: {c: d, a: b}"))


def test_retention_is_one_number_or_one_for_each_area() -> None:
    assert load_settings("cards: {retention: 0.8, new: 0}").cards_retention == {"default": 0.8}
    by_area = load_settings("cards:\n  retention:\n    default: 0.85\n    calculus: .95\n")
    assert by_area.cards_retention == {"default": 0.85, "calculus": 0.95}
    assert load_settings("cards: {retention: {calculus: .95}}").cards_retention == {
        "default": 0.9,
        "calculus": 0.95,
    }
    assert load_settings("cards: {new: 0}").cards_new == 0


@pytest.mark.parametrize(
    ("area", "hint"),
    [("linear-algebr", "Did you mean `linear-algebra`?"), ("cooking", "The areas are: default, ")],
)
def test_an_area_that_the_roadmap_does_not_have_is_an_error(tmp_path: Path, area: str, hint: str) -> None:
    """Red when a slip in an area's name silently leaves the default."""
    (tmp_path / "notes").mkdir()
    text = f"title: x\ncards:\n  retention:\n    default: 0.9\n    {area}: 0.85\n"
    (tmp_path / SETTINGS_NAME).write_text(text)
    with pytest.raises(SettingsError) as caught:
        Workspace(tmp_path)
    assert caught.value.message == f"notebook.yml:5:5: the roadmap has no area `{area}`"
    assert caught.value.hint.startswith(hint)
    (tmp_path / SETTINGS_NAME).write_text(text.replace(area, "calculus"))
    assert Workspace(tmp_path).settings.cards_retention["calculus"] == 0.85


def test_what_was_given_is_known_with_its_place() -> None:
    """Red when the default time zone cannot be told from a wish."""
    found = load_settings("title: x\ntimezone: UTC\nauthor:\n").given
    assert found == {"title": (1, 8), "timezone": (2, 11)}


def test_digest_is_the_same_in_every_process() -> None:
    code = "from notebook_kb.settings import *; print(digest(load_settings('sections: {own: [ü]}')))"
    paths = str(Path(notebook_kb.__file__).parents[1])
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {digest(load_settings("sections: {own: [ü]}")) + "\n"}


# --- languages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", language_codes())
def test_no_word_of_a_pack_stands_twice(code: str) -> None:
    text = files("notebook_kb.languages").joinpath(f"{code}.yml").read_text(encoding="utf-8")
    double = duplicate_key(read_yaml(text))
    assert double is None, double.text


def test_packs_have_the_same_keys() -> None:
    assert language_codes() == ("de", "en")
    english = language_pack("en")
    for code in language_codes():
        pack = language_pack(code)
        for table in ("parts", "angles", "labels", "words", "prompts"):
            assert list(getattr(pack, table)) == list(getattr(english, table)), (code, table)
        assert len(pack.months) == len(pack.months_short) == 12
        assert len(set(pack.months)) == len(set(pack.months_short)) == 12


def test_packs_texts_are_complete_and_name_the_same_values() -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    english = language_pack("en")
    assert len(english.words) >= 90
    for code in language_codes():
        pack = language_pack(code)
        for table in ("words", "prompts"):
            for key, text in getattr(pack, table).items():
                assert text.strip(), (code, key)
                assert places(text) == places(getattr(english, table)[key]), (code, key)
                # Prompts stand in HTML comments, which these would end.
                assert "--" not in text
                assert ">" not in text
        assert all(
            key.removesuffix("_one") + "_many" in pack.words for key in pack.words if key.endswith("_one")
        )


@pytest.mark.parametrize("code", ["en", "de"])
def test_no_heading_means_two_things(code: str) -> None:
    pack = language_pack(code)
    headings = [
        alias.casefold() for table in (pack.parts, pack.angles) for names in table.values() for alias in names
    ]
    assert sorted(headings) == sorted(set(headings))
    markers = [m for key in ("question", "answer", "cloze") for m in pack.labels[key]]
    assert sorted(markers) == sorted(set(markers))


def test_german_notebooks_understand_english_headings() -> None:
    english, german = language_pack("en"), language_pack("de")
    for table in ("parts", "angles", "labels"):
        for key, aliases in getattr(english, table).items():
            assert set(aliases) <= set(getattr(german, table)[key]), key


def test_words_and_dates() -> None:
    english, german = language_pack("en"), language_pack("de-AT")
    assert english.word("covered_of", covered=3, total=36) == "3 of 36 covered"
    assert german.word("kept_in", title="{x}").startswith("{x} besteht")
    assert english.counted("minutes", 1) == "1 minute"
    assert english.counted("minutes", 0) == "0 minutes"
    assert german.counted("due", 2) == "2 Karten fällig"
    day = date(2026, 11, 18)
    assert (english.long_date(day), english.short_date(day)) == ("18 November 2026", "18 Nov 2026")
    assert (german.long_date(day), german.short_date(day)) == ("18. November 2026", "18. Nov. 2026")
    with pytest.raises(KeyError):
        english.word("no such word")


@pytest.mark.parametrize("code", ["fr", "", "../en", "english"])
def test_unknown_language_names_those_that_ship(code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        language_pack(code)
    assert "de, en" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("La 1", "la-1", "la-1"),
        ("Über Größen", "uber-grossen", "ueber-groessen"),
        ("U\u0308ber", "uber", "ueber"),
        ("Crème brûlée, œuvre", "creme-brulee-oeuvre", "creme-brulee-oeuvre"),
        ("Bayes' theorem: P(A|B)", "bayes-theorem-p-a-b", "bayes-theorem-p-a-b"),
        ("snake_case  and -- dashes", "snake-case-and-dashes", "snake-case-and-dashes"),
        ("𝔼[X²] ≥ 0", "e-x2-0", "e-x2-0"),
        ("ﬁnite ½", "finite-1-2", "finite-1-2"),
        ("Собственный вектор", "собственный-вектор", "собственный-вектор"),
        ("固有値 と 固有ベクトル", "固有値-と-固有ベクトル", "固有値-と-固有ベクトル"),
        ("हिन्दी", "हिन्दी", "हिन्दी"),
        ("İstanbul", "istanbul", "istanbul"),
        ("../../etc/passwd", "etc-passwd", "etc-passwd"),
        ("a\0b\u202ec", "a-b-c", "a-b-c"),
        ("", "note", "note"),
        ("🙂 !?", "note", "note"),
        ("CON", "con-note", "con-note"),
        ("nul.", "nul-note", "nul-note"),
        ("Com1", "com1-note", "com1-note"),
        ("console", "console", "console"),
        ("x" * 200, "x" * 80, "x" * 80),
        ("x" * 79 + " y", "x" * 79, "x" * 79),
    ],
)
def test_slugs(text: str, english: str, german: str) -> None:
    assert slugify(text, language_pack("en")) == english
    assert slugify(text, language_pack("de")) == german


def test_slugs_of_any_text_are_names() -> None:
    generator = dice(7)
    ranges = [
        (0, 0x500),
        (0x300, 0x370),
        (0x900, 0x1200),
        (0x1E00, 0x2100),
        (0x4E00, 0xD7FF),
        (0x10000, 0x1FFFF),
    ]
    for code in ("en", "de"):
        pack = language_pack(code)
        for _ in range(5000):
            length = generator.choice((1, 3, 12, 200))
            text = "".join(chr(generator.randrange(*generator.choice(ranges))) for _ in range(length))
            slug = slugify(text, pack)
            assert 1 <= len(slug) <= 80
            assert len(slug.encode()) <= 200
            assert slug == slugify(slug, pack), ascii(text)
            assert slug == unicodedata.normalize("NFC", slug)
            assert all(letter == "-" or unicodedata.category(letter)[0] in "LNM" for letter in slug)
            assert slug == slug.lower()
            assert not slug.startswith("-")
            assert not slug.endswith("-")
            assert "--" not in slug
            json.dumps(slug).encode()
