"""Fixtures of the DNSSEC tests."""

import pytest

from tests.dns.dnssec.world import World


@pytest.fixture
def world() -> World:
    """The root and ``example``, both signed."""
    return World()
