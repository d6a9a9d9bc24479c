"""The story that `emblem demo` tells: an authority, an organization, its hosts, and those who ask about them.

Everything is real but the names and one log entry: keys, token files, a zone, a name server on loopback, and
verifiers that ask it over sockets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from emblem.issuance.record_formats import zone_lines
from emblem.issuance.record_set import RecordSet, assemble
from emblem.issuance.token_files import emblem_path, read_emblem_file, read_endorsement_file, write_token_file
from emblem.issuance.tokens import endorse, issue
from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.files import KeyPair, write_key_pair
from emblem.keys.signing import SoftwareSigner
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.reason import ReasonCode
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.model.token import LogEntry
from emblem.model.verdict import Level, Status, Verdict
from emblem.server import NameServer, Zone
from emblem.validation.trust import Trust, TrustedKey
from emblem.verifier.drivers import Verifier

AUTHORITY = Organization("authority.example")
RELIEF = Organization("relief.example")
WEB, MAIL, SHOP, FORGED = (f"{label}.{RELIEF.host}" for label in ("www", "mail", "shop", "spy"))

_TTL = 300
_VALID = timedelta(days=1)
_TIMEOUT = 2.0
_INVENTED = LogEntry(sha256(b"an invented log").digest(), leaf_hash=sha256(b"an invented certificate").digest())


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a verdict must say for the story to be true; ``reason`` is the one that is shown."""

    status: Status
    level: Level
    reason: ReasonCode


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody asks about a host, and is answered."""

    question: str
    verdict: Verdict
    expected: Expectation

    @property
    def is_as_told(self) -> bool:
        """Whether the verdict says what the story says."""
        expected = self.expected
        return (self.verdict.status, self.verdict.level) == (expected.status, expected.level) and bool(self.why)

    @property
    def why(self) -> str:
        """The message of the reason that the story is about; empty where the verdict does not have it."""
        messages = (reason.message for reason in self.verdict.reasons if reason.code is self.expected.reason)
        return next(messages, "")


@dataclass(frozen=True, slots=True)
class _Cast:
    """The keys of the story."""

    authority: SoftwareSigner
    root: SoftwareSigner
    signing: SoftwareSigner


def tell(directory: Path, now: datetime) -> Iterator[str | Scene]:
    """Tell the story.

    Args:
        directory: an empty folder for the files.
        now: the present.

    Yields:
        What happens, one sentence or two at a time, and the scenes.
    """
    cast = _Cast(*(_make_key(directory, name) for name in ("authority", "root", "signing")))
    yield f"{AUTHORITY}, an authority, makes a key. {RELIEF}, an organization, makes a root key and a signing key."
    endorsements = _endorse(directory, cast, now)
    yield (
        f"{RELIEF} endorses its signing key with its root key. It has to say in which public log that root "
        "key is committed to the organization; here the log entry is invented, since no certificate exists."
    )
    yield f"{AUTHORITY} endorses the root key: it states that the key belongs to {RELIEF}."
    sets = [_mark(directory, cast.signing, host, endorsements, now) for host in (WEB, MAIL)]
    yield f"{RELIEF} signs an emblem for {WEB} and one for {MAIL}: red cross, protective, for one day."
    zone = directory / f"{RELIEF.host}.zone"
    zone.write_text(_zone(sets))
    informed = Trust(keys=(TrustedKey(cast.authority.public_key, AUTHORITY),))
    with NameServer(Zone.parse(zone.read_text(), f"{RELIEF.host}.")) as server:
        yield f"The records go into a zone file, which a name server at {server.address} on this machine serves."
        address = str(server.address)
        yield from _ask(address, informed)
    yield "The name server is switched off."
    yield _scene(
        f"Somebody who trusts the authority asks about {WEB}.",
        Verifier(informed, resolvers=[address], timeout=_TIMEOUT),
        WEB,
        Expectation(Status.UNDETERMINED, Level.NONE, ReasonCode.DISCOVERY_INCOMPLETE),
    )


def _ask(address: str, informed: Trust) -> Iterator[Scene]:
    friend = Verifier(informed, resolvers=[address], timeout=_TIMEOUT)
    stranger = Verifier(resolvers=[address], timeout=_TIMEOUT)
    yield _scene(
        f"Somebody who trusts the authority asks about {WEB}.",
        friend,
        WEB,
        Expectation(Status.PROTECTED, Level.ENDORSED, ReasonCode.COMMITMENT_VOUCHED),
    )
    yield _scene(
        f"Somebody who knows neither of them asks about {WEB}.",
        stranger,
        WEB,
        Expectation(Status.CLAIMED, Level.SIGNED, ReasonCode.TRUSTED_NOBODY),
    )
    yield _scene(
        f"Somebody asks about {SHOP}, which nobody marked.",
        friend,
        SHOP,
        Expectation(Status.UNMARKED, Level.NONE, ReasonCode.DISCOVERY_DENIED),
    )
    yield _scene(
        f"Somebody asks about {FORGED}, where the emblem of {WEB} was put with the name changed.",
        friend,
        FORGED,
        Expectation(Status.REJECTED, Level.NONE, ReasonCode.TOKEN_SIGNATURE_INVALID),
    )


def _scene(question: str, verifier: Verifier, host: str, expected: Expectation) -> Scene:
    return Scene(question, verifier.verify(host), expected)


def _make_key(directory: Path, name: str) -> SoftwareSigner:
    signer = SoftwareSigner.generate(default_algorithm(KeyKind.P256))
    write_key_pair(KeyPair.named(directory / "keys", name), signer, None)
    return signer


def _endorse(directory: Path, cast: _Cast, now: datetime) -> list[Path]:
    own = endorse(
        cast.signing.public_key,
        signer=cast.root,
        issuer=RELIEF,
        subject=RELIEF,
        purposes=Purpose.PROTECTIVE,
        may_endorse=False,
        not_before=now,
        expires=now + _VALID,
        log=[_INVENTED],
    )
    external = endorse(
        cast.root.public_key,
        signer=cast.authority,
        issuer=AUTHORITY,
        subject=RELIEF,
        purposes=Purpose.PROTECTIVE,
        may_endorse=True,
        not_before=now,
        expires=now + _VALID,
    )
    paths = [directory / "endorsements" / f"{name}.emblem" for name in ("signing", "root")]
    paths[0].parent.mkdir()
    for path, token, signer in zip(paths, (own, external), (cast.root, cast.authority), strict=True):
        write_token_file(path, token, signer.public_key, replace=False)
    return paths


def _mark(directory: Path, signer: SoftwareSigner, host: str, endorsements: list[Path], now: datetime) -> RecordSet:
    token = issue([host], signer=signer, sign=Sign.RED_CROSS, not_before=now, expires=now + _VALID, issuer=RELIEF)
    target = Target.parse(host)
    path = emblem_path(directory / "tokens", target)
    path.parent.mkdir(exist_ok=True)
    write_token_file(path, token, signer.public_key, replace=True)
    return assemble(target, read_emblem_file(path), map(read_endorsement_file, endorsements), at=now)


def _zone(sets: list[RecordSet]) -> str:
    lines = [line for records in sets for line in zone_lines(records, _TTL)]
    lines += [f"{host}. {_TTL} IN A 192.0.2.1" for host in (WEB, MAIL, SHOP, FORGED)]
    return "\n".join((*lines, *_forged_lines(sets[0]), ""))


def _forged_lines(records: RecordSet) -> list[str]:
    """The records of a host as somebody else's, the name changed in them, of the same length."""
    forged = FORGED.encode().hex()
    return [line.replace(WEB.encode().hex(), forged).replace(WEB, FORGED) for line in zone_lines(records, _TTL)]
