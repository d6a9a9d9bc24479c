"""Changes to requests that keep their structure, signing anew what was changed, so that they get past the signatures.

The keys are those of the test vectors, which everybody has.
"""

from __future__ import annotations

import base64
import json
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

from emblem.codec.cbor import decode as decode_cbor
from emblem.errors import MalformedError
from fuzzing.byte_mutation import mutate_bytes
from fuzzing.requests import read_members, write_members
from fuzzing.target import LONGEST_INPUT
from test_vectors.generator.encoding import Tag, base64url, cbor
from test_vectors.generator.keys import ED25519, P384, P521, Key, key

LABELS = ("emblem", "middle", "second middle", "root", "second root", "authority", "second authority", "stranger")
KEYS = tuple(key(label) for label in LABELS) + tuple(
    key(label, curve) for label in ("emblem", "root") for curve in (P384, P521, ED25519)
)
"""The keys that tokens are signed with."""

ORGANIZATIONS = (
    "https://relief.example",
    "https://ministry.example",
    "https://federation.example",
    "https://stranger.example",
)
TARGETS = ("clinic.relief.example", "hospital.example", "192.0.2.1", "2001:db8::1", "b\u00fccher.example")
NOW = int(datetime(2027, 3, 1, 12, tzinfo=UTC).timestamp())
"""When the test vectors are judged."""
Members = dict[str, Any]
_Claimed = list[str] | tuple[Key, str]
"""What a new token says: the assets of an emblem, or the key and the organization that it endorses."""


def mutate_request(data: bytes, random: Random) -> bytes:
    """One to three changes to a request; to plain bytes where it is none."""
    members = read_members(data)
    if members is None:
        return mutate_bytes(data, random)
    members["records"] = list(members["records"])
    for _ in range(random.choice((1, 1, 2, 3))):
        random.choice(_CHANGES)(members, random)
    changed = write_members(members)
    return changed if len(changed) <= LONGEST_INPUT else data


def _change_record(members: Members, random: Random) -> None:
    records = members["records"]
    if records:
        number = random.randrange(len(records))
        records[number] = change_line(records[number], random)


def _remove_record(members: Members, random: Random) -> None:
    if members["records"]:
        del members["records"][random.randrange(len(members["records"]))]


def _repeat_record(members: Members, random: Random) -> None:
    if members["records"]:
        members["records"].append(random.choice(members["records"]))


def _copy_and_change_record(members: Members, random: Random) -> None:
    if members["records"]:
        members["records"].append(change_line(random.choice(members["records"]), random))


def _shuffle_records(members: Members, random: Random) -> None:
    random.shuffle(members["records"])


def _add_key(members: Members, random: Random) -> None:
    chosen = random.choice(KEYS)
    members["records"].append(_key_record(chosen, native=random.random() < 0.5))


def _add_token(members: Members, random: Random) -> None:
    signer, endorsed = random.choice(KEYS), random.choice(KEYS)
    write = random.choice((_new_cwt, _new_jws))
    issuer, subject = random.choice((*ORGANIZATIONS[:3], None)), random.choice(ORGANIZATIONS[:2])
    claims = _emblem(members) if random.random() < 0.3 else (endorsed, subject)
    members["records"].append(write(signer, issuer, claims, members, random))


def _begin_anew(members: Members, random: Random) -> None:
    """Arrange a whole chain, with authorities above it and some of its keys trusted."""
    write = random.choice((_new_cwt, _new_jws))
    own, above = random.choice((1, 2, 2, 3)), random.choice((0, 0, 1, 2))
    keys = random.sample(KEYS, own + above)
    issuer = ORGANIZATIONS[0]
    records = [write(keys[0], issuer, _emblem(members), members, random)]
    for lower, upper in pairwise(keys[:own]):
        records.append(write(upper, issuer, (lower, issuer), members, random))
    for number, signer in enumerate(keys[own:], 1):
        records.append(write(signer, ORGANIZATIONS[number], (keys[own - 1], issuer), members, random))
    records += [_key_record(one, native=write is _new_cwt) for one in keys]
    members["records"] = records if random.random() < 0.7 else [*members["records"], *records]
    trusted = random.randrange(len(keys))
    organization = issuer if trusted < own else ORGANIZATIONS[trusted - own + 1]
    bound = {"organization": organization} if random.random() < 0.7 else {}
    members["trust"] = [{"key": keys[trusted].record.hex()} | bound]


def _key_record(one: Key, *, native: bool) -> str:
    return one.record.hex() if native else "adem-key=" + json.dumps(one.jwk)


