"""Every measurement, one after the other."""

from __future__ import annotations

from benchmarks import core, dns_bytes

if __name__ == "__main__":
    core.main()
    print()
    dns_bytes.main()
