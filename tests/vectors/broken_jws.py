"""Verifiers that read the older format wrongly, its constraints and its assets."""

from __future__ import annotations

from tests.vectors.broken import NEVER, Broken, broken

JWS = (
    broken(
        "JSON members may be repeated", "jws/structure", "codec.strict_json", "if len(members) != len(pairs):", NEVER
    ),
    broken("JSON may have NaN", "jws/structure", "codec.strict_json", "parse_constant=_refuse_constant,", ""),
    broken(
        "JSON may nest to any depth", "jws/structure", "codec.strict_json", "if _depth(value) > DEEPEST_NESTING:", NEVER
    ),
    broken(
        "JSON may have lone surrogates",
        "jws/structure",
        "codec.strict_json",
        'json.dumps(value, ensure_ascii=False).encode("utf-8")',
        "pass",
    ),
    broken(
        "a JWS may have more than three parts",
        "jws/structure",
        "codec.jws",
        "if len(parts) != 3:",
        "if len(parts) < 3:",
    ),
    broken("crit is not looked at in JWS", "jws/structure", "codec.jws", 'if "crit" in header:', NEVER),
    Broken(
        "cty is not looked at",
        "jws/structure",
        "emblem.codec.jws",
        (
            ("if kind not in (_EMBLEM, _ENDORSEMENT):", NEVER),
            ("if kind == _EMBLEM else", "if kind != _ENDORSEMENT else"),
        ),
    ),
    broken(
        "kid and jwk may disagree", "jws/structure", "codec.jws", "if key_identifier not in (None, computed):", NEVER
    ),
    broken(
        "a kid may be any text",
        "jws/structure",
        "codec.claims",
        "if isinstance(value, str) and len(value) == KEY_IDENTIFIER_LENGTH and _BASE32.issuperset(value):",
        "if isinstance(value, str):",
    ),
    broken("a JWK needs no alg", "jws/keys", "codec.jwk", "if not isinstance(written, str):", NEVER),
    broken("a private JWK passes", "jws/keys", "codec.jwk", "for member in _PRIVATE_MEMBERS:", "for member in ():"),
    broken("a JWK may be for anything", "jws/keys", "codec.jwk", "    _check_use(jwk)\n    algorithm", "    algorithm"),
    broken(
        "an unknown version of JWS is malformed",
        "jws/claims",
        "codec.jws",
        "if not isinstance(version, str):",
        "if version != _VERSION:",
    ),
    broken("assets and bearers may stand together", "jws/claims", "codec.jws", "if len(names) > 1:", NEVER),
    broken(
        "unknown purposes are ignored",
        "jws/claims",
        "codec.jws",
        'raise MalformedError("claim emb.prp", repr(value), "protective or indicative")',
        "continue",
    ),
    broken(
        "an end that is missing is true",
        "jws/chains",
        "codec.jws",
        'if "end" in claims else False',
        'if "end" in claims else True',
    ),
    broken(
        "log digests may have any length", "jws/endorsements", "codec.jws", "if len(digest) == _DIGEST:", "if True:"
    ),
    broken("a window may be negative", "jws/endorsements", "codec.jws", "if window is not None and window < 0:", NEVER),
    broken(
        "constraints of channels are read and not stored",
        "jws/constraints",
        "codec.jws",
        "channels=None if channels is None else frozenset(channels),\n        window",
        "channels=None,\n        window",
    ),
    broken(
        "constraints of assets are read and not stored",
        "jws/constraints",
        "codec.jws",
        "if name else None,\n        channels",
        "if False else None,\n        channels",
    ),
    broken("the window is read and not stored", "jws/constraints", "codec.jws", "window=window,", "window=None,"),
    broken(
        "assets need only overlap",
        "jws/constraints",
        "validation.constraints",
        "if allowed.assets is not None:",
        "if allowed.assets is not None and not any("
        "permit.covers(asset) for permit in allowed.assets for asset in emblem.assets):",
    ),
    broken(
        "channels need only overlap",
        "jws/constraints",
        "validation.constraints",
        "not emblem.channels <= allowed.channels",
        "emblem.channels and not emblem.channels & allowed.channels",
    ),
    broken(
        "the last second of a window is beyond it",
        "jws/constraints",
        "validation.constraints",
        "> allowed.window:",
        ">= allowed.window:",
    ),
    broken(
        "an empty constraint allows everything",
        "jws/constraints",
        "validation.constraints",
        "if allowed.purposes is not None and",
        "if allowed.purposes and",
    ),
    broken(
        "an entry that is no asset needs an allowance",
        "jws/constraints",
        "validation.constraints",
        "if not isinstance(asset, UnreadAsset) and not any",
        "if not any",
    ),
    broken(
        "a wildcard matches within a label",
        "jws/assets",
        "model.asset",
        'name.endswith("." + self.name)',
        "name.endswith(self.name)",
    ),
    broken(
        "a star alone is every name",
        "jws/assets",
        "codec.assets",
        "    wildcard = text.startswith(_WILDCARD)",
        '    if text == "*":\n        return NameAsset(text, "example", True)\n'
        "    wildcard = text.startswith(_WILDCARD)",
    ),
    broken("an exact address holds a prefix", "jws/constraints", "model.asset", "and self.length <= other.length", ""),
    broken(
        "bits below a prefix's length count",
        "jws/assets",
        "model.asset",
        "return cls(text, _prefix(value, total), total)",
        "return cls(text, value, total)",
    ),
    broken("IPv4 is not IPv4-mapped", "jws/assets", "model.asset", "_MAPPED_IPV4 | int(address)", "int(address)"),
    broken(
        "a length is not compared with the address",
        "jws/assets",
        "codec.assets",
        "if length <= address.max_prefixlen else None",
        "if length <= 128 else None",
    ),
    Broken(
        "an address needs no brackets",
        "jws/assets",
        "emblem.codec.assets",
        (
            ('if text.startswith("[") and text.endswith("]"):', "if _read_network(text, text.strip('[]')):"),
            ("text[1:-1]", "text.strip('[]')"),
        ),
    ),
    broken("one address of a name suffices", "jws/assets", "validation.matching", "marked = all(", "marked = any("),
    broken("addresses behind a name protect", "jws/assets", "validation.findings", "if match is _THROUGH_NAME:", NEVER),
    broken(
        "a name against an address is a no",
        "jws/assets",
        "validation.matching",
        "return Match.NEEDS_ADDRESSES if other_kind else Match.NONE",
        "return Match.NONE",
    ),
    broken(
        "an address against a name is a no",
        "jws/assets",
        "validation.matching",
        "if not addresses:\n        return Match.NEEDS_ADDRESSES",
        "if not addresses:\n        return Match.NONE",
    ),
    broken(
        "formats share their sets",
        "jws/carriage",
        "validation.sets",
        "if item.keys and item.format is form:",
        "if True:",
    ),
)
