"""Mistakes made on purpose in ``validation`` and ``codec``, one at a time: a test must notice each."""
