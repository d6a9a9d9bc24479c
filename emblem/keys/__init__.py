"""Signing and verifying keys, their algorithms and identifiers. Nothing outside this room knows an algorithm."""
