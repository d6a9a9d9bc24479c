"""Text from strangers, made fit to be shown."""

from __future__ import annotations


def printable(text: str) -> str:
    """Text with everything escaped that is not visible, or could change how other text is shown."""
    return "".join(character if character.isprintable() else f"\\u{{{ord(character):x}}}" for character in text)
