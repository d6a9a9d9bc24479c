"""A trust store is loaded from a file of its own form or of keys, and several add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.cwt import decode_token
from emblem.codec.withdrawal import Withdrawals
from emblem.errors import EmblemError, KeyFileError, TrustError, UnknownAlgorithmError
from emblem.keys.pem import write_private_key
from emblem.model.purpose import Purpose
from emblem.model.token import Format
from emblem.model.verdict import Level
from emblem.trust.store import LARGEST_FILE, TrustStore, policy_differences
from emblem.validation.refusals import token_digest
from emblem.validation.trust import NOTHING_REFUSED, Policy, Refusals, Scope, Trust, TrustedKey
from tests.support.arrangement import (
    CWT,
    FEDERATION,
    JWS,
    MINISTRY,
    NOW,
    RELIEF,
    authority,
    bare,
    bound,
    chain,
    codes,
    endorsement_token,
    key_record,
    root,
    signing,
    stranger,
)
from tests.trust.builders import authority_text, cose, write_list

IDENTIFIER = authority.public_key.cose_thumbprint
OTHER_IDENTIFIER = authority.public_key.jwk_thumbprint


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the store of a test is."""
    return tmp_path / "trust.toml"


def load(path: Path, text: str, **options: Any) -> TrustStore:
    path.write_text(text)
    return TrustStore.load(path, **options)


# files


def test_a_store_gives_keys_refusals_and_policy(store: Path) -> None:
    text = authority_text(authority) + f'[[refused]]\norganization = "{RELIEF}"\n[policy]\nclock-skew = "1m"\n'

    assert load(store, text) == TrustStore(
        (bound(authority, MINISTRY),),
        Refusals(organizations=frozenset({RELIEF})),
        Policy(clock_skew=60),
        stated=frozenset({"clock_skew"}),
    )


def test_a_file_of_keys_gives_bare_keys(store: Path) -> None:
    assert load(store, f"# two keys\n{cose(authority)}\n{cose(root)}\n") == TrustStore((bare(authority), bare(root)))


def test_a_file_of_keys_can_be_bound_to_an_organization(store: Path) -> None:
    assert load(store, cose(authority), bind_to=MINISTRY).keys == (bound(authority, MINISTRY),)


def test_a_store_cannot_be_bound_to_an_organization(store: Path) -> None:
    with pytest.raises(TrustError, match=f"found a trust store, to be bound to {MINISTRY}, expected a file of keys"):
        load(store, authority_text(authority), bind_to=MINISTRY)


def test_a_path_may_be_text(store: Path) -> None:
    store.write_text(cose(authority))

    assert TrustStore.load(str(store)).keys == (bare(authority),)


def test_an_error_names_the_file_with_line_and_column(store: Path) -> None:
    with pytest.raises(TrustError) as caught:
        load(store, authority_text(authority) + "keys = 1\n")

    assert str(caught.value).startswith(f"{store}, line 4, column 9: found Cannot overwrite a value")


@pytest.mark.parametrize("text", ["[[authority]\nkeys = [", 'authority = [{ keys = ["""-----BEGIN X"""'])
def test_a_damaged_store_is_never_taken_for_a_file_of_keys(store: Path, text: str) -> None:
    with pytest.raises(TrustError, match="line"):
        load(store, f'{text}"""\n{authority.public_key.to_pem()}"""')


def test_a_file_that_is_not_there_is_an_error(store: Path) -> None:
    with pytest.raises(TrustError, match=r"trust file .*trust\.toml: found no such file or directory"):
        TrustStore.load(store)


