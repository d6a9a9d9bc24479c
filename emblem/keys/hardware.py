"""Keys in hardware tokens, through PKCS#11: made there, used there, and never seen here.

A private key is generated in the token as sensitive and not extractable; this program hands digests in and gets
signatures out. Everything here needs the extra ``hsm``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from emblem.errors import HardwareError, InputError, KeyFileError, PassphraseError, UnknownAlgorithmError
from emblem.keys.algorithms import Algorithm, KeyKind, default_algorithm
from emblem.keys.public import HASHES, PublicKey
from emblem.keys.token_uri import TokenUri

if TYPE_CHECKING:
    import pkcs11

MODULE_VARIABLE = "EMBLEM_PKCS11_MODULE"
"""The environment variable that names the PKCS#11 library of this machine, whatever ``module-path`` a URI has."""

KINDS = (KeyKind.P256, KeyKind.P384, KeyKind.P521, KeyKind.ED25519)
"""The kinds of keys that hardware tokens hold for us."""

_CURVES = {
    KeyKind.P256: bytes.fromhex("06082a8648ce3d030107"),
    KeyKind.P384: bytes.fromhex("06052b81040022"),
    KeyKind.P521: bytes.fromhex("06052b81040023"),
    KeyKind.ED25519: bytes.fromhex("06032b6570"),
}
"""CKA_EC_PARAMS of each kind: the object identifier of its curve in DER (RFC 5480, RFC 8410)."""

_EDWARDS_BY_NAME = bytes.fromhex("130c656477617264733235353139")
"""How PKCS#11 2.40 wrote the curve of Ed25519: the PrintableString ``edwards25519``."""

_UNCOMPRESSED, _OCTET_STRING, _SEQUENCE = 0x04, 0x04, 0x30
_IDENTIFIER_SIZE = 16


class Tries(Enum):
    """How many wrong PINs a hardware token still bears, as far as it says."""

    MANY = "many"
    FEWER = "fewer"
    LAST = "last"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HardwareToken:
    """A hardware token that is there: what it calls itself, and what it says of wrong PINs."""

    label: str
    serial: str
    manufacturer: str
    model: str
    tries: Tries


@dataclass(frozen=True, slots=True)
class HardwareKey:
    """A private key in a hardware token, as it describes itself.

    ``public`` is None, and ``problem`` says why, where its public half cannot be used. The other members are the
    attributes of PKCS#11 that keep a private key inside (CKA_SENSITIVE, CKA_EXTRACTABLE and so on).
    """

    uri: TokenUri
    public: PublicKey | None
    sensitive: bool
    extractable: bool
    always_sensitive: bool
    never_extractable: bool
    problem: str = ""

    @property
    def stays_inside(self) -> bool:
        """Whether it can never have left the token, nor can now."""
        return self.sensitive and not self.extractable and self.always_sensitive and self.never_extractable


AskPin = Callable[[HardwareToken], bytes]
"""Asks whoever knows it for the PIN of a hardware token; called only where the token wants one."""


class HardwareSigner:
    """A private key in a hardware token, used through one session. Its representation never shows a secret."""

    __slots__ = ("_label", "_private", "_proven", "_public", "_session")

    def __init__(self, session: pkcs11.Session, private: pkcs11.PrivateKey, public: PublicKey) -> None:
        self._session = session
        self._label = session.token.label
        self._private: Any = private
        self._public = public
        self._proven = False

    @property
    def public_key(self) -> PublicKey:
        """The public half, with the algorithm that this signer writes."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Sign in the form of COSE and JOSE; ECDSA over a digest that is made here.

        The first signature is verified before it is handed out: a token whose public half is another key's, or
        that writes signatures in a form of its own, is found out at once.

        Raises:
            HardwareError: the token was removed, or does not sign.
        """
        with _explained(self._label):
            signature = self._sign(message)
        if not self._proven and not self._public.verify(signature, message):
            raise HardwareError(
                f"hardware token {self._label!r}: its signature does not hold under the public key that it gives: "
                "use another key, and report this to its maker"
            )
        self._proven = True
        return signature

    def close(self) -> None:
        """End the session. If its PIN was asked for here, this logs out all who use the token in this process."""
        with _explained(self._label):
            self._session.close()

    def _sign(self, message: bytes) -> bytes:
        from pkcs11 import Mechanism

        kind = self._public.kind
        if kind is KeyKind.ED25519:
            return bytes(self._private.sign(message, mechanism=Mechanism.EDDSA))
        digest = hashes.Hash(HASHES[kind])
        digest.update(message)
        return _flat(bytes(self._private.sign(digest.finalize(), mechanism=Mechanism.ECDSA)), kind.size)

    def __repr__(self) -> str:
        return f"HardwareSigner({self._public.cose_thumbprint})"


