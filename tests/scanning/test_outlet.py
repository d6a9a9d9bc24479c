"""How much is outstanding with a resolver, how fast it is asked, and what processes say to each other."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns.servers import ServerAddress
from emblem.scanning.frames import Unframer, frame
from emblem.scanning.outlet import BAD_LOSS, FIRST_WINDOW, INTERVAL, PORTS, SMALLEST_WINDOW, Budget, Outlet


def nobody(*watched: object) -> None:
    """Watches no port."""
    del watched


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    """A resolver that nobody watches."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        address = ServerAddress(*server.getsockname())
        made = Outlet(0, address, window=512, rate=None, watch=nobody, forget=nobody)
        yield made
        made.close()


def pass_interval(outlet: Outlet, number: int, *, answers: int = 0, lost: int = 0, used_up: bool = True) -> None:
    """An interval in which so much was answered and lost."""
    outlet.counted.answers += answers
    outlet.counted.lost += lost
    outlet.used_up = used_up
    outlet.look(number * INTERVAL * 1.01)


def test_the_window_grows_while_it_is_used_up_and_answers_come(outlet: Outlet) -> None:
    for number in range(1, 10):
        pass_interval(outlet, number, answers=100)

    assert outlet.window == 512


def test_a_window_that_is_not_used_up_stays(outlet: Outlet) -> None:
    pass_interval(outlet, 1, answers=100, used_up=False)

    assert outlet.window == FIRST_WINDOW


def test_it_shrinks_where_much_is_lost_and_then_grows_by_steps(outlet: Outlet) -> None:
    pass_interval(outlet, 1, answers=70, lost=30)
    shrunk = outlet.window
    pass_interval(outlet, 2, answers=100)

    assert shrunk == pytest.approx(FIRST_WINDOW * 0.7)
    assert outlet.window == shrunk + 16


def test_a_little_loss_is_no_reason(outlet: Outlet) -> None:
    pass_interval(outlet, 1, answers=95, lost=int(100 * BAD_LOSS) // 4)

    assert outlet.window > FIRST_WINDOW


def test_of_a_silent_resolver_little_is_left_outstanding(outlet: Outlet) -> None:
    for number in range(1, 20):
        pass_interval(outlet, number, lost=10)

    assert outlet.window == SMALLEST_WINDOW


def test_what_was_told_is_counted_once(outlet: Outlet) -> None:
    pass_interval(outlet, 1, answers=100)
    assert outlet.take_counted().answers == 100

    pass_interval(outlet, 2, lost=50)

    assert outlet.take_counted().lost == 50
    assert outlet.window < 2 * FIRST_WINDOW


def test_every_port_is_another_and_an_old_one_is_exchanged(outlet: Outlet) -> None:
    before = {port.socket.getsockname()[1] for port in outlet.ports if port.socket is not None}
    old = outlet.ports[3]
    outlet.renew(3)

    assert len(before) == PORTS
    assert outlet.ports[3] is not old
    assert outlet.retired == [old]
    outlet.close_port(old)
    assert outlet.retired == []
    assert old.socket is not None
    assert old.socket.fileno() == -1


def test_a_budget_is_a_rate_with_little_at_once() -> None:
    budget = Budget(100)
    assert budget.left == 5
    budget.left -= 5
    budget.refill(0.02)
    assert budget.left == pytest.approx(2)
    budget.refill(10)
    assert budget.left == 5


def test_a_slow_budget_still_lets_one_through() -> None:
    budget = Budget(1)
    budget.left -= 1
    budget.refill(1)

    assert budget.left == 1


@given(st.lists(st.lists(st.integers()), max_size=5), st.lists(st.integers(1, 40), min_size=1))
def test_frames_arrive_whole_however_they_are_cut(values: list[list[int]], cuts: list[int]) -> None:
    data = b"".join(map(frame, values))
    unframer = Unframer()
    arrived: list[object] = []
    number = 0
    while data:
        size = cuts[number % len(cuts)]
        arrived += unframer.feed(data[:size])
        data = data[size:]
        number += 1

    assert arrived == values


def test_a_resolver_that_there_is_no_way_to_loses_everything() -> None:
    nowhere = ServerAddress("fe80::1%nosuch")

    outlet = Outlet(0, nowhere, window=8, rate=None, watch=nobody, forget=nobody)

    assert {port.socket for port in outlet.ports} == {None}
    with pytest.raises(OSError, match="no way"):
        outlet.ports[0].send(b"query")
    outlet.close()
