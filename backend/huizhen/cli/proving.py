"""`huizhen verify --proof ID` and `huizhen verify --check FILE`: one payout, shown to a stranger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from huizhen.bootstrap import Operator, operator
from huizhen.chain.inclusion.evidence import evidence_of
from huizhen.cli.contracts import require_chain
from huizhen.cli.proof_file import Document, check, document_of, no_proof
from huizhen.cli.words import say, spoken, tell
from huizhen.db.index import progress
from huizhen.domain.sentence import Sentence
from huizhen.errors import ProofBroken
from huizhen.services.inclusion import LogPlace, ProofFinder, subject_of
from huizhen.settings import Settings


def run_proof(settings: Settings, wanted: str, to: Path | None) -> None:
    """Raises InvalidInput or NotFound for what is no payout, ProofBroken where the node cannot prove it."""
    subject = subject_of(wanted)
    with operator(settings) as parts:
        require_chain(settings, parts.node)
        parts.indexer().once()
        places = ProofFinder(parts.stores.index).logs_of(subject)
        evidence = [evidence_of(parts.node, place.block_hash, place.log_index) for place in places]
        document = document_of(subject, settings.chain_id, evidence)
        _warn_unless_final(parts, places)
    file = to or Path(f"{str(subject).replace(':', '-')}.proof.json")
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    _say(document, ())
    tell(
        f"已写入 {file}。任何人都可以核对：huizhen verify --check {file}",
        f"Written to {file}. Anybody can check it: huizhen verify --check {file}",
    )


def run_check(file: Path, block_hashes: Sequence[str]) -> None:
    """Needs the file alone. Raises ProofBroken, also where a hash that the asker knows is of no block in the file."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise no_proof() from error
    document = check(content)
    known = [hash_.lower() for hash_ in block_hashes]
    proven = {entry["block_hash"] for entry in document["logs"]}
    for hash_ in known:
        if hash_ not in proven:
            raise ProofBroken(
                f"证明不涉及区块 {hash_}：它只涉及 {'、'.join(sorted(proven))}。",
                f"The proof is not of block {hash_}, but of {', '.join(sorted(proven))}.",
            )
    _say(document, known)


def _say(document: Document, known: Sequence[str]) -> None:
    """The sentence, and what it rests on: block hashes that somebody has to compare, and the contract's address."""
    click.echo(spoken(Sentence(**document["says"])))
    blocks = {entry["header"]["number"]: entry["block_hash"] for entry in document["logs"]}
    for number, hash_ in blocks.items():
        said = say("与给出的哈希一致", "is the given one") if hash_ in known else say("请核对", "compare it")
        click.echo(f"  {say('区块', 'block')} {number} {hash_} ({said})")
    for contract in sorted({entry["contract"] for entry in document["logs"]}):
        click.echo(f"  {say('合约', 'contract')} {contract}")
    if set(blocks.values()) <= set(known):
        return
    chain = document["chain_id"]
    click.echo(
        say(
            f"证明成立的前提是链 {chain} 上确有这些区块：请向自己信任的节点核对哈希，并核对合约地址。",
            f"It holds if chain {chain} has these blocks: ask a node that you trust for their hashes, and compare the "
            "address of the contract.",
        )
    )


def _warn_unless_final(parts: Operator, places: Sequence[LogPlace]) -> None:
    with parts.stores.index.reading() as session:
        cursor = progress.read_cursor(session.connection())
    if cursor is not None and places[-1].block > cursor["final_number"]:
        tell(
            "最新的一步尚未最终确认，链若重组，该区块会消失：稍后请再生成一次。",
            "The newest step is not final yet: a reorganisation may remove its block. Make the proof again later.",
        )
