r"""TeX tokens that know their place, and the rewriting of what math-core does not know.

The rewriting works on tokens and keeps a `SourceMap`, so that an error found in the rewritten TeX is
shown where the author wrote it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)

# What a plain macro can do, in the form the converter takes; an author's macro of the same name wins.
SHIM_MACROS = {
    "pmb": r"\boldsymbol{#1}",
    "nicefrac": r"{}^{#1}\!/_{#2}",
    "sfrac": r"{}^{#1}\!/_{#2}",
    "mathds": r"\mathbb{#1}",
    "mathnormal": "{#1}",
    "ensuremath": "{#1}",
    "abs": r"\left\lvert #1\right\rvert",
    "norm": r"\left\lVert #1\right\rVert",
    "smash": "{#1}",
    "mathclap": "{#1}",
    "mathllap": "{#1}",
    "mathrlap": "{#1}",
    "textbackslash": r"\backslash",
    "varlimsup": r"\overline{\lim}",
    "varliminf": r"\underline{\lim}",
    "cancelto": r"\overset{#1}{\cancel{#2}}",
    "qed": r"\square",
    "sgn": r"\operatorname{sgn}",
    "hfill": r"\qquad",
}

_ENVIRONMENTS = {  # name: (new name, arguments that go, what the reader loses)
    "split": ("aligned", 0, ""),
    "alignedat": ("aligned", 1, ""),
    "alignat": ("align", 1, ""),
    "alignat*": ("align*", 1, ""),
    "multlined": ("gathered", 0, ""),
    "smallmatrix": ("matrix", 0, "smallmatrix is shown at full size"),
}
_ENVIRONMENTS |= {
    f"{kind}smallmatrix": (f"{kind}matrix", 0, f"{kind}smallmatrix is shown at full size") for kind in "pbBvV"
}
_ENVIRONMENTS |= {
    f"{kind}matrix*": (f"{kind}matrix", 0, f"the columns of {kind}matrix* are centred")
    for kind in ("", "p", "b", "B", "v", "V")
}
_WITH_PLACE = frozenset({"aligned", "gathered", "alignedat", "split", "multlined"})  # may have [t]
_TAKES_TAG = frozenset(
    f"{name}{star}" for name in ("equation", "align", "alignat", "gather", "multline") for star in ("", "*")
)
# math-core takes these but prints "[t]": the shim goes first
MISREAD = re.compile(r"\\begin\s*\{(?:aligned|gathered)\}\s*\[")

_PLAIN_TEX = {"\\matrix": "matrix", "\\pmatrix": "pmatrix", "\\cases": "cases"}
_TEXT = {f"\\{name}": f"\\{name}" for name in ("text", "textbf", "textit", "textrm", "textsf", "texttt")}
_TEXT |= {f"\\{name}": "\\text" for name in ("mbox", "hbox", "textnormal", "textup")}
_SIZES = frozenset(
    {"\\tiny", "\\scriptsize", "\\footnotesize", "\\small", "\\normalsize"}
    | {"\\large", "\\Large", "\\LARGE", "\\huge", "\\Huge"}
)
_BIG = frozenset(f"\\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
_ALPHABETS = frozenset(
    {"\\mathbb", "\\mathbf", "\\mathrm", "\\mathcal", "\\mathsf", "\\mathit", "\\boldsymbol", "\\bm"}
)
_PRIMES = {"′": r"\prime", "″": r"\prime\prime", "‴": r"\prime\prime\prime"}
_PIXELS = re.compile(r"(-?\d*\.?\d+)\s*px")
_HEX = re.compile(r"#?([0-9A-Fa-f]{6})")
_CSS_COLOURS = dict(
    pair.split("=")
    for pair in (  # noqa: SIM905 - one table of pairs
        "aqua=00ffff beige=f5f5dc chocolate=d2691e coral=ff7f50 crimson=dc143c darkblue=00008b "
        "darkgreen=006400 darkorange=ff8c00 darkred=8b0000 deepskyblue=00bfff dodgerblue=1e90ff "
        "firebrick=b22222 fuchsia=ff00ff gold=ffd700 grey=808080 hotpink=ff69b4 indigo=4b0082 "
        "khaki=f0e68c lightblue=add8e6 lightcoral=f08080 lightgreen=90ee90 lightgrey=d3d3d3 "
        "lightpink=ffb6c1 lightsalmon=ffa07a lightyellow=ffffe0 limegreen=32cd32 maroon=800000 "
        "navy=000080 orchid=da70d6 plum=dda0dd royalblue=4169e1 salmon=fa8072 seagreen=2e8b57 "
        "silver=c0c0c0 skyblue=87ceeb slateblue=6a5acd springgreen=00ff7f steelblue=4682b4 "
        "tan=d2b48c tomato=ff6347 turquoise=40e0d0"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of TeX; `exact` when its text stands at `offset` of the source, letter by letter."""

    text: str
    offset: int
    exact: bool = True


