r"""TeX formulas to MathML, by math-core: the only module that knows this library.

A formula is tried as it is, then rewritten (`tex_shim`), then given up with a `TexError` that holds the
place in what the author wrote. Comments never leave this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from math_core import LatexError, LatexToMathML

from notebook_kb.parsing.tex_finish import finished
from notebook_kb.parsing.tex_limits import MAX_EXPANSIONS, Fault, macro_costs, too_much
from notebook_kb.parsing.tex_lines import formula_lines, in_rows
from notebook_kb.parsing.tex_shim import rewrite
from notebook_kb.parsing.tex_tables import MISREAD, SHIM_MACROS
from notebook_kb.parsing.tex_tokens import SourceMap, Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.parsing.tex_limits import Cost

_MAX_OUTPUT = 2_000_000  # characters; a sane formula of the greatest length makes a quarter of it
_MAX_MACRO_DEPTH = 100

_FAULT = re.compile(r"(?:macro\d+:)?(\d+): (.*)", re.DOTALL)
_BAD_MACRO = re.compile(r"macro(\d+):")
_COMMENT = re.compile(r"\\.|%[^\n]*", re.DOTALL)
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLOUR = re.compile(r'unknown color "([^"]*)"')
_UNKNOWN = re.compile(r'unknown (command|environment) "\\?([^"]+)"')

# What a misspelt name is compared with; math-core gives no list of what it knows.
ENVIRONMENTS = frozenset(
    """align align* alignat aligned alignedat array Bmatrix bmatrix cases dcases equation equation* gather
    gather* gathered matrix multline pmatrix rcases smallmatrix split subarray Vmatrix vmatrix""".split()  # noqa: SIM905 - a list of words reads best as words
)
COMMANDS = frozenset(
    r"""acute aleph alpha amalg angle approx arccos arcsin arctan arg argmax argmin ast asymp backslash bar
    begin beta bf big Big bigcap bigcup bigg Bigg biggl Biggl biggr Biggr bigl Bigl bigoplus bigotimes bigr
    Bigr bigsqcup bigvee bigwedge binom blacksquare bm bmod boldsymbol bot boxed breve bullet cancel cap cdot
    cdots cfrac check checkmark chi circ colon coloneqq color cong coprod cos cosh cot coth csc cup dagger
    dbinom ddot ddots def deg delta Delta det dfrac diamond dim displaystyle div dot doteq dots downarrow ell
    emptyset end epsilon eqref equiv erf eta exists exp flat forall frac frown gamma Gamma gcd ge geq gets gg
    grave hat hbar hom hookrightarrow hphantom hspace iff iiint iint Im imath implies in inf infty int iota
    jmath kappa ker label lambda Lambda land langle lbrace lbrack lceil ldots le left leftarrow Leftarrow
    leftrightarrow Leftrightarrow leq let lfloor lg lim liminf limits limsup ll ln lnot log longleftarrow
    longmapsto longrightarrow lor lVert lvert mapsto mathbb mathbf mathbin mathcal mathfrak mathit mathop
    mathord mathrel mathrm mathscr mathsf mathtt max mid middle min mod models mp mu nabla ne nearrow neg neq
    newcommand ni nolimits nonumber not notag notin nu odot oint omega Omega ominus operatorname oplus otimes
    overbrace overline overrightarrow overset parallel partial perp phantom phi Phi pi Pi pm pmod Pr prec
    preceq prime prod propto psi Psi quad qquad rangle rbrace rbrack rceil Re renewcommand rfloor rho right
    rightarrow Rightarrow rightleftharpoons rVert rvert scriptstyle searrow sec setminus sgn sigma Sigma sim
    simeq sin sinh sqrt square stackrel star subset subseteq subsetneq succ succeq sum sup supset supseteq
    tag tan tanh tau text textbf textcolor textit textrm textstyle texttt tfrac theta Theta tilde times to top
    triangle triangleq underbrace underline underset uparrow upsilon varepsilon varnothing varphi varpi
    varrho varsigma vartheta vdash vdots vec vee Vert vert wedge widehat widetilde wp xi Xi xleftarrow
    xrightarrow zeta substack DeclareMathOperator abs norm colorbox pmb limits""".split()  # noqa: SIM905 - the same
)


@dataclass(frozen=True, slots=True)
class TexError:
    """Why a formula could not be set: `offset` counts characters of the TeX given to `convert`."""

    offset: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class TexResult:
    """MathML, or '' and an error; `notices` say which looks were given up."""

    mathml: str
    error: TexError | None
    notices: tuple[str, ...]


class TexConverter:
    r"""Converts formulas with one set of macros; any number of threads may share it.

    `macros` maps `\R` or `R` to TeX. Those that cannot be used are in `bad_macros` as (name, message).
    """

    def __init__(self, macros: Mapping[str, str] | None = None) -> None:
        given = {name.removeprefix("\\"): strip_comments(body) for name, body in (macros or {}).items()}
        self._costs, kept, bad = _affordable(given)
        self._macros, _refused = _accepted(kept)
        tried = {k: v if k in self._macros else _rewritten(v) for k, v in kept.items()}
        self._shim_macros, refused = _accepted(SHIM_MACROS | tried)
        self.bad_macros: tuple[tuple[str, str], ...] = tuple(
            (f"\\{name}", message) for name, message in (bad | refused).items()
        )
        self._raw, self._shim = _converter(self._macros), _converter(self._shim_macros)

    def convert(self, tex: str, *, display: bool) -> TexResult:
        """One formula, without its dollars, as a `math` element that is well-formed XML. Never raises."""
        comments = _without_comments(tex)
        clean = comments.text
        fault = _foreign_character(clean) or too_much(clean, self._costs)
        if fault:
            return self._given_up(fault, comments, tex)
        if display and len(lines := formula_lines(clean)) > 1:
            rows = self._set(in_rows(lines), clean, display=True)
            if isinstance(rows, TexResult):
                return rows
        found = self._set(clean, clean, display=display)
        return self._given_up(found, comments, tex) if isinstance(found, Fault) else found

    def _set(self, tex: str, clean: str, *, display: bool) -> TexResult | Fault:
        """A formula as it is, else rewritten, annotated with `clean`; else the fault, by its place in `tex`."""
        first = self._run(self._raw, tex, display=display)
        if isinstance(first, str) and not MISREAD.search(tex):
            return TexResult(finished(first, clean), None, ())
        shimmed = rewrite(tex, display=display)
        second = self._run(self._shim, shimmed.source.text, display=display)
        if isinstance(second, str):
            return TexResult(finished(second, clean), None, shimmed.notices)
        if isinstance(first, str):
            return TexResult(finished(first, clean), None, ())
        # the rewriting may have carried the parser past its first stop, to the fault that is the author's
        later = Fault(shimmed.source.to_source(second.offset), second.message)
        return later if later.offset >= first.offset else first

    def _run(self, converter: LatexToMathML, tex: str, *, display: bool) -> str | Fault:
        try:
            mathml = converter.convert_with_local_state(tex, displaystyle=display)
        except LatexError as error:
            return _placed(_fault(str(error)), tex)
        except BaseException as error:
            # A panic of the library is no Exception, and it leaves the converter's lock unusable.
            if type(error).__name__ not in {"PanicException", "LockError"}:
                raise
            self._raw, self._shim = _converter(self._macros), _converter(self._shim_macros)
            return Fault(0, "the formula library failed on this formula")
        if len(mathml) > _MAX_OUTPUT:
            return Fault(0, "the formula becomes too long when its macros are put in")
        return mathml

    def _given_up(self, fault: Fault, comments: SourceMap, tex: str) -> TexResult:
        offset = min(max(fault.offset, 0), len(comments.text))
        hint = _hint(fault.message, self._shim_macros, commented=comments.text != tex)
        unknown = _UNKNOWN.match(fault.message)
        # the rewriting knows the command but found nothing to work on
        lacking = unknown and unknown[1] == "command" and unknown[2] in COMMANDS
        message = f'"\\{unknown[2]}" lacks an argument' if unknown and lacking else fault.message
        return TexResult("", TexError(comments.to_source(offset), message, hint), ())


def strip_comments(tex: str) -> str:
    r"""The TeX without its comments (`%` to the end of the line), which are private; `\%` stays.

    A line that holds nothing but a comment goes as a whole, other line ends stay.
    """
    return _without_comments(tex).text


def _without_comments(tex: str) -> SourceMap:
    kept: list[Token] = []
    start = 0
    for match in _COMMENT.finditer(tex) if "%" in tex else ():
        if match.group()[0] != "%":
            continue
        line = tex.rfind("\n", 0, match.start()) + 1
        alone = not tex[line : match.start()].strip() and match.end() < len(tex)
        kept.append(Token(tex[start : line if alone else match.start()], start))
        start = match.end() + alone
    kept.append(Token(tex[start:], start))
    return SourceMap(kept)


# --- macros


def _converter(macros: Mapping[str, str]) -> LatexToMathML:
    return LatexToMathML(
        macros=dict(macros),
        annotation=True,
        allow_unreliable_rendering=True,  # \widetilde and the like
        fancy_error=False,  # "offset: message", no drawing with colour codes
        max_expansions=MAX_EXPANSIONS,
    )


def _affordable(macros: Mapping[str, str]) -> tuple[dict[str, Cost], dict[str, str], dict[str, str]]:
    """What the macros cost, those that can be used, and why the others cannot."""
    kept, bad = dict(macros), {}
    for name, body in macros.items():
        message = _macro_fault(body)
        if message:
            bad[name] = message
            del kept[name]
    while True:
        costs, circular = macro_costs({f"\\{name}": tokenize(body) for name, body in kept.items()}, {})
        if not circular:
            break
        bad[circular[1:]] = f'macro "{circular}" leads back to itself'
        del kept[circular[1:]]
    for name in [name for name in kept if costs[f"\\{name}"].depth > _MAX_MACRO_DEPTH]:
        bad[name] = "the macro is nested too deep"
        del kept[name], costs[f"\\{name}"]
    return costs, kept, bad


def _macro_fault(body: str) -> str:
    """What math-core notices only where the macro is used, or cannot read at all."""
    foreign = _foreign_character(body)
    if foreign:
        return foreign.message
    depth = 0
    for token in tokenize(body):
        depth += (token.text == "{") - (token.text == "}")
        if depth < 0:
            break
    return 'unmatched "{" or "}"' if depth else ""


def _accepted(macros: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Which macros math-core takes, and what it says about the others."""
    kept, bad = dict(macros), {}
    while True:
        try:
            _converter(kept)
        except LatexError as error:
            found = _BAD_MACRO.match(str(error))
            name = list(kept)[int(found[1])] if found else next(reversed(kept))
            bad[name] = _fault(str(error)).message
            del kept[name]
        else:
            return kept, bad


