"""Targets that are addresses, the names that they lead to, and names whose addresses are marked."""

from __future__ import annotations

from test_vectors.generator.cwt.tokens import EMBLEM_CLAIMS as CLAIMS
from test_vectors.generator.cwt.tokens import emblem, sign
from test_vectors.generator.discovery.denials import INCOMPLETE
from test_vectors.generator.discovery.messages import (
    AAAA,
    AT_NAME,
    IHLE,
    PTR,
    TXT,
    A,
    Question,
    address,
    alias,
    found,
    ihle,
    message,
    nodata,
    nxdomain,
    pointer,
    soa,
    text,
)
from test_vectors.generator.discovery.world import (
    TIMEOUT,
    DiscoveryTopic,
    World,
    denying,
    denying_reverse,
    unmarked,
)
from test_vectors.generator.jws import tokens as jws
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import (
    NOW,
    TARGET,
    claimed,
    other_asset,
    protected,
    rejected,
    undetermined,
)

V4, REVERSE_4, ZONE_4 = "192.0.2.1", "1.2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa"
V6 = "2001:db8::1"
REVERSE_6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
ZONE_6 = "8.b.d.0.1.0.0.2.ip6.arpa"
AT_REVERSE, NAMES = Question(REVERSE_4, IHLE), Question(REVERSE_4, PTR)
FORWARD_4, FORWARD_6 = Question(TARGET, A), Question(TARGET, AAAA)
AT_TARGET = Question(TARGET, IHLE)
GOOD = protected("signed", absent_reasons=["discovery-incomplete", "marked-through-name"])
THROUGH = {
    "status": "claimed",
    "level": "signed",
    "trusted": True,
    "reasons": ["marked-through-name"],
    "absent_reasons": ["discovery-incomplete"],
}
TARGET_SECTION, NAMES_SECTION = "Target", "Names of addresses"


def topic() -> DiscoveryTopic:
    """The vectors of this file."""
    vectors = DiscoveryTopic(
        "discovery", "addresses", "Addresses, their reverse names, and the names that they lead to."
    )
    reverse(vectors)
    through_names(vectors)
    not_through_names(vectors)
    of_names(vectors)
    return vectors


def marked(owner: str, *assets: str) -> bytes:
    """A response with an emblem of these assets."""
    return found(Question(owner, IHLE), ihle(owner, EMBLEM.record), ihle(owner, emblem(assets=list(assets))))


def reverse(vectors: DiscoveryTopic) -> None:
    """Records at the reverse name."""
    denied = denying_reverse(REVERSE_4, ZONE_4)
    vectors.ask("denied", "Nothing at the reverse name, and it leads to no name", denied, unmarked(), target=V4)
    vectors.ask(
        "nxdomain",
        "The reverse name does not exist",
        denying_reverse(REVERSE_4, ZONE_4, nxdomain),
        unmarked("discovery-name-denied"),
        target=V4,
    )
    vectors.ask(
        "reverse-4",
        "An emblem at the reverse name",
        denied | {AT_REVERSE: marked(REVERSE_4, REVERSE_4)},
        GOOD,
        target=V4,
    )
    vectors.ask(
        "reverse-6",
        "An emblem at the reverse name of an IPv6 address",
        denying_reverse(REVERSE_6, ZONE_6) | {Question(REVERSE_6, IHLE): marked(REVERSE_6, REVERSE_6)},
        GOOD,
        target=V6,
    )
    vectors.ask(
        "reverse-mapped",
        "An IPv4-mapped address is the IPv4 address",
        denied | {AT_REVERSE: marked(REVERSE_4, REVERSE_4)},
        GOOD,
        target="::ffff:192.0.2.1",
    )
    classless = f"1.0-63.{ZONE_4}"
    vectors.ask(
        "reverse-alias",
        "The reverse name is an alias (RFC 2317)",
        denied
        | {
            AT_REVERSE: message(
                AT_REVERSE,
                answer=[
                    alias(REVERSE_4, classless),
                    ihle(classless, EMBLEM.record),
                    ihle(classless, emblem(assets=[REVERSE_4])),
                ],
            )
        },
        GOOD,
        target=V4,
    )
    vectors.ask(
        "reverse-below",
        "TXT records of the older format at _emblem. and the reverse name mark the network",
        denied
        | {
            Question(f"_emblem.{REVERSE_4}", TXT): found(
                Question(f"_emblem.{REVERSE_4}", TXT),
                *(text(f"_emblem.{REVERSE_4}", value) for value in jws.alone(jws.emblem(assets=["[192.0.2.0/24]"]))),
            )
        },
        GOOD,
        target=V4,
    )
    vectors.ask(
        "reverse-other",
        "An emblem of the neighbour at the reverse name",
        denied | {AT_REVERSE: marked(REVERSE_4, "2.2.0.192.in-addr.arpa")},
        other_asset("signed"),
        target=V4,
    )
    vectors.ask(
        "reverse-lost",
        "One question about the reverse name gets no response",
        denied | {AT_REVERSE: TIMEOUT},
        INCOMPLETE,
        target=V4,
    )


