"""What the commands that judge targets have in common: their options, and the verdicts that these lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from emblem.errors import InputError
from emblem.model.target import Address, Target
from emblem_cli.commitment_options import COMMITMENT_OPTIONS, CommitmentOptions, Commitments, read_commitments
from emblem_cli.output import warn
from emblem_cli.parameters import ADDRESS, FILE, HOST, TIME

if TYPE_CHECKING:
    from emblem.dns.dnssec import TrustAnchors
    from emblem.model.verdict import Verdict
    from emblem.validation.trust import Trust
    from emblem.verifier.drivers import Verifier

EXIT_CODES = {"protected": 0, "claimed": 6, "undetermined": 4, "rejected": 3, "unmarked": 5}
"""The exit code of a run all of whose targets have this status."""

SEVERAL_STATUSES = 7
"""The exit code where the targets' statuses differ."""

LARGEST_ANCHORS = 64 * 1024
"""Bytes of a file of DNSSEC trust anchors."""

_TRUST_PAIRS = "emblem_cli.trust-pairs"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class TrustOption:
    """One ``--trust`` with the organization of the ``--trust-as`` after it."""

    path: str
    organization: str | None = None


class JudgingCommand(click.Command):
    """Keeps the order of ``--trust`` and ``--trust-as``: the second belongs to the first before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; the trust options beforehand, since their order is lost afterwards."""
        ctx.meta[_TRUST_PAIRS] = pair_trust_options(args)
        return super().parse_args(ctx, args)


def pair_trust_options(arguments: Sequence[str]) -> tuple[TrustOption, ...]:
    """The trust options of a command line, in their order.

    Raises:
        UsageError: there is a ``--trust-as`` without a ``--trust`` before it.
    """
    pairs: list[TrustOption] = []
    for name, value in _trust_values(arguments):
        if name == "--trust":
            pairs.append(TrustOption(value))
        elif not pairs or pairs[-1].organization is not None:
            raise click.UsageError("--trust-as binds the keys of the --trust before it: put it after one.")
        else:
            pairs[-1] = replace(pairs[-1], organization=value)
    return tuple(pairs)


