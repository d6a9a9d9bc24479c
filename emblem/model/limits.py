"""How much is read at the most before anything is understood. ``specs/profile.md`` lists the same numbers."""

LARGEST_RECORD = 16 * 1024
"""Bytes of the data of one record (a token, a key, or the text of a TXT record). Larger ones are dropped."""

DEEPEST_NESTING = 8
"""Containers within containers, in CBOR and JSON."""

MOST_RECORDS = 256
"""Records of ours for one target, in all sets together."""

MOST_RECORDS_IN_SET = 64
"""Records in one set."""

MOST_SETS = 16
"""Sets of one target."""

MOST_SET_ASIDE = 8
"""Tokens of unknown algorithms that are tried in combination, in one set."""

MOST_CERTIFICATES = 8
"""Certificates in the header of a token. More are not looked at, nor is any of them."""

LARGEST_RECORD_FILE = 8 * 1024 * 1024
"""Bytes of a file of records."""
