"""The topics of the native format: CWT tokens in CBOR. One module a file of vectors."""
