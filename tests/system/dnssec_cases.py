"""Zones, whole and damaged in many ways, and what DNSSEC must say of answers from them.

Run as a program, it makes the table of ``docs/dnssec.md``: each case, what Unbound says, what we say.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dns.dnssec
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

from emblem.dns import Question, ServerAddress, StubResolver
from emblem.dns.dnssec import DEFAULT_POLICY, Assessment, Policy, State, ZoneCache, assess, parse_anchors
from tests.dns.dnssec.world import drive
from tests.system.servers import Endpoint
from tests.system.signed_zones import Lines, Tools, Tree, Zone, serving
from tests.system.unbound import resolving

PLAIN = """\
host A 192.0.2.1
host IHLE_TYPE \\# 3 010203
*.wild A 192.0.2.9
www.empty A 192.0.2.3
alias CNAME host
away CNAME host.plain-nsec3.example.
leaving CNAME host.unsigned.example.
broken CNAME host.expired.example.
moved DNAME plain-nsec3.example.
zzz A 192.0.2.4
""".replace("IHLE_TYPE", "TYPE65297")
NSEC3 = ("-3", "aabb", "-H", "0")
SECONDS_TO_ANSWER = 10.0
HEADING = ("| damage | question | Unbound | Emblem | reason |", "| --- | --- | --- | --- | --- |")


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what DNSSEC must say of the answer.

    Attributes:
        damage: what is the matter with the zone, for the table.
        name: the name asked for.
        type: the type asked for.
        expected: what must come out, of Unbound and of us.
    """

    damage: str
    name: str
    type: str
    expected: State

    def __str__(self) -> str:
        return f"{self.name}-{self.type}"


def without(*types: str, owner: str = "", but: str = "") -> Callable[[Lines], Lines]:
    """Removes all records of some types, with the signatures over them: at one owner, or at all but one."""

    def is_damaged(line: str) -> bool:
        found = line.split()[0]
        return _kind(line) in types and (found == owner if owner else found != but)

    def damage(lines: Lines) -> Lines:
        left = [line for line in lines if not is_damaged(line)]
        assert left != lines, f"nothing to remove: {types} at {owner}"
        return left

    return damage


def hashed(name: str) -> str:
    """The owner of the NSEC3 record of a name in a zone below ``example``, as these are signed here."""
    zone = name.split(".", 1)[1]
    return f"{dns.dnssec.nsec3_hash(name, 'aabb', 0, 'SHA1')}.{zone}."


def without_signatures(*types: str) -> Callable[[Lines], Lines]:
    """Removes the signatures over some types, or all of them."""

    def damage(lines: Lines) -> Lines:
        return [line for line in lines if line.split()[3] != "RRSIG" or (types and _kind(line) not in types)]

    return damage


def replaced(old: str, new: str, *, within: str) -> Callable[[Lines], Lines]:
    """Replaces text in the lines that begin in some way."""

    def damage(lines: Lines) -> Lines:
        changed = [line.replace(old, new) if line.startswith(within) else line for line in lines]
        assert changed != lines, f"nothing to damage: {old!r} within {within!r}"
        return changed

    return damage


def field_changed(owner: str, covered: str, number: int, change: Callable[[str], str]) -> Callable[[Lines], Lines]:
    """Changes one field of the data of a signature: 0 is the type covered, 6 the key tag."""

    def damage(lines: Lines) -> Lines:
        changed = []
        for line in lines:
            words = line.split()
            if words[0] == owner and words[3:5] == ["RRSIG", covered]:
                words[4 + number] = change(words[4 + number])
            changed.append(" ".join(words))
        assert changed != lines, f"no signature over {covered} at {owner}"
        return changed

    return damage


def moved(source: str, target: str, kind: str) -> Callable[[Lines], Lines]:
    """Puts the records of one type, and the signatures over them, from one name in the place of another's."""

    def damage(lines: Lines) -> Lines:
        copies = [
            target + line.removeprefix(source) for line in lines if line.startswith(source) and _kind(line) == kind
        ]
        assert copies, f"no {kind} at {source}"
        return [line for line in lines if not (line.startswith(target) and _kind(line) == kind)] + copies

    return damage


