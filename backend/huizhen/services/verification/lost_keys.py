"""Keys that are being replaced, and accounts that several officers sign through."""

from __future__ import annotations

from huizhen.db.index.parties import InstitutionAccount, Party, Replacement
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.services.verification.findings import Findings, numbered

REPLACEMENT = Sentence("密钥更换", "key replacement of party")
ACCOUNT = Sentence("机构账户", "institution account")
_NEVER = {
    "sequence": 0,
    "authority": 0,
    "authority_revision": 0,
    "not_before": 0,
    "contested": False,
    "allowed": False,
    "signer": "0x",
}


def compare_replacements(findings: Findings) -> None:
    """Every party, whether it has a row or not: a missing row means that nobody ever asked."""
    rows = {row.party: row for row in findings.rows(Replacement)}
    for party in sorted({row.id for row in findings.rows(Party)} | rows.keys()):
        row = rows.get(party)
        expected = {name: getattr(row, name) for name in _NEVER} if row else _NEVER
        read = Read("KeyReplacement", "replacementOf", (party,))
        findings.compare("replacement", (party,), numbered(REPLACEMENT, party), read, expected)
    findings.compared["key replacements"] += len(rows)


def compare_accounts(findings: Findings) -> None:
    """Those that the factory made, no more and no fewer. Their officers may have changed since they were made."""
    count = findings.count("InstitutionAccounts", "accountCount")
    made = findings.read_all([Read("InstitutionAccounts", "accountAt", (place,)) for place in range(count)])
    there, here = set(made), {row.account.lower() for row in findings.rows(InstitutionAccount)}
    for account in sorted(there ^ here):
        row, chain = ("missing", "present") if account in there else ("present", "missing")
        subject = numbered(ACCOUNT, account)
        findings.require("institution_account", (account,), subject, "", row, chain)
    findings.compared["institution accounts"] += len(here)
