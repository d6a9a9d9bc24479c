"""What a JWS emblem marks: names, wildcards, addresses, prefixes, and addresses behind names."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.jws.tokens import alone, emblem
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import TARGET, Document, Topic, bare, other_asset, protected, undetermined

SECTION = "JWS assets"
MATCH = protected("signed")
MISS = other_asset("signed")
THROUGH_NAME: Document = {"status": "claimed", "level": "signed", "trusted": True, "reasons": ["marked-through-name"]}
NEEDS = undetermined("asset-needs-addresses")
REVERSE = "1.2.0.192.in-addr.arpa"


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("jws", "assets", "Whether an emblem names the target.")
    names(vectors)
    wildcards(vectors)
    ipv6(vectors)
    ipv4(vectors)
    unreadable(vectors)
    names_and_addresses(vectors)
    with_addresses(vectors)
    return vectors


def add(
    vectors: Topic,
    slug: str,
    title: str,
    assets: Sequence[str],
    target: str,
    expect: Document,
    addresses: Sequence[str] = (),
) -> None:
    """An emblem of these assets whose key is trusted."""
    vectors.add(
        slug,
        title,
        SECTION,
        alone(emblem(assets=list(assets))),
        expect,
        target=target,
        addresses=addresses,
        trust=[bare(EMBLEM)],
    )


def names(vectors: Topic) -> None:
    """Names."""
    for slug, title, asset, target in (
        ("same", "The same name", TARGET, TARGET),
        ("asset-case", "Capitals in the asset", "CLINIC.Relief.example", TARGET),
        ("target-case", "Capitals in the target", TARGET, "Clinic.RELIEF.example"),
        ("dot", "A trailing dot in the asset", TARGET + ".", TARGET),
        ("target-dot", "A trailing dot in the target", TARGET, TARGET + "."),
        ("u-label", "A U-label in the asset", "h\u00f4pital.example", "xn--hpital-ixa.example"),
        (
            "a-label",
            "An A-label in the asset, a U-label in the target",
            "xn--hpital-ixa.example",
            "h\u00f4pital.example",
        ),
    ):
        add(vectors, slug, title, [asset], target, MATCH)
    for slug, title, asset in (
        ("parent", "The name above the target", "relief.example"),
        ("child", "A name below the target", f"www.{TARGET}"),
        ("sibling", "A name beside the target", "other.relief.example"),
        ("look-alike", "A Cyrillic letter that looks like a Latin one", "clini\u0441.relief.example"),
        ("suffix", "A name that ends with the target, not at a label's boundary", f"my{TARGET}"),
    ):
        add(vectors, slug, title, [asset], TARGET, MISS)
    add(vectors, "second", "The second of two assets", ["other.example", TARGET], TARGET, MATCH)


def wildcards(vectors: Topic) -> None:
    """``*`` as the whole leftmost label."""
    for slug, title, asset, target in (
        ("below", "A name below", "*.relief.example", TARGET),
        ("itself", "The name after the star", f"*.{TARGET}", TARGET),
        ("deep", "A name two labels below", "*.relief.example", f"a.{TARGET}"),
        ("top", "A wildcard of a last label", "*.example", TARGET),
        ("case", "Capitals in the wildcard", "*.Relief.EXAMPLE.", TARGET),
    ):
        add(vectors, f"wildcard-{slug}", f"A wildcard: {title[0].lower()}{title[1:]}", [asset], target, MATCH)
    for slug, title, asset, target in (
        ("boundary", "a name that ends with it, not at a label's boundary", "*.relief.example", "myrelief.example"),
        ("sibling", "a name beside", "*.relief.example", "clinic.other.example"),
        ("above", "the name above", f"*.{TARGET}", "relief.example"),
        ("star-alone", "the star alone is no asset", "*", TARGET),
        ("star-dot", "the star and a dot", "*.", TARGET),
        ("inside", "a star that is not leftmost", "clinic.*.example", TARGET),
        ("last", "a star that is last", "clinic.relief.*", TARGET),
        ("part", "a star in a part of a label", "cl*.relief.example", TARGET),
        ("two", "two stars", "*.*.example", TARGET),
        ("double", "two stars in a label", "**.relief.example", TARGET),
        ("address", "a star before an address", "*.192.0.2.1", "192.0.2.1"),
    ):
        add(vectors, f"no-wildcard-{slug}", f"A wildcard does not match: {title}", [asset], target, MISS)


def ipv6(vectors: Topic) -> None:
    """IPv6 addresses and prefixes in brackets."""
    address = "2001:db8::1"
    for slug, title, asset, target in (
        ("address", "An address", f"[{address}]", address),
        ("long", "An address written in full", "[2001:0db8:0000:0000:0000:0000:0000:0001]", address),
        ("capital", "An address in capitals", "[2001:DB8::1]", address),
        ("prefix-128", "A prefix of 128 bits", f"[{address}/128]", address),
        ("prefix-64", "A prefix of 64 bits", "[2001:db8::/64]", address),
        ("prefix-end", "The last address of a prefix", "[2001:db8::/64]", "2001:db8::ffff:ffff:ffff:ffff"),
        ("prefix-0", "A prefix of no bits", "[::/0]", address),
        ("prefix-33", "A prefix that is no multiple of four bits", "[2001:db8:8000::/33]", "2001:db8:ffff::1"),
        ("bits-below", "Bits below a prefix's length are ignored", "[2001:db8::7:7/64]", address),
    ):
        add(vectors, f"v6-{slug}", title, [asset], target, MATCH)
    for slug, title, asset, target in (
        ("other", "Another address", "[2001:db8::2]", address),
        ("exact", "An exact address is no prefix", "[2001:db8::]", address),
        ("prefix-beyond", "The first address after a prefix", "[2001:db8::/64]", "2001:db8:0:1::"),
        ("prefix-127", "A prefix of 127 bits, the next pair", "[2001:db8::2/127]", address),
        ("prefix-33-below", "An address just below a prefix of 33 bits", "[2001:db8:8000::/33]", "2001:db8:7fff::1"),
        ("prefix-129", "A prefix of 129 bits is no asset", f"[{address}/129]", address),
        ("prefix-minus", "A negative length is no asset", f"[{address}/-1]", address),
        ("prefix-empty", "A prefix without length is no asset", f"[{address}/]", address),
        ("prefix-mask", "A mask is no length", f"[{address}/ffff::]", address),
        ("zone", "An address with a zone is no asset", "[fe80::1%eth0]", "fe80::1"),
        ("no-brackets", "An address without brackets is no asset", address, address),
        ("open", "A bracket that is not closed is no asset", f"[{address}", address),
        ("outside", "A length outside of the brackets is no asset", f"[{address}]/128", address),
        ("space", "A space within the brackets is no asset", f"[ {address}]", address),
        ("empty", "Empty brackets are no asset", "[]", address),
        ("port", "A port after the brackets is no asset", f"[{address}]:443", address),
    ):
        add(vectors, f"v6-no-{slug}", title, [asset], target, MISS)


def ipv4(vectors: Topic) -> None:
    """IPv4, plain and IPv4-mapped, always in brackets."""
    address = "192.0.2.1"
    for slug, title, asset, target in (
        ("address", "An address", f"[{address}]", address),
        ("mapped", "An IPv4-mapped address", f"[::ffff:{address}]", address),
        ("mapped-hex", "An IPv4-mapped address in hexadecimal", "[::ffff:c000:201]", address),
        ("target-mapped", "An IPv4-mapped target", f"[{address}]", f"::ffff:{address}"),
        ("prefix-24", "A prefix of 24 bits", "[192.0.2.0/24]", address),
        ("prefix-32", "A prefix of 32 bits", f"[{address}/32]", address),
        ("prefix-0", "A prefix of no bits", "[0.0.0.0/0]", address),
        ("mapped-prefix", "An IPv4-mapped prefix of 120 bits", "[::ffff:192.0.2.0/120]", address),
        ("bits-below", "Bits below a prefix's length are ignored", "[192.0.2.77/24]", address),
        ("prefix-v6", "A prefix of all IPv4-mapped addresses", "[::ffff:0:0/96]", address),
    ):
        add(vectors, f"v4-{slug}", title, [asset], target, MATCH)
    for slug, title, asset, target in (
        ("other", "Another address", "[192.0.2.2]", address),
        ("exact", "An exact address is no prefix", "[192.0.2.0]", address),
        ("prefix-25", "A prefix of 25 bits, the other half", "[192.0.2.128/25]", address),
        ("prefix-33", "A prefix of 33 bits is no asset", f"[{address}/33]", address),
        ("no-brackets", "An address without brackets is no asset", address, address),
        ("prefix-no-brackets", "A prefix without brackets is no asset", "192.0.2.0/24", address),
        ("leading-zero", "A number with a leading zero is no asset", "[192.0.02.1]", address),
        ("short", "Three numbers are no asset", "[192.0.1]", address),
        ("number", "An address as one number is no asset", "[3221225985]", address),
        ("compatible", "An IPv4-compatible address is another", f"[::{address}]", address),
        ("v6-prefix", "A prefix of IPv6 holds no IPv4 address", "[2001:db8::/24]", address),
    ):
        add(vectors, f"v4-no-{slug}", title, [asset], target, MISS)
    add(vectors, "v4-all-v6", "The prefix of all IPv6 addresses holds the IPv4-mapped ones", ["[::/0]"], address, MATCH)
    add(
        vectors,
        "v4-zero-not-v6",
        "The prefix of all IPv4 addresses holds no other IPv6 address",
        ["[0.0.0.0/0]"],
        "2001:db8::1",
        MISS,
    )


def unreadable(vectors: Topic) -> None:
    """Entries that are no asset spoil nothing."""
    for slug, entry in (
        ("empty", ""),
        ("url", f"https://{TARGET}/"),
        ("brackets", "[]"),
        ("space", f"{TARGET} "),
        ("zero", f"{TARGET}\x00"),
        ("two-dots", f"{TARGET}.."),
        ("port", f"{TARGET}:443"),
    ):
        add(vectors, f"entry-{slug}", f"An entry that is no asset: {slug}", [entry], TARGET, MISS)
        add(
            vectors,
            f"entry-{slug}-beside",
            f"The target beside an entry that is no asset: {slug}",
            [entry, TARGET],
            TARGET,
            MATCH,
        )


def names_and_addresses(vectors: Topic) -> None:
    """A name against an address, without the addresses at hand: undetermined, never no."""
    add(vectors, "name-address", "An address as asset, a name as target", ["[192.0.2.1]"], TARGET, NEEDS)
    add(vectors, "name-prefix", "A prefix as asset, a name as target", ["[2001:db8::/32]"], TARGET, NEEDS)
    add(
        vectors,
        "name-mixed",
        "Another name and an address as assets, a name as target",
        ["other.example", "[192.0.2.1]"],
        TARGET,
        NEEDS,
    )
    add(vectors, "address-name", "A name as asset, an address as target", [TARGET], "192.0.2.1", NEEDS)
    add(
        vectors,
        "address-wildcard",
        "A wildcard as asset, an address as target",
        ["*.relief.example"],
        "192.0.2.1",
        NEEDS,
    )
    add(
        vectors,
        "address-mixed",
        "Another address and a name as assets, an address as target",
        ["[192.0.2.2]", TARGET],
        "192.0.2.1",
        NEEDS,
    )
    add(
        vectors,
        "address-both",
        "The address and a name as assets, an address as target",
        ["[192.0.2.1]", TARGET],
        "192.0.2.1",
        MATCH,
    )
    add(
        vectors,
        "name-both",
        "An address and the name as assets, a name as target",
        ["[192.0.2.1]", TARGET],
        TARGET,
        MATCH,
    )
    add(vectors, "reverse", "The reverse name as asset, an address as target", [REVERSE], "192.0.2.1", MATCH)
    add(
        vectors,
        "reverse-wildcard",
        "A wildcard above the reverse name as asset, an address as target",
        ["*.2.0.192.in-addr.arpa"],
        "192.0.2.1",
        MATCH,
    )
    add(
        vectors,
        "reverse-6",
        "The reverse name of an IPv6 address",
        ["1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"],
        "2001:db8::1",
        MATCH,
    )


def with_addresses(vectors: Topic) -> None:
    """With all addresses of the name at hand, the emblem must cover every one, and nothing is more than claimed."""
    four, six = "192.0.2.1", "2001:db8::1"
    for slug, title, assets, addresses in (
        ("one", "The one address", [f"[{four}]"], [four]),
        ("two", "Both addresses", [f"[{four}]", f"[{six}]"], [four, six]),
        (
            "prefixes",
            "Prefixes that hold every address",
            ["[192.0.2.0/24]", "[2001:db8::/32]"],
            [four, "192.0.2.7", six],
        ),
        ("more", "More addresses than the name has", [f"[{four}]", "[192.0.2.2]", f"[{six}]"], [four]),
        ("other-name", "Another name and the address", ["other.example", f"[{four}]"], [four]),
        ("mapped", "An address given as IPv4-mapped", [f"[{four}]"], [f"::ffff:{four}"]),
    ):
        add(
            vectors,
            f"resolved-{slug}",
            f"A name and its addresses: {title[0].lower()}{title[1:]}",
            assets,
            TARGET,
            THROUGH_NAME,
            addresses,
        )
    for slug, title, assets, addresses in (
        ("half", "One of two addresses", [f"[{four}]"], [four, six]),
        ("none", "None of its addresses", ["[192.0.2.9]"], [four]),
        ("beyond", "A prefix that holds one of two", ["[192.0.2.0/31]"], [four, "192.0.2.2"]),
    ):
        add(
            vectors,
            f"resolved-no-{slug}",
            f"A name and its addresses: {title[0].lower()}{title[1:]}",
            assets,
            TARGET,
            MISS,
            addresses,
        )
    add(
        vectors,
        "resolved-named",
        "A name and its addresses, and the name itself is an asset: nothing is through a name",
        [TARGET],
        TARGET,
        MATCH | {"absent_reasons": ["marked-through-name"]},
        [four],
    )
    add(
        vectors,
        "resolved-named-half",
        "The name itself is an asset, and one of its two addresses",
        [TARGET, f"[{four}]"],
        TARGET,
        MATCH,
        [four, six],
    )
    vectors.add(
        "resolved-untrusted",
        "A name and its address, and nobody is trusted",
        SECTION,
        alone(emblem(assets=[f"[{four}]"])),
        {
            "status": "claimed",
            "level": "signed",
            "trusted": False,
            "reasons": ["marked-through-name"],
        },
        addresses=[four],
    )
