"""What an emblem is used for (draft-linker-diem-adem-core-02, claim ``prp``)."""

from __future__ import annotations

from enum import IntFlag


class Purpose(IntFlag):
    """The purposes of an emblem, as the bits of the claim ``prp``."""

    PROTECTIVE = 1
    INDICATIVE = 2
    DANGEROUS_FORCES = 4
    CIVIL_DEFENCE = 8
    CULTURAL_PROPERTY = 16

    @property
    def slugs(self) -> tuple[str, ...]:
        """The names of the purposes in this set, in the order of their bits: ``("protective",)``."""
        return tuple(slug for slug, purpose in PURPOSES.items() if purpose in self)


PURPOSES = {
    "protective": Purpose.PROTECTIVE,
    "indicative": Purpose.INDICATIVE,
    "dangerous-forces": Purpose.DANGEROUS_FORCES,
    "civil-defence": Purpose.CIVIL_DEFENCE,
    "cultural-property": Purpose.CULTURAL_PROPERTY,
}
"""Every purpose by its name in text."""

USE_OF_SIGN = Purpose.PROTECTIVE | Purpose.INDICATIVE
"""The purposes that use the red cross, red crescent or red crystal, and so may carry a sign."""

NO_PURPOSE = Purpose(0)
"""The empty set of purposes: nothing is claimed."""
