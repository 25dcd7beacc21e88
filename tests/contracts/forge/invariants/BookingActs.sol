// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsultations} from "../../../../contracts/interfaces/IConsultations.sol";
import {Split} from "../../../../contracts/libraries/Split.sol";
import {Leg} from "../../../../contracts/types/Payouts.sol";
import {Consultation, ConsultationStatus, Seat, Terms} from "../../../../contracts/types/Terms.sol";
import {Dice} from "../Dice.sol";
import {Packing} from "../Packing.sol";
import {Forms} from "./Forms.sol";
import {Shares} from "./Shares.sol";
import {TermsForm} from "./TermsForm.sol";
import {VisitRules} from "./VisitRules.sol";

/// @notice The main lifecycle: booked, delivered, settled; cancelled or expired.
abstract contract BookingActs is VisitRules {
    using Dice for Dice.Cup;
    using Packing for Terms;

    bytes32 internal constant OPINION = keccak256("opinion");
    uint256 internal constant EVERY_SEAT = type(uint16).max;

    // What the campaign calls

    function book(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Terms memory t = _anyTerms(cup);
        uint256 way = cup.roll(8);
        if (way == 0 && visitCount != 0) {
            t = _terms(uint32(1 + cup.roll(visitCount)));
        } else if (way != 1) {
            _prepare(t);
            _fund(t.hospital, Shares.price(t));
            if (cup.roll(3) == 0) _spoil(cup, t);
        }
        _book(t, _anyPen(cup));
    }

    function deliver(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _present(cup, _target(cup, ConsultationStatus.Booked));
        bool lost = cup.roll(6) == 0;
        if (lost) x = _bookAndLose(cup);
        _goTo(cup, x.t);
        if (!lost && cup.roll(2) == 0) _healTeam(x.t);
        Consultation storage c = visits[x.id].c;
        uint16 seats = _anySeats(cup, x.t);
        uint8 overtime = uint8(cup.rollEdgy(x.t.pricing.overtimeSteps));
        if (c.attended != 0 && cup.roll(4) != 0) (seats, overtime) = (c.attended, c.overtime);
        if (cup.roll(10) == 0) overtime = x.t.pricing.overtimeSteps + 1;
        _deliver(x, seats, overtime, _anyPen(cup));
    }

    function accept(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        _accept(_target(cup, ConsultationStatus.Delivered), _anyPen(cup));
    }

    function acceptByTime(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _target(cup, ConsultationStatus.Delivered);
        if (cup.roll(4) != 0) _around(cup, visits[x.id].c.deliveredAt + uint256(x.t.policy.reviewWindow) + 1);
        _acceptByTime(x);
    }

    function cancel(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _upcoming(cup, _target(cup, ConsultationStatus.Booked));
        uint256 way = cup.roll(6);
        if (way == 0) _around(cup, _startsAt(x.t) - x.t.policy.freeBefore);
        if (way == 1) _around(cup, _startsAt(x.t) - x.t.policy.partialBefore);
        if (way == 2) _around(cup, _startsAt(x.t));
        uint32 by = cup.roll(3) == 0 ? _leader(x.t) : x.t.hospital;
        if (cup.roll(8) == 0) by = _anyParty(cup);
        _cancel(x, by, _anyPen(cup));
    }

    function cancelWithdrawn(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _upcoming(cup, _target(cup, ConsultationStatus.Booked));
        if (cup.roll(2) == 0) _around(cup, _startsAt(x.t) - x.t.policy.freeBefore);
        if (cup.roll(6) != 0) _withdraw(x.t);
        if (cup.roll(4) == 0) _around(cup, _startsAt(x.t));
        _cancelWithdrawn(x);
    }

    function expire(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _target(cup, ConsultationStatus.Booked);
        if (cup.roll(5) != 0) _around(cup, _deliveryDue(x.t) + 1);
        _expire(x);
    }

    // Each act

    function _book(Terms memory t, Pen memory pen) internal returns (uint32 id) {
        (bytes memory refusal, uint32[] memory signers) = _unbookable(t);
        (bytes memory list, bytes memory unsigned) =
            _sign(address(consultations), TermsForm.structHash(t), signers, pen);
        uint256 price = Shares.price(t);
        refusal = _or(refusal, unsigned);
        if (price > type(uint96).max) {
            refusal = _or(refusal, _names(Split.PriceTooHigh.selector, price, type(uint96).max));
        }
        refusal = _or(refusal, _takenHour(t, 0));
        if (funds[t.hospital].available < price) refusal = _or(refusal, _tooLow(t.hospital, price));
        bytes memory call_ = abi.encodeCall(consultations.book, (t.pack(), list));
        if (!_expectOnce(Act.Book, address(consultations), call_, refusal)) return 0;
        id = ++visitCount;
        _recordTerms(id, t);
        Visit storage v = visits[id];
        (v.funded, v.c.id, v.c.escrowed) = (price, id, uint96(price));
        funds[t.hospital].available -= uint128(price);
        funds[t.hospital].escrowed += uint128(price);
    }

    function _deliver(Target memory x, uint16 seats, uint8 overtime, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.DELIVER, x.termsHash, OPINION, seats, overtime, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(consultations), statement, _leader(x.t), pen);
        bytes memory refusal = _or(_late(pen), _notIn(x, ConsultationStatus.Booked));
        refusal = _or(refusal, _unlikeAttendance(x.id, seats, overtime));
        refusal = _or(refusal, _or(_incomplete(x, seats, overtime), _or(unsigned, _unqualified(x, seats))));
        bytes memory call_ =
            abi.encodeCall(consultations.deliver, (x.packed, OPINION, seats, overtime, pen.deadline, signature));
        if (!_expectOnce(Act.Deliver, address(consultations), call_, refusal)) return;
        _recordDelivery(x, seats, overtime);
    }

    function _accept(Target memory x, Pen memory pen) internal {
        (bytes memory signature, bytes memory unsigned) = _sign(
            address(consultations), keccak256(abi.encode(Forms.ACCEPT, x.termsHash, pen.deadline)), x.t.hospital, pen
        );
        bytes memory refusal = _or(_late(pen), _notIn(x, ConsultationStatus.Delivered));
        if (visits[x.id].c.seats != (1 << x.t.seats.length) - 1) refusal = _or(refusal, _unreviewed(x));
        refusal = _or(refusal, unsigned);
        bytes memory call_ = abi.encodeCall(consultations.accept, (x.packed, pen.deadline, signature));
        if (!_expectOnce(Act.Accept, address(consultations), call_, refusal)) return;
        _recordSettlement(x, visits[x.id].c.overtime, Cause.Accepted);
    }

    function _acceptByTime(Target memory x) internal {
        bytes memory refusal = _or(_notIn(x, ConsultationStatus.Delivered), _unreviewed(x));
        bytes memory call_ = abi.encodeCall(consultations.acceptByTime, (x.packed));
        if (!_expect(Act.AcceptByTime, address(consultations), call_, refusal)) return;
        _recordSettlement(x, _witnessed(visits[x.id].c), Cause.WindowElapsed);
    }

    /// @dev While the hospital, and whoever was left out, may still contest.
    function _unreviewed(Target memory x) private view returns (bytes memory) {
        uint256 due = uint256(visits[x.id].c.deliveredAt) + x.t.policy.reviewWindow;
        if (block.timestamp > due) return "";
        return _names(IConsultations.ReviewStillOpen.selector, due, block.timestamp);
    }

    function _cancel(Target memory x, uint32 by, Pen memory pen) internal {
        (bytes memory signature, bytes memory unsigned) =
            _sign(address(consultations), keccak256(abi.encode(Forms.CANCEL, x.termsHash, by, pen.deadline)), by, pen);
        bytes memory refusal = _or(_or(_late(pen), _notIn(x, ConsultationStatus.Booked)), _begun(x.t));
        if (by != _leader(x.t) && by != x.t.hospital) {
            refusal = _or(refusal, _says(IConsultations.MayNotCancel.selector, by));
        }
        bytes memory call_ = abi.encodeCall(consultations.cancel, (x.packed, by, pen.deadline, signature));
        if (!_expectOnce(Act.Cancel, address(consultations), call_, _or(refusal, unsigned))) return;
        uint256 fee = by == _leader(x.t) ? 0 : _feeOf(x.t, _startsAt(x.t) - block.timestamp);
        _recordCancellation(x, fee, Cause.Cancelled);
    }

    function _cancelWithdrawn(Target memory x) internal {
        bytes memory refusal = _or(_notIn(x, ConsultationStatus.Booked), _begun(x.t));
        uint256 index = _indexOf(x.t.documents.caseFile, x.t.documents.consent);
        if (index < consents.length && !consents[index].withdrawn) {
            refusal = _or(refusal, abi.encodeWithSelector(IConsultations.ConsentStands.selector, x.t.documents.consent));
        }
        bytes memory call_ = abi.encodeCall(consultations.cancelWithdrawn, (x.packed));
        if (!_expect(Act.CancelWithdrawn, address(consultations), call_, refusal)) return;
        uint256 fee = _feeOf(x.t, _startsAt(x.t) - consents[index].validUntil);
        _recordCancellation(x, fee, Cause.ConsentWithdrawn);
    }

    function _expire(Target memory x) internal {
        bytes memory refusal = _notIn(x, ConsultationStatus.Booked);
        uint256 due = _deliveryDue(x.t);
        if (block.timestamp <= due) {
            refusal = _or(refusal, _names(IConsultations.DeliveryStillOpen.selector, due, block.timestamp));
        }
        bytes memory call_ = abi.encodeCall(consultations.expire, (x.packed));
        if (!_expect(Act.Expire, address(consultations), call_, refusal)) return;
        _moveTo(x.id, ConsultationStatus.Expired);
        _endEscrow(x.id, x.t.hospital, visits[x.id].c.escrowed, new Leg[](0), Cause.Expired);
    }

    // What is true afterwards

    /// @dev These terms are in force from now on.
    function _recordTerms(uint32 id, Terms memory t) internal {
        Visit storage v = visits[id];
        (v.terms, v.packed) = (abi.encode(t), t.pack());
        v.termsHash = keccak256(v.packed);
        idOfTerms[v.termsHash] = id;
        uint96 escrowed = v.c.escrowed;
        delete v.c;
        (v.c.id, v.c.bookedAt, v.c.escrowed) = (id, _now(), escrowed);
        v.qualifiedWhenBooked = _qualifiedSeats(t);
        _moveTo(id, ConsultationStatus.Booked);
        _setHours(t, id);
    }

    function _recordDelivery(Target memory x, uint16 seats, uint8 overtime) internal {
        Consultation storage c = visits[x.id].c;
        (c.deliveredAt, c.seats, c.overtime) = (_now(), seats, overtime);
        visits[x.id].qualifiedWhenClaimed = _qualifiedSeats(x.t);
        _moveTo(x.id, ConsultationStatus.Delivered);
    }

    function _recordCancellation(Target memory x, uint256 fee, Cause cause) internal {
        _moveTo(x.id, ConsultationStatus.Cancelled);
        _setHours(x.t, 0);
        _endEscrow(x.id, x.t.hospital, visits[x.id].c.escrowed, Shares.legs(x.t, EVERY_SEAT, 0, fee), cause);
    }

    function _recordSettlement(Target memory x, uint8 overtime, Cause cause) private {
        Visit storage v = visits[x.id];
        (v.c.overtime, v.paid) = (overtime, v.c.seats);
        _moveTo(x.id, ConsultationStatus.Settled);
        _endEscrow(x.id, x.t.hospital, v.c.escrowed, Shares.legs(x.t, v.c.seats, overtime, BPS), cause);
    }

    function _moveTo(uint32 id, ConsultationStatus status) internal {
        visits[id].c.status = status;
        ++reached[status];
    }

    // Parts

    /// @dev A consultation in a status, arranged where none is left; at times another one, replaced or unknown terms.
    function _target(Dice.Cup memory cup, ConsultationStatus status) internal returns (Target memory x) {
        uint256 way = cup.roll(16);
        if (way == 0) {
            x.t = _anyTerms(cup);
            x.packed = x.t.pack();
            x.termsHash = keccak256(x.packed);
            return x;
        }
        if (way == 1 && replaced.length != 0) return _replacedTarget(replaced[cup.roll(replaced.length)]);
        uint32 id = way == 2 ? uint32(cup.roll(visitCount + 1)) : _visitIn(cup, status);
        return id == 0 ? _targetOf(_arrange(cup, status)) : _targetOf(id);
    }

    function _targetOf(uint32 id) internal view returns (Target memory x) {
        x.termsHash = keccak256("");
        if (id == 0) return x;
        Visit storage v = visits[id];
        return Target(id, _terms(id), v.packed, v.termsHash, v.c.status);
    }

    /// @dev Half of the time the present one, so that several stay open beside each other.
    function _visitIn(Dice.Cup memory cup, ConsultationStatus status) private view returns (uint32) {
        for (uint32 back; back < visitCount && back < 8; ++back) {
            if (visits[visitCount - back].c.status == status && cup.roll(3) != 0) return visitCount - back;
        }
        return 0;
    }

    /// @dev Mostly one whose session is still to come.
    function _upcoming(Dice.Cup memory cup, Target memory x) internal returns (Target memory) {
        if (x.status != ConsultationStatus.Booked || block.timestamp < _startsAt(x.t) || cup.roll(6) == 0) return x;
        return _targetOf(_arrange(cup, ConsultationStatus.Booked));
    }

    /// @dev Mostly one that may still be delivered, with nothing recorded of it yet.
    function _present(Dice.Cup memory cup, Target memory x) internal returns (Target memory) {
        bool good = block.timestamp <= _deliveryDue(x.t) && visits[x.id].c.attended == 0;
        if (x.status != ConsultationStatus.Booked || good || cup.roll(3) == 0) return x;
        return _targetOf(_arrange(cup, ConsultationStatus.Booked));
    }

    function _arrange(Dice.Cup memory cup, ConsultationStatus status) internal virtual returns (uint32 id) {
        Terms memory t = _anyTerms(cup);
        _prepare(t);
        _fund(t.hospital, Shares.price(t));
        id = _book(t, _steadyPen());
        if (id == 0 || status == ConsultationStatus.Booked) return id;
        _wait(_startsAt(t));
        _deliver(
            _targetOf(id), uint16((1 << t.seats.length) - 1), uint8(cup.roll(t.pricing.overtimeSteps + 1)), _steadyPen()
        );
    }

    function _replacedTarget(bytes32 termsHash) private view returns (Target memory x) {
        x.id = idOfTerms[termsHash];
        x.t = abi.decode(replacedTerms[termsHash], (Terms));
        x.packed = x.t.pack();
        (x.termsHash, x.status) = (termsHash, ConsultationStatus.Cancelled);
    }

    /// @dev A doctor is suspended in the very second of the booking.
    function _bookAndLose(Dice.Cup memory cup) private returns (Target memory x) {
        x = _targetOf(_arrange(cup, ConsultationStatus.Booked));
        if (x.id == 0) return x;
        uint32 doctor = x.t.seats[cup.roll(x.t.seats.length)].doctor;
        _suspend(doctor, revisions[doctor], AUTHORITY, _steadyPen());
    }

    /// @dev Into the session, or to one of its edges.
    function _goTo(Dice.Cup memory cup, Terms memory t) internal {
        uint256 way = cup.roll(8);
        if (way == 0) _around(cup, _startsAt(t));
        else if (way == 1) _around(cup, _deliveryDue(t));
        else _wait(_startsAt(t));
    }

    function _anySeats(Dice.Cup memory cup, Terms memory t) internal pure returns (uint16 seats) {
        seats = _requiredSeats(t) | uint16(cup.roll(1 << t.seats.length));
        if (cup.roll(12) == 0) seats = uint16(cup.roll(64));
    }

    function _healTeam(Terms memory t) private {
        for (uint256 i; i < t.seats.length; ++i) {
            _healSeat(t.hospital, t.seats[i]);
        }
    }

    function _withdraw(Terms memory t) private {
        uint256 index = _indexOf(t.documents.caseFile, t.documents.consent);
        if (index < consents.length && !consents[index].withdrawn) _withdrawConsent(index, _steadyPen());
    }

    /// @dev I9 asks the registry itself, not the ghost.
    function _qualifiedSeats(Terms memory t) internal view returns (uint256 mask) {
        for (uint256 i; i < t.seats.length; ++i) {
            Seat memory s = t.seats[i];
            if (registry.isQualified(s.doctor, s.specialties, s.institution, uint40(_endsAt(t)))) mask |= 1 << i;
        }
    }

    function _leader(Terms memory t) internal pure returns (uint32) {
        return t.seats.length == 0 ? 0 : t.seats[t.lead < t.seats.length ? t.lead : 0].doctor;
    }
}
