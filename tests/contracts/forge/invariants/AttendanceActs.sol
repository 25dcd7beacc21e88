// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsultations} from "../../../../contracts/interfaces/IConsultations.sol";
import {IDisputes} from "../../../../contracts/interfaces/IDisputes.sol";
import {Consultation, ConsultationStatus, Policy, Seat, Terms} from "../../../../contracts/types/Terms.sol";
import {Dice} from "../Dice.sol";
import {Packing} from "../Packing.sol";
import {BookingActs} from "./BookingActs.sol";
import {Forms} from "./Forms.sol";
import {TermsForm} from "./TermsForm.sol";

/// @notice Who came and who did not; other hours, other doctors.
abstract contract AttendanceActs is BookingActs {
    using Dice for Dice.Cup;
    using Packing for Terms;

    /// @dev Terms that are to take the place of others: what the book says to the difference alone, and who leaves.
    struct Exchange {
        Terms to;
        bytes fault;
        bool ofDoctors;
        Seat leaving;
    }

    bytes32 internal constant REPORT = keccak256("report");

    // What the campaign calls

    function recordAttendance(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _present(cup, _target(cup, ConsultationStatus.Booked));
        _goTo(cup, x.t);
        uint16 seats = cup.roll(6) == 0 ? uint16(cup.roll(32)) : _anySeats(cup, x.t);
        uint8 overtime = uint8(cup.rollEdgy(x.t.pricing.overtimeSteps));
        if (cup.roll(10) == 0) ++overtime;
        _recordAttendance(x, seats, overtime, _anyPen(cup));
    }

    function markNoShow(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _present(cup, _target(cup, ConsultationStatus.Booked));
        _goTo(cup, x.t);
        uint32 by = cup.roll(2) == 0 ? x.t.hospital : _leader(x.t);
        uint16 seats = _anySeats(cup, x.t);
        if (by == x.t.hospital && cup.roll(5) != 0) seats = uint16((1 << x.t.seats.length) - 1) & ~_requiredSeats(x.t);
        if (cup.roll(10) == 0) seats = uint16(cup.roll(64));
        if (cup.roll(10) == 0) by = _anyParty(cup);
        _markNoShow(x, by, seats, _anyPen(cup));
    }

    function reschedule(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _upcoming(cup, _target(cup, ConsultationStatus.Booked));
        Exchange memory e;
        e.to = _copyOf(x.t);
        e.to.start = uint32(block.timestamp / SLOT + 1 + cup.rollEdgy(40));
        if (cup.roll(12) == 0) e.to.start = x.t.start;
        _renew(cup, e.to);
        if (cup.roll(3) != 0 && x.id != 0) _prepareAgain(e.to, x.id);
        if (cup.roll(8) == 0) {
            Policy memory p = e.to.policy;
            p.lateBps = p.lateBps == 0 ? 1 : p.lateBps - 1;
            e.fault = abi.encodeWithSelector(IDisputes.TermsDiffer.selector);
        }
        if (cup.roll(10) == 0) _around(cup, _deliveryDue(x.t));
        _amend(x, e, _anyPen(cup));
    }

    function substitute(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Target memory x = _upcoming(cup, _target(cup, ConsultationStatus.Booked));
        if (x.t.seats.length == DOCTORS || x.t.seats.length == 0) x = _targetOf(_bookWithRoom(cup));
        if (x.id == 0) return;
        Exchange memory e = _exchange(cup, x.t);
        _renew(cup, e.to);
        if (cup.roll(3) != 0) _prepareAgain(e.to, x.id);
        _amend(x, e, _anyPen(cup));
    }

    // Each act

    function _recordAttendance(Target memory x, uint16 seats, uint8 overtime, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.RECORD_ATTENDANCE, x.termsHash, seats, overtime, pen.deadline));
        (bytes memory list, bytes memory unsigned) =
            _sign(address(disputes), statement, _two(x.t.hospital, _leader(x.t)), pen);
        bytes memory refusal = _or(_late(pen), _unattendable(x, seats, overtime));
        bytes memory call_ = abi.encodeCall(disputes.recordAttendance, (x.packed, seats, overtime, pen.deadline, list));
        if (!_expectOnce(Act.RecordAttendance, address(disputes), call_, _or(refusal, unsigned))) return;
        _recordSeats(x, seats, overtime);
    }

    function _markNoShow(Target memory x, uint32 by, uint16 seats, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.MARK_NO_SHOW, x.termsHash, by, seats, REPORT, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(disputes), statement, by, pen);
        bool byHospital = by == x.t.hospital;
        uint16 came = uint16((1 << x.t.seats.length) - 1) & ~seats;
        bytes memory refusal = _or(_late(pen), _notIn(x, ConsultationStatus.Booked));
        if (byHospital) refusal = _or(refusal, _or(_notAbsent(x.t, seats), _unattendable(x, came, 0)));
        else if (by == _leader(x.t)) refusal = _or(refusal, _undeliverableUnattended(x, seats));
        else refusal = _or(refusal, _says(IDisputes.MayNotMark.selector, by));
        bytes memory call_ = abi.encodeCall(disputes.markNoShow, (x.packed, by, seats, REPORT, pen.deadline, signature));
        if (!_expectOnce(Act.MarkNoShow, address(disputes), call_, _or(refusal, unsigned))) return;
        if (byHospital) _recordSeats(x, came, 0);
        else _recordDelivery(x, seats, 0);
    }

    function _amend(Target memory x, Exchange memory e, Pen memory pen) internal {
        bytes memory refusal = _or(_notIn(x, ConsultationStatus.Booked), _or(e.fault, _overdue(x.t)));
        (bytes memory unbookable, uint32[] memory signers) = _unbookable(e.to);
        refusal = _or(refusal, unbookable);
        bool leaverSigns = e.ofDoctors && refusal.length == 0 && _unseated(e.leaving, _endsAt(x.t)).length == 0;
        if (leaverSigns) signers = _joined(signers, e.leaving.doctor);
        (bytes memory list, bytes memory unsigned) =
            _sign(address(consultations), TermsForm.amendmentHash(x.termsHash, e.to), signers, pen);
        refusal = _or(_or(refusal, unsigned), _takenHour(e.to, x.id));
        bytes memory call_ = e.ofDoctors
            ? abi.encodeCall(disputes.substitute, (x.packed, e.to.pack(), list))
            : abi.encodeCall(disputes.reschedule, (x.packed, e.to.pack(), list));
        Act act = e.ofDoctors ? Act.Substitute : Act.Reschedule;
        if (!_expectOnce(act, address(disputes), call_, refusal)) return;
        _recordAmendment(x, e.to);
    }

    // What is true afterwards

    function _recordSeats(Target memory x, uint16 seats, uint8 overtime) private {
        uint16 required = _requiredSeats(x.t);
        if (seats & required != required) return _recordCancellation(x, 0, Cause.RequiredSeatAbsent);
        (visits[x.id].c.attended, visits[x.id].c.overtime) = (seats, overtime);
    }

    function _recordAmendment(Target memory x, Terms memory to) private {
        replaced.push(x.termsHash);
        replacedTerms[x.termsHash] = abi.encode(x.t);
        Consultation storage old = replacedRecord[x.termsHash];
        replacedRecord[x.termsHash] = visits[x.id].c;
        (old.status, old.escrowed) = (ConsultationStatus.Cancelled, 0);
        _setHours(x.t, 0);
        _recordTerms(x.id, to);
    }

    // What the book says

    function _unattendable(Target memory x, uint16 seats, uint8 overtime) private view returns (bytes memory) {
        bytes memory refusal = _or(_notIn(x, ConsultationStatus.Booked), _attendanceStands(x.id));
        return _or(_or(refusal, _notInSession(x.t)), _notAgreed(x.t, seats, overtime));
    }

    function _attendanceStands(uint32 id) private view returns (bytes memory) {
        uint16 attended = visits[id].c.attended;
        return attended == 0 ? bytes("") : _says(IConsultations.AttendanceStands.selector, attended);
    }

    function _notAbsent(Terms memory t, uint16 absent) private pure returns (bytes memory) {
        if (absent == 0) return abi.encodeWithSelector(IDisputes.NoSeats.selector);
        uint16 required = _requiredSeats(t);
        if (absent & required != 0) return _names(IDisputes.SeatRequired.selector, absent, required);
        if (absent >> t.seats.length == 0) return "";
        return _names(IConsultations.SeatOutOfRange.selector, absent, t.seats.length);
    }

    // Parts

    function _copyOf(Terms memory t) private pure returns (Terms memory) {
        return abi.decode(abi.encode(t), (Terms));
    }

    function _renew(Dice.Cup memory cup, Terms memory to) private view {
        (to.salt, to.signBy) = (bytes16(uint128(cup.roll(1 << 127))), _now() + uint40(cup.rollEdgy(1 days)));
    }

    /// @dev Everyone qualified again and the hours free, apart from those that the consultation has now.
    function _prepareAgain(Terms memory to, uint32 id) private {
        _heal(to.hospital);
        _heal(PLATFORM);
        for (uint256 i; i < to.seats.length; ++i) {
            _healSeat(to.hospital, to.seats[i]);
        }
        uint32 start = to.start;
        while (_takenHour(to, id).length != 0) ++to.start;
        // Another doctor cannot come at another time: then the hour stays taken.
        if (visits[id].c.id != 0 && _terms(id).start == start) to.start = start;
    }

    function _bookWithRoom(Dice.Cup memory cup) private returns (uint32) {
        for (uint256 i; i < 3; ++i) {
            uint32 id = _arrange(cup, ConsultationStatus.Booked);
            if (visits[id].packed.length < 169 + 55 * DOCTORS) return id;
        }
        return 0;
    }

    /// @dev One seat to a doctor who has none, with one fault now and then.
    function _exchange(Dice.Cup memory cup, Terms memory t) private view returns (Exchange memory e) {
        (e.to, e.ofDoctors) = (_copyOf(t), true);
        uint256 index = cup.roll(t.seats.length);
        (e.leaving, e.to.seats[index]) = (t.seats[index], _anySeat(cup, _absentDoctor(cup, t)));
        Seat memory s = e.to.seats[index];
        (s.required, s.fee, s.specialties) = (e.leaving.required, e.leaving.fee, e.leaving.specialties);
        uint32 leading = index == t.lead ? s.doctor : _leader(t);
        uint256 way = cup.roll(14);
        if (way == 0) {
            ++s.fee;
            e.fault = _names(IDisputes.SeatsDiffer.selector, e.leaving.doctor, s.doctor);
        }
        _sort(e.to.seats);
        for (uint8 i; i < e.to.seats.length; ++i) {
            if (e.to.seats[i].doctor == leading) e.to.lead = i;
        }
        if (way == 1 && e.to.seats.length > 1) {
            e.to.lead = uint8((e.to.lead + 1) % e.to.seats.length);
            e.fault = _names(IDisputes.LeadDiffers.selector, leading, e.to.seats[e.to.lead].doctor);
        }
        if (way == 2) {
            ++e.to.slots;
            e.fault = abi.encodeWithSelector(IDisputes.TermsDiffer.selector);
        }
    }

    function _absentDoctor(Dice.Cup memory cup, Terms memory t) private pure returns (uint32 doctor) {
        doctor = _anyDoctor(cup);
        while (_isSeated(t, doctor)) doctor = doctor == LAST_DOCTOR ? FIRST_DOCTOR : doctor + 1;
    }

    function _isSeated(Terms memory t, uint32 doctor) internal pure returns (bool seated) {
        for (uint256 i; i < t.seats.length; ++i) {
            seated = seated || t.seats[i].doctor == doctor;
        }
    }

    function _sort(Seat[] memory seats) private pure {
        for (uint256 i = 1; i < seats.length; ++i) {
            for (uint256 j = i; j > 0 && seats[j - 1].doctor > seats[j].doctor; --j) {
                (seats[j - 1], seats[j]) = (seats[j], seats[j - 1]);
            }
        }
    }

    function _joined(uint32[] memory list, uint32 party) private pure returns (uint32[] memory longer) {
        longer = new uint32[](list.length + 1);
        for (uint256 i; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = party;
    }

    function _undeliverableUnattended(Target memory x, uint16 seats) private view returns (bytes memory refusal) {
        refusal = _or(_attendanceStands(x.id), _incomplete(x, seats, 0));
        return _or(refusal, _unqualified(x, seats));
    }
}
