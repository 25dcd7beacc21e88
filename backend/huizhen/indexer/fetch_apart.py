"""Settled blocks fetched by a process of its own: reading what nodes send takes as long as all that is done with it."""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, cast

from huizhen import errors
from huizhen.db.frames import read_frame, write_frame
from huizhen.domain.plain_log import PlainLog
from huizhen.errors import NodeError

Part = tuple[Any, Sequence[tuple[Any, ...]], Sequence[PlainLog]]
"""A fetcher.Stretch in plain tuples."""

_M_ARENA_MAX = -8
_END, _STRETCH, _FAILURE = "end", "stretch", "failure"


def stretches(
    addresses: Sequence[str],
    timeout: float,
    topics: Mapping[str, Sequence[str]],
    first: int,
    last: int,
) -> Iterator[Part]:
    """`timeout` is of each question, in seconds. Raises what Fetcher.ranges raises, and NodeError where the process
    ends before its time.
    """
    command = [sys.executable, "-P", "-m", __name__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        try:
            write_frame(cast(IO[bytes], child.stdin), (addresses, timeout, dict(topics), first, last))
            while True:
                kind, *content = read_frame(cast(IO[bytes], child.stdout))
                if kind == _END:
                    return
                if kind == _FAILURE:
                    raise _error(*content)
                yield cast(Part, content)
        except (EOFError, BrokenPipeError) as error:
            raise NodeError(
                "读取节点的进程意外退出，将重新读取。",
                "The process that reads the node has ended; it is read again.",
            ) from error
        finally:
            child.kill()


def _error(name: str, zh: str, en: str) -> errors.HuizhenError:
    found: errors.HuizhenError = getattr(errors, name)(zh, en)
    return found


def main() -> None:
    """Ends when nobody reads any more."""
    from huizhen.chain.client import Node
    from huizhen.indexer.fetcher import Fetcher

    # What is read holds no cycles, and looking for some takes as long as the reading.
    gc.disable()
    _share_one_arena()
    addresses, timeout, topics, first, last = read_frame(sys.stdin.buffer)
    fetcher = Fetcher(Node(addresses, timeout=timeout), topics, confirmations=0, window=0)
    answers = sys.stdout.buffer
    try:
        for base, blocks, logs in fetcher.ranges(first, last):
            write_frame(answers, (_STRETCH, base, list(map(tuple, blocks)), list(map(tuple, logs))))
            # Not beside the next ones.
            del blocks, logs
        write_frame(answers, (_END,))
    except errors.HuizhenError as error:
        write_frame(answers, (_FAILURE, type(error).__name__, error.sentence.zh, error.sentence.en))
    except BrokenPipeError:
        sys.exit(1)


def _share_one_arena() -> None:
    """Where each thread has an arena of its own (glibc), each holds on to what the largest answer took."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


if __name__ == "__main__":
    main()
