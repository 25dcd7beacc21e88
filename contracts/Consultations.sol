// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Disputes} from "./Disputes.sol";
import {ICaseAccess} from "./interfaces/ICaseAccess.sol";
import {IConsultations} from "./interfaces/IConsultations.sol";
import {ICredentialRegistry} from "./interfaces/ICredentialRegistry.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
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
    uint32 private constant NOBODY = 0;
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
    IDisputes private immutable DISPUTES;

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
        DISPUTES = new Disputes(registry, this);
    }

    modifier onlyDisputes() {
        if (msg.sender != address(DISPUTES)) revert NotDisputes(msg.sender);
        _;
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

        _takeHours(terms);
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
        _requireAttended(c, seats, overtime);
        _requireDeliverable(terms, c.bookedAt, seats, overtime);
        _requireSignedBy(
            keccak256(abi.encode(DELIVER, termsHash, opinion, seats, overtime, deadline)),
            terms.leadingDoctor(),
            signature
        );
        _deliver(c, id, opinion, seats, overtime);
    }

    function accept(bytes calldata terms, uint40 deadline, bytes calldata signature) external inTime(deadline) {
        (bytes32 termsHash, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Delivered);
        _requireSignedBy(keccak256(abi.encode(ACCEPT, termsHash, deadline)), terms.hospital(), signature);
        _settle(terms, c, id, c.overtime, true);
    }

    function acceptByTime(bytes calldata terms) external {
        (, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Delivered);
        uint256 due = _after(c.deliveredAt, terms.reviewWindow());
        if (block.timestamp <= due) revert ReviewStillOpen(due, block.timestamp);
        _settle(terms, c, id, _witnessedOvertime(c), false);
    }

    function cancel(bytes calldata terms, uint32 by, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        (bytes32 termsHash, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Booked);
        uint16 feeBps = _cancellationFee(terms, by);
        _requireSignedBy(keccak256(abi.encode(CANCEL, termsHash, by, deadline)), by, signature);
        _cancel(terms, c, id, by, feeBps);
    }

    function cancelWithdrawn(bytes calldata terms) external {
        (, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Booked);
        uint256 start = terms.startsAt();
        if (block.timestamp >= start) revert AlreadyStarted(start, block.timestamp);
        bytes32 consent = terms.consent();
        ICaseAccess.Consent memory given = CASES.consentOf(terms.caseFile(), consent);
        if (!given.withdrawn) revert ConsentStands(consent);
        // A consent ends when it is withdrawn; nobody is to gain by calling later.
        _cancel(terms, c, id, NOBODY, _feeOf(terms, start - given.validUntil));
    }

    function expire(bytes calldata terms) external {
        (, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Booked);
        uint256 due = _deliveryDue(terms);
        if (block.timestamp <= due) revert DeliveryStillOpen(due, block.timestamp);

        uint96 escrowed = c.escrowed;
        (c.status, c.escrowed) = (ConsultationStatus.Expired, 0);
        emit Expired(id);
        LEDGER.release(id, terms.hospital(), escrowed, new Leg[](0));
    }

    // For Disputes alone

    function attend(bytes calldata terms, uint16 seats, uint8 overtime) external onlyDisputes returns (uint32 id) {
        Consultation storage c;
        (, c, id) = _load(terms, ConsultationStatus.Booked);
        if (c.attended != 0) revert AttendanceStands(c.attended);
        _requireSession(terms);
        _requireAgreed(terms, seats, overtime);
        uint256 required = terms.requiredSeats();
        if (seats & required == required) (c.attended, c.overtime) = (seats, overtime);
        else _cancel(terms, c, id, NOBODY, 0);
    }

    function deliverUnattended(bytes calldata terms, bytes32 report, uint16 seats)
        external
        onlyDisputes
        returns (uint32 id)
    {
        Consultation storage c;
        (, c, id) = _load(terms, ConsultationStatus.Booked);
        if (c.attended != 0) revert AttendanceStands(c.attended);
        _requireDeliverable(terms, c.bookedAt, seats, 0);
        _deliver(c, id, report, seats, 0);
    }

    function amend(bytes calldata terms, bytes calldata to, uint32[] calldata leaving, bytes calldata signatures)
        external
        onlyDisputes
    {
        (bytes32 replaced,,) = _load(terms, ConsultationStatus.Booked);
        uint256 due = _deliveryDue(terms);
        if (block.timestamp > due) revert DeliveryTooLate(due, block.timestamp);
        uint32[] memory consenters = _joined(_requireBookable(keccak256(to), to), leaving);
        _requireAmendmentSigned(replaced, to, consenters, signatures);

        bytes32 termsHash = keccak256(to);
        uint32 id = _replace(replaced, termsHash);
        emit Amended(id, replaced, termsHash, to);
        _freeHours(terms);
        _takeHours(to);
    }

    function contest(bytes calldata terms) external onlyDisputes {
        (bytes32 termsHash, Consultation storage c,) = _find(terms);
        ConsultationStatus status = c.status;
        if (status == ConsultationStatus.None) revert UnknownTerms(termsHash);
        if (status != ConsultationStatus.Disputed && status != ConsultationStatus.Delivered) {
            revert WrongStatus(uint8(status), uint8(ConsultationStatus.Delivered));
        }
        uint256 due = _after(c.deliveredAt, terms.reviewWindow());
        if (block.timestamp > due) revert ReviewOver(due, block.timestamp);
        (c.overtime, c.status) = (_witnessedOvertime(c), ConsultationStatus.Disputed);
    }

    function releasePart(bytes calldata terms, uint96 funded, Leg[] calldata legs, bool last) external onlyDisputes {
        (, Consultation storage c, uint32 id) = _load(terms, ConsultationStatus.Disputed);
        c.escrowed -= funded;
        if (last) {
            c.status = ConsultationStatus.Settled;
            emit Settled(id, false);
        }
        LEDGER.release(id, terms.hospital(), funded, legs);
    }

    // Views

    function disputes() external view returns (address) {
        return address(DISPUTES);
    }

    function consultationOf(bytes32 termsHash) external view returns (Consultation memory) {
        return _consultations[termsHash];
    }

    function bookingDigest(bytes calldata terms) external view returns (bytes32) {
        terms.requireWellFormed();
        return _hashTypedDataV4(terms.structHash());
    }

    function amendmentDigest(bytes calldata terms, bytes calldata to) external view returns (bytes32) {
        to.requireWellFormed();
        return _hashTypedDataV4(to.amendmentHash(keccak256(terms)));
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

    /// @dev That the seats and the overtime of a delivery are those of the attendance, where it was recorded.
    function _requireAttended(Consultation storage c, uint16 seats, uint8 overtime) private view {
        (uint16 attended, uint8 recorded) = (c.attended, c.overtime);
        if (attended == 0) return;
        if (seats & ~attended != 0) revert SeatAbsent(seats, attended);
        if (overtime != recorded) revert OvertimeDiffers(overtime, recorded);
    }

    function _requireDeliverable(bytes calldata terms, uint40 bookedAt, uint256 seats, uint256 overtime) private view {
        _requireSession(terms);
        uint256 required = terms.requiredSeats();
        if (seats & required != required) revert RequiredSeatMissing(seats, required);
        _requireAgreed(terms, seats, overtime);
        // Booking checked every seat up to the end of the session; only a later loss can have changed that.
        if (REGISTRY.lastLoss() >= bookedAt) REGISTRY.requireSeats(terms, seats, uint40(terms.endsAt()));
    }

    /// @dev From the start of the session until the opinion is overdue.
    function _requireSession(bytes calldata terms) private view {
        uint256 start = terms.startsAt();
        if (block.timestamp < start) revert NotStarted(start, block.timestamp);
        uint256 due = _deliveryDue(terms);
        if (block.timestamp > due) revert DeliveryTooLate(due, block.timestamp);
    }

    function _requireAgreed(bytes calldata terms, uint256 seats, uint256 overtime) private pure {
        uint256 count = terms.seatCount();
        if (seats >> count != 0) revert SeatOutOfRange(seats, count);
        if (overtime > terms.overtimeSteps()) revert OvertimeNotAgreed(overtime, terms.overtimeSteps());
    }

    function _deliveryDue(bytes calldata terms) private pure returns (uint256) {
        return _after(terms.endsAt(), terms.deliverWindow());
    }

    function _cancellationFee(bytes calldata terms, uint32 by) private view returns (uint16) {
        uint256 start = terms.startsAt();
        if (block.timestamp >= start) revert AlreadyStarted(start, block.timestamp);
        if (by == terms.leadingDoctor()) return 0;
        if (by != terms.hospital()) revert MayNotCancel(by);
        return _feeOf(terms, start - block.timestamp);
    }

    /// @dev What the hospital owes so many seconds before the start, in bps.
    function _feeOf(bytes calldata terms, uint256 left) private pure returns (uint16) {
        if (left >= terms.freeBefore()) return 0;
        return left >= terms.partialBefore() ? terms.partialBps() : terms.lateBps();
    }

    /// @dev What the lead claims alone is paid on the hospital's signature and not otherwise.
    function _witnessedOvertime(Consultation storage c) private view returns (uint8) {
        (uint16 attended, uint8 overtime) = (c.attended, c.overtime);
        return attended == 0 ? 0 : overtime;
    }

    function _deliver(Consultation storage c, uint32 id, bytes32 opinion, uint16 seats, uint8 overtime) private {
        (c.deliveredAt, c.seats, c.overtime, c.status) =
        (uint40(block.timestamp), seats, overtime, ConsultationStatus.Delivered);
        emit Delivered(id, opinion, seats, overtime);
    }

    function _settle(bytes calldata terms, Consultation storage c, uint32 id, uint8 overtime, bool accepted) private {
        (uint16 seats, uint96 escrowed) = (c.seats, c.escrowed);
        (c.status, c.overtime, c.escrowed) = (ConsultationStatus.Settled, overtime, 0);
        emit Settled(id, accepted);
        LEDGER.release(id, terms.hospital(), escrowed, Split.legs(terms, seats, overtime, WHOLE));
    }

    function _cancel(bytes calldata terms, Consultation storage c, uint32 id, uint32 by, uint16 feeBps) private {
        uint96 escrowed = c.escrowed;
        (c.status, c.escrowed) = (ConsultationStatus.Cancelled, 0);
        emit Cancelled(id, by, feeBps);
        _freeHours(terms);
        Leg[] memory legs = feeBps == 0 ? new Leg[](0) : Split.legs(terms, ALL_SEATS, 0, feeBps);
        LEDGER.release(id, terms.hospital(), escrowed, legs);
    }

    function _requireAmendmentSigned(
        bytes32 replaced,
        bytes calldata to,
        uint32[] memory consenters,
        bytes calldata signatures
    ) private view {
        bytes32 digest = _hashTypedDataV4(to.amendmentHash(replaced));
        REGISTRY.requireBooked(to, uint40(to.endsAt()), consenters, digest, signatures);
    }

    /// @dev Moves what is booked to other terms. The id stays with the old ones too, so that they are never booked again.
    function _replace(bytes32 replaced, bytes32 termsHash) private returns (uint32 id) {
        (Consultation storage c, Consultation storage next) = (_consultations[replaced], _consultations[termsHash]);
        id = c.id;
        (next.status, next.id, next.bookedAt, next.escrowed) =
        (ConsultationStatus.Booked, id, uint40(block.timestamp), c.escrowed);
        (c.status, c.escrowed) = (ConsultationStatus.Cancelled, 0);
    }

    function _takeHours(bytes calldata terms) private {
        SLOTS.reserve(terms.doctors(), uint32(terms.start()), uint8(terms.slots()));
    }

    function _freeHours(bytes calldata terms) private {
        SLOTS.release(terms.doctors(), uint32(terms.start()), uint8(terms.slots()));
    }

    function _joined(uint32[] memory first, uint32[] calldata second) private pure returns (uint32[] memory list) {
        list = new uint32[](first.length + second.length);
        for (uint256 i; i < first.length; ++i) {
            list[i] = first[i];
        }
        for (uint256 i; i < second.length; ++i) {
            list[first.length + i] = second[i];
        }
    }

    /// @dev Terms that were booked are known by their hash, so they are well formed.
    function _load(bytes calldata terms, ConsultationStatus needed)
        private
        view
        returns (bytes32 termsHash, Consultation storage c, uint32 id)
    {
        (termsHash, c, id) = _find(terms);
        ConsultationStatus status = c.status;
        if (status == ConsultationStatus.None) revert UnknownTerms(termsHash);
        if (status != needed) revert WrongStatus(uint8(status), uint8(needed));
    }

    function _find(bytes calldata terms) private view returns (bytes32 termsHash, Consultation storage c, uint32 id) {
        termsHash = keccak256(terms);
        c = _consultations[termsHash];
        id = c.id;
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
