"""Which questions find an emblem, and what their answers mean: found, denied, not known."""
