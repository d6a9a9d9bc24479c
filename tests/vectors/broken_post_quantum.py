"""Verifiers that take ML-DSA wrongly."""

from __future__ import annotations

from tests.vectors.broken import NEVER, broken

POST_QUANTUM = (
    broken(
        "ML-DSA is not known",
        "cwt/post-quantum",
        "keys.algorithms",
        "identifier in _ML_DSA and not has_ml_dsa()",
        "identifier in _ML_DSA",
    ),
    broken(
        "the private parameter of a key for ML-DSA is looked for where curves have it",
        "cwt/post-quantum",
        "codec.cose_key",
        "private = _PRIVATE if key_type == _AKP else _D",
        "private = _D",
    ),
    broken(
        "the identifier of a key for ML-DSA leaves its algorithm out",
        "cwt/post-quantum",
        "keys.public",
        'b"\\xa3\\x01\\x07\\x03\\x38" + bytes([number]) + b"\\x20\\x59"',
        'b"\\xa2\\x01\\x07\\x20\\x59"',
    ),
    broken(
        "an algorithm key pair in an unknown algorithm has no identifier",
        "cwt/post-quantum",
        "codec.cose_key",
        "if key_type == _AKP:",
        NEVER,
    ),
    broken(
        "JWS tokens have ML-DSA keys", "jws/keys", "codec.jwk", "return _read(jwk, {})", "return _read(jwk, _PAIRS)"
    ),
    broken(
        "given keys for ML-DSA serve JWS tokens", "jws/keys", "validation.sets", " if one.key.serves(self._format)", ""
    ),
)
