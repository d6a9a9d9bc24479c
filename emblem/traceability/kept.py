"""Resources as an evidence bundle keeps them, and back."""

from __future__ import annotations

from emblem.codec.evidence import KeptResource
from emblem.errors import MalformedError
from emblem.traceability.resources import Fetched, FetchFailure, Resource


def keep_fetched(fetched: Fetched) -> KeptResource:
    """What is kept of a resource that was fetched, or could not be."""
    failure = fetched.failure.value if fetched.failure is not None else ""
    return KeptResource(fetched.resource.address, fetched.status, fetched.encoding, fetched.body, failure)


def kept_fetched(kept: KeptResource, resource: Resource) -> Fetched:
    """What came of fetching a resource, for somebody who accepts only so much of it.

    Raises:
        MalformedError: it names a failure that we do not know.
    """
    if kept.failure:
        return Fetched(resource, failure=_fetch_failure(kept.failure), detail="that is what the evidence bundle says")
    if len(kept.body) > resource.largest:
        found = f"{len(kept.body)} bytes, of which {resource.largest} would be acceptable"
        return Fetched(resource, failure=FetchFailure.TOO_LARGE, detail=found)
    return Fetched(resource, kept.status, kept.body, kept.encoding)


def _fetch_failure(code: str) -> FetchFailure:
    try:
        return FetchFailure(code)
    except ValueError:
        raise MalformedError("failure", repr(code), f"one of {', '.join(FetchFailure)}") from None
