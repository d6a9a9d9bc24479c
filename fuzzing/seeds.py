"""Where the corpus comes from: the test vectors, the real records, and a few inputs of the kinds that these lack."""

from __future__ import annotations

import json
import struct
from base64 import b32encode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fuzzing.certificates import CHAINS
from fuzzing.dns_responses import QUESTIONS
from fuzzing.requests import write_members
from fuzzing.set_mutation import KEYS, NOW, ORGANIZATIONS, native_data
from test_vectors.generator.certificates import LEAF
from test_vectors.generator.commitments.pki import der
from test_vectors.generator.commitments.world import ISSUER, LOGGED, new_log, request
from test_vectors.generator.encoding import Tag, cbor
from test_vectors.generator.evidence.bundle import canonical, evidence
from test_vectors.vectors import cases

_REAL = Path(__file__).parent.parent / "tests" / "data" / "adem-jws"
_QUESTION_PARTS = ("records", "target", "at", "addresses", "trust", "accept")


def seeds(name: str) -> list[bytes]:
    """The seeds of a target, each once."""
    return list(dict.fromkeys(_SEEDS[name]()))


def _vectors() -> Iterator[Mapping[str, Any]]:
    """The vectors whose records are given, and not found in the DNS."""
    return (case.vector for case in cases() if "records" in case.vector)


def _requests() -> Iterator[bytes]:
    for vector in _vectors():
        yield write_members({part: vector[part] for part in _QUESTION_PARTS if part in vector})
    for path in sorted(_REAL.iterdir()):
        records = path.read_text(encoding="utf-8").splitlines()
        for target in ("adem.redcross.org.uk", "2a01:4f9:c010:d8e4::1"):
            yield write_members({"records": records, "target": target, "at": "2026-06-23T12:00:00Z", "trust": []})


def _lines() -> Iterator[str]:
    for vector in _vectors():
        yield from vector["records"]
    for path in sorted(_REAL.iterdir()):
        yield from path.read_text(encoding="utf-8").splitlines()


def _native(major: int) -> Iterator[bytes]:
    for line in _lines():
        data = native_data(line)
        if data and data[0] >> 5 == major:
            yield data


def _tokens() -> Iterator[bytes]:
    yield from _native(6)
    yield _signed({1: -7, 4: KEYS[0].kid, 16: "application/adem-withdrawals"}, _WITHDRAWALS)
    yield _demonstration()


def _items() -> Iterator[bytes]:
    yield from _native(6)
    yield from _native(5)


def _values(prefix: str) -> Iterator[str]:
    for line in _lines():
        text = line.partition('"')[2].replace('" "', "").rstrip('"') if line.endswith('"') else line
        if text.startswith(prefix):
            yield text


def _jws() -> Iterable[bytes]:
    return (text.partition("=")[2].encode() for text in _values("adem-") if "=eyJ" in text)


def _jwks() -> Iterator[bytes]:
    yield from (text.partition("=")[2].replace("\\", "").encode() for text in _values("adem-key"))
    yield from (json.dumps(key.jwk).encode() for key in KEYS)


def _carried() -> Iterator[bytes]:
    yield from (text.encode() for text in _values(""))
    yield from _items()


def _files() -> Iterator[bytes]:
    for vector in _vectors():
        if any(" " in line for line in vector["records"]):
            yield "\n".join(vector["records"]).encode()
    for path in sorted(_REAL.iterdir()):
        yield path.read_bytes()
    yield b'$ORIGIN example.\n$TTL 1h\nhospital ( IN TXT\n  "a" ; comment\n "\\"\\\\\\000" )\n@ CNAME other\n'


def _https() -> Iterator[bytes]:
    value = _demonstration()
    alpn, emblem = struct.pack("!HH", 1, 3) + b"\x02h2", struct.pack("!HH", 65280, len(value)) + value
    yield b"\x00\x01\x00" + alpn + emblem
    yield b"\x00\x01\x03www\x07example\x00" + emblem
    yield b"\x00\x00\x07example\x00"


