"""`python -m migrations "What changes"`: writes the revision that takes the last one to the present models."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

HERE = Path(__file__).resolve().parent


def configuration(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    # As the rest of the code is written, and checked by the same rules.
    config.set_section_option("post_write_hooks", "hooks", "order, shape")
    for hook, verb in (("order", "check --fix-only"), ("shape", "format")):
        config.set_section_option("post_write_hooks", f"{hook}.type", "module")
        config.set_section_option("post_write_hooks", f"{hook}.module", "ruff")
        config.set_section_option(
            "post_write_hooks", f"{hook}.options", f"{verb} --quiet REVISION_SCRIPT_FILENAME"
        )
    config.attributes["url"] = url
    return config


def write_revision(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = configuration(f"sqlite:///{folder}/office.sqlite")
        command.upgrade(config, "head")
        number = len(list((HERE / "versions").glob("*.py"))) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit('Say what changes: python -m migrations "Add the tax number of payees"')
    write_revision(sys.argv[1])
