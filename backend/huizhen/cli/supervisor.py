"""Keeps the chain, the worker and the web running until told to end, and then ends all of them."""

from __future__ import annotations

import sys
import time
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException

from huizhen.chain.shared_dev_node import OwnChain
from huizhen.cli.children import Child
from huizhen.cli.serving import web_command
from huizhen.cli.words import tell
from huizhen.domain.sentence import Sentence
from huizhen.errors import ConfigurationError
from huizhen.settings import Settings

# Long enough to see that the pages keep showing the last state and its age.
CHAIN_PAUSE = 30.0
END_SECONDS = 8.0
# One that has fallen so often before it was ready will not stand the next time either.
_FALLS = 3
_NAMES = {
    "chain": Sentence("开发链", "The development chain"),
    "worker": Sentence("后台进程", "The worker"),
    "web": Sentence("网页服务", "The web server"),
}


@dataclass(slots=True)
class Supervisor:
    """`chain` is None where somebody else runs the node."""

    settings: Settings
    chain: OwnChain | None
    children: list[Child] = field(default_factory=list)
    _due: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        logs = self.settings.state_dir / "log"
        logs.mkdir(exist_ok=True)
        commands = {
            "worker": [sys.executable, "-m", "huizhen.cli", "worker"],
            "web": web_command(self.settings),
        }
        for name, command in commands.items():
            output = logs / f"{name}.log"
            output.write_bytes(b"")
            child = Child(name, command, self.settings.environment(), output)
            child.start()
            self.children.append(child)

    def wait_until(self, path: str, patience: float) -> None:
        """Until the web answers 200 there. Raises ConfigurationError with where to look."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and max(child.falls for child in self.children) < _FALLS:
            if _answers(f"http://localhost:{self.settings.port}{path}"):
                return
            self.watch()
            time.sleep(0.2)
        logs = self.settings.state_dir / "log"
        raise ConfigurationError(
            f"网页没有就绪，原因见 {logs} 与 {path}。",
            f"The web did not become ready; {logs} and {path} say why.",
        )

    def attend(self) -> None:
        """Until interrupted."""
        while True:
            time.sleep(0.5)
            self.watch()

    def watch(self) -> None:
        """Starts again what has ended by itself, after a pause."""
        self._watch_chain()
        for child in self.children:
            if not child.alive and self._has_rested(child.name, child.exit_code, child.pause):
                child.start()

    def _watch_chain(self) -> None:
        chain = self.chain
        if chain is None or chain.alive:
            return
        if self._has_rested("chain", chain.node.process.returncode, CHAIN_PAUSE):
            try:
                chain.restart()
            except ConfigurationError as refusal:
                tell(refusal.sentence.zh, refusal.sentence.en)

    def end(self) -> None:
        """The web first, so that nobody starts what the worker could not finish; the chain's owner ends the chain."""
        for child in self.children:
            child.ask_to_end()
        for child in self.children:
            child.end(END_SECONDS)

    def _has_rested(self, name: str, code: int | None, pause: float) -> bool:
        """Says once that it has ended; true when it is time to start it again."""
        now = time.monotonic()
        if name not in self._due:
            self._due[name] = now + pause
            tell(
                f"{_NAMES[name].zh}自行退出（代码 {code}），{pause:.0f} 秒后重新启动。",
                f"{_NAMES[name].en} ended by itself ({code}); it is started again in {pause:.0f} s.",
            )
        if now < self._due[name]:
            return False
        del self._due[name]
        return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, HTTPException):
        return False
