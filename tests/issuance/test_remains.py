"""What stays visible of what was taken out of a zone."""

from __future__ import annotations

from emblem.dns.message import ResourceRecord
from emblem.issuance.remains import Remains, remains_of
from emblem.model.organization import Organization
from tests.support.arrangement import END, LOG, RELIEF, START, AnyRecord, emblem_token, endorsement_token, root, signing

HOST = "www.relief.example"


def record(data: AnyRecord, ttl: int = 300) -> ResourceRecord:
    assert isinstance(data, bytes)
    return ResourceRecord(HOST, 65297, ttl, data)


def endorsement(issuer: Organization, *, logged: bool) -> ResourceRecord:
    token = endorsement_token(root, signing, issuer=issuer, subject=RELIEF, log=LOG if logged else None)
    return record(token)


def test_nothing_leaves_nothing() -> None:
    assert remains_of([]) == Remains(0, None, ())


def test_caches_keep_what_was_removed_for_the_longest_ttl() -> None:
    assert remains_of([record(b"x", 60), record(b"y", 3600), record(b"z", 300)]).longest_ttl == 3600


def test_copies_of_emblems_hold_until_the_last_of_them_expires() -> None:
    tokens = [record(emblem_token(signing, HOST, not_before=START, expires=end)) for end in (END, END + 60, END - 60)]

    assert remains_of(tokens).tokens_until == END + 60


def test_certificates_stay_in_the_logs_that_endorsements_name() -> None:
    removed = [endorsement(RELIEF, logged=True), endorsement(RELIEF, logged=True)]

    assert remains_of(removed).logged == (RELIEF,)
    assert remains_of([endorsement(RELIEF, logged=False)]).logged == ()


def test_what_cannot_be_read_is_a_record_like_others() -> None:
    assert remains_of([record(b"garbage")]) == Remains(300, None, ())
