"""Language-neutral test vectors for verifiers of digital emblems, what writes them, and what runs them."""
