"""Balances against the ledger's storage and against the sums of the entries; payouts item by item."""

from __future__ import annotations

from collections import Counter

from huizhen.db.index.chain import Booker
from huizhen.db.index.ledger import BankReference, Credit, Custody, Deposit, Funds, PayIn
from huizhen.db.index.parties import Party
from huizhen.db.index.payouts import PayoutAccount, PayoutBatch, PayoutItem
from huizhen.db.index.whole import entry_sums
from huizhen.domain import chain_events
from huizhen.domain.chain_ids import NO_HASH
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import BatchStatus, Bucket, ItemStatus, PartyKind, ReferenceUse
from huizhen.services.verification.findings import Findings, numbered

LEDGER, TOKEN_RAIL = "RevenueLedger", "Erc20Rail"
NOBODY = 0
NO_ADDRESS = "0x" + "00" * 20
FUNDS = Sentence("医疗机构资金", "funds of hospital")
CREDIT = Sentence("应付余额", "credit of party")
ACCOUNT = Sentence("收款账户", "payout account of party")
BATCH = Sentence("付款批次", "batch")
ITEM = Sentence("付款", "payout item")
CUSTODY = Sentence("托管余额", "custody")
REFERENCE = Sentence("银行流水号", "bank reference")

_MASKS = {
    ItemStatus.OUTSTANDING: "outstanding",
    ItemStatus.CONFIRMED: "confirmed",
    ItemStatus.RETURNED: "returned",
}


def compare_balances(findings: Findings) -> None:
    """Every party, whether it has a row or not: a missing row means nothing is owed."""
    parties = {row.id: row.kind for row in findings.rows(Party)}
    funds = {row.hospital: row for row in findings.rows(Funds)}
    owed_to = {row.party: row for row in findings.rows(Credit)}
    hospitals = {party for party, kind in parties.items() if kind is PartyKind.HOSPITAL}
    for hospital in sorted(hospitals | funds.keys()):
        key, subject, row = (hospital,), numbered(FUNDS, hospital), funds.get(hospital)
        findings.compare(
            "funds",
            key,
            subject,
            Read(LEDGER, "fundsOf", key),
            {
                "available": row.available if row else 0,
                "escrowed": row.escrowed if row else 0,
            },
        )
        refunds = row.refunds if row else 0
        findings.compare("funds", key, subject, Read(LEDGER, "refundsOf", key), {"": refunds})
    for party in sorted(parties.keys() | owed_to.keys()):
        key, credit = (party,), owed_to.get(party)
        findings.compare(
            "credit",
            key,
            numbered(CREDIT, party),
            Read(LEDGER, "creditOf", key),
            {
                "credited": credit.credited if credit else 0,
                "outstanding": credit.outstanding if credit else 0,
            },
        )
    custody = _custody(findings)
    findings.compare("custody", (1,), CUSTODY, Read("IRail", "custody"), {"": custody})
    findings.compared["balances"] += 2 * (len(funds) + len(owed_to)) + 1


def compare_sums(findings: Findings) -> None:
    """Each balance is the sum of its entries, and everybody's balances are what is in custody."""
    balances: Counter[tuple[Bucket, int]] = Counter()
    for row in findings.rows(Funds):
        balances[Bucket.AVAILABLE, row.hospital] = row.available
        balances[Bucket.ESCROWED, row.hospital] = row.escrowed
    for credit in findings.rows(Credit):
        balances[Bucket.CREDITED, credit.party] = credit.credited
        balances[Bucket.OUTSTANDING, credit.party] = credit.outstanding
    balances[Bucket.CUSTODY, NOBODY] = _custody(findings)
    sums = Counter(entry_sums(findings.session))
    for bucket, party in sorted(sums.keys() | balances.keys()):
        subject = numbered(Sentence(f"{bucket} 分录合计", f"sum of entries in {bucket} of party"), party)
        findings.require(
            "ledger_entry", (bucket, party), subject, "", sums[bucket, party], balances[bucket, party]
        )
    owed = sum(total for (bucket, _), total in balances.items() if bucket is not Bucket.CUSTODY)
    everybody = Sentence("各方余额合计", "sum of all balances")
    findings.require("custody", (1,), everybody, "", owed, balances[Bucket.CUSTODY, NOBODY])


def _custody(findings: Findings) -> int:
    return sum(row.amount for row in findings.rows(Custody))


