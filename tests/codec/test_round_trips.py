"""Whatever claims are written are read back the same, in both formats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cwt, jws
from emblem.codec.assets import read_jws_asset, read_name_asset
from emblem.keys.algorithms import KeyKind
from emblem.keys.public import identifier_text
from emblem.keys.signing import SoftwareSigner
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.token import Constraints, Emblem, Endorsement, Format, LogEntry
from tests.codec.builders import signer_on

SIGNERS = [signer_on(kind) for kind in KeyKind]
JWS_SIGNERS = [signer for signer in SIGNERS if signer.public_key.serves(Format.JWS)]

floats = st.floats(allow_nan=False, allow_infinity=False)
cwt_dates = st.one_of(st.integers(-(2**64), 2**64 - 1), floats)
jws_dates = st.one_of(st.integers(), floats)
labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
top_labels = st.from_regex(r"[a-z]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True)
hosts = st.builds(lambda left, top: ".".join([*left, top]), st.lists(labels, min_size=1, max_size=3), top_labels)
organizations = st.none() | st.builds(Organization, hosts)
networks = st.ip_addresses().map("[{}]".format)
digests = st.binary(min_size=32, max_size=32)
identifiers = digests.map(identifier_text)
log_entries = st.one_of(
    st.builds(LogEntry, digests, leaf_hash=digests), st.builds(LogEntry, digests, index=st.integers(0, 2**64 - 1))
)
logs = st.none() | st.lists(log_entries, min_size=1, max_size=3).map(tuple)
cwt_purposes = st.integers(1, 31).map(Purpose)
jws_purposes = st.integers(0, 3).map(Purpose)
channels = st.frozensets(st.text(max_size=8), max_size=3)
cwt_assets = st.lists(st.one_of(hosts, st.text()).map(read_name_asset), max_size=4).map(tuple)
jws_assets = st.lists(
    st.one_of(hosts, hosts.map("*.{}".format), networks, st.text()).map(read_jws_asset), max_size=4
).map(tuple)

cwt_emblems = st.builds(
    Emblem,
    not_before=cwt_dates,
    expires=cwt_dates,
    assets=cwt_assets.filter(bool),
    issuer=organizations,
    purposes=cwt_purposes,
    sign=st.none() | st.sampled_from(Sign),
    issued_at=st.none() | cwt_dates,
)
cwt_endorsements = st.builds(
    Endorsement,
    not_before=cwt_dates,
    expires=cwt_dates,
    key=identifiers,
    may_endorse=st.booleans(),
    issuer=organizations,
    subject=organizations,
    constraints=st.builds(Constraints, purposes=cwt_purposes),
    log=logs,
    issued_at=st.none() | cwt_dates,
)
jws_emblems = st.builds(
    Emblem,
    not_before=jws_dates,
    expires=jws_dates,
    assets=jws_assets.filter(bool),
    issuer=organizations,
    purposes=jws_purposes,
    channels=channels,
    issued_at=st.none() | jws_dates,
)
jws_endorsements = st.builds(
    Endorsement,
    not_before=jws_dates,
    expires=jws_dates,
    key=identifiers,
    may_endorse=st.booleans(),
    issuer=organizations,
    subject=organizations,
    constraints=st.builds(
        Constraints,
        purposes=st.none() | jws_purposes,
        assets=st.none() | jws_assets,
        channels=st.none() | channels,
        window=st.none() | st.integers(0) | st.floats(0, allow_nan=False, allow_infinity=False),
    ),
    log=logs,
    issued_at=st.none() | jws_dates,
)


@given(st.one_of(cwt_emblems, cwt_endorsements), st.sampled_from(SIGNERS))
def test_claims_are_read_from_the_native_format_as_they_were_written(
    claims: Emblem | Endorsement, signer: SoftwareSigner
) -> None:
    token = cwt.decode_token(cwt.sign_token(claims, signer))

    assert token.claims == claims
    assert token.key_identifier == signer.public_key.cose_thumbprint
    assert signer.public_key.verify(token.signature, token.signed)


@given(st.one_of(jws_emblems, jws_endorsements), st.sampled_from(JWS_SIGNERS), st.booleans())
def test_claims_are_read_from_a_jws_as_they_were_written(
    claims: Emblem | Endorsement, signer: SoftwareSigner, embed_key: bool
) -> None:
    token, keys = jws.decode_token(jws.sign_token(claims, signer, embed_key=embed_key))

    assert token.claims == claims
    assert token.key_identifier == signer.public_key.jwk_thumbprint
    assert keys == ((signer.public_key,) if embed_key else ())
    assert signer.public_key.verify(token.signature, token.signed)