def list_tokens(uri: TokenUri, module: str | None = None) -> tuple[HardwareToken, ...]:
    """The hardware tokens that a URI describes, in the order in which the library has them. No PIN is needed.

    Args:
        uri: what to look for.
        module: the PKCS#11 library; None for the one that the URI names.

    Raises:
        KeyFileError: there is no such library.
        HardwareError: the library fails.
    """
    return tuple(_describe_token(token) for token in _matching_tokens(_library(uri, module), uri))


def generate(
    uri: TokenUri, algorithm: Algorithm, ask_pin: AskPin, module: str | None = None, *, or_existing: bool = False
) -> HardwareKey:
    """Make a key in a hardware token: sensitive, never extractable, for signing alone.

    Args:
        uri: the token, and in ``object`` the label of the new key.
        algorithm: what it is for.
        ask_pin: asks for the PIN.
        module: the PKCS#11 library; None for the one that the URI names.
        or_existing: where a key of that label is there, as an interruption may have left it, take that.

    Returns:
        The key; its URI names it and nothing else.

    Raises:
        KeyFileError: the URI is of no single token, has no label, or there is such a key already.
        UnknownAlgorithmError: the token makes no keys for the algorithm.
        PassphraseError: the PIN is wrong.
        HardwareError: the token fails, or made a key that can leave it (which is then destroyed).
    """
    if uri.object is None:
        raise KeyFileError("pkcs11 URI", "no object", "object=LABEL: what the new key is called in the token")
    library = _library(uri, module)
    token = _single_token(library, uri)
    _check_offered(token, algorithm)
    with _explained(token.label), _log_in(token, ask_pin, rw=True) as session:
        if _private_keys(session, replace(uri, id=None)):
            if or_existing:
                return _describe_key(session, _single_key(session, uri), uri.module_path)
            found = f"a key {uri.object!r} that is already in it"
            expected = "a new name (none is overwritten), or to import the key that is there"
            raise KeyFileError(f"hardware token {token.label!r}", found, expected)
        identifier = uri.id if uri.id is not None else os.urandom(_IDENTIFIER_SIZE)
        public, private = _generate(session, algorithm.kind, uri.object, identifier)
        key = _describe_key(session, private, uri.module_path)
        if not key.stays_inside or key.public is None:
            private.destroy()
            public.destroy()
            why = key.problem or "made a key that can leave it"
            raise HardwareError(f"hardware token {token.label!r}: {why}; it was destroyed: use another token")
        return key


def open_key(uri: TokenUri, ask_pin: AskPin, module: str | None = None) -> HardwareSigner:
    """Open a key for signing. The session lasts until the signer is closed, for any number of signatures.

    Raises:
        KeyFileError: the URI describes no single key that we can use.
        PassphraseError: the PIN is wrong.
        HardwareError: the token fails.
    """
    token = _single_token(_library(uri, module), uri)
    with _explained(token.label):
        session = _open(token, ask_pin, rw=False)
        try:
            private = _single_key(session, uri)
            described = _describe_key(session, private, None)
            if described.public is None:
                raise KeyFileError(f"hardware token {token.label!r}", described.problem, "a key that can be used")
            return HardwareSigner(session, private, described.public)
        except BaseException:
            session.close()
            raise


def list_hardware_keys(uri: TokenUri, ask_pin: AskPin, module: str | None = None) -> tuple[HardwareKey, ...]:
    """The private keys that a URI describes, with what their token says of them; errors as in :func:`open_key`."""
    token = _single_token(_library(uri, module), uri)
    with _explained(token.label), _log_in(token, ask_pin, rw=False) as session:
        found = [_describe_key(session, private, uri.module_path) for private in _private_keys(session, uri)]
    return tuple(sorted(found, key=lambda key: (key.uri.object or "", key.uri.id or b"")))