def _kind(line: str) -> str:
    """The type of a record, of a signature the type that it covers."""
    words = line.split()
    return words[4] if words[3] == "RRSIG" else words[3]


def delegation_changed(number: int, value: str) -> Callable[[Lines], Lines]:
    """Changes one field of the DS records: 0 the tag, 1 the algorithm, 2 the digest type, 3 the digest."""

    def damage(lines: Lines) -> Lines:
        changed = []
        for line in lines:
            words = line.split()
            at = words.index("DS") + 1 + number
            changed.append(" ".join([*words[:at], value, *words[at + 1 :]]))
        return changed

    return damage


def beside(data: str) -> Callable[[Lines], Lines]:
    """Adds a further DS record."""

    def damage(lines: Lines) -> Lines:
        return [*lines, " ".join([*lines[0].split()[: lines[0].split().index("DS") + 1], data])]

    return damage


def beside_same_key(lines: Lines) -> Lines:
    """Adds a DS record with a wrong SHA-256 digest to one with a right SHA-1 digest of the same key."""
    words = lines[0].split()
    at = words.index("DS") + 1
    return beside(" ".join([*words[at : at + 2], "2", "ab" * 32]))(lines)


def _with(*digests: str) -> Callable[[Tools, str], Lines]:
    return lambda tools, key: tools.delegation(key, *digests)


def _of_the_revoked_key(tools: Tools, key: str) -> Lines:
    # dnssec-dsfromkey makes none of a revoked key.
    return [" ".join(tools.run("ldns-key2ds", "-n", "-f", "-2", f"{tools.revoke(key)}.key").split())]


def _revoked(tools: Tools, key: str) -> str:
    return tools.revoke(key)


def _next_tag(tag: str) -> str:
    return str((int(tag) + 1) % 65536)


ZONES = (
    Zone("plain-nsec.example", PLAIN),
    Zone("plain-nsec3.example", PLAIN, signing=NSEC3),
    Zone("unsigned.example", PLAIN, signed=False),
    Zone("island.example", PLAIN, damage_delegation=lambda _: []),
    Zone("opt-out.example", PLAIN + "sub NS ns.sub\nns.sub A 127.0.0.1\n", signing=("-3", "aabb", "-A")),
    Zone("sub.opt-out.example", PLAIN, signed=False, damage_delegation=lambda _: []),
    Zone("iterations-150.example", PLAIN, signing=("-3", "aabb", "-H", "150")),
    Zone("iterations-151.example", PLAIN, iterations=151),
    Zone("unknown-algorithm.example", PLAIN, damage_delegation=delegation_changed(1, "100")),
    Zone("unknown-digest.example", PLAIN, damage_delegation=delegation_changed(2, "100")),
    Zone("rsasha256.example", PLAIN, algorithm="RSASHA256"),
    Zone("rsasha512.example", PLAIN, algorithm="RSASHA512"),
    Zone("rsasha1.example", PLAIN, algorithm="RSASHA1"),
    Zone("nsec3rsasha1.example", PLAIN, algorithm="NSEC3RSASHA1", signing=NSEC3),
    Zone("ecdsap384.example", PLAIN, algorithm="ECDSAP384SHA384"),
    Zone("ed25519.example", PLAIN, algorithm="ED25519"),
    Zone("ed448.example", PLAIN, algorithm="ED448"),
    Zone("expired.example", PLAIN, signing=("-s", "20200101000000", "-e", "20200201000000")),
    Zone("early.example", PLAIN, signing=("-s", "20600101000000", "-e", "20600201000000")),
    Zone("wrong-ds.example", PLAIN, damage_delegation=delegation_changed(3, "ab" * 32)),
    Zone("wrong-ds-tag.example", PLAIN, damage_delegation=delegation_changed(0, "1")),
    Zone("stripped.example", PLAIN, damage=without_signatures()),
    Zone("stripped-key.example", PLAIN, damage=without_signatures("DNSKEY")),
    Zone("stripped-host.example", PLAIN, damage=without_signatures("A")),
    Zone("no-keys.example", PLAIN, damage=without("DNSKEY")),
    Zone("no-denial.example", PLAIN, damage=without("NSEC", but="no-denial.example.")),
    Zone("no-denial3.example", PLAIN, signing=NSEC3, damage=without("NSEC3")),
    Zone("gap3.example", PLAIN, signing=NSEC3, damage=without("NSEC3", owner=hashed("host.gap3.example"))),
    Zone("gap.example", PLAIN, damage=without("NSEC", owner="moved.gap.example.")),
    Zone("swapped.example", PLAIN, damage=moved("alias.swapped.example.", "host.swapped.example.", "NSEC")),
    Zone("key-tag.example", PLAIN, damage=field_changed("host.key-tag.example.", "A", 6, _next_tag)),
    Zone("signer.example", PLAIN, damage=field_changed("host.signer.example.", "A", 7, lambda _: "example.")),
    Zone("original-ttl.example", PLAIN, damage=field_changed("host.original-ttl.example.", "A", 3, lambda _: "299")),
    Zone("labels.example", PLAIN, damage=field_changed("host.labels.example.", "A", 2, lambda _: "2")),
    Zone("forged.example", PLAIN, damage=replaced("192.0.2.1", "192.0.2.66", within="host.forged.example. 300 IN A")),
    Zone(
        "forged-wildcard.example",
        PLAIN,
        damage=moved("*.wild.forged-wildcard.example.", "here.wild.forged-wildcard.example.", "A"),
    ),
    Zone("wild-gap.example", PLAIN, damage=without("NSEC", owner="*.wild.wild-gap.example.")),
    Zone("revoked.example", PLAIN, change_key=_revoked),
    Zone("revoked-ds.example", PLAIN, make_delegation=_of_the_revoked_key, change_key=_revoked),
    Zone("sha1-ds.example", PLAIN, make_delegation=_with("SHA-1")),
    Zone("sha384-ds.example", PLAIN, make_delegation=_with("SHA-384")),
    Zone("two-ds.example", PLAIN, make_delegation=_with("SHA-256"), damage_delegation=beside("1 13 2 " + "ab" * 32)),
    Zone("unknown-beside.example", PLAIN, damage_delegation=beside("1 100 2 " + "ab" * 32)),
    Zone("sha1-downgrade.example", PLAIN, make_delegation=_with("SHA-1"), damage_delegation=beside_same_key),
)

