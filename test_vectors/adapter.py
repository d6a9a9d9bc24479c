"""Emblem's own end of the protocol ``jsonl``: a vector a line on standard input, a verdict a line on standard output.

It is also the example for adapters of other verifiers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from emblem.codec.record_text import read_records
from emblem.errors import EmblemError
from emblem.model.organization import Organization
from emblem.model.target import Target, parse_given_address
from emblem.model.verdict import Level
from emblem.report.json import verdict_members
from emblem.trust.key_files import read_public_keys
from emblem.validation.procedure import Profile
from emblem.validation.trust import Policy, Trust, TrustedKey
from emblem.verifier.given import judge_given
from emblem.verifier.settings import Settings


def judge(request: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on a request, as its JSON members.

    Raises:
        EmblemError: a record line, a key or the target cannot be read.
    """
    accept = request.get("accept")
    trust = Trust(
        tuple(key for trusted in request["trust"] for key in _trusted_keys(trusted)),
        policy=Policy(accept=Level(accept) if accept else None),
    )
    verdict = judge_given(
        read_records("".join(line + "\n" for line in request["records"])),
        Target.parse(request["target"]),
        at=datetime.fromisoformat(request["at"]),
        settings=Settings(trust, Profile(request["profile"])),
        addresses=map(parse_given_address, request.get("addresses", ())),
    )
    return verdict_members(verdict)


def main() -> int:
    """Answer every line until there is none."""
    for line in sys.stdin:
        try:
            answer = judge(json.loads(line))
        except EmblemError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)
    return 0


def _trusted_keys(trusted: Mapping[str, str]) -> list[TrustedKey]:
    organization = Organization.parse(trusted["organization"]) if "organization" in trusted else None
    return [TrustedKey(key, organization) for key in read_public_keys("trusted key", trusted["key"].encode())]


if __name__ == "__main__":
    sys.exit(main())
