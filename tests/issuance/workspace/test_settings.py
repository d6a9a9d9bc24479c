"""`emblem.toml`: read strictly, every error with its place; changed without touching any other line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import EmblemError, WorkspaceError
from emblem.issuance.publication import Publishing
from emblem.issuance.workspace.settings import Defaults, Method, NamedKey, Role, Settings, ZoneSettings
from emblem.issuance.workspace.settings_file import read_settings
from emblem.issuance.workspace.settings_writing import add_key, add_zone, duration_text, retire_key, write_settings
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign

RELIEF = Organization("relief.example")
HEAD = '[organization]\nidentifier = "https://relief.example"\nsign = "red-cross"\n'
JUNE = datetime(2027, 6, 1, tzinfo=UTC)
SIGNING = NamedKey("signing", Role.SIGNING, "keys/signing.pem", "keys/signing.pub.pem")
FULL = Settings(
    RELIEF,
    Sign.RED_CRESCENT,
    "Relief",
    Defaults(Purpose.PROTECTIVE | Purpose.INDICATIVE, 86_400, 3_600, 300, Publishing.BOTH),
    (
        NamedKey("root", Role.ROOT, None, "keys/root.pub.pem"),
        NamedKey("old", Role.SIGNING, "pkcs11:token=desk;object=old", "keys/old.pub.pem", JUNE),
        SIGNING,
    ),
    (
        ZoneSettings("relief.example", Method.UPDATE, "192.0.2.53:53", "update.key", ("192.0.2.54:53",), ttl=60),
        ZoneSettings("other.example", Method.OCTODNS, file="octodns/other.yaml", carriage=Publishing.TXT, set_name="b"),
    ),
)


def read(text: str) -> Settings:
    return read_settings("emblem.toml", text.encode())


def test_what_is_written_is_read_as_the_same() -> None:
    assert read(write_settings(FULL)) == FULL


def test_what_is_left_out_has_a_default() -> None:
    settings = read(HEAD + '[[key]]\nname = "root"\nrole = "root"\n[[zone]]\nname = "Relief.Example."\n')

    assert settings.defaults == Defaults()
    assert settings.keys == (NamedKey("root", Role.ROOT, None, "keys/root.pub.pem"),)
    assert settings.zones == (ZoneSettings("relief.example"),)


def test_an_emblem_is_renewed_in_the_last_third_of_its_time() -> None:
    assert read(HEAD + '[defaults]\nvalid = "90d"\n').defaults.renew_before == 30 * 86_400


def test_a_name_belongs_to_the_nearest_zone_that_it_lies_in() -> None:
    settings = read(HEAD + '[[zone]]\nname = "example"\n[[zone]]\nname = "relief.example"\n')

    assert [getattr(settings.zone_of(name), "name", None) for name in (
        "www.relief.example", "relief.example", "norelief.example", "example.org")] == [
        "relief.example", "relief.example", "example", None]  # fmt: skip


def test_of_several_keys_of_a_role_the_last_one_signs_that_is_not_retired() -> None:
    before, after = datetime(2027, 5, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC)
    new = NamedKey("new", Role.SIGNING, "keys/new.pem", "keys/new.pub.pem", retired=JUNE)
    settings = add_key(add_key(read(HEAD), SIGNING), new)

    assert settings.current_key(Role.SIGNING, before).name == "new"
    assert settings.current_key(Role.SIGNING, after).name == "signing"


@pytest.mark.parametrize(("settings", "found"), [(HEAD, "none"), (write_settings(FULL), "only retired ones")])
def test_without_a_key_of_the_role_the_error_says_how_to_make_one(settings: str, found: str) -> None:
    retired = read(settings)
    if found != "none":
        retired = retire_key(retired, "signing", JUNE)
    with pytest.raises(WorkspaceError, match=f"found {found}.*emblem key new NAME --role signing"):
        retired.current_key(Role.SIGNING, JUNE)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "1, column 1: organization", "found nothing"),
        ("[organization]\n", "1, column 1: identifier", "found nothing"),
        (HEAD + "[what]\n", "4, column 1: what", "the table 'what'"),
        (HEAD.replace("red-cross", "red-star"), "3, column 8: sign", "red-crystal, none"),
        (HEAD + 'mail = "x"\n', "4, column 1: mail", "identifier, name, sign"),
        (HEAD.replace("https://relief", "http://relief"), "2, column 14: identifier", "https://"),
        (HEAD + '[defaults]\nvalid = "30"\n', "5, column 9: valid", "a number and d, h, m or s"),
        (HEAD + '[defaults]\nvalid = "0d"\n', "5, column 9: valid", "no time at all"),
        (HEAD + '[defaults]\nvalid = "1d"\nrenew-before = "1d"\n', "6, column 16: renew-before", "less than 'valid'"),
        (HEAD + '[defaults]\nttl = "60000d"\n', "5, column 7: ttl", "2147483647"),
        (HEAD + '[defaults]\npurposes = ["cultural-property"]\n', "3, column 8: sign", "or the sign none"),
        (HEAD + '[[key]]\nname = "a/b"\nrole = "root"\n', "5, column 8: name", "letters, digits"),
        (HEAD + '[[key]]\nname = "a"\nrole = "boss"\n', "6, column 8: role", "root, signing, authority"),
        (HEAD + '[[key]]\nname = "a"\nrole = "root"\nlocation = "../a"\n', "7, column 12: location", "without '..'"),
        (HEAD + '[[key]]\nname = "a"\nrole = "root"\n' * 2, "8, column 8: name", "a a second time (line 5)"),
        (HEAD + '[[zone]]\nname = "a b"\n', "5, column 8: name", "a domain name"),
        (HEAD + '[[zone]]\nname = "a.b"\nserver = "ns.b"\n', "6, column 10: server", "not a name"),
        (HEAD + '[[zone]]\nname = "a.b"\nmethod = "octodns"\n', "4, column 1: file", "the method octodns"),
        (HEAD + '[[zone]]\nname = "a.b"\nfile = "x"\n', "6, column 8: file", "none with the method update"),
        (HEAD + '[[zone]]\nname = "a.b"\nmethod = "by-hand"\nserver = "::1"\n', "7, column 10: server", "update"),
        (HEAD + "[defaults\n", "4, column 10", "TOML"),
    ],
)
def test_whatever_is_wrong_is_named_with_its_line_and_column(text: str, place: str, said: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        read(text)

    assert caught.value.field.startswith(f"emblem.toml, line {place}"), caught.value
    assert said in str(caught.value)


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(WorkspaceError, match="line 1, column 1: found bytes that are no text"):
        read_settings("emblem.toml", HEAD.encode("utf-16"))


@given(st.text(max_size=40))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    for whole in (text, HEAD + text):
        try:
            read(whole)
        except EmblemError:
            continue


def test_adding_leaves_every_line_as_it_was() -> None:
    text = f"# ours\n{HEAD}# the end, without a line break"

    settings = add_zone(add_key(read(text), SIGNING), ZoneSettings("relief.example"))

    assert settings.source is not None
    assert settings.source.text.startswith(text)
    assert read(settings.source.text) == settings
    assert (settings.keys, settings.zones) == ((SIGNING,), (ZoneSettings("relief.example"),))


def test_a_name_that_is_there_already_is_not_added() -> None:
    settings = add_key(read(HEAD), SIGNING)

    with pytest.raises(WorkspaceError, match="signing a second time"):
        add_key(settings, SIGNING)


def test_retiring_a_key_changes_one_line() -> None:
    settings = add_key(read(HEAD), SIGNING)

    retired = retire_key(settings, "signing", JUNE)
    again = retire_key(retired, "signing", datetime(2027, 7, 1, tzinfo=UTC))

    assert settings.source is not None
    assert again.source is not None
    assert set(again.source.text.splitlines()) - set(settings.source.text.splitlines()) == {
        "retired = 2027-07-01T00:00:00Z"
    }
    assert (retired.keys[0].retired, again.keys[0].retired) == (JUNE, datetime(2027, 7, 1, tzinfo=UTC))


@pytest.mark.parametrize(("seconds", "text"), [(86_400, "1d"), (129_600, "36h"), (90, "90s"), (120, "2m")])
def test_a_length_of_time_is_written_in_its_largest_whole_unit(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text
