"""Signatures that cannot be made twice: each is kept in a file for as long as what it signs is unchanged.

``signatures.json`` has a line for each, named by the SHA-256 of the key and what is signed. One that is needed and not
there is made; one that is there and not needed is left out when the file is written again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("signatures.json")
_used: dict[str, str] = {}


def keep(make: Callable[[], bytes], *named_by: bytes) -> bytes:
    """The signature that was kept under these parts (key, message and whatever else it depends on), or a new one."""
    name = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in named_by)).hexdigest()
    if name not in _used:
        _used[name] = _kept().get(name) or base64.b64encode(make()).decode()
    return base64.b64decode(_used[name])


def text_of_used() -> str:
    """The file of all signatures that were asked for since the start."""
    return json.dumps(dict(sorted(_used.items())), indent=0) + "\n"


@cache
def _kept() -> dict[str, str]:
    if not PATH.exists():
        return {}
    return {str(name): str(text) for name, text in json.loads(PATH.read_text(encoding="ascii")).items()}
