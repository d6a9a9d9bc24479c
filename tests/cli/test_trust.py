"""`emblem trust`: keys are added once they were compared, listed, removed, refused; the file stays a person's own."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import Result

from emblem.codec.withdrawal import Withdrawals
from emblem.keys.pem import write_private_key
from emblem.trust.document import read_document
from emblem.trust.store import TrustStore
from tests.cli.conftest import Run, Start, one_line
from tests.cli.test_process import Terminal
from tests.support.arrangement import HOSPITAL, MINISTRY, NOW, RELIEF, authority, bound, chain, root, signing, stranger
from tests.traceability.builders import OAK, log_list
from tests.trust.builders import authority_text, cose, write_list

PROJECT = Path(__file__).parents[2]
REAL_RECORDS = PROJECT / "tests" / "data" / "adem-jws" / "emblem.felixlinker.de.txt"
REAL_AUTHORITY = "https://auth.felixlinker.de"
REAL_KEY = "6d4ym5gslavhmz7u44x7mv4ycjzxhweslioeujuutnom5hp7hpnq"
AS_MINISTRY = ("--as", str(MINISTRY))


@pytest.fixture(autouse=True)
def key_files(folder: Path) -> None:
    """The public keys of the authority and the root, as files."""
    (folder / "authority.pem").write_text(authority.public_key.to_pem())
    (folder / "root.hex").write_text(cose(root))


def store(folder: Path) -> TrustStore:
    return TrustStore.load(folder / "trust.toml")


def refused(result: Result) -> str:
    """The one line with which wrong use ends."""
    assert (result.exit_code, result.stdout) == (2, "")
    return one_line(result.stderr)


# add


def test_a_key_is_shown_by_both_identifiers_and_added(run: Run, folder: Path) -> None:
    result = run("trust", "add", "root.hex", *AS_MINISTRY, "--yes")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"key {root.public_key.cose_thumbprint} (P-256)",
        f"    in JWS: {root.public_key.jwk_thumbprint}",
        f"trusted to speak for {MINISTRY}, for everything",
        "added to trust.toml",
    ]
    assert store(folder).keys == (bound(root, MINISTRY),)


def test_a_key_is_added_with_everything_that_is_said_of_it(run: Run, folder: Path) -> None:
    limits = (
        "--purpose",
        "protective",
        "--purpose",
        "indicative",
        "--under",
        "München.example",
        "--under",
        "example.org",
    )
    until = ("--valid-until", "2027-06-01T00:00:00Z")

    result = run("trust", "add", "root.hex", *AS_MINISTRY, "--name", "M", "--note", "n", *limits, *until, "--yes")

    document = read_document("", (folder / "trust.toml").read_bytes())
    (one,) = document.authorities
    assert (
        f"for {MINISTRY}, for protective, indicative; names under xn--mnchen-3ya.example, example.org;" in result.stdout
    )
    assert (one.name, one.note, one.names) == ("M", "n", ("xn--mnchen-3ya.example", "example.org"))
    assert one.provenance is not None
    assert re.fullmatch(r"file root\.hex \(SHA-256 [0-9a-f]{64}\), added 20\d\d-.*Z", one.provenance)


def test_without_an_organization_a_key_is_trusted_bare(run: Run, folder: Path) -> None:
    result = run("trust", "add", "root.hex", "--yes")

    assert "trusted bare, for everything: for the emblems of whoever signs with it" in result.stdout
    assert [key.organization for key in store(folder).keys] == [None]


def test_what_is_in_the_store_stays_as_it_was(run: Run, folder: Path) -> None:
    before = f"# mine\n\n{authority_text(authority)}# the end\n"
    (folder / "trust.toml").write_text(before)

    assert run("trust", "add", "root.hex", *AS_MINISTRY, "--yes").exit_code == 0

    assert (folder / "trust.toml").read_text().startswith(before)
    assert store(folder).keys == (bound(authority, MINISTRY), bound(root, MINISTRY))


def test_the_store_may_be_another_file(run: Run, folder: Path) -> None:
    result = run("trust", "add", "root.hex", "--yes", "--store", "other.toml")

    assert result.stdout.endswith("added to other.toml\n")
    assert (folder / "other.toml").exists()
    assert not (folder / "trust.toml").exists()


def test_of_several_keys_in_records_all_are_shown_and_one_must_be_chosen(run: Run, folder: Path) -> None:
    result = run("trust", "add", str(REAL_RECORDS), "--as", REAL_AUTHORITY, "--yes")

    assert result.exit_code == 2
    assert "found 3 keys, expected a choice among them with --key-identifier" in one_line(result.stderr)
    assert (
        f"in JWS: {REAL_KEY}\n    signed in this file: {REAL_AUTHORITY} states that a key belongs to" in result.stdout
    )
    assert not (folder / "trust.toml").exists()


def test_a_key_of_real_records_makes_their_emblem_protected(run: Run, folder: Path) -> None:
    chosen = ("--key-identifier", REAL_KEY)
    marked = "2a01:4f9:c010:d8e4::1"
    verify = ("verify", marked, "--records", str(REAL_RECORDS), "--at", "2026-06-17T00:10:00Z")
    assert run(*verify).exit_code == 6

    added = run("trust", "add", "-", "--as", REAL_AUTHORITY, *chosen, "--yes", input=REAL_RECORDS.read_bytes())

    assert added.exit_code == 0
    assert "standard input (SHA-256" in (folder / "trust.toml").read_text()
    assert run(*verify, "--trust", "trust.toml").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("missing",), "missing: found no such file"),
        (("private.pem",), "a private key"),
        (("root.hex", "--key-identifier", REAL_KEY), f"found no key {REAL_KEY}"),
        (("root.hex", "--as", "ministry.example"), "organization identifier"),
        (("root.hex", "--under", "*.example"), "domain name"),
        (("root.hex", "--purpose", "peace"), "peace"),
        (("root.hex", "--valid-until", "2027"), "RFC 3339"),
        (("root.hex", "--name", " "), "an empty text"),
        (("root.hex", "--store", "root.hex"), "root.hex: found something else, expected a trust store"),
        (("root.hex", "--store", "no/folder.toml"), "no"),
    ],
)
def test_what_cannot_be_added_is_one_line(run: Run, folder: Path, arguments: tuple[str, ...], match: str) -> None:
    (folder / "private.pem").write_bytes(write_private_key(root, None))

    result = run("trust", "add", *arguments, "--yes")

    assert result.exit_code == (1 if "no/folder.toml" in arguments else 2)
    assert match in result.stderr.splitlines()[-1]
    assert not (folder / "trust.toml").exists()


def test_a_key_that_is_there_is_not_added_again(run: Run, folder: Path) -> None:
    run("trust", "add", "root.hex", *AS_MINISTRY, "--yes")
    before = (folder / "trust.toml").read_text()

    assert f"a key that was given for {MINISTRY} before" in refused(
        run("trust", "add", "root.hex", *AS_MINISTRY, "--yes")
    )
    assert (folder / "trust.toml").read_text() == before


def test_a_damaged_store_is_named_with_line_and_column(run: Run, folder: Path) -> None:
    (folder / "trust.toml").write_text("[policy]\nacept = 1\n")

    for command in (("add", "root.hex", "--yes"), ("list",), ("remove", str(MINISTRY)), ("refuse", str(MINISTRY))):
        assert "trust.toml, line 2, column 1: acept: found the field 'acept'" in refused(run("trust", *command))


def test_without_a_terminal_yes_has_to_be_said(run: Run, folder: Path) -> None:
    result = run("trust", "add", "root.hex")

    assert result.exit_code == 2
    assert "--yes, after comparing the key identifiers" in one_line(result.stderr)
    assert not (folder / "trust.toml").exists()


def test_on_a_terminal_a_key_is_added_once_that_is_confirmed(start: Start, folder: Path) -> None:
    terminal = Terminal(start, "trust", "add", "root.hex", *AS_MINISTRY)
    terminal.wait_for("Add to trust.toml? [y/N]: ")
    terminal.type("y\n")

    assert terminal.end() == 0
    assert root.public_key.cose_thumbprint in terminal.text
    assert "in another way" in terminal.text
    assert store(folder).keys == (bound(root, MINISTRY),)


@pytest.mark.parametrize("answer", ["n\n", "\n", None])
def test_on_a_terminal_nothing_is_added_without_a_yes(start: Start, folder: Path, answer: str | None) -> None:
    terminal = Terminal(start, "trust", "add", "root.hex", *AS_MINISTRY)
    terminal.wait_for("[y/N]: ")
    if answer is None:
        terminal.interrupt()
    else:
        terminal.type(answer)

    assert terminal.end() == 1
    assert "Traceback" not in terminal.text
    assert not (folder / "trust.toml").exists()


# list


def test_the_list_says_who_is_trusted_for_what(run: Run, folder: Path) -> None:
    text = authority_text(authority, name='"The \\u001b[31mministry"', purposes='["protective"]')
    text += (
        authority_text(root, organization=None)
        + f'[[refused]]\nkey = "{root.public_key.jwk_thumbprint}"\nnote = "lost"\n'
    )
    (folder / "trust.toml").write_text(f'{text}[policy]\naccept = "endorsed"\nclock-skew = "2m"\n')

    result = run("trust", "list")

    assert result.exit_code == 0
    assert [re.split("  +", line) for line in result.stdout.splitlines()] == [
        ["organization", "key identifier", "trusted for", "name"],
        [str(MINISTRY), authority.public_key.cose_thumbprint, "protective", "The \\u{1b}[31mministry"],
        ["nobody by name (bare)", root.public_key.cose_thumbprint, "nothing: you refuse it"],
        [f"refused: {root.public_key.jwk_thumbprint}: lost"],
        ["policy: accept endorsed"],
        ["policy: clock-skew 120 s"],
    ]


def test_the_list_names_what_was_withdrawn(run: Run, folder: Path) -> None:
    write_list(folder / "list", authority, Withdrawals(MINISTRY, NOW, tokens=frozenset([bytes(32)])))
    (folder / "trust.toml").write_text(authority_text(authority) + '[[withdrawals]]\nfile = "list"\nnote = "by post"\n')

    lines = run("trust", "list").stdout.splitlines()

    assert lines[-1] == f"withdrawn by {MINISTRY}: 0 keys and 1 tokens (2027-03-01T12:00:00Z, list): by post"


def test_a_store_that_trusts_nobody_says_so(run: Run, folder: Path) -> None:
    (folder / "trust.toml").write_text("[policy]\n")

    assert run("trust", "list").stdout == "trust.toml trusts nobody\n"


def test_the_list_is_one_line_of_json(run: Run) -> None:
    run("trust", "add", "root.hex", *AS_MINISTRY, "--yes")

    members = json.loads(one_line(run("trust", "list", "--json").stdout))

    assert (members["schema"], members["store"]) == ("emblem.trust/1", "trust.toml")
    assert members["authorities"][0]["keys"][0]["key_identifier"] == root.public_key.cose_thumbprint


@pytest.mark.parametrize("command", [("list",), ("remove", str(MINISTRY))])
def test_a_store_that_is_not_there_is_made_by_adding(run: Run, command: tuple[str, ...]) -> None:
    assert "expected a trust store in TOML; 'emblem trust add' makes one" in refused(run("trust", *command))


# remove


@pytest.mark.parametrize("what", [str(MINISTRY), root.public_key.cose_thumbprint, root.public_key.jwk_thumbprint])
def test_a_key_is_removed_by_its_identifiers_or_its_organization(run: Run, folder: Path, what: str) -> None:
    (folder / "trust.toml").write_text(f"# mine\n\n{authority_text(stranger, organization=RELIEF)}\n")
    run("trust", "add", "root.hex", *AS_MINISTRY, "--yes")

    result = run("trust", "remove", what)

    assert (result.exit_code, result.stdout) == (0, f"removed from trust.toml: {what}\n")
    assert (folder / "trust.toml").read_text() == f"# mine\n\n{authority_text(stranger, organization=RELIEF)}\n"


def test_a_refusal_is_taken_back_only_where_that_is_asked_for(run: Run, folder: Path) -> None:
    (folder / "trust.toml").write_text(f'[[refused]]\norganization = "{RELIEF}"\nnote = "n"\n')

    assert f"no trust of {RELIEF} to take back" in refused(run("trust", "remove", str(RELIEF)))
    assert run("trust", "remove", "--refusal", str(RELIEF)).exit_code == 0
    assert f"no refusal of {RELIEF} to take back" in refused(run("trust", "remove", "--refusal", str(RELIEF)))


def test_what_names_nothing_cannot_be_removed(run: Run, folder: Path) -> None:
    (folder / "trust.toml").write_text("[policy]\n")

    assert "found 'ministry', expected a key identifier of 52 characters" in refused(run("trust", "remove", "ministry"))


# refuse


@pytest.mark.parametrize("what", [str(RELIEF), root.public_key.jwk_thumbprint, "ab" * 32])
def test_keys_tokens_and_organizations_are_refused(run: Run, what: str) -> None:
    result = run("trust", "refuse", what, "--note", "why")

    assert (result.exit_code, result.stdout) == (0, f"refused in trust.toml: {what}\n")
    assert f"refused: {what}: why" in run("trust", "list").stdout
    assert run("trust", "refuse", what).stdout == "trust.toml refuses it already\n"


def test_a_key_in_a_file_is_refused_under_both_of_its_identifiers(run: Run, folder: Path) -> None:
    assert run("trust", "refuse", "authority.pem").exit_code == 0

    key = authority.public_key
    assert store(folder).refusals.keys == {key.cose_thumbprint, key.jwk_thumbprint}


def test_a_refused_key_is_not_added(run: Run) -> None:
    run("trust", "refuse", "authority.pem")

    assert "found a refusal of key" in refused(run("trust", "add", "authority.pem", "--yes"))


def test_what_is_neither_a_file_nor_anything_to_refuse_is_an_error(run: Run) -> None:
    assert "found 'nothing', expected a key identifier" in refused(run("trust", "refuse", "nothing"))


# with verify


def records(folder: Path) -> None:
    arrangement = chain(root, signing).emblem().endorsed_by(authority, MINISTRY)
    lines = [one.hex() if isinstance(one, bytes) else one for one in arrangement.records]
    (folder / "records.txt").write_text("\n".join(lines))


VERIFY = ("verify", HOSPITAL, "--records", "records.txt", "--at", "2027-03-01T12:00:00Z")


def verified(run: Run, *arguments: str) -> tuple[int, str]:
    result = run(*VERIFY, *arguments)
    return result.exit_code, result.stderr


def test_stores_and_files_of_keys_add_up(run: Run, folder: Path) -> None:
    records(folder)
    (folder / "trust.toml").write_text(authority_text(authority))
    (folder / "refusals.toml").write_text(f'[[refused]]\nkey = "{authority.public_key.cose_thumbprint}"\n')

    assert verified(run, "--trust", "trust.toml") == (0, "")
    assert verified(run, "--trust", "trust.toml", "--trust", "refusals.toml") == (6, "")
    assert verified(run, "--trust", "refusals.toml", "--trust", "root.hex", "--trust-as", str(RELIEF)) == (0, "")


def test_where_the_policies_of_two_files_differ_that_is_said(run: Run, folder: Path) -> None:
    records(folder)
    (folder / "lenient.toml").write_text('[policy]\nminimum-level = "signed"\n')
    (folder / "strict.toml").write_text('[policy]\nminimum-level = "endorsed"\nclock-skew = "1m"\n')
    trust = ("--trust", "root.hex", "--trust-as", str(RELIEF))

    assert verified(run, *trust, "--trust", "lenient.toml") == (0, "")
    assert verified(run, *trust, "--trust", "lenient.toml", "--trust", "strict.toml") == (
        6,
        "emblem: warning: the policies of the trust files differ in minimum-level: the strictest holds\n",
    )


def test_accept_takes_the_place_of_what_the_files_accept(run: Run, folder: Path) -> None:
    records(folder)
    (folder / "policy.toml").write_text('[policy]\naccept = "none"\n')

    with_accept = json.loads(run(*VERIFY, "--trust", "policy.toml", "--accept", "organizational", "--json").stdout)

    assert with_accept["status"] == "claimed"
    assert with_accept["level"] == "signed"


def test_a_store_is_not_bound_by_trust_as(run: Run, folder: Path) -> None:
    (folder / "trust.toml").write_text(authority_text(authority))

    assert "a store binds its own" in refused(run(*VERIFY, "--trust", "trust.toml", "--trust-as", str(RELIEF)))


# the guide


GUIDE = (PROJECT / "docs" / "trust.md").read_text()


def test_the_example_of_the_guide_runs_as_it_is_printed(run: Run, folder: Path) -> None:
    records(folder)
    (transcript,) = re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
    printed = ""
    for line in transcript.splitlines():
        if line.startswith("$ emblem "):
            printed += f"{line}\n{run(*shlex.split(line)[2:]).output}"

    assert printed == transcript


def test_the_store_of_the_guide_is_read_as_it_says(folder: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    (folder / "trust.toml").write_text(text)
    write_list(folder / "ministry.withdrawals", authority, Withdrawals(MINISTRY, NOW))
    (folder / "log_list.json").write_bytes(log_list(OAK.listed()))

    loaded = store(folder)

    assert [key.organization for key in loaded.keys] == [MINISTRY, MINISTRY]
    assert [key.key.cose_thumbprint for key in loaded.keys] == [
        authority.public_key.cose_thumbprint,
        root.public_key.cose_thumbprint,
    ]
    assert len(loaded.stated) == 8
