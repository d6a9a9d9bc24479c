"""A trust store says whom to trust for what; one that has anything wrong in it is refused whole, with its place."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.jwk import write_jwk
from emblem.errors import EmblemError, InputError, TrustError
from emblem.keys.pem import write_private_key
from emblem.model.purpose import Purpose
from emblem.trust.document import ALWAYS, Authority, KeyEntry, Period, Refusal, is_store, read_document
from emblem.validation.trust import Scope, TrustedKey
from tests.support.arrangement import MINISTRY, RELIEF, authority, key, root
from tests.trust.builders import authority_text, cose, read

KEY = authority.public_key
IDENTIFIER = KEY.cose_thumbprint
JANUARY, JUNE = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
NO_KEYS = f'[[authority]]\norganization = "{MINISTRY}"\n'


def refused(text: str, place: str, match: str) -> None:
    """The store is refused with this line and column, and with this in the message."""
    with pytest.raises(TrustError) as caught:
        read(text)
    line, column = place.split(":")
    assert f"{caught.value.field}:".startswith(f"trust.toml, line {line}, column {column}:"), caught.value
    assert match in str(caught.value)


# what a store says


def test_an_authority_binds_its_keys_to_an_organization() -> None:
    (found,) = read(authority_text(authority, root)).authorities

    assert found == Authority(MINISTRY, (KeyEntry(KEY), KeyEntry(root.public_key)))
    assert found.trusted_keys == (TrustedKey(KEY, MINISTRY), TrustedKey(root.public_key, MINISTRY))


def test_an_authority_without_organization_holds_bare_keys() -> None:
    (found,) = read(authority_text(authority, organization=None)).authorities

    assert found.trusted_keys == (TrustedKey(KEY),)


def test_an_authority_may_be_limited_to_purposes_names_and_a_period() -> None:
    text = authority_text(
        authority,
        purposes='["protective", "civil-defence"]',
        names='["Example.ORG.", "münchen.example"]',
        valid_from="2027-01-01T00:00:00Z",
        valid_until="2027-06-01T02:00:00+02:00",
    )

    (trusted,) = read(text).authorities[0].trusted_keys

    names = ("example.org", "xn--mnchen-3ya.example")
    start, end = int(JANUARY.timestamp()), int(JUNE.timestamp())
    assert trusted.scope == Scope(Purpose.PROTECTIVE | Purpose.CIVIL_DEFENCE, names, start, end)


def test_an_authority_may_have_a_name_a_note_and_a_provenance() -> None:
    (found,) = read(authority_text(authority, name='"The ministry"', note='"n"', provenance='"p"')).authorities

    assert (found.name, found.note, found.provenance) == ("The ministry", "n", "p")


@pytest.mark.parametrize(
    ("written", "algorithm"),
    [
        (f'"{cose(authority)}"', "ES256"),
        (f'"""\n{KEY.to_pem()}"""', None),
        (f"'{str(write_jwk(KEY)).replace(chr(39), chr(34))}'", "ES256"),
    ],
    ids=["COSE_Key", "PEM", "JWK"],
)
def test_a_key_is_written_in_any_form_of_key_files(written: str, algorithm: str | None) -> None:
    (found,) = read(f"[[authority]]\nkeys = [ {written}, ]").authorities[0].keys

    assert found.key.cose_thumbprint == IDENTIFIER
    assert (found.key.algorithm and found.key.algorithm.name) == algorithm


def test_a_key_may_have_a_period_and_a_note_of_its_own() -> None:
    text = f'{NO_KEYS}keys = [{{ key = "{cose(authority)}", valid-until = 2027-06-01T00:00:00Z, note = "old" }}]'

    (found,) = read(text).authorities[0].keys

    assert found == KeyEntry(KEY, Period(end=JUNE), "old")


@pytest.mark.parametrize(
    ("own", "common"),
    [
        (ALWAYS, Period(JANUARY, JUNE)),
        (Period(datetime(2027, 2, 1, tzinfo=UTC)), Period(datetime(2027, 2, 1, tzinfo=UTC), JUNE)),
        (Period(end=datetime(2028, 1, 1, tzinfo=UTC)), Period(JANUARY, JUNE)),
    ],
)
def test_the_period_of_a_key_narrows_that_of_its_authority(own: Period, common: Period) -> None:
    found = Authority(MINISTRY, (KeyEntry(KEY, own),), period=Period(JANUARY, JUNE))

    scope = found.trusted_keys[0].scope
    assert common.start is not None
    assert common.end is not None
    assert (scope.not_before, scope.expires) == (common.start.timestamp(), common.end.timestamp())


def test_keys_tokens_and_organizations_are_refused() -> None:
    text = f"""
        [[refused]]
        key = "{IDENTIFIER}"
        note = "lost"
        [[refused]]
        token = "{"aB" * 32}"
        [[refused]]
        organization = "{RELIEF}"
    """

    assert read(text).refusals == (
        Refusal(key=IDENTIFIER, note="lost"),
        Refusal(token=bytes.fromhex("ab" * 32)),
        Refusal(organization=RELIEF),
    )


def test_withdrawal_lists_are_named_and_not_read() -> None:
    (reference,) = read('[[withdrawals]]\nfile = "no/such/file.withdrawals"\nnote = "n"').lists

    assert (reference.file, reference.note) == ("no/such/file.withdrawals", "n")


def test_tables_may_be_written_in_every_way_that_toml_has() -> None:
    inline = f'authority = [{{ organization = "{MINISTRY}", keys = ["{cose(authority)}"] }}]'
    spelled = f'[["authority"]]\n"organization" = \'{MINISTRY}\'\n[[authority.keys]]\nkey = "{cose(authority)}"'

    assert read(inline) == read(spelled) == read(authority_text(authority))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[policy]\n", "\ufeff[policy]\n", "[policy]\r\n"])
def test_a_store_may_trust_nobody(text: str) -> None:
    document = read(text)

    assert (document.authorities, document.refusals, document.lists) == ((), (), ())


def test_several_authorities_may_be_of_one_organization_and_bear_its_name() -> None:
    first = authority_text(authority, name='"Ministry"', purposes='["protective"]')
    second = authority_text(root, name='"Ministry"')

    assert len(read(first + second).authorities) == 2


def test_a_key_may_be_that_of_two_organizations() -> None:
    text = authority_text(authority) + authority_text(authority, organization=RELIEF)

    assert [one.organization for one in read(text).authorities] == [MINISTRY, RELIEF]


# what is wrong, and where


@pytest.mark.parametrize(
    ("text", "place", "match"),
    [
        ("[policy]\naccept = \n", "2:10", "Invalid value"),
        ("[policy\n", "1:8", "Expected"),
        ("[policy]\n[policy]\n", "2:8", "Cannot declare"),
        ('[policy]\naccept = "endorsed', "2:19", "Unterminated string"),
        (f"[policy]\nclock-skew = {'9' * 5000}", "2:5014", "digits"),
        (f"[policy]\nformats = {'[' * 5000}", "2:19", "deeper nesting"),
        (f"{'a.' * 5000}a = 1", "1:1", "a longer key"),
    ],
)
def test_what_is_no_toml_is_refused(text: str, place: str, match: str) -> None:
    refused(text, place, match)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(TrustError, match=r"line 2, column 3: found bytes that are no text"):
        read_document("trust.toml", b"[policy]\n# \xff\n")


@pytest.mark.parametrize(
    ("text", "place", "match"),
    [
        ("accept = 1", "1:1", "found the table 'accept', expected one of policy, authority, refused, withdrawals"),
        ("\n  [trusted]", "2:3", "the table 'trusted'"),
        ("[policy]\n\n  acept = 1", "3:3", "the field 'acept', expected one of accept, minimum-level"),
        (f"{NO_KEYS}keys = []\nkind = 1", "4:1", "the field 'kind'"),
        (f'{NO_KEYS}keys = [{{ key = "", from = 1 }}]', "3:21", "the field 'from', expected one of key, note"),
        ("[[refused]]\nkey.id = 1", "2:10", "found a table, expected a text"),
        ("[[refused]]\nkeys = []", "2:1", "the field 'keys'"),
        ("[[withdrawals]]\npath = 1", "2:1", "the field 'path', expected one of file, note"),
        (f"{NO_KEYS}keys = []\n[authority.scope]", "4:1", "the field 'scope'"),
    ],
)
def test_an_unknown_table_or_field_is_refused(text: str, place: str, match: str) -> None:
    refused(text, place, match)


@pytest.mark.parametrize(
    ("text", "place", "match"),
    [
        ("policy = 1", "1:10", "found the value 1, expected a table"),
        ("[[policy]]", "1:1", "found an array of 1, expected a table"),
        ("[authority]", "1:1", "found a table, expected an array that is not empty"),
        ("authority = []", "1:13", "an empty array"),
        ("authority = [1, 2]", "1:14", "authority: found the value 1, expected a table"),
        ("[[authority]]\nkeys = [ 1 ]", "2:10", "keys: found the value 1, expected a public key"),
        (f"{NO_KEYS}", "1:1", "keys: found nothing, expected an array that is not empty"),
        (f"{NO_KEYS}keys = 'x'", "3:8", "found the text 'x', expected an array"),
        (f"{NO_KEYS}keys = []", "3:8", "found an empty array"),
        ("[[authority]]\norganization = true", "2:16", "organization: found true or false, expected a text"),
        ("[[authority]]\nkeys = [{}]", "2:9", "key: found nothing, expected a public key as text"),
        ("[[authority]]\nkeys = [{key = 1.5}]", "2:16", "found the value 1.5, expected a text"),
        ("[[authority]]\nkeys = [{key = [[]]}]", "2:16", "found an array of 1, expected a text"),
        (authority_text(authority, name="1"), "3:8", "expected a text"),
        (authority_text(authority, note='" \t "'), "3:8", "an empty text"),
        (authority_text(authority, purposes='"protective"'), "3:12", "expected an array"),
        (authority_text(authority, names="[]"), "3:9", "an empty array"),
        (authority_text(authority, names="[1]"), "3:10", "names: found the value 1, expected a text"),
        (authority_text(authority, valid_from='"2027"'), "3:14", "found the text '2027', expected a time"),
        (authority_text(authority, valid_from="2027-01-01"), "3:14", "found the value 2027-01-01, expected a time"),
        ("[[refused]]\ntoken = 1", "2:9", "expected a text"),
        ("[[withdrawals]]\nfile = 1", "2:8", "expected a text"),
        ("[[withdrawals]]", "1:1", "file: found nothing"),
        ('[[withdrawals]]\nfile = "a\\u0000b"', "2:8", "a zero byte"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(text: str, place: str, match: str) -> None:
    refused(text, place, match)


@pytest.mark.parametrize(
    "text", ["http://ministry.example", "ministry.example", "https://Ministry.example", "https://a"]
)
def test_a_bad_organization_identifier_is_refused(text: str) -> None:
    refused(f'\n[[authority]]\n  organization = "{text}"', "3:18", "organization: found")


@pytest.mark.parametrize(
    ("fields", "place", "match"),
    [
        ({"purposes": '["protective", "peace"]'}, "3:27", "found 'peace', expected one of protective, indicative"),
        ({"names": '["*.example.org"]'}, "3:10", "found '*.example.org', expected a domain name"),
        ({"valid_until": "2027-01-01T00:00:00"}, "3:15", "expected a time with its zone"),
        (
            {"valid_from": "2027-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z"},
            "4:15",
            "expected a time after valid-from",
        ),
    ],
)
def test_a_scope_that_has_no_meaning_is_refused(fields: dict[str, str], place: str, match: str) -> None:
    refused(authority_text(authority, organization=MINISTRY, **fields), place, match)


def test_a_key_that_can_never_be_trusted_is_refused() -> None:
    ends = f"{NO_KEYS}valid-until = 2027-01-01T00:00:00Z\n"

    refused(
        f'{ends}keys = [{{ key = "{cose(root)}", valid-from = 2028-01-01T00:00:00Z }}]',
        "4:9",
        "a period outside of its authority's",
    )


PRIVATE_PEM = write_private_key(authority, None).decode()


@pytest.mark.parametrize(
    ("key", "match"),
    [
        ('"a0"', "expected a key type"),
        ('"zz"', "something else"),
        ('""', "no key"),
        (f'"{cose(authority)[:-2]}"', "well-formed CBOR"),
        (f'"""{PRIVATE_PEM}"""', "a private key"),
        (f'"{cose(authority)}\\n{cose(root)}"', "2 keys"),
        ("""'{"kty": "EC", "kty": "EC"}'""", "repeated member"),
        (f'"{cose(authority).replace("0326", "03390100")}"', "algorithm"),
    ],
)
@pytest.mark.parametrize(("before", "after", "column"), [("", "", 9), ("{ key = ", " }", 17)])
def test_what_is_no_public_key_is_refused(key: str, match: str, before: str, after: str, column: int) -> None:
    refused(f"{NO_KEYS}keys = [{before}{key}{after}]", f"3:{column}", match)


def test_the_error_about_a_private_key_does_not_show_it() -> None:
    with pytest.raises(TrustError) as caught:
        read(f'{NO_KEYS}keys = ["""{PRIVATE_PEM}"""]')

    assert PRIVATE_PEM.splitlines()[1][:16] not in str(caught.value)


def test_a_key_that_is_given_twice_is_refused() -> None:
    text = authority_text(root, authority) + authority_text(authority, names='["example.org"]')

    refused(text, "7:9", f"a key that was given for {MINISTRY} before (line 3)")


def test_a_key_that_is_given_twice_in_different_forms_is_refused() -> None:
    text = f'[[authority]]\nkeys = [\n"{cose(authority)}",\n"""{KEY.to_pem()}""",\n]'

    refused(text, "4:1", "a key that was given for nobody by name before (line 3)")


def test_a_name_that_stands_for_two_organizations_is_refused() -> None:
    text = authority_text(authority, name='"Ministry"') + authority_text(root, organization=RELIEF, name='"MINISTRY"')

    refused(text, "7:8", "the name of another authority (line 1)")


@pytest.mark.parametrize(
    ("fields", "place", "match"),
    [
        ('note = "of nothing"', "1:1", "found none of them, expected exactly one of key, token, organization"),
        (f'key = "{IDENTIFIER}"\ntoken = "{"ab" * 32}"', "1:1", "found key and token"),
        (f'key = "{"ab" * 32}"', "2:7", "expected a key identifier"),
        (f'token = "{IDENTIFIER}"', "2:9", "expected the SHA-256"),
        (f'organization = "{IDENTIFIER}"', "2:16", "expected an organization identifier"),
        ('organization = "https://a"', "2:16", "expected https://"),
        ('key = "short"', "2:7", "expected a key identifier of 52 characters"),
        (f'key = "{IDENTIFIER.upper()}"', "2:7", "expected a key identifier of 52 characters"),
        (f'key = "{"a" * 51}b"', "2:7", "expected a key identifier of 52 characters"),
        (f'token = "{"ab" * 31}"', "2:9", "expected a key identifier"),
    ],
)
def test_a_refusal_of_nothing_that_there_is_is_refused(fields: str, place: str, match: str) -> None:
    refused(f"[[refused]]\n{fields}", place, match)


def test_in_a_file_with_carriage_returns_lines_and_columns_are_the_same() -> None:
    refused("[policy]\r\n\r\n  acept = 1", "3:3", "the field 'acept'")


def test_nesting_that_nobody_needs_is_refused_where_it_gets_too_deep() -> None:
    refused(f"[policy]\nformats = {'[' * 12}{']' * 12}", "2:19", "deeper nesting")


@given(st.text(alphabet='[]{}="#.\nakey\\', max_size=60))
def test_no_text_raises_anything_unforeseen(text: str) -> None:
    with suppress(EmblemError):
        read(text)


@given(st.integers(0, 400), st.text(min_size=1, max_size=4))
def test_a_damaged_store_raises_nothing_unforeseen(position: int, put: str) -> None:
    text = authority_text(authority, names='["example.org"]', valid_until="2027-01-01T00:00:00Z") + "[policy]\n"
    with suppress(EmblemError):
        read(text[:position] + put + text[position + len(put) :])


# what is a store


@pytest.mark.parametrize(
    "text",
    [
        "[policy]",
        "# comment\r\n\r\n [[authority]]\r\n",
        "\ufeff[policy]",
        'authority = [{ keys = ["""-----BEGIN PUBLIC KEY-----"""] }]',
        'policy.accept = "endorsed"',
        "'refused' = []",
        "[unknown]",
        "[[authority]]\nkeys = [ broken",
    ],
)
def test_a_file_with_a_table_is_a_store_well_formed_or_not(text: str) -> None:
    assert is_store(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# [policy]",
        KEY.to_pem(),
        f"subject=CN = authority\n{KEY.to_pem()}",
        cose(authority),
        '{"keys": [\n["a"]\n]}',
        '\ufeff\n{"key_ops": [\n["verify"]\n]}',
    ],
)
def test_files_of_keys_are_no_store(text: str) -> None:
    assert not is_store(text.encode())


# refusals


@pytest.mark.parametrize("refusal", [Refusal(key=IDENTIFIER), Refusal(token=bytes(32)), Refusal(organization=RELIEF)])
def test_what_is_refused_is_recognized_by_its_form(refusal: Refusal) -> None:
    assert Refusal.parse(str(refusal)) == refusal


@pytest.mark.parametrize("text", ["", "relief.example", "http://relief.example", "ab" * 31, "g" * 64, IDENTIFIER[:-1]])
def test_what_is_none_of_these_is_no_refusal(text: str) -> None:
    with pytest.raises(InputError):
        Refusal.parse(text)


def test_refusals_of_the_same_are_the_same_whatever_their_notes() -> None:
    assert Refusal(organization=RELIEF, note="a").refuses_same(Refusal(organization=RELIEF, note="b"))
    assert not Refusal(organization=RELIEF).refuses_same(Refusal(organization=MINISTRY))


def test_a_key_is_meant_by_either_of_its_identifiers_or_by_its_organization() -> None:
    entry = KeyEntry(KEY)
    ministry = Authority(MINISTRY, (entry,))

    for text in (IDENTIFIER, KEY.jwk_thumbprint, str(MINISTRY)):
        assert Refusal.parse(text).concerns(ministry, entry)
    for text in (key("other").public_key.cose_thumbprint, str(RELIEF), "ab" * 32):
        assert not Refusal.parse(text).concerns(ministry, entry)
