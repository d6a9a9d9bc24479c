"""`emblem scan`: ask about very many hosts, and write what other scanners must leave out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from emblem_cli.judging import JudgingCommand, given_trust, trust_options
from emblem_cli.parameters import FILE

F = TypeVar("F", bound=Callable[..., Any])

_FORMATS = ("plain", "nmap-xml", "masscan-list", "masscan-json", "zmap", "httpx", "dnsx", "zone", "csv")

_INPUT_OPTIONS = (
    click.argument("targets", metavar="[TARGET]...", nargs=-1),
    click.option(
        "--input",
        "inputs",
        type=FILE,
        metavar="FILE",
        multiple=True,
        help="A list of targets (-: standard input). May be repeated.",
    ),
    click.option(
        "--input-format",
        type=click.Choice(_FORMATS),
        help="What wrote the lists. Default: recognized by how they begin.",
    ),
    click.option("--column", metavar="NAME", help="The lists are CSV with a header: the column with the targets."),
    click.option(
        "--largest-range",
        type=click.IntRange(1, 1 << 40),
        metavar="N",
        default=1 << 24,
        show_default=True,
        help="Refuse ranges of more addresses than this.",
    ),
    click.option("--unique", is_flag=True, help="Leave out duplicates, exactly; what was seen is kept on disk."),
    click.option(
        "--shuffle", is_flag=True, help="In an order that does not follow the lists. They are read to their ends first."
    ),
    click.option("--seed", type=click.IntRange(0), metavar="N", help="With --shuffle: the order. Default: a new one."),
    click.option(
        "--exclude",
        "excluded",
        metavar="TARGET",
        multiple=True,
        help="Leave out a name, an address or a range; .NAME also leaves out everything below it. May be repeated.",
    ),
    click.option(
        "--exclude-file",
        "exclude_files",
        type=FILE,
        metavar="FILE",
        multiple=True,
        help="Leave out what is listed in FILE, an entry a line.",
    ),
    click.option("--exclude-subdomains", is_flag=True, help="Names that are left out stand for all below them, too."),
)

_ASKING_OPTIONS = (
    click.option(
        "--resolver",
        "resolvers",
        metavar="ADDRESS",
        multiple=True,
        help="Ask this resolver: ADDRESS[:PORT], tls://ADDRESS[:PORT][#NAME] or https://ADDRESS[:PORT]/PATH[#NAME]. "
        "Several share the work. Default: those of the system.",
    ),
    click.option(
        "--resolver-ca",
        type=FILE,
        metavar="FILE",
        help="Root certificates (PEM) that alone are trusted for resolvers. Default: those of the system.",
    ),
    click.option(
        "--resolver-rate",
        type=click.FloatRange(0),
        metavar="N",
        help="Queries a second to each resolver; 0: no limit. Default: 1000, and no limit for one on this machine.",
    ),
    click.option("--rate", type=click.FloatRange(1), metavar="N", help="Queries a second in all. Default: no limit."),
    click.option(
        "--timeout",
        type=click.FloatRange(0.1),
        metavar="SECONDS",
        default=10.0,
        show_default=True,
        help="The time within which a target is settled, or undetermined.",
    ),
    click.option("--processes", type=click.IntRange(1), metavar="N", help="Default: as many as there are processors."),
    click.option(
        "--dnssec",
        type=click.Choice(["skip", "found", "all"]),
        default="skip",
        show_default=True,
        help="Of which targets it is checked that the DNS answers are authentic.",
    ),
    click.option(
        "--anchors",
        type=FILE,
        metavar="FILE",
        help="Where DNSSEC begins: DS or DNSKEY records, one a line. Default: the root's keys, which come along.",
    ),
    click.option(
        "--profile",
        type=click.Choice(["draft", "robust"]),
        default="robust",
        show_default=True,
        help="draft: an added token can spoil a set; robust: the valid chain is found among what is there.",
    ),
    click.option(
        "--ct",
        type=click.Choice(["online", "evidence", "skip"]),
        help="How key commitments of what is found are checked: logs are asked, or what comes along counts, or not at "
        "all. Default: online; with --covert: evidence.",
    ),
    click.option(
        "--covert",
        is_flag=True,
        help="Ask only what ordinary software asks, over encrypted transports at literal addresses.",
    ),
)

_OUTPUT_OPTIONS = (
    click.option(
        "--json", "as_json", is_flag=True, help="One verdict a line on standard output, as soon as it is known."
    ),
    click.option(
        "--output",
        "outputs",
        metavar="[FORMAT:]FILE",
        multiple=True,
        help="Write results (json, csv, parquet) or exclusion lists (nmap, masscan, zmap, nftables, ipset, plain). "
        "May be repeated.",
    ),
    click.option(
        "--only",
        type=click.Choice(["all", "marked"]),
        default="all",
        show_default=True,
        help="Which results are written.",
    ),
    click.option(
        "--with-undetermined",
        is_flag=True,
        help="Treat as marked, in exclusion lists and with --only marked, also what could not be established.",
    ),
    click.option(
        "--addresses",
        type=click.Choice(["own", "resolved", "both"]),
        default="both",
        show_default=True,
        help="In exclusion lists: addresses that are marked themselves, those that marked names resolve to, or both, "
        "labelled apart.",
    ),
    click.option("--ordered", is_flag=True, help="Results in the order of the targets."),
    click.option("--resume", is_flag=True, help="Go on where a scan with the same outputs was interrupted."),
    click.option("--summary", type=FILE, metavar="FILE", help="Write the summary as JSON, too."),
)

_ENGINE_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["local", "dask"]),
        default="local",
        show_default=True,
        help="dask: in shards on a Dask cluster, results to a folder of Parquet files that all its machines see.",
    ),
    click.option("--scheduler", metavar="ADDRESS", help="With --engine dask: the scheduler, tcp://ADDRESS:PORT."),
    click.option(
        "--shard-size",
        type=click.IntRange(1, 200_000),
        metavar="N",
        default=20_000,
        show_default=True,
        help="With --engine dask: targets that are given to a worker at once.",
    ),
)


def _scan_options(function: F) -> F:
    for option in reversed((*_INPUT_OPTIONS, *_ASKING_OPTIONS, *_OUTPUT_OPTIONS, *_ENGINE_OPTIONS)):
        function = option(function)
    return function


@click.command("scan", cls=JudgingCommand)
@_scan_options
@trust_options
@click.pass_context
def command(
    context: click.Context, /, accept: str | None, trust: tuple[str, ...], trust_as: tuple[str, ...], **options: Any
) -> None:
    """Ask of very many hosts whether they are marked.

    TARGET is a host name, an address, a range (192.0.2.0/24, 192.0.2.1-192.0.2.99) or a URL. Lists may also be the
    output of nmap (-oX), masscan, zmap, httpx or dnsx, a zone file, or CSV.

    \b
    Examples:
      emblem scan 192.0.2.0/24 --trust authorities.toml
      emblem scan --input hosts.txt --output found.jsonl --output nmap:exclude.txt
      nmap -iL hosts.txt --excludefile exclude.txt
      emblem scan --input hosts.txt --output found.jsonl --resume
      emblem scan --input - --json --ordered < hosts.txt
      emblem scan --input hosts.csv --column host --shuffle --unique --output found.parquet
      emblem scan --input zone.txt --engine dask --scheduler tcp://192.0.2.1:8786 --output parquet:/shared/found

    \b
    A scan with --output that was interrupted, or killed, goes on with the same options and --resume.
    Exit code: 0 done, 1 failed, interrupted, or something is missing (the summary says what),
    2 used wrongly.
    """
    del trust, trust_as
    from emblem_cli.scan_options import ScanOptions

    given = ScanOptions(**options)
    given.check()
    if given.scheduler is None:
        from emblem_cli.scanning import run_scan

        context.exit(run_scan(given_trust(context, accept), given))
    from emblem_cli.scan_cluster import run_cluster_scan

    context.exit(run_cluster_scan(given_trust(context, accept), given, given.scheduler))
