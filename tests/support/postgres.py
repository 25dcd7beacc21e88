"""A PostgreSQL of our own in a temporary folder: on a socket there, without TCP, gone with the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import psycopg

_FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
_SECONDS = 30
_names = count(1)


def missing() -> str | None:
    """What to do where there is no PostgreSQL, in one sentence."""
    return (
        None
        if _program("postgres")
        else "PostgreSQL is not installed: run tools/postgresql (as root), or install it."
    )


@contextmanager
def running() -> Iterator[Postgres]:
    """The server never syncs: what a test wrote need not survive it."""
    folder = Path(mkdtemp(prefix="huizhen-pg-"))
    as_user = (
        [shutil.which("runuser") or "/usr/sbin/runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    )
    try:
        if as_user:
            shutil.chown(folder, "postgres", "postgres")
        cluster = folder / "cluster"
        subprocess.run(
            [
                *as_user,
                _require("initdb"),
                "-D",
                str(cluster),
                "-U",
                "huizhen",
                "--auth=trust",
                "-E",
                "UTF8",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "128MB",
            "max_wal_size": "2GB",
            "maintenance_work_mem": "64MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = subprocess.Popen(
            [*as_user, _require("postgres"), "-D", str(cluster), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            found = Postgres(folder)
            found.wait()
            yield found
        finally:
            subprocess.run(
                [*as_user, _require("pg_ctl"), "-D", str(cluster), "-m", "immediate", "-w", "stop"],
                check=False,
                capture_output=True,
                cwd=folder,
            )
            server.wait(_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def database(self) -> str:
        """The address of a new one."""
        name = f"huizhen_{os.getpid()}_{next(_names)}"
        with psycopg.connect(self._connection("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return f"postgresql://huizhen@/{name}?host={self._folder}"

    def wait(self) -> None:
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                psycopg.connect(self._connection("postgres")).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _connection(self, database: str) -> str:
        return f"host={self._folder} user=huizhen dbname={database}"


def _require(name: str) -> str:
    found = _program(name)
    if found is None:
        raise FileNotFoundError(name)
    return found


def _program(name: str) -> str | None:
    """Debian keeps the server's programs off PATH."""
    if found := shutil.which(name):
        return found
    kept = sorted(path for folder in _FOLDERS for path in Path(folder).glob(f"*/bin/{name}"))
    return str(kept[-1]) if kept else None
