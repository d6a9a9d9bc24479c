"""What every reason of every verdict keeps: the severity that ``specs/reasons.md`` states, words, and its token."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from emblem.model.verdict import Verdict

_DOCUMENT = Path(__file__).parents[2] / "specs" / "reasons.md"
_ABOUT_A_TOKEN = (
    *("token-", "chain-", "endorsement-", "endorser-", "root-", "log-", "certificate-"),
    *("record-malformed", "record-too-large", "key-refused", "organization-refused"),
    *("trust-out-of-scope", "trusted-key", "commitment-not-checked", "commitment-undetermined", "commitment-vouched"),
    "demonstration-found",
)
"""Reasons, by the beginning of their codes, that say which token they are about."""
_ABOUT_A_TOKEN_AS_AN_ERROR = ("emblem-several", "commitment-failed")
"""Reasons that name a token where they decide against it, and are a remark on the whole as a warning."""


@cache
def severities() -> dict[str, set[str]]:
    """The severities that a reason may have, by its code."""
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", _DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return {code: set(stated.strip().split(", ")) for code, stated in rows}


def checked(verdict: Verdict) -> Verdict:
    """The verdict itself, once its reasons were looked at."""
    for reason in (*verdict.reasons, *(reason for one in verdict.sets for reason in one.reasons)):
        assert reason.severity in severities()[reason.code], reason
        assert isinstance(reason.message, str), reason
        assert reason.message, reason
    for one in verdict.sets:
        for reason in one.reasons:
            if reason.code in _ABOUT_A_TOKEN_AS_AN_ERROR:
                assert (reason.token is not None) is (reason.severity == "error"), reason
            else:
                assert (reason.token is not None) is reason.code.startswith(_ABOUT_A_TOKEN), reason
            assert reason.token is None or one.tokens[reason.token], reason
    return verdict
