// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRevenueLedger} from "../../../../contracts/interfaces/IRevenueLedger.sol";
import {Powers} from "../../../../contracts/types/Parties.sol";
import {BatchStatus, PayoutItem} from "../../../../contracts/types/Payouts.sol";
import {Dice} from "../Dice.sol";
import {Forms} from "./Forms.sol";
import {MoneyActs} from "./MoneyActs.sol";

/// @notice Payout batches: prepared by one officer, approved by another, paid and sent back by the bank.
abstract contract PayoutActs is MoneyActs {
    using Dice for Dice.Cup;

    // What the campaign calls

    function preparePayout(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        if (cup.roll(4) != 0) _heal(PREPARER);
        PayoutItem[] memory items = _anyItems(cup);
        if (cup.roll(4) == 0) items = _spoilItems(cup, items);
        uint32 preparer = cup.roll(8) == 0 ? _anyParty(cup) : PREPARER;
        _preparePayout(_near(cup, batchCount + 1), items, preparer, _anyPen(cup));
    }

    function approvePayout(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        if (cup.roll(4) != 0) _heal(APPROVER);
        uint32 batch = _batchIn(cup, BatchStatus.Prepared);
        PayoutItem[] memory items = _itemsOf(cup, batch);
        // A payee who names another account after the batch was drawn up is left out, alone.
        if (items.length != 0 && cup.roll(8) == 0) _makePayable(items[cup.roll(items.length)].party, true);
        uint256 way = cup.roll(12);
        uint32 approver = way == 0 ? PREPARER : way == 1 ? _anyParty(cup) : APPROVER;
        if (cup.roll(8) == 0) _around(cup, uint256(batches[batch].b.preparedAt) + 7 days + 1);
        _approvePayout(batch, items, approver, _anyPen(cup));
    }

    function confirmPayout(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        if (cup.roll(4) != 0) _heal(BANK);
        uint32 batch = _batchIn(cup, BatchStatus.Approved);
        if (batches[batch].b.outstanding == 0 && cup.roll(4) != 0) batch = _approvedAnew(cup);
        PayoutItem[] memory items = _itemsOf(cup, batch);
        uint64 mask = batches[batch].b.outstanding;
        if (cup.roll(3) == 0) mask &= uint64(cup.roll(8));
        if (cup.roll(10) == 0) mask = uint64(cup.roll(16));
        uint32 bank = cup.roll(8) == 0 ? _anyParty(cup) : BANK;
        _confirmPayout(batch, items, mask, _anyRef(cup), bank, _anyPen(cup));
    }

    function returnPayout(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        if (cup.roll(4) != 0) _heal(BANK);
        uint32 batch = _batchIn(cup, BatchStatus.Approved);
        PayoutItem[] memory items = _itemsOf(cup, batch);
        if (cup.roll(2) == 0 && batches[batch].b.outstanding != 0) {
            _confirmPayout(batch, batches[batch].items, batches[batch].b.outstanding, _anyRef(cup), BANK, _steadyPen());
        }
        uint8 item = uint8(cup.roll(items.length + 1));
        uint32 bank = cup.roll(8) == 0 ? _anyParty(cup) : BANK;
        _returnPayout(batch, items, item, _anyRef(cup), bank, _anyPen(cup));
    }

    // Each act

    function _preparePayout(uint32 batch, PayoutItem[] memory items, uint32 preparer, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.PREPARE_PAYOUT, batch, _hashOf(items), preparer, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(ledger), statement, preparer, pen);
        bytes memory refusal = _or(_late(pen), _wrongTurn(batch, batchCount + 1));
        refusal = _or(refusal, _unpayable(items));
        refusal = _or(refusal, _or(_powerless(preparer, Powers.PAYOUT_PREPARER), unsigned));
        bytes memory call_ = abi.encodeCall(ledger.preparePayout, (batch, items, preparer, pen.deadline, signature));
        if (!_expectOnce(Act.PreparePayout, address(ledger), call_, refusal)) return;
        batchCount = batch;
        BatchGhost storage g = batches[batch];
        (g.b.status, g.b.count, g.b.preparer) = (BatchStatus.Prepared, uint8(items.length), preparer);
        (g.b.preparedAt, g.b.items) = (_now(), _hashOf(items));
        for (uint256 i; i < items.length; ++i) {
            g.items.push(items[i]);
        }
    }

    function _approvePayout(uint32 batch, PayoutItem[] memory items, uint32 approver, Pen memory pen) internal {
        BatchGhost storage g = batches[batch];
        bytes32 statement = keccak256(abi.encode(Forms.APPROVE_PAYOUT, batch, g.b.items, approver, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(ledger), statement, approver, pen);
        bytes memory refusal = _or(_late(pen), _notThat(batch, BatchStatus.Prepared, items));
        if (approver == g.b.preparer) refusal = _or(refusal, _says(IRevenueLedger.SameOfficer.selector, approver));
        uint256 due = uint256(g.b.preparedAt) + 7 days;
        if (block.timestamp > due) {
            refusal = _or(refusal, _names(IRevenueLedger.ApprovalTooLate.selector, due, block.timestamp));
        }
        refusal = _or(refusal, _or(_powerless(approver, Powers.PAYOUT_APPROVER), unsigned));
        bytes memory call_ = abi.encodeCall(ledger.approvePayout, (batch, items, approver, pen.deadline, signature));
        if (!_expectOnce(Act.ApprovePayout, address(ledger), call_, refusal)) return;
        (g.b.status, g.approvedAt) = (BatchStatus.Approved, _now());
        uint256 withheld;
        for (uint256 i; i < items.length; ++i) {
            if (!_execute(items[i])) continue;
            g.b.outstanding |= uint64(1 << i);
            withheld += items[i].withheld;
        }
        _earn(TAX_OFFICE, withheld);
    }

    function _confirmPayout(
        uint32 batch,
        PayoutItem[] memory items,
        uint64 mask,
        bytes32 ref,
        uint32 bank,
        Pen memory pen
    ) internal {
        BatchGhost storage g = batches[batch];
        bytes32 statement = keccak256(abi.encode(Forms.CONFIRM_PAYOUT, batch, mask, ref, bank, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(ledger), statement, bank, pen);
        bytes memory refusal = _or(_late(pen), _notThat(batch, BatchStatus.Approved, items));
        if (mask == 0 || mask & ~g.b.outstanding != 0) {
            bytes4 fault = IRevenueLedger.NotOutstanding.selector;
            refusal = _or(refusal, abi.encodeWithSelector(fault, batch, mask, g.b.outstanding));
        }
        refusal = _or(refusal, _or(_powerless(bank, Powers.SETTLEMENT_BANK), unsigned));
        bytes memory call_ =
            abi.encodeCall(ledger.confirmPayout, (batch, items, mask, ref, bank, pen.deadline, signature));
        if (!_expectOnce(Act.ConfirmPayout, address(ledger), call_, _or(refusal, _usedRef(ref)))) return;
        usedRefs[ref] = true;
        (g.b.outstanding, g.b.confirmed) = (g.b.outstanding & ~mask, g.b.confirmed | mask);
        for (uint256 i; i < items.length; ++i) {
            if (mask >> i & 1 == 1) _payOut(items[i], g.approvedAt);
        }
    }

    function _returnPayout(
        uint32 batch,
        PayoutItem[] memory items,
        uint8 item,
        bytes32 ref,
        uint32 bank,
        Pen memory pen
    ) internal {
        BatchGhost storage g = batches[batch];
        bytes32 statement = keccak256(abi.encode(Forms.RETURN_PAYOUT, batch, item, ref, bank, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(ledger), statement, bank, pen);
        bytes memory refusal = _or(_late(pen), _notThat(batch, BatchStatus.Approved, items));
        bool paid = g.b.confirmed >> item & 1 == 1;
        if (!paid && g.b.outstanding >> item & 1 == 0) {
            refusal = _or(refusal, _names(IRevenueLedger.NotReturnable.selector, batch, item));
        }
        refusal = _or(refusal, _or(_powerless(bank, Powers.SETTLEMENT_BANK), unsigned));
        if (paid) refusal = _or(refusal, _usedRef(ref));
        bytes memory call_ =
            abi.encodeCall(ledger.returnPayout, (batch, items, item, ref, bank, pen.deadline, signature));
        if (!_expectOnce(Act.ReturnPayout, address(ledger), call_, refusal)) return;
        uint64 bit = uint64(1) << item;
        (g.b.outstanding, g.b.confirmed, g.b.returned) =
        (g.b.outstanding & ~bit, g.b.confirmed & ~bit, g.b.returned | bit);
        _sendBack(items[item], ref, paid);
    }

    // What is true afterwards

    /// @dev I10: whether an item is executed depends on nobody but its payee.
    function _execute(PayoutItem memory item) private returns (bool) {
        if (credits[item.party].credited < item.gross || _accountInForce(item.party) != item.account) return false;
        credits[item.party].credited -= item.gross;
        credits[item.party].outstanding += item.gross - item.withheld;
        earned[item.party].withheld += item.withheld;
        return true;
    }

    /// @dev I15: where a payee's own signature on the account is not old enough, it is counted, and none may be.
    function _payOut(PayoutItem memory item, uint40 approvedAt) private {
        uint128 net = item.gross - item.withheld;
        credits[item.party].outstanding -= net;
        earned[item.party].paidNet += net;
        custody -= net;
        uint40 signedAt = accountSignedAt[item.party][item.account];
        if (signedAt == 0 || signedAt + 48 hours > approvedAt) ++paidTooSoon;
    }

    function _sendBack(PayoutItem memory item, bytes32 ref, bool paid) private {
        uint128 net = item.gross - item.withheld;
        credits[item.party].credited += net;
        if (!paid) {
            credits[item.party].outstanding -= net;
            return;
        }
        earned[item.party].paidNet -= net;
        (custody, usedRefs[ref]) = (custody + net, true);
    }

    // Parts

    /// @dev Up to four payees with credit and an account; a hospital's own refund where nobody has any.
    function _anyItems(Dice.Cup memory cup) private returns (PayoutItem[] memory items) {
        if (cup.roll(3) == 0) _makeCreditor(_anyHospital(cup));
        uint32[] memory payees = new uint32[](4);
        uint256 count;
        uint256 skipped = cup.roll(1 << PEOPLE);
        for (uint32 party = 1; party <= PEOPLE && count < 4; ++party) {
            if (skipped >> party & 1 == 1 || credits[party].credited == 0) continue;
            _makePayable(party, false);
            payees[count++] = party;
        }
        if (count == 0) {
            _makeCreditor(FIRST_HOSPITAL);
            payees[count++] = FIRST_HOSPITAL;
        }
        items = new PayoutItem[](count);
        for (uint256 i; i < count; ++i) {
            uint128 gross = uint128(1 + cup.rollEdgy(credits[payees[i]].credited));
            if (gross > credits[payees[i]].credited && cup.roll(8) != 0) gross = credits[payees[i]].credited;
            items[i] = PayoutItem(payees[i], gross, uint128(cup.rollEdgy(gross)), _accountInForce(payees[i]));
        }
    }

    function _makeCreditor(uint32 hospital) private {
        _fund(hospital, 1);
        _refund(hospital, 1 + funds[hospital].available / 1000, refunds[hospital], _steadyPen());
        _makePayable(hospital, false);
    }

    /// @dev Gives the party an account and lets it come into force.
    function _makePayable(uint32 party, bool anew) private {
        if (_accountInForce(party) != 0 && !anew) return;
        if (accounts[party].pending == 0 || anew) {
            _setPayoutAccount(party, bytes32(_freshKey()), accounts[party].version, _steadyPen());
        }
        _wait(accounts[party].effectiveAt);
    }

    function _spoilItems(Dice.Cup memory cup, PayoutItem[] memory items) private pure returns (PayoutItem[] memory) {
        uint256 way = cup.roll(6);
        uint256 i = cup.roll(items.length);
        if (way == 0) items[i].gross = 0;
        if (way == 1) items[i].withheld = items[i].gross + 1;
        if (way == 2) items[i].account = bytes32(cup.roll(2));
        if (way == 3) items[i].party = items[0].party;
        if (way == 4) return new PayoutItem[](0);
        return way == 5 ? new PayoutItem[](65) : items;
    }

    /// @dev What the book says to a list of items before it looks at officers; empty where they may be prepared.
    function _unpayable(PayoutItem[] memory items) private pure returns (bytes memory) {
        if (items.length == 0 || items.length > 64) {
            return _names(IRevenueLedger.BatchSize.selector, items.length, 64);
        }
        uint32 previous;
        for (uint256 i; i < items.length; ++i) {
            PayoutItem memory item = items[i];
            if (item.party <= previous) return _names(IRevenueLedger.ItemsNotAscending.selector, previous, item.party);
            previous = item.party;
            if (item.gross == 0) return _zero();
            if (item.withheld > item.gross) {
                bytes4 fault = IRevenueLedger.WithheldExceedsGross.selector;
                return abi.encodeWithSelector(fault, item.party, item.withheld, item.gross);
            }
            if (item.account == 0) return _says(IRevenueLedger.NoAccountInForce.selector, item.party);
        }
        return "";
    }

    function _hashOf(PayoutItem[] memory items) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](items.length);
        for (uint256 i; i < items.length; ++i) {
            hashes[i] = keccak256(abi.encode(Forms.PAYOUT_ITEM, items[i]));
        }
        return keccak256(abi.encodePacked(hashes));
    }

    /// @dev The latest batch in a status, arranged where there is none; one call in ten names any number.
    function _batchIn(Dice.Cup memory cup, BatchStatus status) private returns (uint32) {
        if (cup.roll(10) == 0) return uint32(cup.roll(batchCount + 2));
        for (uint32 back; back < batchCount && back < 12; ++back) {
            uint32 batch = batchCount - back;
            if (batches[batch].b.status != status || cup.roll(4) == 0) continue;
            if (status == BatchStatus.Prepared || _isOpen(batch)) return batch;
        }
        if (status == BatchStatus.Approved) return _approvedAnew(cup);
        _heal(PREPARER);
        _preparePayout(batchCount + 1, _anyItems(cup), PREPARER, _steadyPen());
        return batchCount;
    }

    function _approvedAnew(Dice.Cup memory cup) private returns (uint32) {
        _heal(PREPARER);
        _preparePayout(batchCount + 1, _anyItems(cup), PREPARER, _steadyPen());
        _heal(APPROVER);
        _approvePayout(batchCount, batches[batchCount].items, APPROVER, _steadyPen());
        return batchCount;
    }

    function _isOpen(uint32 batch) private view returns (bool) {
        return batches[batch].b.outstanding | batches[batch].b.confirmed != 0;
    }

    /// @dev As they were prepared; one time in ten with another amount.
    function _itemsOf(Dice.Cup memory cup, uint32 batch) private view returns (PayoutItem[] memory items) {
        items = batches[batch].items;
        if (items.length != 0 && cup.roll(10) == 0) ++items[cup.roll(items.length)].gross;
    }

    function _notThat(uint32 batch, BatchStatus needed, PayoutItem[] memory items) private view returns (bytes memory) {
        BatchGhost storage g = batches[batch];
        if (g.b.status != needed) {
            bytes4 fault = IRevenueLedger.WrongBatchStatus.selector;
            return abi.encodeWithSelector(fault, batch, g.b.status, needed);
        }
        if (_hashOf(items) == g.b.items) return "";
        return _says(IRevenueLedger.ItemsDiffer.selector, batch);
    }
}
