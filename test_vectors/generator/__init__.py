"""Writes the vectors: signs and encodes, and knows nothing of the library ``emblem``.

What a verifier must answer stands by hand beside every vector, from the specification.
"""
