"""The web pages, served by gunicorn: one process, whose threads share its engines."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys

from huizhen.bootstrap import node_address
from huizhen.chain.lifeline import die_with_parent
from huizhen.cli.duties import until_told
from huizhen.errors import ConfigurationError
from huizhen.settings import Settings

_LOOPBACK = ("127.0.0.1", "::1")
_END_SECONDS = 10
_THREADS = 40
"""Open streams (huizhen_web.live.hub) hold up to 24 of them; the others answer."""


def run_web(settings: Settings) -> None:
    require_web_settings(settings)
    stop = until_told()
    with node_address(settings):
        server = subprocess.Popen(
            web_command(settings), env=settings.environment(), preexec_fn=die_with_parent
        )
        while server.poll() is None and not stop.wait(0.2):
            pass
        if server.returncode is not None:
            raise ConfigurationError(
                f"网页服务自行退出（代码 {server.returncode}），原因见上。",
                f"The web server ended by itself ({server.returncode}); what it said stands above.",
            )
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(_END_SECONDS)
        server.kill()


def web_command(settings: Settings) -> list[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    options = {
        "--bind": f"{host}:{settings.port}",
        "--worker-class": "gthread",
        "--workers": "1",
        "--threads": str(_THREADS),
        "--graceful-timeout": "5",
        "--log-level": "warning",
    }
    arguments = [part for option in options.items() for part in option]
    return [sys.executable, "-m", "gunicorn", *arguments, "--no-control-socket", "huizhen_web.app:serve()"]


def require_web_settings(settings: Settings) -> None:
    """Raises ConfigurationError before anything else has begun, where the web could not start."""
    refuse_taken_port(settings)
    settings.session_key()


def refuse_taken_port(settings: Settings) -> None:
    if _somebody_answers(settings.port) or not _can_bind(settings.host, settings.port):
        raise ConfigurationError(
            f"端口 {settings.port} 已被占用：请停止占用它的程序，或换一个端口：make demo PORT={settings.port + 1}。",
            f"Port {settings.port} is taken: stop what uses it, or choose another: "
            f"make demo PORT={settings.port + 1}.",
        )


def _somebody_answers(port: int) -> bool:
    """Whoever opens http://localhost may reach any of these addresses, whichever we bind."""
    for address in _LOOPBACK:
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
            return True
    return False


def _can_bind(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True
