"""Who carries out batches of steps: this process, at once; or one of its own, while the next batch is being made."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from queue import Full, Queue
from typing import IO, Protocol, cast

from huizhen.db import row_writer
from huizhen.db.frames import packed, read_frame
from huizhen.db.index import bulk
from huizhen.db.row_writer import Step
from huizhen.db.session import Store
from huizhen.errors import HuizhenError

_PATIENCE_SECONDS = 60


class Writer(Protocol):
    """Each batch is a transaction, and they follow on each other. Batches count from 1.

    All methods may raise IndexCorrupt (a row is there already), ChainMoved (another writer), RowsNotWritten.
    """

    def write(self, steps: Iterable[Step]) -> int:
        """Answers which batch this is; it may still be on its way."""

    def wait(self, batch: int) -> None:
        """Until this batch is in the tables; one that is not this writer's own has been for long."""

    def drain(self) -> None:
        """Until all are."""


class DirectWriter:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._batches = 0

    def write(self, steps: Iterable[Step]) -> int:
        with self._store.writing() as session:
            bulk.run(session.connection(), steps)
        self._batches += 1
        return self._batches

    def wait(self, batch: int) -> None:
        """Nothing is ever on its way."""

    def drain(self) -> None:
        """Nothing is ever on its way."""


class WriterProcess:
    """db.row_writer as a child: one batch is written there while another waits. It ends with this process.

    `opening` is what Store.how_to_open says.
    """

    def __init__(self, opening: tuple[object, ...]) -> None:
        program = [sys.executable, "-P", "-m", row_writer.__name__]
        # A session of its own: Ctrl-C is for the parent, which ends it in good order.
        self._child = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._to, self._from = cast(IO[bytes], self._child.stdin), cast(IO[bytes], self._child.stdout)
        self._queue: Queue[bytes | None] = Queue(maxsize=1)
        self._written = threading.Condition()
        self._batches = self._stored = 0
        self._failure: HuizhenError | None = None
        self._thread = threading.Thread(target=self._hand_over, name="huizhen-rows", daemon=True)
        self._queue.put(packed(opening))
        self._thread.start()

    def write(self, steps: Iterable[Step]) -> int:
        self._require_well()
        frame = packed([tuple(step) for step in steps])
        self._batches += 1
        self._queue.put(frame)
        return self._batches

    def wait(self, batch: int) -> None:
        awaited = min(batch, self._batches)
        with self._written:
            self._written.wait_for(lambda: self._stored >= awaited or self._failure is not None)
        self._require_well()

    def drain(self) -> None:
        self.wait(self._batches)

    def close(self) -> None:
        """What is on its way is still written, unless the database keeps it waiting for too long."""
        try:
            self._queue.put(None, timeout=_PATIENCE_SECONDS)
            self._thread.join(_PATIENCE_SECONDS)
        except Full:
            pass
        if self._thread.is_alive():
            # It then reads the end of the child, and with a failure noted takes all that is left from the queue.
            self._child.kill()
            self._queue.put(None)
            self._thread.join()
        with suppress(BrokenPipeError):
            self._to.close()
        self._from.close()
        self._child.wait()

    def _require_well(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _hand_over(self) -> None:
        """One frame after the other, each once the one before it is written; the first says how to open."""
        stored = -1
        while (content := self._queue.get()) is not None:
            failure = self._failure or self._answered(content)
            stored += 1
            with self._written:
                self._failure = failure
                self._stored = stored
                self._written.notify_all()

    def _answered(self, content: bytes) -> HuizhenError | None:
        try:
            self._to.write(content)
            self._to.flush()
            answer = read_frame(self._from)
        except (EOFError, OSError):
            return bulk.not_written("写入进程意外退出", "the process that writes has ended")
        return None if answer is None else _failure(*answer)


@contextmanager
def open_writer(store: Store, *, apart: bool) -> Iterator[Writer]:
    """In a process of its own, which pays for a long run only, or here. At the end all is in the tables."""
    opening = store.how_to_open() if apart else None
    if opening is None:
        yield DirectWriter(store)
        return
    with closing(WriterProcess(opening)) as writer:
        yield writer
        writer.drain()


def _failure(kind: str, text: str) -> HuizhenError:
    if kind == row_writer.ALREADY_THERE:
        return bulk.exists_already(text)
    if kind == row_writer.OTHERWISE:
        return bulk.not_alone()
    return bulk.not_written(text, text)
