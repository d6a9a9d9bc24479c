"""``specs/requests.md``: its CDDL, read by a validator that is not ours, and its example agree with what we write."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import cast

import cbor2
import pytest
from cddl_verifier import Validator  # type: ignore[import-untyped]  # it ships no types

from emblem.codec.carried import Carried, read_carried, write_parts
from emblem.codec.cose_key import encode_key
from emblem.codec.request import read_request
from emblem.issuance.requests import answer_request, ask, draw_up_answer, request_text
from emblem.model.purpose import Purpose
from tests.support.arrangement import AT, MINISTRY, RELIEF, endorsement_token, key, root, signing

DOCUMENT = (Path(__file__).parents[2] / "specs" / "requests.md").read_text(encoding="utf-8")
ASKED = ask(root, issuer=RELIEF, audience=MINISTRY, purposes=Purpose.PROTECTIVE, may_endorse=True,
            lifetime=timedelta(days=365), at=AT)  # fmt: skip
ANSWER = answer_request(ASKED, draw_up_answer(ASKED.request, start=AT), key("authority"), AT)


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Validator:
    schema = tmp_path_factory.mktemp("cddl") / "requests.cddl"
    (text,) = re.findall(r"```cddl\n(.*?)```", DOCUMENT, re.DOTALL)
    schema.write_text(text)
    return Validator(schema)


def conforms(validator: Validator, data: bytes, rule: str) -> bool:
    return bool(validator.validate(data, root_type=rule).valid)


def test_the_cddl_takes_what_we_write(validator: Validator) -> None:
    assert conforms(validator, ASKED.data, "request")
    assert conforms(validator, ANSWER.data, "answer")


@pytest.mark.parametrize("change", [{"ver": 2}, {"prp": 0}, {"end": 1}, {"life": 0}, {"more": 1}, {1: 5}])
def test_the_cddl_refuses_what_we_refuse(validator: Validator, change: dict[object, object]) -> None:
    item = cbor2.loads(ASKED.data)
    protected, unprotected, payload, signature = item.value
    changed = cbor2.dumps(cbor2.loads(payload) | change)

    assert not conforms(
        validator, cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected, changed, signature])), "request"
    )


def test_documents_are_not_taken_for_each_other(validator: Validator) -> None:
    assert not conforms(validator, ANSWER.data, "request")
    assert not conforms(validator, ASKED.data, "answer")
    assert not conforms(validator, cast(bytes, endorsement_token(root, signing)), "request")


def test_the_example_is_what_we_write() -> None:
    shown = re.sub(r"\n    ", "", DOCUMENT)

    assert encode_key(root.public_key).hex() in shown
    assert ASKED.digest.hex() in DOCUMENT
    assert ASKED.data.hex() in shown
    (part,) = write_parts(Carried.REQUEST, ASKED.data)
    assert part in shown
    example = DOCUMENT.split("As a text:")[1].split("As a part")[0].replace("\n    ", "\n").strip()
    assert example == request_text(ASKED).strip()
    assert read_request(read_carried("", Carried.REQUEST, example.encode())) == ASKED
