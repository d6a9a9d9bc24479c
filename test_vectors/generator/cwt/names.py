"""Which names an emblem marks: ``assets`` against the target."""

from __future__ import annotations

from collections.abc import Sequence

from test_vectors.generator.cwt.tokens import alone, emblem
from test_vectors.generator.keys import EMBLEM
from test_vectors.generator.vector import TARGET, Topic, bare, other_asset, protected

NAMES, TARGETS = "Names and assets", "Target"
LABEL_63 = "c" * 63
NAME_253 = ".".join([LABEL_63] * 3 + ["d" * 61])
REVERSE_4 = "1.2.0.192.in-addr.arpa"
REVERSE_6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"


def topic() -> Topic:
    """The vectors of this file."""
    vectors = Topic("cwt", "names", "Whether an emblem names the target.")
    equal_names(vectors)
    international_names(vectors)
    other_names(vectors)
    unreadable_entries(vectors)
    addresses(vectors)
    return vectors


def match(
    vectors: Topic, slug: str, title: str, assets: Sequence[str], target: str = TARGET, section: str = NAMES
) -> None:
    """An emblem with a trusted key that names the target."""
    vectors.add(
        slug,
        title,
        section,
        alone(emblem(assets=list(assets))),
        protected("signed"),
        target=target,
        trust=[bare(EMBLEM)],
    )


def miss(
    vectors: Topic,
    slug: str,
    title: str,
    assets: Sequence[str],
    target: str = TARGET,
    section: str = NAMES,
    addresses: Sequence[str] = (),
) -> None:
    """An emblem with a trusted key that does not name the target."""
    vectors.add(
        slug,
        title,
        section,
        alone(emblem(assets=list(assets))),
        other_asset("signed"),
        target=target,
        addresses=addresses,
        trust=[bare(EMBLEM)],
    )


def equal_names(vectors: Topic) -> None:
    """Names that are the same, written differently."""
    match(vectors, "same", "The same name", [TARGET])
    match(vectors, "asset-case", "Capitals in the asset", ["Clinic.RELIEF.example"])
    match(vectors, "target-case", "Capitals in the target", [TARGET], "CLINIC.relief.Example", TARGETS)
    match(vectors, "asset-dot", "A trailing dot in the asset", [TARGET + "."])
    match(vectors, "target-dot", "A trailing dot in the target", [TARGET], TARGET + ".", TARGETS)
    match(
        vectors, "last-of-many", "The last of 40 assets", [*(f"host-{number}.example" for number in range(39)), TARGET]
    )
    match(vectors, "underscore", "A label with an underscore", ["_sip.relief.example"], "_sip.relief.example")
    match(vectors, "digits", "Labels of digits but for the last", ["1.2.3.example"], "1.2.3.example")
    match(vectors, "double-hyphen", "Two hyphens within a label", ["a--b.example"], "a--b.example")
    match(vectors, "label-63", "A label of 63 characters", [f"{LABEL_63}.example"], f"{LABEL_63}.example")
    match(vectors, "name-253", "A name of 253 characters", [NAME_253], NAME_253)
    match(
        vectors, "name-253-dot", "A name of 253 characters and a trailing dot in the asset", [NAME_253 + "."], NAME_253
    )


def international_names(vectors: Topic) -> None:
    """U-labels and A-labels (IDNA 2008, with the mapping of UTS 46)."""
    a_label, u_label = "xn--hpital-ixa.example", "h\u00f4pital.example"
    match(vectors, "a-label", "A-labels in the asset and the target", [a_label], a_label)
    match(vectors, "u-label-asset", "A U-label in the asset", [u_label], a_label)
    match(vectors, "u-label-target", "A U-label in the target", [a_label], u_label, TARGETS)
    match(vectors, "u-label-both", "U-labels in both", [u_label], u_label, TARGETS)
    match(vectors, "u-label-capital", "A capital in a U-label", ["H\u00d4PITAL.example"], a_label)
    match(vectors, "u-label-decomposed", "A U-label with a combining accent", ["ho\u0302pital.example"], a_label)
    match(vectors, "full-width", "Full-width letters in the asset", ["\uff43linic.relief.example"])
    match(vectors, "ideographic-dot", "Ideographic full stops in the asset", ["clinic\u3002relief\u3002example"])
    match(vectors, "sharp-s", "A sharp s is a letter of its own", ["stra\u00dfe.example"], "xn--strae-oqa.example")
    match(vectors, "a-label-case", "An A-label in capitals", ["XN--HPITAL-IXA.example"], a_label)
    miss(vectors, "sharp-s-ss", "A sharp s is not ss", ["stra\u00dfe.example"], "strasse.example")
    miss(
        vectors,
        "look-alike",
        "A Cyrillic letter in the asset that looks like a Latin one",
        ["clini\u0441.relief.example"],
    )
    miss(
        vectors,
        "look-alike-target",
        "A Cyrillic letter in the target that looks like a Latin one",
        [TARGET],
        "clini\u0441.relief.example",
        TARGETS,
    )
    miss(vectors, "accent-missing", "The letter without its accent", ["hopital.example"], a_label)
    miss(
        vectors,
        "emoji",
        "An emoji, which IDNA 2008 does not have: the entry is no name",
        ["\U0001f600.example"],
        "xn--e28h.example",
    )


