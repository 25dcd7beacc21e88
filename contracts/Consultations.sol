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
import {TermsCodec} from "./libraries/TermsCodec.sol";
import {PartyKind} from "./types/Parties.sol";
import {Leg} from "./types/Payouts.sol";
import {Consultation, ConsultationStatus, Terms} from "./types/Terms.sol";

/// @dev The interface IConsultations is the book; what stands here says how.
contract Consultations is IConsultations, Statements {
    using TermsCodec for Terms;

    uint256 private constant WHOLE = 10_000;

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
    mapping(uint32 id => bytes32) public termsHashOf;
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
        Terms memory t = TermsCodec.decode(terms);
        uint32[] memory signers = _requireBookable(termsHash, t);
        REGISTRY.requireSigned(_hashTypedDataV4(t.structHash()), signers, signatures);

        id = ++consultationCount;
        termsHashOf[id] = termsHash;
        _consultations[termsHash].id = id;
        _consultations[termsHash].status = ConsultationStatus.Booked;
        _consultations[termsHash].bookedAt = uint40(block.timestamp);
        uint128 price = Split.price(t);
        emit Booked(id, termsHash, t.hospital, price, terms);

        SLOTS.reserve(t.doctors(), t.start, t.slots);
        LEDGER.escrow(id, t.hospital, price);
    }

    function deliver(
        bytes calldata terms,
        bytes32 opinion,
        uint16 seats,
        uint8 overtime,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        (Terms memory t, bytes32 termsHash, Consultation storage c) = _load(terms, ConsultationStatus.Booked);
        _requireDeliverable(t, c.bookedAt, seats, overtime);
        _requireSignedBy(
            keccak256(abi.encode(DELIVER, termsHash, opinion, seats, overtime, deadline)),
            t.seats[t.lead].doctor,
            signature
        );

        c.status = ConsultationStatus.Delivered;
        c.deliveredAt = uint40(block.timestamp);
        c.seats = seats;
        c.overtime = overtime;
        emit Delivered(c.id, opinion, seats, overtime);
    }

    function accept(bytes calldata terms, uint40 deadline, bytes calldata signature) external inTime(deadline) {
        (Terms memory t, bytes32 termsHash, Consultation storage c) = _load(terms, ConsultationStatus.Delivered);
        _requireSignedBy(keccak256(abi.encode(ACCEPT, termsHash, deadline)), t.hospital, signature);
        _settle(t, c, true);
    }

    function acceptByTime(bytes calldata terms) external {
        (Terms memory t,, Consultation storage c) = _load(terms, ConsultationStatus.Delivered);
        uint256 due = uint256(c.deliveredAt) + t.policy.reviewWindow;
        if (block.timestamp <= due) revert ReviewStillOpen(due, block.timestamp);
        _settle(t, c, false);
    }

    function cancel(bytes calldata terms, uint32 by, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        (Terms memory t, bytes32 termsHash, Consultation storage c) = _load(terms, ConsultationStatus.Booked);
        uint16 feeBps = _cancellationFee(t, by);
        _requireSignedBy(keccak256(abi.encode(CANCEL, termsHash, by, deadline)), by, signature);

        c.status = ConsultationStatus.Cancelled;
        uint32 id = c.id;
        emit Cancelled(id, by, feeBps);
        SLOTS.release(t.doctors(), t.start, t.slots);
        Leg[] memory legs;
        if (feeBps != 0) legs = Split.legs(t, type(uint16).max, 0, feeBps);
        LEDGER.release(id, t.hospital, Split.price(t), legs);
    }

    function expire(bytes calldata terms) external {
        (Terms memory t,, Consultation storage c) = _load(terms, ConsultationStatus.Booked);
        uint256 due = t.endsAt() + t.policy.deliverWindow;
        if (block.timestamp <= due) revert DeliveryStillOpen(due, block.timestamp);

        c.status = ConsultationStatus.Expired;
        uint32 id = c.id;
        emit Expired(id);
        LEDGER.release(id, t.hospital, Split.price(t), new Leg[](0));
    }

    // Views

    function consultationOf(bytes32 termsHash) external view returns (Consultation memory) {
        return _consultations[termsHash];
    }

    function bookingDigest(bytes calldata terms) external view returns (bytes32) {
        return _hashTypedDataV4(TermsCodec.decode(terms).structHash());
    }

    function signersOf(bytes calldata terms) external view returns (uint32[] memory) {
        return _requireBookable(keccak256(terms), TermsCodec.decode(terms));
    }

    // Internal

    /// @dev All that `book` asks except the signatures, the hours and the money; answers who has to sign.
    function _requireBookable(bytes32 termsHash, Terms memory t) private view returns (uint32[] memory) {
        uint32 id = _consultations[termsHash].id;
        if (id != 0) revert AlreadyBooked(id);
        if (block.timestamp > t.signBy) revert StatementExpired(t.signBy, block.timestamp);
        uint256 start = t.startsAt();
        if (block.timestamp >= start) revert StartInThePast(start, block.timestamp);
        Split.requireShares(t);
        uint40 end = uint40(t.endsAt());
        CASES.requireConsent(t.documents.caseFile, t.documents.consent, t.hospital, end);
        uint32[] memory institutions = REGISTRY.requireBookable(t.hospital, t.seats, end);
        uint32[] memory leads = GROUPS.requireBookable(t.seats);
        if (t.pricing.platformBps != 0) REGISTRY.requireActive(t.pricing.platform, PartyKind.Platform);
        return _signers(t, institutions, leads);
    }

    /// @dev The hospital, the doctors, then whoever the seats still need.
    function _signers(Terms memory t, uint32[] memory institutions, uint32[] memory leads)
        private
        pure
        returns (uint32[] memory signers)
    {
        uint256 seats = t.seats.length;
        uint256 count = 1 + seats;
        for (uint256 i; i < seats; ++i) {
            if (institutions[i] != 0) ++count;
            if (leads[i] != 0) ++count;
        }
        signers = new uint32[](count);
        signers[0] = t.hospital;
        uint256 next = 1;
        for (uint256 i; i < seats; ++i) {
            signers[next++] = t.seats[i].doctor;
        }
        for (uint256 i; i < seats; ++i) {
            if (institutions[i] != 0) signers[next++] = institutions[i];
        }
        for (uint256 i; i < seats; ++i) {
            if (leads[i] != 0) signers[next++] = leads[i];
        }
    }

    function _requireDeliverable(Terms memory t, uint40 bookedAt, uint256 seats, uint256 overtime) private view {
        uint256 start = t.startsAt();
        if (block.timestamp < start) revert NotStarted(start, block.timestamp);
        uint256 end = t.endsAt();
        uint256 due = end + t.policy.deliverWindow;
        if (block.timestamp > due) revert DeliveryTooLate(due, block.timestamp);
        uint256 required = t.requiredSeats();
        if (seats & required != required) revert RequiredSeatMissing(seats, required);
        if (seats >> t.seats.length != 0) revert SeatOutOfRange(seats, t.seats.length);
        if (overtime > t.pricing.overtimeSteps) revert OvertimeNotAgreed(overtime, t.pricing.overtimeSteps);
        // Booking checked every seat up to the end of the session; only a later loss can have changed that.
        if (REGISTRY.lastLoss() >= bookedAt) REGISTRY.requireSeats(t.seats, seats, uint40(end));
    }

    function _cancellationFee(Terms memory t, uint32 by) private view returns (uint16) {
        uint256 start = t.startsAt();
        if (block.timestamp >= start) revert AlreadyStarted(start, block.timestamp);
        if (by == t.seats[t.lead].doctor) return 0;
        if (by != t.hospital) revert MayNotCancel(by);
        uint256 left = start - block.timestamp;
        if (left >= t.policy.freeBefore) return 0;
        return left >= t.policy.partialBefore ? t.policy.partialBps : t.policy.lateBps;
    }

    function _settle(Terms memory t, Consultation storage c, bool accepted) private {
        c.status = ConsultationStatus.Settled;
        uint32 id = c.id;
        emit Settled(id, accepted);
        LEDGER.release(id, t.hospital, Split.price(t), Split.legs(t, c.seats, c.overtime, WHOLE));
    }

    function _load(bytes calldata terms, ConsultationStatus needed)
        private
        view
        returns (Terms memory t, bytes32 termsHash, Consultation storage c)
    {
        termsHash = keccak256(terms);
        c = _consultations[termsHash];
        ConsultationStatus status = c.status;
        if (status == ConsultationStatus.None) revert UnknownTerms(termsHash);
        if (status != needed) revert WrongStatus(uint8(status), uint8(needed));
        t = TermsCodec.decode(terms);
    }

    function _requireSignedBy(bytes32 structHash, uint32 party, bytes calldata signature) private view {
        REGISTRY.requireSignedBy(_hashTypedDataV4(structHash), party, signature);
    }
}
