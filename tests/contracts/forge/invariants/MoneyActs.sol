// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../../../contracts/interfaces/ICredentialRegistry.sol";
import {IRail} from "../../../../contracts/interfaces/IRail.sol";
import {IRevenueLedger} from "../../../../contracts/interfaces/IRevenueLedger.sol";
import {PartyKind, Powers} from "../../../../contracts/types/Parties.sol";
import {Leg, PayoutAccount} from "../../../../contracts/types/Payouts.sol";
import {Dice} from "../Dice.sol";
import {Drafts} from "./Drafts.sol";
import {Forms} from "./Forms.sol";

/// @notice Deposits, refunds and payout accounts; and what the ledger must hold after money has moved.
abstract contract MoneyActs is Drafts {
    using Dice for Dice.Cup;

    uint256 private constant PLENTY = 1e15;

    // What the campaign calls

    function deposit(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        if (cup.roll(2) == 0) _heal(BANK);
        uint32 hospital = cup.roll(8) == 0 ? _anyParty(cup) : _anyHospital(cup);
        uint32 bank = cup.roll(8) == 0 ? _anyParty(cup) : BANK;
        _deposit(hospital, uint128(cup.rollEdgy(1e9)), _anyRef(cup), bank, _anyPen(cup));
    }

    function refund(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 hospital = cup.roll(8) == 0 ? _anyParty(cup) : _anyHospital(cup);
        if (cup.roll(2) == 0) _fund(FIRST_HOSPITAL, 1);
        uint128 amount = uint128(cup.rollEdgy(funds[hospital].available));
        if (cup.roll(2) == 0) amount = uint128(1 + cup.roll(1000));
        if (cup.roll(8) == 0) amount = funds[hospital].available + 1;
        _refund(hospital, amount, _near(cup, refunds[hospital]), _anyPen(cup));
    }

    function setPayoutAccount(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _anyParty(cup);
        bytes32 account = cup.roll(8) == 0 ? bytes32(0) : bytes32(_freshKey());
        _setPayoutAccount(party, account, _near(cup, accounts[party].version), _anyPen(cup));
    }

    function cancelPayoutAccount(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = _anyParty(cup);
        if (cup.roll(2) == 0) _setPayoutAccount(party, bytes32(_freshKey()), accounts[party].version, _steadyPen());
        if (cup.roll(4) == 0 && accounts[party].effectiveAt != 0) _around(cup, accounts[party].effectiveAt);
        _cancelPayoutAccount(party, _near(cup, accounts[party].version), _anyPen(cup));
    }

    function dropPendingAccount(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = uint32(1 + cup.roll(PEOPLE));
        if (cup.roll(2) == 0) _setPayoutAccount(party, bytes32(_freshKey()), accounts[party].version, _steadyPen());
        if (cup.roll(3) != 0) {
            _requestReplacement(Asking(party, requests[party].sequence, _freshKey(), AUTHORITY, true), _steadyPen());
        }
        if (cup.roll(4) == 0 && accounts[party].effectiveAt != 0) _around(cup, accounts[party].effectiveAt);
        _dropPendingAccount(party);
    }

    /// @dev So much, at least, that the hospital may spend.
    function _fund(uint32 hospital, uint256 amount) internal {
        if (funds[hospital].available >= amount) return;
        _heal(BANK);
        _deposit(hospital, uint128(amount + PLENTY), bytes32(++lastRef), BANK, _steadyPen());
    }

    // Each act

    function _deposit(uint32 hospital, uint128 amount, bytes32 ref, uint32 bank, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.DEPOSIT, hospital, amount, ref, bank, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(ledger), statement, bank, pen);
        bytes memory refusal = _late(pen);
        if (amount == 0) refusal = _or(refusal, _zero());
        PartyKind kind = parties[hospital].kind;
        if (kind != PartyKind.Hospital) {
            refusal = _or(refusal, _says(ICredentialRegistry.KindNotAllowed.selector, uint8(kind)));
        }
        refusal = _or(refusal, _or(_powerless(bank, Powers.SETTLEMENT_BANK), unsigned));
        refusal = _or(refusal, _usedRef(ref));
        bytes memory call_ = abi.encodeCall(ledger.deposit, (hospital, amount, ref, bank, pen.deadline, signature));
        if (!_expectOnce(Act.Deposit, address(ledger), call_, refusal)) return;
        funds[hospital].available += amount;
        (custody, usedRefs[ref]) = (custody + amount, true);
    }

    function _refund(uint32 hospital, uint128 amount, uint32 sequence, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.REFUND, hospital, amount, sequence, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(ledger), statement, hospital, pen);
        bytes memory refusal = _late(pen);
        if (amount == 0) refusal = _or(refusal, _zero());
        refusal = _or(refusal, _wrongTurn(sequence, refunds[hospital]));
        if (funds[hospital].available < amount) refusal = _or(refusal, _tooLow(hospital, amount));
        bytes memory call_ = abi.encodeCall(ledger.refund, (hospital, amount, sequence, pen.deadline, signature));
        if (!_expectOnce(Act.Refund, address(ledger), call_, _or(refusal, unsigned))) return;
        ++refunds[hospital];
        funds[hospital].available -= amount;
        _earn(hospital, amount);
    }

    function _setPayoutAccount(uint32 party, bytes32 account, uint32 version, Pen memory pen) internal {
        PayoutAccount storage a = accounts[party];
        bytes32 statement = keccak256(abi.encode(Forms.SET_PAYOUT_ACCOUNT, party, account, version, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(ledger), statement, party, pen);
        bytes memory refusal = _late(pen);
        if (account == 0) refusal = _or(refusal, _says(IRevenueLedger.NoAccountPending.selector, party));
        if (_isReplacementPending(party)) {
            refusal = _or(refusal, _says(IRevenueLedger.ReplacementPending.selector, party));
        }
        refusal = _or(refusal, _or(_wrongTurn(version, a.version), unsigned));
        bytes memory call_ = abi.encodeCall(ledger.setPayoutAccount, (party, account, version, pen.deadline, signature));
        if (!_expectOnce(Act.SetPayoutAccount, address(ledger), call_, refusal)) return;
        a.current = _accountInForce(party);
        (a.pending, a.effectiveAt, a.version) = (account, _now() + 48 hours, version + 1);
        accountSignedAt[party][account] = _now();
    }

    function _cancelPayoutAccount(uint32 party, uint32 version, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.CANCEL_PAYOUT_ACCOUNT, party, version, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(ledger), statement, party, pen);
        bytes memory refusal = _or(_late(pen), _wrongTurn(version, accounts[party].version));
        refusal = _or(_or(refusal, unsigned), _nonePending(party));
        bytes memory call_ = abi.encodeCall(ledger.cancelPayoutAccount, (party, version, pen.deadline, signature));
        if (_expectOnce(Act.CancelPayoutAccount, address(ledger), call_, refusal)) _dropAccount(party);
    }

    function _dropPendingAccount(uint32 party) internal {
        bytes memory refusal;
        if (!_isReplacementPending(party)) {
            refusal = _says(IRevenueLedger.NoReplacementPending.selector, party);
        }
        refusal = _or(refusal, _nonePending(party));
        bytes memory call_ = abi.encodeCall(ledger.dropPendingAccount, (party));
        if (_expect(Act.DropPendingAccount, address(ledger), call_, refusal)) _dropAccount(party);
    }

    // What the ledger holds

    function _earn(uint32 party, uint256 amount) internal {
        credits[party].credited += uint128(amount);
        earned[party].credited += amount;
    }

    /// @dev A part of the escrow of a consultation has ended: the legs are earned, the rest is the hospital's again.
    function _endEscrow(uint32 id, uint32 hospital, uint256 funded, Leg[] memory legs, Cause cause) internal {
        uint256 sum;
        for (uint256 i; i < legs.length; ++i) {
            uint256 amount = uint128(Leg.unwrap(legs[i]));
            _earn(uint32(Leg.unwrap(legs[i]) >> 128), amount);
            sum += amount;
        }
        vm.assertLe(sum, funded, "I2: more earned than was set aside");
        funds[hospital].escrowed -= uint128(funded);
        funds[hospital].available += uint128(funded - sum);
        Visit storage v = visits[id];
        v.c.escrowed -= uint96(funded);
        (v.credited, v.returned, v.cause) = (v.credited + sum, v.returned + funded - sum, cause);
    }

    // Parts

    /// @dev A new bank reference, or one that was used, now and then.
    function _anyRef(Dice.Cup memory cup) internal returns (bytes32) {
        return cup.roll(10) == 0 ? bytes32(1 + cup.roll(lastRef + 1)) : bytes32(++lastRef);
    }

    function _usedRef(bytes32 ref) internal view returns (bytes memory) {
        if (!usedRefs[ref]) return "";
        return abi.encodeWithSelector(IRail.ReferenceUsed.selector, ref);
    }

    function _zero() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRevenueLedger.ZeroAmount.selector);
    }

    function _wrongTurn(uint32 named, uint32 current) internal pure returns (bytes memory) {
        return named == current ? bytes("") : _names(IRevenueLedger.StaleSequence.selector, named, current);
    }

    function _tooLow(uint32 hospital, uint256 needed) internal view returns (bytes memory) {
        uint128 available = funds[hospital].available;
        return abi.encodeWithSelector(IRevenueLedger.FundsTooLow.selector, hospital, available, needed);
    }

    function _nonePending(uint32 party) private view returns (bytes memory) {
        PayoutAccount storage a = accounts[party];
        if (a.pending != 0 && block.timestamp < a.effectiveAt) return "";
        return _says(IRevenueLedger.NoAccountPending.selector, party);
    }

    function _dropAccount(uint32 party) private {
        PayoutAccount storage a = accounts[party];
        (a.pending, a.effectiveAt) = (0, 0);
        ++a.version;
    }
}