def other_names(vectors: Topic) -> None:
    """Names that are not the same."""
    for slug, title, asset in (
        ("parent", "The name above the target", "relief.example"),
        ("child", "A name below the target", "a.clinic.relief.example"),
        ("sibling", "A name beside the target", "other.relief.example"),
        ("suffix", "A name that ends with the target, not at a label's boundary", "myclinic.relief.example"),
        ("prefix", "A name that begins with the target", "clinic.relief.example.net"),
        ("wildcard", "A wildcard above the target, which this format does not have", "*.relief.example"),
        ("wildcard-itself", "A wildcard before the target", "*.clinic.relief.example"),
        ("star", "A star", "*"),
        ("root", "The root", "."),
    ):
        miss(vectors, slug, title, [asset])


def unreadable_entries(vectors: Topic) -> None:
    """Entries that are no domain names: they match nothing and spoil nothing."""
    for slug, title, entry in (
        ("two-dots", "Two trailing dots", TARGET + ".."),
        ("empty-label", "An empty label", "clinic..relief.example"),
        ("leading-dot", "A leading dot", "." + TARGET),
        ("empty", "No characters", ""),
        ("space", "A space after the name", TARGET + " "),
        ("zero", "A zero byte after the name", TARGET + "\x00"),
        ("zero-suffix", "A zero byte and another name after the name", TARGET + "\x00.elsewhere.example"),
        ("newline", "A line feed after the name", TARGET + "\n"),
        ("url", "A URL", f"https://{TARGET}/"),
        ("port", "A port", f"{TARGET}:443"),
        ("escape", "A letter in decimal escape", "\\099linic.relief.example"),
        ("label-64", "A label of 64 characters", f"{LABEL_63}c.example"),
        ("name-254", "A name of 254 characters", NAME_253 + "d"),
        ("hyphen", "A label that begins with a hyphen", "-clinic.relief.example"),
        ("bracketed", "An address in brackets", "[192.0.2.1]"),
        ("very-long", "A text of 4000 characters", "a." * 2000),
    ):
        miss(vectors, f"entry-{slug}", f"An entry that is no name: {title.lower()}", [entry])
        match(
            vectors,
            f"entry-{slug}-beside",
            f"The target beside an entry that is no name: {title.lower()}",
            [entry, TARGET],
        )


def addresses(vectors: Topic) -> None:
    """Targets that are addresses, which their reverse names stand for."""
    match(vectors, "reverse-4", "The reverse name of an IPv4 target", [REVERSE_4], "192.0.2.1", TARGETS)
    match(
        vectors,
        "reverse-4-case",
        "A reverse name with capitals and a dot",
        ["1.2.0.192.IN-ADDR.ARPA."],
        "192.0.2.1",
        TARGETS,
    )
    match(vectors, "reverse-6", "The reverse name of an IPv6 target", [REVERSE_6], "2001:db8::1", TARGETS)
    match(
        vectors,
        "reverse-6-long",
        "The same with the target written in full",
        [REVERSE_6],
        "2001:0DB8:0000:0000:0000:0000:0000:0001",
        TARGETS,
    )
    match(
        vectors,
        "reverse-mapped",
        "An IPv4-mapped target stands for the IPv4 address",
        [REVERSE_4],
        "::ffff:192.0.2.1",
        TARGETS,
    )
    match(vectors, "reverse-as-name", "A reverse name as target", [REVERSE_4], REVERSE_4, TARGETS)
    miss(vectors, "reverse-other", "The reverse name of a neighbour", ["2.2.0.192.in-addr.arpa"], "192.0.2.1", TARGETS)
    miss(
        vectors,
        "reverse-forward",
        "The address's bytes in the wrong order",
        ["192.0.2.1.in-addr.arpa"],
        "192.0.2.1",
        TARGETS,
    )
    miss(vectors, "reverse-network", "The reverse name of the network", ["2.0.192.in-addr.arpa"], "192.0.2.1", TARGETS)
    miss(vectors, "address-text", "The address itself as an entry: no name", ["192.0.2.1"], "192.0.2.1", TARGETS)
    miss(
        vectors,
        "address-bracketed",
        "The address in brackets, as JWS writes it",
        ["[2001:db8::1]"],
        "2001:db8::1",
        TARGETS,
    )
    miss(vectors, "name-for-address", "A name does not stand for its addresses", [TARGET], "192.0.2.1", TARGETS)
    miss(
        vectors,
        "address-for-name",
        "An address does not stand for its names",
        [REVERSE_4],
        TARGET,
        TARGETS,
        ["192.0.2.1"],
    )
