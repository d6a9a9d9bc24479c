"""Whether hosts are worth marking: they resolve, and share no address with what is not in the inventory.

Only questions come of it. Whether something else behind an address is protected, too, only a person knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from emblem.dns.authority import Ask
from emblem.dns.message import Answer, Outcome, Question, RecordType, ResourceRecord
from emblem.dns.names import text_of
from emblem.dns.wire import name_in
from emblem.issuance.workspace.inventory import Host
from emblem.model.target import Address, reverse_name

_ADDRESS_TYPES = (int(RecordType.A), int(RecordType.AAAA))
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to look at a host before it is marked.

    Args:
        host: which.
        what: what was found.
        question: what only a person can answer.
    """

    host: Host
    what: str
    question: str


def neighbours(records: Iterable[ResourceRecord]) -> Mapping[Address, Sequence[str]]:
    """The names that a zone has for each address.

    Args:
        records: all that are in it.
    """
    found: dict[Address, list[str]] = {}
    for record in records:
        if record.type in _ADDRESS_TYPES:
            found.setdefault(ip_address(record.data), []).append(record.owner)
    return found


def doubts(
    hosts: Sequence[Host], ask: Ask, known: Iterable[str] = (), beside: Mapping[Address, Sequence[str]] | None = None
) -> Iterator[Doubt]:
    """What speaks against marking hosts, as far as the DNS tells.

    Args:
        hosts: which; those that a person confirmed need not be among them.
        ask: asks a resolver.
        known: further names that are in the inventory.
        beside: the names that are known to have an address, as :func:`neighbours` finds them in a zone.

    Yields:
        The doubts, in the order of the hosts. What could not be found out is a doubt, too.
    """
    names = [host for host in hosts if host.target.address is None]
    questions = [Question(host.name, number) for host in names for number in _ADDRESS_TYPES]
    answers = iter(ask(questions))
    found: dict[str, list[Answer]] = {host.name: [next(answers) for _ in _ADDRESS_TYPES] for host in names}
    addresses = {host.name: _addresses(host, found) for host in hosts}
    distinct = list(dict.fromkeys(address for some in addresses.values() for address in some))
    reverse = ask([Question(reverse_name(address), RecordType.PTR) for address in distinct])
    names_of = {
        address: tuple(dict.fromkeys((*_names(answer), *(beside or {}).get(address, ()))))
        for address, answer in zip(distinct, reverse, strict=True)
    }
    ours = {*known, *(host.target.text for host in hosts)}
    for host in hosts:
        yield from _of_answers(host, found.get(host.name, ()), addresses[host.name])
        yield from _of_addresses(host, addresses[host.name], names_of, ours)


def _addresses(host: Host, found: Mapping[str, Sequence[Answer]]) -> tuple[Address, ...]:
    if host.target.address is not None:
        return (host.target.address,)
    records = (record for answer in found[host.name] for record in answer.records)
    return tuple(ip_address(record.data) for record in records)


def _of_answers(host: Host, answers: Iterable[Answer], addresses: Sequence[Address]) -> Iterator[Doubt]:
    answers = tuple(answers)
    failed = next((one for one in answers if one.outcome is not Outcome.FOUND and not one.denied), None)
    if failed is not None:
        why = failed.detail or str(failed.failure)
        yield Doubt(host, f"it could not be found out whether it has an address: {why}", "does it?")
    elif answers and not addresses:
        missing = all(one.outcome is Outcome.NXDOMAIN for one in answers)
        yield Doubt(host, "it does not exist" if missing else "it has no address", "is its name right?")
    alias = next((one.final_name for one in answers if one.aliases), None)
    if alias is not None:
        yield Doubt(host, f"it is an alias of {alias}", "is what answers there yours, and protected?")


def _of_addresses(
    host: Host, addresses: Sequence[Address], names_of: Mapping[Address, Sequence[str]], ours: set[str]
) -> Iterator[Doubt]:
    for address in addresses:
        others = [name for name in names_of[address] if name not in ours]
        if others:
            shown = ", ".join(others[:_MOST_NAMES]) + (", …" if others[_MOST_NAMES:] else "")
            yield Doubt(host, f"its address {address} also bears the name {shown}", "is everything there protected?")
        if not address.is_global:
            yield Doubt(host, f"its address {address} cannot be reached from the Internet", "is it to be marked?")


def _names(answer: Answer) -> tuple[str, ...]:
    """The names of an address; none where they could not be found out: there are only hints in them."""
    return tuple(text_of(name_in(record.data)) for record in answer.records if record.type == RecordType.PTR)
