"""Names that stand in formulas: which need no words of their own, and which letters in a row are a word, not a product."""

from __future__ import annotations

import unicodedata
from itertools import pairwise


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# functions and operators with a name that everybody knows: they may be described, but need not
KNOWN_FUNCTIONS = _words(
    """log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth min max sup inf lim limsup liminf
    arg argmax argmin det dim ker gcd deg hom mod Pr tr Tr trace Spur rank rk rang span diag sign sgn Var Cov softmax
    sigmoid ReLU relu plim"""
)
# words in the index that name a variant, written with or without \text
LABELS = _words(
    """new old next prev min max opt best true pred train test val valid in out model data loss head key ref avg tot total
    batch init start end prior post reg left right obs emp std std low high top bot mid std eff exp crit free local global
    input output hidden target source real fake gen disc final noise clean pos neg neu alt fit res err reg mean std last
    first query value attn ffn text image class cls logit soft hard base ext int sup inf iid"""
)
CAPITAL_LABELS = _words("KL CE ML JS TV BN LN LS GD GP SS ID PE ReLU")
# known where they are called, else labels
CALLED = _words("KL")
# what people write in letters though it is one word
RUNS = _words(
    """log exp max min sin cos tan arg det dim var cov Var Cov loss bias rank span sign diag true error lr score logit relu
    ReLU PE pos neg MSE MAE MLE MAP NLL ELBO RMSE BCE KL softmax sigmoid argmax argmin accuracy precision recall cost grad test"""
) - {"lr", "KL"}
# words between formulas, never the name of a function
GLUE = _words(
    """if for and or with where when otherwise else such that s.t. iff given is are in on of all any as to by not subject
    wenn falls und oder mit wobei sonst für alle so dass ist sind aus von auf bei gegeben"""
)
VOWELS = frozenset("aeiouyäöü")
SHORT = 5  # the longest label in capitals: RMSE, ELBO …
LONG = 5  # from this many letters, with vowels among them, a run of letters is a word
BLACKBOARD = frozenset("ℝℕℤℚℂ𝔼ℙ𝕍𝔽ℍ𝔹𝕊𝕀𝟙𝟏𝟎𝟘")


def plain(text: str) -> str:
    """The letters of a run without their style: 𝐀𝐱 → Ax."""
    return unicodedata.normalize("NFKC", text)


def is_label(word: str) -> bool:
    """Whether a word in roman letters is a short label such as MLE or KL, which needs words of its own."""
    letters = "".join(c for c in word if c.isalpha())
    return word in CAPITAL_LABELS or (
        letters.isupper() and letters.isascii() and len(letters) == len(word) and 1 < len(word) <= SHORT
    )


def is_script_label(word: str) -> bool:
    """Whether letters typed one after the other as a whole index are a label in capitals: KL, MLE; not the indices I, J."""
    return is_label(word) and (len(word) > 2 or word in CAPITAL_LABELS)


def is_bold_word(word: str) -> bool:
    """Whether bold letters are a name rather than a product of vectors and matrices."""
    return word in KNOWN_FUNCTIONS or word in CAPITAL_LABELS or is_run(word)


def is_run(word: str) -> bool:
    """Whether letters typed one after the other are a word that was meant as one."""
    if word in RUNS:
        return True
    if all(ord(b) - ord(a) == 1 for a, b in pairwise(word)):
        return False  # abcde, ijklm: letters by the alphabet
    vowels = sum(c in VOWELS for c in word.casefold())
    return word.isalpha() and word.islower() and len(word) >= LONG and 0.2 <= vowels / len(word) <= 0.7


def is_index_word(word: str) -> bool:
    """Whether letters typed one after the other in an index are a word, not several indices."""
    return word in LABELS or is_run(word) or word.casefold() in {"mle", "map", "ols", "nll", "kl", "mse"}
