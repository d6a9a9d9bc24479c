"""Verifiers that read the native format wrongly: CBOR, headers, claims, names and keys."""

from __future__ import annotations

from tests.vectors.broken import NEVER, broken

CBOR = (
    broken(
        "repeated map keys pass",
        "cwt/cbor",
        "codec.cbor",
        "allow_duplicate_keys=False",
        "allow_duplicate_keys=True",
    ),
    broken("indefinite lengths pass", "cwt/cbor", "codec.cbor", "allow_indefinite=False", "allow_indefinite=True"),
    broken("bytes after an item pass", "cwt/structure", "codec.cbor", "if stream.tell() != len(data):", NEVER),
    broken("unknown tags pass", "cwt/structure", "codec.cbor", 'raise ValueError(f"tag {tag.tag}")', "return tag"),
    broken(
        "tags that the CBOR library acts on are acted on",
        "cwt/structure",
        "codec.cbor",
        "dict.fromkeys(_ACTED_ON_BY_LIBRARY, _refuse)",
        "{}",
    ),
    broken("any depth passes", "cwt/cbor", "codec.cbor", "max_depth=DEEPEST_NESTING - 1", "max_depth=100"),
    broken(
        "an empty container counts for nothing", "cwt/cbor", "codec.cbor", "if _depth(item) > DEEPEST_NESTING:", NEVER
    ),
    broken(
        "a token needs no tag 61",
        "cwt/structure",
        "codec.cwt",
        "    if not isinstance(item, cbor.Tagged) or item.tag != CWT_TAG:",
        "    if isinstance(item, cbor.Tagged) and item.tag == 18:\n        item = cbor.Tagged(CWT_TAG, item)\n"
        "    if not isinstance(item, cbor.Tagged) or item.tag != CWT_TAG:",
    ),
    broken("an unprotected header may say something", "cwt/structure", "codec.cwt", "if signed.unprotected:", NEVER),
)

HEADER = (
    broken(
        "alg may be any value that equals a number",
        "cwt/header",
        "codec.cwt",
        "if type(algorithm) is not int and type(algorithm) is not str:",
        "if algorithm is None:",
    ),
    broken(
        "typ is not looked at", "cwt/header", "codec.cwt", "if _TYPE in header and header[_TYPE] != _MEDIA_TYPE:", NEVER
    ),
    broken("crit is not looked at", "cwt/header", "codec.cwt", "if _CRITICAL in header:", NEVER),
    broken("an empty crit passes", "cwt/header", "codec.cwt", "or not labels:", "or False:"),
    broken(
        "crit may list what is absent",
        "cwt/header",
        "codec.cwt",
        "if not known or label not in header:",
        "if not known:",
    ),
    broken(
        "crit may list what is unknown",
        "cwt/header",
        "codec.cwt",
        "if not known or label not in header:",
        "if label not in header:",
    ),
    broken("an emblem may have a log", "cwt/header", "codec.cwt", 'if "log" in claims or _LOG in header:', NEVER),
)

CLAIMS = (
    broken("any version number is one that is not known", "cwt/claims", "codec.cwt", "<= _HIGHEST_VERSION", "<= 2**70"),
    broken("an unknown version is read like version 1", "cwt/unknown", "codec.cwt", "if version != _VERSION:", NEVER),
    broken(
        "any claim key passes",
        "cwt/claims",
        "codec.cwt",
        "if type(key) is not str and (type(key) is not int or key not in _CLAIM_NUMBERS):",
        NEVER,
    ),
    broken(
        "an emblem may have claims of an endorsement",
        "cwt/claims",
        "codec.cwt",
        'marks == endorses or (marks and ("key" in claims or "end" in claims))',
        "marks == endorses",
    ),
    broken("an emblem may have a subject", "cwt/claims", "codec.cwt", "if _SUBJECT in claims:", NEVER),
    broken(
        "log may stand in two places", "cwt/endorsements", "codec.cwt", 'if "log" in claims and _LOG in header:', NEVER
    ),
    broken(
        "a log claim is not read", "cwt/endorsements", "codec.cwt", 'claims if "log" in claims else header', "header"
    ),
    broken(
        "prp may be 0", "cwt/claims", "codec.cwt", "not 1 <= value <= _ALL_PURPOSES", "not 0 <= value <= _ALL_PURPOSES"
    ),
    broken("prp may have unknown bits", "cwt/claims", "codec.cwt", "not 1 <= value <= _ALL_PURPOSES", "value < 1"),
    broken(
        "prp may be true",
        "cwt/claims",
        "codec.cwt",
        "if type(value) is not int or not 1",
        "if not isinstance(value, int) or not 1",
    ),
    broken(
        "an endorsed key may have any length",
        "cwt/endorsements",
        "codec.cwt",
        "    if not isinstance(key, bytes) or len(key) != _DIGEST:",
        "    if not isinstance(key, bytes):",
    ),
    broken("an empty log passes", "cwt/endorsements", "codec.cwt", "or not entries:", "or False:"),
    broken(
        "a log entry may have hash and index",
        "cwt/endorsements",
        "codec.cwt",
        'if set(fields) == {"id", "hash"} and',
        "if",
    ),
    broken(
        "a log's index may be negative",
        "cwt/endorsements",
        "codec.cwt",
        "type(index) is int and index >= 0",
        "type(index) is int",
    ),
    broken(
        "a date may be true", "cwt/claims", "codec.claims", "if type(value) is int or", "if isinstance(value, int) or"
    ),
    broken(
        "a date may be infinite",
        "cwt/claims",
        "codec.claims",
        "type(value) is float and math.isfinite(value)",
        "type(value) is float",
    ),
    broken(
        "a date may be missing",
        "cwt/claims",
        "codec.claims",
        "value = claims.get(key)\n    if type(value) is int",
        "value = claims.get(key, 0 if 'nbf' in name else 2**40)\n    if type(value) is int",
    ),
    broken(
        "assets may be empty",
        "cwt/claims",
        "codec.claims",
        "set(map(type, value)) != _TEXTS_ONLY",
        "set(map(type, value)) - _TEXTS_ONLY",
    ),
    broken(
        "end may be a number",
        "cwt/endorsements",
        "codec.claims",
        "if not isinstance(value, bool):",
        "if value not in (0, 1):",
    ),
    broken(
        "an unknown sign is shown as it is",
        "cwt/sign",
        "validation.findings",
        "if claims.sign_text is not None:",
        NEVER,
    ),
    broken(
        "any purpose may have a sign",
        "cwt/sign",
        "validation.findings",
        "if claims.sign is not None and not claims.purposes & USE_OF_SIGN:",
        NEVER,
    ),
)

