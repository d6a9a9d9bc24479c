"""Publication, done: finds zones and their servers, reads what is there, sends updates, and sees them arrive."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from emblem.dns.authority import Ask, Zone, ZoneServer, find_addresses, find_name_servers, find_zones
from emblem.dns.authority_connection import AuthorityConnection, ConnectionFailedError
from emblem.dns.message import Answer, Outcome, Question, RecordType, ResourceRecord, ResponseCode
from emblem.dns.servers import ServerAddress
from emblem.dns.tsig import TsigKey
from emblem.dns.update import Update
from emblem.errors import InputError, UpdateError
from emblem.issuance.publication import (
    LARGEST_UPDATE,
    Change,
    Wish,
    joined_update,
    owner_of_marks,
    pack,
)
from emblem.issuance.survey import survey

MOST_ATTEMPTS = 4
"""How often one update is tried whose zone changes underneath, or whose connection is lost."""

_YXDOMAIN, _YXRRSET, _NXRRSET, _NOTZONE = 6, 7, 8, 10
_NOT_AS_READ = frozenset({int(ResponseCode.NXDOMAIN), _YXDOMAIN, _YXRRSET, _NXRRSET})
_MOST_NAMED = 5
_SETTLING_SECONDS = 5.0
_FIRST_PAUSE = 0.01
_RETRY_PAUSE = 0.3


@dataclass(frozen=True, slots=True)
class Primary:
    """A zone, and the server at which it is changed: its addresses, to be tried in this order."""

    zone: Zone
    servers: tuple[ZoneServer, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to the hosts of one zone, in the order in which they were named."""

    primary: Primary
    changes: tuple[Change, ...]

    @property
    def due(self) -> tuple[Change, ...]:
        """The changes that change anything."""
        return tuple(change for change in self.changes if not change.is_none)


