"""Vectors of discovery: questions, the DNS messages that answer them, and the verdict."""