def read_hardware_key(uri: TokenUri, ask_pin: AskPin, module: str | None = None) -> HardwareKey:
    """The one private key that a URI describes; errors as in :func:`open_key`."""
    token = _single_token(_library(uri, module), uri)
    with _explained(token.label), _log_in(token, ask_pin, rw=False) as session:
        return _describe_key(session, _single_key(session, uri), uri.module_path)


def _library(uri: TokenUri, module: str | None) -> Any:
    path = module or uri.module_path
    if path is None:
        expected = f"module-path=/…/library.so after a question mark, or {MODULE_VARIABLE}"
        raise KeyFileError("pkcs11 URI", "no PKCS#11 library", expected)
    try:
        import pkcs11
    except ModuleNotFoundError as error:
        raise KeyFileError(
            "hardware token", "no python-pkcs11", "the extra hsm: pip install 'digital-emblem[hsm]'"
        ) from error
    if not os.path.isabs(path) or not os.path.isfile(path):  # noqa: PTH113, PTH117
        raise KeyFileError("PKCS#11 library", repr(path), "the whole path of a library that is there")
    try:
        return pkcs11.lib(path)
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise KeyFileError("PKCS#11 library", f"{path!r}, which cannot be used ({error or type(error).__name__})",
                           "a PKCS#11 library of this system") from error  # fmt: skip