SECURE, INSECURE, BOGUS = State.SECURE, State.INSECURE, State.BOGUS

CASES = (
    Case("none: a record", "host.plain-nsec.example", "A", SECURE),
    Case("none: an emblem's type", "host.plain-nsec.example", "TYPE65297", SECURE),
    Case("none: no such type (NSEC)", "host.plain-nsec.example", "TXT", SECURE),
    Case("none: no such name (NSEC)", "none.plain-nsec.example", "A", SECURE),
    Case("none: an empty name (NSEC)", "empty.plain-nsec.example", "A", SECURE),
    Case("none: from a wildcard (NSEC)", "any.wild.plain-nsec.example", "A", SECURE),
    Case("none: no such type at a wildcard (NSEC)", "any.wild.plain-nsec.example", "TXT", SECURE),
    Case("none: an alias in the zone", "alias.plain-nsec.example", "A", SECURE),
    Case("none: an alias into another signed zone", "away.plain-nsec.example", "A", SECURE),
    Case("none: an alias to a type that is not there", "away.plain-nsec.example", "TXT", SECURE),
    Case("none: through a DNAME", "host.moved.plain-nsec.example", "A", SECURE),
    Case("none: through a DNAME to no such name", "none.moved.plain-nsec.example", "A", SECURE),
    Case("none: no such type (NSEC3)", "host.plain-nsec3.example", "TXT", SECURE),
    Case("none: no such name (NSEC3)", "none.plain-nsec3.example", "A", SECURE),
    Case("none: an empty name (NSEC3)", "empty.plain-nsec3.example", "A", SECURE),
    Case("none: from a wildcard (NSEC3)", "any.wild.plain-nsec3.example", "A", SECURE),
    Case("none: no such type at a wildcard (NSEC3)", "any.wild.plain-nsec3.example", "TXT", SECURE),
    Case("none: DS records, which are the parent's", "plain-nsec.example", "DS", SECURE),
    Case("none: the keys themselves", "plain-nsec.example", "DNSKEY", SECURE),
    Case("none: no DS records of a name inside", "host.plain-nsec.example", "DS", SECURE),
    Case("none: no such top-level domain", "none", "A", SECURE),
    Case("none: RSASHA256", "host.rsasha256.example", "A", SECURE),
    Case("none: RSASHA512", "host.rsasha512.example", "A", SECURE),
    Case("none: ECDSAP384SHA384", "host.ecdsap384.example", "A", SECURE),
    Case("none: ED25519", "host.ed25519.example", "A", SECURE),
    Case("none: ED448", "host.ed448.example", "A", SECURE),
    Case("unsigned delegation", "host.unsigned.example", "A", INSECURE),
    Case("unsigned delegation, no such name", "none.unsigned.example", "A", INSECURE),
    Case("unsigned delegation, its missing DS records", "unsigned.example", "DS", SECURE),
    Case("signed, but without DS records", "host.island.example", "A", INSECURE),
    Case("alias to an unsigned zone", "leaving.plain-nsec.example", "A", INSECURE),
    Case("alias to a zone with expired signatures", "broken.plain-nsec.example", "A", BOGUS),
    Case("NSEC3 opt-out: unsigned delegation", "host.sub.opt-out.example", "A", INSECURE),
    Case("NSEC3 opt-out: its missing DS records", "sub.opt-out.example", "DS", INSECURE),
    Case("NSEC3 opt-out: no such name", "none.opt-out.example", "A", INSECURE),
    Case("NSEC3 opt-out: a record", "host.opt-out.example", "A", SECURE),
    Case("NSEC3 opt-out: no such type", "host.opt-out.example", "TXT", SECURE),
    Case("NSEC3 opt-out: from a wildcard", "any.wild.opt-out.example", "A", INSECURE),
    Case("NSEC3 with 150 iterations", "none.iterations-150.example", "A", SECURE),
    Case("NSEC3 with 151 iterations: no such name", "none.iterations-151.example", "A", INSECURE),
    Case("NSEC3 with 151 iterations: no such type", "host.iterations-151.example", "TXT", INSECURE),
    Case("NSEC3 with 151 iterations: a record", "host.iterations-151.example", "A", SECURE),
    Case("DS of an unknown algorithm only", "host.unknown-algorithm.example", "A", INSECURE),
    Case("DS with an unknown digest only", "host.unknown-digest.example", "A", INSECURE),
    Case("expired signatures", "host.expired.example", "A", BOGUS),
    Case("expired signatures, no such name", "none.expired.example", "A", BOGUS),
    Case("signatures not valid yet", "host.early.example", "A", BOGUS),
    Case("DS with a wrong digest", "host.wrong-ds.example", "A", BOGUS),
    Case("DS with a wrong key tag", "host.wrong-ds-tag.example", "A", BOGUS),
    Case("all signatures stripped", "host.stripped.example", "A", BOGUS),
    Case("all signatures stripped, no such name", "none.stripped.example", "A", BOGUS),
    Case("signatures over the keys stripped", "host.stripped-key.example", "A", BOGUS),
    Case("signatures over addresses stripped", "host.stripped-host.example", "A", BOGUS),
    Case("keys removed", "host.no-keys.example", "A", BOGUS),
    Case("denial removed (NSEC), no such name", "none.no-denial.example", "A", BOGUS),
    Case("denial removed (NSEC3), no such name", "none.no-denial3.example", "A", BOGUS),
    Case("denial removed (NSEC3), no such type", "host.no-denial3.example", "TXT", BOGUS),
    Case("a gap in the NSEC3 chain", "host.gap3.example", "TXT", BOGUS),
    Case("a gap in the NSEC chain", "n.gap.example", "A", BOGUS),
    Case("NSEC of another name in its place", "host.swapped.example", "TXT", BOGUS),
    Case("wrong key tag in a signature", "host.key-tag.example", "A", BOGUS),
    Case("wrong signer in a signature", "host.signer.example", "A", BOGUS),
    Case("wrong original TTL in a signature", "host.original-ttl.example", "A", BOGUS),
    Case("wrong number of labels in a signature", "host.labels.example", "A", BOGUS),
    Case("forged record", "host.forged.example", "A", BOGUS),
    Case("wildcard records put at another name", "here.wild.forged-wildcard.example", "A", BOGUS),
    Case("wildcard without the proof that nothing is closer", "any.wild.wild-gap.example", "A", BOGUS),
    Case("revoked key", "host.revoked.example", "A", BOGUS),
    Case("revoked key, with a DS of it", "host.revoked-ds.example", "A", BOGUS),
    Case("DS with SHA-1 only", "host.sha1-ds.example", "A", SECURE),
    Case("DS with SHA-384 only", "host.sha384-ds.example", "A", SECURE),
    Case("a wrong DS beside the right one", "host.two-ds.example", "A", SECURE),
    Case("a DS of an unknown algorithm beside the right one", "host.unknown-beside.example", "A", SECURE),
)

