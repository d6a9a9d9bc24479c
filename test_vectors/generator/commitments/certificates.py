"""The certificate of an entry: its names, its validity and path, its revocation; and authorities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography import x509

from test_vectors.generator.commitments import pki
from test_vectors.generator.commitments.log import Reply
from test_vectors.generator.commitments.logs import refuted, unknown, verified
from test_vectors.generator.commitments.world import (
    AUTHORITY_HOST,
    HOST,
    ISSUER,
    JUDGED,
    LISTS,
    LOGGED,
    CommitmentTopic,
    World,
    by_authority,
    committed,
    key_name,
    new_log,
    place_of,
    request,
)
from test_vectors.generator.keys import AUTHORITY, ROOT, STRANGER
from test_vectors.generator.vector import AUTH, ORG, bound, claimed, protected

DAY = timedelta(days=1)
CLIENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.2")
REVOCATION = "certificate-revocation-unknown"


def topic() -> CommitmentTopic:
    """The vectors of this file."""
    vectors = CommitmentTopic(
        "commitments", "certificates", "The certificate of an entry, and the authorities whose keys are committed."
    )
    names(vectors)
    paths(vectors)
    revocation(vectors)
    authorities(vectors)
    return vectors


def in_log(**changes: Any) -> World:
    """A certificate in a log of RFC 6962."""
    return committed(new_log("oak", static=False), **changes)


def names(vectors: CommitmentTopic) -> None:
    """The names of a certificate, literally."""
    key, label = key_name(), "adem-configuration"
    many = tuple(f"host-{number}.{HOST}" for number in range(300))
    for slug, title, given in (
        ("field", "The key's name and the organization's", (key, HOST)),
        ("drafts", "The second name as the drafts have it", (key, f"{label}.{HOST}")),
        ("order", "The names in the other order, among others", (HOST, f"www.{HOST}", key)),
        ("many", "Three hundred names before them", (*many, key, HOST)),
    ):
        vectors.check(f"names-{slug}", title, in_log(names=given), verified("included"))
    for slug, title, given in (
        (
            "other-organization",
            "The key is committed to another organization",
            (key_name(host="elsewhere.example"), HOST),
        ),
        ("other-key", "Another key is committed", (key_name(STRANGER), HOST)),
        (
            "one-letter",
            "One letter of the key's name is another",
            ("a" + key[1:] if key[0] != "a" else "b" + key[1:], HOST),
        ),
        ("capitals", "The key's name in capitals", (key.upper(), HOST)),
        ("wildcard-key", "A wildcard in the place of the key", (f"*.{label}.{HOST}", HOST)),
        ("wildcard-organization", "A wildcard that covers the organization's name", (key, "*.example")),
        ("no-second", "No second name", (key,)),
        ("no-key", "No name for the key", (HOST, f"{label}.{HOST}")),
        ("below", "The second name is one below the organization's", (key, f"www.{HOST}")),
    ):
        vectors.check(f"names-{slug}", title, in_log(names=given), refuted("certificate-names-other"))


def paths(vectors: CommitmentTopic) -> None:
    """Validity and roots."""
    vectors.check(
        "valid-expired-since",
        "The certificate has expired since it was logged",
        in_log(start=LOGGED - 5 * DAY, days=10),
        verified("included", more=(REVOCATION,)),
    )
    vectors.check(
        "valid-before",
        "The certificate had expired when it was logged",
        in_log(start=LOGGED - 20 * DAY, days=10),
        refuted("certificate-not-valid"),
    )
    vectors.check(
        "valid-after",
        "It was not valid yet when it was logged",
        in_log(start=LOGGED + DAY),
        refuted("certificate-not-valid"),
    )
    world = in_log()
    world.roots = (pki.Authority.top("Another root").root,)
    vectors.check(
        "path-root",
        "No path to a root of the verifier",
        world,
        unknown("certificate-path-unknown", proofs=("included",)),
    )
    vectors.check(
        "path-usage",
        "A certificate that is not for servers",
        in_log(usage=CLIENTS),
        unknown("certificate-path-unknown", proofs=("included",)),
    )
    log = new_log("oak", static=False)
    stranger = pki.Authority("Authority of the vectors", (pki.Authority.top("Stranger").certificate, *ISSUER.chain))
    log.submit(request(), stranger, LOGGED)
    world = World([log], [place_of(log, len(log.entries) - 1)])
    vectors.check(
        "path-order", "A certificate that does not belong there before the issuers", world, verified("included")
    )
    vectors.check(
        "later",
        "Logged after the time that is asked about",
        _logged_late(),
        unknown("log-entry-later", proofs=("included",)),
        at="2027-03-01T11:59:00Z",
    )


def _logged_late() -> World:
    """A certificate that was logged half a minute before the present."""
    log = new_log("oak", static=False)
    log.submit(request(), ISSUER, JUDGED - timedelta(seconds=30))
    log.time = round(JUDGED.timestamp() * 1000)
    return World([log], [place_of(log, len(log.entries) - 1)])


def revocation(vectors: CommitmentTopic) -> None:
    """Revocation lists."""

    def listed(made: x509.CertificateRevocationList) -> World:
        world = in_log()
        world.lists = {LISTS: made}
        return world

    silent = verified("included") | {"absent_reasons": [REVOCATION]}
    doubtful = verified("included", more=(REVOCATION,))
    revoked = refuted("certificate-revoked")
    vectors.check("revocation-none", "A list that does not name the certificate", listed(ISSUER.revoke(8)), silent)
    vectors.check("revocation-named", "A list that names the certificate", listed(ISSUER.revoke(7)), revoked)
    vectors.check(
        "revocation-named-old", "An old list that names the certificate", listed(ISSUER.revoke(7, days=1)), revoked
    )
    vectors.check("revocation-old", "An old list that does not name it", listed(ISSUER.revoke(8, days=1)), doubtful)
    vectors.check(
        "revocation-later",
        "Revoked after the time that is asked about",
        listed(ISSUER.revoke(7, revoked=JUDGED + DAY)),
        silent,
    )
    vectors.check(
        "revocation-stranger",
        "A list signed by somebody else",
        listed(ISSUER.revoke(7, signed_by="Stranger")),
        doubtful,
    )
    for slug, title, scope, expect in (
        ("scope-this", "A list for this distribution point", LISTS, silent),
        ("scope-other", "A list for another distribution point", "http://lists.example/2.crl", doubtful),
    ):
        point = x509.IssuingDistributionPoint(
            [x509.UniformResourceIdentifier(scope)], None, False, False, None, False, False
        )
        vectors.check(f"revocation-{slug}", title, listed(ISSUER.revoke(8, extensions=[(point, True)])), expect)
    world = in_log()
    world.instead[LISTS] = "timeout"
    vectors.check("revocation-timeout", "The list cannot be had", world, doubtful)
    world = in_log()
    world.instead[LISTS] = Reply(200, b"nonsense")
    vectors.check("revocation-nonsense", "Nonsense in the place of the list", world, doubtful)
    world = in_log()
    world.lists_at_hand = [ISSUER.revoke(7)]
    vectors.check("revocation-at-hand", "A list at hand names it, the fetched one not", world, revoked)


def authorities(vectors: CommitmentTopic) -> None:
    """Authorities whose own keys are committed."""

    def endorsed(*names: str) -> World:
        world = in_log()
        log = new_log("elm", static=True)
        log.submit(request(*names), ISSUER, LOGGED)
        place = place_of(log, len(log.entries) - 1)
        world.logs.append(log)
        world.extra, world.extra_places = by_authority([place]), [place]
        return world

    good = (key_name(AUTHORITY, AUTHORITY_HOST), AUTHORITY_HOST)
    expect = claimed("endorsed", "commitment-verified", "endorser-accepted", commitment="verified", endorsed_by=[AUTH])
    world = endorsed(*good)
    vectors.check("authority", "An authority whose key is committed too", world, expect)
    world = endorsed(*good)
    accepted = protected("endorsed", "commitment-verified", "level-accepted", endorsed_by=[AUTH])
    accepted |= {"trusted": False, "reasons": ["commitment-verified", "endorser-accepted", "level-accepted"]}
    vectors.check("authority-accepted", "The same, and that level is accepted", world, accepted, accept="endorsed")
    world = endorsed(key_name(AUTHORITY, HOST), HOST)
    vectors.check(
        "authority-other",
        "An authority whose key is committed to somebody else",
        world,
        claimed(
            "organizational",
            "commitment-verified",
            "endorser-not-committed",
            "certificate-names-other",
            commitment="verified",
            endorsed_by=[],
        ),
    )
    world = in_log(names=(key_name(STRANGER), HOST))
    trusted = protected("organizational", "commitment-trusted", commitment="trusted")
    vectors.check(
        "bound",
        "The certificate names another key, and the verifier binds the key: the log does not matter",
        world,
        trusted,
        trust=[bound(ROOT, ORG)],
    )
