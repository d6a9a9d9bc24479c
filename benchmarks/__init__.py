"""What is measured, against what: ``python -m benchmarks``. Never part of a test."""
