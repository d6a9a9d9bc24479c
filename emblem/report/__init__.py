"""Verdicts for readers: JSON for programs, text for people."""