def leading(*names: str) -> World:
    """A reverse name without an emblem that leads to names, of which the target leads back and has none either."""
    forward: World = {
        FORWARD_4: found(FORWARD_4, address(TARGET, V4)),
        FORWARD_6: nodata(FORWARD_6),
    }
    answer = found(NAMES, *(pointer(REVERSE_4, name) for name in names or (TARGET,)))
    return denying_reverse(REVERSE_4, ZONE_4) | {NAMES: answer} | forward | denying()


def through_names(vectors: DiscoveryTopic) -> None:
    """Names that resolve back, and are marked."""
    world = leading()
    at_name = world | {AT_TARGET: marked(TARGET, TARGET)}

    def ask(slug: str, title: str, dns: World, expect: dict[str, object], target: str = V4) -> None:
        vectors.ask(slug, title, dns, expect, section=NAMES_SECTION, target=target)

    ask("name-marked", "The name of an address is marked", at_name, THROUGH)
    vectors.ask(
        "name-marked-untrusted",
        "The name of an address is marked, and nobody is trusted",
        at_name,
        claimed("signed", "marked-through-name"),
        section=NAMES_SECTION,
        target=V4,
        trust=(),
    )
    leads_6: World = denying_reverse(REVERSE_6, ZONE_6) | {
        Question(REVERSE_6, PTR): found(Question(REVERSE_6, PTR), pointer(REVERSE_6, TARGET)),
        FORWARD_4: nodata(FORWARD_4),
        FORWARD_6: found(FORWARD_6, address(TARGET, V6)),
    }
    ask(
        "name-marked-6",
        "The same of an IPv6 address",
        leads_6 | denying() | {AT_TARGET: marked(TARGET, TARGET)},
        THROUGH,
        V6,
    )
    ask(
        "name-one-of-several-addresses",
        "The name has other addresses, too",
        at_name | {FORWARD_4: found(FORWARD_4, address(TARGET, "192.0.2.9"), address(TARGET, V4))},
        THROUGH,
    )
    ask(
        "name-back-known",
        "The name resolves back; the question for its addresses of the other family gets no response",
        at_name | {FORWARD_6: TIMEOUT},
        {**THROUGH, "reasons": ["marked-through-name", "discovery-incomplete"], "absent_reasons": ["discovery-denied"]},
    )
    ask(
        "name-of-several",
        "The last of four names is marked",
        leading("a.example", "b.example", "c.example", TARGET)
        | away("a.example", "b.example", "c.example")
        | {AT_TARGET: marked(TARGET, TARGET)},
        THROUGH,
    )
    ask(
        "name-marks-address",
        "The emblem at the name names the address itself: that is more than through the name",
        at_name
        | {
            AT_NAME: found(
                AT_NAME, *(text(TARGET, value) for value in jws.alone(jws.emblem(assets=[f"[::ffff:{V4}]"])))
            ),
            AT_TARGET: nodata(AT_TARGET),
        },
        GOOD,
    )
    ask(
        "name-and-reverse",
        "An emblem at the reverse name, and the name is marked, too",
        at_name | {AT_REVERSE: marked(REVERSE_4, REVERSE_4)},
        GOOD,
    )
    ask(
        "name-and-rejected",
        "An emblem of another asset at the reverse name, and the name is marked",
        at_name | {AT_REVERSE: marked(REVERSE_4, "2.2.0.192.in-addr.arpa")},
        THROUGH,
    )
    vectors.ask(
        "name-marked-incomplete",
        "The name is marked; a question about the reverse name gets no response",
        at_name | {AT_REVERSE: TIMEOUT},
        {
            "status": "claimed",
            "level": "signed",
            "trusted": True,
            "reasons": ["marked-through-name", "discovery-incomplete"],
        },
        section=NAMES_SECTION,
        target=V4,
    )


def away(*names: str) -> World:
    """Names that resolve to other addresses."""
    world: World = {}
    for name in names:
        world[Question(name, A)] = found(Question(name, A), address(name, "198.51.100.7"))
        world[Question(name, AAAA)] = nodata(Question(name, AAAA), "example")
    return world


