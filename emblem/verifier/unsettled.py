"""Why the check of a log entry came to an end before the commitment was verified."""

from __future__ import annotations

from emblem.errors import MalformedError
from emblem.model.reason import ReasonCode
from emblem.traceability.resources import Fetched, FetchFailure, Resource
from emblem.verifier.asking import Asking, fetch

_CODES = {
    FetchFailure.TIMEOUT: ReasonCode.LOG_TIMEOUT,
    FetchFailure.TOO_LARGE: ReasonCode.LOG_ANSWER_TOO_LARGE,
    FetchFailure.REDIRECTED: ReasonCode.LOG_REDIRECTED,
    FetchFailure.NO_HTTP: ReasonCode.LOG_ANSWER_MALFORMED,
    FetchFailure.NOT_AT_HAND: ReasonCode.LOG_NOT_ASKED,
}


class UnsettledError(Exception):
    """Stops the check of one entry; never leaves it.

    ``failed`` tells that the commitment is refuted: by what the log signed or must be able to prove, or by the
    certificate itself. Everything else could not be found out.
    """

    def __init__(self, code: ReasonCode, detail: str, *, failed: bool = False) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.failed = failed


def get(resource: Resource) -> Asking[bytes]:
    """Fetch what must be there.

    Raises:
        UnsettledError: it is not, or cannot be read.
    """
    (fetched,) = yield from fetch([resource])
    return content_of(fetched)


def content_of(fetched: Fetched) -> bytes:
    """What a response holds; errors as in :func:`get`."""
    if not fetched.succeeded:
        code = _CODES.get(fetched.failure, ReasonCode.LOG_UNREACHABLE) if fetched.failure else None
        raise UnsettledError(code or ReasonCode.LOG_UNREACHABLE, f"{fetched.resource.purpose}: {fetched.trouble}")
    try:
        return fetched.content
    except MalformedError as error:
        raise malformed(error) from error


def malformed(error: MalformedError) -> UnsettledError:
    """What an answer that cannot be read means: nothing."""
    return UnsettledError(ReasonCode.LOG_ANSWER_MALFORMED, str(error))