DIFFERENCES = (
    (Case("signed with RSASHA1", "host.rsasha1.example", "A", INSECURE), SECURE),
    (Case("signed with NSEC3RSASHA1", "none.nsec3rsasha1.example", "A", INSECURE), SECURE),
    (Case("a right SHA-1 DS beside a wrong SHA-256 DS of the key", "host.sha1-downgrade.example", "A", BOGUS), SECURE),
)
"""Where we are stricter on purpose, and what Unbound says as Debian configures it."""


@contextmanager
def laboratory(directory: Path) -> Iterator[tuple[Tree, Endpoint]]:
    """The zones, served by BIND, and Unbound in front of them."""
    zones, resolver = directory / "zones", directory / "resolver"
    zones.mkdir()
    resolver.mkdir()
    with (
        serving(ZONES, zones) as tree,
        resolving(tree.authority, zones=tree.zones, anchor=tree.anchor, directory=resolver) as endpoint,
    ):
        yield tree, endpoint


def ask_unbound(endpoint: Endpoint, name: str, record_type: str) -> State:
    """What Unbound says: AD is secure, SERVFAIL that checking disabled turns into an answer is bogus."""
    query = dns.message.make_query(name, dns.rdatatype.from_text(record_type), want_dnssec=True)
    answer = _exchange(query, endpoint)
    if answer.rcode() != dns.rcode.SERVFAIL:
        return State.SECURE if answer.flags & dns.flags.AD else State.INSECURE
    query.flags |= dns.flags.CD
    return State.INDETERMINATE if _exchange(query, endpoint).rcode() == dns.rcode.SERVFAIL else State.BOGUS


