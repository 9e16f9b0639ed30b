"""What was read of the log, kept for the next start. Deleting it costs only time; a bad one is as good as none."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.write import replace_output
from notebook_kb.study.entries import Review, entries_of, review_line
from notebook_kb.study.log import Damage
from notebook_kb.study.reading import Reading, Seen
from notebook_kb.study.schedule import CardState

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1  # raise it when what is kept, or how it follows from the log, changes
NAME = "memory.json"


class _KnownHash:
    """A hash of which only the result is known."""

    def __init__(self, digest: str) -> None:
        self._digest = bytes.fromhex(digest)

    def digest(self) -> bytes:
        return self._digest


def load_reading(path: Path) -> Reading | None:
    """The reading that is kept in a file; None if there is none, or not a whole one of this version."""
    try:
        digest, _, payload = path.read_bytes().partition(b"\n")
        if digest != _digest(payload):
            return None
        return _reading(json.loads(payload))
    except OSError:
        return None
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
        return None


def save_reading(path: Path, reading: Reading) -> None:
    """Keep a reading. Where that is not possible the next start takes longer."""
    payload = json.dumps(_payload(reading), ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
    with suppress(EnvironmentFailedError):
        replace_output(path, _digest(payload) + b"\n" + payload)


def _digest(payload: bytes) -> bytes:
    """The first line of the file: what the rest must be, and for which versions."""
    digest = hashlib.blake2b(payload, digest_size=16).hexdigest()
    return json.dumps({"format": FORMAT, "fsrs": version("fsrs"), "digest": digest}).encode()


def _payload(reading: Reading) -> dict[str, Any]:
    """A reading as JSON's values. What this process wrote and has not read again is read at the next start."""
    return {
        "horizon": reading.horizon.timestamp(),
        "files": [
            [name, seen.size, seen.lines, seen.hash.digest().hex()] for name, seen in reading.files.items()
        ],
        "states": [
            [
                s.card,
                s.stability,
                s.difficulty,
                _seconds(s.last),
                s.reps,
                s.lapses,
                s.fingerprint,
                s.last_id,
                s.last_rating,
            ]
            for s in reading.states.values()
        ],
        "anew": [[card, _seconds(at), entry_id] for card, (at, entry_id) in reading.anew.items()],
        "fronts": [[card, fingerprint, front] for (card, fingerprint), front in reading.fronts.items()],
        "recent": [review_line(review).decode() for review in reading.recent],
        "undone": sorted(reading.undone),
        "ids": " ".join([reading.old_ids, *sorted(reading.new_ids)]).strip(),
        "times": sorted(reading.times.items()),
        "damage": [[damage.name, damage.line, damage.why] for damage in reading.damage],
    }


def _reading(kept: dict[str, Any]) -> Reading:
    """The reading of these values. Raises what `load_reading` catches."""
    fronts = {(card, fingerprint): front for card, fingerprint, front in kept["fronts"]}
    return Reading(
        horizon=_moment(kept["horizon"]),
        files={name: Seen(size, lines, _KnownHash(digest)) for name, size, lines, digest in kept["files"]},
        states={row[0]: _state(row, fronts) for row in kept["states"]},
        anew={card: (_moment(at), entry_id) for card, at, entry_id in kept["anew"]},
        fronts=fronts,
        recent=[_review(line) for line in kept["recent"]],
        undone=set(kept["undone"]),
        old_ids=str(kept["ids"]),
        times=Counter(dict(kept["times"])),
        damage=[Damage(name, line, why) for name, line, why in kept["damage"]],
    )


def _state(row: list[Any], fronts: dict[tuple[str, str], str]) -> CardState:
    """The state of a row."""
    card, stability, difficulty, last, reps, lapses, fingerprint, last_id, rating = row
    front = fronts.get((card, fingerprint), "")
    at = _moment(last)
    numbers = float(stability), float(difficulty), at, int(reps), int(lapses)
    return CardState(card, *numbers, fingerprint, front, last_id, int(rating))


def _review(line: str) -> Review:
    """The entry of a line. Raises `ValueError` if it is none."""
    (found,) = entries_of(line.encode())
    if not isinstance(found, Review):
        raise ValueError(line)  # noqa: TRY004 - a value of the file, caught in `load_reading`
    return found


def _seconds(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())


def _moment(seconds: float) -> datetime:
    """The moment of these seconds in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
