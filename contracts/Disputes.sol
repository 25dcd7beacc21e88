// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsultations} from "./interfaces/IConsultations.sol";
import {ICredentialRegistry} from "./interfaces/ICredentialRegistry.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
import {Amendments} from "./libraries/Amendments.sol";
import {Split} from "./libraries/Split.sol";
import {Statements} from "./libraries/Statements.sol";
import {SeatWord, TermsCodec} from "./libraries/TermsCodec.sol";
import {Leg} from "./types/Payouts.sol";
import {Powers} from "./types/Parties.sol";
import {Consultation, ConsultationStatus, Dispute, Resolution} from "./types/Terms.sol";

/// @dev The interface IDisputes is the book; what stands here says how. Consultations keeps status and escrow and checks
/// every transition; this contract decides who may ask for one, and what a contested seat is paid.
contract Disputes is IDisputes, Statements {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;

    uint256 private constant WHOLE = 10_000;

    bytes32 private constant RECORD_ATTENDANCE =
        keccak256("RecordAttendance(bytes32 terms,uint16 seats,uint8 overtime,uint40 deadline)");
    bytes32 private constant MARK_NO_SHOW =
        keccak256("MarkNoShow(bytes32 terms,uint32 by,uint16 seats,bytes32 report,uint40 deadline)");
    bytes32 private constant DISPUTE =
        keccak256("Dispute(bytes32 terms,uint32 by,uint16 seats,bytes32 reason,uint40 deadline)");
    bytes32 private constant SETTLE_DISPUTE =
        keccak256("SettleDispute(bytes32 terms,uint16 seats,uint16 bps,uint40 deadline)");
    bytes32 private constant RULE =
        keccak256("Rule(bytes32 terms,uint16 seats,uint16 bps,bytes32 reason,uint40 deadline)");

    ICredentialRegistry private immutable REGISTRY;
    IConsultations private immutable CONSULTATIONS;

    mapping(uint32 id => Dispute) private _disputes;

    constructor(ICredentialRegistry registry, IConsultations consultations) {
        (REGISTRY, CONSULTATIONS) = (registry, consultations);
    }

    // Attendance

    function recordAttendance(
        bytes calldata terms,
        uint16 seats,
        uint8 overtime,
        uint40 deadline,
        bytes calldata signatures
    ) external inTime(deadline) {
        uint32[] memory signers = new uint32[](2);
        bytes32 structHash = keccak256(abi.encode(RECORD_ATTENDANCE, keccak256(terms), seats, overtime, deadline));
        uint32 id = CONSULTATIONS.attend(terms, seats, overtime);
        (signers[0], signers[1]) = (terms.hospital(), terms.leadingDoctor());
        REGISTRY.requireSigned(_hashTypedDataV4(structHash), signers, signatures);
        emit AttendanceRecorded(id, seats, overtime);
    }

    function markNoShow(
        bytes calldata terms,
        uint32 by,
        uint16 seats,
        bytes32 report,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        (bytes32 termsHash,) = _load(terms, ConsultationStatus.Booked);
        uint32 id;
        if (by == terms.hospital()) {
            id = CONSULTATIONS.attend(terms, _attendedWithout(terms, seats), 0);
        } else if (by == terms.leadingDoctor()) {
            id = CONSULTATIONS.deliverUnattended(terms, report, seats);
        } else {
            revert MayNotMark(by);
        }
        _requireSignedBy(keccak256(abi.encode(MARK_NO_SHOW, termsHash, by, seats, report, deadline)), by, signature);
        emit NoShowMarked(id, by, seats, report);
    }

    // Other hours, other doctors

    function reschedule(bytes calldata terms, bytes calldata to, bytes calldata signatures) external {
        _load(terms, ConsultationStatus.Booked);
        Amendments.requireOtherHours(terms, to);
        CONSULTATIONS.amend(terms, to, new uint32[](0), signatures);
    }

    function substitute(bytes calldata terms, bytes calldata to, bytes calldata signatures) external {
        _load(terms, ConsultationStatus.Booked);
        CONSULTATIONS.amend(terms, to, _leaving(terms, Amendments.requireOtherDoctor(terms, to)), signatures);
    }

    // Disputes

    function dispute(
        bytes calldata terms,
        uint32 by,
        uint16 seats,
        bytes32 reason,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        // It marks the consultation as disputed and calls nobody; whether this dispute is allowed depends on that mark.
        // slither-disable-next-line reentrancy-benign
        CONSULTATIONS.contest(terms);
        (bytes32 termsHash, Consultation memory c) = _load(terms, ConsultationStatus.Disputed);
        Dispute storage d = _disputes[c.id];
        if (d.restReleased) revert RestReleased(c.id);
        bool byHospital = by == terms.hospital();
        if (!byHospital) _requireOwnSeat(terms, by, seats);
        uint16 contestable = (byHospital ? c.seats : ~c.seats) & ~d.contested & ~d.resolved;
        if (seats == 0) revert NoSeats();
        if (seats & ~contestable != 0) revert NotContestable(seats, contestable);
        _requireSignedBy(keccak256(abi.encode(DISPUTE, termsHash, by, seats, reason, deadline)), by, signature);

        (d.contested, d.openedAt) = (d.contested | seats, uint40(block.timestamp));
        emit Disputed(c.id, by, seats, reason);
        if (byHospital) _releaseIfHeard(terms, c);
    }

    function settleDispute(bytes calldata terms, uint16 seats, uint16 bps, uint40 deadline, bytes calldata signatures)
        external
        inTime(deadline)
    {
        (bytes32 termsHash, Consultation memory c) = _load(terms, ConsultationStatus.Disputed);
        _requireContested(c.id, seats, bps);
        REGISTRY.requireSigned(
            _hashTypedDataV4(keccak256(abi.encode(SETTLE_DISPUTE, termsHash, seats, bps, deadline))),
            _hospitalAndDoctors(terms, seats),
            signatures
        );

        _resolve(terms, c, seats, bps, Resolution.Agreed, 0);
        // The call before went to Consultations and through it to the ledger, neither of which calls anybody back.
        // slither-disable-next-line reentrancy-no-eth
        _releaseIfHeard(terms, c);
    }

    function rule(
        bytes calldata terms,
        uint16 seats,
        uint16 bps,
        bytes32 reason,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        (bytes32 termsHash, Consultation memory c) = _load(terms, ConsultationStatus.Disputed);
        _requireContested(c.id, seats, bps);
        uint256 due = _rulingDue(terms, c.id);
        if (block.timestamp > due) revert RulingTooLate(due, block.timestamp);
        uint32 arbiter = terms.arbiter();
        REGISTRY.requirePower(arbiter, Powers.ARBITER);
        _requireSignedBy(keccak256(abi.encode(RULE, termsHash, seats, bps, reason, deadline)), arbiter, signature);

        _resolve(terms, c, seats, bps, Resolution.Ruled, reason);
    }

    function applyDefault(bytes calldata terms) external {
        (, Consultation memory c) = _load(terms, ConsultationStatus.Disputed);
        uint16 seats = _disputes[c.id].contested;
        if (seats == 0) revert NoSeats();
        uint256 due = _rulingDue(terms, c.id);
        if (block.timestamp <= due) revert RulingStillOpen(due, block.timestamp);

        _resolve(terms, c, seats, uint16(terms.defaultBps()), Resolution.Default, 0);
    }

    function releaseUncontested(bytes calldata terms) external {
        (, Consultation memory c) = _load(terms, ConsultationStatus.Disputed);
        if (_disputes[c.id].restReleased) revert RestReleased(c.id);
        uint256 due = _reviewDue(terms, c);
        if (block.timestamp <= due) revert IConsultations.ReviewStillOpen(due, block.timestamp);

        _releaseRest(terms, c);
    }

    // Views

    function disputeOf(uint32 id) external view returns (Dispute memory) {
        return _disputes[id];
    }

    function signersOf(bytes calldata terms, bytes calldata to) external view returns (uint32[] memory signers) {
        _load(terms, ConsultationStatus.Booked);
        uint32[] memory leaving = new uint32[](0);
        if (terms.start() == to.start()) leaving = _leaving(terms, Amendments.requireOtherDoctor(terms, to));
        else Amendments.requireOtherHours(terms, to);
        uint32[] memory booking = CONSULTATIONS.signersOf(to);
        signers = new uint32[](booking.length + leaving.length);
        for (uint256 i; i < booking.length; ++i) {
            signers[i] = booking[i];
        }
        if (leaving.length == 1) signers[booking.length] = leaving[0];
    }

    // Internal

    /// @dev Ends the escrow of contested seats: their legs at a share of the fee, the rest to the hospital.
    function _resolve(
        bytes calldata terms,
        Consultation memory c,
        uint16 seats,
        uint16 bps,
        Resolution resolution,
        bytes32 reason
    ) private {
        emit DisputeResolved(c.id, seats, bps, resolution, reason);
        bool last = _markResolved(c.id, seats);
        uint96 funded = Split.charge(terms, seats, c.overtime);
        c.escrowed -= funded;
        CONSULTATIONS.releasePart(terms, funded, Split.legs(terms, seats, c.overtime, bps), last);
    }

    /// @dev Answers whether nothing is left to pay.
    function _markResolved(uint32 id, uint16 seats) private returns (bool) {
        Dispute storage d = _disputes[id];
        uint16 contested = d.contested & ~seats;
        (d.contested, d.resolved) = (contested, d.resolved | seats);
        return contested == 0 && d.restReleased;
    }

    /// @dev On the hospital's signature, unless a doctor who was left out still has time to contest it.
    function _releaseIfHeard(bytes calldata terms, Consultation memory c) private {
        Dispute storage d = _disputes[c.id];
        if (d.restReleased) return;
        bool allHeard = uint16(terms.allSeats()) & ~(c.seats | d.contested | d.resolved) == 0;
        if (allHeard || block.timestamp > _reviewDue(terms, c)) _releaseRest(terms, c);
    }

    /// @dev Pays the seats of the delivery that nobody contests, and returns to the hospital what is left over.
    function _releaseRest(bytes calldata terms, Consultation memory c) private {
        Dispute storage d = _disputes[c.id];
        uint16 contested = d.contested;
        uint16 rest = c.seats & ~contested & ~d.resolved;
        d.restReleased = true;
        emit UncontestedReleased(c.id, rest);
        uint96 frozen = Split.charge(terms, contested, c.overtime);
        CONSULTATIONS.releasePart(
            terms, c.escrowed - frozen, Split.legs(terms, rest, c.overtime, WHOLE), contested == 0
        );
    }

    function _load(bytes calldata terms, ConsultationStatus needed)
        private
        view
        returns (bytes32 termsHash, Consultation memory c)
    {
        termsHash = keccak256(terms);
        c = CONSULTATIONS.consultationOf(termsHash);
        if (c.status == ConsultationStatus.None) revert IConsultations.UnknownTerms(termsHash);
        if (c.status != needed) revert IConsultations.WrongStatus(uint8(c.status), uint8(needed));
    }

    /// @dev All seats but absent ones, none of which may be required.
    function _attendedWithout(bytes calldata terms, uint16 absent) private pure returns (uint16) {
        if (absent == 0) revert NoSeats();
        uint256 required = terms.requiredSeats();
        if (absent & required != 0) revert SeatRequired(absent, required);
        if (absent >> terms.seatCount() != 0) revert IConsultations.SeatOutOfRange(absent, terms.seatCount());
        return uint16(terms.allSeats()) & ~absent;
    }

    /// @dev The leaving doctor has to sign, for nobody's fee falls otherwise; one who may not practise any more earns none.
    function _leaving(bytes calldata terms, uint256 index) private view returns (uint32[] memory leaving) {
        SeatWord seat = terms.seat(index);
        bool qualified =
            REGISTRY.isQualified(seat.doctor(), terms.specialties(index), seat.institution(), uint40(terms.endsAt()));
        leaving = new uint32[](qualified ? 1 : 0);
        if (qualified) leaving[0] = seat.doctor();
    }

    /// @dev That the mask is the one seat of a doctor who is qualified still: nobody else is paid.
    function _requireOwnSeat(bytes calldata terms, uint32 doctor, uint256 seats) private view {
        uint256 count = terms.seatCount();
        for (uint256 i; i < count; ++i) {
            if (terms.seat(i).doctor() != doctor) continue;
            if (seats != 1 << i) break;
            // Once: the loop ends here.
            // slither-disable-next-line calls-loop
            REGISTRY.requireSeats(terms, seats, uint40(terms.endsAt()));
            return;
        }
        revert NotOfSeat(doctor, seats);
    }

    function _requireContested(uint32 id, uint16 seats, uint16 bps) private view {
        if (seats == 0) revert NoSeats();
        uint16 contested = _disputes[id].contested;
        if (seats & ~contested != 0) revert NotContested(seats, contested);
        if (bps > WHOLE) revert Split.ShareOutOfRange(bps, WHOLE);
    }

    function _hospitalAndDoctors(bytes calldata terms, uint256 seats) private pure returns (uint32[] memory signers) {
        uint256 count = terms.seatCount();
        signers = new uint32[](1 + count);
        signers[0] = terms.hospital();
        uint256 used = 1;
        for (uint256 i; i < count; ++i) {
            if (seats >> i & 1 == 1) signers[used++] = terms.seat(i).doctor();
        }
        assembly ("memory-safe") {
            mstore(signers, used)
        }
    }

    function _reviewDue(bytes calldata terms, Consultation memory c) private pure returns (uint256) {
        return uint256(c.deliveredAt) + terms.reviewWindow();
    }

    function _rulingDue(bytes calldata terms, uint32 id) private view returns (uint256) {
        return uint256(_disputes[id].openedAt) + terms.arbiterWindow();
    }

    function _requireSignedBy(bytes32 structHash, uint32 party, bytes calldata signature) private view {
        REGISTRY.requireSignedBy(_hashTypedDataV4(structHash), party, signature);
    }
}
