"""A host's records are its emblem, exactly the endorsements that lead to it, and the keys of all of them."""

from __future__ import annotations

from typing import Any

import pytest

from emblem.codec.cose_key import encode_key
from emblem.codec.cwt import decode_token
from emblem.errors import InputError
from emblem.issuance.record_set import RecordSet, assemble
from emblem.issuance.token_files import SignedToken
from emblem.keys.signing import SoftwareSigner
from emblem.model.purpose import Purpose
from emblem.model.target import Target
from emblem.model.token import Constraints, Emblem, Endorsement
from emblem.model.verdict import Level, Status
from emblem.validation.validate import validate
from tests.support.arrangement import (
    AT,
    DAY,
    END,
    FEDERATION,
    HOSPITAL,
    LOG,
    MINISTRY,
    NOW,
    RELIEF,
    START,
    authority,
    bound,
    emblem_token,
    endorsement_token,
    key,
    middle,
    root,
    signing,
    stranger,
    trusting,
)

Endorsed = SignedToken[Endorsement]
BOTH = Purpose.PROTECTIVE | Purpose.INDICATIVE


def emblem(signer: SoftwareSigner = signing, *assets: str, **claims: Any) -> SignedToken[Emblem]:
    data = emblem_token(signer, *assets, **claims)
    assert isinstance(data, bytes)
    decoded = decode_token(data).claims
    assert isinstance(decoded, Emblem)
    return SignedToken(data, decoded, signer.public_key)


def endorsement(signer: SoftwareSigner, endorsed: SoftwareSigner, **claims: Any) -> Endorsed:
    data = endorsement_token(signer, endorsed, **claims)
    assert isinstance(data, bytes)
    decoded = decode_token(data).claims
    assert isinstance(decoded, Endorsement)
    return SignedToken(data, decoded, signer.public_key)


def by_ministry(endorsed: SoftwareSigner = root, **claims: Any) -> Endorsed:
    return endorsement(authority, endorsed, **({"issuer": MINISTRY, "subject": RELIEF, "log": LOG} | claims))


def chosen(*available: Endorsed, of: SignedToken[Emblem] | None = None) -> RecordSet:
    return assemble(Target.parse(HOSPITAL), of or emblem(), available, at=AT)


OWN = endorsement(root, signing, log=LOG)


def test_an_emblem_stands_alone_where_nothing_leads_to_it() -> None:
    records = chosen(of=emblem(issuer=None))

    assert records.endorsements == ()
    assert records.records == (records.emblem.data, encode_key(signing.public_key))


def test_keys_and_issuers_are_followed_upward() -> None:
    upper, lower, external = endorsement(root, middle, log=LOG), endorsement(middle, signing), by_ministry()

    assert chosen(external, upper, lower).endorsements == (lower, upper, external)


def test_what_is_chosen_is_valid_and_found_so() -> None:
    external = by_ministry()

    records = chosen(external, endorsement(root, middle, log=LOG), endorsement(middle, signing))
    verdict = validate(records.records, target=HOSPITAL, at=AT, trust=trusting(bound(authority, MINISTRY)))

    assert (verdict.status, verdict.level) == (Status.PROTECTED, Level.ENDORSED)
    assert records.judge(AT).status is Status.CLAIMED


def test_each_key_is_published_once() -> None:
    records = chosen(OWN, by_ministry(), by_ministry(issuer=FEDERATION))

    assert records.keys == (signing.public_key, root.public_key, authority.public_key)


@pytest.mark.parametrize(
    "unrelated",
    [
        endorsement(root, middle),
        endorsement(stranger, middle),
        endorsement(stranger, signing, issuer=MINISTRY, subject=MINISTRY),
        endorsement(stranger, signing, issuer=None),
        endorsement(stranger, signing, subject=None),
        by_ministry(signing),
        by_ministry(middle),
        by_ministry(subject=FEDERATION),
        by_ministry(issuer=None),
        endorsement(authority, authority, issuer=MINISTRY, subject=MINISTRY),
    ],
    ids=[
        "another key by the same root",
        "another key by another",
        "another organization's own",
        "nobody's",
        "for nobody",
        "by another of a key that is not the top",
        "by another of another key",
        "by another for another",
        "by nobody for us",
        "another's own",
    ],
)
def test_endorsements_that_do_not_lead_to_the_emblem_are_left_out(unrelated: Endorsed) -> None:
    assert chosen(unrelated, OWN).endorsements == (OWN,)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": NOW},
        {"not_before": NOW + 1},
        {"constraints": Constraints(purposes=Purpose.INDICATIVE)},
        {"may_endorse": False},
    ],
    ids=["expired", "not yet valid", "for another purpose", "may not endorse"],
)
def test_an_endorsement_by_another_that_cannot_count_is_left_out(changes: dict[str, Any]) -> None:
    assert chosen(OWN, by_ministry(**changes)).endorsements == (OWN,)


def test_only_the_endorsement_of_the_signing_key_may_be_one_that_cannot_endorse() -> None:
    lower = endorsement(middle, signing, may_endorse=False)

    assert chosen(lower, endorsement(root, middle, may_endorse=False)).endorsements == (lower,)


def test_a_purpose_of_the_emblem_that_is_not_endorsed_leaves_the_endorsement_out() -> None:
    allowing = endorsement(root, signing, constraints=Constraints(purposes=BOTH))

    assert chosen(OWN, of=emblem(purposes=BOTH)).endorsements == ()
    assert chosen(allowing, of=emblem(purposes=BOTH)).endorsements == (allowing,)


def test_of_renewed_endorsements_the_latest_is_taken() -> None:
    newer = endorsement(root, signing, log=LOG, not_before=START + 60)
    longer = by_ministry(expires=END + DAY)

    assert chosen(newer, OWN, longer, by_ministry()).endorsements == (newer, longer)


def test_while_roots_rotate_the_one_that_others_endorse_is_taken() -> None:
    new_root = key("new root")
    newer = endorsement(new_root, signing, log=LOG, not_before=START + 60)

    assert chosen(OWN, newer).endorsements == (newer,)
    assert chosen(OWN, newer, by_ministry()).endorsements == (OWN, by_ministry())


def test_a_chain_with_a_key_commitment_is_preferred_to_one_without() -> None:
    uncommitted = endorsement(key("new root"), signing, not_before=START + 60)

    assert chosen(uncommitted, OWN).endorsements == (OWN,)


def test_endorsements_in_a_circle_come_to_an_end() -> None:
    circle = (endorsement(middle, signing), endorsement(root, middle), endorsement(middle, root, log=LOG))

    assert chosen(*circle).endorsements == circle[:2]
    assert chosen(endorsement(signing, root), OWN).endorsements == (OWN,)


def test_an_emblem_without_issuer_is_led_to_by_endorsements_without_one() -> None:
    nameless = endorsement(root, signing, issuer=None, subject=None)

    assert chosen(nameless, OWN, by_ministry(), of=emblem(issuer=None)).endorsements == (nameless,)


def test_an_emblem_of_another_host_is_refused() -> None:
    with pytest.raises(InputError, match=r"www\.relief\.example"):
        chosen(of=emblem(signing, "www.relief.example"))


@pytest.mark.parametrize("changes", [{"expires": NOW}, {"not_before": NOW + 1}], ids=["expired", "not yet valid"])
def test_an_emblem_that_does_not_hold_is_refused_with_what_to_do(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="emblem issue"):
        chosen(of=emblem(**changes))
