"""What an operator sets, read from HUIZHEN_* environment variables and nowhere else in the product.

Without any of them Huizhen runs by itself: an anvil of its own, SQLite, everything below ./var.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from huizhen.errors import ConfigurationError

DEVELOPMENT_CHAIN = 31337
DEVELOPMENT_CONFIRMATIONS = 2
CHECKOUT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Made once, by a composition root; every other part is handed the values that it needs."""

    model_config = SettingsConfigDict(env_prefix="HUIZHEN_", frozen=True, extra="forbid")

    demo: bool = False
    # Where contracts/, build/ and node_modules/ are.
    checkout: Path = CHECKOUT
    state_dir: Path = Path("var")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    # The chain. Without rpc_url a child process serves an own development chain with its state on disk.
    # ws_url is where the node announces new heads; unless given, rpc_url by ws.
    rpc_url: str | None = None
    ws_url: str | None = Field(None, pattern="^wss?://")
    chain_id: int = Field(DEVELOPMENT_CHAIN, gt=0)
    # Blocks upon a block that make it final (unless given, 2 on the development chain; elsewhere the node's own
    # `finalized` tag says), and how deep a reorganisation the index follows without a rebuild.
    confirmations: int | None = Field(None, ge=0)
    reorg_window: int = Field(64, ge=1)
    deployments_dir: Path | None = None
    deployer_key: SecretStr | None = None
    relay_key: SecretStr | None = None
    # ERC-7913 signers (hex) of the first two parties, for `huizhen deploy` on a chain that matters.
    authority_signer: str | None = Field(None, pattern="^(0x)?([0-9a-fA-F]{2}){20,}$")
    tax_authority_signer: str | None = Field(None, pattern="^(0x)?([0-9a-fA-F]{2}){20,}$")
    relay_resubmit_seconds: int = Field(30, gt=0)
    # How money moves, chosen once, by `huizhen deploy`: through a bank's custody account, or as an ERC-20 token
    # (its address, and how many of its smallest units are one fen).
    rail: Literal["bank", "erc20"] = "bank"
    rail_token: str | None = Field(None, pattern="^0x[0-9a-fA-F]{40}$")
    rail_fen_unit: int | None = Field(None, gt=0, lt=2**128)

    # The two stores, as SQLAlchemy addresses; SQLite files in state_dir by default.
    index_url: str = ""
    office_url: str = ""

    # The demo world, for `huizhen up --demo` on an empty chain.
    demo_doctors: int = Field(24, ge=6)
    demo_hospitals: int = Field(6, ge=2)
    demo_groups: int = Field(4, ge=1)
    demo_consultations: int = Field(40, ge=0)
    demo_seed: int = 7

    # The web.
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    secret_key: SecretStr | None = None
    secure_cookies: bool | None = None
    trusted_proxies: int = Field(0, ge=0)
    rate_limit_storage: str = "memory://"
    operator_party: int | None = Field(None, gt=0)

    @model_validator(mode="before")
    @classmethod
    def _default_stores(cls, values: dict[str, object]) -> dict[str, object]:
        # An empty variable counts as one that is not set.
        given = {name: value for name, value in values.items() if value not in (None, "")}
        state_dir = Path(str(given.get("state_dir", "var"))).absolute()
        stores = {f"{name}_url": f"sqlite:///{state_dir / name}.sqlite" for name in ("index", "office")}
        return stores | given | {"state_dir": state_dir}

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        """The demo holds people's keys itself: never on a chain where they could matter."""
        if self.demo and not self.development_chain:
            raise ValueError(
                f"the demo runs on the local development chain ({DEVELOPMENT_CHAIN}) only: "
                "unset HUIZHEN_DEMO, or unset HUIZHEN_RPC_URL and HUIZHEN_CHAIN_ID"
            )
        return self

    @model_validator(mode="after")
    def _token_goes_with_its_rail(self) -> Self:
        given = (self.rail_token is not None, self.rail_fen_unit is not None)
        if self.rail == "erc20" and given != (True, True):
            raise ValueError(
                "with HUIZHEN_RAIL=erc20 set HUIZHEN_RAIL_TOKEN and HUIZHEN_RAIL_FEN_UNIT as well"
            )
        if self.rail == "bank" and given != (False, False):
            raise ValueError(
                "HUIZHEN_RAIL_TOKEN and HUIZHEN_RAIL_FEN_UNIT are of the rail for tokens: unset them, "
                "or set HUIZHEN_RAIL=erc20"
            )
        return self

    @model_validator(mode="after")
    def _window_reaches_finality(self) -> Self:
        """What is not final may still turn: the index has to be able to undo all of it."""
        if self.confirmations is not None and self.reorg_window < self.confirmations:
            raise ValueError(
                f"the index could not undo what is not final yet: set HUIZHEN_REORG_WINDOW ({self.reorg_window}) "
                f"to at least HUIZHEN_CONFIRMATIONS ({self.confirmations})"
            )
        return self

    @property
    def embedded_chain(self) -> bool:
        return self.rpc_url is None

    @property
    def development_chain(self) -> bool:
        """Ours to mine and to move in time, and with keys that the whole world knows."""
        return self.chain_id == DEVELOPMENT_CHAIN and _is_local(self.rpc_url)

    @property
    def finality(self) -> int | None:
        """Blocks upon a block that make it final; None: what the node's `finalized` tag says.

        A development node counts 64, which nobody waits for.
        """
        own = self.confirmations is None and self.development_chain
        return DEVELOPMENT_CONFIRMATIONS if own else self.confirmations

    @property
    def deployments(self) -> Path:
        """Addresses on a shared chain belong to the code; those on a chain of our own die with its state."""
        if self.deployments_dir is not None:
            return self.deployments_dir
        shared = Path(__file__).parent / "chain" / "deployments"
        return self.state_dir / "deployments" if self.embedded_chain else shared

    @property
    def cookies_over_https(self) -> bool:
        return not self.demo if self.secure_cookies is None else self.secure_cookies

    def session_key(self) -> str:
        """Signs sessions. The demo makes one and keeps it, so that a restart signs nobody out.

        Raises ConfigurationError outside the demo when none is set.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        if not self.demo:
            raise ConfigurationError(
                "没有设置 HUIZHEN_SECRET_KEY：请设为至少 32 个随机字符，并妥善保存。",
                "HUIZHEN_SECRET_KEY is not set: set it to at least 32 random characters and keep it safe.",
            )
        return _kept_secret(self.state_dir / "session.key")

    def environment(self) -> dict[str, str]:
        """The environment of a child process that is to read these very settings."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return dict(os.environ) | {_variable((name,)): _text(value) for name, value in given.items()}


