"""The paste kit in a real browser: copied with its button, pasted with real keys into editors with the services' rules."""

from __future__ import annotations

import functools
import json
import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from notebook_kb.languages import language_pack
from notebook_kb.preview.kit_server import serve_kit
from notebook_kb.preview.kits import DoneAnswer
from notebook_kb.publishing.kit import write_kit
from notebook_kb.publishing.payload import TargetName
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace
from tests.support.editors import arrival, editor_page, paste
from tests.support.kits import PlainOutgoing
from tests.support.serving import served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from notebook_kb.publishing.kit import Kit
    from notebook_kb.publishing.prepare import Prepared

pytestmark = pytest.mark.browser

SERVICES = {"medium": TargetName.MEDIUM, "linkedin": TargetName.LINKEDIN}


DRAG_PICTURES = """(pictures) => {
  for (const line of document.querySelectorAll("#editor p")) {
    const picture = pictures.find((p) => p.mark && p.mark === line.textContent.replaceAll("\\u00a0", " "));
    if (!picture) continue;
    const image = new Image(40, 20);
    image.src = "https://miro.example.org/" + picture.name;
    image.alt = picture.alt;
    line.replaceWith(image);
  }
}"""


@dataclass
class Trial:
    """This repository's public notes as kits, on a server beside the two editors and the built site."""

    root: Path
    url: str
    kits: dict[tuple[str, str], tuple[Prepared, Kit]]
    pages: dict[str, str]

    def page_of(self, service: str, path: str) -> str:
        kit = self.kits[service, path][1]
        return f"{self.url}/{kit.page.relative_to(self.root).as_posix()}"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Generator[Trial]:
    root = tmp_path_factory.mktemp("paste")
    notebook = root / "notebook"
    notebook.mkdir()
    (notebook / "notebook.yml").write_bytes((repository / "notebook.yml").read_bytes())
    (notebook / "notes").symlink_to(repository / "notes", target_is_directory=True)
    workspace = Workspace(notebook, "2026-12-31")
    build(workspace, BuildOptions(root / "site"))
    out = PlainOutgoing(workspace)
    kits = {}
    for service, target in SERVICES.items():
        (root / f"{service}.html").write_text(editor_page("medium" if service == "medium" else "linkedin"))
        for path, note in out.notebook.notes.items():
            prepared = out.prepare(note, target)
            slug = path.removesuffix(".md").replace("/", "-")
            kits[service, path] = prepared, write_kit(prepared, root / "kits", pack=workspace.pack, slug=slug)
    site = json.loads((root / "site" / ".kb-manifest.json").read_text())["files"]
    with served(root) as url:
        yield Trial(root, url, kits, {n: f"{url}/site/{n}" for n in site if n.endswith("index.html")})


@pytest.fixture
def context(browser: Browser) -> Generator[BrowserContext]:
    made = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield made
    made.close()


def copied(page: Page, url: str, button: str = "Copy article") -> None:
    """Open a kit and press a button of it."""
    page.goto(url)
    page.get_by_role("button", name=button).first.click()
    expect(page.locator("#said")).to_have_text("Copied")


@pytest.fixture(scope="module")
def pastes(trial: Trial, browser: Browser) -> dict[tuple[str, str], tuple[str, str]]:
    """(service, note) → the editor's HTML after the paste, and after the pictures were dragged to their marks."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    found = {}
    for (service, path), (_, kit) in trial.kits.items():
        copied(page, trial.page_of(service, path))
        html = paste(page, f"{trial.url}/{service}.html")
        page.evaluate(DRAG_PICTURES, kit.manifest["pictures"])
        found[service, path] = html, page.locator("#editor").inner_html()
    context.close()
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_public_note_arrives_whole(
    trial: Trial, pastes: dict[tuple[str, str], tuple[str, str]], service: str
) -> None:
    """Red when a heading, paragraph, item, quote, link, listing or picture of any note is lost on the way."""
    notes = [path for name, path in trial.kits if name == service]
    arrivals = {p: arrival(trial.kits[service, p][0], pastes[service, p][0]) for p in notes}
    assert len(arrivals) >= 20
    assert {path: a.lost for path, a in arrivals.items() if a.lost} == {}
    assert sum(a.elements for a in arrivals.values()) > 500
    assert sum(a.pictures for a in arrivals.values()) > 20
    assert sum(a.code for a in arrivals.values()) > (10 if service == "medium" else -1)


@pytest.mark.parametrize("service", SERVICES)
def test_the_check_page_finds_no_fault_where_there_is_none(
    trial: Trial, pastes: dict[tuple[str, str], tuple[str, str]], context: BrowserContext, service: str
) -> None:
    """Red when the check page blames what curled quotes, blanks on empty lines or the browser's addresses do."""
    check = context.new_page()
    for path in (path for name, path in trial.kits if name == service):
        check.goto(trial.page_of(service, path).replace("index.html", "check.html"))
        result = check.evaluate("(html) => window.kbCompare(html)", pastes[service, path][1])
        assert (path, result["problems"]) == (path, [])
        assert [r for r in result["rows"] if r[1] != r[2]] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_naive_paste_of_the_page_fails_the_same_check(
    trial: Trial, context: BrowserContext, service: str
) -> None:
    """Red when the editors would take anything: then the test above would say nothing."""
    page = context.new_page()
    page.goto(trial.pages["rank/index.html"])
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+c")
    prepared, _ = trial.kits[service, "notes/rank.md"]
    found = arrival(prepared, paste(page, f"{trial.url}/{service}.html"))
    assert len(found.lost) > 10
    kinds = {line.split(":")[0].split()[0] for line in found.lost}
    assert kinds >= ({"p", "li", "code", "picture"} if service == "medium" else {"p", "li", "picture"})