def _matching_tokens(library: Any, uri: TokenUri) -> list[pkcs11.Token]:
    import pkcs11

    if not _agree(
        (uri.library_manufacturer, library.manufacturer_id),
        (uri.library_description, library.library_description),
        (uri.library_version, ".".join(map(str, library.library_version))),
    ):
        return []
    found = []
    for slot in library.get_slots(token_present=True):
        try:
            token = slot.get_token()
        except (pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
            continue
        if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED and _fits(token, uri):
            found.append(token)
    return found


def _fits(token: pkcs11.Token, uri: TokenUri) -> bool:
    slot: Any = token.slot
    return _agree(
        (uri.token, token.label),
        (uri.serial, token.serial.decode(errors="replace")),
        (uri.manufacturer, token.manufacturer_id),
        (uri.model, token.model),
        (uri.slot_id, str(slot.slot_id)),
        (uri.slot_description, slot.slot_description),
        (uri.slot_manufacturer, slot.manufacturer_id),
    )


def _agree(*pairs: tuple[str | None, str]) -> bool:
    return all(wanted is None or wanted == there for wanted, there in pairs)


def _single_token(library: Any, uri: TokenUri) -> pkcs11.Token:
    with _explained(uri.token or "?"):
        tokens = _matching_tokens(library, uri)
    if len(tokens) != 1:
        found = "no hardware token that fits" if not tokens else f"{len(tokens)} hardware tokens that fit"
        expected = "one that is plugged in" if not tokens else "one: name it by token= and serial="
        raise KeyFileError(str(replace(uri, module_path=None)), found, expected)
    return tokens[0]


def _describe_token(token: pkcs11.Token) -> HardwareToken:
    from pkcs11 import TokenFlag

    flags, tries = token.flags, Tries.MANY
    if flags & TokenFlag.USER_PIN_LOCKED:
        tries = Tries.NONE
    elif flags & TokenFlag.USER_PIN_FINAL_TRY:
        tries = Tries.LAST
    elif flags & TokenFlag.USER_PIN_COUNT_LOW:
        tries = Tries.FEWER
    serial = token.serial.decode(errors="replace")
    return HardwareToken(token.label, serial, token.manufacturer_id, token.model, tries)


@contextmanager
def _log_in(token: pkcs11.Token, ask_pin: AskPin, *, rw: bool) -> Iterator[pkcs11.Session]:
    session = _open(token, ask_pin, rw=rw)
    try:
        yield session
    finally:
        session.close()


def _open(token: pkcs11.Token, ask_pin: AskPin, *, rw: bool) -> pkcs11.Session:
    """A session that is logged in. A process is logged in to a token once, however many sessions it has."""
    import pkcs11

    flags = token.flags
    if not flags & pkcs11.TokenFlag.LOGIN_REQUIRED or _is_logged_in(token):
        return token.open(rw=rw)
    described = _describe_token(token)
    if described.tries is Tries.NONE:
        raise pkcs11.PinLocked
    if flags & pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH:
        return token.open(rw=rw, user_pin=pkcs11.PROTECTED_AUTH)
    pin = ask_pin(described)
    try:
        return token.open(rw=rw, user_pin=pin.decode())
    except pkcs11.UserAlreadyLoggedIn:
        return token.open(rw=rw)
    except UnicodeDecodeError as error:
        raise PassphraseError("PIN", "bytes that are no UTF-8", "the PIN as text") from error


def _is_logged_in(token: pkcs11.Token) -> bool:
    """Whether this process is logged in already, as far as can be seen: a token shows private objects to its user."""
    import pkcs11

    session = token.open()
    try:
        return any(session.get_objects({pkcs11.Attribute.PRIVATE: True}))
    finally:
        session.close()


def _private_keys(session: pkcs11.Session, uri: TokenUri) -> list[pkcs11.PrivateKey]:
    from pkcs11 import Attribute, ObjectClass

    if uri.type not in (None, "private"):
        raise KeyFileError("pkcs11 URI attribute type", repr(uri.type), "private, or none")
    wanted: dict[Attribute, Any] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    if uri.object is not None:
        wanted[Attribute.LABEL] = uri.object
    if uri.id is not None:
        wanted[Attribute.ID] = uri.id
    return list(session.get_objects(wanted))  # type: ignore[arg-type]  # private keys, as was asked


def _single_key(session: pkcs11.Session, uri: TokenUri) -> pkcs11.PrivateKey:
    keys = _private_keys(session, uri)
    if len(keys) != 1:
        found = f"{len(keys) or 'no'} private {'key' if len(keys) == 1 else 'keys'} that fit"
        raise KeyFileError(str(replace(uri, module_path=None)), found, "one: name it by object= and id=")
    return keys[0]


def _check_offered(token: pkcs11.Token, algorithm: Algorithm) -> None:
    import pkcs11

    edwards = algorithm.kind is KeyKind.ED25519
    needed = (
        {pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, pkcs11.Mechanism.EDDSA}
        if edwards
        else {pkcs11.Mechanism.EC_KEY_PAIR_GEN, pkcs11.Mechanism.ECDSA}
    )
    with _explained(token.label):
        offered = needed <= set(token.slot.get_mechanisms())
    if algorithm.kind not in KINDS or not offered:
        expected = "an algorithm that it has, such as ES256"
        raise UnknownAlgorithmError(f"hardware token {token.label!r}", f"no keys for {algorithm.name}", expected)


def _generate(session: Any, kind: KeyKind, label: str, identifier: bytes) -> tuple[Any, Any]:
    from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag

    edwards = kind is KeyKind.ED25519
    parameters = session.create_domain_parameters(
        KeyType.EC_EDWARDS if edwards else KeyType.EC, {Attribute.EC_PARAMS: _CURVES[kind]}, local=True
    )
    return parameters.generate_keypair(  # type: ignore[no-any-return]  # a public and a private key
        id=identifier,
        label=label,
        store=True,
        capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
        mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN if edwards else Mechanism.EC_KEY_PAIR_GEN,
        private_template={
            Attribute.PRIVATE: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
        },
    )


def _describe_key(session: pkcs11.Session, private: pkcs11.PrivateKey, module_path: str | None) -> HardwareKey:
    from pkcs11 import Attribute

    token: Any = session.token
    label, identifier = _attribute(private, Attribute.LABEL), _attribute(private, Attribute.ID)
    public, problem = _public_half(session, private)
    return HardwareKey(
        uri=TokenUri(
            token=token.label,
            serial=token.serial.decode(errors="replace") or None,
            object=label or None,
            id=identifier or None,
            type="private",
            module_path=module_path,
        ),
        public=public,
        sensitive=_attribute(private, Attribute.SENSITIVE) is True,
        # What a token does not say of a key must not be taken for good news.
        extractable=_attribute(private, Attribute.EXTRACTABLE) is not False,
        always_sensitive=_attribute(private, Attribute.ALWAYS_SENSITIVE) is True,
        never_extractable=_attribute(private, Attribute.NEVER_EXTRACTABLE) is True,
        problem=problem,
    )


def _public_half(session: pkcs11.Session, private: pkcs11.PrivateKey) -> tuple[PublicKey | None, str]:
    """The public half: of the public key with the same identifier, or of the private key itself where it has it."""
    from pkcs11 import Attribute, ObjectClass

    identifier, label = _attribute(private, Attribute.ID), _attribute(private, Attribute.LABEL)
    wanted: dict[Attribute, Any] = {Attribute.CLASS: ObjectClass.PUBLIC_KEY}
    wanted |= {Attribute.ID: identifier} if identifier else {Attribute.LABEL: label}
    for candidate in (*session.get_objects(wanted), private):
        parameters, point = _attribute(candidate, Attribute.EC_PARAMS), _attribute(candidate, Attribute.EC_POINT)
        if not parameters or not point:
            continue
        kind = _kind_of(parameters)
        if kind is None:
            return None, "a key on a curve that no known algorithm uses"
        return _read_point(kind, point)
    return None, "a private key without its public half"


def _kind_of(parameters: bytes) -> KeyKind | None:
    if parameters == _EDWARDS_BY_NAME:
        return KeyKind.ED25519
    return next((kind for kind, written in _CURVES.items() if written == parameters), None)


def _read_point(kind: KeyKind, point: bytes) -> tuple[PublicKey | None, str]:
    """CKA_EC_POINT: a DER OCTET STRING, or, in some tokens, what should be in it."""
    size = kind.size if kind is KeyKind.ED25519 else 1 + 2 * kind.size
    raw = point[-size:]
    if len(point) not in (size, size + _head_size(size)) or (len(point) > size and point[0] != _OCTET_STRING):
        return None, f"a public half of {len(point)} bytes"
    algorithm = default_algorithm(kind)
    try:
        if kind is KeyKind.ED25519:
            return PublicKey.from_parameters(kind, raw, None, algorithm), ""
        if raw[0] != _UNCOMPRESSED:
            return None, "a public half that is no uncompressed point"
        return PublicKey.from_parameters(kind, raw[1 : 1 + kind.size], raw[1 + kind.size :], algorithm), ""
    except InputError as error:
        return None, str(error)


def _head_size(size: int) -> int:
    """Bytes of tag and length before so many bytes in DER."""
    return 2 if size < 0x80 else 3


def _flat(signature: bytes, size: int) -> bytes:
    """r and s, each of full length, as PKCS#11 prescribes; some tokens write them in DER (RFC 3279)."""
    if len(signature) == 2 * size or not signature or signature[0] != _SEQUENCE:
        return signature
    try:
        r, s = decode_dss_signature(signature)
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    except (ValueError, OverflowError):
        return signature


def _attribute(item: Any, attribute: Any) -> Any:
    """An attribute of an object, or None where its token does not give it."""
    import pkcs11

    try:
        return item[attribute]
    except (pkcs11.AttributeTypeInvalid, pkcs11.AttributeSensitive, pkcs11.FunctionFailed, KeyError):
        return None


@contextmanager
def _explained(label: str) -> Iterator[None]:
    """What PKCS#11 says when something fails, in one line that says what to do."""
    import pkcs11

    try:
        yield
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
        raise PassphraseError(f"hardware token {label!r}", "a wrong PIN", "the PIN of its user") from error
    except pkcs11.PKCS11Error as error:
        name = type(error).__name__
        what = _FAILURES.get(
            name, f"it fails ({name}{f': {error}' if str(error) else ''}); try again, then another one"
        )
        raise HardwareError(f"hardware token {label!r}: {what}") from error


_GONE = "it was removed; plug it in and run this again"
_FAILURES = {
    **dict.fromkeys(
        ("DeviceRemoved", "TokenNotPresent", "TokenNotRecognised", "SessionHandleInvalid", "SessionClosed",
         "SlotIDInvalid", "ObjectHandleInvalid", "KeyHandleInvalid", "NoSuchToken"),
        _GONE,
    ),
    "PinLocked": "its PIN is locked after too many wrong ones; whoever administers it can unlock it",
    "PinExpired": "its PIN has expired; set a new one with the program of its maker",
    "UserPinNotInitialized": "it has no PIN yet; set one with the program of its maker",
    "UserNotLoggedIn": "it wants its PIN first",
    "DeviceMemory": "it is full; destroy what is no longer used, or take another one",
    "TokenWriteProtected": "it is write-protected",
    "SessionCount": "it has no room for another session; end the other programs that use it",
}  # fmt: skip
