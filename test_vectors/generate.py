"""Write all vectors, or check that they are what would be written: ``python -m test_vectors.generate [--check]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from test_vectors.generator import signatures
from test_vectors.generator.topics import TOPICS
from test_vectors.vectors import files

HERE = Path(__file__).parent


def expected_files() -> dict[Path, str]:
    """Every file of vectors with its text, and that of the signatures that are kept."""
    topics = [make() for make in TOPICS]
    return {HERE / topic.path: topic.text for topic in topics} | {signatures.PATH: signatures.text_of_used()}


def differences() -> Iterator[str]:
    """What is not as it would be written, one line a file."""
    expected = expected_files()
    for path, text in expected.items():
        if not path.exists():
            yield f"{path.relative_to(HERE)}: missing"
        elif path.read_text(encoding="ascii") != text:
            yield f"{path.relative_to(HERE)}: differs"
    for path in sorted(set(files()) - set(expected)):
        yield f"{path.relative_to(HERE)}: nothing writes this file"


def main() -> int:
    """Write or check; 1 where the check finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    if parser.parse_args().check:
        found = list(differences())
        print("\n".join(found) or "all files are as they would be written")
        return 1 if found else 0
    for path, text in expected_files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
