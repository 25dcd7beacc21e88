"""`huizhen show`: what a statement says, read from its file and computed anew, without asking anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from eth_utils.exceptions import ValidationError

from huizhen.chain.deployer import load_deployment
from huizhen.chain.statements import digest_of
from huizhen.cli.words import say, spoken, tell
from huizhen.errors import DeploymentError, InvalidInput
from huizhen.services.statement_words import title
from huizhen.settings import Settings


def run_show(settings: Settings, file: Path) -> None:
    """Raises InvalidInput where the file is no statement, or its digest is another than it claims."""
    document, claimed = _read(file)
    try:
        digest = "0x" + digest_of(document).hex()
        domain, name, message = document["domain"], document["primaryType"], document["message"]
        contract = _contract(settings, domain)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise _no_statement(file) from error
    function = "book" if name == "Terms" else name[:1].lower() + name[1:]
    click.echo(
        f"{spoken(title(function))} · {contract}.{function} · {say('链', 'chain')} {domain['chainId']}"
    )
    for label, value in _lines(message):
        click.echo(f"  {label:28} {value}")
    click.echo(f"{say('摘要', 'digest')} {digest}")
    if claimed is not None and claimed.lower() != digest:
        raise InvalidInput(
            f"文件声称的摘要是 {claimed}，与内容不符：请勿签署。",
            f"The file claims the digest {claimed}, which is not that of its content: do not sign it.",
        )


def _read(file: Path) -> tuple[dict[str, Any], str | None]:
    """An EIP-712 document, bare or as {"typed_data": …, "digest": …}."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _no_statement(file) from error
    if not isinstance(content, dict):
        raise _no_statement(file)
    return content.get("typed_data", content), content.get("digest")


def _contract(settings: Settings, domain: Mapping[str, Any]) -> str:
    """The name of the contract that the statement is for; what is not of this deployment is said to be so."""
    address = str(domain["verifyingContract"])
    try:
        deployment = load_deployment(settings.deployments, int(domain["chainId"]))
    except DeploymentError as unknown:
        tell(unknown.sentence.zh, unknown.sentence.en)
        return address
    names = {there.lower(): name for name, there in deployment.addresses.items()}
    if address.lower() not in names:
        tell(
            f"{address} 不是本部署的合约：请核对后再签。",
            f"{address} is no contract of this deployment: look twice before you sign.",
        )
    return names.get(address.lower(), address)


def _lines(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of a nested message with its path, such as seats[0].fee."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lines(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _lines(inner, f"{path}[{number}]")
    else:
        yield path, str(value)


def _no_statement(file: Path) -> InvalidInput:
    return InvalidInput(
        f"{file.name} 不是声明：应为 EIP-712 文档（JSON）。",
        f"{file.name} is no statement: an EIP-712 document (JSON) is expected.",
    )
