"""Keys in a hardware token: SoftHSM 2 makes them, keeps them and signs with them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, KeyType, ObjectClass, TokenFlag

from emblem.errors import HardwareError, KeyFileError, PassphraseError, UnknownAlgorithmError
from emblem.keys import hardware
from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.hardware import (
    KINDS,
    HardwareKey,
    HardwareSigner,
    HardwareToken,
    Tries,
    generate,
    list_hardware_keys,
    list_tokens,
    open_key,
    read_hardware_key,
)
from emblem.keys.public import PublicKey
from emblem.keys.token_uri import TokenUri
from tests.support.softhsm import MODULE, PIN, WRONG_PIN, SoftHsm, soft_hsm

DESK = TokenUri(token="desk", module_path=MODULE)
ES256 = default_algorithm(KeyKind.P256)


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftHsm]:
    with soft_hsm(tmp_path / "hsm", monkeypatch) as hsm:
        yield hsm


def pin(_: HardwareToken) -> bytes:
    return PIN.encode()


def wrong_pin(_: HardwareToken) -> bytes:
    return WRONG_PIN.encode()


def nobody_asks(_: HardwareToken) -> bytes:
    raise AssertionError("the PIN was asked for")


def make(label: str = "root", kind: KeyKind = KeyKind.P256) -> HardwareKey:
    return generate(replace(DESK, object=label), default_algorithm(kind), pin)


def inside(label: str, object_class: ObjectClass = ObjectClass.PRIVATE_KEY) -> dict[Attribute, Any]:
    """What the token itself says of a key, without any code of ours."""
    wanted = (
        Attribute.SENSITIVE, Attribute.ALWAYS_SENSITIVE, Attribute.EXTRACTABLE, Attribute.NEVER_EXTRACTABLE,
        Attribute.PRIVATE, Attribute.TOKEN, Attribute.LOCAL, Attribute.SIGN, Attribute.DERIVE, Attribute.DECRYPT,
        Attribute.UNWRAP,
    )  # fmt: skip
    token = pkcs11.lib(MODULE).get_token(token_label="desk")
    with token.open(user_pin=PIN) as session:
        (found,) = session.get_objects({Attribute.CLASS: object_class, Attribute.LABEL: label})
        return {name: found[name] for name in wanted}


@pytest.mark.usefixtures("hsm")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.label)
def test_a_key_of_each_kind_signs_what_its_public_half_verifies(kind: KeyKind) -> None:
    made = make(kind=kind)
    signer = open_key(made.uri, pin)

    signatures = [signer.sign(message) for message in (b"", b"one", b"x" * 10_000)]
    signer.close()

    assert signer.public_key == made.public
    assert signer.public_key.algorithm == default_algorithm(kind)
    assert all(
        signer.public_key.verify(signature, message)
        for signature, message in zip(signatures, (b"", b"one", b"x" * 10_000), strict=True)
    )


@pytest.mark.usefixtures("hsm")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.label)
def test_the_token_says_that_the_private_key_never_leaves_it_and_only_signs(kind: KeyKind) -> None:
    make(kind=kind)

    assert inside("root") == {
        Attribute.SENSITIVE: True,
        Attribute.ALWAYS_SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.NEVER_EXTRACTABLE: True,
        Attribute.PRIVATE: True,
        Attribute.TOKEN: True,
        Attribute.LOCAL: True,
        Attribute.SIGN: True,
        Attribute.DERIVE: False,
        Attribute.DECRYPT: False,
        Attribute.UNWRAP: False,
    }


@pytest.mark.usefixtures("hsm")
def test_the_private_value_cannot_be_read() -> None:
    make()
    with pkcs11.lib(MODULE).get_token(token_label="desk").open(user_pin=PIN) as session:
        (private,) = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        with pytest.raises(pkcs11.AttributeSensitive):
            private[Attribute.VALUE]


@pytest.mark.usefixtures("hsm")
def test_a_key_is_found_by_the_uri_that_was_given_for_it() -> None:
    made = make()

    found = read_hardware_key(TokenUri.parse(str(made.uri)), pin)

    assert found == made
    assert found.stays_inside
    assert (found.uri.token, found.uri.object, found.uri.type) == ("desk", "root", "private")


@pytest.mark.usefixtures("hsm")
def test_the_keys_of_a_token_are_listed_by_name() -> None:
    made = [make("signing"), make("root")]

    assert list_hardware_keys(DESK, pin) == (made[1], made[0])


def test_tokens_are_listed_without_a_pin(hsm: SoftHsm) -> None:
    hsm.make_token("spare")

    assert {token.label for token in list_tokens(TokenUri(), MODULE)} == {"desk", "spare"}
    assert [token.model for token in list_tokens(DESK)] == ["SoftHSM v2"]


@pytest.mark.usefixtures("hsm")
def test_a_name_that_is_taken_is_never_given_again() -> None:
    made = make()

    with pytest.raises(KeyFileError, match="already in it"):
        make()

    assert list_hardware_keys(DESK, pin) == (made,)


@pytest.mark.usefixtures("hsm")
def test_a_wrong_pin_is_told_and_makes_no_key() -> None:
    with pytest.raises(PassphraseError, match="hardware token 'desk': found a wrong PIN"):
        generate(replace(DESK, object="root"), ES256, wrong_pin)

    assert list_hardware_keys(DESK, pin) == ()


@pytest.mark.usefixtures("hsm")
def test_whoever_asks_for_the_pin_is_told_that_a_wrong_one_was_tried() -> None:
    seen: list[Tries] = []

    def watched(token: HardwareToken) -> bytes:
        seen.append(token.tries)
        return wrong_pin(token)

    for _ in range(2):
        with pytest.raises(PassphraseError):
            list_hardware_keys(DESK, watched)

    assert seen == [Tries.MANY, Tries.FEWER]


@pytest.mark.usefixtures("hsm")
def test_two_keys_of_one_token_are_open_at_once_and_the_pin_is_asked_for_once() -> None:
    uris = [make("root").uri, make("signing").uri]

    first = open_key(uris[0], pin)
    second = open_key(uris[1], nobody_asks)

    assert first.public_key.verify(first.sign(b"message"), b"message")
    assert second.public_key.verify(second.sign(b"message"), b"message")


@pytest.mark.usefixtures("hsm")
def test_one_session_signs_any_number_of_times() -> None:
    signer = open_key(make().uri, pin)

    signatures = [signer.sign(number.to_bytes(4, "big")) for number in range(2000)]

    assert signer.public_key.verify(signatures[-1], (1999).to_bytes(4, "big"))
    signer.close()


def test_a_token_that_is_taken_away_is_one_error_that_says_what_to_do(hsm: SoftHsm) -> None:
    signer = open_key(make().uri, pin)
    signer.sign(b"message")

    pkcs11.lib(MODULE).finalize()
    shutil.rmtree(hsm.directory / "tokens")

    with pytest.raises(HardwareError, match="hardware token 'desk': "):
        signer.sign(b"message")


def test_a_token_that_is_missing_is_told(hsm: SoftHsm) -> None:
    uri = make().uri
    shutil.rmtree(hsm.directory / "tokens")
    (hsm.directory / "tokens").mkdir()
    hsm.forget()

    with pytest.raises(KeyFileError, match="no hardware token that fits, expected one that is plugged in"):
        open_key(uri, nobody_asks)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("pkcs11:token=other", "no hardware token that fits"),
        ("pkcs11:token=desk;model=YubiKey", "no hardware token that fits"),
        ("pkcs11:token=desk;serial=1", "no hardware token that fits"),
        ("pkcs11:token=desk;library-manufacturer=Nobody", "no hardware token that fits"),
        ("pkcs11:token=desk;object=other", "no private keys that fit"),
        ("pkcs11:token=desk;id=%00", "no private keys that fit"),
        ("pkcs11:token=desk", "2 private keys that fit, expected one"),
        ("pkcs11:token=desk;type=public", "expected private"),
    ],
)
@pytest.mark.usefixtures("hsm")
def test_a_uri_of_no_single_key_is_refused(uri: str, said: str) -> None:
    make("root")
    make("signing")

    with pytest.raises(KeyFileError) as refusal:
        open_key(TokenUri.parse(uri), pin, MODULE)

    assert said in str(refusal.value)


def test_a_uri_of_several_tokens_is_refused(hsm: SoftHsm) -> None:
    hsm.make_token("spare")

    with pytest.raises(KeyFileError, match="2 hardware tokens that fit, expected one"):
        open_key(TokenUri(object="root"), nobody_asks, MODULE)


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (None, "no PKCS#11 library"),
        ("/nowhere/libnothing.so", "a library that is there"),
        ("libsofthsm2.so", "the whole path"),
        (__file__, "cannot be used"),
    ],
)
def test_a_library_that_cannot_be_used_is_told(module: str | None, said: str) -> None:
    with pytest.raises(KeyFileError) as refusal:
        list_tokens(TokenUri(), module)

    assert said in str(refusal.value)


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)

    with pytest.raises(KeyFileError, match=r"pip install 'digital-emblem\[hsm\]'"):
        open_key(DESK, nobody_asks)


@pytest.mark.usefixtures("hsm")
def test_an_algorithm_that_hardware_tokens_do_not_have_is_refused() -> None:
    with pytest.raises(UnknownAlgorithmError, match="no keys for ML-DSA-65"):
        generate(replace(DESK, object="root"), default_algorithm(KeyKind.ML_DSA_65), nobody_asks)


@pytest.mark.usefixtures("hsm")
def test_a_key_needs_a_name() -> None:
    with pytest.raises(KeyFileError, match="object=LABEL"):
        generate(DESK, ES256, nobody_asks)


@pytest.mark.usefixtures("hsm")
def test_a_key_that_could_leave_its_token_is_told_as_such() -> None:
    make_elsewhere("loose", {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True})

    key = read_hardware_key(replace(DESK, object="loose"), pin)

    assert not key.stays_inside
    assert (key.sensitive, key.extractable, key.never_extractable) == (False, True, False)


@pytest.mark.usefixtures("hsm")
def test_a_key_on_a_curve_of_no_known_algorithm_cannot_be_opened() -> None:
    make_elsewhere("koblitz", {}, curve="secp256k1")

    assert read_hardware_key(replace(DESK, object="koblitz"), pin).public is None
    with pytest.raises(KeyFileError, match="a curve that no known algorithm uses"):
        open_key(replace(DESK, object="koblitz"), pin)


@pytest.mark.usefixtures("hsm")
def test_a_key_whose_public_half_was_deleted_cannot_be_opened() -> None:
    uri = make().uri
    with pkcs11.lib(MODULE).get_token(token_label="desk").open(rw=True, user_pin=PIN) as session:
        for public in session.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY}):
            public.destroy()

    with pytest.raises(KeyFileError, match="without its public half"):
        open_key(uri, pin)


@pytest.mark.usefixtures("hsm")
def test_a_public_half_of_another_key_is_found_out_at_the_first_signature() -> None:
    one, other = (open_key(make(label).uri, pin) for label in ("one", "other"))
    crossed = HardwareSigner(one._session, one._private, other.public_key)

    with pytest.raises(HardwareError, match="does not hold under the public key"):
        crossed.sign(b"message")


@pytest.mark.usefixtures("hsm")
def test_a_token_that_makes_a_loose_key_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    described = hardware._describe_key
    monkeypatch.setattr(hardware, "_describe_key", lambda *given: replace(described(*given), extractable=True))

    with pytest.raises(HardwareError, match="can leave it; it was destroyed"):
        make()

    monkeypatch.undo()
    assert list_hardware_keys(DESK, pin) == ()


def test_signatures_that_a_token_writes_in_der_are_brought_to_the_form_of_cose() -> None:
    r, s = 7, 2**255

    assert hardware._flat(encode_dss_signature(r, s), 32) == r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert hardware._flat(b"\x30" + bytes(63), 32) == b"\x30" + bytes(63)


def test_points_that_a_token_writes_without_their_octet_string_are_read() -> None:
    key = PublicKey.from_spki(bytes.fromhex(
        "3059301306072a8648ce3d020106082a8648ce3d030107034200"
        "04b27b426a0290e5396c8584503524ec62fa477b684d7410e141c8b3b9d40a8e7d"
        "8e603473cb8cd0422d7ea71f3c723e94de0c6df097027f1d2914ed1a7b39d98f"
    ))  # fmt: skip
    assert key.y is not None
    raw = b"\x04" + key.x + key.y

    for point in (raw, b"\x04\x41" + raw):
        read, problem = hardware._read_point(KeyKind.P256, point)
        assert (read is not None and read.x == key.x, problem) == (True, "")
    for damaged in (raw[:-1], b"\x03\x41" + raw, raw[:-1] + b"\x00", b"\x02" + raw[1:]):
        assert hardware._read_point(KeyKind.P256, damaged)[0] is None


class Pretended:
    """A hardware token with flags that SoftHSM does not have; it remembers with which PIN it was opened."""

    label, serial, manufacturer_id, model = "pad", b"1", "Maker", "Model"

    def __init__(self, flags: TokenFlag, logged_in: bool = False) -> None:
        self.flags = flags | TokenFlag.LOGIN_REQUIRED
        self.logged_in = logged_in
        self.opened: list[object] = []

    def open(self, rw: bool = False, user_pin: object = None) -> Any:
        del rw
        self.opened.append(user_pin)
        if self.logged_in and user_pin is not None:
            raise pkcs11.UserAlreadyLoggedIn
        return Session()


class Session:
    def get_objects(self, _: object) -> list[object]:
        return []

    def close(self) -> None:
        pass


def test_a_token_with_a_pad_of_its_own_asks_for_its_pin_itself() -> None:
    token: Any = Pretended(TokenFlag.PROTECTED_AUTHENTICATION_PATH)

    hardware._open(token, nobody_asks, rw=False)

    assert token.opened == [None, pkcs11.PROTECTED_AUTH]


def test_a_token_whose_pin_is_locked_is_not_asked() -> None:
    token: Any = Pretended(TokenFlag.USER_PIN_LOCKED)

    with pytest.raises(HardwareError, match="its PIN is locked"), hardware._explained("pad"):
        hardware._open(token, nobody_asks, rw=False)


@pytest.mark.parametrize(
    ("flag", "tries"),
    [
        (TokenFlag.USER_PIN_COUNT_LOW, Tries.FEWER),
        (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY, Tries.LAST),
        (TokenFlag.USER_PIN_FINAL_TRY | TokenFlag.USER_PIN_LOCKED, Tries.NONE),
    ],
)
def test_what_a_token_says_of_wrong_pins_is_told(flag: TokenFlag, tries: Tries) -> None:
    token: Any = Pretended(flag)

    assert hardware._describe_token(token).tries is tries


def test_a_process_that_is_logged_in_without_showing_it_goes_on() -> None:
    token: Any = Pretended(TokenFlag.RNG, logged_in=True)

    hardware._open(token, pin, rw=False)

    assert token.opened == [None, PIN, None]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (pkcs11.DeviceRemoved, "it was removed; plug it in"),
        (pkcs11.TokenNotPresent, "it was removed; plug it in"),
        (pkcs11.SessionHandleInvalid, "it was removed; plug it in"),
        (pkcs11.PinLocked, "its PIN is locked"),
        (pkcs11.PinExpired, "its PIN has expired"),
        (pkcs11.UserPinNotInitialized, "it has no PIN yet"),
        (pkcs11.DeviceMemory, "it is full"),
        (pkcs11.TokenWriteProtected, "it is write-protected"),
        (pkcs11.SessionCount, "no room for another session"),
        (pkcs11.GeneralError, "it fails (GeneralError)"),
    ],
)
def test_every_failure_says_what_to_do(error: type[Exception], said: str) -> None:
    with pytest.raises(HardwareError) as failure, hardware._explained("desk"):
        raise error

    assert said in str(failure.value)
    assert str(failure.value).startswith("hardware token 'desk': ")


def make_elsewhere(label: str, private: dict[Attribute, Any], curve: str = "secp256r1") -> None:
    """A key as another program makes it."""
    with pkcs11.lib(MODULE).get_token(token_label="desk").open(rw=True, user_pin=PIN) as session:
        parameters = session.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: pkcs11.util.ec.encode_named_curve_parameters(curve)}, local=True
        )
        parameters.generate_keypair(store=True, label=label, id=label.encode(), private_template=private)