def _rewritten(body: str) -> str:
    return rewrite(body, display=False).source.text


# --- errors


def _fault(message: str) -> Fault:
    match = _FAULT.fullmatch(message)
    offset, said = (int(match[1]), match[2]) if match else (0, message)
    return Fault(offset, said[:1].lower() + said[1:].removesuffix("."))


def _placed(fault: Fault, tex: str) -> Fault:
    """An unknown colour is reported at the start of the formula; its name tells the place."""
    found = _COLOUR.match(fault.message)
    place = tex.find(f"{{{found[1]}}}") if found else -1
    return Fault(place + 1, fault.message) if place >= 0 else fault


def _foreign_character(tex: str) -> Fault | None:
    match = _NOT_XML.search(tex)
    return Fault(match.start(), f"character U+{ord(match[0]):04X} cannot be published") if match else None


def _hint(message: str, macros: Mapping[str, str], *, commented: bool) -> str:
    unknown = _UNKNOWN.match(message)
    if unknown:
        kind, name = unknown.groups()
        near = _nearest(name, ENVIRONMENTS if kind == "environment" else COMMANDS.union(macros))
        if near in {"", name}:
            return "" if kind == "environment" else "if it is one of your own, define it under `macros:`"
        return f"did you mean \\begin{{{near}}}?" if kind == "environment" else f"did you mean \\{near}?"
    if "end of input" in message and commented:
        return "% starts a comment; write \\% for the sign"
    if "end of input" in message:
        return "close what was opened: each { needs its }, each \\begin{…} its \\end{…}"
    if message.startswith('found "&"'):
        return "put the lines in \\begin{aligned} … \\end{aligned}, or write \\& for the sign"
    if "parameter" in message:
        return "write \\# for the sign"
    return ""


def _nearest(name: str, names: frozenset[str]) -> str:
    # sorted: the order of a set differs from run to run, and with it which of two equals wins
    found = get_close_matches(name, sorted(names), n=1, cutoff=0.7)
    if not found:
        by_lower = {known.lower(): known for known in sorted(names)}
        found = [by_lower[low] for low in get_close_matches(name.lower(), by_lower, n=1, cutoff=0.7)]
    return found[0] if found else ""
