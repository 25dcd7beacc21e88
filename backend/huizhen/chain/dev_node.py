"""A development chain of our own: anvil as a child process, with its state on disk."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from huizhen.chain.client import Node
from huizhen.chain.lifeline import die_with_parent
from huizhen.errors import ConfigurationError, NodeError

CHAIN_ID = 31337
_STATE_SECONDS = 5
_START_SECONDS = 60
_STOP_SECONDS = 20
_LISTENING = re.compile(r"Listening on 127\.0\.0\.1:(\d+)")


@dataclass(frozen=True, slots=True)
class DevNode:
    """Runs until `stop`. What happened in the last seconds before a kill -9 is lost, and only that."""

    url: str
    process: subprocess.Popen[bytes]
    pid_file: Path

    @classmethod
    def start(
        cls,
        state_dir: Path,
        *,
        anvil: Path | str,
        port: int = 0,
        genesis_time: int | None = None,
        hardfork: str | None = None,
        dump_seconds: int = _STATE_SECONDS,
        options: Sequence[str] = (),
    ) -> DevNode:
        """Port 0 takes a free one. `genesis_time` (unix seconds) counts on a fresh chain only; `hardfork` names
        the rules of the EVM (anvil's newest unless given). The state is dumped every `dump_seconds`; `options` are
        further ones of anvil's own.

        Raises ConfigurationError where anvil is missing, the port is taken or the state cannot be read.
        """
        state_dir.mkdir(parents=True, exist_ok=True)
        state, log, pid_file = (state_dir / f"chain.{suffix}" for suffix in ("json", "log", "pid"))
        stop_orphan(state_dir)
        command = [str(anvil), "--port", str(port), "--chain-id", str(CHAIN_ID), "--order", "fifo"]
        command += ["--state", str(state), "--state-interval", str(dump_seconds)]
        fresh = not state.exists()
        command += ["--timestamp", str(_genesis_time(state_dir / "chain.genesis", fresh, genesis_time))]
        if hardfork is not None:
            command += ["--hardfork", hardfork]
        command += options
        try:
            with log.open("wb") as output:
                # A group of its own: Ctrl-C at the terminal must reach the supervisor alone.
                process = subprocess.Popen(
                    command,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    preexec_fn=die_with_parent,
                )
        except OSError as error:
            raise ConfigurationError(
                "找不到 anvil，请先运行 make setup。", "anvil is missing: run make setup first."
            ) from error
        pid_file.write_text(str(process.pid))
        node = cls(f"http://127.0.0.1:{_listening_port(process, log)}", process, pid_file)
        node._prepare()
        return node

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience: float = _STOP_SECONDS) -> None:
        """Lets anvil write its state, for so many seconds; raises NodeError if it had died before."""
        if not self.alive:
            raise NodeError(
                f"开发链已自行退出（代码 {self.process.returncode}），请查看 chain.log。",
                f"The development chain had exited by itself ({self.process.returncode}); see chain.log.",
            )
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.pid_file.unlink(missing_ok=True)

    def _prepare(self) -> None:
        node = Node(self.url)
        try:
            if node.chain_id() != CHAIN_ID or not self.alive:
                raise ConfigurationError(
                    "这个端口上不是我们的开发链，请换一个端口。",
                    "What answers on this port is not our development chain; choose another port.",
                )
            node.call("anvil_setLoggingEnabled", False)
            head = node.head()
            # A chain that has blocks goes on in the present, or after its head if its time was advanced.
            if head.number > 0:
                node.call("evm_setTime", max(int(time.time()), head.time + 1))
        finally:
            node.close()


@contextlib.contextmanager
def running(
    state_dir: Path, *, anvil: Path | str, genesis_time: int | None = None, hardfork: str | None = None
) -> Iterator[DevNode]:
    """A development chain for as long as the block runs."""
    node = DevNode.start(state_dir, anvil=anvil, genesis_time=genesis_time, hardfork=hardfork)
    try:
        yield node
    finally:
        if node.alive:
            node.stop()


def _genesis_time(kept: Path, fresh: bool, wanted: int | None) -> int:
    """Anvil makes its first block anew at each start, and it is the same block only with the same time."""
    if fresh or not kept.exists():
        kept.write_text(str(int(time.time()) if wanted is None else wanted))
    return int(kept.read_text())


def _listening_port(process: subprocess.Popen[bytes], log: Path) -> int:
    """The port that this very child says it is bound to: another chain can never be taken for ours."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        found = _LISTENING.search(log.read_text(errors="replace"))
        if found:
            return int(found[1])
        if process.poll() is not None:
            last = (log.read_text(errors="replace").strip().splitlines() or ["?"])[-1]
            raise ConfigurationError(
                f"开发链无法启动：{last}。若端口被占用，请换一个端口。",
                f"The development chain did not start: {last}. If its port is taken, choose another.",
            )
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise ConfigurationError(
        f"开发链{_START_SECONDS}秒内没有启动，请查看 {log.name}。",
        f"The development chain did not start within {_START_SECONDS} seconds; see {log.name}.",
    )


def stop_orphan(state_dir: Path) -> None:
    """A supervisor that was killed leaves its anvil behind; two of them would write one state file in turns."""
    state = state_dir / "chain.json"
    try:
        pid = int((state_dir / "chain.pid").read_text())
    except (FileNotFoundError, ValueError):
        return
    if not _serves(pid, state):
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while _serves(pid, state) and time.monotonic() < deadline:
        time.sleep(0.05)


def _serves(pid: int, state: Path) -> bool:
    """Whether this process is an anvil on this state file: pids are used again."""
    shown = _command_line(pid)
    return "anvil" in shown and str(state) in shown


def _command_line(pid: int) -> str:
    """Empty where there is no such process, or only its remains."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    ps = shutil.which("ps") or "/bin/ps"
    shown = subprocess.run(
        [ps, "-ww", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return "" if shown.startswith("Z") else shown
