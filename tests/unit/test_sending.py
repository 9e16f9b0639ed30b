"""The sending side against fakes of the services, the real client on a real connection."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.errors import ChangedSinceReadError, NotebookError, UsageError
from notebook_kb.files.lock import notebook_lock
from notebook_kb.publishing.errand import Options, Taken
from notebook_kb.publishing.ledger import Ledger
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.problems import OutcomeUnknownError, RefusedError, RenamedError
from notebook_kb.publishing.send import retry, send
from notebook_kb.publishing.states import State
from notebook_kb.publishing.wire import NotSentError
from tests.support.fakes.base import TOKEN, Fault, Reply
from tests.support.fakes.devto import DevToFake
from tests.support.fakes.linkedin import LinkedInFake
from tests.support.fakes.medium import MediumFake
from tests.support.sending import WORDS, article, card, desk, job, payload, picture, pieces, yes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from notebook_kb.publishing.send import Question

DEVTO = TargetName.DEVTO
MEDIUM = TargetName.MEDIUM
LINKEDIN = TargetName.LINKEDIN
HERE = "https://www.linkedin.com/feed/update/urn:li:share:77/"


@pytest.fixture(autouse=True)
def tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A token for each service, and no credentials of the person at this machine."""
    for name in ("KB_LINKEDIN_TOKEN", "KB_MEDIUM_TOKEN", "KB_DEVTO_KEY"):
        monkeypatch.setenv(name, TOKEN)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def linkedin(monkeypatch: pytest.MonkeyPatch) -> Iterator[LinkedInFake]:
    with LinkedInFake() as fake:
        monkeypatch.setenv("KB_LINKEDIN_URL", fake.url)
        yield fake


@pytest.fixture
def medium(monkeypatch: pytest.MonkeyPatch) -> Iterator[MediumFake]:
    with MediumFake() as fake:
        monkeypatch.setenv("KB_MEDIUM_URL", fake.url)
        yield fake


@pytest.fixture
def devto(monkeypatch: pytest.MonkeyPatch) -> Iterator[DevToFake]:
    with DevToFake() as fake:
        monkeypatch.setenv("KB_DEVTO_URL", fake.url)
        yield fake


def refused(call: Any, *arguments: Any) -> NotebookError:
    """The error of a call that must fail."""
    with pytest.raises(NotebookError) as caught:
        call(*arguments)
    return caught.value


def no(asked: list[Question]) -> Any:
    """Who agrees to nothing; `asked` gets the questions."""

    def answer(question: Question) -> bool:
        asked.append(question)
        return False

    return answer


# --- LinkedIn ------------------------------------------------------------------------------------


