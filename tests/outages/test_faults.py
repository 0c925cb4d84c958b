"""What the proxies do to replies."""

import pytest

from .faults import Mute, Once, corrupt, one_less, one_more, reply_end


@pytest.mark.parametrize(
    "reply",
    [
        b"+OK\r\n",
        b":12\r\n",
        b"$-1\r\n",
        b"$5\r\nhello\r\n",
        b"*0\r\n",
        b"*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
        b"%1\r\n+key\r\n$2\r\n\r\n\r\n",
        b">3\r\n+message\r\n+c\r\n$0\r\n\r\n",
    ],
)
def test_a_reply_ends_where_the_next_begins(reply: bytes) -> None:
    assert reply_end(reply + b"+NEXT\r\n") == len(reply)
    assert reply_end(reply) == len(reply)


def test_replies_are_shifted_by_exactly_one_and_once() -> None:
    less, more = Once(one_less), Once(one_more)
    assert [less(b":1\r\n:2\r\n"), less(b":3\r\n")] == [b":2\r\n", b":3\r\n"]
    assert [more(b":1\r\n"), more(b":2\r\n")] == [b"+OK\r\n:1\r\n", b":2\r\n"]


def test_one_byte_is_corrupted_and_no_more() -> None:
    corrupted = Once(corrupt)
    assert [corrupted(b":1\r\n"), corrupted(b":2\r\n")] == [b"\x001\r\n", b":2\r\n"]


def test_a_mute_connection_answers_once() -> None:
    mute = Mute()
    assert [mute(b"+OK\r\n"), mute(b"+OK\r\n")] == [b"+OK\r\n", b""]
