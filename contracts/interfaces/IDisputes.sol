// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStatements} from "./IStatements.sol";
import {Dispute, Resolution} from "../types/Terms.sol";

/// @title When a consultation does not go as planned: absences, other hours, other doctors, contested seats.
/// @notice Terms are named as in IConsultations. Seats are masks over the seats of the terms.
///
/// Attendance: hospital and lead record who came and the overtime; or the hospital marks optional seats as absent, or the
/// lead marks the hospital as absent. What one side says alone can be contested by the other after the delivery.
///
/// A dispute freezes the contested seats and nothing else. The hospital contests seats that are to be paid, a doctor the
/// omission of their own seat, both within the review window. What nobody contests is paid as soon as the hospital signs
/// a dispute or its end and no seat is left out unheard, else once the review window has passed. Contested seats are paid
/// a share in bps of their fee that hospital and doctors agree on, else the arbiter of the terms rules, else the default
/// of the terms once the arbiter's window has passed: a dispute always ends by time alone.
interface IDisputes is IStatements {
    event AttendanceRecorded(uint32 indexed id, uint16 seats, uint8 overtime);
    /// @dev `by` the hospital: the seats were absent. `by` the lead: the hospital was absent, the seats came.
    event NoShowMarked(uint32 indexed id, uint32 indexed by, uint16 seats, bytes32 report);
    event Disputed(uint32 indexed id, uint32 indexed by, uint16 seats, bytes32 reason);
    event UncontestedReleased(uint32 indexed id, uint16 seats);
    event DisputeResolved(uint32 indexed id, uint16 seats, uint16 bps, Resolution resolution, bytes32 reason);

    error MayNotMark(uint32 party);
    error NoSeats();
    error SeatRequired(uint256 seats, uint256 required);
    error TermsDiffer();
    error SeatsDiffer(uint32 leaving, uint32 joining);
    error LeadDiffers(uint32 leading, uint32 next);
    error NotOfSeat(uint32 party, uint256 seats);
    error NotContestable(uint256 seats, uint256 contestable);
    error NotContested(uint256 seats, uint256 contested);
    error RestReleased(uint32 id);
    error RulingTooLate(uint256 due, uint256 nowAt);
    error RulingStillOpen(uint256 due, uint256 nowAt);

    /// @notice Records who came and the overtime, once, from the start until the opinion is overdue. Signed by the hospital,
    /// then the leading doctor. Where a required seat was absent, the consultation is cancelled and nobody is paid.
    /// @param seats those that came; a delivery can name no others
    /// @param overtime steps of 30 minutes; a delivery has to name the same
    function recordAttendance(
        bytes calldata terms,
        uint16 seats,
        uint8 overtime,
        uint40 deadline,
        bytes calldata signatures
    ) external;

    /// @notice Records an absence on the word of one side, where no attendance is recorded yet. Signed by `by`.
    /// @param by the hospital, or the leading doctor
    /// @param seats by the hospital: optional seats that were absent. By the lead: the seats that came while the hospital
    /// did not; this counts as a delivery without overtime
    /// @param report salted commitment to what happened
    function markNoShow(
        bytes calldata terms,
        uint32 by,
        uint16 seats,
        bytes32 report,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Moves a booked consultation to other hours: `to` differs in start, signBy and salt alone. Everything that
    /// `book` checks is checked again. Signed as the Amendment by all who would sign a booking of `to`, in that order. As
    /// all sign, it may also repeat a session that broke off.
    function reschedule(bytes calldata terms, bytes calldata to, bytes calldata signatures) external;

    /// @notice Gives a seat of a booked consultation to another doctor: `to` differs in one seat's doctor, institution and
    /// group, in signBy and salt, and in the lead only where the leading doctor is replaced. Signed as `reschedule`, then by
    /// the leaving doctor unless no longer qualified.
    function substitute(bytes calldata terms, bytes calldata to, bytes calldata signatures) external;

    /// @notice Contests seats within the review window. Signed by `by`.
    /// @param by the hospital, for seats of the delivery; or a doctor who is still qualified, for their own seat that the
    /// delivery leaves out
    /// @param reason salted commitment
    function dispute(
        bytes calldata terms,
        uint32 by,
        uint16 seats,
        bytes32 reason,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Pays a share of contested seats that hospital and doctors agree on. Signed by the hospital, then the doctors
    /// of the seats in seat order. The hospital thereby accepts what it has not contested (see above when it is paid).
    function settleDispute(bytes calldata terms, uint16 seats, uint16 bps, uint40 deadline, bytes calldata signatures)
        external;

    /// @notice Pays a share of contested seats by the ruling of the arbiter of the terms, within the arbiter's window.
    /// @param reason salted commitment
    function rule(
        bytes calldata terms,
        uint16 seats,
        uint16 bps,
        bytes32 reason,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Pays the default of the terms for all contested seats once the arbiter's window has passed. Anyone may call.
    function applyDefault(bytes calldata terms) external;

    /// @notice Pays what nobody contests once the review window has passed. Anyone may call.
    function releaseUncontested(bytes calldata terms) external;

    function disputeOf(uint32 id) external view returns (Dispute memory);

    /// @notice The parties whose signatures `reschedule` or `substitute` expects now, in order; reverts where they would.
    function signersOf(bytes calldata terms, bytes calldata to) external view returns (uint32[] memory);
}