def test_a_file_that_is_too_large_is_refused_unread(store: Path) -> None:
    comment = "# [policy]\n"
    text = "[policy]\n" + comment * ((LARGEST_FILE - 9) // len(comment))
    text += "#" * (LARGEST_FILE - len(text))

    assert load(store, text) == TrustStore()
    with pytest.raises(TrustError, match="found more than 1048576 bytes"):
        load(store, text + "\n")


def test_a_private_key_is_refused(store: Path) -> None:
    with pytest.raises(KeyFileError, match="a private key"):
        load(store, write_private_key(authority, None).decode())


def test_a_key_in_an_unknown_algorithm_is_refused(store: Path) -> None:
    with pytest.raises(UnknownAlgorithmError):
        load(store, cose(authority).replace("0326", "03390100"))


@pytest.mark.parametrize("text", ["", "# nothing\n", "something else"])
def test_a_file_without_anything_is_no_empty_store(store: Path, text: str) -> None:
    with pytest.raises(KeyFileError):
        load(store, text)


# refusals


@pytest.mark.parametrize("identifier", [IDENTIFIER, OTHER_IDENTIFIER])
def test_a_key_that_the_store_holds_is_refused_under_both_of_its_identifiers(store: Path, identifier: str) -> None:
    text = authority_text(authority) + f'[[refused]]\nkey = "{identifier}"\n'

    assert load(store, text).refusals.keys == {IDENTIFIER, OTHER_IDENTIFIER}


def test_without_refusals_there_is_nothing_to_look_through(store: Path) -> None:
    assert load(store, authority_text(authority)).refusals is NOTHING_REFUSED
    assert TrustStore.merge([TrustStore(), load(store, authority_text(authority))]).refusals is NOTHING_REFUSED


@pytest.mark.parametrize("form", [CWT, JWS])
def test_a_verdict_does_not_rest_on_a_key_that_is_both_trusted_and_refused(store: Path, form: Format) -> None:
    arrangement = chain(root, signing, form=form).emblem()
    trusted = authority_text(root, organization=RELIEF)
    refusal = f'[[refused]]\nkey = "{root.public_key.cose_thumbprint}"\n'

    assert arrangement.judged(trust=load(store, trusted)).status == "protected"
    verdict = arrangement.judged(trust=load(store, trusted + refusal))
    assert verdict.status != "protected"
    assert "key-refused" in codes(verdict)


# withdrawal lists


def with_list(store: Path, signer: Any, withdrawals: Withdrawals) -> str:
    write_list(store.with_name("ministry.withdrawals"), signer, withdrawals)
    return authority_text(authority) + '[[withdrawals]]\nfile = "ministry.withdrawals"\n'


def test_a_list_is_read_relative_to_the_store(store: Path) -> None:
    key, token = root.public_key.cose_thumbprint, bytes(32)
    text = with_list(store, authority, Withdrawals(MINISTRY, NOW, frozenset([key]), frozenset([token])))

    assert load(store, text).refusals == Refusals(
        withdrawn_keys=frozenset({(MINISTRY, key)}), withdrawn_tokens=frozenset({(MINISTRY, token)})
    )


def test_lists_add_up_and_an_older_one_keeps_what_it_took_back(store: Path) -> None:
    text = with_list(store, authority, Withdrawals(MINISTRY, NOW, tokens=frozenset([bytes(32)])))
    write_list(store.with_name("newer"), authority, Withdrawals(MINISTRY, NOW + 1, tokens=frozenset([b"\1" * 32])))

    withdrawn = load(store, text + '[[withdrawals]]\nfile = "newer"\n').refusals.withdrawn_tokens

    assert withdrawn == {(MINISTRY, bytes(32)), (MINISTRY, b"\1" * 32)}


def test_a_list_takes_back_what_its_issuer_said_and_nothing_else(store: Path) -> None:
    arrangement = chain(root, signing).emblem().endorsed_by(authority, MINISTRY).endorsed_by(stranger, FEDERATION)
    text = with_list(store, authority, Withdrawals(MINISTRY, NOW, frozenset([root.public_key.cose_thumbprint])))
    federation = authority_text(stranger, organization=FEDERATION)

    assert arrangement.judged(trust=load(store, authority_text(authority))).status == "protected"
    withdrawn = arrangement.judged(trust=load(store, text))
    assert withdrawn.status == "claimed"
    assert "token-withdrawn" in codes(withdrawn)
    still = arrangement.judged(trust=load(store, text + federation))
    assert (still.status, still.endorsed_by) == ("protected", (FEDERATION,))


def test_a_list_can_take_back_a_single_token(store: Path) -> None:
    endorsement = endorsement_token(authority, root, issuer=MINISTRY)
    arrangement = chain(root, signing).emblem().plus(endorsement, key_record(authority))
    assert isinstance(endorsement, bytes)
    digest = token_digest(decode_token(endorsement))
    text = with_list(store, authority, Withdrawals(MINISTRY, NOW, tokens=frozenset([digest])))

    assert arrangement.judged(trust=load(store, authority_text(authority))).status == "protected"
    withdrawn = arrangement.judged(trust=load(store, text))
    assert withdrawn.status == "claimed"
    assert "token-withdrawn" in codes(withdrawn)


@pytest.mark.parametrize(
    ("signer", "issuer", "match"),
    [
        (root, MINISTRY, f"found one by key {root.public_key.cose_thumbprint} .signature"),
        (authority, RELIEF, f"expected one by a key that this store binds to {RELIEF}"),
    ],
)
def test_a_store_with_a_list_by_somebody_else_is_refused(store: Path, signer: Any, issuer: Any, match: str) -> None:
    with pytest.raises(TrustError, match=match) as caught:
        load(store, with_list(store, signer, Withdrawals(issuer, NOW)))

    assert caught.value.field == f"{store}, line 5, column 8: file"


def test_a_list_by_a_key_that_the_store_refuses_is_refused(store: Path) -> None:
    text = with_list(store, authority, Withdrawals(MINISTRY, NOW))

    with pytest.raises(TrustError, match="which this store refuses"):
        load(store, text + f'[[refused]]\nkey = "{OTHER_IDENTIFIER}"\n')


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (None, "found no such file or directory, expected list to be a file that can be read"),
        ("zz", "found something else .list., expected a withdrawal list in hexadecimal"),
        ("# nothing", r"found .* \(withdrawal list\), expected one well-formed CBOR item"),
        ("0" * (LARGEST_FILE + 1), "found more than 1048576 bytes, expected list to be a file of 1048576 bytes"),
    ],
    ids=["missing", "no hexadecimal", "nothing", "too large"],
)
def test_a_store_with_a_list_that_cannot_be_read_is_refused(store: Path, content: str | None, match: str) -> None:
    if content is not None:
        store.with_name("list").write_text(content)

    with pytest.raises(TrustError, match=f"line 2, column 8: file: {match}"):
        load(store, '[[withdrawals]]\nfile = "list"\n')


