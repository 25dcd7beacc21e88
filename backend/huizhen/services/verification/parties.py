"""Parties, keys, institutions of practice, agreements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huizhen.db.index.parties import Affiliation, Agreement, Party, Signer
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.services.verification.findings import Findings, Subject, numbered

REGISTRY = "CredentialRegistry"
PARTY = Sentence("参与方", "party")


def compare_parties(findings: Findings) -> None:
    rows = findings.rows(Party)
    findings.require_ids(
        "party", (row.id for row in rows), range(1, findings.count(REGISTRY, "partyCount") + 1), PARTY
    )
    for row in rows:
        subject = numbered(PARTY, row.id)
        _compare(
            findings,
            "partyOf",
            subject,
            row.id,
            {
                "specialties": row.specialties,
                "valid_until": row.valid_until,
                "city": row.city,
                "kind": row.kind,
                "status": row.status,
                "powers": row.powers,
                "signers": row.signers,
            },
        )
        _compare(
            findings,
            "registrationOf",
            subject,
            row.id,
            {
                "home": row.home,
                "revision": row.revision,
                "applied_at": row.applied_at,
                "profile": row.profile,
                "licence": row.licence,
            },
        )
        _compare(
            findings,
            "removalOf",
            subject,
            row.id,
            {
                "not_before": row.removal_not_before or 0,
                "index": row.removal_index or 0,
            },
        )
    findings.compared["parties"] += len(rows)
    _compare_signers(findings, {row.id: row.signers for row in rows})


def _compare(
    findings: Findings, function: str, subject: Subject, party: int, expected: Mapping[str, Any]
) -> None:
    findings.compare("party", (party,), subject, Read(REGISTRY, function, (party,)), expected)


def _compare_signers(findings: Findings, used: Mapping[int, int]) -> None:
    rows = findings.rows(Signer)
    for row in rows:
        subject = numbered(Sentence("钥匙", "key"), row.party, row.index)
        key = (row.party, row.index)
        read = Read(REGISTRY, "signerOf", key)
        findings.compare("signer", key, subject, read, {"": row.signer if row.active else "0x"})
    expected = {(party, index) for party, count in used.items() for index in range(count)}
    for party, index in sorted(expected - {(row.party, row.index) for row in rows}):
        subject = numbered(Sentence("钥匙", "key"), party, index)
        findings.require("signer", (party, index), subject, "", "missing", "present")
    findings.compared["keys"] += len(rows)


def compare_institutions(findings: Findings) -> None:
    affiliations = findings.rows(Affiliation)
    for row in affiliations:
        key = (row.doctor, row.institution)
        subject = numbered(Sentence("执业注册", "affiliation"), *key)
        findings.compare(
            "affiliation",
            key,
            subject,
            Read(REGISTRY, "affiliationOf", key),
            {
                "valid_until": row.valid_until,
                "standing_until": row.standing_until,
                "version": row.version,
            },
        )
    agreements = findings.rows(Agreement)
    for agreement in agreements:
        pair = (agreement.a, agreement.b)
        subject = numbered(Sentence("合作协议", "agreement"), *pair)
        findings.compare(
            "agreement",
            pair,
            subject,
            Read(REGISTRY, "agreementOf", pair),
            {
                "valid_until": agreement.valid_until,
                "version": agreement.version,
                "commitment": agreement.commitment,
            },
        )
    findings.compared["affiliations"] += len(affiliations)
    findings.compared["agreements"] += len(agreements)
