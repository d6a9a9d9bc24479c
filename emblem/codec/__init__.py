"""Bytes to model and back. One module a format; nothing outside this room knows a byte layout."""
