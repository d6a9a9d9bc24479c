"""One verifier, written once: a generator without I/O, and the small drivers that answer its questions."""
