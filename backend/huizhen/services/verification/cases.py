"""CaseAccess: patients' consents, files of cases, who was given their keys, and the anchors of logs of openings."""

from __future__ import annotations

from collections import defaultdict

from huizhen.db.index.consents import CaseFile, Consent, KeyGrant, LogHead
from huizhen.db.index.parties import Party
from huizhen.domain.chain_ids import NO_HASH, Hash32
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import PartyKind
from huizhen.services.verification.findings import Findings, numbered

CONTRACT = "CaseAccess"
CONSENT = Sentence("知情同意", "consent")
FILE = Sentence("病例文件", "file")
FILES = Sentence("病例文件数量", "number of files of case")
GRANT = Sentence("密钥授权", "key grant")
LOG = Sentence("调阅日志锚点", "log head of platform")
_NO_ANCHOR = {"head": NO_HASH, "entries": 0, "anchored_at": 0, "sequence": 0}


def compare_consents(findings: Findings) -> None:
    rows = findings.rows(Consent)
    for row in rows:
        expected = {
            "key": row.key,
            "hospital": row.hospital,
            "valid_until": row.valid_until,
            "withdrawn": row.withdrawn,
        }
        key = (row.case_file, row.consent)
        read = Read(CONTRACT, "consentOf", key)
        findings.compare("consent", key, numbered(CONSENT, row.consent), read, expected)
    count = findings.count(CONTRACT, "consentCount")
    findings.require("consent", (), Sentence("知情同意数量", "number of consents"), "", len(rows), count)
    findings.compared["consents"] += len(rows)


def compare_files(findings: Findings) -> None:
    """Each file both ways, and their number in every case that anybody consented to."""
    rows = findings.rows(CaseFile)
    counts: dict[Hash32, int] = defaultdict(int)
    for row in rows:
        counts[row.case_file] += 1
        key, subject = (row.case_file, row.file), numbered(FILE, row.file)
        expected = {"by": row.by, "index": row.index, "committed_at": row.committed_at}
        findings.compare("case_file", key, subject, Read(CONTRACT, "fileOf", key), expected)
        read = Read(CONTRACT, "fileAt", (row.case_file, row.index))
        findings.compare("case_file", key, subject, read, {"": row.file})
    for case in sorted(counts.keys() | {row.case_file for row in findings.rows(Consent)}):
        read = Read(CONTRACT, "fileCount", (case,))
        findings.compare("case_file", (case,), numbered(FILES, case), read, {"": counts[case]})
    findings.compared["files"] += len(rows)


def compare_key_grants(findings: Findings) -> None:
    rows = findings.rows(KeyGrant)
    for row in rows:
        key, subject = (row.case_file, row.recipient), numbered(GRANT, row.case_file, row.recipient)
        expected = {
            "consent": row.consent,
            "key": row.key,
            "valid_until": row.valid_until,
            "version": row.version,
        }
        findings.compare("key_grant", key, subject, Read(CONTRACT, "keyGrantOf", key), expected)
        read = Read(CONTRACT, "hospitalOf", (row.case_file,))
        findings.compare("key_grant", key, subject, read, {"": row.hospital})
    findings.compared["key grants"] += len(rows)


def compare_log_heads(findings: Findings) -> None:
    """Every platform, whether it has a row or not: a missing row means that it has anchored nothing."""
    rows = {row.platform: row for row in findings.rows(LogHead)}
    platforms = {row.id for row in findings.rows(Party) if row.kind is PartyKind.PLATFORM}
    for platform in sorted(platforms | rows.keys()):
        row = rows.get(platform)
        expected = {name: getattr(row, name) for name in _NO_ANCHOR} if row else _NO_ANCHOR
        read = Read(CONTRACT, "logHeadOf", (platform,))
        findings.compare("log_head", (platform,), numbered(LOG, platform), read, expected)
    findings.compared["log heads"] += len(rows)
