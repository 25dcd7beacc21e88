"""What the processes behind the pages write down: one JSON object a line, and never a personal fact."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson

from huizhen.settings import Settings


class JsonLines(logging.Formatter):
    """`fact(log, "moved", part="relay", statements=2)` becomes {"at":…,"level":…,"said":"moved","part":"relay",…}."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "said": record.getMessage()}
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def begin_log(settings: Settings) -> None:
    """To standard error; the supervisor keeps it in a file, an operator wherever they like."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines())
    logging.basicConfig(level=settings.log_level.upper(), handlers=[lines], force=True)
    # One line for each request to the node would drown everything else.
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def fact(log: logging.Logger, said: str, *, level: int = logging.INFO, **facts: object) -> None:
    log.log(level, said, extra={"facts": facts})
