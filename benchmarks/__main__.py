"""The measurements: all of them one after the other, or the one that is named, with its arguments."""

from __future__ import annotations

import sys

from benchmarks import core, dns_bytes, evidence, issue_all, scan, worst_case

PARTS = {
    "core": core.main,
    "evidence": evidence.main,
    "worst_case": worst_case.main,
    "dns_bytes": dns_bytes.main,
    "issue_all": issue_all.main,
    "scan": scan.main,
}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:] or ["all"]
    if name == "scan":
        scan.main(arguments)
    elif name in PARTS:
        PARTS[name]()
    elif name == "all":
        for part in PARTS.values():
            part()
            print()
    else:
        sys.exit(f"benchmarks: found {name}, expected one of {', '.join(PARTS)}")