def _change_carriage(members: Members, random: Random) -> None:
    """Put native records into TXT, with a SET or without, at an owner or without, and back."""
    name = random.choice(("emblem-cwt=", "emblem-cwt-a=", "emblem-cwt-b=", ""))
    owner = random.choice(("", "", f"{members['target']}. 60 IN TXT ", f"_emblem.{members['target']}. TXT "))
    for number, line in enumerate(members["records"]):
        data = native_data(line)
        if data is not None and random.random() < 0.7:
            text = f"{name}{base64url(data)}" if name else data.hex()
            if owner:
                text = f'{owner}"{text}"' if name else f"{members['target']}. IN TYPE65297 \\# {len(data)} {text}"
            members["records"][number] = text


def _change_question(members: Members, random: Random) -> None:
    what = random.randrange(5)
    if what == 0:
        members["target"] = random.choice(TARGETS)
    elif what == 1:
        at = _time(members) + timedelta(seconds=random.choice((-1, 1, 0.5, -86400, 86400)))
        members["at"] = at.isoformat().replace("+00:00", "Z")
    elif what == 2:
        members["addresses"] = random.choice(([], ["192.0.2.1"], ["192.0.2.1", "2001:db8::1"]))
    elif what == 3:
        members["accept"] = random.choice(("organizational", "endorsed"))
    else:
        members.pop("accept", None)


def _change_trust(members: Members, random: Random) -> None:
    trust = list(members.get("trust", []))
    if trust and random.random() < 0.4:
        del trust[random.randrange(len(trust))]
    else:
        chosen = random.choice(KEYS)
        text = random.choice((chosen.record.hex(), json.dumps(chosen.jwk), chosen.pem))
        trust.append({"key": text} | random.choice(({}, {"organization": random.choice(ORGANIZATIONS)})))
    members["trust"] = trust[:8]


_CHANGES: tuple[Callable[[Members, Random], None], ...] = (
    *(_change_record,) * 8,
    *(_copy_and_change_record,) * 3,
    *(_add_token,) * 3,
    _begin_anew,
    _add_key,
    _remove_record,
    _repeat_record,
    _shuffle_records,
    _change_carriage,
    _change_question,
    _change_trust,
)


def change_line(line: str, random: Random) -> str:
    """Change what one record holds, and sign it again where it is a token; else change its text."""
    if random.random() < 0.1:
        return mutate_bytes(line.encode("utf-8", "replace"), random).decode("utf-8", "replace").replace("\n", " ")
    data = native_data(line)
    if data is not None:
        changed = _change_native(data, random)
        if changed is not None:
            before, _, _ = line.rpartition("=")
            return f"{before}={base64url(changed)}" if before else changed.hex()
    if "=eyJ" in line:
        name, _, token = line.partition("=")
        text = _change_jws(token, random)
        if text is not None:
            return f"{name}={text}"
    return mutate_bytes(line.encode("utf-8", "replace"), random).decode("latin-1").replace("\n", " ")


def native_data(line: str) -> bytes | None:
    """The record data in a line that holds nothing else: hexadecimal, or our own name in TXT."""
    try:
        if line.startswith("emblem-cwt"):
            text = line.partition("=")[2]
            return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return bytes.fromhex(line)
    except (ValueError, Base64Error):
        return None


def _change_native(data: bytes, random: Random) -> bytes | None:
    try:
        item = decode_cbor("record", data, tags=(61, 18))
        if isinstance(item, Mapping):
            return cbor(_changed_map(dict(item), _KEY_CHANGES, random))
        protected, unprotected, payload, signature = item.value.value
        header = dict(decode_cbor("header", protected))
        claims = dict(decode_cbor("payload", payload))
    except (MalformedError, AttributeError, TypeError, ValueError):
        return None
    if random.random() < 0.25:
        header = _changed_map(header, _HEADER_CHANGES, random)
    else:
        claims = _changed_map(claims, _CLAIM_CHANGES, random)
    try:
        protected, payload = cbor(header), cbor(claims)
    except (TypeError, OverflowError):
        return None
    identifier = header.get(4)
    signer = _cwt_signers().get(identifier) if isinstance(identifier, bytes) else None
    if signer is not None and random.random() < 0.95:
        signature = signer.sign(cbor(["Signature1", protected, b"", payload]))
        if signer.y and random.random() < 0.1:
            signature = signer.twin(signature)
    return cbor(Tag(61, Tag(18, [protected, unprotected, payload, signature])))