class Publisher:
    """Makes wishes for hosts come true.

    Args:
        ask: asks a resolver.
        key: signs what is sent to primaries; without one they can only be read.
        server: the primary of every zone; None: that of the zone's SOA.
        clock: monotonic seconds.
        now: seconds since 1970.
        pause: waits for some seconds.
        largest: octets of the largest update.
    """

    def __init__(
        self,
        ask: Ask,
        *,
        key: TsigKey | None = None,
        server: ServerAddress | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
        largest: int = LARGEST_UPDATE,
    ) -> None:
        self._ask = ask
        self._key = key
        self._server = server
        self._clock = clock
        self._now = now
        self._pause = pause
        self._largest = largest

    def locate(self, names: Iterable[str]) -> dict[str, Primary]:
        """The zone and primary of each name. A primary that was given is itself asked for the zone.

        Raises:
            UpdateError: one of them cannot be established.
        """
        if self._server is not None:
            with self._connection(ZoneServer("", self._server)) as connection:
                zones = find_zones(names, connection.ask_all)
        else:
            zones = find_zones(names, self._ask)
        primaries = {zone: Primary(zone, self._primary_servers(zone)) for zone in dict.fromkeys(zones.values())}
        return {name: primaries[zone] for name, zone in zones.items()}

    def prepare(self, wishes: Sequence[Wish], primaries: dict[str, Primary] | None = None) -> tuple[Plan, ...]:
        """Read how every host is now, and find what has to change; one plan for each zone.

        Args:
            wishes: how the hosts are to be.
            primaries: of each name; left out, they are located.

        Raises:
            UpdateError: a zone or its server is not found, or what is there cannot be read.
            InputError: a host cannot be marked in the way that is wished.
        """
        primaries = primaries or self.locate(wish.name for wish in wishes)
        groups: dict[Primary, list[Wish]] = {}
        for wish in wishes:
            groups.setdefault(primaries[wish.name], []).append(wish)
        plans = []
        for primary, group in groups.items():
            with self._primary_connection(primary) as connection:
                plans.append(Plan(primary, survey(connection, group)))
        return tuple(plans)

    def carry_out(self, plan: Plan) -> Iterator[Change]:
        """Send a plan's changes, as many hosts in one update as fit; each host is changed as a whole or not at all.

        Yields:
            Each change that was made, or turned out to be made already, as soon as the server has said so.

        Raises:
            UpdateError: a change was not made, or it is not known whether; those that were yielded are made.
        """
        zone = plan.primary.zone.name
        waiting = deque((group, 1) for group in pack(plan.due, zone, self._largest))
        if not waiting:
            return
        if self._key is None:
            raise InputError("TSIG key", "none", "the key with which the zone is updated")
        with self._primary_connection(plan.primary) as connection:
            while waiting:
                group, attempt = waiting.popleft()
                code = self._send(connection, group, zone)
                if code == ResponseCode.NOERROR:
                    yield from group
                    if waiting:
                        self._let_settle(connection, group[-1].wish)
                    continue
                fresh = self._read_again(connection, group, code)
                yield from (change for change in fresh if change.is_none)
                due = [change for change in fresh if not change.is_none]
                unchanged = due == list(group)
                if due and (
                    attempt == MOST_ATTEMPTS or (unchanged and due[1:] == [] and code == ResponseCode.NXDOMAIN)
                ):
                    raise UpdateError(_stuck_text(due[0].wish.name, code, unchanged, connection.server))
                if unchanged:
                    self._pause(_RETRY_PAUSE * attempt)
                # One host whose records keep changing must not keep the others waiting.
                groups = [(change,) for change in due] if unchanged else pack(due, zone, self._largest)
                waiting.extendleft((again, attempt + 1) for again in reversed(tuple(groups)))

    def send(self, primary: Primary, update: Update) -> None:
        """Send an update that depends on nothing and may be made twice; tried again where it is not known to be made.

        Raises:
            InputError: there is no key.
            UpdateError: it was not made, or that is not known.
        """
        if self._key is None:
            raise InputError("TSIG key", "none", "the key with which the zone is updated")
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                with self._primary_connection(primary) as connection:
                    code = connection.update(update)
            except ConnectionFailedError:
                if attempt == MOST_ATTEMPTS:
                    raise
                self._pause(_RETRY_PAUSE * attempt)
                continue
            if code != ResponseCode.NOERROR:
                raise UpdateError(_refusal_text(code, primary.zone.name, self._key, connection.server))
            return

    def ask(self, primary: Primary, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """What the primary of a zone says; what goes wrong on the network is an answer, too.

        Raises:
            UpdateError: no primary answers for the zone, or not as it must.
        """
        with self._primary_connection(primary) as connection:
            return connection.ask_all(questions)

    def follow_aliases(self, names: Sequence[str]) -> dict[str, str]:
        """Where names lead whose TXT records somebody will ask for: the name itself unless it is an alias.

        A primary that was given is itself asked.

        Raises:
            UpdateError: a name's aliases cannot be read.
        """
        questions = [Question(name, RecordType.TXT) for name in names]
        if self._server is not None:
            with self._connection(ZoneServer("", self._server)) as connection:
                answers = tuple(connection.ask_all(questions))
        else:
            answers = tuple(self._ask(questions))
        for answer in answers:
            if answer.outcome is Outcome.FAILED:
                name, reason = answer.question.name, answer.detail or str(answer.failure)
                raise UpdateError(f"what is at {name} cannot be read: {reason} (asked {answer.server})")
        return {answer.question.name: answer.final_name or answer.question.name for answer in answers}

    def marked_names(self, zone_name: str) -> tuple[str, ...]:
        """Every name of a zone at which something of ours stands, from a zone transfer.

        Raises:
            UpdateError: there is no such zone, or its server does not give it.
        """
        owners = map(owner_of_marks, self.transfer(zone_name))
        return tuple(sorted({owner for owner in owners if owner is not None}))

    def transfer(self, zone_name: str) -> Iterator[ResourceRecord]:
        """All records of a zone, from a zone transfer; they count only once all have come.

        Raises:
            UpdateError: there is no such zone, or its server does not give it.
        """
        with self._primary_connection(self.primary_of(zone_name)) as connection:
            yield from connection.transfer(zone_name)

    def primary_of(self, zone_name: str) -> Primary:
        """The server at which a zone is changed.

        Raises:
            UpdateError: there is no such zone, or its server cannot be established.
        """
        primary = self.locate([zone_name])[zone_name]
        if primary.zone.name != zone_name:
            raise UpdateError(f"{zone_name} is no zone of its own: it is part of {primary.zone.name}")
        return primary

    def name_servers(self, zone: Zone) -> tuple[ZoneServer, ...]:
        """Every address of a zone's authoritative servers, as the resolver knows them.

        Raises:
            UpdateError: they cannot be established.
        """
        return find_addresses(find_name_servers(zone.name, self._ask), self._ask)

    def _primary_servers(self, zone: Zone) -> tuple[ZoneServer, ...]:
        if self._server is not None:
            return (ZoneServer("", self._server),)
        if "." not in zone.name.removesuffix("."):
            raise UpdateError(
                f"the nearest zone is {zone.name}, hardly yours: check the names, or name the zone's server (--server)"
            )
        if zone.primary == ".":
            raise UpdateError(f"the SOA of {zone.name} names no primary server: name it (--server)")
        return find_addresses([zone.primary], self._ask)

    def _connection(self, server: ZoneServer) -> AuthorityConnection:
        return AuthorityConnection(server.address, self._key, clock=self._clock, now=self._now)

    @contextmanager
    def _primary_connection(self, primary: Primary) -> Iterator[AuthorityConnection]:
        """A connection to the first address of a primary that answers for the zone."""
        question = Question(primary.zone.name, RecordType.SOA)
        failures = []
        for server in primary.servers:
            with self._connection(server) as connection:
                (answer,) = connection.ask_all([question])
                if answer.outcome is Outcome.FOUND and answer.authoritative:
                    yield connection
                    return
                failures.append(answer.detail or f"{server} is no authority for {primary.zone.name}")
        raise UpdateError(f"the primary of {primary.zone.name} does not answer: {'; '.join(failures)}")

    def _let_settle(self, connection: AuthorityConnection, wish: Wish) -> None:
        """Wait until the primary itself shows what it has taken, though not for ever.

        A server that signs a copy of the zone shows updates a little later, and BIND 9.18 (``inline-signing``) leaves
        some out of that copy where they come close after each other, until there is another.
        """
        deadline = self._clock() + _SETTLING_SECONDS
        waiting = _FIRST_PAUSE
        while not all(map(wish.is_granted, connection.ask_all(wish.questions))) and self._clock() < deadline:
            self._pause(waiting)
            waiting *= 2

    def _read_again(
        self, connection: AuthorityConnection, group: Sequence[Change], code: int | None
    ) -> tuple[Change, ...]:
        try:
            return survey(connection, [change.wish for change in group])
        except UpdateError as error:
            if code is not None:
                raise
            names = ", ".join(change.wish.name for change in group[:_MOST_NAMED]) + (
                ", …" if group[_MOST_NAMED:] else ""
            )
            raise UpdateError(
                f"{error}. It is not known whether these hosts were changed, each wholly or not at all: {names}. "
                "Run the same command again"
            ) from None

    def _send(self, connection: AuthorityConnection, group: Sequence[Change], zone: str) -> int | None:
        """The response code where there is a way on: done, not as it was read, or (None) not known."""
        try:
            code = connection.update(joined_update(group, zone))
        except ConnectionFailedError:
            return None
        if code != ResponseCode.NOERROR and code not in _NOT_AS_READ:
            raise UpdateError(_refusal_text(code, zone, self._key, connection.server))
        return code


def _refusal_text(code: int, zone: str, key: TsigKey | None, server: ServerAddress) -> str:
    """What a server's refusal means, and what to do."""
    named = f"TSIG key {key.name}" if key is not None else "nobody"
    match code:
        case ResponseCode.REFUSED:
            said = f"its rules do not let {named} make this update of {zone} (REFUSED): see allow-update, update-policy"
        case ResponseCode.NOTAUTH:
            said = f"it is no authority for {zone} (NOTAUTH): name the zone's primary (--server)"
        case ResponseCode.NOTIMP:
            said = "it takes no updates (NOTIMP): see 'emblem records --help' for zone files and octoDNS"
        case ResponseCode.SERVFAIL:
            said = f"it failed to make the update of {zone} (SERVFAIL): see its log; nothing was changed"
        case _ if code == _NOTZONE:
            said = f"a name lies outside {zone} (NOTZONE)"
        case _:
            said = f"response code {code} to the update of {zone}"
    return f"{server}: {said}"


def _stuck_text(name: str, code: int | None, unchanged: bool, server: ServerAddress) -> str:
    """Why an update that was tried again and again is given up."""
    if code is None:
        return f"{server}: the connection is lost each time that {name} is updated; it is as it was"
    if code == ResponseCode.NXDOMAIN:
        return (
            f"{name} has no records of its own, a wildcard answers for it: marking it would end that. Give it the "
            "wildcard's records first"
        )
    if unchanged:
        return (
            f"{server}: what it shows at {name} is not what it has: is its signed copy of the zone behind? See its log"
        )
    return f"{name}: its records change faster than they can be read, {MOST_ATTEMPTS} times; it is not changed"