NAMES = (
    broken(
        "an organization may have capitals",
        "cwt/organizations",
        "model.organization",
        "not is_host_name(host)",
        "not is_host_name(host.lower())",
    ),
    broken(
        "an organization may have any scheme",
        "cwt/organizations",
        "model.organization",
        "not text.startswith(_SCHEME) or ",
        "",
    ),
    broken(
        "an organization may be a single label",
        "cwt/organizations",
        "model.organization",
        "not is_host_name(host)",
        "not is_host_name(host if '.' in host else host + '.example')",
    ),
    broken(
        "an organization may be an address",
        "cwt/organizations",
        "model.organization",
        "not is_host_name(host)",
        "not is_host_name(host if not host[-1:].isdigit() else host + 'a')",
    ),
    broken(
        "an organization may have a trailing dot",
        "cwt/organizations",
        "model.organization",
        "not is_host_name(host)",
        "not is_host_name(host.removesuffix('.'))",
    ),
    broken(
        "names are compared with case",
        "cwt/names",
        "model.names",
        "text.lower() if text.isascii()",
        "text if text.isascii()",
    ),
    broken("a trailing dot is a part of a name", "cwt/names", "model.names", 'name = name.removesuffix(".")', "pass"),
    broken("U-labels are not converted", "cwt/names", "model.names", "else _to_ascii(text)", "else text"),
    broken(
        "a name may have any length",
        "cwt/organizations",
        "model.names",
        "len(text) <= LONGEST_NAME and _HOST_NAME",
        "_HOST_NAME",
    ),
    broken(
        "what is no name is cut at its first odd character",
        "cwt/names",
        "codec.assets",
        "return NameAsset(text, normalize_name(text))",
        "return NameAsset(text, normalize_name(text.partition('\\0')[0].strip()))",
    ),
    broken(
        "CWT assets may be wildcards",
        "cwt/names",
        "codec.cwt",
        "import read_name_asset",
        "import read_jws_asset as read_name_asset",
    ),
    broken(
        "any emblem names the target",
        "cwt/names",
        "validation.matching",
        "if _names(asset, target):",
        "if True:",
    ),
    broken(
        "a name above the target names it",
        "cwt/names",
        "model.asset",
        "return name == self.name or (self.wildcard and",
        "return name == self.name or (",
    ),
)

KEYS = (
    broken("a private key passes", "cwt/keys", "codec.cose_key", "if private in key:", NEVER),
    broken(
        "a key needs no alg",
        "cwt/keys",
        "codec.cose_key",
        "if type(written) is not int and type(written) is not str:",
        "if isinstance(written, bool):",
    ),
    broken(
        "key_ops is not looked at",
        "cwt/keys",
        "codec.cose_key",
        "if _OPERATIONS in key:",
        NEVER,
    ),
    broken(
        "a compressed point is refused",
        "cwt/keys",
        "codec.cose_key",
        "isinstance(y, (bytes, bool))",
        "isinstance(y, bytes)",
    ),
    broken(
        "a compressed point's sign is not looked at",
        "cwt/keys",
        "keys.public",
        'b"\\x03" if y else b"\\x02"',
        'b"\\x02"',
    ),
    broken(
        "a key's alg need not fit its curve",
        "cwt/keys",
        "keys.public",
        "if algorithm is not None and algorithm.kind is not kind:",
        NEVER,
    ),
    broken(
        "a curve may have any key type",
        "cwt/keys",
        "codec.cose_key",
        "if kind is not None and kind.type != key_type:",
        NEVER,
    ),
    broken(
        "the identifier in a record is believed",
        "cwt/header",
        "validation.screening",
        "unknown = token.key_identifier is None\n        for key in self._keyring.find(token.key_identifier):",
        "unknown = token.key_identifier is None\n"
        "        for key in [key for keys in self._keyring._found.values() for key in keys]:",
    ),
    broken("given keys are not verification keys", "cwt/keys", "validation.sets", "trust.by_identifier(form)", "{}"),
    broken(
        "an unknown key is no key",
        "cwt/keys",
        "validation.screening",
        "if not isinstance(key, PublicKey):\n                unknown = True",
        "if not isinstance(key, PublicKey):\n                pass",
    ),
)