def _change_jws(token: str, random: Random) -> str | None:
    try:
        parts = [base64.urlsafe_b64decode(part + "==") for part in token.split(".")]
        header, claims = json.loads(parts[0]), json.loads(parts[1])
    except (ValueError, IndexError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    if random.random() < 0.25:
        header = _changed_map(header, _JWS_HEADER_CHANGES, random)
    else:
        claims = _changed_map(claims, _JWS_CLAIM_CHANGES, random)
    return _signed_jws(header, claims, _jws_signers().get(str(header.get("kid"))), parts[-1])


def _signed_jws(header: Members, claims: Members, signer: Key | None, signature: bytes = b"") -> str:
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{base64url(signer.sign(signed.encode()) if signer else signature)}"


def _new_cwt(signer: Key, issuer: str | None, claimed: _Claimed, members: Members, random: Random) -> str:
    now = _now(members)
    claims: dict[int | str, Any] = {"ver": 1, 5: now - 86400, 4: now + 86400, "prp": random.choice((1, 1, 1, 3))}
    header: dict[int | str, Any] = {1: signer.alg, 4: signer.kid}
    if issuer is not None:
        claims[1] = issuer
    if isinstance(claimed, list):
        claims["assets"] = claimed
    else:
        claims |= {"key": claimed[0].kid, "end": random.random() < 0.9, 2: claimed[1]}
        if random.random() < 0.7:
            header["log"] = [{"id": bytes(32), "index": 7}]
    protected, payload = cbor(header), cbor(claims)
    signature = signer.sign(cbor(["Signature1", protected, b"", payload]))
    return cbor(Tag(61, Tag(18, [protected, {}, payload, signature]))).hex()


def _new_jws(signer: Key, issuer: str | None, claimed: _Claimed, members: Members, random: Random) -> str:
    now = _now(members)
    header: Members = {"alg": signer.curve.jose_alg}
    header |= {"jwk": signer.jwk} if random.random() < 0.5 else {"kid": signer.jwk_kid}
    claims: Members = {"ver": "v1", "nbf": now - 86400, "exp": now + 86400}
    if issuer is not None:
        claims["iss"] = issuer
    if isinstance(claimed, list):
        header["cty"] = "adem-emb"
        claims |= {"assets": claimed, "emb": {"prp": ["protective"]}}
    else:
        header["cty"] = "adem-end"
        claims |= {"key": claimed[0].jwk_kid, "end": random.random() < 0.9, "sub": claimed[1]}
        if random.random() < 0.7:
            claims["log"] = [{"ver": "static", "id": base64.b64encode(bytes(32)).decode(), "index": 7}]
    return "adem-token=" + _signed_jws(header, claims, signer)


def _emblem(members: Members) -> list[str]:
    return [members["target"]]


def _now(members: Members) -> int:
    return int(_time(members).timestamp())


def _time(members: Members) -> datetime:
    try:
        return datetime.fromisoformat(members["at"]).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(NOW, UTC)


def _changed_map(items: dict[Any, Any], choices: Mapping[Any, tuple[Any, ...]], random: Random) -> dict[Any, Any]:
    """Give a member another value, take one out, or put one of another member's values into it."""
    what = random.random()
    if what < 0.15 and items:
        items.pop(random.choice(list(items)))
    elif what < 0.2 and items:
        items[random.choice(list(items))] = random.choice(random.choice(list(choices.values())))
    else:
        name = random.choice(list(choices))
        items[name] = random.choice(choices[name])
    return items


@cache
def _cwt_signers() -> Mapping[bytes, Key]:
    return {one.kid: one for one in KEYS}


@cache
def _jws_signers() -> Mapping[str, Key]:
    return {one.jwk_kid: one for one in KEYS}


_TIMES = (
    *(NOW, NOW - 1, NOW + 1, NOW + 0.5, NOW - 0.5, NOW - 86400, NOW + 86400, 0, -1, 2**63, -(2**63)),
    *(2**64 - 1, 1e300, -1e300, 5e-324, float("inf"), float("nan"), True, "1", None),
)
_NAMED = (
    *ORGANIZATIONS,
    "https://relief.example/",
    "http://relief.example",
    "https://RELIEF.example",
    "https://a",
    7,
    None,
)
_LOGS: tuple[Any, ...] = (
    [{"id": bytes(32), "index": 7}],
    [{"id": bytes(32), "hash": bytes(32)}, {"id": bytes(32), "index": 2**64 - 1}],
    [{"id": bytes(32), "hash": bytes(31)}],
    [{"id": bytes(32)}],
    [],
    {},
)
_ASSETS: tuple[Any, ...] = (
    ["clinic.relief.example"],
    ["CLINIC.relief.example."],
    ["1.2.0.192.in-addr.arpa"],
    ["hospital.example", "not an asset"],
    ["xn--bcher-kva.example"],
    ["*.example"],
    ["[192.0.2.0/24]"],
    ["\0", ""],
    [],
    "clinic.relief.example",
)
_CLAIM_CHANGES: Mapping[Any, tuple[Any, ...]] = {
    "ver": (1, 0, 2, 255, 256, -1, 1.0, True, "v1"),
    1: _NAMED,
    2: _NAMED,
    4: _TIMES,
    5: _TIMES,
    6: _TIMES,
    "prp": (1, 2, 3, 7, 16, 31, 0, 32, 1.0, True),
    "assets": _ASSETS,
    "key": (*(one.kid for one in KEYS), bytes(32), bytes(31), "text"),
    "end": (True, False, True, False, 1, None),
    "log": _LOGS,
    "sign": ("red-cross", "red-crescent", "red-crystal", "blue", 7, None),
    "novel": (1, [[[[[[[[[]]]]]]]]], {1: {2: 3}}),
    3: ("audience",),
    -1: (1,),
    1.5: (1,),
}
_HEADER_CHANGES: Mapping[Any, tuple[Any, ...]] = {
    1: (-7, -9, -35, -36, -8, -19, -48, 5, -65000, "ES256", "none", None, 7.0),
    4: (*(one.kid for one in KEYS), bytes(32), bytes(31), "text"),
    2: ([1], [4, "log"], [], [99], ["log"], 1),
    16: ("application/adem", "application/cwt", 61),
    "log": _LOGS,
    "novel": (1,),
    33: (b"certificate",),
}
_KEY_CHANGES: Mapping[Any, tuple[Any, ...]] = {
    1: (1, 2, 3, 7, "EC2", True),
    3: (-7, -9, -35, -36, -8, -19, -48, 5, -65000, "ES256"),
    -1: (1, 2, 3, 6, 7, 8, "P-256", -2),
    -2: (KEYS[0].x, KEYS[3].x, bytes(32), b"\xff" * 32, bytes(33), b""),
    -3: (KEYS[0].y, KEYS[3].y, True, False, bytes(32)),
    -4: (bytes(32),),
    2: (b"kid",),
    4: ([2], [1], [1, 2], []),
}
_JWS_CLAIM_CHANGES: Mapping[Any, tuple[Any, ...]] = {
    "ver": ("v1", "v2", "", 1),
    "iss": _NAMED,
    "sub": _NAMED,
    "nbf": _TIMES[:14],
    "exp": _TIMES[:14],
    "iat": _TIMES[:14],
    "assets": _ASSETS,
    "bearers": _ASSETS,
    "key": (*(one.jwk_kid for one in KEYS), KEYS[0].jwk, KEYS[-1].jwk, {"kty": "RSA", "alg": "RS256"}, "text"),
    "end": (True, False, None),
    "emb": (
        {"prp": ["protective"]},
        {"prp": ["protective", "indicative"], "dst": ["dns"]},
        {"prp": [], "assets": ["*.relief.example"], "wnd": 172800},
        {"assets": ["[::ffff:192.0.2.0/120]"], "dst": []},
        {"wnd": 0},
        {"wnd": 1e300},
        {"wnd": -1},
        {"bearers": [], "assets": []},
        {},
        [],
    ),
    "log": (
        [{"ver": "static", "id": base64.b64encode(bytes(32)).decode(), "index": 2**64 - 1}],
        [{"ver": "v1", "id": base64.b64encode(bytes(32)).decode(), "hash": base64.b64encode(bytes(32)).decode()}],
        [{"ver": "v9"}],
        [],
    ),
}
_JWS_HEADER_CHANGES: Mapping[Any, tuple[Any, ...]] = {
    "alg": ("ES256", "ES384", "ES512", "EdDSA", "Ed25519", "none", "HS256", "RS256", "ML-DSA-44", 7),
    "cty": ("adem-emb", "adem-end", "JWT"),
    "kid": (*(one.jwk_kid for one in KEYS), "a" * 52, "text"),
    "jwk": (KEYS[0].jwk, KEYS[3].jwk, KEYS[-1].jwk, {"kty": "oct", "k": "AA"}, {"kty": "RSA", "alg": "RS256"}),
    "crit": ([], ["alg"]),
    "typ": ("JWT",),
}
