"""A certificate from an authority, its challenges shown in our own zones for as long as the authority looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emblem.dns.authority_connection import ConnectionFailedError
from emblem.errors import CertificationError, UpdateError
from emblem.issuance.challenges import PlacedChallenges, place, remove
from emblem.issuance.publisher import Publisher
from emblem.keys.signing import SoftwareSigner

if TYPE_CHECKING:
    from emblem.issuance.acme_authority import AcmeAuthority, CertificateOrder

Await = Callable[[Sequence[PlacedChallenges]], None]
"""Waits until the servers show challenges; raises where they do not in time."""


@dataclass(frozen=True, slots=True)
class Certification:
    """A certificate that was issued.

    Args:
        chain: the certificate and those of its issuers, in PEM.
        leftover: says which challenges may still stand in a zone; empty: none.
    """

    chain: bytes
    leftover: str


def obtain(
    authority: AcmeAuthority, publisher: Publisher, names: Sequence[str], key: SoftwareSigner, await_servers: Await
) -> Certification:
    """Order a certificate, show its challenges, and fetch it. Whatever happens, the challenges are taken out again.

    Args:
        authority: with which there is an account.
        publisher: puts the challenges into their zones.
        names: of the certificate.
        key: of the certificate.
        await_servers: called when the challenges are in the zones.

    Raises:
        CertificationError: the authority refuses or fails, or challenges may have stayed behind; says which.
        UpdateError: a zone cannot be changed.
    """
    order = authority.order(names, key)
    leftover = _show(authority, publisher, order, await_servers) if order.challenges else ""
    try:
        return Certification(authority.collect(order), leftover)
    except CertificationError as error:
        raise CertificationError(_joined(str(error), leftover)) from error


def _show(authority: AcmeAuthority, publisher: Publisher, order: CertificateOrder, await_servers: Await) -> str:
    placed = place(publisher, order.challenges)
    sent: list[PlacedChallenges] = []
    try:
        for group in placed:
            sent.append(group)
            _add(publisher, group, sent)
        await_servers(placed)
        authority.validate(order)
    except BaseException as error:
        leftover = _remove(publisher, sent)
        if leftover:
            raise CertificationError(_joined(str(error) or "interrupted", leftover)) from error
        raise
    return _remove(publisher, sent)


def _add(publisher: Publisher, group: PlacedChallenges, sent: list[PlacedChallenges]) -> None:
    try:
        publisher.send(group.primary, group.addition)
    except ConnectionFailedError:
        raise
    except UpdateError:
        # The server said no: there is nothing to take out again.
        sent.remove(group)
        raise


def _remove(publisher: Publisher, sent: Sequence[PlacedChallenges]) -> str:
    try:
        remove(publisher, sent)
    except UpdateError as error:
        return str(error)
    return ""


def _joined(*texts: str) -> str:
    return ". ".join(text for text in texts if text)