class SourceMap:
    """Joins tokens to one text and finds, for an offset in it, the offset in the source."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.text = "".join(token.text for token in tokens)
        self._tokens = [token for token in tokens if token.text]
        self._starts: list[int] = []
        position = 0
        for token in self._tokens:
            self._starts.append(position)
            position += len(token.text)

    def to_source(self, position: int) -> int:
        """The source offset for an offset in `text`; behind the end: where the last token ends."""
        if not self._tokens:
            return 0
        index = max(bisect_right(self._starts, position) - 1, 0)
        token = self._tokens[index]
        within = min(max(position - self._starts[index], 0), len(token.text))
        return token.offset + (within if token.exact else 0)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """TeX that math-core may take, its way back to the source, and what the reader loses by it."""

    source: SourceMap
    notices: tuple[str, ...]


def tokenize(tex: str) -> list[Token]:
    """TeX to tokens: control words and symbols, runs of white space, single characters."""
    return [Token(match.group(), match.start()) for match in _TOKEN.finditer(tex)]


def group_end(tokens: Sequence[Token], start: int) -> int:
    """The index behind the `}` that closes the `{` at `start`, or -1."""
    depth = 0
    for index in range(start, len(tokens)):
        text = tokens[index].text
        depth += (text == "{") - (text == "}")
        if depth == 0:
            return index + 1
    return -1


def skip_space(tokens: Sequence[Token], index: int) -> int:
    """The index of the first token at or behind `index` that is no white space."""
    while index < len(tokens) and tokens[index].text.isspace():
        index += 1
    return index


def argument(tokens: Sequence[Token], index: int) -> tuple[list[Token], int] | None:
    """The argument at `index`, without its braces, and the index behind it; None if there is none."""
    start = skip_space(tokens, index)
    if start >= len(tokens) or tokens[start].text == "}":
        return None
    if tokens[start].text != "{":
        return [tokens[start]], start + 1
    end = group_end(tokens, start)
    return None if end < 0 else (list(tokens[start + 1 : end - 1]), end)


def optional(tokens: Sequence[Token], index: int) -> tuple[list[Token], int]:
    """The `[…]` at `index` without its brackets, and the index behind it; nothing there: ([], index)."""
    start = skip_space(tokens, index)
    if start >= len(tokens) or tokens[start].text != "[":
        return [], index
    depth = 0
    for end in range(start + 1, len(tokens)):
        text = tokens[end].text
        depth += (text == "{") - (text == "}")
        if text == "]" and depth == 0:
            return list(tokens[start + 1 : end]), end + 1
        if depth < 0:
            break
    return [], index


def plain(tokens: Iterable[Token]) -> str:
    """The TeX of some tokens."""
    return "".join(token.text for token in tokens)


def rewrite(tex: str, *, display: bool) -> Rewritten:
    """Rewrite what math-core is known to refuse; what is not known here stays as it is.

    `tex` must have passed the limits on nesting (`tex.py`), since arguments are rewritten recursively.
    """
    rewriter = _Rewriter(display=display)
    body = rewriter.run(tokenize(tex))
    return Rewritten(SourceMap(rewriter.wrap(body)), tuple(dict.fromkeys(rewriter.notices)))


class _Rewriter:
    """One pass over one formula.

    A handler gets the tokens and the index behind its command. It appends to `out` and returns the index
    to go on with, or returns None and leaves the command to math-core, which then names the fault.
    """

    def __init__(self, *, display: bool) -> None:
        self.notices: list[str] = []
        self._display = display
        self._open: list[str] = []
        self._tag: list[Token] = []
        self._labels: list[Token] = []
        self._handlers: dict[str, Callable[[Sequence[Token], int, list[Token]], int | None]] = {
            "\\begin": self._begin,
            "\\end": self._end,
            "\\substack": self._substack,
            "\\DeclareMathOperator": self._operator,
            "\\newcommand": self._newcommand,
            "\\tag": self._hoist_tag,
            "\\label": self._hoist_label,
            "\\color": self._colour,
            "\\textcolor": self._colour,
            "\\colorbox": self._box,
            "\\fcolorbox": self._box,
            "\\bbox": self._bbox,
            "\\href": self._href,
            "\\textcircled": self._circled,
            "\\mathop": self._mathop,
            "\\operatorname": self._operatorname,
            "\\limits": self._limits,
            "\\nolimits": self._limits,
            "\\hspace": self._hspace,
            "\\cr": self._line_end,
            "^": self._prime,
        }
        self._handlers |= dict.fromkeys(_PLAIN_TEX, self._plain_tex)
        self._handlers |= dict.fromkeys(_TEXT, self._text)
        self._handlers |= dict.fromkeys(_SIZES, self._size)
        self._handlers |= dict.fromkeys(_BIG, self._big)

    def run(self, tokens: Sequence[Token]) -> list[Token]:
        out: list[Token] = []
        index = 0
        while index < len(tokens):
            handler = self._handlers.get(tokens[index].text)
            following = handler(tokens, index + 1, out) if handler else None
            if following is None:
                out.append(tokens[index])
                following = index + 1
            index = following
        return out

    def wrap(self, body: list[Token]) -> list[Token]:
        """The whole formula, in an environment that can show a tag when there was one."""
        if not self._tag:
            if self._labels:
                self.notices.append("\\label has no effect in a formula without a number")
            return body
        end = body[-1].offset if body else 0
        head, tail = Token(r"\begin{equation*}", 0, exact=False), Token(r"\end{equation*}", end, exact=False)
        return [head, *body, *self._tag, *self._labels, tail]

    # --- environments

    def _begin(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        found = argument(tokens, index)
        if found is None:
            return None
        name, after = plain(found[0]), found[1]
        self._open.append(name)
        offset = tokens[index - 1].offset
        if name == "array":
            return self._array(tokens, after, out, offset)
        if name == "eqnarray":
            out.append(Token(r"\begin{array}{rcl}", offset, exact=False))
            return after
        new, dropped, notice = _ENVIRONMENTS.get(name, (name, 0, ""))
        if name in _WITH_PLACE or name.endswith("matrix*"):
            after = optional(tokens, after)[1]
        elif new == name:
            return None
        for _ in range(dropped):
            given = argument(tokens, after)
            after = given[1] if given else after
        if notice:
            self.notices.append(notice)
        out.append(Token(f"\\begin{{{new}}}", offset, exact=False))
        return after

    def _end(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        found = argument(tokens, index)
        if found is None:
            return None
        name = plain(found[0])
        if self._open:
            self._open.pop()
        new = "array" if name == "eqnarray" else _ENVIRONMENTS.get(name, (name, 0, ""))[0]
        if new == name:
            return None
        out.append(Token(f"\\end{{{new}}}", tokens[index - 1].offset, exact=False))
        return found[1]

    def _array(self, tokens: Sequence[Token], index: int, out: list[Token], offset: int) -> int | None:
        """Drop `@{…}` and `!{…}` from the columns: math-core refuses them, and they are spacing."""
        found = argument(tokens, optional(tokens, index)[1])
        if found is None:
            return None
        spec, kept, place = found[0], "", 0
        while place < len(spec):
            given = argument(spec, place + 1) if spec[place].text in {"@", "!"} else None
            kept += "" if given else spec[place].text
            place = given[1] if given else place + 1
        out.append(Token(f"\\begin{{array}}{{{kept}}}", offset, exact=False))
        return found[1]

    def _substack(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        return self._as_environment(tokens, index, out, (r"\begin{subarray}{c}", r"\end{subarray}"))

    def _plain_tex(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        name = _PLAIN_TEX[tokens[index - 1].text]
        return self._as_environment(tokens, index, out, (f"\\begin{{{name}}}", f"\\end{{{name}}}"))

    def _as_environment(
        self, tokens: Sequence[Token], index: int, out: list[Token], ends: tuple[str, str]
    ) -> int | None:
        found = argument(tokens, index)
        if found is None:
            return None
        offset, close = tokens[index - 1].offset, tokens[found[1] - 1].offset
        out += [
            Token(ends[0], offset, exact=False),
            *self.run(found[0]),
            Token(ends[1], close, exact=False),
        ]
        return found[1]

    def _line_end(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        out.append(Token(r"\\", tokens[index - 1].offset, exact=False))
        return index

    # --- definitions

    def _operator(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        star = "*" if index < len(tokens) and tokens[index].text == "*" else ""
        name = argument(tokens, index + len(star))
        body = argument(tokens, name[1]) if name else None
        if name is None or body is None:
            return None
        offset, called = tokens[index - 1].offset, plain(name[0]).strip()
        # \renewcommand refuses an unknown name and \newcommand a known one; the two together take any
        out.append(Token(f"\\providecommand{{{called}}}{{}}\\renewcommand{{", offset, exact=False))
        out += [*name[0], Token(f"}}{{\\operatorname{star}{{", offset, exact=False), *body[0]]
        out.append(Token("}}", tokens[body[1] - 1].offset, exact=False))
        return body[1]

    def _newcommand(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        index += index < len(tokens) and tokens[index].text == "*"
        name = argument(tokens, index)
        if name is None:
            return None
        count, after = optional(tokens, name[1])
        if optional(tokens, after)[1] != after:
            return None  # a default argument: math-core has none
        called, offset = plain(name[0]).strip(), tokens[index - 1].offset
        number = f"[{plain(count)}]" if count else ""
        out.append(
            Token(f"\\providecommand{{{called}}}{number}{{}}\\renewcommand{{", offset, exact=False),
        )
        out += [*name[0], Token(f"}}{number}", offset, exact=False)]
        return after

    # --- numbers

    def _hoist_tag(self, tokens: Sequence[Token], index: int, _out: list[Token]) -> int | None:
        if not self._display or self._tag or not _TAKES_TAG.isdisjoint(self._open):
            return None
        star = index < len(tokens) and tokens[index].text == "*"
        found = argument(tokens, index + star)
        if found is None:
            return None
        self._tag = list(tokens[index - 1 : found[1]])
        return found[1]

    def _hoist_label(self, tokens: Sequence[Token], index: int, _out: list[Token]) -> int | None:
        found = argument(tokens, index)
        if found is None or self._labels or not _TAKES_TAG.isdisjoint(self._open):
            return None
        self._labels = list(tokens[index - 1 : found[1]])
        return found[1]

    # --- colours and boxes

    def _colour(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        command = tokens[index - 1]
        model, after = optional(tokens, index)
        name = argument(tokens, after)
        value = _components(plain(model), plain(name[0])) if name else None
        if name is None or value is None:
            return None
        switch = Token(f"\\color[rgb]{{{value}}}", command.offset, exact=False)
        if command.text == "\\color":
            out.append(switch)
            return name[1]
        body = argument(tokens, name[1])
        if body is None:
            return None
        out += self._grouped(switch, body[0], tokens[body[1] - 1].offset)
        return body[1]

    def _grouped(self, first: Token, body: Sequence[Token], close: int) -> list[Token]:
        end = Token("}", close, exact=False)
        return [Token("{", first.offset, exact=False), first, *self.run(body), end]

    def _box(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        command = tokens[index - 1]
        framed = command.text == "\\fcolorbox"
        colour = argument(tokens, index)
        if colour and framed:
            colour = argument(tokens, colour[1])
        body = argument(tokens, colour[1]) if colour else None
        if colour is None or body is None:
            return None
        self.notices.append(f"{command.text} is shown {'as a plain frame' if framed else 'as coloured text'}")
        made = [Token(text, command.offset, exact=False) for text in ("\\textcolor", "{", "}", "{")]
        close = Token("}", tokens[body[1] - 1].offset, exact=False)
        # the content of a box is text, with formulas between dollars
        text = [Token("\\text", command.offset, exact=False), made[1], *body[0], close]
        if framed:
            out += self._grouped(Token("\\boxed{", command.offset, exact=False), text, close.offset)
            out.append(close)
        else:
            out += self.run([made[0], made[1], *colour[0], made[2], made[3], *text, close])
        return body[1]

    def _bbox(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        body = argument(tokens, optional(tokens, index)[1])
        if body is None:
            return None
        self.notices.append("\\bbox is shown without its box")
        out += self._grouped(Token("", tokens[index - 1].offset), body[0], tokens[body[1] - 1].offset)
        return body[1]

    def _href(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        target = argument(tokens, index)
        body = argument(tokens, target[1]) if target else None
        if body is None:
            return None
        self.notices.append("\\href is shown without its link")
        out += self._grouped(Token("", tokens[index - 1].offset), body[0], tokens[body[1] - 1].offset)
        return body[1]

    # --- text

    def _text(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        r"""`\text{if $x$}` becomes `{\text{if }{x}}`; `_`, `&` and `#` in text become letters."""
        command = tokens[index - 1]
        start = skip_space(tokens, index)
        if start >= len(tokens) or tokens[start].text != "{":
            return None
        end = group_end(tokens, start)
        if end < 0:
            return None
        head = _TEXT[command.text] + "{"
        out.append(Token("{" + head, command.offset, exact=False))
        place, close = start + 1, end - 1
        while place < close:
            token = tokens[place]
            formula = _formula_in_text(tokens, place, close)
            if formula:
                out.append(Token("}", token.offset, exact=False))
                out += self._grouped(Token("", token.offset), formula[0], tokens[formula[1] - 1].offset)
                out.append(Token(head, tokens[formula[1] - 1].offset, exact=False))
                place = formula[1]
                continue
            out.append(Token("\\" + token.text, token.offset, exact=False) if token.text in "_&#" else token)
            place += 1
        out.append(Token("}}", tokens[close].offset, exact=False))
        return end

    def _size(self, _tokens: Sequence[Token], index: int, _out: list[Token]) -> int | None:
        self.notices.append("text sizes have no effect in a formula")
        return index

    def _circled(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        found = argument(tokens, index)
        sign = _circled_sign(plain(found[0]).strip()) if found else ""
        if found is None or not sign:
            return None
        out.append(Token(f"\\text{{{sign}}}", tokens[index - 1].offset, exact=False))
        return found[1]

    # --- signs

    def _mathop(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        body = argument(tokens, index)
        after = skip_space(tokens, body[1]) if body else len(tokens)
        if body is None or after >= len(tokens) or tokens[after].text != "\\limits":
            return None
        return self._with_limits(tokens, after + 1, out, (tokens[index - 1].offset, body[0]))

    def _operatorname(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        r"""`\operatorname*{\mathbb{E}}`: math-core takes letters only, so it becomes a `\mathop`."""
        star = index < len(tokens) and tokens[index].text == "*"
        body = argument(tokens, index + star)
        if body is None or not any(token.text in _ALPHABETS for token in body[0]):
            return None
        operator = (tokens[index - 1].offset, body[0])
        if star and self._display:
            return self._with_limits(tokens, body[1], out, operator)
        out += self._grouped(Token("\\mathop{", operator[0], exact=False), body[0], operator[0])
        out.append(Token("}", operator[0], exact=False))
        return body[1]

    def _with_limits(
        self, tokens: Sequence[Token], after: int, out: list[Token], operator: tuple[int, list[Token]]
    ) -> int | None:
        """The scripts of an operator set above and below, since math-core cannot give it limits."""
        offset, inner = operator[0], self.run(operator[1])
        while (start := skip_space(tokens, after)) < len(tokens) and tokens[start].text in {"_", "^"}:
            script = argument(tokens, start + 1)
            if script is None:
                return None
            place = tokens[start].offset
            head = Token("\\underset{" if tokens[start].text == "_" else "\\overset{", place, exact=False)
            middle, last = Token("}{", place, exact=False), Token("}", place, exact=False)
            inner = [head, *self.run(script[0]), middle, *inner, last]
            after = script[1]
        out += [Token("\\mathop{", offset, exact=False), *inner, Token("}", offset, exact=False)]
        return after

    def _limits(self, _tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        """Behind a group (an underbrace, an operator name) the limits are where they belong anyway."""
        return index if out and out[-1].text.endswith("}") else None

    def _big(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        start = skip_space(tokens, index)
        found = argument(tokens, start)
        if found is None or tokens[start].text != "{" or len(found[0]) != 1:
            return None
        out += [tokens[index - 1], found[0][0], Token(" ", tokens[found[1] - 1].offset)]
        return found[1]

    def _hspace(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        star = index < len(tokens) and tokens[index].text == "*"
        found = argument(tokens, index + star)
        if found is None:
            return None
        length = _PIXELS.sub(lambda match: f"{float(match[1]) * 0.75:g}pt", plain(found[0]))
        out.append(Token(f"\\hspace{{{length}}}", tokens[index - 1].offset, exact=False))
        return found[1]

    def _prime(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        sign = _PRIMES.get(tokens[index].text) if index < len(tokens) else None
        if sign is None:
            return None
        out.append(Token(f"^{{{sign}}}", tokens[index - 1].offset, exact=False))
        return index + 1


def _components(model: str, name: str) -> str | None:
    """A colour that math-core does not know by name, as its `red,green,blue` from 0 to 1."""
    value = _CSS_COLOURS.get(name.strip()) if not model else None
    match = _HEX.fullmatch(name.strip()) if model in {"", "HTML"} else None
    if match:
        value = match[1]
    if value is None:
        return None
    return ",".join(f"{int(value[start : start + 2], 16) / 255:.3f}" for start in (0, 2, 4))


def _formula_in_text(tokens: Sequence[Token], start: int, close: int) -> tuple[list[Token], int] | None:
    r"""The formula of `$…$` or `\(…\)` that begins at `start`, and the index behind it."""
    ending = {"$": "$", "\\(": "\\)"}.get(tokens[start].text)
    if ending is None:
        return None
    for index in range(start + 1, close):
        if tokens[index].text == ending:
            return list(tokens[start + 1 : index]), index + 1
    return None


def _circled_sign(text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= 20:
        return chr(0x245F + int(text)) if int(text) else "⓪"
    if text.isascii() and text.isalpha() and len(text) == 1:
        return chr(0x24B6 + ord(text) - ord("A")) if text.isupper() else chr(0x24D0 + ord(text) - ord("a"))
    return ""


# --- limits: math-core is recursive native code, and a formula nested too deep ends the whole process

MAX_LENGTH = 20_000
MAX_EXPANSIONS = 1000
_MAX_GROUPS = 100  # `{`, \left, \begin inside one another; the rewriting is recursive too
_MAX_DEPTH = 800  # the same plus commands that may take one another as argument; it breaks above 3000
_MAX_COPIES = 1_000_000  # characters that one expansion may make
_SAFE = 3000  # length x cost of the dearest macro: below, no counting is needed
_DEFINERS = frozenset(
    f"\\{name}" for name in ("def", "newcommand", "renewcommand", "providecommand", "DeclareMathOperator")
)
_MAY_DEFINE = re.compile(r"def|command|Operator|\\let")
_OPENERS = frozenset({"{", "\\left", "\\begin"})
_CLOSERS = frozenset({"}", "\\right", "\\end"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a formula, and where in the text that was looked at."""

    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What one use of a macro costs: how deep it nests, how often it copies its argument."""

    depth: int
    copies: int


def macro_costs(
    bodies: Mapping[str, Sequence[Token]], known: Mapping[str, Cost]
) -> tuple[dict[str, Cost], str]:
    r"""The cost of macros (`\name`: body), given those `known`; and one that leads back to itself, or ''."""
    uses = {name: {t.text for t in body if t.text in bodies} for name, body in bodies.items()}
    costs = dict(known)
    try:
        order = list(TopologicalSorter(uses).static_order())
    except CycleError as error:
        return costs, str(error.args[1][0])
    for name in order:
        copies = max(1, sum(token.text == "#" for token in bodies[name]))
        for used in uses[name] | {t.text for t in bodies[name] if t.text in known}:
            copies = min(copies * costs[used].copies, _MAX_COPIES + 1)
        costs[name] = Cost(_depth(bodies[name], costs)[0], copies)
    return costs, ""


def too_much(tex: str, macros: Mapping[str, Cost]) -> Fault | None:
    """Whether a formula is too long, nests too deep, or defines a macro that never ends."""
    if len(tex) > MAX_LENGTH:
        return Fault(MAX_LENGTH, f"the formula is longer than {MAX_LENGTH} characters")
    dearest = max((cost.depth for cost in macros.values()), default=2)
    if len(tex) * max(dearest, 2) <= _SAFE and not _MAY_DEFINE.search(tex) and tex.count("{") <= _MAX_GROUPS:
        return None
    tokens = tokenize(tex)
    bodies: dict[str, list[Token]] = {}
    places: dict[str, int] = {}
    for name, body in _definitions(tokens):
        bodies.setdefault(name.text, []).extend(body)
        places.setdefault(name.text, name.offset)
    costs, circular = macro_costs(bodies, {k: v for k, v in macros.items() if k not in bodies})
    if circular:
        return Fault(places[circular], f'macro "{circular}" leads back to itself')
    depth, groups, offset = _depth(tokens, costs)
    if depth > _MAX_DEPTH or groups > _MAX_GROUPS:
        return Fault(offset, "the formula is nested too deep")
    for token in tokens:
        if token.text in costs and costs[token.text].copies * len(tex) > _MAX_COPIES:
            return Fault(token.offset, f'macro "{token.text}" makes the formula too long')
    return None


def _definitions(tokens: Sequence[Token]) -> Iterable[tuple[Token, list[Token]]]:
    for index, token in enumerate(tokens):
        if token.text not in _DEFINERS:
            continue
        after = index + 1 + (index + 1 < len(tokens) and tokens[index + 1].text == "*")
        name = argument(tokens, after)
        if name is None or not name[0]:
            continue
        start = name[1]
        while start < len(tokens) and tokens[start].text != "{":
            start += 1
        body = argument(tokens, start)
        if body:
            yield name[0][0], body[0]


def _depth(tokens: Sequence[Token], costs: Mapping[str, Cost]) -> tuple[int, int, int]:
    r"""How deep the parser may go, how many groups are inside one another, and where it is deepest.

    A command may take the next one as its argument (`\sqrt\sqrt x`), so within a group each one counts;
    a new cell or line of an environment starts again.
    """
    frames, deepest, groups, where = [(0, 0)], 0, 0, 0  # (depth where the group began, depth now)
    for token in tokens:
        text = token.text
        begin, now = frames[-1]
        if text in _OPENERS:
            frames.append((now + 1, now + 1))
        elif text in _CLOSERS:
            if len(frames) > 1:
                frames.pop()
        elif text in {"&", "\\\\"}:
            frames[-1] = (begin, begin)
        elif text[0] == "\\":
            frames[-1] = (begin, now + (costs[text].depth if text in costs else 1))
        groups = max(groups, len(frames) - 1)
        if frames[-1][1] > deepest:
            deepest, where = frames[-1][1], token.offset
    return deepest, groups, where
