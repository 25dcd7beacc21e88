"""Contested seats, lost keys, files and who may open them: each row against its slot, none missing by the counts."""

from __future__ import annotations

from collections import Counter

from huizhen.db.index.consents import CaseFile, KeyGrant, LogHead
from huizhen.db.index.consultations import Amendment, Dispute
from huizhen.db.index.parties import Replacement
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import ConsultationStatus
from huizhen.services.verification.findings import Findings, numbered

DISPUTE = Sentence("争议", "dispute of consultation")
AMENDMENT = Sentence("被替换的条款", "replaced terms")
REPLACEMENT = Sentence("钥匙更换", "key replacement of party")


def compare_disputes(findings: Findings) -> None:
    """Terms that others took the place of keep the id, as cancelled ones, with nothing in escrow."""
    disputes, amendments = findings.rows(Dispute), findings.rows(Amendment)
    for row in disputes:
        findings.compare(
            "dispute",
            (row.consultation,),
            numbered(DISPUTE, row.consultation),
            Read("Disputes", "disputeOf", (row.consultation,)),
            {
                "contested": row.contested,
                "resolved": row.resolved,
                "opened_at": row.opened_at,
                "rest_released": row.rest_released,
            },
        )
    for old in amendments:
        packed = bytes.fromhex(old.terms[2:])
        subject, key = numbered(AMENDMENT, old.consultation), (old.replaced,)
        findings.require("amendment", key, subject, "terms", findings.state.terms_hash(packed), old.replaced)
        expected = {"status": ConsultationStatus.CANCELLED, "id": old.consultation, "escrowed": 0}
        findings.compare("amendment", key, subject, Read("Consultations", "consultationOf", key), expected)
    findings.compared["disputes"] += len(disputes)
    findings.compared["amendments"] += len(amendments)


def compare_replacements(findings: Findings) -> None:
    rows = findings.rows(Replacement)
    for row in rows:
        findings.compare(
            "replacement",
            (row.party,),
            numbered(REPLACEMENT, row.party),
            Read("KeyReplacement", "replacementOf", (row.party,)),
            {
                "sequence": row.sequence,
                "authority": row.authority,
                "authority_revision": row.authority_revision,
                "not_before": row.not_before,
                "contested": row.contested,
                "allowed": row.allowed,
                "signer": row.signer,
            },
        )
    findings.compared["replacements"] += len(rows)


def compare_files(findings: Findings) -> None:
    files, grants, heads = findings.rows(CaseFile), findings.rows(KeyGrant), findings.rows(LogHead)
    for row in files:
        key = (row.case_file, row.file)
        findings.compare(
            "case_file",
            key,
            numbered(Sentence("病例文件", "file"), row.file),
            Read("CaseAccess", "fileOf", key),
            {"by": row.by, "index": row.index, "committed_at": row.committed_at},
        )
    for case_file, count in Counter(row.case_file for row in files).items():
        subject = numbered(Sentence("病例文件数量", "number of files of case"), case_file)
        findings.compare("case_file", (case_file,), subject, Read("CaseAccess", "fileCount", (case_file,)), {"": count})
    for grant in grants:
        place = (grant.case_file, grant.recipient)
        findings.compare(
            "key_grant",
            place,
            numbered(Sentence("钥匙授予", "key grant"), *place),
            Read("CaseAccess", "keyGrantOf", place),
            {
                "consent": grant.consent,
                "key": grant.key,
                "valid_until": grant.valid_until,
                "version": grant.version,
            },
        )
    for head in heads:
        findings.compare(
            "log_head",
            (head.platform,),
            numbered(Sentence("查阅日志锚点", "log head of platform"), head.platform),
            Read("CaseAccess", "logHeadOf", (head.platform,)),
            {
                "head": head.head,
                "entries": head.entries,
                "anchored_at": head.anchored_at,
                "sequence": head.sequence,
            },
        )
    findings.compared["files"] += len(files)
    findings.compared["key grants"] += len(grants)
    findings.compared["log heads"] += len(heads)
