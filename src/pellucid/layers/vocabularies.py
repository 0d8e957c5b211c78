"""Words and class numbers as numbers of a vocabulary, before a network reads them.

They are called on arrays, not on symbolic tensors; what `adapt` has found stands in `get_config`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from pellucid.layers.encoding import OnArrays, check_mode, encoded
from pellucid.layers.hashing import Salt, bin_of, key_of
from pellucid.settings import option

MODES = ("int", "one_hot", "multi_hot", "count")


class Vocabulary(OnArrays):
    """Tokens by number: what is masked, what is unknown, then the known ones."""

    max_tokens: int | None = None
    num_oov_indices: int = 1
    mask_token: Any = None
    oov_token: Any = None
    vocabulary: Sequence[Any] | str | None = None
    output_mode: str = option(default="int", kw_only=True)
    pad_to_max_tokens: bool = option(default=False, kw_only=True)

    #: what stands for unknown tokens where nobody says
    unknown: ClassVar[Any] = "[UNK]"

    def check_settings(self) -> None:
        self.oov_token = self.unknown if self.oov_token is None else self.oov_token
        if not isinstance(self.num_oov_indices, int) or self.num_oov_indices < 0:
            raise ValueError(
                f"num_oov_indices is a whole number of 0 or more, got {self.num_oov_indices!r}"
            )
        check_mode(self.output_mode, MODES)
        if self.max_tokens is not None and self.max_tokens < 2:
            raise ValueError(f"max_tokens is 2 or more, got {self.max_tokens!r}")
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise ValueError("pad_to_max_tokens needs max_tokens, which it pads to")
        if self.vocabulary is not None:
            self.set_vocabulary(self.vocabulary)

    def set_vocabulary(self, vocabulary: Iterable[Any]) -> None:
        """Take these tokens, or the lines of a file; the special ones may stand before them."""
        if isinstance(vocabulary, str):
            vocabulary = Path(vocabulary).read_text(encoding="utf-8").splitlines()
        tokens = [self.as_token(each) for each in vocabulary]
        special = self.special()
        tokens = tokens[len(special) :] if tokens[: len(special)] == special else tokens
        once = special[: len(special) - max(0, self.num_oov_indices - 1)] + tokens
        doubled = [each for each, count in Counter(once).items() if count > 1]
        if doubled:
            raise ValueError(f"a vocabulary has each token once, and {doubled[0]!r} is there twice")
        most = self.max_tokens
        if most is not None and len(tokens) + len(special) > most:
            raise ValueError(f"max_tokens is {most}, and the vocabulary has {len(tokens)} tokens")
        self.vocabulary = tokens
        numbered = list(enumerate([*special, *tokens]))
        self.numbers = {each: at for at, each in reversed(numbered)}
        #: where the numbers of unknown tokens begin
        self.first_unknown = len(special) - self.num_oov_indices

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Find the tokens of an array, or of so many batches of them: the most frequent first."""
        batches = islice(data, steps) if isinstance(data, Iterator) else [data]
        counts = Counter(self.as_token(each) for some in batches for each in self.tokens_of(some))
        for each in self.special():
            counts.pop(each, None)
        by_name = sorted(counts, reverse=True)
        ordered = sorted(by_name, key=lambda each: -counts[each])
        kept = None if self.max_tokens is None else self.max_tokens - len(self.special())
        self.set_vocabulary(ordered[:kept])

    def special(self) -> list[Any]:
        """The tokens that stand before those of the data."""
        masked = [] if self.mask_token is None or self.output_mode != "int" else [self.mask_token]
        return masked + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The tokens by their numbers."""
        tokens = list(self.vocabulary or ())
        return self.special() + tokens if include_special_tokens else tokens

    def vocabulary_size(self) -> int:
        """How many numbers there are."""
        return len(self.special()) + len(self.vocabulary or ())

    def as_token(self, value: Any) -> Any:
        """A word, unless a vocabulary is of something else."""
        return value.decode() if isinstance(value, bytes) else str(value)

    def tokens_of(self, data: Any) -> Iterable[Any]:
        return np.asarray(data).reshape(-1).tolist()

    def run(self, x: Any) -> np.ndarray:
        if self.vocabulary is None:
            raise ValueError(
                f"{type(self).__name__} knows no tokens yet: give a vocabulary, or adapt(data)"
            )
        return self.counted(self.numbers_of(np.asarray(x)))

    def counted(self, numbers: np.ndarray) -> np.ndarray:
        """The numbers, or columns of them."""
        mode = self.output_mode
        return numbers if mode == "int" else encoded(numbers, self.width, mode)

    @property
    def width(self) -> int:
        """How many columns there are."""
        padded = self.max_tokens if self.pad_to_max_tokens else None
        return padded or self.vocabulary_size()

    def numbers_of(self, given: np.ndarray) -> np.ndarray:
        known = self.numbers
        tokens = [self.as_token(each) for each in given.reshape(-1).tolist()]
        found = [known[each] if each in known else self.number_of_unknown(each) for each in tokens]
        return np.array(found, np.int64).reshape(given.shape)

    def number_of_unknown(self, token: Any) -> int:
        """The number of a token that is in no vocabulary: one of those that such have."""
        if not self.num_oov_indices:
            raise ValueError(f"{token!r} is not in the vocabulary, and num_oov_indices is 0")
        return self.first_unknown + self.bin_of(token)

    def bin_of(self, token: Any) -> int:
        """Which of the numbers for unknown tokens one has, from 0."""
        return bin_of(str(token), self.num_oov_indices, None)


class Lookup(Vocabulary):
    """A vocabulary that can be turned back."""

    invert: bool = option(default=False, kw_only=True)

    def check_settings(self) -> None:
        super().check_settings()
        if self.invert and self.output_mode != "int":
            raise ValueError("with invert=True numbers become tokens: output_mode is 'int'")

    def run(self, x: Any) -> np.ndarray:
        turned = self.invert and self.vocabulary is not None
        return self.tokens_at(np.asarray(x)) if turned else super().run(x)

    def tokens_at(self, given: np.ndarray) -> np.ndarray:
        tokens = self.get_vocabulary()
        found = [
            tokens[each] if 0 <= each < len(tokens) else self.oov_token
            for each in given.reshape(-1).tolist()
        ]
        return np.array(found).reshape(given.shape)


class StringLookup(Lookup):
    """Y = the number of each word of X in a vocabulary

    Arguments:
        max_tokens: the most numbers, those of special tokens with them; None for all.
        num_oov_indices: how many numbers unknown words have, by their fingerprint; with 0 they are
            an error.
        salt: one or two whole numbers for other fingerprints, or None.
        mask_token: a word with the number 0, which stands for nothing, or None.
        oov_token: what stands for unknown words; None for "[UNK]".
        vocabulary: the words in their order, or None, to be found by `adapt`.
        invert: whether numbers become words.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        pad_to_max_tokens: whether there are columns up to max_tokens, 0 where no token is.
        name: what it is called, or None.

    >>> words = pellucid.layers.StringLookup(vocabulary=["a", "b"])
    >>> words([["a", "b", "c"]])
    array([[1, 2, 0]])
    """

    salt: Salt = option(default=None, kw_only=True)

    def check_settings(self) -> None:
        self.key = key_of(self.salt, "StringLookup")
        super().check_settings()

    def bin_of(self, token: Any) -> int:
        return bin_of(token, self.num_oov_indices, self.key)


class IntegerLookup(Lookup):
    """Y = the number of each whole number of X in a vocabulary

    Arguments:
        max_tokens: the most numbers, those of special tokens with them; None for all.
        num_oov_indices: how many numbers unknown ones have; with 0 they are an error.
        mask_token: a number that becomes 0 and stands for nothing, or None.
        oov_token: what stands for unknown numbers where they are turned back; None for −1.
        vocabulary: the numbers in their order, or None, to be found by `adapt`.
        invert: whether it is turned back.
        output_mode: "int", "one_hot", "multi_hot" or "count".
        pad_to_max_tokens: whether there are columns up to max_tokens, 0 where no token is.
        name: what it is called, or None.
        oov_method: by what an unknown number finds one of several: "floormod", its remainder, or
            "farmhash", its fingerprint.
        salt: one or two whole numbers for other fingerprints, or None.

    >>> numbers = pellucid.layers.IntegerLookup()
    >>> numbers.adapt([7, 7, 30])
    >>> numbers([30, 7, 5])
    array([2, 1, 0])
    """

    oov_method: str = option(default="floormod", kw_only=True)
    salt: Salt = option(default=None, kw_only=True)

    unknown = -1

    def check_settings(self) -> None:
        if self.oov_method not in ("floormod", "farmhash"):
            raise ValueError(f"oov_method is 'floormod' or 'farmhash', got {self.oov_method!r}")
        if self.salt is not None and self.oov_method != "farmhash":
            raise ValueError("salt is for oov_method='farmhash'")
        self.key = key_of(self.salt, "IntegerLookup")
        super().check_settings()

    def as_token(self, value: Any) -> int:
        return int(value)

    def bin_of(self, token: Any) -> int:
        if self.oov_method == "floormod":
            return int(token) % self.num_oov_indices
        return bin_of(str(token), self.num_oov_indices, self.key)
