"""Who listens to what in this worker, and the one thread that looks at the stores for all of them.

Another process writes the index, so the thread asks the databases, a few cheap rows each time, and only while
somebody listens.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from huizhen.services.changes import EVERYTHING, Picture, Topics, changed
from huizhen_web.container import ChangeReader

MOST_STREAMS = 24
"""Each holds a thread of its worker; beyond them pages ask for themselves."""

MOST_OF_ONE = 6
"""As many as a browser opens to one site at once; a further one takes the place of the oldest."""

LOOK_SECONDS = 0.2

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream. `parts` are the topics of each part of the page, by the part's id."""

    visitor: str
    parts: Mapping[str, Topics]
    _wake: threading.Condition = field(default_factory=threading.Condition)
    _due: set[str] = field(default_factory=set)
    _mark: str = ""
    superseded: bool = False

    def supersede(self) -> None:
        """Its place goes to a newer stream of the same visitor."""
        with self._wake:
            self.superseded = True
            self._wake.notify()

    def tell(self, topics: Topics, mark: str) -> None:
        due = {part for part, own in self.parts.items() if topics == EVERYTHING or own & topics}
        with self._wake:
            self._mark = mark
            if due:
                self._due |= due
                self._wake.notify()

    def wait(self, seconds: float) -> tuple[list[str], str]:
        """The parts to refresh, none after so long without any, and the mark of the state that they come from."""
        with self._wake:
            if not self._due and not self.superseded:
                self._wake.wait(seconds)
            due, self._due = sorted(self._due), set()
            return due, self._mark


class Hub:
    """Listeners may join from any thread. Nothing runs while there are none."""

    def __init__(self, reader: ChangeReader, *, most: int = MOST_STREAMS, of_one: int = MOST_OF_ONE) -> None:
        self._reader = reader
        self._most = most
        self._of_one = of_one
        self._lock = threading.Lock()
        self._listeners: dict[Listener, None] = {}  # oldest first
        self._picture: Picture | None = None
        self._watch: threading.Thread | None = None
        self._left = threading.Event()

    def mark(self) -> str:
        """Of the state that was last looked at; whoever joins later and is given another one has missed something."""
        with self._lock:
            return (self._picture or self._reader.look()).mark

    def join(self, listener: Listener) -> str | None:
        """The mark of the state from which on the listener hears everything; None where there is no room."""
        with self._lock:
            mine = [each for each in self._listeners if each.visitor == listener.visitor]
            if len(mine) >= self._of_one:
                # Most likely of a page that was left: a server learns of that only when it writes.
                del self._listeners[mine[0]]
                mine[0].supersede()
            if len(self._listeners) >= self._most:
                return None
            picture = self._look()
            self._listeners[listener] = None
            if self._watch is None:
                self._left.clear()
                self._watch = threading.Thread(target=self._run, name="live pages", daemon=True)
                self._watch.start()
        return picture.mark

    def leave(self, listener: Listener) -> None:
        """May be said twice."""
        with self._lock:
            self._listeners.pop(listener, None)
            if not self._listeners:
                self._left.set()

    def __len__(self) -> int:
        return len(self._listeners)

    def _look(self) -> Picture:
        """Tells everybody what has changed since the last look. Called with the lock held."""
        before = self._picture
        after = self._reader.look(before)
        if before is not None and self._listeners and after is not before:
            topics = changed(before, after)
            for listener in self._listeners if topics else ():
                listener.tell(topics, after.mark)
        self._picture = after
        return after

    def _run(self) -> None:
        while True:
            self._left.wait(LOOK_SECONDS)
            with self._lock:
                if not self._listeners:
                    self._picture = self._watch = None
                    return
                try:
                    self._look()
                except Exception:  # whatever a database says now, pages want to hear of later changes
                    log.warning("the stores cannot be read now; pages are told later", exc_info=True)
