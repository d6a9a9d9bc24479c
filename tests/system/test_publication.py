"""Marking and unmarking hosts of a real zone: BIND takes the updates, NSD follows as its secondary."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import dns.message
import dns.query
import dns.tsig
import dns.update
import pytest

from emblem.codec.carriage import IHLE_TYPE
from emblem.codec.cwt import decode_token
from emblem.dns.servers import ServerAddress
from emblem.dns.tsig import TsigKey
from emblem.errors import InputError, MalformedError, UpdateError
from emblem.issuance.publication import LARGEST_UPDATE, Publishing, Wish
from emblem.issuance.publisher import Publisher
from emblem.issuance.record_set import RecordSet, assemble
from emblem.issuance.token_files import (
    emblem_path,
    read_emblem_file,
    read_endorsement_file,
    write_token_file,
)
from emblem.issuance.tokens import endorse, issue
from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.signing import SoftwareSigner
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.model.token import Emblem, LogEntry
from tests.system.relay import Relay
from tests.system.servers import Endpoint
from tests.system.updatable import KEY, KEY_CLAUSE, Updatable, updatable

ORIGIN = "relief.example"
RELIEF = Organization(ORIGIN)
WEB, MAIL, ALIAS, SHADOW = (f"{label}.{ORIGIN}" for label in ("www", "mail", "alias", "any.wild"))
HOSTS = tuple(f"host{number}.{ORIGIN}" for number in range(50))
ZONE = f"""$TTL 300
@ SOA ns1 hostmaster 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
www A 192.0.2.1
www TXT "v=spf1 -all"
www TXT "adem-token=eyJhbGciOiJFUzI1NiJ9.e30.c2ln"
_emblem.www TXT "somebody else's"
mail A 192.0.2.2
alias CNAME www
*.wild A 192.0.2.9
$GENERATE 0-{len(HOSTS) - 1} host$ A 192.0.2.3
"""
START = (sys.executable, "-c", "import sys; from emblem_cli.main import main; sys.argv[0] = 'emblem'; sys.exit(main())")
TRUSTED = ("--trust", "root.pub.pem", "--trust-as", str(RELIEF))
ROUNDS = 4
TRANSFERS = 20
QUERY_SECONDS = 5.0

Command = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class Desk:
    """An organization's folder with two generations of emblems for its hosts: ``old`` and ``new``."""

    folder: Path

    def records(self, generation: str, host: str) -> RecordSet:
        emblem = read_emblem_file(emblem_path(self.folder / generation, Target(host)))
        endorsement = read_endorsement_file(self.folder / "endorsements" / "signing.emblem")
        return assemble(Target(host), emblem, [endorsement], at=datetime.now(UTC))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Emblems for every host, endorsed by the organization's root key."""
    folder = tmp_path_factory.mktemp("desk")
    root, signing = (
        SoftwareSigner.generate(default_algorithm(KeyKind.P256)),
        SoftwareSigner.generate(default_algorithm(KeyKind.P256)),
    )
    now = datetime.now(UTC)
    (folder / "endorsements").mkdir()
    (folder / "root.pub.pem").write_text(root.public_key.to_pem())
    endorsement = endorse(
        signing.public_key,
        signer=root,
        issuer=RELIEF,
        subject=RELIEF,
        purposes=Purpose.PROTECTIVE,
        may_endorse=True,
        not_before=now,
        expires=now + timedelta(days=90),
        log=[LogEntry(sha256(b"a log").digest(), leaf_hash=sha256(b"a certificate").digest())],
    )
    write_token_file(folder / "endorsements" / "signing.emblem", endorsement, root.public_key, replace=False)
    for days, generation in ((20, "old"), (30, "new")):
        (folder / generation).mkdir()
        for host in (WEB, MAIL, ALIAS, SHADOW, *HOSTS):
            token = issue(
                [host],
                signer=signing,
                sign=Sign.RED_CROSS,
                not_before=now,
                expires=now + timedelta(days=days),
                issuer=RELIEF,
            )
            path = emblem_path(folder / generation, Target(host))
            write_token_file(path, token, signing.public_key, replace=False)
    return Desk(folder)