# several stores


def test_keys_and_refusals_add_up() -> None:
    one = TrustStore((bare(root),), Refusals(tokens=frozenset([bytes(32)])))
    other = TrustStore((bound(authority, MINISTRY), bare(root)), Refusals(organizations=frozenset([RELIEF])))

    assert TrustStore.merge([one, other]) == TrustStore(
        (bare(root), bound(authority, MINISTRY)),
        Refusals(tokens=frozenset([bytes(32)]), organizations=frozenset([RELIEF])),
    )


def test_no_stores_are_no_trust() -> None:
    assert TrustStore.merge([]) == TrustStore()


def test_a_key_that_one_store_refuses_counts_in_none_under_any_identifier() -> None:
    one = TrustStore((bound(authority, MINISTRY),))
    other = TrustStore(refusals=Refusals(keys=frozenset([IDENTIFIER])))

    assert TrustStore.merge([one, other]).refusals.keys == {IDENTIFIER, OTHER_IDENTIFIER}


def test_a_file_of_keys_has_no_say_in_the_policy(store: Path) -> None:
    keys = load(store, cose(root))
    policy = load(store, '[policy]\naccept = "endorsed"\nclock-skew = "2m"')

    assert TrustStore.merge([keys, policy]).policy == Policy(accept=Level.ENDORSED, clock_skew=120)


def test_a_policy_that_was_set_in_a_program_is_stated() -> None:
    merged = TrustStore.merge([Trust(policy=Policy(accept=Level.ENDORSED)), TrustStore(policy=Policy(clock_skew=5))])

    assert merged.policy == Policy(accept=Level.ENDORSED, clock_skew=5)


def test_a_default_that_is_stated_is_as_strict_as_it_says(store: Path) -> None:
    lenient = load(store, '[policy]\naccept = "endorsed"\nclock-skew = "2m"')
    firm = load(store, '[policy]\naccept = "none"\nclock-skew = "0s"')

    assert TrustStore.merge([lenient, firm]).policy == Policy()
    assert policy_differences([lenient, firm]) == ("accept", "clock-skew")


def test_stores_that_nothing_can_meet_together_are_refused(store: Path) -> None:
    stores = [load(store, f'[policy]\nformats = ["{form}"]') for form in ("cwt", "jws")]

    with pytest.raises(EmblemError, match="policies: formats: found cwt and jws, expected one at least that all"):
        TrustStore.merge(stores)


trusted = st.builds(
    TrustedKey,
    st.sampled_from([root.public_key, authority.public_key]),
    st.none() | st.sampled_from([MINISTRY, RELIEF]),
    st.builds(Scope, st.none() | st.just(Purpose.PROTECTIVE)),
)
identifiers = st.sampled_from([IDENTIFIER, OTHER_IDENTIFIER, root.public_key.jwk_thumbprint])
refusals = st.builds(
    Refusals,
    st.frozensets(identifiers, max_size=2),
    st.frozensets(st.sampled_from([bytes(32), b"\1" * 32])),
    st.frozensets(st.sampled_from([MINISTRY, RELIEF])),
    st.frozensets(st.tuples(st.just(MINISTRY), identifiers), max_size=2),
)
stores = st.builds(
    TrustStore,
    st.lists(trusted, max_size=3).map(tuple),
    refusals,
    st.builds(Policy, accept=st.none() | st.just(Level.ENDORSED), clock_skew=st.integers(0, 2)),
    st.frozensets(st.sampled_from(["accept", "clock_skew"])),
)


def said(store: TrustStore) -> tuple[object, ...]:
    """What a store says; the order of its keys means nothing."""
    return frozenset(store.keys), store.refusals, store.policy, store.stated


@given(st.lists(stores, max_size=4), st.randoms())
def test_the_order_of_stores_does_not_matter(some: list[TrustStore], random: Any) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)

    assert said(TrustStore.merge(shuffled)) == said(TrustStore.merge(some))


@given(stores, stores, stores)
def test_stores_may_be_merged_step_by_step(one: TrustStore, two: TrustStore, three: TrustStore) -> None:
    stepwise = TrustStore.merge([TrustStore.merge([one, two]), three])

    assert said(stepwise) == said(TrustStore.merge([one, two, three]))


@given(stores)
def test_a_store_merged_with_itself_is_the_same(store: TrustStore) -> None:
    merged = TrustStore.merge([store])

    assert said(TrustStore.merge([merged, merged])) == said(merged)
    assert set(merged.keys) == set(store.keys)
