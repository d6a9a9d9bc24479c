"""Every file of vectors."""

from __future__ import annotations

from collections.abc import Callable

from test_vectors.generator.commitments import certificates as commitments_certificates
from test_vectors.generator.commitments import logs as commitments_logs
from test_vectors.generator.cwt import additions as cwt_additions
from test_vectors.generator.cwt import algorithms as cwt_algorithms
from test_vectors.generator.cwt import authorities as cwt_authorities
from test_vectors.generator.cwt import carriage as cwt_carriage
from test_vectors.generator.cwt import cbor as cwt_cbor
from test_vectors.generator.cwt import certificates as cwt_certificates
from test_vectors.generator.cwt import chains as cwt_chains
from test_vectors.generator.cwt import claims as cwt_claims
from test_vectors.generator.cwt import copies as cwt_copies
from test_vectors.generator.cwt import endorsements as cwt_endorsements
from test_vectors.generator.cwt import header as cwt_header
from test_vectors.generator.cwt import keys as cwt_keys
from test_vectors.generator.cwt import limits as cwt_limits
from test_vectors.generator.cwt import names as cwt_names
from test_vectors.generator.cwt import organizations as cwt_organizations
from test_vectors.generator.cwt import post_quantum as cwt_post_quantum
from test_vectors.generator.cwt import renewals as cwt_renewals
from test_vectors.generator.cwt import scopes as cwt_scopes
from test_vectors.generator.cwt import sets as cwt_sets
from test_vectors.generator.cwt import signs as cwt_signs
from test_vectors.generator.cwt import structure as cwt_structure
from test_vectors.generator.cwt import times as cwt_times
from test_vectors.generator.cwt import trust as cwt_trust
from test_vectors.generator.cwt import unknown as cwt_unknown
from test_vectors.generator.discovery import addresses as discovery_addresses
from test_vectors.generator.discovery import aliases as discovery_aliases
from test_vectors.generator.discovery import carriages as discovery_carriages
from test_vectors.generator.discovery import certificates as discovery_certificates
from test_vectors.generator.discovery import covert as discovery_covert
from test_vectors.generator.discovery import demonstration as discovery_demonstration
from test_vectors.generator.discovery import denials as discovery_denials
from test_vectors.generator.discovery import dnssec as discovery_dnssec
from test_vectors.generator.discovery import responses as discovery_responses
from test_vectors.generator.evidence import form as evidence_form
from test_vectors.generator.evidence import judging as evidence_judging
from test_vectors.generator.evidence import stamped as evidence_stamped
from test_vectors.generator.jws import assets as jws_assets
from test_vectors.generator.jws import carriage as jws_carriage
from test_vectors.generator.jws import chains as jws_chains
from test_vectors.generator.jws import claims as jws_claims
from test_vectors.generator.jws import constraints as jws_constraints
from test_vectors.generator.jws import endorsements as jws_endorsements
from test_vectors.generator.jws import keys as jws_keys
from test_vectors.generator.jws import structure as jws_structure
from test_vectors.generator.jws import trust as jws_trust
from test_vectors.generator.vector import Topic

TOPICS: tuple[Callable[[], Topic], ...] = (
    cwt_structure.topic,
    cwt_cbor.topic,
    cwt_header.topic,
    cwt_claims.topic,
    cwt_endorsements.topic,
    cwt_times.topic,
    cwt_signs.topic,
    cwt_organizations.topic,
    cwt_names.topic,
    cwt_keys.topic,
    cwt_algorithms.topic,
    cwt_post_quantum.topic,
    cwt_copies.topic,
    cwt_chains.topic,
    cwt_additions.topic,
    cwt_renewals.topic,
    cwt_trust.topic,
    cwt_scopes.topic,
    cwt_authorities.topic,
    cwt_certificates.topic,
    cwt_unknown.topic,
    cwt_carriage.topic,
    cwt_sets.topic,
    cwt_limits.topic,
    jws_structure.topic,
    jws_claims.topic,
    jws_endorsements.topic,
    jws_keys.topic,
    jws_assets.topic,
    jws_constraints.topic,
    jws_chains.topic,
    jws_trust.topic,
    jws_carriage.topic,
    discovery_denials.topic,
    discovery_responses.topic,
    discovery_aliases.topic,
    discovery_carriages.topic,
    discovery_addresses.topic,
    discovery_dnssec.topic,
    discovery_certificates.topic,
    discovery_covert.topic,
    discovery_demonstration.topic,
    evidence_form.topic,
    evidence_judging.topic,
    evidence_stamped.topic,
    commitments_logs.topic,
    commitments_certificates.topic,
)