@pytest.fixture
def emblem(desk: Desk) -> Command:
    """Run ``emblem`` as a process in the organization's folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*START, *arguments], cwd=desk.folder, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(params=[False, True], ids=["unsigned", "signed"])
def zone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Updatable]:
    """A fresh zone, once unsigned and once signed by BIND as it goes."""
    with updatable(origin=ORIGIN, zone=ZONE, directory=tmp_path, signed=request.param) as running:
        yield running


@pytest.fixture
def plain_zone(tmp_path: Path) -> Iterator[Updatable]:
    """A fresh zone that is not signed."""
    with updatable(origin=ORIGIN, zone=ZONE, directory=tmp_path) as running:
        yield running


def publisher_of(zone: Updatable, endpoint: Endpoint | None = None, largest: int = LARGEST_UPDATE) -> Publisher:
    at = endpoint or zone.primary.endpoint
    key = TsigKey.parse_file("key", zone.key_file.read_bytes())
    return Publisher(lambda _: [], key=key, server=ServerAddress(at.address, at.port), largest=largest)


def mark(publisher: Publisher, desk: Desk, generation: str, *hosts: str) -> None:
    wishes = [Wish(host, desk.records(generation, host), Publishing.BOTH, 300) for host in hosts]
    for plan in publisher.prepare(wishes):
        for _ in publisher.carry_out(plan):
            pass


def change(zone: Updatable, edit: Callable[[dns.update.UpdateMessage], None]) -> None:
    """Changes the zone behind our back."""
    update = dns.update.UpdateMessage(ORIGIN)
    update.use_tsig(KEY)
    edit(update)
    endpoint = zone.primary.endpoint
    response = dns.query.tcp(update, endpoint.address, QUERY_SECONDS, endpoint.port)
    assert response.rcode() == 0


def emblems_at(endpoint: Endpoint, host: str) -> int:
    """How many emblems a server shows at a name."""
    query = dns.message.make_query(host, f"TYPE{IHLE_TYPE}")
    try:
        answer = dns.query.tcp(query, endpoint.address, QUERY_SECONDS, endpoint.port)
    except ConnectionResetError:  # NSD closes its connections when it takes over a new zone: ask the new process
        answer = dns.query.tcp(query, endpoint.address, QUERY_SECONDS, endpoint.port)
    count = 0
    for rrset in answer.answer:
        for data in rrset:
            try:
                count += isinstance(decode_token(data.to_generic().data).claims, Emblem)
            except MalformedError:
                continue  # a key
    return count


def test_a_host_that_was_marked_is_found_on_both_servers_and_leaves_nothing_once_unmarked(
    zone: Updatable, emblem: Command
) -> None:
    before = zone.contents()

    published = emblem("publish", WEB, MAIL, "--tokens", "old", "--carriage", "both", *zone.options)
    verdicts = [
        emblem("verify", WEB, MAIL, "--resolver", str(server.endpoint), *TRUSTED)
        for server in (zone.primary, zone.secondary)
    ]
    unpublished = emblem("unpublish", WEB, MAIL, *zone.options)

    assert (published.returncode, published.stderr) == (0, "")
    assert [verdict.returncode for verdict in verdicts] == [0, 0]
    assert unpublished.returncode == 0
    assert zone.contents() == before


def test_what_is_there_already_is_not_sent_again(plain_zone: Updatable, emblem: Command) -> None:
    first = emblem("publish", WEB, MAIL, "--tokens", "old", *plain_zone.options)
    serial = plain_zone.serial()

    again = emblem("publish", WEB, MAIL, "--tokens", "old", *plain_zone.options)

    assert (first.returncode, again.returncode) == (0, 0)
    assert again.stdout.startswith("nothing to change; 2 already as wished. Nothing was sent\nevery server agrees: ")
    assert plain_zone.serial() == serial


def test_a_dry_run_shows_the_difference_and_changes_nothing(plain_zone: Updatable, emblem: Command) -> None:
    before = plain_zone.contents()

    shown = emblem("publish", WEB, "--tokens", "old", "--dry-run", *plain_zone.options).stdout.splitlines()

    assert plain_zone.contents() == before
    assert shown[0] == f"zone {ORIGIN}, primary {plain_zone.primary.endpoint}:"
    assert [line.split()[:5] for line in shown[1:5]] == [
        ["+", f"{WEB}.", "3600", f"TYPE{IHLE_TYPE}", kind] for kind in ("emblem", "endorsement", "key", "key")
    ]
    assert shown[5:] == ["would change 1 host. Nothing was sent"]


def test_only_our_records_are_touched(plain_zone: Updatable, emblem: Command) -> None:
    others = plain_zone.contents()[WEB, "TXT"], plain_zone.contents()[f"_emblem.{WEB}", "TXT"]

    emblem("publish", WEB, "--tokens", "old", "--carriage", "both", *plain_zone.options)
    marked = plain_zone.contents()
    emblem("unpublish", WEB, *plain_zone.options)
    unmarked = plain_zone.contents()

    assert marked[WEB, "TXT"] == others[0]
    assert marked[f"_emblem.{WEB}", "TXT"] > others[1]
    assert (unmarked[WEB, "TXT"], unmarked[f"_emblem.{WEB}", "TXT"]) == others


def test_records_of_the_older_format_go_only_where_that_is_asked_for(plain_zone: Updatable, emblem: Command) -> None:
    kept = emblem("unpublish", WEB, *plain_zone.options)
    still = plain_zone.contents()[WEB, "TXT"]
    emblem("publish", WEB, "--tokens", "old", "--replace-jws", *plain_zone.options)

    assert "stay: --jws takes them away" in kept.stderr
    assert len(still) == 2
    assert plain_zone.contents()[WEB, "TXT"] == {'300 "v=spf1 -all"'}


def test_another_carriage_takes_the_place_of_the_first(plain_zone: Updatable, emblem: Command) -> None:
    emblem("publish", MAIL, "--tokens", "old", *plain_zone.options)
    emblem("publish", MAIL, "--tokens", "new", "--carriage", "txt", "--set", "b", *plain_zone.options)

    names = {place for place in plain_zone.contents() if MAIL in place[0]}
    assert names == {(MAIL, "A"), (f"_emblem.{MAIL}", "TXT")}


def test_a_host_that_is_an_alias_is_marked_beside_it(plain_zone: Updatable, emblem: Command) -> None:
    refused = emblem("publish", ALIAS, "--tokens", "old", *plain_zone.options)
    published = emblem("publish", ALIAS, "--tokens", "old", "--carriage", "txt", *plain_zone.options)
    verdict = emblem("verify", ALIAS, "--resolver", str(plain_zone.primary.endpoint), *TRUSTED)

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert f"found an alias of {WEB}" in refused.stderr
    assert (published.returncode, verdict.returncode) == (0, 0)


def test_a_host_that_only_a_wildcard_serves_is_not_cut_off_from_it(plain_zone: Updatable, emblem: Command) -> None:
    before = plain_zone.contents()

    refused = emblem("publish", SHADOW, "--tokens", "old", *plain_zone.options)

    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "a wildcard answers for it" in refused.stderr
    assert plain_zone.contents() == before


def test_a_whole_zone_is_unmarked_at_once(plain_zone: Updatable, desk: Desk, emblem: Command) -> None:
    before = plain_zone.contents()
    mark(publisher_of(plain_zone), desk, "old", WEB, MAIL, *HOSTS)
    change(plain_zone, lambda update: update.add("*.wild", 300, "TYPE65400", "\\# 1 00"))

    result = emblem("unpublish", "--zone", ORIGIN, *plain_zone.options)

    assert result.returncode == 0
    assert plain_zone.contents() == before
    assert f"certificates of the keys of {RELIEF} stay in public logs" in result.stdout
    assert "copies of the emblems that others have kept hold until" in result.stdout
    assert "caches may show it for 300 seconds" in result.stdout


def test_a_change_in_between_is_seen_and_built_upon(plain_zone: Updatable, desk: Desk) -> None:
    publisher = publisher_of(plain_zone)
    (plan,) = publisher.prepare([Wish(WEB, desk.records("old", WEB), Publishing.BOTH, 300)])
    change(plain_zone, lambda update: update.add(f"_emblem.{WEB}.", 300, "TXT", '"another of theirs"'))

    done = list(publisher.carry_out(plan))

    assert [one.wish.name for one in done] == [WEB]
    assert {'300 "another of theirs"', '300 "somebody else\'s"'} < plain_zone.contents()[f"_emblem.{WEB}", "TXT"]


def test_what_somebody_else_has_done_in_between_is_not_done_again(plain_zone: Updatable, desk: Desk) -> None:
    publisher = publisher_of(plain_zone)
    (plan,) = publisher.prepare([Wish(WEB, desk.records("old", WEB), Publishing.BOTH, 300)])
    mark(publisher, desk, "old", WEB)
    serial = plain_zone.serial()

    done = list(publisher.carry_out(plan))

    assert [one.is_none for one in done] == [True]
    assert plain_zone.serial() == serial


def test_updates_in_a_row_all_arrive_where_the_server_signs_a_copy_of_the_zone(tmp_path: Path, desk: Desk) -> None:
    with updatable(origin=ORIGIN, zone=ZONE, directory=tmp_path, signed=True) as zone:
        mark(publisher_of(zone), desk, "old", *HOSTS)
        zone.wait_for_secondary()

        shown = [emblems_at(zone.primary.endpoint, host) for host in HOSTS]

    assert shown == [1] * len(HOSTS)


def test_never_two_live_emblems_and_never_none(plain_zone: Updatable, desk: Desk) -> None:
    publisher = publisher_of(plain_zone)
    mark(publisher, desk, "old", WEB)
    endpoints = (plain_zone.primary.endpoint, plain_zone.secondary.endpoint)
    plain_zone.wait_for_secondary()
    seen: list[int] = []
    finished = threading.Event()

    def look() -> None:
        while not finished.is_set():
            seen.extend(emblems_at(endpoint, WEB) for endpoint in endpoints)

    looking = threading.Thread(target=look)
    looking.start()
    for number in range(TRANSFERS):
        mark(publisher, desk, ("new", "old")[number % 2], WEB)
    finished.set()
    looking.join()

    assert set(seen) == {1}
    assert len(seen) > TRANSFERS


@pytest.mark.parametrize("what", ["the server", "the client", "the connection", "the way to the server"])
def test_whatever_dies_in_the_middle_every_host_is_wholly_as_it_was_or_as_it_is_to_be(
    plain_zone: Updatable, desk: Desk, what: str
) -> None:
    publisher = publisher_of(plain_zone)
    states = {}
    for generation in ("old", "new"):
        mark(publisher, desk, generation, *HOSTS)
        states[generation] = marks(plain_zone)
    passed = []
    for options in (["--dry-run"], []):
        with Relay(plain_zone.primary.endpoint) as measuring:
            assert publish(plain_zone, desk, "old", measuring.endpoint, *options).wait() == 0
        passed.append(measuring.passed)
    draw = random.Random(what)
    for number in range(ROUNDS):
        generation, other = ("new", "old") if number % 2 == 0 else ("old", "new")
        mark(publisher, desk, other, *HOSTS)
        processes: list[subprocess.Popen[bytes]] = []

        def kill_client(processes: list[subprocess.Popen[bytes]] = processes) -> None:
            processes[0].kill()

        deaths = {"the server": plain_zone.primary.kill, "the client": kill_client}
        relay = Relay(
            plain_zone.primary.endpoint,
            limit=draw.randrange(*passed),
            action=deaths.get(what, lambda: None),
            accepting=what == "the connection",
        )
        with relay:
            processes.append(publish(plain_zone, desk, generation, relay.endpoint))
            code = processes[0].wait()
        if what == "the server":
            plain_zone.primary.start()

        after = marks(plain_zone)
        assert relay.cut
        assert all(after[host] in (states[other][host], states[generation][host]) for host in HOSTS)
        if what == "the connection":
            assert (code, after) == (0, states[generation])
        else:
            assert code != 0
    mark(publisher, desk, "new", *HOSTS)

    assert marks(plain_zone) == states["new"]


def marks(zone: Updatable) -> dict[str, list[frozenset[str]]]:
    """What marks each host now."""
    contents = zone.contents()
    places = {host: ((host, f"TYPE{IHLE_TYPE}"), (f"_emblem.{host}", "TXT")) for host in HOSTS}
    return {host: [contents.get(place, frozenset()) for place in both] for host, both in places.items()}


def publish(zone: Updatable, desk: Desk, generation: str, endpoint: Endpoint, *options: str) -> subprocess.Popen[bytes]:
    """Start to publish all hosts by way of a relay."""
    return subprocess.Popen(
        [*START, "publish", *HOSTS, "--tokens", generation, "--carriage", "both", "--ttl", "300", "--wait", "0s",
         "--tsig-file", str(zone.key_file), "--server", str(endpoint), *options],
        cwd=desk.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        (KEY_CLAUSE.replace('"emblem"', '"stranger"'), "does not know it: check name and algorithm"),
        (KEY_CLAUSE.replace("hmac-sha256", "hmac-sha512"), "(BADKEY)"),
        (KEY_CLAUSE.replace('secret "', 'secret "AAAA'), "(BADSIG)"),
    ],
)
def test_a_wrong_key_is_one_line_that_does_not_show_it(
    plain_zone: Updatable, emblem: Command, clause: str, said: str
) -> None:
    plain_zone.key_file.write_text(clause)

    result = emblem("publish", WEB, "--tokens", "old", *plain_zone.options)

    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert said in result.stderr
    assert clause.split('"')[3] not in result.stderr


def test_a_clock_that_is_wrong_is_said(plain_zone: Updatable, desk: Desk) -> None:
    key = TsigKey.parse_file("key", plain_zone.key_file.read_bytes())
    endpoint = plain_zone.primary.endpoint
    address = ServerAddress(endpoint.address, endpoint.port)
    late = datetime.now(UTC).timestamp() + 3600
    publisher = Publisher(lambda _: [], key=key, server=address, now=lambda: late)

    with pytest.raises(UpdateError, match=r"its clock is (3600|3599) seconds behind this one"):
        publisher.prepare([Wish(WEB, desk.records("old", WEB))])


def test_a_key_that_may_not_update_is_refused(tmp_path: Path, emblem: Command) -> None:
    with updatable(origin=ORIGIN, zone=ZONE, directory=tmp_path, policy="grant emblem name nothing. A") as zone:
        result = emblem("publish", WEB, "--tokens", "old", *zone.options)

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "its rules do not let TSIG key emblem make this update" in result.stderr


def test_a_zone_that_the_server_does_not_have_is_one_line(plain_zone: Updatable, emblem: Command) -> None:
    result = emblem("unpublish", "www.elsewhere.example", *plain_zone.options)

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "the zone of www.elsewhere.example cannot be found: response code REFUSED" in result.stderr


def test_a_secondary_that_does_not_follow_is_named(plain_zone: Updatable, emblem: Command) -> None:
    plain_zone.secondary.kill()

    result = emblem("publish", WEB, "--tokens", "old", "--wait", "1s", *plain_zone.options)

    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert f"not every server shows it yet. {plain_zone.secondary.endpoint}: not {WEB}" in result.stderr
    assert result.stdout.endswith("changed 1 host\n")


def test_a_host_that_fits_in_no_message_is_refused_before_anything_is_sent(plain_zone: Updatable, desk: Desk) -> None:
    publisher = publisher_of(plain_zone, largest=1000)

    with pytest.raises(InputError, match="octets at the most"):
        mark(publisher, desk, "old", WEB)