def compare_payouts(findings: Findings) -> None:
    accounts = {row.party: row for row in findings.rows(PayoutAccount)}
    for party in sorted({row.id for row in findings.rows(Party)} | accounts.keys()):
        row = accounts.get(party)
        read = Read(LEDGER, "payoutAccountOf", (party,))
        findings.compare(
            "payout_account",
            (party,),
            numbered(ACCOUNT, party),
            read,
            {
                "current": (row.current if row else None) or NO_HASH,
                "pending": (row.pending if row else None) or NO_HASH,
                "effective_at": row.effective_at if row else 0,
                "version": row.version if row else 0,
            },
        )
    findings.compared["payout accounts"] += len(accounts)
    batches = findings.rows(PayoutBatch)
    expected = range(1, findings.count(LEDGER, "batchCount") + 1)
    findings.require_ids("payout_batch", (row.id for row in batches), expected, BATCH)
    items: dict[int, list[PayoutItem]] = {}
    for item in findings.rows(PayoutItem):
        items.setdefault(item.batch, []).append(item)
    for batch in batches:
        _compare_batch(findings, batch, items.get(batch.id, []))
    for orphan in sorted(items.keys() - {batch.id for batch in batches}):
        findings.require("payout_item", (orphan,), numbered(ITEM, orphan), "", "present", "missing")
    findings.compared["payout items"] += sum(map(len, items.values()))


def _compare_batch(findings: Findings, row: PayoutBatch, items: list[PayoutItem]) -> None:
    """The contract keeps the hash of the items and three masks: together they say everything of each item."""
    key, subject = (row.id,), numbered(BATCH, row.id)
    listed = [chain_events.PayoutItem(i.party, i.gross, i.withheld, i.account) for i in items]
    findings.compare(
        "payout_batch",
        key,
        subject,
        Read(LEDGER, "batchOf", key),
        {
            "status": row.status,
            "count": row.count,
            "preparer": row.preparer,
            "prepared_at": row.prepared_at,
            "outstanding": row.outstanding,
            "confirmed": row.confirmed,
            "returned": row.returned,
            "items": findings.state.items_hash(listed),
        },
    )
    findings.require_ids("payout_item", (item.item for item in items), range(row.count), ITEM, (row.id,))
    for item in items:
        expected = ItemStatus.LEFT_OUT if row.status is BatchStatus.APPROVED else ItemStatus.PREPARED
        for status, mask in _MASKS.items():
            if getattr(row, mask) >> item.item & 1:
                expected = status
        where = numbered(ITEM, row.id, item.item)
        findings.require("payout_item", (row.id, item.item), where, "status", item.status, expected)


def compare_references(findings: Findings) -> None:
    deposits = {row.bank_ref: row for row in findings.rows(Deposit)}
    references = {(row.bank_ref, row.use): row for row in findings.rows(BankReference)}
    for (bank_ref, use), row in references.items():
        read = Read("IRail", "isUsed", (bank_ref,))
        findings.compare("bank_reference", (bank_ref, use), numbered(REFERENCE, bank_ref), read, {"": True})
        if use is ReferenceUse.COLLECTED:
            deposit = deposits.get(bank_ref)
            subject = numbered(Sentence("充值", "deposit"), bank_ref)
            amount = deposit.amount if deposit else "missing"
            findings.require("deposit", (bank_ref,), subject, "amount", amount, row.amount)
    for booker in findings.rows(Booker):
        key = (booker.contract, booker.booker)
        subject = numbered(Sentence("合约权限", "booker of"), *key)
        read = Read(booker.contract, "isBooker", (booker.booker,))
        findings.compare("booker", key, subject, read, {"": booker.allowed})
    findings.compared["bank references"] += len(references)


def compare_pay_ins(findings: Findings) -> None:
    """Tokens that wait for the bank, on the rail that has any."""
    rows = findings.rows(PayIn)
    for row in rows:
        key, subject = (row.bank_ref,), numbered(Sentence("代币入账", "pay-in"), row.bank_ref)
        if not findings.state.stands(TOKEN_RAIL):
            findings.require("pay_in", key, subject, "", "present", "missing")
            continue
        expected = {
            "payer": row.payer.lower() if row.waiting else NO_ADDRESS,
            "amount": row.amount if row.waiting else 0,
        }
        findings.compare("pay_in", key, subject, Read(TOKEN_RAIL, "payInOf", key), expected)
    findings.compared["pay-ins"] += len(rows)
