"""What each TeX command leaves on a line of text: the guard's own table, not the writer's.

`SIGNS` names the sign of a command, `FUNCTIONS` the word of it; the sets say how a command's arguments are read.
"""

from __future__ import annotations

_PAIRS = (  # noqa: SIM905 - one table of pairs
    r"alpha α beta β gamma γ Gamma Γ delta δ Delta Δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta θ Theta Θ iota ι "
    r"kappa κ varkappa κ lambda λ Lambda Λ mu μ nu ν xi ξ Xi Ξ omicron ο pi π Pi Π varpi π rho ρ varrho ρ sigma σ "
    r"varsigma ς Sigma Σ tau τ upsilon υ Upsilon Υ phi φ varphi φ Phi Φ chi χ psi ψ Psi Ψ omega ω Omega Ω digamma ϝ "
    r"aleph ℵ beth ℶ ell ℓ hbar ℏ hslash ℏ imath ı jmath ȷ Re ℜ Im ℑ wp ℘ partial ∂ nabla ∇ infty ∞ emptyset ∅ "
    r"varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ top ⊤ intercal ⊤ bot ⊥ angle ∠ triangle △ square □ "
    r"blacksquare ■ Box ◻ diamond ⋄ Diamond ◊ diamondsuit ♢ star ⋆ bigstar ★ ast * circ ∘ bullet ∙ cdot ⋅ cdotp ⋅ times × "
    r"div ÷ pm ± mp ∓ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ dagger † ddagger ‡ wedge ∧ land ∧ vee ∨ lor ∨ cap ∩ cup ∪ "
    r"uplus ⊎ sqcap ⊓ sqcup ⊔ setminus ∖ wr ≀ amalg ⨿ le ≤ leq ≤ leqslant ⩽ ge ≥ geq ≥ geqslant ⩾ ne ≠ neq ≠ ll ≪ gg ≫ "
    r"lll ⋘ ggg ⋙ equiv ≡ sim ∼ simeq ≃ approx ≈ approxeq ≊ cong ≅ asymp ≍ propto ∝ doteq ≐ prec ≺ succ ≻ preceq ⪯ "
    r"succeq ⪰ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈ in ∈ notin ∉ ni ∋ owns ∋ "
    r"perp ⟂ parallel ∥ nparallel ∦ mid | nmid ∤ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ vartriangleleft ⊲ trianglelefteq ⊴ lhd ⊲ "
    r"rhd ⊳ unlhd ⊴ unrhd ⊵ bowtie ⋈ triangleq ≜ coloneqq ≔ eqqcolon ≕ eqcolon ≕ colon : lesssim ≲ gtrsim ≳ lessgtr ≶ "
    r"to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ longrightarrow ⟶ "
    r"longleftarrow ⟵ Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ longleftrightarrow ⟷ implies ⟹ impliedby ⟸ "
    r"iff ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ "
    r"Downarrow ⇓ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ "
    r"rightleftharpoons ⇌ rightsquigarrow ⇝ leadsto ⇝ twoheadrightarrow ↠ nrightarrow ↛ nRightarrow ⇏ "
    r"sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigsqcup ⨆ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ "
    r"bigotimes ⨂ bigodot ⨀ biguplus ⨄ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } lbrack [ "
    r"rbrack ] vert | Vert ‖ lvert | rvert | lVert ‖ rVert ‖ | ‖ { { } } # # % % _ _ lt < gt > ldots ... dots ... "
    r"cdots ... vdots ⋮ ddots ⋱ prime ′ degree ∘ checkmark ✓ qed □ S § flat ♭ sharp ♯ natural ♮ mho ℧ complement ∁ "
    r"because ∵ therefore ∴ ldotp . R ℝ N ℕ Z ℤ backslash \ & & $ $"
).split()
SIGNS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
FUNCTIONS = {
    name: (name,)
    for name in r"""Pr arccos arcsin arctan arg cos cosh cot coth csc deg det dim erf exp gcd hom inf ker lg lim ln log
    max min mod bmod sec sgn sin sinh sup tan tanh""".split()  # noqa: SIM905 - a list of words reads best as words
} | {
    "bmod": ("mod",),
    "argmax": ("arg", "max"),
    "argmin": ("arg", "min"),
    "liminf": ("lim", "inf"),
    "limsup": ("lim", "sup"),
}
ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0304",
    "underline": "\u0332",
    "vec": "\u20d7",
    "overrightarrow": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "breve": "\u0306",
    "acute": "\u0301",
    "grave": "\u0300",
    "mathring": "\u030a",
    "not": "\u0338",
}
# what a command of several arguments leaves beside them
SHAPES = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), "/"),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), "C("),
    "sqrt": "√",
    "abs": "||",
    "norm": "‖‖",
}
ABOVE = frozenset({"overset", "stackrel"})
BELOW = frozenset({"underset"})
ARROWS = {"xrightarrow": "→", "xleftarrow": "←"}
# looks, sizes and spaces: they say nothing, and what they hold is read
TRANSPARENT = frozenset(
    r"""mathbb mathbf mathcal mathscr mathfrak boldsymbol bm pmb mathds mathit mathnormal bf rm it cal displaystyle
    textstyle scriptstyle scriptscriptstyle limits nolimits mathop mathbin mathrel mathord mathopen mathclose mathclap
    smash ensuremath boxed underbrace overbrace substack nonumber notag quad qquad hfill mathpunct mathinner operatorname
    mathrm mathsf mathtt cancel bcancel xcancel""".split()  # noqa: SIM905 - the same
)
NAMES = frozenset({"operatorname", "mathrm", "mathsf", "mathtt", "mathit"})
TEXTS = frozenset(
    "text textbf textit textrm textsf texttt mbox hbox textnormal textup".split()  # noqa: SIM905 - the same
)
SIZED = frozenset(
    {"left", "right", "middle"}
    | {f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")}
)
# their first argument is no part of the formula
HIDDEN = frozenset(
    "phantom hphantom vphantom label hspace mspace color textcolor end".split()  # noqa: SIM905 - the same
)
DEFINES = frozenset(
    "newcommand renewcommand providecommand def let DeclareMathOperator".split()  # noqa: SIM905 - the same
)
BRACKETS = {"pmatrix": "[]", "bmatrix": "[]", "vmatrix": "||", "Vmatrix": "‖‖", "Bmatrix": "{}", "cases": "{"}
