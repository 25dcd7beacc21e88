"""The demo world of `huizhen up --demo`: made once, on an empty chain, and never left half made."""

from __future__ import annotations

import shutil
from pathlib import Path

from huizhen.bootstrap import Operator
from huizhen.chain.deployer import deployment_file
from huizhen.cli.simulating import GENESIS_PARTIES, make_world, party_count, require_fresh
from huizhen.domain.ids import PartyId
from huizhen.errors import ConfigurationError
from huizhen.services.booking_policy import present_policy
from huizhen.services.practice import practice
from huizhen.settings import Settings
from huizhen.simulation.open_ends import OpenEnds
from huizhen.simulation.script import Simulation, Size


def begin_world(settings: Settings) -> None:
    """Before anything is deployed: contracts that are half deployed belong to a world that is half made."""
    if not deployment_file(settings.deployments, settings.chain_id).exists():
        _mark(settings).touch()


def ensure_world(parts: Operator) -> None:
    """A chain that has been lived on keeps what it has."""
    if party_count(parts) > GENESIS_PARTIES:
        return
    settings = parts.settings
    size = Size(
        settings.demo_doctors,
        settings.demo_hospitals,
        settings.demo_groups,
        settings.demo_consultations,
        settings.demo_seed,
    )
    require_fresh(parts, size.seed)
    _mark(settings).touch()
    _leave_open(parts, make_world(parts, size))
    _mark(settings).unlink()


def _leave_open(parts: Operator, world: Simulation) -> None:
    home, platform_bps = PartyId(parts.settings.operator_party or 0), present_policy().platform_bps
    rooms = practice(
        parts.stores, parts.statements, parts.gateway, parts.keys, parts.clock, home, platform_bps
    )
    OpenEnds(
        world, parts.stores, parts.statements, parts.gateway, rooms.groups, parts.offices().files
    ).leave()


def forget_half_a_world(settings: Settings) -> None:
    """Before the chain starts: a world whose making was interrupted holds nothing of anybody's and is made anew."""
    if not _mark(settings).exists():
        return
    stores = [_own_file(settings, url) for url in (settings.index_url, settings.office_url)]
    for store in stores:
        for file in store.parent.glob(f"{store.name}*"):
            file.unlink()
    (settings.state_dir / "chain.json").unlink(missing_ok=True)
    shutil.rmtree(settings.deployments, ignore_errors=True)
    _mark(settings).unlink()


def _own_file(settings: Settings, url: str) -> Path:
    file = Path(url.removeprefix("sqlite:///"))
    if file.parent != settings.state_dir:
        raise ConfigurationError(
            f"演示世界上次没有建完，而它的数据库不在 {settings.state_dir} 之内：请清空该数据库，再运行 make clean。",
            f"The demo world was left half made, and its database is not in {settings.state_dir}: "
            "empty that database, then run make clean.",
        )
    return file


def _mark(settings: Settings) -> Path:
    return settings.state_dir / "world.unfinished"