def english_console() -> bool:
    """Whether the person at the terminal reads English; everybody else is answered in Chinese."""
    chosen = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return chosen.lower().startswith("en")


def load(**overrides: Any) -> Settings:
    """Settings from the environment; `overrides` (from the command line) win.

    Raises ConfigurationError that names each variable at fault.
    """
    try:
        return Settings(**overrides)
    except ValidationError as refusal:
        faults = "; ".join(f"{_variable(fault['loc'])}: {fault['msg']}" for fault in refusal.errors())
        raise ConfigurationError(
            f"设置有误，请改正后重试：{faults}", f"A setting is wrong; correct it and try again: {faults}"
        ) from refusal


def _is_local(url: str | None) -> bool:
    return url is None or urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


def _text(value: object) -> str:
    """As the environment says it; what is not set is said by an empty variable."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)


def _variable(location: tuple[int | str, ...]) -> str:
    """HUIZHEN_PORT for ("port",); HUIZHEN for a fault that lies in several settings together."""
    return "_".join(("HUIZHEN", *(str(part).upper() for part in location)))


def _kept_secret(file: Path) -> str:
    """The secret in `file`, made on the first call; processes that start together agree on one."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            opened.write(secrets.token_hex(32))
        # A link, unlike a rename, never replaces what another process put there first.
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft)
        draft.unlink()
    return file.read_text(encoding="ascii")
