// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsultations} from "../../../../contracts/interfaces/IConsultations.sol";
import {Consultation, ConsultationStatus, Terms} from "../../../../contracts/types/Terms.sol";
import {PayoutActs} from "./PayoutActs.sol";

/// @notice What the book says to a call on a consultation: its state, the time, the seats.
abstract contract VisitRules is PayoutActs {
    /// @dev What a call on terms is about: a consultation (id), the terms that others replaced, or unknown ones (id 0).
    struct Target {
        uint32 id;
        Terms t;
        bytes packed;
        bytes32 termsHash;
        ConsultationStatus status;
    }

    function _notIn(Target memory x, ConsultationStatus needed) internal pure returns (bytes memory) {
        if (x.status == ConsultationStatus.None) {
            return abi.encodeWithSelector(IConsultations.UnknownTerms.selector, x.termsHash);
        }
        return
            x.status == needed ? bytes("") : _names(IConsultations.WrongStatus.selector, uint8(x.status), uint8(needed));
    }

    function _unlikeAttendance(uint32 id, uint16 seats, uint8 overtime) internal view returns (bytes memory) {
        Consultation storage c = visits[id].c;
        if (c.attended == 0) return "";
        if (seats & ~c.attended != 0) return _names(IConsultations.SeatAbsent.selector, seats, c.attended);
        return
            overtime == c.overtime ? bytes("") : _names(IConsultations.OvertimeDiffers.selector, overtime, c.overtime);
    }

    function _incomplete(Target memory x, uint16 seats, uint8 overtime) internal view returns (bytes memory refusal) {
        refusal = _notInSession(x.t);
        uint16 required = _requiredSeats(x.t);
        if (seats & required != required) {
            refusal = _or(refusal, _names(IConsultations.RequiredSeatMissing.selector, seats, required));
        }
        refusal = _or(refusal, _notAgreed(x.t, seats, overtime));
    }

    /// @dev Only what was lost since the booking is looked at again.
    function _unqualified(Target memory x, uint16 seats) internal view returns (bytes memory) {
        return lastLoss >= visits[x.id].c.bookedAt ? _unseated(x.t, seats) : bytes("");
    }

    function _notInSession(Terms memory t) internal view returns (bytes memory) {
        if (block.timestamp < _startsAt(t)) {
            return _names(IConsultations.NotStarted.selector, _startsAt(t), block.timestamp);
        }
        return _overdue(t);
    }

    function _overdue(Terms memory t) internal view returns (bytes memory) {
        if (block.timestamp <= _deliveryDue(t)) return "";
        return _names(IConsultations.DeliveryTooLate.selector, _deliveryDue(t), block.timestamp);
    }

    function _notAgreed(Terms memory t, uint16 seats, uint8 overtime) internal pure returns (bytes memory) {
        if (seats >> t.seats.length != 0) {
            return _names(IConsultations.SeatOutOfRange.selector, seats, t.seats.length);
        }
        if (overtime <= t.pricing.overtimeSteps) return "";
        return _names(IConsultations.OvertimeNotAgreed.selector, overtime, t.pricing.overtimeSteps);
    }

    function _begun(Terms memory t) internal view returns (bytes memory) {
        if (block.timestamp < _startsAt(t)) return "";
        return _names(IConsultations.AlreadyStarted.selector, _startsAt(t), block.timestamp);
    }

    function _feeOf(Terms memory t, uint256 left) internal pure returns (uint256) {
        if (left >= t.policy.freeBefore) return 0;
        return left >= t.policy.partialBefore ? t.policy.partialBps : t.policy.lateBps;
    }

    function _witnessed(Consultation storage c) internal view returns (uint8) {
        return c.attended == 0 ? 0 : c.overtime;
    }

    function _deliveryDue(Terms memory t) internal pure returns (uint256) {
        return _endsAt(t) + t.policy.deliverWindow;
    }
}
