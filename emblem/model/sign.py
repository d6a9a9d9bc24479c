"""Which of the three emblems of the Geneva Conventions an organization bears."""

from __future__ import annotations

from enum import StrEnum


class Sign(StrEnum):
    """The value of the claim ``sign``, our addition to the native format."""

    RED_CROSS = "red-cross"
    RED_CRESCENT = "red-crescent"
    RED_CRYSTAL = "red-crystal"
