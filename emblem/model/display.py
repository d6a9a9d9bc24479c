"""Text from strangers, made fit to be shown."""

from __future__ import annotations

_LONGEST_EXCERPT = 60


def printable(text: str) -> str:
    """Text with everything escaped that is not visible, or could change how other text is shown."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else f"\\u{{{ord(character):x}}}" for character in text)


def excerpt(value: object) -> str:
    """A value that a stranger chose, short enough and safe to stand within a message."""
    text = printable(str(value))
    return text if len(text) <= _LONGEST_EXCERPT else text[:_LONGEST_EXCERPT] + "…"
