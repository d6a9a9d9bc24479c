"""Every measurement, one after the other."""

from __future__ import annotations

from benchmarks import core, dns_bytes, worst_case

if __name__ == "__main__":
    for part in (core, worst_case, dns_bytes):
        part.main()
        print()
