"""The trust store: whom a verifier trusts, whom it refuses, and what it asks, read from files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from emblem.codec.withdrawal import Withdrawals
from emblem.errors import InputError, TrustError
from emblem.keys.files import read_file
from emblem.model.organization import Organization
from emblem.traceability.log_list import LARGEST_LOG_LIST, decode_log_list
from emblem.trust.document import Document, is_store, read_document
from emblem.trust.key_files import read_public_keys
from emblem.trust.policy import StatedPolicy, differing_fields, strictest
from emblem.trust.withdrawal_files import check_list, read_list
from emblem.validation.trust import DEFAULT_POLICY, NOTHING_REFUSED, Policy, Refusals, Trust, TrustedKey

LARGEST_FILE = 1024 * 1024
"""Bytes of a trust store, of a file of trusted keys, and of a withdrawal list."""


@dataclass(frozen=True)
class TrustStore(Trust):
    """Whom a verifier trusts, with the means to read it from files.

    ``stated`` names the fields of ``policy`` that somebody stated although they have their default; the others have
    no say when stores are merged.
    """

    stated: frozenset[str] = frozenset()

    @classmethod
    def load(cls, path: str | Path, *, bind_to: Organization | None = None) -> TrustStore:
        """Read a trust store in TOML (``docs/trust.md``), or a file of public keys. Which it is, its content tells.

        Args:
            path: the file. The withdrawal lists that a store names are read too, relative to its folder.
            bind_to: for a file of keys, the organization that they speak for; left out, they are trusted bare.

        Raises:
            TrustError: a file cannot be read or is too large, a store has anything wrong in it, or it is to be bound.
            KeyFileError: a file of keys holds none, or one that is private or malformed.
            UnknownAlgorithmError: it holds a key in an algorithm that we do not know.
        """
        path = Path(path)
        data = read_trust_file(path)
        if not is_store(data):
            return cls(keys=tuple(TrustedKey(key, bind_to) for key in read_public_keys(f"trust file {path}", data)))
        if bind_to is not None:
            found, expected = f"a trust store, to be bound to {bind_to}", "a file of keys: a store binds its own"
            raise TrustError(f"trust file {path}", found, expected)
        return cls.of_document(read_document(str(path), data), path.parent)

    @classmethod
    def of_document(cls, document: Document, directory: Path) -> TrustStore:
        """The trust that a store states; the withdrawal lists that it names are read, relative to a folder.

        Raises:
            TrustError: a list cannot be read, or is not signed by whom it names.
        """
        keys = tuple(key for authority in document.authorities for key in authority.trusted_keys)
        refusals = _refusals(document, keys)
        for withdrawals in read_lists(document, directory):
            refusals = _with_withdrawals(refusals, withdrawals)
        stamping = tuple(one for authority in document.stamp_authorities for one in authority.certificates)
        certificates = tuple(one for authority in document.authorities for one in authority.trusted_certificates)
        logs = tuple(one.trusted for one in document.logs)
        log_list = _read_log_list(document, directory)
        policy = document.policy
        return cls(keys, refusals, policy.policy, stamping, certificates, logs, log_list, policy.stated)

    @classmethod
    def merge(cls, stores: Iterable[Trust]) -> TrustStore:
        """What several stores say together; the order does not matter.

        Keys, logs and refusals add up, and a key that one store refuses counts in none. Of several lists of logs the
        newest counts. Of every field of the policy that is
        stated the strictest value holds (:func:`emblem.trust.policy.strictest`).

        Raises:
            TrustError: the policies have no authority or no format in common.
        """
        stores = tuple(stores)
        stated = strictest(map(_stated, stores))
        keys = tuple(dict.fromkeys(key for store in stores for key in store.keys))
        refusals = NOTHING_REFUSED
        for store in stores:
            refusals = _united(refusals, store.refusals)
        stamping = tuple(dict.fromkeys(one for store in stores for one in store.stamp_authorities))
        certificates = tuple(dict.fromkeys(one for store in stores for one in store.certificates))
        logs = tuple(dict.fromkeys(one for store in stores for one in store.logs))
        lists = {store.log_list for store in stores if store.log_list is not None}
        newest = max(lists, key=lambda one: (decode_log_list("list of logs", one).timestamp, one), default=None)
        refused = _completed(refusals, keys)
        return cls(keys, refused, stated.policy, stamping, certificates, logs, newest, stated.stated)


def _read_log_list(document: Document, directory: Path) -> bytes | None:
    """The list of logs that a store names, if it can be read.

    Raises:
        TrustError: it cannot.
    """
    if document.log_list is None:
        return None
    try:
        data = read_file(directory / document.log_list.file, LARGEST_LOG_LIST)
        decode_log_list(document.log_list.file, data)
    except InputError as error:
        raise document.source.error((*document.log_list.path, "file"), error.found, error.expected) from error
    return data


def policy_differences(stores: Iterable[Trust]) -> tuple[str, ...]:
    """The fields of the policy for which stores state different values, as a store writes them."""
    return differing_fields(map(_stated, stores))


def read_trust_file(path: Path) -> bytes:
    """Read a file of trust, no larger than :data:`LARGEST_FILE`.

    Raises:
        TrustError: it cannot be read, or is larger.
    """
    try:
        return read_file(path, LARGEST_FILE)
    except InputError as error:
        raise TrustError(f"trust file {error.field}", error.found, error.expected) from error


def read_lists(document: Document, directory: Path) -> tuple[Withdrawals, ...]:
    """Read and check every withdrawal list that a store names, in their order.

    Args:
        document: the store.
        directory: what the paths in it are relative to.

    Raises:
        TrustError: a list cannot be read, or is not signed by whom it names.
    """
    keys = tuple(key for authority in document.authorities for key in authority.trusted_keys)
    refused = _refusals(document, keys).keys
    lists: list[Withdrawals] = []
    for reference in document.lists:
        path = (*reference.path, "file")
        try:
            data = read_trust_file(directory / reference.file)
        except InputError as error:
            expected = f"{reference.file} to be {error.expected}"
            raise document.source.error(path, error.found, expected) from error
        try:
            lists.append(check_list(read_list("list", data), keys, refused))
        except InputError as error:
            raise document.source.error(path, f"{error.found} ({error.field})", error.expected) from error
    return tuple(lists)


def _stated(trust: Trust) -> StatedPolicy:
    """The policy of a store; a field that differs from its default was stated by whoever set it."""
    names = {field.name for field in fields(Policy)}
    set_by_hand = {name for name in names if getattr(trust.policy, name) != getattr(DEFAULT_POLICY, name)}
    said = trust.stated if isinstance(trust, TrustStore) else frozenset()
    return StatedPolicy(trust.policy, said | set_by_hand)


def _refusals(document: Document, keys: Iterable[TrustedKey]) -> Refusals:
    refusals = document.refusals
    stated = Refusals(
        keys=frozenset(one.key for one in refusals if one.key is not None),
        tokens=frozenset(one.token for one in refusals if one.token is not None),
        organizations=frozenset(one.organization for one in refusals if one.organization is not None),
    )
    return _completed(stated, keys)


def _completed(refusals: Refusals, keys: Iterable[TrustedKey]) -> Refusals:
    """With both identifiers of every known key of which one is refused: refused is the key, not a name of it."""
    identifiers = [{trusted.key.cose_thumbprint, trusted.key.jwk_thumbprint} for trusted in keys]
    known = frozenset[str]().union(*(both for both in identifiers if both & refusals.keys))
    return _united(refusals, Refusals(keys=known))


def _with_withdrawals(refusals: Refusals, withdrawals: Withdrawals) -> Refusals:
    taken_back = Refusals(
        withdrawn_keys=frozenset((withdrawals.issuer, key) for key in withdrawals.keys),
        withdrawn_tokens=frozenset((withdrawals.issuer, token) for token in withdrawals.tokens),
    )
    return _united(refusals, taken_back)


def _united(one: Refusals, other: Refusals) -> Refusals:
    union = Refusals(
        **{field.name: getattr(one, field.name) | getattr(other, field.name) for field in fields(Refusals)}
    )
    # Validation passes over the constant without looking into it.
    return NOTHING_REFUSED if union == NOTHING_REFUSED else union