def pasted(trial: Trial, page: Page, service: str, path: str) -> None:
    """The editor with an article in it, its pictures dragged to their marks."""
    copied(page, trial.page_of(service, path))
    paste(page, f"{trial.url}/{service}.html")
    page.evaluate(DRAG_PICTURES, trial.kits[service, path][1].manifest["pictures"])


def checked(trial: Trial, context: BrowserContext, damage: str = "") -> Page:
    """The check page of rank for Medium after the editor's text was selected, copied and pasted by keys."""
    page = context.new_page()
    pasted(trial, page, "medium", "notes/rank.md")
    if damage:
        page.evaluate(damage)
    page.locator("#editor").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+c")
    page.goto(trial.page_of("medium", "notes/rank.md").replace("index.html", "check.html"))
    page.locator("#box").focus()
    page.keyboard.press("ControlOrMeta+v")
    page.wait_for_selector("#result[data-result]")
    return page


def test_what_arrived_is_checked_by_keys(trial: Trial, context: BrowserContext) -> None:
    """Red when a whole story, copied out of the editor by hand, is not called whole."""
    page = checked(trial, context)
    expect(page.get_by_role("heading", name="Everything arrived")).to_be_visible()
    expect(page.get_by_role("row", name="Code boxes 2 of 2 all there")).to_be_visible()
    expect(page.get_by_role("row", name="Pictures 3 of 3 all there")).to_be_visible()


DAMAGES = [
    (
        "const p = all('pre')[0]; const [a, b] = p.textContent.split('\\n \\n'); p.textContent = a; p.after(box(b));",
        "Code box 1 was parted into 2. Join them, or paste the code again.",
    ),
    (
        "all('pre')[0].textContent = all('pre')[0].textContent.replace('1e-10', '1e-9');",
        "Code box 1, line 3: “def rank(A, tol=1e-9):” stands for “def rank(A, tol=1e-10):”.",
    ),
    ("all('pre')[1].remove()", "Code box 2 is missing."),
    ("all('img')[0].remove()", "2 of 3 pictures are there."),
    ("all('img')[0].alt = ''", "Picture 1 has no alt text."),
    (
        "const i = all('img'); [i[1].alt, i[2].alt] = [i[2].alt, i[1].alt];",
        "Picture 2 has the alt text of another one.",
    ),
    (
        "all('img')[1].replaceWith(line('[picture 2: 02-formula.png]'));",
        "The mark [picture 2: 02-formula.png] is still there: put the picture in its place.",
    ),
    (
        "all('p').find((p) => p.textContent.startsWith('I put a grid')).remove()",
        "The paragraph “I put a grid of dots on the plane and let a matrix move all …” is missing.",
    ),
    (
        "change(all('p').find((p) => p.textContent.startsWith('I put')), 'two directions are left', 'three are')",
        "matrix move all …” has other words: “three are. If they all land on one” stands for “two directions are left.",
    ),
    (
        "all('h3')[2].replaceWith(line(all('h3')[2].textContent));",
        "The heading “Simple” arrived as a paragraph.",
    ),
    ("all('li')[0].remove()", "The list item “A — the matrix” is missing."),
    ("all('a')[0].replaceWith(all('a')[0].textContent);", "The link to https://www.youtube.com/"),
    ("all('p')[0].append(' with $x^2$ in it')", "A formula stands there as TeX: $x^2$"),
]
TOOLS = """const all = (name) => [...document.querySelectorAll("#editor " + name)];
const line = (text) => Object.assign(document.createElement("p"), { textContent: text });
const change = (p, then, now) => { p.textContent = p.textContent.replace(then, now); };
const box = (text) => Object.assign(document.createElement("pre"), { textContent: text });"""


