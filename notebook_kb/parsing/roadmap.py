"""A roadmap's YAML to a `Roadmap`. What does not fit stops with its place: a roadmap is a setting, not a note."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from notebook_kb.errors import SettingsError
from notebook_kb.files.yaml_places import Node, YamlProblem, read_yaml
from notebook_kb.languages import slugify
from notebook_kb.model.card import LEVELS
from notebook_kb.model.roadmap import (
    AngleKind,
    Area,
    Concept,
    Exercise,
    Named,
    Problem,
    Resource,
    Roadmap,
    Starter,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from notebook_kb.languages import LanguagePack

# parts of the format that later chapters of the program read
KNOWN_KEYS = frozenset(
    [
        "id",
        "title",
        "version",
        "talk",
        "angles",
        "resources",
        "tools",
        "problems",
        "areas",
        "concepts",
        "exercises",
        "default_exercise",
        "starter_cards",
        "extends",
        "drop",
    ]
)
CONCEPT_KEYS = frozenset(
    ["id", "title", "aliases", "kind", "needs", "why", "at", "read", "code", "renamed_from"]
)
EXERCISE_KEYS = frozenset(["from_talk", "at", "check", "forbid", "allow", "allow_imports", "in_check_block"])
DEFAULT_ANGLES = ("visual", "simple", "formal")


@dataclass
class Draft:
    """A roadmap while it is read."""

    id: str = "own"
    title: str = ""
    angles: dict[str, AngleKind] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    concepts: dict[str, Concept] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    starters: list[Starter] = field(default_factory=list)
    exercises: dict[str, Exercise] = field(default_factory=dict)
    default_exercise: Exercise = field(default_factory=Exercise)


class RoadmapReader:
    """Reads one roadmap file. `base` gives the roadmap that `extends` names."""

    def __init__(self, path: str, pack: LanguagePack, base: Callable[[str], Roadmap]) -> None:
        self.path = path
        self.pack = pack
        self.base = base
        self.draft = Draft()
        self.named: list[Named] = []

    def read(self, text: str) -> Roadmap:
        """The roadmap; SettingsError with the place where it cannot be read."""
        try:
            root = read_yaml(text)
        except YamlProblem as problem:
            message = f"{self.path}:{problem.line}:{problem.column}: {problem.message}"
            raise SettingsError(message, "mend this line of the roadmap") from problem
        if root is None:
            raise SettingsError(f"{self.path}: the roadmap is empty", "write `extends: math-for-ml` or areas")
        top = self.mapping(root, "a roadmap")
        for key, node in top.items():
            if key not in KNOWN_KEYS:
                self.fail(node, f"unknown key `{key}`", nearest(key, KNOWN_KEYS))
        self.inherit(top)
        self.draft.id = self.text(top, "id") or self.draft.id
        self.draft.title = self.text(top, "title") or self.draft.title or self.draft.id
        self.angles(top.get("angles"))
        self.resources(top.get("resources"))
        self.areas(top)
        self.problems(top.get("problems"))
        self.starters(top.get("starter_cards"))
        self.exercises(top)
        self.drop(top.get("drop"))
        return self.finished()

    def finished(self) -> Roadmap:
        """The frozen roadmap."""
        draft = self.draft
        if not draft.angles:
            draft.angles = {a: AngleKind(a, self.pack.angles[a][0], "") for a in DEFAULT_ANGLES}
        kept = [replace(a, concepts=tuple(c for c in a.concepts if c in draft.concepts)) for a in draft.areas]
        return Roadmap(
            draft.id,
            draft.title,
            draft.angles,
            draft.resources,
            tuple(a for a in kept if a.concepts),
            draft.concepts,
            tuple(draft.problems),
            self.path,
            tuple(s for s in draft.starters if not s.concept or s.concept in draft.concepts),
            tuple(self.named),
            draft.exercises,
            draft.default_exercise,
        )

    # pieces

    def inherit(self, top: dict[str, Node]) -> None:
        name = self.text(top, "extends")
        if not name:
            return
        try:
            base = self.base(name)
        except SettingsError as error:
            self.fail(top["extends"], error.message, error.hint)
            return
        draft = self.draft
        draft.title, draft.angles, draft.resources = base.title, dict(base.angles), dict(base.resources)
        draft.areas, draft.concepts = list(base.areas), dict(base.concepts)
        draft.problems = list(base.problems)
        draft.starters = list(base.starters)
        draft.exercises, draft.default_exercise = dict(base.exercises), base.default_exercise

    def angles(self, node: Node | None) -> None:
        if node is None:
            return
        for key, value in self.items(node):
            if value.kind == "scalar":
                self.draft.angles[key] = AngleKind(key, str(value.value) or key.capitalize())
                continue
            inner = self.mapping(value, f"angle `{key}`")
            title = self.text(inner, "title") or key.capitalize()
            self.draft.angles[key] = AngleKind(key, title, self.text(inner, "ask"))

    def resources(self, node: Node | None) -> None:
        if node is None:
            return
        for key, value in self.items(node):
            if value.kind == "scalar":
                self.draft.resources[key] = Resource(key, str(value.value) or key)
                continue
            inner = self.mapping(value, f"resource `{key}`")
            videos = inner.get("videos")
            self.draft.resources[key] = Resource(
                id=key,
                title=self.text(inner, "title") or key,
                by=self.text(inner, "by"),
                kind=self.text(inner, "kind"),
                angle=self.text(inner, "angle"),
                url=self.text(inner, "url"),
                isbn=self.text(inner, "isbn"),
                free=self.text(inner, "free").casefold() == "true",
                aliases=self.texts(inner.get("aliases")),
                videos={k: str(v.value) for k, v in self.items(videos)} if videos else {},
                unverified=self.texts(inner.get("unverified")),
            )
            self.names("angle", key, inner.get("angle"))

    def areas(self, top: dict[str, Node]) -> None:
        bare = top.get("concepts")
        if bare:
            self.area(slugify(self.draft.title, self.pack), self.draft.title, "", bare)
        areas = top.get("areas")
        if areas is None:
            return
        for item in self.listed(areas, "areas"):
            inner = self.mapping(item, "an area")
            title = self.text(inner, "title") or self.text(inner, "id")
            if not title:
                self.fail(item, "this area has no title", "add `title:`")
            area_id = self.text(inner, "id") or slugify(title, self.pack)
            concepts = inner.get("concepts")
            if concepts is None:
                self.fail(
                    item, f"the area `{title}` has no concepts", "add `concepts:` with at least one word"
                )
            else:
                self.area(area_id, title, self.text(inner, "why"), concepts)

    def area(self, area_id: str, title: str, why: str, concepts: Node) -> None:
        ids = [self.concept(item, area_id) for item in self.listed(concepts, "concepts")]
        old = next((n for n, a in enumerate(self.draft.areas) if a.id == area_id), None)
        if old is None:
            self.draft.areas.append(Area(area_id, title, why, tuple(ids)))
            return
        known = self.draft.areas[old]
        merged = tuple(dict.fromkeys((*known.concepts, *ids)))
        self.draft.areas[old] = replace(
            known, title=title or known.title, why=why or known.why, concepts=merged
        )

    def concept(self, node: Node, area_id: str) -> str:
        if node.kind == "scalar":
            title = str(node.value).strip()
            concept_id = slugify(title, self.pack)
            self.draft.concepts[concept_id] = Concept(concept_id, title, area_id, line=node.line)
            return concept_id
        inner = self.mapping(node, "a concept")
        for key, value in inner.items():
            if key not in CONCEPT_KEYS:
                self.fail(value, f"unknown key `{key}`", nearest(key, CONCEPT_KEYS))
        title = self.text(inner, "title") or self.text(inner, "id")
        if not title:
            self.fail(node, "this concept has no title", "add `title:`, or write it as one word")
        concept_id = self.text(inner, "id") or slugify(title, self.pack)
        read = inner.get("read")
        self.draft.concepts[concept_id] = Concept(
            id=concept_id,
            title=title,
            area=area_id,
            aliases=self.texts(inner.get("aliases")),
            kind=self.text(inner, "kind") or "concept",
            needs=self.texts(inner.get("needs")),
            why=self.text(inner, "why"),
            read={k: str(v.value) for k, v in self.items(read)} if read else {},
            code=self.text(inner, "code"),
            line=node.line,
            renamed_from=self.texts(inner.get("renamed_from")),
        )
        self.names("needs", concept_id, inner.get("needs"))
        self.names("read", concept_id, read)
        return concept_id

    def problems(self, node: Node | None) -> None:
        if node is None:
            return
        for item in self.listed(node, "problems"):
            inner = self.mapping(item, "a problem")
            title = self.text(inner, "title")
            problem_id = self.text(inner, "id") or slugify(title, self.pack)
            problem = Problem(problem_id, title or problem_id, self.texts(inner.get("concepts")))
            self.names("problem", title or problem_id, inner.get("concepts"))
            self.draft.problems = [p for p in self.draft.problems if p.id != problem_id] + [problem]

    def starters(self, node: Node | None) -> None:
        """`starter_cards:`, each with `id`, `q` and `a`."""
        for item in self.listed(node, "starter_cards") if node else ():
            inner = self.mapping(item, "a starter card")
            values = {key: self.text(inner, key) for key in ("id", "q", "a", "level")}
            for key in ("id", "q", "a"):
                if not values[key]:
                    self.fail(item, f"this starter card has no `{key}`", f"add `{key}:`")
            if values["level"] and values["level"] not in LEVELS:
                self.fail(inner["level"], f"`{values['level']}` is no level", f"levels: {', '.join(LEVELS)}")
            concept = inner.get("concept")
            about = str(concept.value or "") if concept and concept.kind == "scalar" else ""
            if about not in {"", "null", "~"}:
                self.names("starter", values["id"], concept)
            starter = Starter(
                values["id"],
                self.draft.id,
                values["q"],
                values["a"],
                "" if about in {"null", "~"} else about,
                values["level"],
            )
            others = [s for s in self.draft.starters if (s.roadmap, s.id) != (starter.roadmap, starter.id)]
            self.draft.starters = [*others, starter]

    def exercises(self, top: dict[str, Node]) -> None:
        every = top.get("exercises")
        for key, value in self.items(every) if every else ():
            self.draft.exercises[key] = self.exercise(key, value)
        if "default_exercise" in top:
            self.draft.default_exercise = self.exercise("", top["default_exercise"])

    def exercise(self, exercise_id: str, node: Node) -> Exercise:
        inner = self.mapping(node, f"exercise `{exercise_id}`" if exercise_id else "default_exercise")
        for key, value in inner.items():
            if key not in EXERCISE_KEYS:
                self.fail(value, f"unknown key `{key}`", nearest(key, EXERCISE_KEYS))
        names = {key: self.texts(inner.get(key)) for key in ("forbid", "allow", "allow_imports")}
        return Exercise(exercise_id, self.text(inner, "check"), **names)

    def drop(self, node: Node | None) -> None:
        """`drop:` names areas or concepts of the extended roadmap."""
        draft = self.draft
        for item in self.listed(node, "drop") if node else ():
            name = str(item.value)
            area = next((a for a in draft.areas if a.id == name), None)
            if area is None and name not in draft.concepts:
                self.fail(item, f"`{name}` is neither an area nor a concept", nearest(name, draft.concepts))
            gone = area.concepts if area else (name,)
            own = {n.owner for n in self.named if n.what == "needs"}
            draft.concepts = {
                # what was dropped is not needed any more; what one's own file needs is for its author to say
                k: c if k in own else replace(c, needs=tuple(n for n in c.needs if n not in gone))
                for k, c in draft.concepts.items()
                if k not in gone
            }

    # nodes

    def names(self, what: str, owner: str, node: Node | None) -> None:
        """Remember where names stand that must lead somewhere: a word, a list of words, the keys of a map."""
        if node is None:
            return
        inside = [key for key, _ in node.pairs] or node.items or [node]
        for one in inside:
            if one.kind == "scalar" and one.text.strip():
                place = (one.line, one.column, one.end_line, one.end_column)
                self.named.append(Named(what, owner, one.text.strip(), place))

    def mapping(self, node: Node, what: str) -> dict[str, Node]:
        """The keys of a map; fails with the place when the node is none."""
        if node.kind != "map":
            self.fail(node, f"{what} is written as `key: value` lines", "see `kb roadmap show` for the shape")
        return dict(self.items(node))

    def items(self, node: Node) -> list[tuple[str, Node]]:
        """(key, value) of a map, doubled keys refused."""
        if node.kind != "map" or not isinstance(node.value, list):
            self.fail(node, "here `key: value` lines are wanted", "")
        pairs = [(str(p[0].value), p[1]) for p in node.value if isinstance(p, tuple)]
        seen: set[str] = set()
        for key, value in pairs:
            if key in seen:
                self.fail(value, f"`{key}` stands twice", "delete one")
            seen.add(key)
        return pairs

    def listed(self, node: Node, what: str) -> list[Node]:
        """The items of a list; one word is a list of one."""
        if node.kind == "scalar":
            return [node] if str(node.value).strip() else []
        if node.kind != "list" or not isinstance(node.value, list):
            self.fail(node, f"`{what}` is a list", "begin each item with `- `")
        return [n for n in node.value if isinstance(n, Node)]

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """A list of words."""
        return tuple(str(n.value) for n in self.listed(node, "this") if n.kind == "scalar") if node else ()

    def text(self, top: dict[str, Node], key: str) -> str:
        """One line of text."""
        node = top.get(key)
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self.fail(node, f"`{key}` is one line of text", "")
        return " ".join(str(node.value).split())

    def fail(self, node: Node, message: str, hint: str) -> None:
        """Stop with the place of `node`."""
        raise SettingsError(f"{self.path}:{node.line}:{node.column}: {message}", hint)


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …?`, or ''."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
