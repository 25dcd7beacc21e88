// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Panic} from "@openzeppelin/contracts/utils/Panic.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICredentialRegistry} from "./interfaces/ICredentialRegistry.sol";
import {IKeyReplacement} from "./interfaces/IKeyReplacement.sol";
import {IRail} from "./interfaces/IRail.sol";
import {IRevenueLedger} from "./interfaces/IRevenueLedger.sol";
import {Split} from "./libraries/Split.sol";
import {Statements} from "./libraries/Statements.sol";
import {PartyKind, Powers} from "./types/Parties.sol";
import {Batch, BatchStatus, Credit, Funds, Leg, Payment, PayoutAccount, PayoutItem} from "./types/Payouts.sol";

/// @dev The interface IRevenueLedger is the book; what stands here says how.
contract RevenueLedger is IRevenueLedger, Statements, AccessManaged, ReentrancyGuardTransient {
    using Split for Leg;

    uint40 public constant ACCOUNT_DELAY = 48 hours;
    uint40 public constant APPROVAL_WINDOW = 7 days;
    uint256 public constant MAX_ITEMS = 64;

    bytes32 private constant PAYOUT_ITEM =
        keccak256("PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)");
    bytes32 private constant DEPOSIT =
        keccak256("Deposit(uint32 hospital,uint128 amount,bytes32 bankRef,uint32 bank,uint40 deadline)");
    bytes32 private constant REFUND =
        keccak256("Refund(uint32 hospital,uint128 amount,uint32 sequence,uint40 deadline)");
    bytes32 private constant SET_PAYOUT_ACCOUNT =
        keccak256("SetPayoutAccount(uint32 party,bytes32 account,uint32 version,uint40 deadline)");
    bytes32 private constant CANCEL_PAYOUT_ACCOUNT =
        keccak256("CancelPayoutAccount(uint32 party,uint32 version,uint40 deadline)");
    bytes32 private constant PREPARE_PAYOUT = keccak256(
        "PreparePayout(uint32 batch,PayoutItem[] items,uint32 preparer,uint40 deadline)"
        "PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)"
    );
    bytes32 private constant APPROVE_PAYOUT = keccak256(
        "ApprovePayout(uint32 batch,PayoutItem[] items,uint32 approver,uint40 deadline)"
        "PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)"
    );
    bytes32 private constant CONFIRM_PAYOUT =
        keccak256("ConfirmPayout(uint32 batch,uint64 mask,bytes32 bankRef,uint32 bank,uint40 deadline)");
    bytes32 private constant RETURN_PAYOUT =
        keccak256("ReturnPayout(uint32 batch,uint8 item,bytes32 bankRef,uint32 bank,uint40 deadline)");

    ICredentialRegistry private immutable REGISTRY;
    IKeyReplacement private immutable REPLACEMENTS;
    IRail private immutable RAIL;
    uint32 public immutable taxAuthority;

    uint32 public batchCount;
    mapping(uint32 hospital => Funds) private _funds;
    mapping(uint32 party => Credit) private _credits;
    mapping(uint32 hospital => uint32) public refundsOf;
    // Accounts and batches are written through storage pointers, which slither does not follow.
    // slither-disable-next-line uninitialized-state
    mapping(uint32 party => PayoutAccount) private _accounts;
    // slither-disable-next-line uninitialized-state
    mapping(uint32 batch => Batch) private _batches;
    mapping(address booker => bool) private _bookers;

    constructor(address manager, ICredentialRegistry registry, IRail rail, uint32 taxAuthority_)
        AccessManaged(manager)
    {
        (REGISTRY, RAIL, taxAuthority) = (registry, rail, taxAuthority_);
        REPLACEMENTS = IKeyReplacement(registry.keyReplacement());
    }

    /// @dev The permission is kept here as one slot, because asking the AccessManager at each booking costs four.
    modifier onlyBooker() {
        if (!_bookers[msg.sender]) revert NotBooker(msg.sender);
        _;
    }

    function setBooker(address booker, bool allowed) external restricted {
        _bookers[booker] = allowed;
        emit BookerSet(booker, allowed);
    }

    // Funds and escrow

    function deposit(
        uint32 hospital,
        uint128 amount,
        bytes32 bankRef,
        uint32 bank,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) nonReentrant {
        if (amount == 0) revert ZeroAmount();
        if (REGISTRY.partyOf(hospital).kind != PartyKind.Hospital) {
            revert ICredentialRegistry.KindNotAllowed(REGISTRY.partyOf(hospital).kind);
        }
        _requirePower(
            bank,
            Powers.SETTLEMENT_BANK,
            keccak256(abi.encode(DEPOSIT, hospital, amount, bankRef, bank, deadline)),
            signature
        );

        _funds[hospital].available += amount;
        emit Deposited(hospital, amount, bankRef);
        RAIL.collect(bankRef, amount);
    }

    function refund(uint32 hospital, uint128 amount, uint32 sequence, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        if (amount == 0) revert ZeroAmount();
        uint32 current = refundsOf[hospital];
        if (sequence != current) revert StaleSequence(sequence, current);
        uint128 available = _funds[hospital].available;
        if (available < amount) revert FundsTooLow(hospital, available, amount);
        _requireSignedBy(keccak256(abi.encode(REFUND, hospital, amount, sequence, deadline)), hospital, signature);

        refundsOf[hospital] = current + 1;
        _funds[hospital].available = available - amount;
        _credits[hospital].credited += amount;
        emit Refunded(hospital, amount, sequence);
    }

    function escrow(uint32 consultation, uint32 hospital, uint128 amount) external onlyBooker {
        Funds storage f = _funds[hospital];
        (uint128 available, uint128 escrowed) = (f.available, f.escrowed);
        if (available < amount) revert FundsTooLow(hospital, available, amount);
        escrowed += amount;
        unchecked {
            available -= amount;
        }
        (f.available, f.escrowed) = (available, escrowed);
        emit Escrowed(consultation, hospital, amount);
    }

    function release(uint32 consultation, uint32 hospital, uint128 funded, Leg[] calldata legs) external onlyBooker {
        Funds storage f = _funds[hospital];
        (uint128 available, uint128 escrowed) = (f.available, f.escrowed);
        if (escrowed < funded) revert EscrowTooLow(hospital, escrowed, funded);
        uint256 credited = _credit(legs);
        if (credited > funded) revert LegsExceedFunded(credited, funded);
        uint128 rest;
        unchecked {
            escrowed -= funded;
            rest = funded - uint128(credited);
        }
        available += rest;
        (f.available, f.escrowed) = (available, escrowed);
        _emitReleased(consultation, hospital, funded, legs);
    }

    // Payout accounts

    function setPayoutAccount(uint32 party, bytes32 account, uint32 version, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        if (account == 0) revert NoAccountPending(party);
        if (REPLACEMENTS.isPending(party)) revert ReplacementPending(party);
        PayoutAccount storage a = _accounts[party];
        if (version != a.version) revert StaleSequence(version, a.version);
        _requireSignedBy(keccak256(abi.encode(SET_PAYOUT_ACCOUNT, party, account, version, deadline)), party, signature);

        a.current = accountInForce(party);
        a.pending = account;
        a.effectiveAt = uint40(block.timestamp) + ACCOUNT_DELAY;
        a.version = version + 1;
        emit PayoutAccountSet(party, account, a.effectiveAt, version + 1);
    }

    function cancelPayoutAccount(uint32 party, uint32 version, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        uint32 current = _accounts[party].version;
        if (version != current) revert StaleSequence(version, current);
        _requireSignedBy(keccak256(abi.encode(CANCEL_PAYOUT_ACCOUNT, party, version, deadline)), party, signature);
        _dropPending(party);
    }

    function dropPendingAccount(uint32 party) external {
        if (!REPLACEMENTS.isPending(party)) revert NoReplacementPending(party);
        _dropPending(party);
    }

    // Payouts

    function preparePayout(
        uint32 batch,
        PayoutItem[] calldata items,
        uint32 preparer,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        if (batch != batchCount + 1) revert StaleSequence(batch, batchCount + 1);
        bytes32 itemsHash = _requireItems(items);
        _requirePower(
            preparer,
            Powers.PAYOUT_PREPARER,
            keccak256(abi.encode(PREPARE_PAYOUT, batch, itemsHash, preparer, deadline)),
            signature
        );

        batchCount = batch;
        Batch storage b = _batches[batch];
        b.status = BatchStatus.Prepared;
        b.count = uint8(items.length);
        b.preparer = preparer;
        b.preparedAt = uint40(block.timestamp);
        b.items = itemsHash;
        emit PayoutPrepared(batch, preparer, items);
    }

    function approvePayout(
        uint32 batch,
        PayoutItem[] calldata items,
        uint32 approver,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) nonReentrant {
        Batch storage b = _requireBatch(batch, BatchStatus.Prepared, items);
        if (approver == b.preparer) revert SameOfficer(approver);
        uint256 due = uint256(b.preparedAt) + APPROVAL_WINDOW;
        if (block.timestamp > due) revert ApprovalTooLate(due, block.timestamp);
        _requirePower(
            approver,
            Powers.PAYOUT_APPROVER,
            keccak256(abi.encode(APPROVE_PAYOUT, batch, b.items, approver, deadline)),
            signature
        );

        b.status = BatchStatus.Approved;
        (uint64 executed, uint128 gross, uint128 withheld) = _execute(items);
        b.outstanding = executed;
        if (withheld != 0) _credits[taxAuthority].credited += withheld;
        emit PayoutApproved(batch, approver, executed, gross, withheld);
    }

    function confirmPayout(
        uint32 batch,
        PayoutItem[] calldata items,
        uint64 mask,
        bytes32 bankRef,
        uint32 bank,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) nonReentrant {
        Batch storage b = _requireBatch(batch, BatchStatus.Approved, items);
        uint64 outstanding = b.outstanding;
        if (mask == 0 || mask & ~outstanding != 0) revert NotOutstanding(batch, mask, outstanding);
        _requirePower(
            bank,
            Powers.SETTLEMENT_BANK,
            keccak256(abi.encode(CONFIRM_PAYOUT, batch, mask, bankRef, bank, deadline)),
            signature
        );

        _payOut(batch, items, mask, bankRef);
    }

    function returnPayout(
        uint32 batch,
        PayoutItem[] calldata items,
        uint8 item,
        bytes32 bankRef,
        uint32 bank,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) nonReentrant {
        Batch storage b = _requireBatch(batch, BatchStatus.Approved, items);
        uint64 bit = item < items.length ? uint64(1) << item : 0;
        if ((b.outstanding | b.confirmed) & bit == 0) revert NotReturnable(batch, item);
        _requirePower(
            bank,
            Powers.SETTLEMENT_BANK,
            keccak256(abi.encode(RETURN_PAYOUT, batch, item, bankRef, bank, deadline)),
            signature
        );

        _sendBack(batch, item, items[item], bankRef);
    }

    // Views

    function isBooker(address booker) external view returns (bool) {
        return _bookers[booker];
    }

    function fundsOf(uint32 hospital) external view returns (Funds memory) {
        return _funds[hospital];
    }

    function creditOf(uint32 party) external view returns (Credit memory) {
        return _credits[party];
    }

    function payoutAccountOf(uint32 party) external view returns (PayoutAccount memory) {
        return _accounts[party];
    }

    function batchOf(uint32 batch) external view returns (Batch memory) {
        return _batches[batch];
    }

    function accountInForce(uint32 party) public view returns (bytes32) {
        PayoutAccount storage a = _accounts[party];
        bytes32 pending = a.pending;
        return pending != 0 && block.timestamp >= a.effectiveAt ? pending : a.current;
    }

    // Internal

    /// @dev `emit` would encode the legs one by one, though they lie in calldata as they lie in the event.
    function _emitReleased(uint32 consultation, uint32 hospital, uint128 funded, Leg[] calldata legs) private {
        bytes32 topic = EscrowReleased.selector;
        assembly ("memory-safe") {
            let free := mload(64)
            let size := mul(legs.length, 32)
            mstore(free, funded)
            mstore(add(free, 32), 64)
            mstore(add(free, 64), legs.length)
            calldatacopy(add(free, 96), legs.offset, size)
            log3(free, add(size, 96), topic, consultation, hospital)
        }
    }

    /// @dev Credits each leg; answers their sum, which cannot overflow in 256 bits. A party's credit is one word whose
    /// lower half is what is credited: read and written whole, because the legs are most of what a settlement costs.
    function _credit(Leg[] calldata legs) private returns (uint256 sum) {
        uint256 place;
        uint256 end;
        assembly ("memory-safe") {
            place := legs.offset
            end := add(place, mul(legs.length, 32))
        }
        while (place != end) {
            Leg leg;
            assembly ("memory-safe") {
                leg := calldataload(place)
            }
            Credit storage c = _credits[leg.partyOf()];
            uint256 word;
            uint256 next;
            assembly ("memory-safe") {
                word := sload(c.slot)
            }
            unchecked {
                uint256 amount = leg.amountOf();
                next = word + amount;
                sum += amount;
                place += 32;
            }
            // What does not fit in the lower half would change the upper one.
            if ((next ^ word) >> 128 != 0) Panic.panic(Panic.UNDER_OVERFLOW);
            assembly ("memory-safe") {
                sstore(c.slot, next)
            }
        }
    }

    /// @dev Takes back an account that is not in force yet.
    function _dropPending(uint32 party) private {
        PayoutAccount storage a = _accounts[party];
        if (a.pending == 0 || block.timestamp >= a.effectiveAt) revert NoAccountPending(party);
        uint32 version = a.version + 1;
        (a.pending, a.effectiveAt, a.version) = (0, 0, version);
        emit PayoutAccountCancelled(party, version);
    }

    /// @dev Pays what can be paid: a payee whose credit or account changed since the preparation waits for the next batch.
    function _execute(PayoutItem[] calldata items) private returns (uint64 executed, uint128 gross, uint128 withheld) {
        for (uint256 i; i < items.length; ++i) {
            PayoutItem calldata item = items[i];
            (uint32 party, uint128 itemGross, uint128 itemWithheld) = (item.party, item.gross, item.withheld);
            Credit storage c = _credits[party];
            (uint128 credited, uint128 outstanding) = (c.credited, c.outstanding);
            if (credited < itemGross || accountInForce(party) != item.account) continue;
            outstanding += _net(itemGross, itemWithheld);
            unchecked {
                credited -= itemGross;
            }
            (c.credited, c.outstanding) = (credited, outstanding);
            executed |= uint64(1 << i);
            gross += itemGross;
            withheld += itemWithheld;
        }
    }

    /// @dev Books all of the mask as paid before the rail is asked, so that whatever a token calls finds nothing left
    /// to take; what the rail could not pay is put back. The event says what was paid, so it has to follow.
    function _payOut(uint32 batch, PayoutItem[] calldata items, uint64 mask, bytes32 bankRef) private {
        Batch storage b = _batches[batch];
        (b.outstanding, b.confirmed) = (b.outstanding & ~mask, b.confirmed | mask);
        (Payment[] memory payments, uint128 amount) = _takeOut(items, mask);
        uint64 unpaid = type(uint64).max >> (MAX_ITEMS - payments.length) & ~RAIL.pay(bankRef, payments);
        if (unpaid != 0) {
            // What is written after the call takes back what was booked as paid before it. The guard refuses payouts and
            // deposits meanwhile; refund and release, which are not guarded, leave alone what is outstanding.
            // slither-disable-next-line reentrancy-no-eth
            (uint64 left, uint128 kept) = _putBack(items, mask, unpaid);
            if (left == mask) revert NothingPaid(batch, mask);
            (b.outstanding, b.confirmed) = (b.outstanding | left, b.confirmed & ~left);
            (mask, amount) = (mask & ~left, amount - kept);
            emit PayoutLeftOutstanding(batch, left, bankRef);
        }
        emit PayoutConfirmed(batch, mask, bankRef, amount);
    }

    /// @dev Takes the items of a mask out of what is outstanding; answers their payments, and the sum.
    function _takeOut(PayoutItem[] calldata items, uint64 mask)
        private
        returns (Payment[] memory payments, uint128 amount)
    {
        payments = new Payment[](items.length);
        uint256 count;
        for (uint256 i; i < items.length; ++i) {
            if (mask >> i & 1 == 0) continue;
            PayoutItem calldata item = items[i];
            uint128 net = _net(item.gross, item.withheld);
            amount += net;
            payments[count++] = Payment(item.account, net);
            Credit storage c = _credits[item.party];
            (uint128 credited, uint128 outstanding) = (c.credited, c.outstanding);
            outstanding -= net;
            (c.credited, c.outstanding) = (credited, outstanding);
        }
        assembly ("memory-safe") {
            mstore(payments, count)
        }
    }

    /// @dev Makes outstanding again what was not paid. `unpaid` counts places among the items of the mask; answers the
    /// items themselves, and their sum.
    function _putBack(PayoutItem[] calldata items, uint64 mask, uint64 unpaid)
        private
        returns (uint64 left, uint128 amount)
    {
        uint256 place;
        for (uint256 i; i < items.length; ++i) {
            if (mask >> i & 1 == 0 || unpaid >> place++ & 1 == 0) continue;
            PayoutItem calldata item = items[i];
            uint128 net = _net(item.gross, item.withheld);
            left |= uint64(1) << uint8(i);
            amount += net;
            _credits[item.party].outstanding += net;
        }
    }

    /// @dev Nothing was ever prepared that withholds more than its gross.
    function _net(uint128 gross, uint128 withheld) private pure returns (uint128) {
        unchecked {
            return gross - withheld;
        }
    }

    function _sendBack(uint32 batch, uint8 item, PayoutItem calldata payee, bytes32 bankRef) private {
        Batch storage b = _batches[batch];
        uint64 bit = uint64(1) << item;
        bool paid = b.confirmed & bit != 0;
        if (paid) b.confirmed &= ~bit;
        else b.outstanding &= ~bit;
        b.returned |= bit;
        uint128 net = _net(payee.gross, payee.withheld);
        Credit storage c = _credits[payee.party];
        c.credited += net;
        if (!paid) c.outstanding -= net;
        emit PayoutReturned(batch, item, payee.party, net, bankRef);
        if (paid) RAIL.reclaim(bankRef, net);
    }

    /// @dev The items' EIP-712 hash, after a look at each: what is wrong is said while it can still be mended.
    function _requireItems(PayoutItem[] calldata items) private view returns (bytes32) {
        if (items.length == 0 || items.length > MAX_ITEMS) revert BatchSize(items.length, MAX_ITEMS);
        uint32 previous;
        for (uint256 i; i < items.length; ++i) {
            PayoutItem calldata item = items[i];
            (uint32 party, uint128 gross, uint128 withheld) = (item.party, item.gross, item.withheld);
            if (party <= previous) revert ItemsNotAscending(previous, party);
            previous = party;
            if (gross == 0) revert ZeroAmount();
            if (withheld > gross) revert WithheldExceedsGross(party, withheld, gross);
            // A payee without an account has the account 0, which would fit.
            if (item.account == 0) revert NoAccountInForce(party);
        }
        return _hashItems(items);
    }

    function _requireBatch(uint32 batch, BatchStatus needed, PayoutItem[] calldata items)
        private
        view
        returns (Batch storage b)
    {
        b = _batches[batch];
        if (b.status != needed) revert WrongBatchStatus(batch, uint8(b.status), uint8(needed));
        if (_hashItems(items) != b.items) revert ItemsDiffer(batch);
    }

    /// @dev The EIP-712 hash of the list. An item lies in calldata as it is hashed; `_requireItems` reads every field
    /// of what is prepared, so that a word with more bits than its type never becomes part of a batch.
    function _hashItems(PayoutItem[] calldata items) private pure returns (bytes32 list) {
        bytes32[] memory hashes = new bytes32[](items.length);
        bytes32[5] memory words;
        words[0] = PAYOUT_ITEM;
        for (uint256 i; i < items.length; ++i) {
            PayoutItem calldata item = items[i];
            bytes32 hash;
            assembly ("memory-safe") {
                calldatacopy(add(words, 32), item, 128)
                hash := keccak256(words, 160)
            }
            hashes[i] = hash;
        }
        assembly ("memory-safe") {
            list := keccak256(add(hashes, 32), mul(mload(hashes), 32))
        }
    }

    function _requirePower(uint32 officer, uint8 power, bytes32 structHash, bytes calldata signature) private view {
        REGISTRY.requirePower(officer, power);
        _requireSignedBy(structHash, officer, signature);
    }

    function _requireSignedBy(bytes32 structHash, uint32 party, bytes calldata signature) private view {
        REGISTRY.requireSignedBy(_hashTypedDataV4(structHash), party, signature);
    }
}
