"""One Node process answers many questions, and says what went wrong."""

from contextlib import closing

import pytest

from docs._site.ask_node import Node
from tests.needs import need_node

need_node()


def test_one_process_answers_in_order() -> None:
    with closing(Node("async (text, times) => text.repeat(times) + process.argv[1]", "!")) as node:
        assert [node.ask("é", 2), node.ask('"\n', 1)] == ["éé!", '"\n!']


def test_an_error_carries_its_message_and_the_process_lives_on() -> None:
    with closing(Node("(x) => { if (x < 0) throw new Error(`no ${x}`); return [x] }")) as node:
        with pytest.raises(ValueError, match=r"^no -1$"):
            node.ask(-1)
        assert node.ask(1) == [1]


def test_a_process_that_ends_is_noticed() -> None:
    with closing(Node("() => process.exit(3)")) as node, pytest.raises(RuntimeError, match="status 3"):
        node.ask()
