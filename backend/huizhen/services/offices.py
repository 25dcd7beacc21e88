"""The services behind finance, the settlement bank, the authority and the auditor, made together."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.session import Stores
from huizhen.services.accreditation import Accreditation
from huizhen.services.audit import Audit
from huizhen.services.audit_export import AuditExport
from huizhen.services.audit_parties import AuditParties
from huizhen.services.balance_proof import BalanceProver, CustodyReader
from huizhen.services.bank_files import BankFiles
from huizhen.services.bank_papers import BankPapers, DemoBank
from huizhen.services.bank_ports import InstructionWriter, SimulatedBank, StatementReader
from huizhen.services.deposits import BankDesk
from huizhen.services.finance_today import FinanceToday
from huizhen.services.payout_batches import PayoutBatches
from huizhen.services.payouts import Payouts
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.reconcile import Reconciliation
from huizhen.services.statements import StatementService
from huizhen.services.workbench import Workbench


@dataclass(frozen=True, slots=True)
class BankFormats:
    """The file formats of finance/. `simulated` is None everywhere but in the demo."""

    reader: StatementReader
    instructions: InstructionWriter
    simulated: SimulatedBank | None


@dataclass(frozen=True, slots=True)
class Offices:
    """`demo_bank` is None everywhere but in the demo."""

    today: FinanceToday
    payouts: Payouts
    batches: PayoutBatches
    files: BankFiles
    reconciliation: Reconciliation
    workbench: Workbench
    bank: BankDesk
    papers: BankPapers
    demo_bank: DemoBank | None
    accreditation: Accreditation
    audit: Audit
    parties: AuditParties
    export: AuditExport

    @classmethod
    def of(
        cls,
        stores: Stores,
        statements: StatementService,
        profiles: Profiles,
        clock: Clock,
        custody: CustodyReader,
        formats: BankFormats,
    ) -> Offices:
        batches = PayoutBatches(stores, statements, profiles, clock)
        reconciliation = Reconciliation(stores, profiles, clock)
        bank = BankDesk(stores, statements, profiles, clock)
        simulated = formats.simulated
        return cls(
            FinanceToday(stores, BalanceProver(stores, profiles, custody), batches, clock),
            Payouts(stores, statements, profiles, clock),
            batches,
            BankFiles(stores.office, formats.reader, reconciliation, profiles),
            reconciliation,
            Workbench(stores, profiles),
            bank,
            BankPapers(stores, formats.instructions),
            DemoBank(stores, profiles, bank, clock, simulated) if simulated is not None else None,
            Accreditation(stores, statements, profiles, clock),
            Audit(stores, profiles),
            AuditParties(stores, profiles),
            AuditExport(stores.index),
        )
