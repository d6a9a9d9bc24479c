"""A verdict as JSON, in the published schema ``emblem.verdict/1``."""

from __future__ import annotations

import json
from typing import Any

from emblem.model.certification import CertificationNeed, CertificationReport, PathCertificate
from emblem.model.evidence import LogEvidence
from emblem.model.need import AddressesNeed, Need
from emblem.model.reason import Reason
from emblem.model.time import date_text, numeric_date
from emblem.model.token import LogEntry, NumericDate
from emblem.model.verdict import ChainEntry, Discovery, Finding, SetVerdict, TokenReport, Verdict, ZoneReport

SCHEMA = "emblem.verdict/1"


def verdict_line(verdict: Verdict) -> str:
    """A verdict as one line of JSON."""
    return visible_json(verdict_members(verdict))


def visible_json(value: Any, *, indent: int | None = None) -> str:
    """JSON in visible ASCII: texts from strangers must not break lines or move a cursor."""
    return json.dumps(value, indent=indent).replace("\x7f", "\\u007f")


def verdict_members(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the members of its JSON object."""
    return {
        "schema": SCHEMA,
        "target": verdict.target.text,
        "at": date_text(numeric_date(verdict.at)),
        **_finding(verdict),
        "dnssec": verdict.dnssec.value,
        "discovery": _discovery(verdict.discovery),
        "needs": [_need(need) for need in verdict.needs],
        "sets": [_set(one) for one in verdict.sets],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "status": finding.status.value,
        "level": finding.level.value,
        "trusted": finding.trusted,
        "sign": finding.sign.value if finding.sign else None,
        "purposes": list(finding.purposes.slugs),
        "issuer": _text(finding.issuer),
        "endorsed_by": [str(organization) for organization in finding.endorsed_by],
        "assets": list(finding.assets),
        "not_before": _date(finding.not_before),
        "expires": _date(finding.expires),
        "format": finding.format.value if finding.format else None,
        "commitment": finding.commitment.value,
        "reasons": [_reason(reason) for reason in finding.reasons],
    }


def _set(one: SetVerdict) -> dict[str, Any]:
    return {
        "carriage": one.carriage.value,
        "owner": one.owner,
        "set": one.set,
        "type": one.type_number,
        **_finding(one),
        "tokens": [_token(token) for token in one.tokens],
        "chain": [_chain_entry(entry) for entry in one.chain],
        "certifications": [_certification(report) for report in one.certifications],
    }


def _token(token: TokenReport) -> dict[str, Any]:
    return {
        "kind": token.kind.value,
        "key_identifier": token.key_identifier,
        "algorithm": token.algorithm,
        "issuer": _text(token.issuer),
        "subject": _text(token.subject),
        "endorsed_key": token.endorsed_key,
        "may_endorse": token.may_endorse,
        "purposes": None if token.purposes is None else list(token.purposes.slugs),
        "assets": None if token.assets is None else list(token.assets),
        "logs": token.logs,
        "not_before": _date(token.not_before),
        "expires": _date(token.expires),
        "used": token.used,
        "dropped": token.dropped.value if token.dropped else None,
    }


def _chain_entry(entry: ChainEntry) -> dict[str, Any]:
    return {
        "role": entry.role.value,
        "token": entry.token,
        "key_identifier": entry.key_identifier,
        "issuer": _text(entry.issuer),
        "trusted": entry.trusted,
        "commitment": entry.commitment.value,
        "evidence": [_evidence(one) for one in entry.evidence],
    }


def _evidence(one: LogEvidence) -> dict[str, Any]:
    return {
        "entry": log_entry_members(one.entry),
        "result": one.result.value,
        "code": one.code.value if one.code else None,
        "detail": one.detail,
        "log": one.log,
        "operator": one.operator,
        "proofs": [proof.value for proof in one.proofs],
        "logged_at": _date(one.logged_at),
        "tree_size": one.tree_size,
        "tree_time": _date(one.tree_time),
        "names": list(one.names),
        "path": [_certificate(certificate) for certificate in one.path],
        "revocation": one.revocation.value,
    }


def _certificate(encoded: bytes) -> dict[str, Any]:
    # Few verdicts have any, and what reads them is slow to load.
    from emblem.traceability.summary import summarize

    certificate = summarize(encoded)
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial,
        "not_before": _date(certificate.not_before),
        "not_after": _date(certificate.not_after),
        "sha256": certificate.fingerprint.hex(),
    }


def _certification(report: CertificationReport) -> dict[str, Any]:
    return {
        "token": report.token,
        "result": "not-checked" if report.result is None else report.result.value,
        "detail": report.detail,
        "authorities": [str(organization) for organization in report.authorities],
        "domain": report.domain,
        "certificates": [certificate_members(one) for one in report.certificates],
    }


def certificate_members(certificate: PathCertificate) -> dict[str, Any]:
    """What a certificate says, as the members of a JSON object."""
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "names": list(certificate.names),
        "not_before": _date(certificate.not_before),
        "expires": _date(certificate.expires),
        "fingerprint": certificate.fingerprint,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    members: dict[str, Any] = {
        "code": reason.code.value,
        "severity": reason.severity.value,
        "message": reason.message,
    }
    if reason.token is not None:
        members["token"] = reason.token
    return members


def _discovery(discovery: Discovery | None) -> dict[str, Any] | None:
    if discovery is None:
        return None
    return {
        "queries": [
            {
                "name": query.name,
                "type": query.type,
                "outcome": query.outcome,
                "server": query.server,
                "detail": query.detail,
            }
            for query in discovery.queries
        ],
        "not_asked": list(discovery.not_asked),
        "zones": [_zone(zone) for zone in discovery.zones],
    }


def _zone(zone: ZoneReport) -> dict[str, Any]:
    return {
        "name": zone.name,
        "state": zone.state.value,
        "detail": zone.detail,
        "parent": zone.parent,
        "keys": [{"tag": key.tag, "algorithm": key.algorithm, "entry": key.entry} for key in zone.keys],
    }


def _need(need: Need) -> dict[str, Any]:
    if isinstance(need, AddressesNeed):
        return {"need": "addresses", "name": need.name}
    if isinstance(need, CertificationNeed):
        return {
            "need": "certification",
            "key_identifier": need.key_identifier,
            "organization": str(need.issuer),
            "certificates": len(need.certificates),
        }
    return {
        "need": "commitment",
        "key_identifier": need.key_identifier,
        "organization": str(need.organization),
        "log": [log_entry_members(entry) for entry in need.log],
    }


def log_entry_members(entry: LogEntry) -> dict[str, Any]:
    """An entry of a transparency log as the members of a JSON object, in hexadecimal."""
    place = {"index": entry.index} if entry.leaf_hash is None else {"hash": entry.leaf_hash.hex()}
    return {"id": entry.log_id.hex(), **place}


def _date(date: NumericDate | None) -> str | None:
    return None if date is None else date_text(date)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
