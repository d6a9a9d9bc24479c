"""The command `emblem`: one module a command, each loaded only when it is used; the logic is in the library."""
