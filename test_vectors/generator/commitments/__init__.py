"""A web PKI and transparency logs, written without the code that the vectors are for, so that each can cheat."""
