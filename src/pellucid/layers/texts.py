"""Texts as numbers of their words, or of several words in a row, before a network reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from pellucid.layers.vocabularies import Vocabulary
from pellucid.settings import option

#: what `lower_and_strip_punctuation` takes out of a text
PUNCTUATION = r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']"


class TextVectorization(Vocabulary):
    """Y = the words of each text of X as numbers, or how often each word is there

    Arguments:
        max_tokens: the most numbers; None for all words.
        standardize: "lower_and_strip_punctuation", "lower", "strip_punctuation", None or a function
            of a text.
        split: "whitespace", "character", None or a function of a text.
        output_mode: "int", "multi_hot" or "count".
        output_sequence_length: so many numbers for each text, filled up with 0, or as the longest.
        vocabulary: the words in their order, or None, to be found by `adapt`.
        mask_token: what stands for no word, the number 0.
        oov_token: what stands for unknown words; None for "[UNK]".
        num_oov_indices: how many numbers unknown words have; with 0 they are an error.
        pad_to_max_tokens: whether there are columns up to max_tokens, 0 where no token is.
        name: what it is called, or None.
        ngrams: of how many words in a row tokens are made: up to so many, or each number of a list;
            None for single words.

    >>> texts = pellucid.layers.TextVectorization(output_sequence_length=4)
    >>> texts.adapt(["The cat sat.", "The dog!"])
    >>> texts(["the dog sat", "a cat"])
    array([[2, 4, 3, 0],
           [1, 5, 0, 0]])
    """

    max_tokens: int | None = None
    standardize: str | Callable[[str], str] | None = "lower_and_strip_punctuation"
    split: str | Callable[[str], list[str]] | None = "whitespace"
    output_mode: str = "int"
    output_sequence_length: int | None = None
    mask_token: Any = ""
    ngrams: int | Sequence[int] | None = option(default=None, kw_only=True)

    def check_settings(self) -> None:
        super().check_settings()
        if self.output_sequence_length is not None and self.output_mode != "int":
            raise ValueError(
                "output_sequence_length is for output_mode='int', got "
                f"{self.output_mode!r}, which has a column for each word"
            )
        if not all(isinstance(each, int) and each > 0 for each in self.lengths()):
            raise ValueError(
                f"ngrams is a whole number of 1 or more, or several, got {self.ngrams!r}"
            )

    def lengths(self) -> Sequence[Any]:
        """Of how many words in a row each token is made."""
        if isinstance(self.ngrams, (list, tuple)):
            return self.ngrams
        return range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else [self.ngrams or 1]

    def words(self, text: Any) -> list[str]:
        """The tokens of a text: its words, and so many of them in a row as `ngrams` says."""
        single = self.single_words(text)
        ends = [(at, at + length) for length in self.lengths() for at in range(len(single))]
        return [" ".join(single[first:last]) for first, last in ends if last <= len(single)]

    def tokens_of(self, data: Any) -> Iterable[str]:
        return (word for text in np.asarray(data).reshape(-1).tolist() for word in self.words(text))

    def single_words(self, text: Any) -> list[str]:
        """The words of a text."""
        said = self.as_token(text)
        if callable(self.standardize):
            said = self.standardize(said)
        elif self.standardize is not None:
            said = said.lower() if "lower" in self.standardize else said
            said = re.sub(PUNCTUATION, "", said) if "punctuation" in self.standardize else said
        if callable(self.split):
            return list(self.split(said))
        return [said] if self.split is None else said.split() if self.split[0] == "w" else [*said]

    def run(self, x: Any) -> np.ndarray:
        if self.vocabulary is None:
            return super().run(x)
        texts = np.asarray(x)
        rows = [self.numbers_of(np.array(self.words(each))) for each in texts.reshape(-1).tolist()]
        if self.output_mode != "int":
            return np.stack([self.counted(row) for row in rows])
        length = self.output_sequence_length or max(map(len, rows), default=0)
        filled = np.zeros((len(rows), length), np.int64)
        for at, row in enumerate(rows):
            filled[at, : len(row)] = row[:length]
        return filled if texts.ndim else filled[0]
