// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICaseAccess} from "./interfaces/ICaseAccess.sol";
import {IConsultations} from "./interfaces/IConsultations.sol";
import {ICredentialRegistry} from "./interfaces/ICredentialRegistry.sol";
import {IDoctorGroups} from "./interfaces/IDoctorGroups.sol";
import {IRevenueLedger} from "./interfaces/IRevenueLedger.sol";
import {ISlotBook} from "./interfaces/ISlotBook.sol";
import {Split} from "./libraries/Split.sol";
import {Statements} from "./libraries/Statements.sol";
import {SeatWord, TermsCodec} from "./libraries/TermsCodec.sol";
import {TermsHash} from "./libraries/TermsHash.sol";
import {Leg} from "./types/Payouts.sol";
import {Consultation, ConsultationStatus} from "./types/Terms.sol";

/// @dev The interface IConsultations is the book; what stands here says how.
contract Consultations is IConsultations, Statements {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;
    using TermsHash for bytes;

    uint256 private constant WHOLE = 10_000;
    uint256 private constant ALL_SEATS = type(uint16).max;

    bytes32 private constant DELIVER =
        keccak256("Deliver(bytes32 terms,bytes32 opinion,uint16 seats,uint8 overtime,uint40 deadline)");
    bytes32 private constant ACCEPT = keccak256("Accept(bytes32 terms,uint40 deadline)");
    bytes32 private constant CANCEL = keccak256("Cancel(bytes32 terms,uint32 by,uint40 deadline)");

    ICredentialRegistry private immutable REGISTRY;
    IDoctorGroups private immutable GROUPS;
    ISlotBook private immutable SLOTS;
    ICaseAccess private immutable CASES;
    IRevenueLedger private immutable LEDGER;

    uint32 public consultationCount;
    mapping(bytes32 termsHash => Consultation) private _consultations;

    constructor(
        ICredentialRegistry registry,
        IDoctorGroups groups,
        ISlotBook slots,
        ICaseAccess cases,
        IRevenueLedger ledger
    ) {
        (REGISTRY, GROUPS, SLOTS, CASES, LEDGER) = (registry, groups, slots, cases, ledger);
    }

    function book(bytes calldata terms, bytes calldata signatures) external returns (uint32 id) {
        bytes32 termsHash = keccak256(terms);
        uint32[] memory leads = _requireBookable(termsHash, terms);
        bytes32 digest = _hashTypedDataV4(terms.structHash());
        REGISTRY.requireBooked(terms, uint40(terms.endsAt()), leads, digest, signatures);

        id = ++consultationCount;
        uint32 hospital = terms.hospital();
        uint96 price = Split.price(terms);
        Consultation storage c = _consultations[termsHash];
        (c.status, c.id, c.bookedAt, c.escrowed) = (ConsultationStatus.Booked, id, uint40(block.timestamp), price);
        emit Booked(id, termsHash, hospital, price, terms);

        SLOTS.reserve(terms.doctors(), uint32(terms.start()), uint8(terms.slots()));
        LEDGER.escrow(id, hospital, price);
    }

    function deliver(
        bytes calldata terms,
        bytes32 opinion,
        uint16 seats,
        uint8 overtime,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        (bytes32 termsHash, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Booked);
        _requireDeliverable(terms, c.bookedAt, seats, overtime);
        _requireSignedBy(
            keccak256(abi.encode(DELIVER, termsHash, opinion, seats, overtime, deadline)),
            terms.leadingDoctor(),
            signature
        );

        (c.deliveredAt, c.seats, c.overtime, c.status) =
        (uint40(block.timestamp), seats, overtime, ConsultationStatus.Delivered);
        emit Delivered(id, opinion, seats, overtime);
    }

    function accept(bytes calldata terms, uint40 deadline, bytes calldata signature) external inTime(deadline) {
        (bytes32 termsHash, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Delivered);
        _requireSignedBy(keccak256(abi.encode(ACCEPT, termsHash, deadline)), terms.hospital(), signature);
        _settle(terms, c, id, true);
    }

    function acceptByTime(bytes calldata terms) external {
        (, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Delivered);
        uint256 due = _after(c.deliveredAt, terms.reviewWindow());
        if (block.timestamp <= due) revert ReviewStillOpen(due, block.timestamp);
        _settle(terms, c, id, false);
    }

    function cancel(bytes calldata terms, uint32 by, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        (bytes32 termsHash, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Booked);
        uint16 feeBps = _cancellationFee(terms, by);
        _requireSignedBy(keccak256(abi.encode(CANCEL, termsHash, by, deadline)), by, signature);

        c.status = ConsultationStatus.Cancelled;
        emit Cancelled(id, by, feeBps);
        SLOTS.release(terms.doctors(), uint32(terms.start()), uint8(terms.slots()));
        _release(terms, c, feeBps == 0 ? new Leg[](0) : Split.legs(terms, ALL_SEATS, 0, feeBps));
    }

    function expire(bytes calldata terms) external {
        (, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Booked);
        uint256 due = _after(terms.endsAt(), terms.deliverWindow());
        if (block.timestamp <= due) revert DeliveryStillOpen(due, block.timestamp);

        c.status = ConsultationStatus.Expired;
        emit Expired(id);
        _release(terms, c, new Leg[](0));
    }

    // Views

    function consultationOf(bytes32 termsHash) external view returns (Consultation memory) {
        return _consultations[termsHash];
    }

    function bookingDigest(bytes calldata terms) external view returns (bytes32) {
        terms.requireWellFormed();
        return _hashTypedDataV4(terms.structHash());
    }

    function signersOf(bytes calldata terms) external view returns (uint32[] memory) {
        uint32[] memory leads = _requireBookable(keccak256(terms), terms);
        return REGISTRY.signersOf(terms, uint40(terms.endsAt()), leads);
    }

    // Internal

    /// @dev All that `book` asks of the terms, the patient and the groups; answers the leads who have to sign.
    function _requireBookable(bytes32 termsHash, bytes calldata terms) private view returns (uint32[] memory) {
        uint32 id = _consultations[termsHash].id;
        if (id != 0) revert AlreadyBooked(id);
        terms.requireWellFormed();
        if (block.timestamp > terms.signBy()) revert StatementExpired(terms.signBy(), block.timestamp);
        uint256 start = terms.startsAt();
        if (block.timestamp >= start) revert StartInThePast(start, block.timestamp);
        Split.requireSplittable(terms);
        CASES.requireConsent(terms.caseFile(), terms.consent(), terms.hospital(), uint40(terms.endsAt()));
        return GROUPS.requireBookable(terms);
    }

    function _requireDeliverable(bytes calldata terms, uint40 bookedAt, uint256 seats, uint256 overtime) private view {
        uint256 start = terms.startsAt();
        if (block.timestamp < start) revert NotStarted(start, block.timestamp);
        uint256 end = terms.endsAt();
        uint256 due = _after(end, terms.deliverWindow());
        if (block.timestamp > due) revert DeliveryTooLate(due, block.timestamp);
        uint256 required = terms.requiredSeats();
        if (seats & required != required) revert RequiredSeatMissing(seats, required);
        uint256 count = terms.seatCount();
        if (seats >> count != 0) revert SeatOutOfRange(seats, count);
        if (overtime > terms.overtimeSteps()) revert OvertimeNotAgreed(overtime, terms.overtimeSteps());
        // Booking checked every seat up to the end of the session; only a later loss can have changed that.
        if (REGISTRY.lastLoss() >= bookedAt) REGISTRY.requireSeats(terms, seats, uint40(end));
    }

    function _cancellationFee(bytes calldata terms, uint32 by) private view returns (uint16) {
        uint256 start = terms.startsAt();
        if (block.timestamp >= start) revert AlreadyStarted(start, block.timestamp);
        if (by == terms.leadingDoctor()) return 0;
        if (by != terms.hospital()) revert MayNotCancel(by);
        uint256 left = start - block.timestamp;
        if (left >= terms.freeBefore()) return 0;
        return left >= terms.partialBefore() ? terms.partialBps() : terms.lateBps();
    }

    function _settle(bytes calldata terms, Consultation storage c, uint32 id, bool accepted) private {
        (uint16 seats, uint8 overtime) = (c.seats, c.overtime);
        c.status = ConsultationStatus.Settled;
        emit Settled(id, accepted);
        _release(terms, c, Split.legs(terms, seats, overtime, WHOLE));
    }

    function _release(bytes calldata terms, Consultation storage c, Leg[] memory legs) private {
        (uint32 id, uint96 escrowed) = (c.id, c.escrowed);
        LEDGER.release(id, terms.hospital(), escrowed, legs);
    }

    /// @dev Terms that were booked are known by their hash, so they are well formed.
    function _load(bytes calldata terms, ConsultationStatus needed)
        private
        view
        returns (bytes32 termsHash, Consultation storage c, uint32 id)
    {
        termsHash = keccak256(terms);
        c = _consultations[termsHash];
        ConsultationStatus status;
        (id, status) = (c.id, c.status);
        if (status == ConsultationStatus.None) revert UnknownTerms(termsHash);
        if (status != needed) revert WrongStatus(uint8(status), uint8(needed));
    }

    /// @dev A moment and a window have 40 bits at most.
    function _after(uint256 moment, uint256 window) private pure returns (uint256) {
        unchecked {
            return moment + window;
        }
    }

    function _requireSignedBy(bytes32 structHash, uint32 party, bytes calldata signature) private view {
        REGISTRY.requireSignedBy(_hashTypedDataV4(structHash), party, signature);
    }
}
