"""A store is changed so that everything in it stays as it was, but for what was to be changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.withdrawal import Withdrawals
from emblem.errors import InputError, TrustError
from emblem.trust.document import Authority, Document, KeyEntry, Refusal
from emblem.trust.editing import (
    NEW_STORE,
    add_authority,
    add_refusals,
    read_store,
    remove_keys,
    remove_refusals,
    write_store,
)
from emblem.trust.places import Path as Place
from emblem.trust.store import TrustStore
from tests.support.arrangement import FEDERATION, MINISTRY, NOW, RELIEF, authority, bound, key, root, signing, stranger
from tests.trust.builders import authorities, authority_text, cose, read, refusals, write_list

STORE = f"""\
# My store. This line is about all of it.

[policy] # strict
clock-skew = "1m"  # our clocks are bad


# The ministry: compared by telephone.
# Twice.
[[authority]]
organization = "{MINISTRY}"
keys = [  # two of them
  # the old one
  "{cose(authority)}",  # until autumn
  # the new one
  "{cose(root)}"  # from autumn
]
  # its other keys are on paper

# The federation.
[[authority]]
organization = "{FEDERATION}"
keys = ["{cose(stranger)}"] # that is all
# end of the federation

[[refused]]
organization = "{RELIEF}"
"""


def without(text: str, *lines: str) -> str:
    """The text without those lines that begin so."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(lines))


def remove(text: str, what: str) -> str:
    meant = Refusal.parse(what)
    return remove_keys(read(text), meant.concerns).source.text


# adding


def test_an_authority_is_added_at_the_end() -> None:
    added = Authority(RELIEF, (KeyEntry(signing.public_key),), note='says "yes"')

    text = add_authority(read(STORE), added).source.text

    assert (
        text
        == STORE
        + f"""
[[authority]]
organization = "{RELIEF}"
note = "says \\"yes\\""
keys = [
  "{cose(signing)}",  # {signing.public_key.cose_thumbprint}
]
"""
    )


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "  # comment", "\r\n"])
def test_one_blank_line_stands_before_what_is_added(end: str) -> None:
    text = add_refusals(read(f"[policy]{end}"), [Refusal(organization=RELIEF)]).source.text

    assert text.startswith(f"[policy]{end}")
    assert text.removeprefix(f"[policy]{end}").lstrip("\n") == f'[[refused]]\norganization = "{RELIEF}"\n'
    assert "\n\n[[refused]]" in text.replace("\r", "")
    assert "\n\n\n" not in text.replace("\r", "")


def test_several_refusals_are_added_at_once() -> None:
    added = [Refusal(key=root.public_key.cose_thumbprint, note="stolen"), Refusal(token=bytes(32))]

    changed = add_refusals(read(STORE), added)

    assert changed.refusals == (Refusal(organization=RELIEF), *added)
    assert changed.source.text.startswith(STORE)


def test_a_key_that_is_there_already_is_not_added() -> None:
    with pytest.raises(TrustError, match=f"a key that was given for {MINISTRY} before .line 13"):
        add_authority(read(STORE), Authority(MINISTRY, (KeyEntry(authority.public_key),)))


@pytest.mark.parametrize("identifier", [signing.public_key.cose_thumbprint, signing.public_key.jwk_thumbprint])
def test_a_key_that_is_refused_is_not_added(identifier: str) -> None:
    store = add_refusals(read(STORE), [Refusal(key=identifier)])

    with pytest.raises(TrustError, match=r"found a refusal of key .* expected that it is taken back first"):
        add_authority(store, Authority(RELIEF, (KeyEntry(signing.public_key),)))


def test_a_name_of_another_authority_is_not_added() -> None:
    store = read(authority_text(authority, name='"A"'))

    with pytest.raises(TrustError, match="the name of another authority"):
        add_authority(store, Authority(RELIEF, (KeyEntry(root.public_key),), name="a"))


def test_text_that_no_file_can_hold_is_not_added() -> None:
    with pytest.raises(InputError, match="characters of Unicode"):
        add_authority(read(STORE), Authority(RELIEF, (KeyEntry(signing.public_key),), name="\udcff"))


def refuse(document: Document) -> Document:
    return add_refusals(document, [Refusal(organization=RELIEF)])


def trust(document: Document) -> Document:
    return add_authority(document, Authority(RELIEF, (KeyEntry(signing.public_key),)))


