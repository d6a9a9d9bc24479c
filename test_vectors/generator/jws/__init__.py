"""The topics of the deployed format: JWS tokens in TXT records. One module a file of vectors."""
