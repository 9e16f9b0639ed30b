"""Rewrites what math-core does not know into what it does.

The rewriting works on tokens and keeps a `SourceMap`, so that an error found in the rewritten TeX is
shown where the author wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.parsing import tex_tables
from notebook_kb.parsing.tex_tokens import (
    SourceMap,
    Token,
    argument,
    array_columns,
    formula_in_text,
    group_end,
    optional,
    plain,
    skip_space,
    tokenize,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Rewritten:
    """TeX that math-core may take, its way back to the source, and what the reader loses by it."""

    source: SourceMap
    notices: tuple[str, ...]


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
        self._handlers |= dict.fromkeys(tex_tables.PLAIN_TEX, self._plain_tex)
        self._handlers |= dict.fromkeys(tex_tables.TEXT, self._text)
        self._handlers |= dict.fromkeys(tex_tables.SIZES, self._size)
        self._handlers |= dict.fromkeys(tex_tables.BIG, self._big)

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
        new, dropped, notice = tex_tables.ENVIRONMENTS.get(name, (name, 0, ""))
        if name in tex_tables.WITH_PLACE or name.endswith("matrix*"):
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
        new = "array" if name == "eqnarray" else tex_tables.ENVIRONMENTS.get(name, (name, 0, ""))[0]
        if new == name:
            return None
        out.append(Token(f"\\end{{{new}}}", tokens[index - 1].offset, exact=False))
        return found[1]

    def _array(self, tokens: Sequence[Token], index: int, out: list[Token], offset: int) -> int | None:
        found = argument(tokens, optional(tokens, index)[1])
        if found is None:
            return None
        out.append(Token(f"\\begin{{array}}{{{array_columns(found[0])}}}", offset, exact=False))
        return found[1]

    def _substack(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        return self._as_environment(tokens, index, out, (r"\begin{subarray}{c}", r"\end{subarray}"))

    def _plain_tex(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        name = tex_tables.PLAIN_TEX[tokens[index - 1].text]
        return self._as_environment(tokens, index, out, (f"\\begin{{{name}}}", f"\\end{{{name}}}"))

    def _as_environment(
        self, tokens: Sequence[Token], index: int, out: list[Token], ends: tuple[str, str]
    ) -> int | None:
        found = argument(tokens, index)
        if found is None:
            return None
        offset, close = tokens[index - 1].offset, tokens[found[1] - 1].offset
        begin, end = Token(ends[0], offset, exact=False), Token(ends[1], close, exact=False)
        out += [begin, *self.run(found[0]), end]
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
        if not self._display or self._tag or not tex_tables.TAKES_TAG.isdisjoint(self._open):
            return None
        star = index < len(tokens) and tokens[index].text == "*"
        found = argument(tokens, index + star)
        if found is None:
            return None
        self._tag = list(tokens[index - 1 : found[1]])
        return found[1]

    def _hoist_label(self, tokens: Sequence[Token], index: int, _out: list[Token]) -> int | None:
        found = argument(tokens, index)
        if found is None or self._labels or not tex_tables.TAKES_TAG.isdisjoint(self._open):
            return None
        self._labels = list(tokens[index - 1 : found[1]])
        return found[1]

    # --- colours and boxes

    def _colour(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        command = tokens[index - 1]
        model, after = optional(tokens, index)
        name = argument(tokens, after)
        value = tex_tables.colour_components(plain(model), plain(name[0])) if name else None
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
        head = tex_tables.TEXT[command.text] + "{"
        out.append(Token("{" + head, command.offset, exact=False))
        place, close = start + 1, end - 1
        while place < close:
            token = tokens[place]
            formula = formula_in_text(tokens, place, close)
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
        sign = tex_tables.circled_sign(plain(found[0]).strip()) if found else ""
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
        if body is None or not any(token.text in tex_tables.ALPHABETS for token in body[0]):
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
        length = tex_tables.PIXELS.sub(lambda match: f"{float(match[1]) * 0.75:g}pt", plain(found[0]))
        out.append(Token(f"\\hspace{{{length}}}", tokens[index - 1].offset, exact=False))
        return found[1]

    def _prime(self, tokens: Sequence[Token], index: int, out: list[Token]) -> int | None:
        sign = tex_tables.PRIMES.get(tokens[index].text) if index < len(tokens) else None
        if sign is None:
            return None
        out.append(Token(f"^{{{sign}}}", tokens[index - 1].offset, exact=False))
        return index + 1