def _exchange(query: dns.message.Message, endpoint: Endpoint) -> dns.message.Message:
    answer, _ = dns.query.udp_with_fallback(query, endpoint.address, SECONDS_TO_ANSWER, endpoint.port)
    return answer


def ask_ourselves(
    endpoint: Endpoint,
    anchor: str,
    name: str,
    record_type: str,
    *,
    policy: Policy = DEFAULT_POLICY,
    cache: ZoneCache | None = None,
) -> Assessment:
    """What we say, with the resolver as a source of records only."""
    resolver = StubResolver([ServerAddress(endpoint.address, endpoint.port)], dnssec=True)
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    answer = resolver.ask(Question(name, int(dns.rdatatype.from_text(record_type))), deadline)
    steps = assess(answer, at=datetime.now(UTC), anchors=parse_anchors(anchor), cache=cache, policy=policy)
    return drive(steps, lambda question: resolver.ask(question, deadline))


def tables(tree: Tree, endpoint: Endpoint) -> Iterator[str]:
    """The lines of the table, and of the one with the differences."""
    yield from HEADING
    for case in CASES:
        yield _row(case, ask_unbound(endpoint, case.name, case.type), _ask(tree, endpoint, case))
    yield ""
    yield from HEADING
    for case, _ in DIFFERENCES:
        yield _row(case, ask_unbound(endpoint, case.name, case.type), _ask(tree, endpoint, case))


def _ask(tree: Tree, endpoint: Endpoint, case: Case) -> Assessment:
    return ask_ourselves(endpoint, tree.anchor, case.name, case.type)


def _row(case: Case, theirs: State, ours: Assessment) -> str:
    return f"| {case.damage} | `{case.name} {case.type}` | {theirs} | {ours.state} | `{ours.reason}` |"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary, laboratory(Path(temporary)) as (grown, resolver):
        sys.stdout.writelines(f"{line}\n" for line in tables(grown, resolver))
