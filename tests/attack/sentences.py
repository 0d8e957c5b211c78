"""What an error may say: a sentence for a person, on a terminal."""

from __future__ import annotations

LONGEST = 3000


def assert_sentence(error: BaseException) -> None:
    """The error says something, not too much, and nothing that a terminal would obey."""
    text = str(error)
    assert 10 <= len(text) <= LONGEST, f"{type(error).__name__} of {len(text)} characters: {text!r}"
    odd = {letter for letter in text if not letter.isprintable() and letter != "\n"}
    assert not odd, f"{type(error).__name__} prints {odd}: {text!r}"