def test_a_post_arrives_whole_and_is_noted(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """Brackets, underscores and hashtags arrive as written, and the ledger knows the post's URN."""
    words = (*WORDS, "x_1 [a] {b} <c> *d* ~e~ f@g h|i \\j #LinearAlgebra #other")
    done = send(desk(tmp_path), job(payload(words)), yes)
    ((urn, post),) = linkedin.posts.items()
    expected = "\n\n".join(words).replace(
        "rank_of_a_matrix/?utm_source", "rank%5Fof%5Fa%5Fmatrix/?utm%5Fsource"
    )
    assert post["shown"] == expected
    assert "#LinearAlgebra" in post["commentary"]
    assert "\\#other" in post["commentary"]
    entry = Ledger(tmp_path / ".kb").records["rank"].entries["linkedin-post"]
    assert (done.what, entry.remote_id, entry.status) == ("published", urn, "published")
    assert entry.url == f"https://www.linkedin.com/feed/update/{urn}"
    assert post["visibility"] == "PUBLIC"


def test_the_same_words_are_not_sent_twice(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """With an equal payload no request goes out at all, not even to ask who I am."""
    send(desk(tmp_path), job(payload()), yes)
    count = len(linkedin.requests)
    assert send(desk(tmp_path), job(payload()), yes).what == "unchanged"
    assert len(linkedin.requests) == count


def test_a_changed_note_changes_the_text_of_its_post(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """An update is a PARTIAL_UPDATE of the one post, and the first date stays."""
    send(desk(tmp_path, now=lambda: datetime(2026, 11, 20, 9, tzinfo=UTC)), job(payload()), yes)
    new = payload(("Something else (now).", *WORDS[1:]))
    assert desk(tmp_path).look(job(new)).state is State.CHANGED
    assert send(desk(tmp_path), job(new), yes).what == "updated"
    ((_, post),) = linkedin.posts.items()
    assert post["shown"].startswith("Something else (now).")
    entry = desk(tmp_path).look(job(new)).entry
    assert entry
    assert entry.first_at == "2026-11-20T09:00:00Z"
    assert entry.updated_at > entry.first_at


def test_an_update_leaves_the_files_of_a_post(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """Only the text can be changed, so the ledger keeps the pictures that are still out there."""
    send(desk(tmp_path), job(payload(pictures=(picture(),))), yes)
    done = send(desk(tmp_path), job(payload(("Else.",), pictures=(picture("x.png", b"\x89PNGx"),))), yes)
    assert done.entry
    assert done.entry.pictures == {picture().digest: next(iter(linkedin.uploads))}
    assert len(linkedin.uploads) == 1
    assert any("stay" in w for w in done.warnings)


def test_card_pictures_and_document_hang_on_their_posts(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """Each file goes up with the token, and the post names it."""
    send(desk(tmp_path), job(payload(card=card())), yes)
    two = (picture(), picture("02.png", b"\x89PNG2"))
    send(
        desk(tmp_path, ("rank", "b")),
        job(payload(("Two.",), key="b", pictures=two, title="B", path="b.md")),
        yes,
    )
    one = payload(("One.",), key="c", pictures=(picture("03.png", b"\x89PNG3"),), title="C", path="c.md")
    send(desk(tmp_path, ("rank", "b", "c")), job(one), yes)
    pdf = payload(("Pages.",), key="d", form=Form.DOCUMENT, document=b"%PDF-1.7\n", title="D", path="d.md")
    send(desk(tmp_path, ("rank", "b", "c", "d")), job(pdf), yes)
    contents = [post["content"] for post in linkedin.posts.values()]
    assert [set(content) for content in contents] == [{"article"}, {"multiImage"}, {"media"}, {"media"}]
    assert contents[0]["article"]["source"] == "https://example.org/notes/rank/"
    assert [i["altText"] for i in contents[1]["multiImage"]["images"]] == [picture().alt] * 2
    assert contents[3]["media"] == {"id": next(u for u in linkedin.uploads if "document" in u), "title": "D"}
    assert sorted(linkedin.uploads.values()) == sorted(
        [b"\x89PNGcard", picture().data, b"\x89PNG2", b"\x89PNG3", b"%PDF-1.7\n"]
    )


def test_a_picture_that_is_there_is_not_sent_again(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """When the post is refused, the next try takes the picture of the first."""
    linkedin.replies.append(("POST", "/rest/posts", Reply(400, {"message": "no"})))
    assert refused(send, desk(tmp_path), job(payload(pictures=(picture(),))), yes).exit_code == 4
    assert desk(tmp_path).look(job(payload(pictures=(picture(),)))).state is State.FAILED
    send(desk(tmp_path), job(payload(pictures=(picture(),))), yes)
    assert len(linkedin.uploads) == len(linkedin.posts) == 1


def test_connections_only(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """--connections is for a trial: not public."""
    send(desk(tmp_path), job(payload()), yes, Options(audience="connections"))
    assert [p["visibility"] for p in linkedin.posts.values()] == ["CONNECTIONS"]


def test_who_says_no_sends_nothing(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """The question holds the text as readers will see it; a no costs no request."""
    asked: list[Question] = []
    done = send(desk(tmp_path), job(payload()), no(asked))
    assert done.what == "declined"
    assert not linkedin.requests
    assert asked[0].text.startswith(WORDS[0])


@pytest.mark.parametrize(
    ("reply", "code", "says"),
    [
        (Reply(401, {"message": "expired"}), 4, "kb auth linkedin"),
        (Reply(403, {"message": "no"}), 4, "Share on LinkedIn"),
        (Reply(426, {"code": "NONEXISTENT_VERSION"}), 4, "retired API version 202607"),
        (Reply(429, {"message": "limit"}), 4, "00:00 UTC"),
        (
            Reply(422, {"code": "DUPLICATE_POST", "message": "duplicate of urn:li:share:5"}),
            4,
            "urn:li:share:5",
        ),
        (Reply(400, {"message": "bad field"}), 4, "bad field"),
        (Reply(500, {"message": "oops"}), 3, "may be on linkedin"),
        (Reply(503, b"<html>down</html>"), 3, "--not-sent"),
        (Reply(302, None, {"Location": "https://evil.example/"}), 3, "may be on linkedin"),
        (Reply(200, b"<html>a portal</html>"), 3, "may be on linkedin"),
        (Reply(201, None), 3, "did not say where"),
    ],
)
def test_what_each_answer_means(
    tmp_path: Path, linkedin: LinkedInFake, reply: Reply, code: int, says: str
) -> None:
    """A refusal is a refusal (4); what may have been posted is unknown (3) and is not sent again."""
    linkedin.replies.append(("POST", "/rest/posts", reply))
    error = refused(send, desk(tmp_path), job(payload()), yes)
    assert error.exit_code == code
    assert says in f"{error.message} {error.hint}"
    assert not linkedin.posts
    if code == 3:
        assert isinstance(refused(send, desk(tmp_path), job(payload()), yes), OutcomeUnknownError)
        assert not linkedin.posts
    else:
        assert send(desk(tmp_path), job(payload()), yes).what == "published"


def test_a_pause_is_kept_twice_at_most(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """429 with Retry-After is waited for and tried again, two times; the third is a refusal."""
    busy = Reply(429, {"message": "slow"}, {"Retry-After": "0"})
    linkedin.replies += [("POST", "/rest/posts", busy)] * 2
    assert send(desk(tmp_path), job(payload()), yes).what == "published"
    linkedin.replies += [("POST", "/rest/posts", busy)] * 3
    other = payload(("Else.",), key="b", title="B", path="b.md")
    assert refused(send, desk(tmp_path, ("rank", "b")), job(other), yes).exit_code == 4
    assert not linkedin.replies


def test_nothing_listens_means_nothing_was_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linkedin: LinkedInFake
) -> None:
    """A connection that cannot be made is no unknown outcome."""
    monkeypatch.setenv("KB_LINKEDIN_URL", "http://127.0.0.1:9")
    assert isinstance(refused(send, desk(tmp_path), job(payload()), yes), NotSentError)
    monkeypatch.setenv("KB_LINKEDIN_URL", linkedin.url)
    assert send(desk(tmp_path), job(payload()), yes).what == "published"


@pytest.mark.parametrize("when", ["before", "after", "half"])
def test_a_cut_connection_is_unknown_until_a_person_says(
    tmp_path: Path, linkedin: LinkedInFake, when: str
) -> None:
    """After a cut nothing goes out, in any later process, until --done or --not-sent."""
    linkedin.faults.append(Fault(when, method="POST", path="/rest/posts"))
    assert isinstance(refused(send, desk(tmp_path), job(payload()), yes), OutcomeUnknownError)
    count = len(linkedin.posts)
    assert desk(tmp_path).look(job(payload())).state is State.UNKNOWN
    # Another text of the same note is no way round it.
    other = payload(("Else.",))
    assert isinstance(refused(send, desk(tmp_path), job(other), yes), OutcomeUnknownError)
    assert len(linkedin.posts) == count
    if linkedin.posts:
        urn = next(iter(linkedin.posts))
        url = f"https://www.linkedin.com/feed/update/{urn}/?utm=1"
        entry, _ = desk(tmp_path).done("rank", LINKEDIN, Form.POST, url)
        assert (entry.remote_id, entry.payload) == (urn, payload().digest)
        assert send(desk(tmp_path), job(payload()), yes).what == "unchanged"
    else:
        desk(tmp_path).not_sent("rank", LINKEDIN, Form.POST)
        assert send(desk(tmp_path), job(payload()), yes).what == "published"
    assert len(linkedin.posts) == 1


def test_headers_say_enough(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """An answer that breaks off after the post's URN, or after a refusal's status, is an answer."""
    linkedin.replies.append(("POST", "/rest/posts", Reply(400, {"message": "no"})))
    linkedin.faults += [Fault("late", method="POST", path="/rest/posts")] * 2
    assert refused(send, desk(tmp_path), job(payload()), yes).exit_code == 4
    assert send(desk(tmp_path), job(payload()), yes).what == "published"
    assert not linkedin.faults


def test_retry_takes_the_post_that_the_first_try_made(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """Within LinkedIn's window the repeat is told the URN of the first, which is recorded."""
    linkedin.faults.append(Fault("after", method="POST", path="/rest/posts"))
    refused(send, desk(tmp_path), job(payload()), yes)
    done = retry(desk(tmp_path), job(payload()), yes)
    assert len(linkedin.posts) == 1
    assert done.entry
    assert done.entry.remote_id in linkedin.posts


def test_retry_once_and_in_time_only(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """Outside the window, with a changed note, another account or a second time, a repeat is refused."""
    linkedin.faults.append(Fault("after", method="POST", path="/rest/posts"))
    start = datetime.now(UTC)
    refused(send, desk(tmp_path, now=lambda: start), job(payload()), yes)
    late = desk(tmp_path, now=lambda: start + timedelta(minutes=9))
    assert "second post" in refused(retry, late, job(payload()), yes).message
    early = desk(tmp_path, now=lambda: start - timedelta(minutes=1))
    assert "second post" in refused(retry, early, job(payload()), yes).message
    assert "changed since" in refused(retry, desk(tmp_path), job(payload(("Else.",))), yes).message
    linkedin.member = "eve"
    assert "another account" in refused(retry, desk(tmp_path), job(payload()), yes).message
    linkedin.member = "ada123"
    linkedin.faults.append(Fault("before", method="POST", path="/rest/posts"))
    assert isinstance(refused(retry, desk(tmp_path), job(payload()), yes), OutcomeUnknownError)
    assert "done once" in refused(retry, desk(tmp_path), job(payload()), yes).message
    assert len(linkedin.posts) == 1


def test_a_refused_retry_says_nothing_of_the_first(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """When the repeat is refused, the first may still be out there: unknown it stays."""
    linkedin.faults.append(Fault("after", method="POST", path="/rest/posts"))
    refused(send, desk(tmp_path), job(payload()), yes)
    linkedin.replies.append(("POST", "/rest/posts", Reply(400, {"message": "no"})))
    assert isinstance(refused(retry, desk(tmp_path), job(payload()), yes), OutcomeUnknownError)
    assert desk(tmp_path).look(job(payload())).state is State.UNKNOWN


def test_two_processes_never_send_at_once(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """What another process sent between the question and the sending stops this one."""

    def meanwhile(_: Question) -> bool:
        send(desk(tmp_path), job(payload()), yes)
        return True

    assert isinstance(refused(send, desk(tmp_path), job(payload()), meanwhile), ChangedSinceReadError)
    assert len(linkedin.posts) == 1


def test_a_send_in_progress_is_called_that(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """While another process has the lock its open request is no unknown one, but nothing is sent either."""
    linkedin.faults.append(Fault("before", method="POST", path="/rest/posts"))
    refused(send, desk(tmp_path), job(payload()), yes)
    with notebook_lock(tmp_path):
        assert desk(tmp_path).publications()[0].state is State.SENDING
    assert desk(tmp_path).publications()[0].state is State.UNKNOWN


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"body": "x" * 3001}, "3,001 characters; the limit is 3,000"),
        ({"body": "𝒙" * 1501}, "3,002 characters"),
        ({"body": " "}, "no text"),
        ({"form": Form.ARTICLE}, "no API for articles"),
        ({"form": Form.DOCUMENT}, "no PDF"),
        ({"pictures": tuple(picture(f"{n}.png", bytes([n])) for n in range(21))}, "21 pictures"),
        ({"card": card(), "pictures": (picture(),)}, "not both"),
    ],
)
def test_what_linkedin_would_refuse_is_refused_here(
    tmp_path: Path, linkedin: LinkedInFake, change: dict[str, Any], says: str
) -> None:
    """What cannot arrive is wrong use (2), before any request."""
    error = refused(send, desk(tmp_path), job(payload(**change)), yes)
    assert isinstance(error, UsageError)
    assert says in error.message
    assert not linkedin.requests


def test_warnings_of_linkedin(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """An old version and a text that is too long with its backslashes are said before sending."""
    asked: list[Question] = []
    options = Options(linkedin_api_version="202601", today=date(2026, 12, 1))
    send(desk(tmp_path), job(payload(body="(" * 2000)), no(asked), options)
    assert any("4,000 characters" in w for w in asked[0].warnings)
    assert any("202601 is 11 months old" in w for w in asked[0].warnings)


def test_an_upload_address_elsewhere_gets_no_token(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """The token goes to the service alone, whatever it names as the place for a file."""
    with LinkedInFake() as thief:
        value = {"uploadUrl": f"{thief.url}/upload/x", "image": "urn:li:image:1"}
        linkedin.replies.append(("POST", "/rest/images", Reply(200, {"value": value})))
        error = refused(send, desk(tmp_path), job(payload(pictures=(picture(),))), yes)
        assert isinstance(error, RefusedError)
        assert not thief.requests
    assert not linkedin.posts


# --- renamed notes -------------------------------------------------------------------------------


def test_a_renamed_note_is_asked_about(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """A note of the same words under a new key is not sent again; adopted, it is what is out there."""
    send(desk(tmp_path), job(payload()), yes)
    moved = payload(key="matrix-rank", path="notes/matrix-rank.md", title="Rank of a matrix")
    error = refused(send, desk(tmp_path, ("matrix-rank",)), job(moved), yes)
    assert isinstance(error, RenamedError)
    assert error.candidates == ("rank",)
    assert error.exit_code == 3
    desk(tmp_path, ("matrix-rank",)).adopt("rank", "matrix-rank")
    assert send(desk(tmp_path, ("matrix-rank",)), job(moved), yes).what == "updated"  # the title is another
    assert len(linkedin.posts) == 1
    assert list(Ledger(tmp_path / ".kb").records) == ["matrix-rank"]


def test_another_note_is_asked_about_once(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """--new is remembered."""
    send(desk(tmp_path), job(payload()), yes)
    other = payload(("Short.",), key="trace", path="notes/trace.md", title="Trace")
    error = refused(send, desk(tmp_path, ("trace",)), job(other), yes)
    assert isinstance(error, RenamedError)
    desk(tmp_path, ("trace",)).is_another("trace", error.candidates)
    assert send(desk(tmp_path, ("trace",)), job(other), yes).what == "published"
    assert len(linkedin.posts) == 2


@pytest.mark.parametrize(
    ("change", "concept", "asks"),
    [
        ({}, "", False),  # other words, title and file: another note
        ({"title": "rank "}, "", True),
        ({"path": "elsewhere/Rank.md"}, "", True),
        ({}, "rank", True),
        ({"pieces": pieces((*WORDS[:2], *map(str, range(3))))}, "", True),  # 40 % are the same
        ({"pieces": pieces((WORDS[0], *map(str, range(4))))}, "", False),  # 20 % are
        ({"pieces": pieces(("a", "b"))}, "", True),  # too few to compare
        ({"pieces": ()}, "", True),
    ],
)
def test_when_a_vanished_note_counts_as_this_one(
    tmp_path: Path, linkedin: LinkedInFake, change: dict[str, Any], concept: str, asks: bool
) -> None:
    """Title, concept, file name or 30 % of the pieces; where nothing can be compared a person is asked."""
    send(desk(tmp_path), job(payload(), concept="rank"), yes)
    words = tuple(f"Other words {n}." for n in range(6))
    other = payload(words, **{"key": "trace", "path": "notes/trace.md", "title": "Trace", **change})
    place = desk(tmp_path, ("trace",))
    if asks:
        assert isinstance(refused(place.refuse_renamed, job(other, concept=concept)), RenamedError)
    else:
        place.refuse_renamed(job(other, concept=concept))


def test_two_vanished_notes_are_both_named(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """Every vanished note that is similar counts, not the first alone."""
    send(desk(tmp_path), job(payload()), yes)
    second = payload((*WORDS[:3], "A", "B"), key="rank-2", path="r2.md", title="Rank 2")
    place = desk(tmp_path, ("rank", "rank-2"))
    place.is_another("rank-2", ["rank"])
    send(place, job(second), yes)
    third = payload((*WORDS[:3], "C", "D"), key="new", path="new.md", title="New")
    error = refused(desk(tmp_path, ("new",)).refuse_renamed, job(third))
    assert isinstance(error, RenamedError)
    assert error.candidates == ("rank", "rank-2")


def test_a_note_renamed_while_its_outcome_is_unknown(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """A request that nobody knows of is found under the old key too, and stays unknown under the new one."""
    linkedin.faults.append(Fault("after", method="POST", path="/rest/posts"))
    refused(send, desk(tmp_path), job(payload()), yes)
    moved = payload(key="matrix-rank", path="notes/matrix-rank.md")
    place = desk(tmp_path, ("matrix-rank",))
    assert isinstance(refused(send, place, job(moved), yes), RenamedError)
    place.adopt("rank", "matrix-rank")
    assert isinstance(refused(send, desk(tmp_path, ("matrix-rank",)), job(moved), yes), OutcomeUnknownError)
    assert len(linkedin.posts) == 1


def test_words_that_a_living_note_has_sent(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """A new note at the old path takes over the old key: the moved one is asked about all the same."""
    send(desk(tmp_path), job(payload()), yes)
    moved = payload(key="matrix-rank", path="notes/matrix-rank.md", title="Rank of a matrix")
    both = desk(tmp_path, ("rank", "matrix-rank"))
    assert isinstance(refused(send, both, job(moved), yes), RenamedError)


# --- Medium --------------------------------------------------------------------------------------


def test_medium_gets_a_draft_with_its_pictures(tmp_path: Path, medium: MediumFake) -> None:
    """Without --public nobody sees it; the title is the first heading; pictures have Medium's addresses."""
    body = '<p>See</p><figure><img src="01-svd.png" alt="x"></figure>'
    story = article(MEDIUM, body=body, pictures=(picture(),), topics=("a", "b", "c" * 26, "d", "e"))
    done = send(desk(tmp_path), job(story), yes)
    ((number, post),) = medium.posts.items()
    assert (done.what, post["publishStatus"]) == ("draft", "draft")
    assert post["content"].startswith("<h1>Rank</h1>")
    assert 'src="https://cdn-images-1.medium.com/1.png"' in post["content"]
    assert post["tags"] == ["a", "b", "d"]
    assert post["canonicalUrl"] == "https://example.org/notes/rank/"
    assert done.entry
    assert done.entry.remote_id == number
    assert send(desk(tmp_path), job(story), yes).what == "unchanged"
    assert len(medium.posts) == 1


def test_medium_never_makes_a_second_story(tmp_path: Path, medium: MediumFake) -> None:
    """A changed note, a draft to be made public, and a retry all stop with what to do."""
    send(desk(tmp_path), job(article(MEDIUM)), yes)
    changed = article(MEDIUM, ("New.",))
    assert "cannot change a story" in refused(send, desk(tmp_path), job(changed), yes).message
    public = Options(audience="public")
    assert "cannot change a story" in refused(send, desk(tmp_path), job(article(MEDIUM)), yes, public).message
    desk(tmp_path).forget("rank", MEDIUM, Form.ARTICLE)
    medium.faults.append(Fault("after", method="POST", path="/v1/users"))
    assert isinstance(refused(send, desk(tmp_path), job(article(MEDIUM)), yes), OutcomeUnknownError)
    assert "second story" in refused(retry, desk(tmp_path), job(article(MEDIUM)), yes).message
    assert len(medium.posts) == 2


def test_a_dead_medium_token_points_to_the_kit(tmp_path: Path, medium: MediumFake) -> None:
    """Medium's own code is shown, with the way that remains."""
    medium.token = TOKEN[::-1]
    error = refused(send, desk(tmp_path), job(article(MEDIUM)), yes)
    assert (error.exit_code, "6005" in error.message, "kit" in error.hint) == (4, True, True)


# --- dev.to --------------------------------------------------------------------------------------


def test_devto_makes_a_draft_then_publishes(tmp_path: Path, devto: DevToFake) -> None:
    """The first request never publishes; tags are spelt as dev.to wants them, four of them."""
    topics = ("Linear Algebra", "math", "ML", "a-b", "five")
    done = send(desk(tmp_path), job(article(DEVTO, topics=topics)), yes)
    first = devto.sent("POST", "/api/articles")[0].json["article"]
    assert first["published"] is False
    ((number, kept),) = devto.articles.items()
    assert kept["published_at"]
    assert kept["tags"] == ["linearalgebra", "math", "ml", "ab"]
    assert done.what == "published"
    assert done.entry
    assert done.entry.remote_id == str(number)
    assert send(desk(tmp_path), job(article(DEVTO)), yes).what == "updated"
    assert len(devto.articles) == 1


OLD: dict[str, Any] = {
    "id": 7,
    "title": "Old",
    "canonical_url": "https://example.org/notes/rank/",
    "published_at": None,
    "url": "https://dev.to/ada/old-7",
}


def test_devto_takes_an_own_article_of_the_same_page(tmp_path: Path, devto: DevToFake) -> None:
    """An article with our canonical address is named in the question, and after a yes changed, not doubled."""
    devto.articles[7] = dict(OLD)
    asked: list[Question] = []

    def agree(question: Question) -> bool:
        asked.append(question)
        return True

    done = send(desk(tmp_path), job(article(DEVTO)), agree)
    assert asked[0].overwrites == Taken("7", "Old", "https://dev.to/ada/old-7", is_public=False)
    assert list(devto.articles) == [7]
    assert devto.articles[7]["title"] == "Rank"
    assert done.entry
    assert done.entry.remote_id == "7"
    assert (
        send(desk(tmp_path), job(article(DEVTO, ("New.",))), lambda q: q.overwrites is None).what == "updated"
    )


def test_devto_article_that_came_after_the_question_is_left_alone(tmp_path: Path, devto: DevToFake) -> None:
    """A yes that was said of nothing does not write over what has come since."""

    def late(question: Question) -> bool:
        devto.articles[7] = dict(OLD)
        return question.overwrites is None

    error = refused(send, desk(tmp_path), job(article(DEVTO)), late)
    assert isinstance(error, ChangedSinceReadError)
    assert devto.articles == {7: OLD}


def test_devto_article_noted_by_its_address_is_known(tmp_path: Path, devto: DevToFake) -> None:
    """What a person has noted with `--done` is the note's own copy: it is changed without a further question."""
    devto.articles[7] = dict(OLD)
    place = desk(tmp_path)
    place.done("rank", DEVTO, Form.ARTICLE, OLD["url"], job(article(DEVTO, ("Older words.",))))
    assert send(desk(tmp_path), job(article(DEVTO)), lambda q: q.overwrites is None).what != "declined"
    assert devto.articles[7]["title"] == "Rank"


def test_devto_that_kept_a_draft_is_noticed(tmp_path: Path, devto: DevToFake) -> None:
    """ "published" in an answer is not believed: it is read again."""
    devto.keeps_drafts = True
    done = send(desk(tmp_path), job(article(DEVTO)), yes)
    assert done.what == "draft"
    assert any("kept it as a draft" in w for w in done.warnings)
    devto.keeps_drafts = False
    assert send(desk(tmp_path), job(article(DEVTO)), yes).what == "published"
    assert len(devto.articles) == 1


@pytest.mark.parametrize("when", ["before", "after", "half"])
def test_devto_retry_is_always_safe(tmp_path: Path, devto: DevToFake, when: str) -> None:
    """A lost answer to the making of an article is mended by the list of own articles."""
    devto.faults.append(Fault(when, method="POST", path="/api/articles"))
    assert isinstance(refused(send, desk(tmp_path), job(article(DEVTO)), yes), OutcomeUnknownError)
    assert retry(desk(tmp_path), job(article(DEVTO)), yes).what == "published"
    assert len(devto.articles) == 1


def test_devto_draft_is_published_later(tmp_path: Path, devto: DevToFake) -> None:
    """A draft of the same words becomes public without being made again."""
    assert send(desk(tmp_path), job(article(DEVTO)), yes, Options(audience="draft")).what == "draft"
    assert send(desk(tmp_path), job(article(DEVTO)), yes, Options(audience="draft")).what == "unchanged"
    assert send(desk(tmp_path), job(article(DEVTO)), yes).what == "published"
    assert len(devto.articles) == 1


def test_devto_wants_a_canonical_address(tmp_path: Path, devto: DevToFake) -> None:
    """A copy without a link to the own page would compete with it."""
    assert "base_url" in refused(send, desk(tmp_path), job(article(DEVTO, canonical="")), yes).hint


# --- what a person says --------------------------------------------------------------------------


def test_a_kit_and_its_address(tmp_path: Path) -> None:
    """A kit is prepared, then --done makes it published with the words that the kit had."""
    place = desk(tmp_path)
    place.prepared(job(article(MEDIUM)))
    assert place.look(job(article(MEDIUM))).state is State.PREPARED
    entry, note = place.done(
        "rank",
        MEDIUM,
        Form.ARTICLE,
        "https://medium.com/@ada/rank-1?source=x#y",
        job(article(MEDIUM, ("N.",))),
    )
    assert (entry.url, note) == ("https://medium.com/@ada/rank-1", None)
    assert desk(tmp_path).look(job(article(MEDIUM))).state is State.PUBLISHED
    assert desk(tmp_path).look(job(article(MEDIUM, ("N.",)))).state is State.CHANGED


@pytest.mark.parametrize(
    ("target", "url", "says"),
    [
        (LINKEDIN, "http://www.linkedin.com/feed/update/urn:li:share:1", "https"),
        (LINKEDIN, "https://linkedin.com.evil.example/feed/update/x", "no address at"),
        (LINKEDIN, "https://evillinkedin.com/feed/update/x", "no address at"),
        (LINKEDIN, "https://linkedin.com@evil.example/x", "https"),
        (LINKEDIN, "https://www.linkedin.com/", "start page"),
        (LINKEDIN, "https://www.linkedin.com:8443/feed/x", "https"),
        (DEVTO, "https://medium.com/@ada/x", "no address at"),
        (DEVTO, "javascript:alert(1)", "https"),
        (DEVTO, "https://dev.to/a b", "https"),
        (MEDIUM, "https://127.0.0.1/x", "no name of a server"),
        (MEDIUM, "https://mеdium.com/@ada/x", "no name of a server"),  # a Cyrillic е
        (MEDIUM, "https://localhost/x", "no name of a server"),
    ],
)
def test_an_address_must_be_the_targets(tmp_path: Path, target: TargetName, url: str, says: str) -> None:
    """What is recorded is an address that can be the post's."""
    form = Form.POST if target is LINKEDIN else Form.ARTICLE
    kind = payload() if target is LINKEDIN else article(target)
    assert says in refused(desk(tmp_path).done, "rank", target, form, url, job(kind)).message
    assert not (tmp_path / ".kb" / "published").exists()


def test_a_publications_own_domain(tmp_path: Path) -> None:
    """Medium's publications have domains of their own: taken, and said."""
    entry, note = desk(tmp_path).done(
        "rank", MEDIUM, Form.ARTICLE, "https://towards.example.com/rank", job(article(MEDIUM))
    )
    assert entry.url == "https://towards.example.com/rank"
    assert "towards.example.com" in str(note)


def test_an_address_of_an_activity_is_taken_with_what_it_cannot_do(
    tmp_path: Path, linkedin: LinkedInFake
) -> None:
    """Red when a post whose URN nobody knows is recorded without a word, or its later change has no way that works."""
    url = "https://www.linkedin.com/posts/ada_rank-activity-7390000000000000000-AbCd"
    entry, told = desk(tmp_path).done("rank", LINKEDIN, Form.POST, url, job(payload()))
    assert (entry.url, entry.remote_id) == (url, "")
    assert "API cannot change" in str(told)
    assert "with a kit" in str(told)
    error = refused(send, desk(tmp_path), job(payload(("New.",))), yes)
    assert "--via kit" in error.hint
    assert desk(tmp_path).done("rank", LINKEDIN, Form.POST, HERE, job(payload()))[1] is None
    article_url = "https://www.linkedin.com/pulse/rank-ada-x1y2"
    assert desk(tmp_path).done("rank", LINKEDIN, Form.ARTICLE, article_url, job(payload()))[1] is None


def test_forget(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """Forgotten is as if it had never been sent."""
    send(desk(tmp_path), job(payload()), yes)
    assert desk(tmp_path).forget("rank", LINKEDIN, Form.POST)
    assert not desk(tmp_path).forget("rank", LINKEDIN, Form.POST)
    assert desk(tmp_path).look(job(payload())).state is State.NONE
    assert not list((tmp_path / ".kb" / "published").iterdir())


def test_a_process_killed_before_its_ledger_was_written(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """What the journal knows to be out there gets into the ledger at the next start."""
    send(desk(tmp_path), job(payload()), yes)
    (tmp_path / ".kb" / "published" / "rank.yml").unlink()
    journal = tmp_path / ".kb" / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    assert json.loads(lines[-1])["what"] == "noted"
    journal.write_text("".join(lines[:-1]))
    assert send(desk(tmp_path), job(payload()), yes).what == "unchanged"
    assert len(linkedin.posts) == 1


def test_a_ledger_that_git_took_away(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """On a branch without the ledger file nothing goes out again: what went out from here is known here."""
    send(desk(tmp_path), job(payload()), yes)
    path = tmp_path / ".kb" / "published" / "rank.yml"
    before = path.read_bytes()
    path.unlink()
    assert send(desk(tmp_path), job(payload()), yes).what == "unchanged"
    assert path.read_bytes() == before
    assert len(linkedin.posts) == 1


def test_a_renaming_that_came_with_git(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """The other machine adopted the new key: here, too, the old one is not brought back."""
    send(desk(tmp_path), job(payload()), yes)
    journal = tmp_path / ".kb" / "journal.jsonl"
    ours = journal.read_bytes()
    desk(tmp_path, ("new",)).adopt("rank", "new")
    journal.write_bytes(ours)
    for _ in range(2):
        assert list(desk(tmp_path, ("new",)).ledger.records) == ["new"]
    moved = payload(key="new", path="notes/new.md")
    assert send(desk(tmp_path, ("new",)), job(moved), yes).what == "unchanged"


def test_what_a_person_said_survives_git_too(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """--done is in the journal as well, --forget takes it out of there."""
    linkedin.faults.append(Fault("after", method="POST", path="/rest/posts"))
    refused(send, desk(tmp_path), job(payload()), yes)
    entry, _ = desk(tmp_path).done("rank", LINKEDIN, Form.POST, HERE)
    (tmp_path / ".kb" / "published" / "rank.yml").unlink()
    assert desk(tmp_path).look(job(payload())).state is State.PUBLISHED
    restored = desk(tmp_path).look(job(payload())).entry
    assert restored
    assert (restored.url, restored.remote_id) == (entry.url, "urn:li:share:77")
    desk(tmp_path).forget("rank", LINKEDIN, Form.POST)
    assert desk(tmp_path).look(job(payload())).state is State.NONE


# --- drift ---------------------------------------------------------------------------------------


def test_drift_names_what_changed(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """Title, pieces with their first words, and pictures, each as added, changed or removed."""
    send(desk(tmp_path), job(payload(pictures=(picture(),))), yes)
    words = (WORDS[0], "A changed sentence.", *WORDS[2:4], WORDS[4], "A new end.")
    new = payload(words, title="Matrix rank", pictures=(picture("x.png", b"\x89PNGx"),))
    drift = desk(tmp_path).look(job(new)).drift
    assert drift
    assert drift.title == ("Rank", "Matrix rank")
    assert [(a.begins, b.begins) for a, b in drift.changed] == [(WORDS[1][:30], "A changed sentence.")]
    assert [p.begins for p in drift.added] == ["A new end."]
    assert not drift.removed
    assert (drift.pictures_added, drift.pictures_removed) == (
        (picture("x.png", b"\x89PNGx").digest,),
        (picture().digest,),
    )
    assert [p.begins for p in desk(tmp_path).look(job(payload(WORDS[:4]))).drift.removed] == [WORDS[4][:30]]  # type: ignore[union-attr]


def test_drift_of_the_rules_alone(tmp_path: Path, linkedin: LinkedInFake) -> None:
    """The same note made by newer rules is told from a note that changed."""
    send(desk(tmp_path), job(payload(), source="s1"), yes)
    newer = payload(("New rules.", *WORDS[1:]), adapter=2)
    same = desk(tmp_path).look(job(newer, source="s1")).drift
    other = desk(tmp_path).look(job(newer, source="s2")).drift
    assert same
    assert other
    assert (same.is_adapter_only, other.is_adapter_only, same.adapter) == (True, False, (1, 2))
    topics = desk(tmp_path).look(job(payload(topics=("x",)))).drift
    assert topics
    assert topics.about
