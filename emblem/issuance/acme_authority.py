"""A certification authority that speaks ACME (RFC 8555), by way of the library ``acme``, which is an extra.

Its answers are bounded in size and time, and it is spoken to over HTTPS alone. The proxies that the environment names
are used, as by other ACME clients.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from acme import challenges, errors, messages
from acme.client import ClientNetwork, ClientV2
from josepy.errors import Error as JoseError
from josepy.jwa import ES256
from josepy.jwk import JWKEC
from requests.adapters import HTTPAdapter

from emblem.errors import CertificationError
from emblem.issuance.challenges import Challenge
from emblem.keys.pem import write_private_key
from emblem.keys.signing import SoftwareSigner
from emblem.model.display import excerpt
from emblem.traceability.certificate_request import certificate_request

LARGEST_ANSWER = 1024 * 1024
"""Bytes of an answer of the authority; a long chain has some ten thousand."""

_REQUEST_SECONDS = 30
_MOST_REDIRECTIONS = 3
_AGENT = "emblem (digital-emblem)"
_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class CertificateOrder:
    """A certificate that the authority will issue once it has seen the challenges.

    ``challenges`` are those that are still to be shown; none where the authority remembers them from another order.
    """

    challenges: tuple[Challenge, ...]
    resource: messages.OrderResource
    answers: tuple[tuple[messages.ChallengeBody, Any], ...]


class AcmeAuthority:
    """A conversation with an authority.

    Args:
        directory: the URL of its directory.
        account_key: signs the requests; for ECDSA on P-256.
        ca_file: certificates in PEM to which its TLS certificate must lead; without it, those of the library.
        seconds: how long everything may take that it does from now on.

    Raises:
        CertificationError: its directory cannot be read.
    """

    def __init__(self, directory: str, account_key: SoftwareSigner, *, ca_file: Path | None, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._directory = directory
        key = JWKEC.load(write_private_key(account_key, None))
        # The library hands the value on to requests, which takes the path of a file, too.
        verify: Any = True if ca_file is None else str(ca_file)
        network = ClientNetwork(key, alg=ES256, verify_ssl=verify, user_agent=_AGENT, timeout=_REQUEST_SECONDS)
        network.session.adapters.pop("http://")
        network.session.mount("https://", _BoundedAdapter(self._end))
        network.session.max_redirects = _MOST_REDIRECTIONS
        with self._failing("its directory"):
            self._client = ClientV2(ClientV2.get_directory(directory, network), network)

    @property
    def terms_of_service(self) -> str | None:
        """The URL of the terms to which one has to agree, if there are any."""
        with self._failing("its directory"):
            terms: str | None = self._client.directory.meta.terms_of_service
            return terms

    def register(self, contacts: Sequence[str]) -> None:
        """Open an account, having agreed to the terms; or find the one that the key has.

        Args:
            contacts: addresses of e-mail, or none.

        Raises:
            CertificationError: the authority refuses.
        """
        with self._failing("the account"):
            if self._client.external_account_required():
                raise CertificationError(
                    f"{self._directory}: it takes only accounts that are opened with it otherwise (external account "
                    "binding), which this program does not support: choose another authority or another ACME client"
                )
            mails = tuple(f"mailto:{address}" for address in contacts)
            wish = messages.NewRegistration(contact=mails, terms_of_service_agreed=True)
            try:
                self._client.new_account(wish)
            except errors.ConflictError as known:
                self._client.net.account = messages.RegistrationResource(
                    uri=known.location, body=messages.Registration()
                )

    def order(self, names: Sequence[str], key: SoftwareSigner) -> CertificateOrder:
        """Order a certificate for names and a key.

        Raises:
            CertificationError: the authority refuses, or does not offer dns-01.
        """
        with self._failing("the order"):
            resource = self._client.new_order(certificate_request(names, key))
            wanted: list[Challenge] = []
            answers: list[tuple[messages.ChallengeBody, Any]] = []
            for authorization in resource.authorizations:
                body = authorization.body
                if body.status == messages.STATUS_VALID:
                    continue
                name = str(body.identifier.value)
                if name not in names:
                    raise CertificationError(f"{self._directory}: it wants to see {excerpt(name)}, which was not asked")
                chosen = next((one for one in body.challenges if isinstance(one.chall, challenges.DNS01)), None)
                if chosen is None:
                    raise CertificationError(f"{self._directory}: it does not offer dns-01 for {name}")
                response, value = chosen.response_and_validation(self._client.net.key)
                wanted.append(Challenge(name, value))
                answers.append((chosen, response))
            return CertificateOrder(tuple(wanted), resource, tuple(answers))

    def validate(self, order: CertificateOrder) -> None:
        """Have the authority look at the challenges, and wait for what it finds.

        Raises:
            CertificationError: it does not see one, or takes too long.
        """
        with self._failing("the challenges"):
            for body, response in order.answers:
                self._client.answer_challenge(body, response)
            self._client.poll_authorizations(order.resource, self._deadline)

    def collect(self, order: CertificateOrder) -> bytes:
        """Have the certificate issued, and fetch its chain in PEM.

        Raises:
            CertificationError: it is not issued, or that takes too long.
        """
        with self._failing("the certificate"):
            return self._client.finalize_order(order.resource, self._deadline).fullchain_pem.encode()

    @property
    def _deadline(self) -> datetime:
        """What is left of the time, as the library wants it: by a clock without a time zone."""
        return datetime.now() + timedelta(seconds=self._end - time.monotonic())

    @contextmanager
    def _failing(self, what: str) -> Iterator[None]:
        """Whatever the libraries raise becomes one error of ours."""
        try:
            yield
        except errors.TimeoutError as error:
            raise CertificationError(f"{self._directory}: {what}: no decision in the time allowed") from error
        except errors.ValidationError as error:
            raise CertificationError(f"{self._directory}: {_refused_names(error)}") from error
        except errors.IssuanceError as error:
            raise CertificationError(f"{self._directory}: {what}: {_problem_text(error.error)}") from error
        except messages.Error as error:
            raise CertificationError(f"{self._directory}: {what}: {_problem_text(error)}") from error
        except requests.RequestException as error:
            raise CertificationError(f"{self._directory}: {what}: {_failure_text(error)}") from error
        except (errors.Error, JoseError) as error:
            raise CertificationError(f"{self._directory}: {what}: {_shortened(error)}") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # An answer of another form than the library counts on.
            raise CertificationError(
                f"{self._directory}: {what}: an answer that is not of ACME: {_shortened(error)}"
            ) from error


def _refused_names(error: errors.ValidationError) -> str:
    names = []
    for authorization in error.failed_authzrs:
        for challenge in authorization.body.challenges:
            if challenge.error is not None:
                names.append(f"{authorization.body.identifier.value}: {_problem_text(challenge.error)}")
    return "it does not see the challenge. " + "; ".join(names)


def _problem_text(problem: messages.Error) -> str:
    text = f"{problem.detail or problem.title or 'refused'} ({problem.code or problem.typ})"
    return " ".join([text, *(_problem_text(one) for one in problem.subproblems or ())])


def _failure_text(error: requests.RequestException) -> str:
    match error:
        case requests.exceptions.SSLError():
            said = "its TLS certificate is not one for this address by an authority that is known (see --ca-file)"
        case requests.exceptions.InvalidSchema():
            said = "an address that is not https://"
        case requests.Timeout():
            said = "no answer in the time allowed"
        case _:
            said = "no answer"
    return f"{said}: {_shortened(error)}"


def _shortened(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"


class _BoundedAdapter(HTTPAdapter):
    """Sends requests; answers are read as far as they may be large, and as long as they may take."""

    def __init__(self, end: float = math.inf) -> None:
        super().__init__()
        self._end = end

    def send(self, *arguments: Any, **named: Any) -> requests.Response:
        """Send one request."""
        response = super().send(*arguments, **(named | {"stream": True}))
        response.raw = _BoundedBody(response.raw, self._end)
        return response


class _BoundedBody:
    """What an answer is read from."""

    def __init__(self, raw: Any, end: float) -> None:
        self._raw = raw
        self._end = end

    def stream(self, *arguments: Any, **named: Any) -> Iterator[bytes]:
        """The parts of the answer as they come."""
        size = 0
        for part in self._raw.stream(*arguments, **named):
            size += len(part)
            if size > LARGEST_ANSWER:
                raise requests.ConnectionError(f"an answer of more than {LARGEST_ANSWER} bytes")
            if time.monotonic() > self._end:
                raise requests.Timeout("an answer that does not end in the time allowed")
            yield part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)
