"""Where findings go: files of results, lists of what other scanners must leave out, and an account to resume from."""
