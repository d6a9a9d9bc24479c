"""Certificates of a signing key, for those commands that put them into what they sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from emblem.keys.files import read_file
from emblem.model.time import date_text, numeric_date
from emblem_cli.output import warn

_MOST_NAMED = 3


def read_certificates(path: Path, names: Sequence[str], end: datetime) -> tuple[bytes, ...]:
    """Read certificates, in DER; warn of what a verifier may hold against them.

    Args:
        path: a chain in PEM, the certificate of the key first.
        names: what is marked.
        end: when what is signed ceases to hold.

    Raises:
        InputError: these are no certificates.
    """
    from emblem.traceability.certification import beyond, last_moment
    from emblem.traceability.chain import LARGEST_CHAIN, encoded_certificates

    certificates = encoded_certificates(str(path), read_file(path, LARGEST_CHAIN))
    outside = beyond(certificates, names)
    if outside:
        shown = ", ".join(outside[:_MOST_NAMED]) + (" …" if outside[_MOST_NAMED:] else "")
        warn(f"{path} does not cover {shown}: it counts there only if an authority above it is limited to these names")
    ends = last_moment(certificates)
    if ends < end:
        warn(f"{path} is valid until {date_text(numeric_date(ends))}: what is signed loses it then")
    return certificates
