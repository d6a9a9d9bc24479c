"""Verifiers that take certificates wrongly."""

from __future__ import annotations

from tests.vectors.broken import NEVER, Broken, broken

_CERTIFY, _NAMES, _JUDGE = "traceability.certification", "traceability.subtrees", "validation.certification"


def _of(rule: str, module: str, old: str, new: str) -> Broken:
    return broken(rule, "cwt/certificates", module, old, new)


def _domain(rule: str, module: str, old: str, new: str) -> Broken:
    return broken(rule, "discovery/certificates", module, old, new)


CERTIFICATES = (
    _of(
        "a certificate may be of any key",
        _CERTIFY,
        "if need.key_identifier not in _identifiers(first):",
        NEVER,
    ),
    _of("the signatures of certificates are not checked", _CERTIFY, "if not _issued(upper, lower):", NEVER),
    _of(
        "certificates never expire", _CERTIFY, "if need.at >= numeric_date(certificate.not_valid_after_utc) + 1:", NEVER
    ),
    _of(
        "certificates expire a second early",
        _CERTIFY,
        "if need.at >= numeric_date(certificate.not_valid_after_utc) + 1:",
        "if need.at >= numeric_date(certificate.not_valid_after_utc):",
    ),
    _of(
        "certificates are always valid already",
        _CERTIFY,
        "if need.at < numeric_date(certificate.not_valid_before_utc):",
        NEVER,
    ),
    _of("the key of an authority signs emblems", _CERTIFY, "if constraints is not None and constraints.ca:", NEVER),
    _of(
        "the key of an emblem is for anything", _CERTIFY, "if usage is not None and not usage.digital_signature:", NEVER
    ),
    _of("anybody is an authority", _CERTIFY, "if constraints is None or not constraints.ca:", NEVER),
    _of(
        "any key of an authority signs certificates",
        _CERTIFY,
        "if usage is not None and not usage.key_cert_sign:",
        NEVER,
    ),
    _of(
        "one authority less is allowed below an authority",
        _CERTIFY,
        "below > constraints.path_length",
        "below >= constraints.path_length",
    ),
    _of("the issuer need not be named", _CERTIFY, "if need.issuer.host not in names:", NEVER),
    _of(
        "the issuer is named by a wildcard",
        _CERTIFY,
        "if need.issuer.host not in names:",
        'if need.issuer.host not in names and "*." + need.issuer.host.partition(".")[2] not in names:',
    ),
    _of(
        "the issuer is named by a name below",
        _CERTIFY,
        "if need.issuer.host not in names:",
        "if not any(name.endswith(need.issuer.host) for name in names):",
    ),
    _of("an emblem marks whatever it likes", _CERTIFY, "if not is_covered(asset, names, subtrees):", NEVER),
    _of("one name that is covered suffices", _CERTIFY, "for asset in need.assets:", "for asset in need.assets[:1]:"),
    _of("the names of certificates are taken with their case", _NAMES, "tuple(name.lower() for", "tuple(name for"),
    _of(
        "a wildcard covers any depth",
        _NAMES,
        'if any(name in (asset, f"*.{parent}") for name in names):',
        'if any(name == asset or (name[0] == "*" and asset.endswith(name[1:])) for name in names):',
    ),
    _of(
        "wildcards cover nothing",
        _NAMES,
        'if any(name in (asset, f"*.{parent}") for name in names):',
        "if asset in names:",
    ),
    _of(
        "names match at their ends",
        _NAMES,
        'if any(name in (asset, f"*.{parent}") for name in names):',
        'if any(asset.endswith(name) or name == f"*.{parent}" for name in names):',
    ),
    _of(
        "what authorities are limited to says nothing",
        _NAMES,
        "return any(one.names(asset) for one in authorities)",
        "return False",
    ),
    _of(
        "an authority without limits is limited to all",
        _NAMES,
        "return self.permitted is not None and any(",
        "return self.permitted is None or any(",
    ),
    _of(
        "what an authority must not certify is forgotten",
        _NAMES,
        "if any(_is_within(name, subtree) for subtree in self.excluded):",
        NEVER,
    ),
    _of(
        "what an authority is limited to is forgotten",
        _NAMES,
        "return self.permitted is None or any(_is_within(name, subtree) for subtree in self.permitted)",
        "return True",
    ),
    _of(
        "the limits of the trusted authority say nothing",
        _CERTIFY,
        "[read_subtrees(authority) for authority in path[1:]]",
        "[read_subtrees(authority) for authority in path[1:-1]]",
    ),
    _of(
        "no path is needed",
        _CERTIFY,
        "return anchor if self._is_relevant(anchor) and self._leads_to(anchor) else None",
        "return anchor",
    ),
    _of(
        "a name is a path",
        _CERTIFY,
        "return anchor if self._is_relevant(anchor) and self._leads_to(anchor) else None",
        "return anchor if self._is_relevant(anchor) else None",
    ),
    _of(
        "what cannot be judged is false",
        _CERTIFY,
        "return Certification(CertificationResult.UNDETERMINED, why, certificates=self._summaries)",
        "return Certification(CertificationResult.FAILED, why, certificates=self._summaries)",
    ),
    _of(
        "what is false cannot be judged",
        _CERTIFY,
        "return Certification(CertificationResult.FAILED, str(flaw), certificates=summaries)",
        "return Certification(CertificationResult.UNDETERMINED, str(flaw), certificates=summaries)",
    ),
    _of(
        "an array of one certificate is taken",
        "codec.cwt",
        "1 < len(value) <= MOST_CERTIFICATES",
        "1 <= len(value) <= MOST_CERTIFICATES",
    ),
    _of("any number of certificates is taken", "codec.cwt", "1 < len(value) <= MOST_CERTIFICATES", "1 < len(value)"),
    _of(
        "seven certificates are taken at the most",
        "codec.cwt",
        "1 < len(value) <= MOST_CERTIFICATES",
        "1 < len(value) < MOST_CERTIFICATES",
    ),
    _of(
        "certificates must not be critical",
        "codec.cwt",
        "_UNDERSTOOD: frozenset[Label] = frozenset({_ALGORITHM, _KEY_IDENTIFIER, _TYPE, _CERTIFICATES, _LOG})",
        "_UNDERSTOOD: frozenset[Label] = frozenset({_ALGORITHM, _KEY_IDENTIFIER, _TYPE, _LOG})",
    ),
    _of(
        "critical certificates may be anything",
        "codec.cwt",
        "if _CERTIFICATES in labels and not _read_certificates(header):",
        NEVER,
    ),
    _of(
        "certificates are not looked at",
        "codec.cwt",
        "_read_certificates(labels) if _CERTIFICATES in labels else None",
        "None",
    ),
    _of(
        "the emblem's own certificates alone count",
        "validation.levels",
        "certificates = link.token.certificates",
        "pass",
    ),
    _of("the scope of an authority is forgotten", _JUDGE, "if trusted.scope.includes(self._occasion)", "if True"),
    _of("any trusted authority counts", _JUDGE, "if trusted.encoded in answer.anchors", "if True"),
    _of(
        "a certified key is not trusted",
        "validation.levels",
        "        if self._certified.authorities:\n            trusted = True\n",
        "        if self._certified.authorities:\n            trusted = trusted\n",
    ),
    _of(
        "the issuer's own authority endorses it",
        "validation.levels",
        "if any(authority != self._issuer for authority in self._certified.authorities):",
        "if True:",
    ),
    _of(
        "authorities that certify do not endorse",
        "validation.findings",
        "issuers.update(one for one in",
        "issuers.update(one for one in () and",
    ),
    _of(
        "certificates that lead nowhere make a set false",
        "validation.levels",
        "if certified.open or (certified.unknown and",
        "if certified.open or (False and",
    ),
    _domain(
        "records of any usage name the key", "traceability.dane", "return self.usage == _END_ENTITY", "return True"
    ),
    _domain(
        "records of any usage name an authority", "traceability.dane", "return self.usage == _AUTHORITY", "return True"
    ),
    _domain("the whole certificate is always compared", "traceability.dane", "if selector == _WHOLE:", "if True:"),
    _domain("the key is always compared", "traceability.dane", "if selector == _WHOLE:", NEVER),
    _domain("every digest is SHA-256", "traceability.dane", "hashlib.sha512", "hashlib.sha256"),
    _domain(
        "a certificate in a record is not taken",
        "traceability.dane",
        "if self.selector != _WHOLE or self.matching != 0:",
        "if True:",
    ),
    _domain(
        "an authority that is named needs no path",
        _CERTIFY,
        "any(map(self._leads_to, self._named(one, authorities)))",
        "any(True for _ in self._named(one, authorities))",
    ),
    _domain("a key that is named may mark whatever it likes", _CERTIFY, " and self._is_sound([first], ())", ""),
    _domain(
        "answers that are not signed are believed",
        "verifier.domains",
        "if assessment.state is not State.SECURE:",
        NEVER,
    ),
    _domain(
        "the web server's records count", "verifier.domains", 'TLSA_LABEL = "_emblem."', 'TLSA_LABEL = "_443._tcp."'
    ),
    _domain(
        "the domain's word makes a key trusted",
        "validation.levels",
        "        if self._certified.authorities:\n            trusted = True\n",
        "        if self._certified.counts:\n            trusted = True\n",
    ),
    _domain(
        "the domain's word counts for nothing",
        _JUDGE,
        "return bool(self.authorities) or self.domain",
        "return bool(self.authorities)",
    ),
    _domain(
        "only the first record is compared",
        "traceability.dane",
        "tuple(usable[:MOST_ASSOCIATIONS])",
        "tuple(usable[:1])",
    ),
)
