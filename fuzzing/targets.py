"""All targets by name."""

from __future__ import annotations

from fuzzing import (
    bundles,
    certificates,
    decoders,
    dns_responses,
    logs,
    papers,
    record_sets,
    target_lists,
    trust_stores,
)
from fuzzing.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *decoders.TARGETS,
        *dns_responses.TARGETS,
        *trust_stores.TARGETS,
        *record_sets.TARGETS,
        *papers.TARGETS,
        *bundles.TARGETS,
        *certificates.TARGETS,
        *logs.TARGETS,
        *target_lists.TARGETS,
    )
}
"""Everything that is fuzzed."""
