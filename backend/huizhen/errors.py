"""Every refusal of the product, as one tree; the sentence in each says what is wrong and what to do next.

HuizhenError
├── DomainError                 a rule of the business says no
│   ├── AmountUnreadable        text is not an amount of yuan with at most two decimals
│   ├── SharesDoNotSum          the shares of a seat or of the platform are not a whole
│   ├── TooManySeats            more seats than a consultation may have
│   ├── TooManyLegs             the fee would go to more payees than the contract pays
│   ├── TermsUnreadable         packed terms that no contract would read
│   ├── HoursInvalid            a weekly pattern or an exception has impossible hours
│   ├── SearchInvalid           a team search that cannot be answered as it was asked
│   ├── StepNotOpen             a case or a consultation cannot take this step
│   │   ├── WrongState          not in the state that it is in
│   │   ├── TooEarly            not before a moment
│   │   ├── TooLate             not after a moment
│   │   ├── SeatsWrong          a required seat is missing, or a seat that is not there
│   │   ├── OvertimeNotAgreed   more overtime than the terms allow
│   │   └── MayNotCancel        only the hospital and the leading doctor may
│   ├── HourTaken               a doctor's hour is held or booked for somebody else
│   └── WithholdingPolicyMissing   no rates are known for a payer and a day
├── BankFileUnreadable          a bank file has no header that we know, or cannot be opened
├── InvalidInput                what a person or a program sent cannot be meant
│   ├── IdentifierFound         a text would tell who the patient is
│   ├── EmailTaken              an account with this email exists
│   ├── BankReferenceUsed       the bank's reference stands on the chain already
│   ├── BankFileKnown           the same statement file was imported before
│   └── PasswordWrong           the current password is not the one typed
├── NotFound                    there is no such thing, or none that the asker may know of (404)
├── Forbidden                   the thing is known to the asker, the act belongs to another role (403)
├── ConfigurationError          a setting is missing, contradicts another, or a port is taken
├── CompileError                the contracts do not compile
├── ProofBroken                 an inclusion proof, or what a node gives to make one, does not hold
├── DeploymentError             what stands on the chain is not what the deployment file says
├── ChainRefusal                a contract reverted: its error's name and arguments, and the sentence for them
├── RetryableError              the same call may succeed later
│   ├── RowsNotWritten          the database of the index did not take a batch
│   └── NodeError               the node is down, slow or overloaded
│       ├── ChainMoved          the chain, or the index, turned while it was read; reading again finds the new one
│       ├── RangeTooLarge       the node will not answer for so many blocks or logs at once
│       └── NodeDistrusted      what the node says contradicts itself: logs missing, hashes that do not fit
├── CallReverted                a call would revert; its bytes are for the decoder, which makes a ChainRefusal
├── FatalNodeError              the node answers what no retry will change: wrong chain, missing method
└── IndexHalted                 the index must not go on until a person has looked
    ├── IndexCorrupt            a row contradicts the chain or another row
    ├── ReorgTooDeep            the chain turned below what counts as final
    └── UndecodableLog          one of our own contracts emitted what this version cannot read
"""

from __future__ import annotations

from collections.abc import Mapping

from huizhen.domain.sentence import Sentence


class HuizhenError(Exception):
    """Root of the tree: carries its sentence in both languages; the page chooses one of them."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.sentence = Sentence(zh, en)

    def __str__(self) -> str:
        return f"{self.sentence.zh} ({self.sentence.en})"


class DomainError(HuizhenError):
    pass


class AmountUnreadable(DomainError):
    pass


class SharesDoNotSum(DomainError):
    pass


class TooManySeats(DomainError):
    pass


class TooManyLegs(DomainError):
    pass


class TermsUnreadable(DomainError):
    pass


class HoursInvalid(DomainError):
    pass


class SearchInvalid(DomainError):
    pass


class StepNotOpen(DomainError):
    pass


class WrongState(StepNotOpen):
    pass


class TooEarly(StepNotOpen):
    pass


class TooLate(StepNotOpen):
    pass


class SeatsWrong(StepNotOpen):
    pass


class OvertimeNotAgreed(StepNotOpen):
    pass


class MayNotCancel(StepNotOpen):
    pass


class HourTaken(DomainError):
    pass


class WithholdingPolicyMissing(DomainError):
    pass


class BankFileUnreadable(HuizhenError):
    pass


class InvalidInput(HuizhenError):
    pass


class NotFound(HuizhenError):
    pass


class Forbidden(HuizhenError):
    pass


class ConfigurationError(HuizhenError):
    pass


class CompileError(HuizhenError):
    pass


class DeploymentError(HuizhenError):
    pass


class ProofBroken(HuizhenError):
    pass


class ChainRefusal(HuizhenError):
    """`name` is the contract's custom error, such as SlotTaken; `arguments` its decoded values by name."""

    def __init__(self, zh: str, en: str, name: str, arguments: Mapping[str, object]) -> None:
        super().__init__(zh, en)
        self.name = name
        self.arguments = dict(arguments)


class RetryableError(HuizhenError):
    pass


class RowsNotWritten(RetryableError):
    pass


class NodeError(RetryableError):
    pass


class ChainMoved(NodeError):
    pass


class RangeTooLarge(NodeError):
    pass


class NodeDistrusted(NodeError):
    pass


class CallReverted(HuizhenError):
    """`revert` is what the contract returned: a selector and its arguments, or nothing."""

    def __init__(self, zh: str, en: str, revert: bytes) -> None:
        super().__init__(zh, en)
        self.revert = revert


class FatalNodeError(HuizhenError):
    pass


class IndexHalted(HuizhenError):
    pass


class IndexCorrupt(IndexHalted):
    pass


class ReorgTooDeep(IndexHalted):
    pass


class UndecodableLog(IndexHalted):
    """`block_number` is the block of the log: those before it can still be indexed."""

    def __init__(self, zh: str, en: str, block_number: int) -> None:
        super().__init__(zh, en)
        self.block_number = block_number


class IdentifierFound(InvalidInput):
    pass


class EmailTaken(InvalidInput):
    pass


class BankReferenceUsed(InvalidInput):
    pass


class BankFileKnown(InvalidInput):
    pass


class PasswordWrong(InvalidInput):
    pass