@pytest.mark.parametrize(
    ("text", "add"),
    [(f'authority = [{{ keys = ["{cose(root)}"] }}]', trust), (f'refused = [{{ key = "{"a" * 52}" }}]', refuse)],
)
def test_what_is_written_without_headers_only_a_person_can_add_to(
    text: str, add: Callable[[Document], Document]
) -> None:
    with pytest.raises(TrustError, match="found a layout that only you can change"):
        add(read(text))


@given(st.lists(authorities, max_size=3), st.lists(refusals, max_size=3))
def test_what_is_added_is_read_as_it_was_meant(some: list[Authority], refused: list[Refusal]) -> None:
    document, reasons = read(NEW_STORE), set[str]()
    for one in some:
        expected = (*document.authorities, one)
        try:
            document = add_authority(document, one)
        except TrustError as error:
            reasons.add(error.expected)
        else:
            assert document.authorities == expected
    assert reasons <= {"each key once for an organization", "a name of its own"}
    document = add_refusals(document, refused)

    assert document.refusals == tuple(refused)
    assert read(document.source.text) == document


def belongs_to(path: Place, authority: Authority, _: KeyEntry) -> bool:
    return authority.path == path


@given(st.lists(authorities, min_size=1, max_size=3))
def test_what_was_added_can_be_removed_again(some: list[Authority]) -> None:
    documents = [read(NEW_STORE)]
    for one in some:
        with suppress(TrustError):
            documents.append(add_authority(documents[-1], one))

    for before, after in zip(reversed(documents[:-1]), reversed(documents[1:]), strict=True):
        added = after.authorities[-1].path
        removed = remove_keys(after, partial(belongs_to, added))
        assert removed == before
        assert removed.source.text.strip() == before.source.text.strip()


# removing


def test_a_key_goes_with_its_line_and_every_other_line_stays() -> None:
    assert remove(STORE, authority.public_key.cose_thumbprint) == without(STORE, f'  "{cose(authority)}')


def test_a_key_is_removed_by_its_identifier_of_either_format() -> None:
    for identifier in (root.public_key.cose_thumbprint, root.public_key.jwk_thumbprint):
        assert remove(STORE, identifier) == without(STORE, f'  "{cose(root)}')


def test_an_authority_goes_with_the_comments_right_above_it_and_all_others_stay() -> None:
    block = STORE[STORE.index("# The ministry") : STORE.index("  # its other keys")]

    assert remove(STORE, str(MINISTRY)) == STORE.replace(block, "")


def test_with_its_last_key_an_authority_goes_as_a_whole() -> None:
    block = STORE[STORE.index("# The federation") : STORE.index("# end of the federation")]

    assert remove(STORE, stranger.public_key.cose_thumbprint) == STORE.replace(block, "")


def test_of_the_last_authority_the_blank_lines_after_it_go_too() -> None:
    text = f"[policy]\n\n{authority_text(authority)}\n \n\n"

    assert remove(text, str(MINISTRY)) == "[policy]\n\n"


def test_a_store_from_which_everything_was_removed_is_still_a_store() -> None:
    text = remove(authority_text(authority), str(MINISTRY))

    assert text == "[policy]\n"


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ("[OLD, NEW]", "[NEW]"),
        ("[NEW, OLD]", "[NEW, ]"),
        ("[NEW, OLD , ]", "[NEW, ]"),
        ("[OLD,NEW]", "[NEW]"),
        ("[\n OLD, NEW,\n]", "[\n NEW,\n]"),
        ("[\n NEW, OLD,\n]", "[\n NEW, \n]"),
        ("[\n OLD\n , NEW\n]", "[\n  NEW\n]"),
        ("[\n OLD # so\n # and so\n , # on\n NEW]", "[\n # and so\n  # on\n NEW]"),
        ("[ OLD # so\n , NEW ]", "[  # so\n  NEW ]"),
        ("[\r\n  OLD,\r\n  NEW,\r\n]", "[\r\n  NEW,\r\n]"),
        ("[{ key = OLD, note = 'a # b' }, NEW]", "[NEW]"),
        ("[{ key = NEW }, { key = OLD }]", "[{ key = NEW }, ]"),
    ],
)
def test_a_key_is_cut_out_of_an_array_in_any_layout(keys: str, left: str) -> None:
    def write(layout: str) -> str:
        return f"[[authority]]\nkeys = {layout}\n".replace("OLD", f'"{cose(authority)}"').replace(
            "NEW", f"'{cose(root)}'"
        )

    assert remove(write(keys), authority.public_key.cose_thumbprint) == write(left)


