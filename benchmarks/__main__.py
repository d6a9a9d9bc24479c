"""Every measurement, one after the other."""

from __future__ import annotations

from benchmarks import core

if __name__ == "__main__":
    core.main()
