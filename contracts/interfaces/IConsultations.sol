// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStatements} from "./IStatements.sol";
import {Leg} from "../types/Payouts.sol";
import {Consultation} from "../types/Terms.sol";

/// @title Consultations: terms signed by everyone, hours reserved, fee in escrow, until it is settled.
/// @notice Terms travel packed (see TermsCodec) in calldata; storage holds one slot under their keccak256, with the
/// sequential id (from 1) in it. A hash is booked at most once, so signatures on terms cannot be used again.
/// Booked -> Delivered -> Settled; Delivered -> Disputed -> Settled; Booked -> Cancelled | Expired.
/// Whatever does not go as planned is IDisputes, the only caller of the functions at the end.
interface IConsultations is IStatements {
    event Booked(uint32 indexed id, bytes32 indexed termsHash, uint32 indexed hospital, uint128 escrowed, bytes terms);
    event Delivered(uint32 indexed id, bytes32 opinion, uint16 seats, uint8 overtime);
    event Settled(uint32 indexed id, bool accepted);
    /// @dev `by` is 0 where nobody cancelled: the consent was withdrawn, or a required seat was absent.
    event Cancelled(uint32 indexed id, uint32 indexed by, uint16 feeBps);
    /// @dev The terms have taken the place of those behind `replaced`; id and escrow stay.
    event Amended(uint32 indexed id, bytes32 indexed replaced, bytes32 indexed termsHash, bytes terms);
    event Expired(uint32 indexed id);

    error AlreadyBooked(uint32 id);
    error UnknownTerms(bytes32 termsHash);
    error WrongStatus(uint8 status, uint8 needed);
    error StartInThePast(uint256 start, uint256 nowAt);
    error NotStarted(uint256 start, uint256 nowAt);
    error AlreadyStarted(uint256 start, uint256 nowAt);
    error DeliveryTooLate(uint256 due, uint256 nowAt);
    error DeliveryStillOpen(uint256 due, uint256 nowAt);
    error ReviewStillOpen(uint256 due, uint256 nowAt);
    error RequiredSeatMissing(uint256 seats, uint256 required);
    error SeatOutOfRange(uint256 seats, uint256 count);
    error OvertimeNotAgreed(uint256 steps, uint256 allowed);
    error OvertimeDiffers(uint256 overtime, uint256 recorded);
    error SeatAbsent(uint256 seats, uint256 attended);
    error AttendanceStands(uint16 attended);
    error ReviewOver(uint256 due, uint256 nowAt);
    error MayNotCancel(uint32 party);
    error ConsentStands(bytes32 consent);
    error NotDisputes(address caller);

    /// @notice Books: checks every seat, agreement, membership, consent and signature, reserves the slots, escrows the
    /// price. Signed by the hospital, the doctors in seat order, then the institutions and leads without a standing
    /// consent, in seat order (`signersOf` lists them). Nothing is kept if anything fails.
    /// @return id sequential, from 1
    function book(bytes calldata terms, bytes calldata signatures) external returns (uint32 id);

    /// @notice Records that the opinion was delivered, after the start and before it is overdue. Signed by the lead.
    /// @param opinion salted commitment to the merged opinion with its dissents
    /// @param seats mask of the seats that signed it; only these are paid; all required ones must be among them
    /// Where attendance was recorded, only seats that attended
    /// @param overtime steps of 30 minutes used; where attendance was recorded, the steps recorded there
    function deliver(
        bytes calldata terms,
        bytes32 opinion,
        uint16 seats,
        uint8 overtime,
        uint40 deadline,
        bytes calldata signature
    ) external;

    /// @notice Settles on the hospital's signature, which also accepts the overtime that the lead claimed. Where the
    /// delivery leaves out a seat, only once the review window has passed: its doctor may contest until then.
    function accept(bytes calldata terms, uint40 deadline, bytes calldata signature) external;

    /// @notice Settles once the review window has passed. Anyone may call. Silence pays no overtime that the recorded
    /// attendance does not show.
    function acceptByTime(bytes calldata terms) external;

    /// @notice Cancels before the start: by the hospital for the fee of the signed policy, by the leading doctor for none.
    function cancel(bytes calldata terms, uint32 by, uint40 deadline, bytes calldata signature) external;

    /// @notice Cancels before the start where the patient has withdrawn the consent, as if the hospital had cancelled at that
    /// moment. Anyone may call. Once the session has begun, it goes its usual way.
    function cancelWithdrawn(bytes calldata terms) external;

    /// @notice Returns the whole price when no opinion came in time. Anyone may call.
    function expire(bytes calldata terms) external;

    /// @notice How many consultations were booked; ids run from 1 to this, each under one hash.
    function consultationCount() external view returns (uint32);

    function consultationOf(bytes32 termsHash) external view returns (Consultation memory);

    /// @notice The digest that everybody signs to book these terms.
    function bookingDigest(bytes calldata terms) external view returns (bytes32);

    /// @notice The parties whose signatures `book` expects now, in order; reverts where `book` would for the same reason.
    function signersOf(bytes calldata terms) external view returns (uint32[] memory);

    /// @notice The digest that everybody signs to put the terms `to` in the place of `terms`.
    function amendmentDigest(bytes calldata terms, bytes calldata to) external view returns (bytes32);

    /// @notice The Disputes contract of this one.
    function disputes() external view returns (address);

    // For Disputes alone. Each checks status and time; who signed is checked there.

    /// @notice Records who came and the overtime, once, from the start until the opinion is overdue. Cancels for no fee
    /// where a required seat was absent.
    function attend(bytes calldata terms, uint16 seats, uint8 overtime) external returns (uint32 id);

    /// @notice Delivers without overtime for a team that came while the hospital did not; no attendance may be recorded.
    /// @param report salted commitment to the team's report
    function deliverUnattended(bytes calldata terms, bytes32 report, uint16 seats) external returns (uint32 id);

    /// @notice Puts the terms `to` in the place of `terms` while booked and not overdue: checks all that `book` checks, with
    /// the signatures on the amendment, and moves the hours. The price must be the same; Disputes sees to it.
    /// @param leaving doctors who sign last
    function amend(bytes calldata terms, bytes calldata to, uint32[] calldata leaving, bytes calldata signatures)
        external;

    /// @notice Marks what was delivered as disputed, within the review window.
    function contest(bytes calldata terms) external;

    /// @notice Ends a part of the escrow of what is disputed; settles with the last part.
    function releasePart(bytes calldata terms, uint96 funded, Leg[] calldata legs, bool last) external;
}
