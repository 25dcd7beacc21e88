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
import {Booking, ConsultationWord} from "./libraries/ConsultationWord.sol";
import {Split} from "./libraries/Split.sol";
import {Statements} from "./libraries/Statements.sol";
import {SeatWord, TermsCodec} from "./libraries/TermsCodec.sol";
import {TermsHash} from "./libraries/TermsHash.sol";
import {Leg} from "./types/Payouts.sol";
import {Consultation, ConsultationStatus} from "./types/Terms.sol";

/// @dev The interface IConsultations is the book; what stands here says how.
contract Consultations is IConsultations, Statements {
    using ConsultationWord for Booking;
    using ConsultationWord for Consultation;
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
        (bytes32 termsHash, Consultation storage c, Booking word) = _load(terms, ConsultationStatus.Booked);
        _requireAttended(word, seats, overtime);
        _requireComplete(terms, seats, overtime);
        uint40 lastLoss = _lastLossIfSigned(
            keccak256(abi.encode(DELIVER, termsHash, opinion, seats, overtime, deadline)),
            terms.leadingDoctor(),
            signature
        );
        _requireQualified(terms, seats, word, lastLoss);
        _deliver(c, word, opinion, seats, overtime);
    }

    function accept(bytes calldata terms, uint40 deadline, bytes calldata signature) external inTime(deadline) {
        (bytes32 termsHash, Consultation storage c, Booking word) = _load(terms, ConsultationStatus.Delivered);
        // Whoever was left out keeps the time to contest it.
        if (word.seats() != terms.allSeats()) _requireReviewed(terms, word);
        _requireSignedBy(keccak256(abi.encode(ACCEPT, termsHash, deadline)), terms.hospital(), signature);
        _settle(terms, c, word, word.overtime(), true);
    }

    function acceptByTime(bytes calldata terms) external {
        (, Consultation storage c, Booking word) = _load(terms, ConsultationStatus.Delivered);
        _requireReviewed(terms, word);
        _settle(terms, c, word, _witnessedOvertime(word), false);
    }

    function cancel(bytes calldata terms, uint32 by, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        (bytes32 termsHash, Consultation storage c, Booking word) = _load(terms, ConsultationStatus.Booked);
        uint16 feeBps = _cancellationFee(terms, by);
        _requireSignedBy(keccak256(abi.encode(CANCEL, termsHash, by, deadline)), by, signature);
        _cancel(terms, c, word, by, feeBps);
    }

    function cancelWithdrawn(bytes calldata terms) external {
        (, Consultation storage c, Booking word) = _load(terms, ConsultationStatus.Booked);
        uint256 start = terms.startsAt();
        if (block.timestamp >= start) revert AlreadyStarted(start, block.timestamp);
        bytes32 consent = terms.consent();
        ICaseAccess.Consent memory given = CASES.consentOf(terms.caseFile(), consent);
        if (!given.withdrawn) revert ConsentStands(consent);
        // A consent ends when it is withdrawn; nobody is to gain by calling later.
        _cancel(terms, c, word, NOBODY, _feeOf(terms, start - given.validUntil));
    }

    function expire(bytes calldata terms) external {
        (, Consultation storage c, Booking word) = _load(terms, ConsultationStatus.Booked);
        uint256 due = _deliveryDue(terms);
        if (block.timestamp <= due) revert DeliveryStillOpen(due, block.timestamp);

        c.store(word.withStatus(ConsultationStatus.Expired).withEscrowed(0));
        uint32 id = word.id();
        emit Expired(id);
        _release(id, terms.hospital(), word.escrowed(), new Leg[](0));
    }

    // For Disputes alone

    function attend(bytes calldata terms, uint16 seats, uint8 overtime) external onlyDisputes returns (uint32 id) {
        (, Consultation storage c, Booking word) = _loadUnattended(terms);
        id = word.id();
        _requireSession(terms);
        _requireAgreed(terms, seats, overtime);
        uint256 required = terms.requiredSeats();
        if (seats & required == required) (c.attended, c.overtime) = (seats, overtime);
        else _cancel(terms, c, word, NOBODY, 0);
    }

    function deliverUnattended(bytes calldata terms, bytes32 report, uint16 seats)
        external
        onlyDisputes
        returns (uint32 id)
    {
        (, Consultation storage c, Booking word) = _loadUnattended(terms);
        _requireComplete(terms, seats, 0);
        _requireQualified(terms, seats, word, REGISTRY.lastLoss());
        return _deliver(c, word, report, seats, 0);
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
        (bytes32 termsHash, Consultation storage c, Booking word) = _find(terms);
        if (!word.has(ConsultationStatus.Disputed)) _requireStatus(termsHash, word, ConsultationStatus.Delivered);
        uint256 due = _after(word.deliveredAt(), terms.reviewWindow());
        if (block.timestamp > due) revert ReviewOver(due, block.timestamp);
        (c.overtime, c.status) = (_witnessedOvertime(word), ConsultationStatus.Disputed);
    }

    function releasePart(bytes calldata terms, uint96 funded, Leg[] calldata legs, bool last) external onlyDisputes {
        (, Consultation storage c, Booking word) = _load(terms, ConsultationStatus.Disputed);
        uint32 id = word.id();
        c.escrowed = word.escrowed() - funded;
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
    function _requireAttended(Booking word, uint16 seats, uint8 overtime) private pure {
        uint16 attended = word.attended();
        if (attended == 0) return;
        uint8 recorded = word.overtime();
        if (seats & ~attended != 0) revert SeatAbsent(seats, attended);
        if (overtime != recorded) revert OvertimeDiffers(overtime, recorded);
    }

    /// @dev That the session began, the opinion is not overdue and no required seat is missing.
    function _requireComplete(bytes calldata terms, uint256 seats, uint256 overtime) private view {
        _requireSession(terms);
        // Most deliveries are by all seats.
        if (seats != terms.allSeats()) {
            uint256 required = terms.requiredSeats();
            if (seats & required != required) revert RequiredSeatMissing(seats, required);
        }
        _requireAgreed(terms, seats, overtime);
    }

    /// @dev Booking checked every seat up to the end of the session; only a later loss can have changed that.
    function _requireQualified(bytes calldata terms, uint256 seats, Booking word, uint256 lastLoss) private view {
        if (lastLoss >= word.bookedAt()) REGISTRY.requireSeats(terms, seats, uint40(terms.endsAt()));
    }

    function _requireReviewed(bytes calldata terms, Booking word) private view {
        uint256 due = _after(word.deliveredAt(), terms.reviewWindow());
        if (block.timestamp <= due) revert ReviewStillOpen(due, block.timestamp);
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
    function _witnessedOvertime(Booking word) private pure returns (uint8) {
        return word.attended() == 0 ? 0 : word.overtime();
    }

    function _deliver(Consultation storage c, Booking word, bytes32 opinion, uint16 seats, uint8 overtime)
        private
        returns (uint32 id)
    {
        (c.deliveredAt, c.seats, c.overtime, c.status) =
        (uint40(block.timestamp), seats, overtime, ConsultationStatus.Delivered);
        id = word.id();
        emit Delivered(id, opinion, seats, overtime);
    }

    function _settle(bytes calldata terms, Consultation storage c, Booking word, uint8 overtime, bool accepted)
        private
    {
        c.store(word.withStatus(ConsultationStatus.Settled).withOvertime(overtime).withEscrowed(0));
        uint32 id = word.id();
        emit Settled(id, accepted);
        _release(id, terms.hospital(), word.escrowed(), Split.legs(terms, word.seats(), overtime, WHOLE));
    }

    function _cancel(bytes calldata terms, Consultation storage c, Booking word, uint32 by, uint16 feeBps) private {
        c.store(word.withStatus(ConsultationStatus.Cancelled).withEscrowed(0));
        uint32 id = word.id();
        emit Cancelled(id, by, feeBps);
        _freeHours(terms);
        Leg[] memory legs = feeBps == 0 ? new Leg[](0) : Split.legs(terms, ALL_SEATS, 0, feeBps);
        _release(id, terms.hospital(), word.escrowed(), legs);
    }

    /// @dev LEDGER.release(id, hospital, funded, legs), whose legs the compiler would copy one by one.
    /// It need not ask whether the ledger has code: it took the escrow.
    function _release(uint256 id, uint256 hospital, uint256 funded, Leg[] memory legs) private {
        (address ledger, bytes4 selector) = (address(LEDGER), IRevenueLedger.release.selector);
        assembly ("memory-safe") {
            let free := mload(64)
            let size := mul(add(mload(legs), 1), 32)
            mstore(free, selector)
            mstore(add(free, 4), id)
            mstore(add(free, 36), hospital)
            mstore(add(free, 68), funded)
            mstore(add(free, 100), 128)
            mcopy(add(free, 132), legs, size)
            if iszero(call(gas(), ledger, 0, free, add(size, 132), 0, 0)) {
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
        }
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
        _moveHours(ISlotBook.reserve.selector, terms);
    }

    function _freeHours(bytes calldata terms) private {
        _moveHours(ISlotBook.release.selector, terms);
    }

    /// @dev SLOTS.reserve or release (doctors, start, slots). The doctors go straight from the seats into the call: the
    /// compiler would copy them one by one into a list and then into the call.
    function _moveHours(bytes4 selector, bytes calldata terms) private {
        (address book_, uint256 start, uint256 slots) = (address(SLOTS), terms.start(), terms.slots());
        (uint256 count, uint256 place) = (terms.seatCount(), terms.firstSeat());
        assembly ("memory-safe") {
            if iszero(extcodesize(book_)) { revert(0, 0) }
            let free := mload(64)
            mstore(free, selector)
            mstore(add(free, 4), 96)
            mstore(add(free, 36), start)
            mstore(add(free, 68), slots)
            mstore(add(free, 100), count)
            let next := add(free, 132)
            for { let end := add(next, mul(count, 32)) } lt(next, end) { next := add(next, 32) } {
                // The first four bytes of a seat.
                mstore(next, shr(224, calldataload(place)))
                place := add(place, 55)
            }
            if iszero(call(gas(), book_, 0, free, sub(next, free), 0, 0)) {
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
        }
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
        returns (bytes32 termsHash, Consultation storage c, Booking word)
    {
        (termsHash, c, word) = _find(terms);
        _requireStatus(termsHash, word, needed);
    }

    /// @dev Booked, and no attendance recorded.
    function _loadUnattended(bytes calldata terms)
        private
        view
        returns (bytes32 termsHash, Consultation storage c, Booking word)
    {
        (termsHash, c, word) = _load(terms, ConsultationStatus.Booked);
        if (word.attended() != 0) revert AttendanceStands(word.attended());
    }

    function _find(bytes calldata terms)
        private
        view
        returns (bytes32 termsHash, Consultation storage c, Booking word)
    {
        termsHash = keccak256(terms);
        c = _consultations[termsHash];
        word = c.load();
    }

    function _requireStatus(bytes32 termsHash, Booking word, ConsultationStatus needed) private pure {
        if (word.has(needed)) return;
        if (word.has(ConsultationStatus.None)) revert UnknownTerms(termsHash);
        revert WrongStatus(uint8(word.status()), uint8(needed));
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

    function _lastLossIfSigned(bytes32 structHash, uint32 party, bytes calldata signature)
        private
        view
        returns (uint40)
    {
        return REGISTRY.lastLossIfSigned(_hashTypedDataV4(structHash), party, signature);
    }
}
