"""Trust stores for tests: their text, and the values that they are read into."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import strategies as st

from emblem.codec.cose_key import encode_key
from emblem.codec.withdrawal import Withdrawals, sign_withdrawals
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.trust.document import Authority, Document, KeyEntry, Period, Refusal, read_document
from tests.support.arrangement import FEDERATION, MINISTRY, RELIEF, authority, key, root, signing, stranger

ORGANIZATIONS = (FEDERATION, MINISTRY, RELIEF)
KEYS = tuple(
    one
    for signer in (authority, root, signing, stranger, *(key(one, one) for one in ("ES512", "EdDSA", "ML-DSA-44")))
    for one in (signer.public_key, PublicKey.from_loaded(signer.public_key.loaded))
)
"""Keys of several kinds, each with an algorithm and without."""


def cose(signer: SoftwareSigner) -> str:
    """The COSE_Key of a signer in hexadecimal."""
    return encode_key(signer.public_key).hex()


def read(text: str) -> Document:
    """A store that was written as this text."""
    return read_document("trust.toml", text.encode())


def authority_text(*signers: SoftwareSigner, organization: Organization | None = MINISTRY, **fields: str) -> str:
    """The text of an authority; ``fields`` are further lines, their values as TOML."""
    lines = [] if organization is None else [f'organization = "{organization}"']
    lines += [f"{name.replace('_', '-')} = {value}" for name, value in fields.items()]
    keys = ", ".join(f'"{cose(signer)}"' for signer in signers)
    return "\n".join(("[[authority]]", *lines, f"keys = [{keys}]", ""))


def write_list(path: Path, signer: SoftwareSigner, withdrawals: Withdrawals) -> None:
    """A file with a signed withdrawal list."""
    path.write_text(f"# what was taken back\n{sign_withdrawals(withdrawals, signer).hex()}\n")


times = st.datetimes(
    datetime(1, 1, 2),
    datetime(9999, 12, 30),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))]),
)
texts = st.text(min_size=1, max_size=20).filter(str.strip)
periods = st.builds(Period, st.none() | times, st.none() | times).filter(lambda period: not period.is_empty)
entries = st.builds(KeyEntry, st.sampled_from(KEYS), st.just(Period()), st.none() | texts)
authorities = st.builds(
    Authority,
    organization=st.none() | st.sampled_from(ORGANIZATIONS),
    keys=st.lists(entries, min_size=1, max_size=3, unique_by=lambda entry: entry.key.cose_thumbprint).map(tuple),
    name=st.none() | texts,
    note=st.none() | texts,
    provenance=st.none() | texts,
    purposes=st.none() | st.integers(1, 31).map(Purpose),
    names=st.none()
    | st.lists(st.sampled_from(["example", "a.example", "xn--mnchen-3ya.example"]), min_size=1).map(tuple),
    period=periods,
)
refusals = st.one_of(
    st.builds(Refusal, key=st.sampled_from(KEYS).map(lambda key: key.cose_thumbprint), note=st.none() | texts),
    st.builds(Refusal, token=st.binary(min_size=32, max_size=32), note=st.none() | texts),
    st.builds(Refusal, organization=st.sampled_from(ORGANIZATIONS), note=st.none() | texts),
)
