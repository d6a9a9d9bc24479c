"""Arrangements of tokens and keys in few lines: ``chain(root, signing).emblem("hospital.example")``.

Keys come from their labels, so that every run signs the same bytes (but for ML-DSA). Records are what
:func:`emblem.validation.validate.validate` takes: bytes in the native format, TXT values in the older one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from emblem.codec import cwt, jws
from emblem.codec.assets import read_jws_asset, read_name_asset
from emblem.codec.carriage import write_text
from emblem.codec.cose_key import encode_key
from emblem.codec.jwk import write_jwk
from emblem.keys.algorithms import ALGORITHMS, KeyKind, KeyType
from emblem.keys.ml_dsa import load_private_key
from emblem.keys.public import ELLIPTIC_CURVES, PublicKey
from emblem.keys.signing import SoftwareSigner
from emblem.model.need import Commitment, CommitmentNeed, CommitmentResult
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.token import Constraints, Emblem, Endorsement, Format, LogEntry
from emblem.model.verdict import Level, Verdict
from emblem.validation.procedure import Profile
from emblem.validation.trust import Policy, Scope, Trust, TrustedKey
from emblem.validation.validate import validate
from tests.support.reasons import checked

AnyRecord = bytes | str

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
"""When arrangements are judged unless a test says otherwise."""
NOW = int(AT.timestamp())
DAY = 86400
START, END = NOW - DAY, NOW + 6 * DAY
"""The period of a token unless a test says otherwise."""

HOSPITAL = "hospital.example"
RELIEF = Organization.parse("https://relief.example")
"""Issues emblems."""
MINISTRY = Organization.parse("https://ministry.example")
FEDERATION = Organization.parse("https://federation.example")
"""Endorse it."""
LOG = (LogEntry(hashlib.sha256(b"log").digest(), leaf_hash=hashlib.sha256(b"leaf").digest()),)
NOBODY = Trust()

CWT, JWS = Format.CWT, Format.JWS


@cache
def key(label: str, algorithm: str = "ES256") -> SoftwareSigner:
    """The key pair with this label; the same label always gives the same key."""
    chosen = next(one for one in ALGORITHMS if one.name == algorithm)
    seed = hashlib.sha512(label.encode()).digest()
    if chosen.kind.type is KeyType.AKP:
        return SoftwareSigner(load_private_key(chosen.kind, seed[:32]), chosen)
    if chosen.kind is KeyKind.ED25519:
        return SoftwareSigner(ed25519.Ed25519PrivateKey.from_private_bytes(seed[:32]), chosen)
    return SoftwareSigner(ec.derive_private_key(int.from_bytes(seed[:31]), ELLIPTIC_CURVES[chosen.kind]), chosen)


signing, middle, root, authority, stranger = map(key, ("signing", "middle", "root", "authority", "stranger"))
"""The usual cast: who signs the emblem, who stands above, and somebody whom nobody knows."""


def identifier(signer: SoftwareSigner, form: Format = CWT) -> str:
    """The identifier of a key in a format."""
    return signer.public_key.identifier(form)


def key_record(signer: SoftwareSigner, form: Format = CWT) -> AnyRecord:
    """The record that publishes a key."""
    if form is JWS:
        return "adem-key=" + json.dumps(write_jwk(signer.public_key))
    return encode_key(signer.public_key)


def emblem_token(signer: SoftwareSigner, *assets: str, form: Format = CWT, **claims: Any) -> AnyRecord:
    """A signed emblem; ``claims`` are members of :class:`~emblem.model.token.Emblem`."""
    read = read_jws_asset if form is JWS else read_name_asset
    usual = Emblem(
        not_before=START,
        expires=END,
        assets=tuple(map(read, assets or (HOSPITAL,))),
        issuer=RELIEF,
        purposes=Purpose.PROTECTIVE,
    )
    return signed(replace(usual, **claims), signer, form)


def endorsement_token(
    signer: SoftwareSigner, endorsed: SoftwareSigner, *, form: Format = CWT, **claims: Any
) -> AnyRecord:
    """A signed endorsement; ``claims`` are members of :class:`~emblem.model.token.Endorsement`."""
    usual = Endorsement(
        not_before=START,
        expires=END,
        key=identifier(endorsed, form),
        may_endorse=True,
        issuer=RELIEF,
        subject=RELIEF,
        constraints=Constraints() if form is JWS else Constraints(purposes=Purpose.PROTECTIVE),
    )
    return signed(replace(usual, **claims), signer, form)


def signed(claims: Emblem | Endorsement, signer: SoftwareSigner, form: Format) -> AnyRecord:
    """A token with exactly these claims, as a record."""
    return "adem-token=" + jws.sign_token(claims, signer) if form is JWS else cwt.sign_token(claims, signer)


def in_set(name: str, *records: AnyRecord) -> tuple[str, ...]:
    """The same records as TXT values of a SET."""
    return tuple(
        write_text(record, name) if isinstance(record, bytes) else record.replace("=", f"-{name}=", 1)
        for record in records
    )


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Records, and what is needed to add to them: the top key of the emblem's issuer, and the issuer."""

    form: Format
    records: tuple[AnyRecord, ...]
    top: SoftwareSigner
    issuer: Organization | None

    def endorsed_by(
        self, endorser: SoftwareSigner, organization: Organization = MINISTRY, **claims: Any
    ) -> Arrangement:
        """With another organization's endorsement of the top key, and that organization's key."""
        usual: dict[str, Any] = {"issuer": organization, "subject": self.issuer, "log": LOG}
        token = endorsement_token(endorser, self.top, form=self.form, **(usual | claims))
        return self.plus(token, key_record(endorser, self.form))

    def plus(self, *records: AnyRecord) -> Arrangement:
        """With further records."""
        return replace(self, records=self.records + records)

    def judged(
        self,
        target: str = HOSPITAL,
        *,
        at: datetime = AT,
        trust: Trust = NOBODY,
        profile: Profile = Profile.DRAFT,
        **more: Any,
    ) -> Verdict:
        """What validation says of the records."""
        return checked(validate(self.records, target=target, at=at, trust=trust, profile=profile, **more))