@pytest.mark.parametrize(("damage", "said"), DAMAGES)
def test_the_check_page_says_what_is_wrong(
    trial: Trial, context: BrowserContext, damage: str, said: str
) -> None:
    """Red when a damage goes unseen, or is told in other words than it is."""
    page = checked(trial, context, f"() => {{ {TOOLS} {damage} }}")
    expect(page.locator("#result")).to_have_attribute("data-result", "bad")
    expect(page.locator(".problems")).to_contain_text(said)


def test_it_works_from_disk(trial: Trial, context: BrowserContext) -> None:
    """Red when a kit that is opened as a file does not copy, does not check, or breaks its own policy."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    prepared, kit = trial.kits["medium", "notes/rank.md"]
    copied(page, kit.page.as_uri())
    assert arrival(prepared, paste(page, f"{trial.url}/medium.html")).lost == []
    page.goto(kit.page.as_uri())
    page.get_by_label("Address of what you published").fill("https://medium.com/@me/it's")
    expect(page.locator("#command")).to_have_text(
        r"kb publish notes/rank.md --to medium --done 'https://medium.com/@me/it'\''s'"
    )
    page.goto(kit.folder.joinpath("check.html").as_uri())
    result = page.evaluate("window.kbCompare('')")
    assert result["code"] == [p["sha256"] for p in kit.manifest["outline"] if p["kind"] == "code"]
    assert len(result["problems"]) > 30
    assert said == []


def test_it_copies_without_the_clipboard_interface(trial: Trial, context: BrowserContext) -> None:
    """Red when a browser that has no `navigator.clipboard` gets nothing, or only plain text."""
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page = context.new_page()
    prepared, _ = trial.kits["linkedin", "notes/rank.md"]
    copied(page, trial.page_of("linkedin", "notes/rank.md"))
    assert arrival(prepared, paste(page, f"{trial.url}/linkedin.html")).lost == []


@pytest.mark.parametrize("refused", [False, True])
def test_ticks_are_kept_where_they_can_be(trial: Trial, context: BrowserContext, refused: bool) -> None:
    """Red when a tick is gone after a reload, or when a browser that keeps nothing breaks the page."""
    if refused:
        context.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw Error('no') } })"
        )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    copied(page, trial.page_of("medium", "notes/rank.md"))
    page.locator("#step-open").get_by_role("checkbox").press("Space")
    page.reload()
    boxes = page.get_by_role("checkbox")
    assert [b.is_checked() for b in boxes.all()][:3] == ([False] * 3 if refused else [True, True, False])
    assert faults == []


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_kit_never_scrolls_sideways(trial: Trial, context: BrowserContext, width: int) -> None:
    """Red when a listing, a file's name or an address makes the page wider than the window."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("notes/rank.md", "notes/gradient-descent.md", "notes/guide/commands.md"):
        for service in SERVICES:
            page.goto(trial.page_of(service, path))
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_address_is_recorded_from_the_page(trial: Trial, context: BrowserContext) -> None:
    """Red when the form of a served kit does not say what came of it, or shows the command where it is not needed."""
    asked: list[str] = []

    def done(url: str) -> DoneAnswer:
        asked.append(url)
        return DoneAnswer(ok=True, message=f"Recorded: {url}")

    kit = trial.kits["medium", "notes/rank.md"][1].folder
    ready: queue.Queue[str] = queue.Queue()
    work = functools.partial(serve_kit, kit, done, pack=language_pack("en"), ready=ready.put)
    thread = threading.Thread(target=work)
    thread.start()
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.goto(ready.get(timeout=20))
    expect(page.locator("#command")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy picture").first).to_be_visible()
    page.get_by_role("button", name="Copy picture").first.click()
    expect(page.locator("#said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.read().then((i) => i[0].types)") == ["image/png"]
    field = page.get_by_label("Address of what you published")
    field.fill("medium.com/rank")
    field.press("Enter")
    expect(page.locator(".answer.bad")).to_have_text("This is no address that begins with https://.")
    field.fill("https://medium.com/@me/rank-1")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator(".answer.good")).to_have_text("Recorded: https://medium.com/@me/rank-1")
    thread.join(20)
    assert asked == ["https://medium.com/@me/rank-1"]
    assert faults == []