def test_keys_with_headers_of_their_own_are_cut_out() -> None:
    text = f"""\
[[authority]]
organization = "{MINISTRY}"
[[authority.keys]]  # the old one
key = "{cose(authority)}"

# the new one
[[authority.keys]]
key = "{cose(root)}"
"""

    assert remove(text, authority.public_key.cose_thumbprint) == text.replace(
        text[text.index("[[authority.keys]]") : text.index("# the new one")], ""
    )
    assert remove(text, root.public_key.cose_thumbprint) == text[: text.index("# the new one")]


def test_a_comment_within_a_text_is_none() -> None:
    text = (
        f'[policy]\n[[refused]]\norganization = "{RELIEF}"\nnote = """\n# not a comment"""\n{authority_text(authority)}'
    )

    assert remove(text, str(MINISTRY)) == text[: text.index("[[authority]]")]


def test_authorities_in_one_line_are_cut_out_too() -> None:
    entries = [
        f'{{ organization = "{one}", keys = ["{cose(signer)}"] }}' for one, signer in ((MINISTRY, root), (RELIEF, root))
    ]

    assert remove(f"authority = [{', '.join(entries)}]", str(MINISTRY)) == f"authority = [{entries[1]}]"


def test_what_cannot_be_cut_out_only_a_person_can_remove() -> None:
    with pytest.raises(TrustError, match="authority: found an empty array"):
        remove(f'authority = [{{ keys = ["{cose(authority)}"] }}]', authority.public_key.cose_thumbprint)


def test_what_stands_between_the_parts_of_an_authority_is_never_cut_out_with_it() -> None:
    text = f"""\
[[authority]]
[[authority.keys]]
key = "{cose(authority)}"
[policy]
clock-skew = "1m"
[[authority.keys]]
key = "{cose(root)}"
"""

    with pytest.raises(TrustError, match="found a layout that only you can change"):
        remove_keys(read(text), lambda *_: True)


def test_several_keys_are_removed_at_once() -> None:
    text = f"[[authority]]\nkeys = ['{cose(authority)}', '{cose(root)}', '{cose(signing)}']\n"

    changed = remove_keys(read(text), lambda _, entry: entry.key != root.public_key)

    assert changed.source.text == f"[[authority]]\nkeys = ['{cose(root)}', ]\n"


def test_a_refusal_is_taken_back() -> None:
    text = add_refusals(read(STORE), [Refusal(token=bytes(32), note="n")]).source.text

    assert remove_refusals(read(text), Refusal(organization=RELIEF).refuses_same).refusals == (
        Refusal(token=bytes(32), note="n"),
    )
    assert remove_refusals(read(text), Refusal(token=bytes(32)).refuses_same).source.text == STORE + "\n"


def test_nothing_is_changed_where_nothing_is_meant() -> None:
    assert remove(STORE, key("unknown").public_key.cose_thumbprint) == STORE


# files


def save(path: Path, document: Document) -> None:
    write_store(path, document)


def test_a_store_is_written_as_it_stands_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "trust.toml"

    save(path, read(STORE))

    assert path.read_text() == STORE
    assert read_store(path) == read(STORE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_the_mode_of_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "trust.toml"
    path.write_text("[policy]\n")
    path.chmod(0o600)

    save(path, read(STORE))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "store.toml", tmp_path / "trust.toml"
    path.write_text("[policy]\n")
    link.symlink_to(path)

    save(link, read(STORE))

    assert link.is_symlink()
    assert path.read_text() == STORE


def test_a_failure_to_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trust.toml"
    path.write_text("[policy]\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(path, read(STORE))

    assert path.read_text() == "[policy]\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_store_that_could_not_be_loaded_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "trust.toml"
    text = authority_text(authority, root) + '[[withdrawals]]\nfile = "list"\n'
    path.write_text(text)
    write_list(tmp_path / "list", authority, Withdrawals(MINISTRY, NOW))
    assert TrustStore.load(path).keys == (bound(authority, MINISTRY), bound(root, MINISTRY))

    meant = Refusal.parse(authority.public_key.cose_thumbprint)
    with pytest.raises(TrustError, match="by a key that this store binds"):
        save(path, remove_keys(read_store(path), meant.concerns))

    assert path.read_text() == text


@pytest.mark.parametrize(("text", "match"), [(None, "found no such file"), (cose(authority), "found something else")])
def test_only_a_store_can_be_changed(tmp_path: Path, text: str | None, match: str) -> None:
    path = tmp_path / "trust.toml"
    if text is not None:
        path.write_text(text)

    with pytest.raises(TrustError, match=f"{match}, expected a trust store in TOML; 'emblem trust add' makes one"):
        read_store(path)
