"""An agent: a process that holds opened keys for a limited time and signs with them, and never gives one out.

It listens on a Unix socket that only its own user can reach, and asks the system who is at the other end. What it is
asked and answers is :mod:`emblem.keys.agent.messages`; it runs in :mod:`emblem.keys.agent.holder`, and is used through
:mod:`emblem.keys.agent.client`.
"""
