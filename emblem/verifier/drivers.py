"""The drivers of the verifier's generator: one that waits, one that lets others run meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable, Mapping
from contextlib import AsyncExitStack, ExitStack, aclosing
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from emblem.discovery.answers import addresses_in
from emblem.discovery.plan import address_questions
from emblem.dns import ANY_TRANSPORT, COVERT_TRANSPORT, AnyServer, AsyncStubResolver, StubResolver, TransportPolicy
from emblem.dns.base_stub import BaseStub
from emblem.dns.lookup import DEFAULT_RETRY_POLICY, RetryPolicy
from emblem.dns.message import Answer, Question
from emblem.model.target import Address, Target
from emblem.model.verdict import Verdict
from emblem.validation.memory import Memory
from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust
from emblem.verifier.asking import Ask, Asking, Fetch, Response
from emblem.verifier.fetched_before import FetchedBefore
from emblem.verifier.investigation import Investigation, investigate
from emblem.verifier.settings import Authentication, CommitmentMode, Settings
from emblem.verifier.stream import as_finished

if TYPE_CHECKING:
    from emblem.dns.async_stub import AsyncSession
    from emblem.dns.dnssec import TrustAnchors
    from emblem.traceability.resources import Fetched, Resource
    from emblem.verifier.capture import Captured
    from emblem.verifier.commitments import CommitmentChecks
    from emblem.verifier.fetching import AsyncFetcher, Fetcher

DEFAULT_TIMEOUT = 10.0
"""Seconds within which one target is settled, or undetermined."""

FETCHING_SHARE = 0.6
"""Of the time that is left, how much may pass while something is fetched: a log that says nothing must not keep the DNS
from being asked whether its answers are authentic."""

MOST_AT_ONCE = 64
"""Targets that the asynchronous verifier has under way at the same time; with several resolvers that have to agree,
questions being asked of each, accordingly fewer."""

NOTHING_KNOWN: Mapping[Question, Answer] = MappingProxyType({})
"""No answers."""


Resolver = TypeVar("Resolver", bound=BaseStub)
T = TypeVar("T")


def _authentication(anchors: TrustAnchors | None) -> Authentication:
    from emblem.dns.dnssec import ZoneCache, root_anchors

    return Authentication(anchors or root_anchors(), ZoneCache())


def _present() -> datetime:
    return datetime.now(UTC)


def _new_fetcher() -> Fetcher:
    from emblem.verifier.fetching import Fetcher

    return Fetcher()


def _new_async_fetcher() -> AsyncFetcher:
    from emblem.verifier.fetching import AsyncFetcher

    return AsyncFetcher()


def _questions_behind(request: Fetch) -> tuple[Question, ...]:
    """What must be asked before something is fetched: the same resolvers find its hosts that find emblems."""
    from emblem.verifier.fetching import hosts_in

    return tuple(question for host in hosts_in(request.resources) for question in address_questions(host))


def _addresses_by_host(answers: tuple[Answer, ...]) -> dict[str, tuple[Address, ...]]:
    hosts = dict.fromkeys(answer.question.name for answer in answers)
    return {host: addresses_in(one for one in answers if one.question.name == host) for host in hosts}


def _commitments(
    ct: CommitmentMode | str | CommitmentChecks | Callable[[], CommitmentChecks] | None, *, covert: bool
) -> Callable[[], CommitmentChecks] | None:
    """How commitments are checked; logs and roots are read when the first one is."""
    if ct is None:
        ct = CommitmentMode.EVIDENCE if covert else CommitmentMode.ONLINE
    if isinstance(ct, str):
        mode = CommitmentMode(ct)
        if mode is CommitmentMode.SKIP:
            return None
        fetches = mode is CommitmentMode.ONLINE and not covert
        return cache(partial(_usual_checks, fetches=fetches))
    own = ct if callable(ct) else lambda: ct
    return own if not covert else lambda: replace(own(), fetches=False)


def _usual_checks(*, fetches: bool) -> CommitmentChecks:
    from emblem.verifier.commitments import usual_checks

    return usual_checks(fetches=fetches)


async def _ask_unknown(
    session: AsyncSession, questions: tuple[Question, ...], known: Mapping[Question, Answer], deadline: float
) -> tuple[Answer, ...]:
    """The answers to all questions, of which only those are asked that are not known."""
    unknown = [question for question in questions if question not in known]
    asked = await session.ask_all(unknown, deadline) if unknown else ()
    answers = {**known, **dict(zip(unknown, asked, strict=True))}
    return tuple(answers[question] for question in questions)


async def _within(
    verifier: AsyncVerifier, targets: Iterable[Target | str], at: datetime | None
) -> AsyncGenerator[Verdict, None]:
    """The verdicts on many targets, within the block of their verifier."""
    async with verifier, aclosing(verifier.verify_many(targets, at=at)) as verdicts:
        async for verdict in verdicts:
            yield verdict


async def _fetch_with(
    session: AsyncSession, fetcher: AsyncFetcher, deadline: float, resources: tuple[Resource, ...]
) -> tuple[Fetched, ...]:
    """What is at these resources, their hosts being found through the same resolvers that find emblems."""
    answers = await session.ask_all(_questions_behind(Fetch(resources)), deadline)
    return await fetcher.fetch_all(resources, _addresses_by_host(answers), deadline)


def _share_of(deadline: float) -> float:
    """When to give up on what is fetched."""
    now = time.monotonic()
    return now + FETCHING_SHARE * (deadline - now)


def fetch_now(
    resources: Iterable[Resource], *, resolvers: Iterable[str | AnyServer] = (), timeout: float = DEFAULT_TIMEOUT
) -> tuple[Fetched, ...]:
    """Fetch resources, outside of any verification.

    Args:
        resources: what to fetch.
        resolvers: whom to ask for addresses, as :class:`Verifier` does.
        timeout: seconds for all of it.

    Raises:
        ResolverError: a resolver is not given as it must be.
    """
    request = Fetch(tuple(resources))
    deadline = time.monotonic() + timeout
    with StubResolver.configured(resolvers).session() as session, _new_fetcher() as fetcher:
        answers = session.ask_all(_questions_behind(request), deadline)
        return fetcher.fetch_all(request.resources, _addresses_by_host(answers), deadline)


class _Configuration(Generic[Resolver]):
    """What both verifiers are told.

    A verifier remembers keys and endorsements (:class:`~emblem.validation.memory.Memory`): one for many targets is
    faster than one for each.

    Args:
        trust: whom the verifier trusts; nobody, where left out.
        resolvers: what to ask, as :func:`emblem.dns.parse_resolver` reads it. Several are all asked, and have to agree;
            those of the system, where left out, are asked in turn.
        resolver_ca: root certificates in PEM that alone are trusted for resolvers asked over TLS or HTTPS.
        transport: what resolvers must be like.
        profile: how additional tokens are taken.
        dnssec: whether the answers themselves are checked, from the trust anchors down.
        anchors: where DNSSEC begins; the root's keys that come with this package, where left out.
        covert: ask only what ordinary software asks too, over encrypted transports at literal addresses, and
            contact nobody but the resolvers. Then DNSSEC is not checked: no ordinary software asks for keys.
        ct: how key commitments are checked: ``online`` (logs are asked; the default), ``evidence`` (only what is at
            hand counts; the default where covert, and then nothing else is possible), ``skip`` (not at all), or by
            logs, roots and evidence of one's own, or what returns these when they are first needed.
        in_turn: several resolvers are asked in turn, until one answers, and need not agree.
        retries: how long and how often each resolver is tried.
        timeout: seconds within which one target is settled.
        clock: what the present time is.

    Raises:
        ValueError: ``ct`` is another text.
        ResolverError: there is no resolver, one is not given as it must be or may not be asked, or the root
            certificates cannot be used.
    """

    _kind: type[Resolver]

    def __init__(
        self,
        trust: Trust | None = None,
        *,
        resolvers: Iterable[str | AnyServer] = (),
        resolver_ca: Path | None = None,
        transport: TransportPolicy = ANY_TRANSPORT,
        profile: Profile = Profile.ROBUST,
        dnssec: bool = True,
        anchors: TrustAnchors | None = None,
        covert: bool = False,
        ct: CommitmentMode | str | CommitmentChecks | Callable[[], CommitmentChecks] | None = None,
        in_turn: bool = False,
        retries: RetryPolicy = DEFAULT_RETRY_POLICY,
        timeout: float = DEFAULT_TIMEOUT,
        clock: Callable[[], datetime] = _present,
    ) -> None:
        authentication = _authentication(anchors) if dnssec and not covert else None
        self._resolver = self._kind.configured(
            resolvers,
            transport=COVERT_TRANSPORT if covert else transport,
            ca_file=resolver_ca,
            policy=retries,
            dnssec=authentication is not None,
            in_turn=in_turn,
        )
        commitments = _commitments(ct, covert=covert)
        self._settings = Settings(trust or Trust(), profile, authentication, covert, Memory(), commitments)
        self._timeout = timeout
        self._clock = clock
        self._fetched_before = FetchedBefore()

    def _begin(self, target: Target | str, at: datetime | None) -> tuple[Investigation, float]:
        now = self._clock()
        asked = Target.parse(target) if isinstance(target, str) else target
        return investigate(asked, at=at or now, now=now, settings=self._settings), time.monotonic() + self._timeout

    def _begin_capture(self, target: Target | str) -> tuple[Asking[Captured], float]:
        from emblem.verifier.capture import investigate_recorded

        asked = Target.parse(target) if isinstance(target, str) else target
        steps = investigate_recorded(asked, now=self._clock(), settings=self._settings)
        return steps, time.monotonic() + self._timeout

    def judge(self, bundle: bytes, target: Target | str | None = None, *, at: datetime | None = None) -> Verdict:
        """Judge an evidence bundle by this verifier's trust, policy, anchors, logs and clock; opens no socket.

        Args:
            bundle: what is in the file (``specs/evidence.md``).
            target: what is asked about; what the bundle is about, where left out.
            at: the time as of which to judge (aware); where left out that of a time stamp that counts, and else now.

        Raises:
            MalformedError: it is no bundle, or a damaged one.
            InputError: it is about nothing that could be asked about.
        """
        from emblem.codec.evidence import decode_bundle
        from emblem.verifier.bundles import judge_bundle

        asked = Target.parse(target) if isinstance(target, str) else target
        checks, authentication = self._settings.commitments, self._settings.authentication
        settings = self._settings
        if checks is not None:
            # What the bundle kept counts as fetched, also for a verifier that itself asks no log.
            settings = replace(settings, commitments=lambda: replace(checks(), fetches=True))
        return judge_bundle(
            decode_bundle("evidence bundle", bundle),
            asked,
            at=at,
            now=self._clock(),
            settings=settings,
            anchors=None if authentication is None else authentication.anchors,
        )


class Verifier(_Configuration[StubResolver]):
    """Asks the DNS about targets, one at a time. Holds nothing open between calls."""

    _kind = StubResolver

    def verify(self, target: Target | str, *, at: datetime | None = None) -> Verdict:
        """Find out about one target.

        Args:
            target: a host name or an IP address.
            at: the time as of which to judge (aware); now, where left out.

        Raises:
            InvalidNameError: the target is neither.
        """
        return self._drive(*self._begin(target, at))

    def verify_many(
        self, targets: Iterable[Target | str], *, at: datetime | None = None
    ) -> Generator[Verdict, None, None]:
        """Verdicts on many targets, asked about at the same time; as :meth:`AsyncVerifier.verify_many`.

        For some thousands of targets. It runs in the calling thread, in an event loop of its own that stands still
        while no verdict is being taken; so it cannot be called where an event loop is running. For more targets, and
        on several processors, see :mod:`emblem.scanning`.

        Raises:
            InvalidNameError: a target is neither a host name nor an address.
        """
        verdicts = _within(self._concurrent(), targets, at)
        loop = asyncio.new_event_loop()
        try:
            while True:
                try:
                    verdict = loop.run_until_complete(anext(verdicts))
                except StopAsyncIteration:
                    return
                yield verdict
        finally:
            loop.run_until_complete(verdicts.aclose())
            loop.close()

    def _concurrent(self) -> AsyncVerifier:
        """The same verifier for an event loop; what this one remembers, it remembers too."""
        verifier = object.__new__(AsyncVerifier)
        vars(verifier).update(vars(self))
        verifier._resolver = self._resolver.like(AsyncStubResolver)
        return verifier

    def capture(self, target: Target | str) -> Captured:
        """Find out about one target, and keep everything that the verdict rests on.

        Raises:
            InvalidNameError: the target is neither a host name nor an IP address.
        """
        return self._drive(*self._begin_capture(target))

    def _drive(self, investigation: Asking[T], deadline: float) -> T:
        response: Response | None = None
        with ExitStack() as stack:
            session = stack.enter_context(self._resolver.session())
            fetcher: Fetcher | None = None
            while True:
                try:
                    request = investigation.send(response) if response is not None else next(investigation)
                except StopIteration as finished:
                    result: T = finished.value
                    return result
                if isinstance(request, Ask):
                    response = session.ask_all(request.questions, deadline)
                    continue
                if fetcher is None:
                    fetcher = stack.enter_context(_new_fetcher())
                answers = session.ask_all(_questions_behind(request), deadline)
                response = fetcher.fetch_all(request.resources, _addresses_by_host(answers), _share_of(deadline))


class AsyncVerifier(_Configuration[AsyncStubResolver]):
    """Asks the DNS about targets, many at a time, in the running event loop.

    Within its ``async with`` block, connections to encrypted resolvers are kept from target to target.
    """

    _kind = AsyncStubResolver
    _session: AsyncSession | None = None

    async def __aenter__(self) -> Self:
        self._session = await self._resolver.session().__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.__aexit__(kind, error, trace)

    async def verify(
        self,
        target: Target | str,
        *,
        at: datetime | None = None,
        known: Mapping[Question, Answer] = NOTHING_KNOWN,
        deadline: float | None = None,
    ) -> Verdict:
        """Find out about one target; as :meth:`Verifier.verify`.

        Args:
            target: a host name or an IP address.
            at: the time as of which to judge (aware); now, where left out.
            known: answers that there are already: these questions are not asked. They must be what the resolvers of
                this verifier answer, and as fresh.
            deadline: monotonic seconds by which the target is settled; by the verifier's timeout, where left out.

        Raises:
            InvalidNameError: the target is neither.
        """
        investigation, latest = self._begin(target, at)
        return await self._drive(investigation, latest if deadline is None else deadline, self._fetched_before, known)

    async def capture(self, target: Target | str) -> Captured:
        """Find out about one target, and keep everything; as :meth:`Verifier.capture`."""
        return await self._drive(*self._begin_capture(target), FetchedBefore())

    async def _drive(
        self,
        investigation: Asking[T],
        deadline: float,
        before: FetchedBefore,
        known: Mapping[Question, Answer] = NOTHING_KNOWN,
    ) -> T:
        response: Response | None = None
        async with AsyncExitStack() as stack:
            session = self._session
            if session is None:
                session = await stack.enter_async_context(self._resolver.session())
            fetcher: AsyncFetcher | None = None
            while True:
                try:
                    request = investigation.send(response) if response is not None else next(investigation)
                except StopIteration as finished:
                    result: T = finished.value
                    return result
                if isinstance(request, Ask):
                    response = await _ask_unknown(session, request.questions, known, deadline)
                    continue
                if fetcher is None:
                    fetcher = await stack.enter_async_context(_new_async_fetcher())
                latest = _share_of(deadline)
                fetch = partial(_fetch_with, session, fetcher, latest)
                response = await before.fetch_all(request.resources, latest, fetch)

    async def verify_many(
        self, targets: Iterable[Target | str] | AsyncIterable[Target | str], *, at: datetime | None = None
    ) -> AsyncGenerator[Verdict, None]:
        """Verdicts on many targets, each as soon as it is known, so not in the order of the targets.

        Targets are taken from the iterable only as verdicts are taken from here, and a slow iterable keeps no verdict
        back.

        Raises:
            InvalidNameError: a target is neither a host name nor an address.
        """
        asked = len(self._resolver.servers) if self._resolver.agreement else 1
        work = as_finished(targets, partial(self.verify, at=at), most=max(1, MOST_AT_ONCE // asked))
        async with aclosing(work) as verdicts:
            async for verdict in verdicts:
                yield verdict