def not_through_names(vectors: DiscoveryTopic) -> None:
    """Names that say nothing of the address."""
    world = leading()
    at_name = world | {AT_TARGET: marked(TARGET, TARGET)}

    def ask(slug: str, title: str, dns: World, expect: dict[str, object]) -> None:
        vectors.ask(slug, title, dns, expect, section=NAMES_SECTION, target=V4)

    ask("name-unmarked", "The name is not marked", world, unmarked())
    ask(
        "name-elsewhere",
        "The name is marked, and resolves to another address: anybody can write any name there",
        at_name | {FORWARD_4: found(FORWARD_4, address(TARGET, "192.0.2.9"))},
        unmarked(),
    )
    ask("name-nowhere", "The name is marked, and has no address", at_name | {FORWARD_4: nodata(FORWARD_4)}, unmarked())
    ask(
        "name-nonexistent",
        "The name does not exist",
        world | {FORWARD_4: nxdomain(FORWARD_4), FORWARD_6: nxdomain(FORWARD_6)},
        unmarked(),
    )
    ask("name-none", "The name is no host name", leading("*.relief.example"), unmarked())
    ask("names-lost", "The question for the names gets no response", world | {NAMES: TIMEOUT}, INCOMPLETE)
    ask("name-lost", "The question for the name's address gets no response", at_name | {FORWARD_4: TIMEOUT}, INCOMPLETE)
    ask(
        "name-records-lost",
        "A question about the name's records gets no response",
        world | {AT_TARGET: TIMEOUT},
        INCOMPLETE,
    )
    ask(
        "name-other-asset",
        "The emblem at the name marks another name: that is something",
        world | {AT_TARGET: marked(TARGET, "other.relief.example")},
        other_asset("signed"),
    )
    expired = sign(EMBLEM, CLAIMS | {4: NOW - 60})
    ask(
        "name-expired",
        "The emblem at the name has expired",
        world | {AT_TARGET: found(AT_TARGET, ihle(TARGET, EMBLEM.record), ihle(TARGET, expired))},
        rejected("token-expired"),
    )
    unknown = sign(EMBLEM, CLAIMS, head={1: -65000, 4: b"\x77" * 32})
    ask(
        "name-unknown",
        "The emblem at the name is of an unknown algorithm",
        world | {AT_TARGET: found(AT_TARGET, ihle(TARGET, unknown))},
        undetermined("unknown-could-decide"),
    )
    five = ("a.example", "b.example", "c.example", "d.example", TARGET)
    ask(
        "names-five",
        "Five names, of which four are looked at, and none of these resolves back",
        leading(*five) | away(*five[:4]) | {AT_TARGET: marked(TARGET, TARGET)},
        INCOMPLETE,
    )


def of_names(vectors: DiscoveryTopic) -> None:
    """A name, and an emblem of the older format that marks addresses."""

    def world(*assets: str) -> World:
        values = jws.alone(jws.emblem(assets=list(assets)))
        return denying() | {AT_NAME: found(AT_NAME, *(text(TARGET, value) for value in values))}

    both = world(f"[::ffff:{V4}]", "[2001:db8::/32]")
    forward: World = {
        FORWARD_4: found(FORWARD_4, address(TARGET, V4)),
        FORWARD_6: found(FORWARD_6, address(TARGET, V6)),
    }

    def ask(slug: str, title: str, dns: World, expect: dict[str, object]) -> None:
        vectors.ask(slug, title, dns, expect, section=TARGET_SECTION)

    ask("of-name-covered", "Every address of the name is marked", both | forward, THROUGH)
    ask(
        "of-name-one-family",
        "Every address of the name is marked; it has none of the other family",
        both | forward | {FORWARD_6: nodata(FORWARD_6)},
        THROUGH,
    )
    ask(
        "of-name-alias",
        "The same, with the name an alias for the addresses",
        both
        | {
            FORWARD_4: found(FORWARD_4, alias(TARGET, "host.example"), address("host.example", V4)),
            FORWARD_6: message(FORWARD_6, answer=[alias(TARGET, "host.example")], authority=[soa("example")]),
        },
        THROUGH,
    )
    ask(
        "of-name-not-covered",
        "One address of the name is not marked",
        both | forward | {FORWARD_4: found(FORWARD_4, address(TARGET, V4), address(TARGET, "192.0.2.9"))},
        other_asset("signed"),
    )
    ask(
        "of-name-lost",
        "The addresses of one family are not known",
        both | forward | {FORWARD_6: TIMEOUT},
        undetermined("asset-needs-addresses"),
    )
    ask(
        "of-name-without",
        "The name has no address",
        both | {FORWARD_4: nodata(FORWARD_4), FORWARD_6: nodata(FORWARD_6)},
        undetermined("asset-needs-addresses"),
    )
    ask("of-name-itself", "The name itself is marked: its addresses are not needed", world(TARGET), GOOD)
