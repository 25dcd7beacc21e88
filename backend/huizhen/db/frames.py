"""Values over a pipe between a process and its child: eight bytes of length, then what marshal wrote."""

from __future__ import annotations

import marshal
from typing import IO, Any

_SIZE_BYTES = 8


def packed(content: Any) -> bytes:
    """Numbers, text, bytes and None, in plain tuples, lists and dicts. Raises ValueError for anything else."""
    body = marshal.dumps(content)
    return len(body).to_bytes(_SIZE_BYTES, "big") + body


def write_frame(stream: IO[bytes], content: Any) -> None:
    """See `packed`. Raises OSError where the other side has gone."""
    stream.write(packed(content))
    stream.flush()


def read_frame(stream: IO[bytes]) -> Any:
    """Raises EOFError where the other side has gone."""
    length = int.from_bytes(_exactly(stream, _SIZE_BYTES), "big")
    return marshal.loads(_exactly(stream, length))  # noqa: S302 (a pipe between a process and its own child)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    found = stream.read(length)
    if len(found) < length:
        raise EOFError
    return found
