"""One development chain for all commands: whoever holds its lock runs it, the others find it by its address file."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from huizhen.chain.dev_node import DevNode, stop_orphan
from huizhen.errors import ConfigurationError

_PATIENCE_SECONDS = 60


@dataclass(slots=True)
class OwnChain:
    """The chain that this process runs."""

    state_dir: Path
    anvil: Path
    node: DevNode

    @property
    def url(self) -> str:
        return self.node.url

    @property
    def alive(self) -> bool:
        return self.node.alive

    def restart(self) -> None:
        """After it died: at the same address, so that nobody who talks to it has to be told."""
        self.node = DevNode.start(self.state_dir, anvil=self.anvil, port=urlsplit(self.url).port or 0)


@contextlib.contextmanager
def own_chain(
    state_dir: Path, *, anvil: Path, genesis_time: int, before: Callable[[], None]
) -> Iterator[OwnChain]:
    """`before` runs when the folder is ours and no chain runs on it yet.

    Raises ConfigurationError where another process runs the chain of this folder.
    """
    with _lock(state_dir) as held:
        if not held:
            raise ConfigurationError(
                f"另一个 huizhen 正在使用 {state_dir}，请先停止它。",
                f"Another huizhen runs on {state_dir}. Stop it first.",
            )
        stop_orphan(state_dir)
        before()
        with _serving(state_dir, anvil, genesis_time) as chain:
            yield chain


@contextlib.contextmanager
def reach_chain(state_dir: Path, *, anvil: Path, genesis_time: int) -> Iterator[str]:
    """The chain's address: of the one that runs already, else of one that runs for as long as the block does."""
    with _lock(state_dir) as held:
        if not held:
            yield find_chain(state_dir)
            return
        with _serving(state_dir, anvil, genesis_time) as chain:
            yield chain.url


def running_chain(state_dir: Path) -> str | None:
    """The address of the chain that runs here now, if one does; starts and changes nothing."""
    try:
        with (state_dir / "chain.lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return find_chain(state_dir)
    return None


@contextlib.contextmanager
def _serving(state_dir: Path, anvil: Path, genesis_time: int) -> Iterator[OwnChain]:
    chain = OwnChain(state_dir, anvil, DevNode.start(state_dir, anvil=anvil, genesis_time=genesis_time))
    try:
        _address_file(state_dir).write_text(chain.url)
        yield chain
    finally:
        if chain.alive:
            chain.node.stop()


@contextlib.contextmanager
def _lock(state_dir: Path) -> Iterator[bool]:
    """Whether we hold the lock; the operating system frees it when its holder ends, however that happens."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "chain.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        # An address that an earlier holder left is no longer true.
        _address_file(state_dir).unlink(missing_ok=True)
        yield True


def find_chain(state_dir: Path) -> str:
    """The address of the chain that another process runs here; waits for one that is being started."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            if found := _address_file(state_dir).read_text():
                return found
        time.sleep(0.1)
    raise ConfigurationError(
        f"{state_dir} 的开发链一直没有启动，请查看其中的 chain.log。",
        f"The development chain of {state_dir} does not start; see chain.log there.",
    )


def _address_file(state_dir: Path) -> Path:
    return state_dir / "chain.url"
