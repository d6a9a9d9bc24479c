"""The same for millions, on every processor: write down what must be left alone, as `emblem scan` does.

python exclusions.py --trust authorities.toml < addresses.txt > exclude.txt
"""

from __future__ import annotations

import argparse
import sys

import emblem


def main() -> None:
    """Print every target that is marked, or may be."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trust", help="a trust store, or a public key")
    parser.add_argument("--resolver", action="append", default=[])
    chosen = parser.parse_args()
    trust = emblem.TrustStore.load(chosen.trust) if chosen.trust else emblem.Trust()
    settings = emblem.ScanSettings(trust=trust, resolvers=tuple(chosen.resolver))
    targets = (line.strip() for line in sys.stdin if line.strip())

    def tell(finding: emblem.Finding) -> None:
        if finding.status is not emblem.Status.UNMARKED:
            print(finding.target)

    counted = emblem.scan_each(emblem.numbered(targets), tell, settings)
    print(f"{counted.findings} targets, {counted.queries} queries", file=sys.stderr)


if __name__ == "__main__":
    main()