def _names() -> Iterator[bytes]:
    for vector in _vectors():
        yield vector["target"].encode()
    texts = (
        "[2001:db8::1]",
        "::ffff:192.0.2.1",
        "fe80::1%eth0",
        "192.0.2.1",
        "B\u00fcCHER.example.",
        "a\u3002b",
        "\u05d0.example",
    )
    times = ("2027-03-01T12:00:00Z", "2027-03-01t12:00:00.5+02:30", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+01:00")
    yield from (text.encode() for text in (*texts, *times, *ORGANIZATIONS))


def _responses() -> Iterator[bytes]:
    soa = _record(b"\x07example\x00", 6, b"\x02ns\x00\x04host\x00" + bytes(20))
    owner = b"\xc0\x0c"
    text = _record(owner, 16, bytes([len(_TEXT)]) + _TEXT)
    for number, question in enumerate(QUESTIONS):
        found = _record(owner, question.type, KEYS[0].record) if question.type > 255 else text
        if question.type == 1:
            found = _record(owner, 1, b"\xc0\x00\x02\x01")
        alias, tree = _record(owner, 5, b"\x03www\xc0\x15"), _record(b"\x07example\x00", 39, b"\x03org\x00")
        opt = b"\x00" + struct.pack("!HHIH", 41, 1232, 0x01008000, 0)
        other = _record(owner, 46, bytes(18) + b"\x00" + bytes(64))
        yield _message(number, 0x8180, [found])
        yield _message(number, 0x8180, [found, found], [], [opt])
        yield _message(number, 0x8183, [], [soa])
        yield _message(number, 0x8400, [], [soa, other], [found, opt])
        yield _message(number, 0x8180, [alias], [soa])
        yield _message(number, 0x8180, [tree, alias, found])
        yield _message(number, 0x8100, [], [_record(b"\x07example\x00", 2, b"\x02ns\x00")])
        yield _message(number, 0x8380, [])
        yield _message(number, 0x8182, [])


def _stores() -> Iterator[bytes]:
    cose, identifier = KEYS[0].record.hex(), KEYS[0].jwk_kid
    pem = KEYS[1].pem
    yield f'[[authority]]\norganization = "{ORGANIZATIONS[0]}"\nkeys = ["{cose}"]\n'.encode()
    yield (
        f'[policy]\naccept = "endorsed"\nminimum-level = "organizational"\nclock-skew = "5m"\nlongest-lifetime = "7d"\n'
        f'required-authorities = ["{ORGANIZATIONS[1]}"]\nformats = ["cwt", "jws"]\noldest-commitment = "90d"\n'
        f'require-dnssec = true\n\n[[authority]]\norganization = "{ORGANIZATIONS[1]}"\nname = "Ministry"\n'
        f'note = "by hand"\nprovenance = "letter"\npurposes = ["protective"]\nnames = ["example"]\n'
        f"valid-from = 2026-01-01T00:00:00Z\nvalid-until = 2028-01-01T00:00:00+02:00\n"
        f'keys = [\n  {{ key = """\n{pem}""", note = "old", valid-until = 2027-01-01T00:00:00Z }}, # comment\n'
        f"  '{cose}',\n]\n\n[[refused]]\nkey = \"{identifier}\"\nnote = 'lost'\n\n[[refused]]\n"
        f'token = "{"0f" * 32}"\n\n[[refused]]\norganization = "{ORGANIZATIONS[3]}"\n'
    ).encode()
    yield b'[[withdrawals]]\nfile = "list.hex"\nnote = "monthly"\n'
    yield f'authority = [{{ keys = [{json.dumps(json.dumps(KEYS[0].jwk))}], "name" = "a" }}]\n'.encode()
    yield b'policy.accept = "none"\npolicy.formats = ["cwt"]\n'


def _key_files() -> Iterator[bytes]:
    for key in KEYS[:2] + KEYS[-3:]:
        yield key.pem.encode()
        yield key.record.hex().encode()
        yield json.dumps(key.jwk).encode()
    yield json.dumps({"keys": [key.jwk for key in KEYS[-2:]]}).encode()
    yield f"# keys\n{KEYS[0].record.hex()}\n{KEYS[1].record.hex()}\n".encode()
    yield f"adem-key={b64encode(KEYS[0].spki).decode()}\n".encode()
    for path in sorted(_REAL.iterdir()):
        yield path.read_bytes()


def _papers() -> Iterator[bytes]:
    relief, ministry = ORGANIZATIONS[:2]
    asker, authority = KEYS[0], KEYS[1]
    claims: dict[object, object] = {
        "ver": 1, 1: relief, 3: ministry, 6: NOW, "key": asker.record, "prp": 1, "end": True, "life": 86400,
    }  # fmt: skip
    yield _signed({1: -7, 4: asker.kid, 16: "application/adem-request"}, claims)
    token = next(data for data in _native(6) if authority.kid in data)
    answer: dict[object, object] = {"ver": 1, 6: NOW, "request": bytes(32), "token": token, "key": asker.record}
    yield _signed({1: -7, 4: asker.kid, 16: "application/adem-answer"}, answer)


def _paper_texts() -> Iterator[bytes]:
    for kind, data in zip(("REQUEST", "ANSWER"), _papers(), strict=True):
        body = b64encode(data).decode()
        yield f"from: them\n\n-----BEGIN EMBLEM {kind}-----\n{body}\n-----END EMBLEM {kind}-----\n".encode()
        whole = b32encode(data).decode().rstrip("=")
        check = b32encode(sha256(data).digest()).decode()[:8]
        half = len(whole) // 2
        parts = (whole[:half], whole[half:])
        yield "\n".join(f"EMBLEM-{kind}:{number}/2:{check}:{part}" for number, part in enumerate(parts, 1)).encode()
    yield b"# a key\npkcs11:token=The%20desk;serial=1;object=root;id=%01%ff;type=private?module-path=/usr/lib/p11.so\n"


def _target_lists() -> Iterator[bytes]:
    lists = (
        "# hosts\nhospital.example\n192.0.2.0/24\n192.0.2.1-9\n2001:db8::1-2001:db8::9\nhttps://[2001:db8::1]:8443/\n",
        '<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun><host><status state="up"/><address addr="192.0.2.1" '
        'addrtype="ipv4"/><hostnames><hostname name="h.example"/></hostnames></host></nmaprun>\n',
        "#masscan\nopen tcp 80 192.0.2.1 1700000000\n# end\n",
        '[\n{ "ip": "192.0.2.1", "ports": [ {"port": 80} ] }\n,\n{ "ip": "192.0.2.2" }\n]\n',
        "saddr,success\n192.0.2.1,1\n",
        '{"url":"https://hospital.example","input":"hospital.example"}\n',
        '{"host":"hospital.example","a":["192.0.2.1"]}\n',
        "$ORIGIN example.\n$TTL 1h\n@ IN SOA a b (\n 1 2 3 ; serial\n 4 5 )\nwww 300 A 192.0.2.1\n AAAA ::1\n",
        'hospital.example,"a\nb"\n',
    )
    for number, text in enumerate(lists, 1):
        for form in (0, number):
            yield bytes([form, 40]) + text.encode()


def _record(owner: bytes, number: int, data: bytes) -> bytes:
    return owner + struct.pack("!HHIH", number, 1, 300, len(data)) + data


def _message(number: int, flags: int, *sections: list[bytes]) -> bytes:
    question = QUESTIONS[number]
    counts = [len(section) for section in sections] + [0] * (3 - len(sections))
    name = b"".join(bytes([len(label)]) + label.encode() for label in question.name.split("."))
    header = struct.pack("!6H", 0, flags, 1, *counts) + name + b"\x00" + struct.pack("!HH", question.type, 1)
    return bytes([number]) + header + b"".join(record for section in sections for record in section)


def _signed(header: dict[object, object], claims: dict[object, object]) -> bytes:
    protected, payload = cbor(header), cbor(claims)
    return cbor(Tag(18, [protected, {}, payload, KEYS[0].sign(cbor(["Signature1", protected, b"", payload]))]))


def _demonstration() -> bytes:
    claims = {2: "https://hospital.example", 4: NOW + 86400, 5: NOW, 8: {1: {}}}
    header: dict[object, object] = {
        1: -7,
        4: KEYS[0].kid,
        15: claims,
        258: -16,
        259: "text/html",
        260: "https://a.example",
    }
    protected, payload = cbor(header), bytes(32)
    return cbor(Tag(18, [protected, {}, payload, KEYS[0].sign(cbor(["Signature1", protected, b"", payload]))]))


_TEXT = b"emblem-cwt=" + b"pAECAyYgASFYIA"
_WITHDRAWALS: dict[object, object] = {
    "ver": 1,
    1: ORGANIZATIONS[1],
    6: NOW,
    "withdrawn": [{"key": KEYS[0].kid}, {"token": bytes(32)}],
}


def _evidence() -> Iterator[bytes]:
    """What is in the bundles of the vectors, one of many questions not more than needed, and whole bundles."""
    bundles = [bytes.fromhex(case.vector["bundle"]) for case in cases() if "bundle" in case.vector]
    yield from bundles[:2]
    for data in bundles:
        start = data.find(b"\xa7")
        yield data[start:] if start > 0 else data
    resources: list[dict[str, object]] = [
        {"address": "https://log.example/checkpoint", "status": 200, "body": b"oak\n1\n", "encoding": "gzip"},
        {"address": "https://log.example/tile/0/000", "failure": "timeout"},
    ]
    yield evidence(resources=[canonical(one) for one in resources], anchors=[". IN DS 1 8 2 aa"], covert=True)


def _certificates() -> Iterator[bytes]:
    """Chains that are good, and some that are not."""
    for chain in CHAINS:
        yield cbor([one.der for one in chain])
        yield cbor([one.der for one in reversed(chain)])
        yield from (one.der for one in chain)
    yield cbor([LEAF.but(period=(1, 2)).der, LEAF.but(names=()).der])
    yield cbor([LEAF.but(strange=True).der])


def _log_answers() -> Iterator[bytes]:
    """What logs answer, with who reads it before it; small logs, so that inputs are."""
    for static, reader in ((False, 0), (True, 1)):
        log = new_log("elm" if static else "oak", static=static)
        yield bytes([reader]) + (log.checkpoint() if static else log.tree_head())
    log = new_log("oak", static=False, entries=2)
    for final in (False, True):
        log.submit(request(), ISSUER, LOGGED, final=final)
    yield b"\2" + log.answer(f"ct/v1/get-proof-by-hash?hash={quote(b64encode(log.hash_of(2)))}&tree_size=4").body
    yield b"\2" + log.answer("ct/v1/get-sth-consistency?first=2&second=4").body
    for index in (2, 3):
        yield b"\3" + log.answer(f"ct/v1/get-entries?start={index}&end={index}").body
        tile = [entry.tile_leaf for entry in log.entries]
        yield b"\4" + b"".join([tile[0]] * 3 + [tile[index]])
    for revoked in (7, 8):
        yield b"\5" + der(ISSUER.revoke(revoked))
    head = json.loads(log.tree_head()) | {"log_id": b64encode(log.log_id).decode()}
    yield b"\6" + json.dumps({"schema": "emblem.tree-heads/1", "heads": [head]}).encode()


_SEEDS = {
    "cbor": _items,
    "cwt": _tokens,
    "cose_key": lambda: _native(5),
    "jws": _jws,
    "jwk": _jwks,
    "carriage": _carried,
    "record_text": _files,
    "https": _https,
    "names": _names,
    "dns_response": _responses,
    "trust_store": _stores,
    "key_file": _key_files,
    "record_set": _requests,
    "request": _papers,
    "carried": _paper_texts,
    "bundle": _evidence,
    "certificates": _certificates,
    "log_answer": _log_answers,
    "target_list": _target_lists,
}
