// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsultations} from "../../../../contracts/interfaces/IConsultations.sol";
import {IDisputes} from "../../../../contracts/interfaces/IDisputes.sol";
import {Split} from "../../../../contracts/libraries/Split.sol";
import {Powers} from "../../../../contracts/types/Parties.sol";
import {ConsultationStatus, Terms} from "../../../../contracts/types/Terms.sol";
import {Dice} from "../Dice.sol";
import {AttendanceActs} from "./AttendanceActs.sol";
import {BookingActs} from "./BookingActs.sol";
import {Forms} from "./Forms.sol";
import {Shares} from "./Shares.sol";

/// @notice Contested seats, and how each comes to its end.
abstract contract DisputeActs is AttendanceActs {
    using Dice for Dice.Cup;

    // What the campaign calls

    function dispute(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        bool again = cup.roll(3) == 0;
        Target memory x = _target(cup, again ? ConsultationStatus.Disputed : ConsultationStatus.Delivered);
        if (cup.roll(6) == 0) _around(cup, _reviewDue(x) + 1);
        Visit storage v = visits[x.id];
        uint32 by = x.t.hospital;
        uint16 seats = _someOf(cup, v.c.seats & ~v.d.contested & ~v.d.resolved);
        uint256 way = cup.roll(8);
        if (way < 3) (by, seats) = _ownSeat(cup, x.t, ~v.c.seats & ~v.d.contested & ~v.d.resolved);
        if (way == 3) by = _anyParty(cup);
        if (way == 4) seats = uint16(cup.roll(32));
        _dispute(x, by, seats, _anyPen(cup));
    }

    function settleDispute(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _target(cup, ConsultationStatus.Disputed);
        _settleDispute(x, _contestedOf(cup, x.id), _anyShare(cup), _anyPen(cup));
    }

    function rule(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _target(cup, ConsultationStatus.Disputed);
        if (cup.roll(4) == 0) _around(cup, _rulingDue(x) + 1);
        if (cup.roll(2) == 0) _heal(ARBITER);
        else if (cup.roll(2) == 0) _suspend(ARBITER, revisions[ARBITER], AUTHORITY, _steadyPen());
        _rule(x, _contestedOf(cup, x.id), _anyShare(cup), _anyPen(cup));
    }

    function applyDefault(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _target(cup, ConsultationStatus.Disputed);
        if (cup.roll(5) != 0) _around(cup, _rulingDue(x) + 1);
        _applyDefault(x);
    }

    function releaseUncontested(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _target(cup, ConsultationStatus.Disputed);
        // Only where a seat was left out is the rest still held.
        if (visits[x.id].d.restReleased && cup.roll(4) != 0) x = _targetOf(_arrangeOmission(cup));
        if (cup.roll(5) != 0) _around(cup, _reviewDue(x) + 1);
        _releaseUncontested(x);
    }

    /// @dev One that is contested by the hospital, or by a doctor whose seat was left out.
    function _arrange(Dice.Cup memory cup, ConsultationStatus status) internal override returns (uint32 id) {
        if (status != ConsultationStatus.Disputed) return super._arrange(cup, status);
        if (cup.roll(2) == 0) return _arrangeOmission(cup);
        id = super._arrange(cup, ConsultationStatus.Delivered);
        Target memory x = _targetOf(id);
        if (x.status == ConsultationStatus.Delivered) {
            _dispute(x, x.t.hospital, _someOf(cup, visits[id].c.seats), _steadyPen());
        }
    }

    function _arrangeOmission(Dice.Cup memory cup) private returns (uint32 id) {
        id = super._arrange(cup, ConsultationStatus.Booked);
        if (id == 0) return id;
        Target memory x = _targetOf(id);
        _wait(_startsAt(x.t));
        _deliver(x, _requiredSeats(x.t), 0, _steadyPen());
        x = _targetOf(id);
        (uint32 by, uint16 seats) = _ownSeat(cup, x.t, ~_requiredSeats(x.t));
        if (x.status == ConsultationStatus.Delivered) _dispute(x, by, seats, _steadyPen());
    }

    // Each act

    function _dispute(Target memory x, uint32 by, uint16 seats, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.DISPUTE, x.termsHash, by, seats, REASON, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(disputes), statement, by, pen);
        bytes memory refusal = _or(_or(_late(pen), _uncontestable(x, by, seats)), unsigned);
        bytes memory call_ = abi.encodeCall(disputes.dispute, (x.packed, by, seats, REASON, pen.deadline, signature));
        if (!_expectOnce(Act.Dispute, address(disputes), call_, refusal)) return;
        Visit storage v = visits[x.id];
        v.c.overtime = _witnessed(v.c);
        if (x.status != ConsultationStatus.Disputed) _moveTo(x.id, ConsultationStatus.Disputed);
        (v.d.contested, v.d.openedAt) = (v.d.contested | seats, _now());
        if (by == x.t.hospital) _recordRestIfHeard(x);
        else v.qualifiedWhenClaimed |= _qualifiedSeats(x.t) & seats;
    }

    function _settleDispute(Target memory x, uint16 seats, uint16 bps, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.SETTLE_DISPUTE, x.termsHash, seats, bps, pen.deadline));
        (bytes memory list, bytes memory unsigned) =
            _sign(address(disputes), statement, _hospitalAndDoctors(x.t, seats), pen);
        bytes memory refusal = _or(_late(pen), _or(_uncontested(x, seats, bps), unsigned));
        bytes memory call_ = abi.encodeCall(disputes.settleDispute, (x.packed, seats, bps, pen.deadline, list));
        if (!_expectOnce(Act.SettleDispute, address(disputes), call_, refusal)) return;
        _recordResolution(x, seats, bps);
        _recordRestIfHeard(x);
    }

    function _rule(Target memory x, uint16 seats, uint16 bps, Pen memory pen) internal {
        uint32 arbiter = x.t.policy.arbiter;
        bytes32 statement = keccak256(abi.encode(Forms.RULE, x.termsHash, seats, bps, REASON, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(disputes), statement, arbiter, pen);
        bytes memory refusal = _or(_late(pen), _uncontested(x, seats, bps));
        if (block.timestamp > _rulingDue(x)) {
            refusal = _or(refusal, _names(IDisputes.RulingTooLate.selector, _rulingDue(x), block.timestamp));
        }
        refusal = _or(refusal, _or(_powerless(arbiter, Powers.ARBITER), unsigned));
        bytes memory call_ = abi.encodeCall(disputes.rule, (x.packed, seats, bps, REASON, pen.deadline, signature));
        if (_expectOnce(Act.Rule, address(disputes), call_, refusal)) _recordResolution(x, seats, bps);
    }

    function _applyDefault(Target memory x) internal {
        uint16 seats = visits[x.id].d.contested;
        bytes memory refusal = _notIn(x, ConsultationStatus.Disputed);
        if (seats == 0) refusal = _or(refusal, abi.encodeWithSelector(IDisputes.NoSeats.selector));
        if (block.timestamp <= _rulingDue(x)) {
            refusal = _or(refusal, _names(IDisputes.RulingStillOpen.selector, _rulingDue(x), block.timestamp));
        }
        bytes memory call_ = abi.encodeCall(disputes.applyDefault, (x.packed));
        if (!_expect(Act.ApplyDefault, address(disputes), call_, refusal)) return;
        _recordResolution(x, seats, x.t.policy.defaultBps);
    }

    function _releaseUncontested(Target memory x) internal {
        bytes memory refusal = _notIn(x, ConsultationStatus.Disputed);
        if (visits[x.id].d.restReleased) refusal = _or(refusal, _says(IDisputes.RestReleased.selector, x.id));
        if (block.timestamp <= _reviewDue(x)) {
            refusal = _or(refusal, _names(IConsultations.ReviewStillOpen.selector, _reviewDue(x), block.timestamp));
        }
        bytes memory call_ = abi.encodeCall(disputes.releaseUncontested, (x.packed));
        if (_expect(Act.ReleaseUncontested, address(disputes), call_, refusal)) _recordRest(x);
    }

    // What is true afterwards

    function _recordResolution(Target memory x, uint16 seats, uint16 bps) private {
        Visit storage v = visits[x.id];
        (v.d.contested, v.d.resolved) = (v.d.contested & ~seats, v.d.resolved | seats);
        if (bps != 0) v.paid |= seats;
        uint256 funded = Shares.charge(x.t, seats, v.c.overtime, BPS);
        _endEscrow(x.id, x.t.hospital, funded, Shares.legs(x.t, seats, v.c.overtime, bps), Cause.Contested);
        if (v.d.contested == 0 && v.d.restReleased) _moveTo(x.id, ConsultationStatus.Settled);
    }

    /// @dev On the hospital's signature, unless a doctor who was left out still has time to contest it.
    function _recordRestIfHeard(Target memory x) private {
        Visit storage v = visits[x.id];
        if (v.d.restReleased) return;
        uint16 heard = v.c.seats | v.d.contested | v.d.resolved;
        if (heard == (1 << x.t.seats.length) - 1 || block.timestamp > _reviewDue(x)) _recordRest(x);
    }

    function _recordRest(Target memory x) private {
        Visit storage v = visits[x.id];
        uint16 rest = v.c.seats & ~v.d.contested & ~v.d.resolved;
        v.d.restReleased = true;
        v.paid |= rest;
        uint256 funded = v.c.escrowed - Shares.charge(x.t, v.d.contested, v.c.overtime, BPS);
        _endEscrow(x.id, x.t.hospital, funded, Shares.legs(x.t, rest, v.c.overtime, BPS), Cause.Contested);
        if (v.d.contested == 0) _moveTo(x.id, ConsultationStatus.Settled);
    }

    // What the book says

    function _uncontestable(Target memory x, uint32 by, uint16 seats) private view returns (bytes memory refusal) {
        if (x.status != ConsultationStatus.Disputed) refusal = _notIn(x, ConsultationStatus.Delivered);
        if (block.timestamp > _reviewDue(x)) {
            refusal = _or(refusal, _names(IConsultations.ReviewOver.selector, _reviewDue(x), block.timestamp));
        }
        Visit storage v = visits[x.id];
        if (v.d.restReleased) refusal = _or(refusal, _says(IDisputes.RestReleased.selector, x.id));
        bool byHospital = by == x.t.hospital;
        if (!byHospital) refusal = _or(refusal, _notOwn(x.t, by, seats));
        uint16 contestable = (byHospital ? v.c.seats : ~v.c.seats) & ~v.d.contested & ~v.d.resolved;
        if (seats == 0) refusal = _or(refusal, abi.encodeWithSelector(IDisputes.NoSeats.selector));
        if (seats & ~contestable != 0) {
            refusal = _or(refusal, _names(IDisputes.NotContestable.selector, seats, contestable));
        }
    }

    function _notOwn(Terms memory t, uint32 doctor, uint16 seats) private view returns (bytes memory) {
        for (uint256 i; i < t.seats.length; ++i) {
            if (t.seats[i].doctor == doctor && seats == 1 << i) return _unseated(t, seats);
        }
        return _names(IDisputes.NotOfSeat.selector, doctor, seats);
    }

    function _uncontested(Target memory x, uint16 seats, uint16 bps) private view returns (bytes memory refusal) {
        refusal = _notIn(x, ConsultationStatus.Disputed);
        uint16 contested = visits[x.id].d.contested;
        if (seats == 0) refusal = _or(refusal, abi.encodeWithSelector(IDisputes.NoSeats.selector));
        if (seats & ~contested != 0) {
            refusal = _or(refusal, _names(IDisputes.NotContested.selector, seats, contested));
        }
        if (bps > BPS) refusal = _or(refusal, _names(Split.ShareOutOfRange.selector, bps, BPS));
    }

    // Parts

    function _reviewDue(Target memory x) private view returns (uint256) {
        return visits[x.id].c.deliveredAt + uint256(x.t.policy.reviewWindow);
    }

    function _rulingDue(Target memory x) private view returns (uint256) {
        return visits[x.id].d.openedAt + uint256(x.t.policy.arbiterWindow);
    }

    function _anyShare(Dice.Cup memory cup) private pure returns (uint16) {
        return cup.roll(12) == 0 ? uint16(BPS + 1) : uint16(cup.rollEdgy(BPS));
    }

    /// @dev Some seats of a mask, at least one where it has any.
    function _someOf(Dice.Cup memory cup, uint16 mask) private pure returns (uint16 seats) {
        seats = mask & uint16(cup.roll(1 << 16));
        if (seats == 0) seats = mask;
    }

    function _contestedOf(Dice.Cup memory cup, uint32 id) private view returns (uint16) {
        return cup.roll(12) == 0 ? uint16(cup.roll(32)) : _someOf(cup, visits[id].d.contested);
    }

    /// @dev A doctor of one of the seats in the mask, and that seat.
    function _ownSeat(Dice.Cup memory cup, Terms memory t, uint16 mask) private pure returns (uint32, uint16) {
        if (t.seats.length == 0) return (0, 1);
        uint256 from = cup.roll(t.seats.length);
        for (uint256 i; i < t.seats.length; ++i) {
            uint256 seat = (from + i) % t.seats.length;
            if (mask >> seat & 1 == 1) return (t.seats[seat].doctor, uint16(1 << seat));
        }
        return (t.seats[from].doctor, uint16(1 << from));
    }

    function _hospitalAndDoctors(Terms memory t, uint16 seats) private pure returns (uint32[] memory list) {
        list = new uint32[](1 + t.seats.length);
        list[0] = t.hospital;
        uint256 count = 1;
        for (uint256 i; i < t.seats.length; ++i) {
            if (seats >> i & 1 == 1) list[count++] = t.seats[i].doctor;
        }
        assembly ("memory-safe") {
            mstore(list, count)
        }
    }
}