def _trust_values(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if argument == "--":
            return
        if name in ("--trust", "--trust-as"):
            yield name, value if equals else next(rest, "")


_TRUST_OPTIONS = (
    click.option(
        "--trust",
        metavar="FILE",
        multiple=True,
        help="A trust store (see emblem trust), or public keys: PEM, certificate, JWK, COSE_Key. May be repeated.",
    ),
    click.option(
        "--trust-as",
        metavar="https://ORG",
        multiple=True,
        help="Bind the keys of the --trust before it to an organization: they speak for it, and for nobody else.",
    ),
    click.option(
        "--accept",
        type=click.Choice(["organizational", "endorsed"]),
        help="A level that suffices without a key that you trust.",
    ),
)

_OPTIONS = (
    click.argument("targets", metavar="TARGET...", nargs=-1, type=HOST),
    *_TRUST_OPTIONS,
    click.option("--at", type=TIME, metavar="TIME", help="Judge as of this time (RFC 3339). Default: now."),
    *COMMITMENT_OPTIONS,
    click.option(
        "--resolver",
        "resolvers",
        metavar="ADDRESS",
        multiple=True,
        help="Ask this resolver: ADDRESS[:PORT], tls://ADDRESS[:PORT][#NAME] or https://ADDRESS[:PORT]/PATH[#NAME] "
        "(with GET: https+get://). Several have to agree. Default: those of the system, in turn.",
    ),
    click.option(
        "--resolver-ca",
        type=FILE,
        metavar="FILE",
        help="Root certificates (PEM) that alone are trusted for resolvers. Default: those of the system.",
    ),
    click.option(
        "--records",
        type=FILE,
        metavar="FILE",
        help="Judge the records, or the evidence bundle, in FILE (-: standard input); no network.",
    ),
    click.option(
        "--address",
        "addresses",
        type=ADDRESS,
        metavar="ADDRESS",
        multiple=True,
        help="With --records: an address of the name. Give all.",
    ),
    click.option(
        "--profile",
        type=click.Choice(["draft", "robust"]),
        default="robust",
        show_default=True,
        help="draft: an added token can spoil a set; robust: the valid chain is found among what is there.",
    ),
    click.option(
        "--dnssec",
        type=click.Choice(["check", "skip"]),
        default="check",
        show_default=True,
        help="Whether it is checked that the DNS answers are authentic.",
    ),
    click.option(
        "--anchors",
        type=FILE,
        metavar="FILE",
        help="Where DNSSEC begins: DS or DNSKEY records, one a line. Default: the root's keys, which come along.",
    ),
    click.option(
        "--stamp-authority",
        "stamp_authorities",
        type=FILE,
        metavar="FILE",
        multiple=True,
        help="Believe the time stamps of evidence by who leads to this root certificate (PEM). May be repeated.",
    ),
    click.option(
        "--covert",
        is_flag=True,
        help="Ask only what ordinary software asks, over encrypted transports at literal addresses; "
        "what was not asked then keeps a no from being one.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingOptions(CommitmentOptions):
    """The options that all commands that judge have, as they arrive from the command line."""

    trust: Sequence[str]
    trust_as: Sequence[str]
    accept: str | None
    at: datetime | None
    resolvers: Sequence[str]
    resolver_ca: Path | None
    records: Path | None
    addresses: Sequence[Address]
    profile: str
    dnssec: str
    anchors: Path | None
    stamp_authorities: Sequence[Path]
    covert: bool


def judging_options(function: F) -> F:
    """Give a command the arguments and options of all that judge; they arrive as :func:`judge` takes them."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def trust_options(function: F) -> F:
    """Give a :class:`JudgingCommand` only the options of trust; :func:`given_trust` is what they lead to."""
    for option in reversed(_TRUST_OPTIONS):
        function = option(function)
    return function


def given_trust(context: click.Context, accept: str | None) -> Trust:
    """What the options of trust of a command line lead to.

    Raises:
        EmblemError: a file or an organization identifier cannot be used.
    """
    return load_trust(context.meta[_TRUST_PAIRS], accept)


def judge(context: click.Context, targets: Sequence[Target], options: JudgingOptions) -> Iterator[Verdict]:
    """The verdicts on the targets, one after the other, by the options of the command line.

    Raises:
        UsageError: options exclude each other.
        EmblemError: what an option names cannot be used; before anything was judged.
    """
    trust = trust_of(context, options)
    if options.records is None:
        if options.addresses:
            raise click.UsageError("--address goes with --records: a live target's addresses are asked for.")
        if not targets:
            raise _missing_target()
        return _judge_live(targets, trust, options)
    if options.resolvers or options.resolver_ca is not None:
        raise click.UsageError("--records excludes options of the network: records are judged as given.")
    return _judge_file(targets, trust, options.records, options)


def _missing_target() -> click.UsageError:
    return click.UsageError("Missing argument 'TARGET...'.")


def trust_of(context: click.Context, options: JudgingOptions) -> Trust:
    """Everything that a command line says of trust.

    Raises:
        EmblemError: a file or an organization identifier cannot be used.
    """
    trust = load_trust(context.meta[_TRUST_PAIRS], options.accept)
    if not options.stamp_authorities:
        return trust
    from emblem.traceability.stamps import LARGEST_AUTHORITIES, read_stamp_authorities
    from emblem_cli.input import name_of, read_input

    given = (
        one
        for path in options.stamp_authorities
        for one in read_stamp_authorities(name_of(path), read_input(path, LARGEST_AUTHORITIES))
    )
    return replace(trust, stamp_authorities=(*trust.stamp_authorities, *given))


def load_trust(pairs: Sequence[TrustOption], accept: str | None) -> Trust:
    """Read every trust file of a command line into one; where their policies differ, say so.

    ``accept`` takes the place of what the files accept: it is what the person who asks says now.

    Raises:
        EmblemError: a file or an organization identifier cannot be used.
    """
    from emblem.model.verdict import Level
    from emblem.validation.trust import Trust

    trust = _read_stores(pairs) if pairs else Trust()
    return replace(trust, policy=replace(trust.policy, accept=Level(accept))) if accept else trust


def _read_stores(pairs: Sequence[TrustOption]) -> Trust:
    from emblem.model.organization import Organization
    from emblem.trust.store import TrustStore, policy_differences

    stores = [
        TrustStore.load(pair.path, bind_to=None if pair.organization is None else Organization.parse(pair.organization))
        for pair in pairs
    ]
    differing = policy_differences(stores)
    if differing:
        warn(f"the policies of the trust files differ in {', '.join(differing)}: the strictest holds")
    return TrustStore.merge(stores)


def _judge_live(targets: Sequence[Target], trust: Trust, options: JudgingOptions) -> Iterator[Verdict]:
    commitments = live_commitments(options)
    verifier = live_verifier(trust, options, commitments)
    return commitments.keeping(verifier.verify(target, at=options.at) for target in targets)


def live_commitments(options: JudgingOptions) -> Commitments:
    """How commitments are checked where the network may be asked.

    Raises:
        UsageError: options exclude each other.
        EmblemError: what an option names cannot be used.
    """
    if options.covert and options.ct == "online":
        raise click.UsageError("--covert contacts nobody but the resolvers: it excludes --ct online.")
    mode = options.ct or ("evidence" if options.covert else "online")
    return read_commitments(options, mode=mode, fetches=mode == "online")


def live_verifier(trust: Trust, options: JudgingOptions, commitments: Commitments | None = None) -> Verifier:
    """The verifier that asks the network, as the options of a command line want it.

    Args:
        trust: whom to trust.
        options: those of the command line.
        commitments: how commitments are checked; as the options say, where left out.

    Raises:
        EmblemError: what an option names cannot be used.
    """
    from emblem.validation.procedure import Profile
    from emblem.verifier.drivers import Verifier

    return Verifier(
        trust,
        resolvers=options.resolvers,
        resolver_ca=options.resolver_ca,
        profile=Profile(options.profile),
        dnssec=options.dnssec == "check",
        anchors=_read_anchors(options.anchors),
        covert=options.covert,
        ct=(commitments or live_commitments(options)).checks or "skip",
    )


def _read_anchors(path: Path | None) -> TrustAnchors | None:
    if path is None:
        return None
    from emblem.dns.dnssec import parse_anchors
    from emblem_cli.input import read_input

    try:
        return parse_anchors(read_input(path, LARGEST_ANCHORS).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"anchors file {path}", "bytes that are no text", "DS or DNSKEY records") from error


def _judge_file(targets: Sequence[Target], trust: Trust, path: Path, options: JudgingOptions) -> Iterator[Verdict]:
    from emblem.codec.evidence import is_bundle
    from emblem.model.limits import LARGEST_RECORD_FILE
    from emblem_cli.input import read_input

    data = read_input(path, LARGEST_RECORD_FILE)
    if is_bundle(data):
        return _judge_bundle(targets, trust, path, data, options)
    if options.anchors is not None:
        raise click.UsageError("--anchors goes with an evidence bundle: records are judged as given.")
    if not targets:
        raise _missing_target()
    return _judge_given(targets, trust, path, data, options)


def _judge_given(
    targets: Sequence[Target], trust: Trust, path: Path, data: bytes, options: JudgingOptions
) -> Iterator[Verdict]:
    from emblem.codec.record_text import decode_records
    from emblem.validation.procedure import Profile
    from emblem.verifier.given import judge_given
    from emblem.verifier.settings import Settings
    from emblem_cli.input import name_of

    commitments = _commitments_offline(options, bundle=False)
    settings = Settings(trust, Profile(options.profile), commitments=commitments.checks)
    entries = decode_records(name_of(path), data)
    at = options.at or datetime.now(UTC)
    return (judge_given(entries, target, at=at, settings=settings, addresses=options.addresses) for target in targets)


def _commitments_offline(options: JudgingOptions, *, bundle: bool) -> Commitments:
    """Where no socket is opened: what a bundle kept counts as fetched, by the logs and roots of whoever verifies."""
    if options.ct == "online":
        raise click.UsageError("--records opens no socket: it excludes --ct online.")
    return read_commitments(options, mode=options.ct or "evidence", fetches=bundle)


def _judge_bundle(
    targets: Sequence[Target], trust: Trust, path: Path, data: bytes, options: JudgingOptions
) -> Iterator[Verdict]:
    from emblem.codec.evidence import decode_bundle
    from emblem.dns.dnssec import root_anchors
    from emblem.validation.procedure import Profile
    from emblem.verifier.bundles import judge_bundle, target_of
    from emblem.verifier.settings import Settings
    from emblem_cli.input import name_of

    if options.addresses:
        raise click.UsageError("--address goes with records: an evidence bundle has the addresses that count.")
    bundle = decode_bundle(name_of(path), data)
    anchors = (_read_anchors(options.anchors) or root_anchors()) if options.dnssec == "check" else None
    commitments, now = _commitments_offline(options, bundle=True), datetime.now(UTC)
    settings = Settings(trust, Profile(options.profile), commitments=commitments.checks)
    return commitments.keeping(
        judge_bundle(bundle, target, at=options.at, now=now, settings=settings, anchors=anchors)
        for target in targets or (target_of(bundle.evidence),)
    )