@dataclass(frozen=True, slots=True)
class Chain:
    """Keys of one organization from its root down to the one that signs the emblem, each endorsing the next."""

    form: Format
    keys: tuple[SoftwareSigner, ...]
    issuer: Organization | None
    endorsements: tuple[AnyRecord, ...]

    def emblem(self, *assets: str, **claims: Any) -> Arrangement:
        """An emblem under the last key, the endorsements that lead to it, and all keys."""
        marking = emblem_token(self.keys[-1], *assets, form=self.form, **({"issuer": self.issuer} | claims))
        keys = tuple(key_record(one, self.form) for one in self.keys)
        return Arrangement(self.form, (marking, *self.endorsements, *keys), self.keys[0], self.issuer)


def chain(
    *keys: SoftwareSigner,
    issuer: Organization | None = RELIEF,
    form: Format = CWT,
    log: tuple[LogEntry, ...] | None = LOG,
    **claims: Any,
) -> Chain:
    """The keys of one organization, from its root down; the root's endorsement names a log. Claims go into all."""
    endorsements = tuple(
        endorsement_token(
            upper,
            lower,
            form=form,
            **({"issuer": issuer, "subject": issuer, "log": log if upper is keys[0] else None} | claims),
        )
        for upper, lower in pairwise(keys)
    )
    return Chain(form, keys, issuer, endorsements)


def bare(signer: SoftwareSigner) -> TrustedKey:
    """A key that is trusted without an organization."""
    return TrustedKey(signer.public_key)


def bound(signer: SoftwareSigner, organization: Organization, **scope: Any) -> TrustedKey:
    """A key that is trusted as one of an organization, perhaps within a scope."""
    return TrustedKey(signer.public_key, organization, Scope(**scope))


def bare_without_algorithm(signer: SoftwareSigner) -> TrustedKey:
    """A key that is trusted as PEM has it."""
    return TrustedKey(PublicKey.from_loaded(signer.public_key.loaded))


def trusting(*keys: TrustedKey, accept: Level | None = None, **policy: Any) -> Trust:
    """Trust in these keys, and a policy."""
    return Trust(keys, policy=Policy(accept=accept, **policy))


def judged(
    *records: AnyRecord,
    target: str = HOSPITAL,
    at: datetime = AT,
    profile: Profile = Profile.DRAFT,
    **more: Any,
) -> Verdict:
    """What validation says of single records."""
    return checked(validate(records, target=target, at=at, profile=profile, **more))


def answered(verdict: Verdict, result: CommitmentResult) -> dict[CommitmentNeed, Commitment]:
    """The same answer to every commitment that a verdict asks for."""
    return {
        need: Commitment(result, f"the test says {result}")
        for need in verdict.needs
        if isinstance(need, CommitmentNeed)
    }


def codes(verdict: Verdict) -> set[str]:
    """The codes of a verdict's reasons."""
    return {reason.code.value for reason in verdict.reasons}
