// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {KeyReplacement} from "./KeyReplacement.sol";
import {ICredentialRegistry} from "./interfaces/ICredentialRegistry.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {Statements} from "./libraries/Statements.sol";
import {SeatWord, TermsCodec} from "./libraries/TermsCodec.sol";
import {
    Affiliation,
    Agreement,
    Party,
    PartyKind,
    PartyStatus,
    Powers,
    Registration,
    SignerRemoval,
    Signers
} from "./types/Parties.sol";

/// @dev The interface ICredentialRegistry is the book; what stands here says how.
contract CredentialRegistry is ICredentialRegistry, Statements {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;

    uint8 public constant MAX_SIGNERS = 8;
    uint40 public constant REMOVAL_DELAY = 24 hours;

    /// @dev Where validity, and kind with status behind it, lie in the slot of a Party.
    uint256 private constant VALID_SHIFT = 160;
    uint256 private constant KIND_SHIFT = 224;
    uint256 private constant ACCREDITED = uint256(PartyStatus.Accredited) << 8;
    uint256 private constant DOCTOR = ACCREDITED | uint256(PartyKind.Doctor);
    uint256 private constant HOSPITAL = ACCREDITED | uint256(PartyKind.Hospital);

    bytes32 private constant APPLY_AS =
        keccak256("ApplyAs(uint8 kind,uint32 home,bytes32 profile,bytes32 licence,bytes signer,uint40 deadline)");
    bytes32 private constant ACCREDIT = keccak256(
        "Accredit(uint32 party,uint32 revision,uint160 specialties,uint24 city,uint40 validUntil,uint8 powers,uint32 authority,uint40 deadline)"
    );
    bytes32 private constant SUSPEND =
        keccak256("Suspend(uint32 party,uint32 revision,bytes32 reason,uint32 authority,uint40 deadline)");
    bytes32 private constant REINSTATE =
        keccak256("Reinstate(uint32 party,uint32 revision,uint32 authority,uint40 deadline)");
    bytes32 private constant ADD_SIGNER =
        keccak256("AddSigner(uint32 party,uint32 revision,bytes signer,uint40 deadline)");
    bytes32 private constant REQUEST_SIGNER_REMOVAL =
        keccak256("RequestSignerRemoval(uint32 party,uint32 revision,uint8 index,uint40 deadline)");
    bytes32 private constant CANCEL_SIGNER_REMOVAL =
        keccak256("CancelSignerRemoval(uint32 party,uint32 revision,uint40 deadline)");
    bytes32 private constant AFFILIATE = keccak256(
        "Affiliate(uint32 doctor,uint32 institution,uint40 validUntil,uint40 standingUntil,uint32 version,uint40 deadline)"
    );
    bytes32 private constant END_AFFILIATION =
        keccak256("EndAffiliation(uint32 doctor,uint32 institution,uint32 by,uint32 version,uint40 deadline)");
    bytes32 private constant AGREE =
        keccak256("Agree(uint32 a,uint32 b,bytes32 commitment,uint40 validUntil,uint32 version,uint40 deadline)");

    address public immutable keyReplacement;

    uint32 public partyCount;
    uint40 public lastLoss;
    mapping(uint32 party => Party) private _parties;
    mapping(uint32 party => Registration) private _registrations;
    mapping(uint256 partyAndIndex => bytes) private _signers;
    mapping(uint32 party => SignerRemoval) private _removals;
    mapping(bytes32 signerHash => uint32) public partyOfSigner;
    mapping(uint256 doctorAndInstitution => Affiliation) private _affiliations;
    mapping(uint256 aAndB => Agreement) private _agreements;

    /// @param authority the ERC-7913 signer of the first authority, party 1
    /// @param taxAuthority the signer of the party that withheld tax is credited to, party 2
    constructor(bytes memory authority, bytes memory taxAuthority) {
        keyReplacement = address(new KeyReplacement(this));
        _registerOfficial(authority, Powers.AUTHORITY);
        _registerOfficial(taxAuthority, Powers.TAX_AUTHORITY);
    }

    // Parties

    function applyAs(
        PartyKind kind,
        uint32 home,
        bytes32 profile,
        bytes32 licence,
        bytes calldata signer,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) returns (uint32 party) {
        if (kind == PartyKind.None) revert KindNotAllowed(kind);
        party = _register(kind, home, profile, licence, signer);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(APPLY_AS, kind, home, profile, licence, keccak256(signer), deadline))
        );
        if (!_isSigned(signer, digest, signature)) revert InvalidSignature(party, 0);
    }

    function accredit(
        uint32 party,
        uint32 revision,
        uint160 specialties,
        uint24 city,
        uint40 validUntil,
        uint8 powers,
        uint32 authority,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        _advance(party, revision);
        _requireAhead(validUntil);
        Party storage p = _parties[party];
        if (p.status == PartyStatus.Suspended) revert NotAccredited(party);
        _requireAuthority(
            authority,
            keccak256(
                abi.encode(ACCREDIT, party, revision, specialties, city, validUntil, powers, authority, deadline)
            ),
            signature
        );

        if (p.specialties & ~specialties != 0 || p.validUntil > validUntil || p.powers & ~powers != 0) {
            lastLoss = uint40(block.timestamp);
        }
        p.status = PartyStatus.Accredited;
        p.specialties = specialties;
        p.city = city;
        p.validUntil = validUntil;
        p.powers = powers;
        emit Accredited(party, authority, specialties, city, validUntil, powers);
    }

    function suspend(
        uint32 party,
        uint32 revision,
        bytes32 reason,
        uint32 authority,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        _advance(party, revision);
        if (_parties[party].status != PartyStatus.Accredited) revert NotAccredited(party);
        _requireAuthority(
            authority, keccak256(abi.encode(SUSPEND, party, revision, reason, authority, deadline)), signature
        );

        _parties[party].status = PartyStatus.Suspended;
        lastLoss = uint40(block.timestamp);
        emit Suspended(party, authority, reason);
    }

    function reinstate(uint32 party, uint32 revision, uint32 authority, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        _advance(party, revision);
        if (_parties[party].status != PartyStatus.Suspended) revert NotSuspended(party);
        _requireAuthority(authority, keccak256(abi.encode(REINSTATE, party, revision, authority, deadline)), signature);

        _parties[party].status = PartyStatus.Accredited;
        emit Reinstated(party, authority);
    }

    // Signers

    function addSigner(
        uint32 party,
        uint32 revision,
        bytes calldata signer,
        uint40 deadline,
        bytes calldata signature,
        bytes calldata possession
    ) external inTime(deadline) {
        _advance(party, revision);
        bytes32 digest =
            _hashTypedDataV4(keccak256(abi.encode(ADD_SIGNER, party, revision, keccak256(signer), deadline)));
        requireSignedBy(digest, party, signature);
        _addSigner(party, signer);
        if (!_isSigned(signer, digest, possession)) revert PossessionUnproven(party);
    }

    function requestSignerRemoval(uint32 party, uint32 revision, uint8 index, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        _advance(party, revision);
        if (_signers[_signerKey(party, index)].length == 0) revert UnknownSigner(party, index);
        _requireSignedBy(
            keccak256(abi.encode(REQUEST_SIGNER_REMOVAL, party, revision, index, deadline)), party, signature
        );

        uint40 notBefore = uint40(block.timestamp) + REMOVAL_DELAY;
        _removals[party] = SignerRemoval(notBefore, index);
        emit SignerRemovalRequested(party, index, notBefore);
    }

    function cancelSignerRemoval(uint32 party, uint32 revision, uint40 deadline, bytes calldata signature)
        external
        inTime(deadline)
    {
        _advance(party, revision);
        SignerRemoval memory removal = _pendingRemoval(party);
        _requireSignedBy(keccak256(abi.encode(CANCEL_SIGNER_REMOVAL, party, revision, deadline)), party, signature);

        delete _removals[party];
        emit SignerRemovalCancelled(party, removal.index);
    }

    function removeSigner(uint32 party) external {
        SignerRemoval memory removal = _pendingRemoval(party);
        if (block.timestamp < removal.notBefore) revert RemovalTooEarly(removal.notBefore, block.timestamp);
        uint256 left;
        for (uint8 i; i < _parties[party].signers; ++i) {
            if (i != removal.index && _signers[_signerKey(party, i)].length != 0) ++left;
        }
        if (left == 0) revert LastSigner(party);

        delete _removals[party];
        _removeSigner(party, removal.index);
    }

    function replaceSigners(uint32 party, bytes calldata signer) external {
        if (msg.sender != keyReplacement) revert OnlyKeyReplacement(msg.sender);
        ++_registrations[party].revision;
        delete _removals[party];
        for (uint8 i; i < _parties[party].signers; ++i) {
            if (_signers[_signerKey(party, i)].length != 0) _removeSigner(party, i);
        }
        if (partyOfSigner[keccak256(signer)] == party) delete partyOfSigner[keccak256(signer)];
        _addSigner(party, signer);
    }

    // Institutions

    function affiliate(
        uint32 doctor,
        uint32 institution,
        uint40 validUntil,
        uint40 standingUntil,
        uint32 version,
        uint40 deadline,
        bytes calldata signatures
    ) external inTime(deadline) {
        requireActive(doctor, PartyKind.Doctor);
        requireActive(institution, PartyKind.Hospital);
        _requireAhead(validUntil);
        Affiliation storage a = _affiliations[_pair(doctor, institution)];
        _requireCurrent(version, a.version);
        _requireSignedByTwo(
            keccak256(abi.encode(AFFILIATE, doctor, institution, validUntil, standingUntil, version, deadline)),
            doctor,
            institution,
            signatures
        );

        if (validUntil < a.validUntil) lastLoss = uint40(block.timestamp);
        _affiliations[_pair(doctor, institution)] = Affiliation(validUntil, standingUntil, version + 1);
        emit Affiliated(doctor, institution, validUntil, standingUntil, version + 1);
    }

    function endAffiliation(
        uint32 doctor,
        uint32 institution,
        uint32 by,
        uint32 version,
        uint40 deadline,
        bytes calldata signature
    ) external inTime(deadline) {
        if (by != doctor && by != institution) revert UnknownParty(by);
        Affiliation storage a = _affiliations[_pair(doctor, institution)];
        _requireCurrent(version, a.version);
        if (a.validUntil < block.timestamp) revert NotAffiliated(doctor, institution, a.validUntil, block.timestamp);
        _requireSignedBy(
            keccak256(abi.encode(END_AFFILIATION, doctor, institution, by, version, deadline)), by, signature
        );

        lastLoss = uint40(block.timestamp);
        _affiliations[_pair(doctor, institution)] = Affiliation(0, 0, version + 1);
        emit AffiliationEnded(doctor, institution, by, version + 1);
    }

    function agree(
        uint32 a,
        uint32 b,
        bytes32 commitment,
        uint40 validUntil,
        uint32 version,
        uint40 deadline,
        bytes calldata signatures
    ) external inTime(deadline) {
        if (a >= b) revert SameParty(b);
        requireActive(a, PartyKind.Hospital);
        requireActive(b, PartyKind.Hospital);
        _requireAhead(validUntil);
        _requireCurrent(version, _agreements[_pair(a, b)].version);
        _requireSignedByTwo(
            keccak256(abi.encode(AGREE, a, b, commitment, validUntil, version, deadline)), a, b, signatures
        );

        _agreements[_pair(a, b)] = Agreement(validUntil, version + 1, commitment);
        emit Agreed(a, b, commitment, validUntil, version + 1);
    }

    // Views

    function partyOf(uint32 party) external view returns (Party memory) {
        return _parties[party];
    }

    function registrationOf(uint32 party) external view returns (Registration memory) {
        return _registrations[party];
    }

    function signerOf(uint32 party, uint8 index) external view returns (bytes memory) {
        return _signers[_signerKey(party, index)];
    }

    function removalOf(uint32 party) external view returns (SignerRemoval memory) {
        return _removals[party];
    }

    function affiliationOf(uint32 doctor, uint32 institution) external view returns (Affiliation memory) {
        return _affiliations[_pair(doctor, institution)];
    }

    function agreementOf(uint32 a, uint32 b) external view returns (Agreement memory) {
        return _agreement(a, b);
    }

    function isQualified(uint32 doctor, uint160 specialties, uint32 institution, uint40 asOf)
        external
        view
        returns (bool)
    {
        uint256 d = _wordOf(_parties[doctor]);
        return _isLicensed(d, DOCTOR, asOf) && uint160(d) & specialties == specialties
            && _isLicensed(_wordOf(_parties[institution]), HOSPITAL, asOf)
            && _affiliations[_pair(doctor, institution)].validUntil >= asOf;
    }

    function requireSeats(bytes calldata terms, uint256 mask, uint40 asOf) external view {
        uint256 seats = terms.seatCount();
        for (uint256 i; i < seats; ++i) {
            if (mask >> i & 1 == 1) _requireSeat(terms.seat(i), terms.specialties(i), asOf);
        }
    }

    function requireBooked(
        bytes calldata terms,
        uint40 asOf,
        uint32[] calldata leads,
        bytes32 digest,
        bytes calldata signatures
    ) external view {
        uint32[] memory signers = signersOf(terms, asOf, leads);
        uint256 count = signers.length;
        uint256 offset;
        for (uint256 i; i < count;) {
            offset = _requireNext(digest, _at(signers, i), signatures, offset);
            unchecked {
                ++i;
            }
        }
        if (offset != signatures.length) revert MalformedSignatures();
    }

    function signersOf(bytes calldata terms, uint40 asOf, uint32[] calldata leads)
        public
        view
        returns (uint32[] memory signers)
    {
        uint32 hospital = terms.hospital();
        _requireLicence(hospital, HOSPITAL, asOf);
        if (terms.platformBps() != 0) requireActive(terms.platform(), PartyKind.Platform);
        uint256 seats = terms.seatCount();
        uint256 count;
        // Terms have few seats, and leads are no more.
        unchecked {
            count = 1 + seats;
            signers = new uint32[](count + seats + leads.length);
            _put(signers, 0, hospital);
            uint256 place = terms.firstSeat();
            for (uint256 i; i < seats; ++i) {
                // The other word of a seat is its fee, which is nothing to a licence.
                // slither-disable-next-line unused-return
                (SeatWord seat,) = TermsCodec.seatAt(place);
                _put(signers, 1 + i, seat.doctor());
                uint256 standingUntil = _requireSeat(seat, TermsCodec.specialtiesAt(place), asOf);
                place += TermsCodec.SEAT;
                uint32 institution = seat.institution();
                if (institution == hospital) continue;
                _requireAgreement(hospital, institution, asOf);
                if (standingUntil >= block.timestamp || _contains(signers, 1 + seats, count, institution)) continue;
                _put(signers, count++, institution);
            }
            for (uint256 i; i < leads.length; ++i) {
                _put(signers, count++, leads[i]);
            }
        }
        assembly ("memory-safe") {
            mstore(signers, count)
        }
    }

    function requireSigned(bytes32 digest, uint32[] calldata parties, bytes calldata signatures) external view {
        uint256 offset;
        for (uint256 i; i < parties.length; ++i) {
            offset = _requireNext(digest, parties[i], signatures, offset);
        }
        if (offset != signatures.length) revert MalformedSignatures();
    }

    function requireSignedBy(bytes32 digest, uint32 party, bytes calldata signature) public view {
        if (_requireNext(digest, party, signature, 0) != signature.length) revert MalformedSignatures();
    }

    function lastLossIfSigned(bytes32 digest, uint32 party, bytes calldata signature) external view returns (uint40) {
        requireSignedBy(digest, party, signature);
        return lastLoss;
    }

    function requireActive(uint32 party, PartyKind kind) public view {
        _requireLicence(party, ACCREDITED | uint256(kind), uint40(block.timestamp));
    }

    function requirePower(uint32 party, uint8 power) public view {
        Party storage p = _parties[party];
        (uint40 validUntil, uint8 powers, PartyStatus status) = (p.validUntil, p.powers, p.status);
        if (status != PartyStatus.Accredited) revert NotAccredited(party);
        if (validUntil < block.timestamp) revert LicenceExpired(party, validUntil, block.timestamp);
        if (powers & power != power) revert PowerMissing(party, powers, power);
    }

    // Internal

    function _register(PartyKind kind, uint32 home, bytes32 profile, bytes32 licence, bytes memory signer)
        private
        returns (uint32 party)
    {
        party = ++partyCount;
        _parties[party].kind = kind;
        _parties[party].status = PartyStatus.Applied;
        _registrations[party] = Registration(home, 0, uint40(block.timestamp), profile, licence);
        emit Applied(party, kind, home, profile, licence, signer);
        _addSigner(party, signer);
    }

    /// @dev The parties without which nothing could begin: nobody is there yet to accredit them.
    function _registerOfficial(bytes memory signer, uint8 powers) private {
        uint32 party = _register(PartyKind.Official, 0, 0, 0, signer);
        _parties[party].status = PartyStatus.Accredited;
        _parties[party].validUntil = type(uint40).max;
        _parties[party].powers = powers;
        emit Accredited(party, 1, 0, 0, type(uint40).max, powers);
    }

    function _addSigner(uint32 party, bytes memory signer) private {
        if (signer.length < Signers.SHORTEST) revert SignerTooShort(signer.length);
        if (signer.length > Signers.LONGEST) revert SignerTooLong(signer.length, Signers.LONGEST);
        // Precompiled contracts have no code, and some answer to whatever they are asked.
        if (signer.length > Signers.SHORTEST && address(bytes20(signer)).code.length == 0) {
            revert VerifierWithoutCode(address(bytes20(signer)));
        }
        bytes32 signerHash = keccak256(signer);
        if (partyOfSigner[signerHash] != 0) revert SignerTaken(partyOfSigner[signerHash]);
        uint8 index = _freeIndex(party);
        partyOfSigner[signerHash] = party;
        _signers[_signerKey(party, index)] = signer;
        emit SignerAdded(party, index, signer);
    }

    function _removeSigner(uint32 party, uint8 index) private {
        delete _signers[_signerKey(party, index)];
        emit SignerRemoved(party, index);
    }

    /// @dev The lowest index without a signer; `signers` is one more than the highest ever used.
    function _freeIndex(uint32 party) private returns (uint8 index) {
        uint8 used = _parties[party].signers;
        while (index < used && _signers[_signerKey(party, index)].length != 0) ++index;
        if (index == MAX_SIGNERS) revert TooManySigners(party, MAX_SIGNERS);
        if (index == used) _parties[party].signers = used + 1;
    }

    /// @dev Every act on a party moves its revision, so a statement works once and only on what its signer saw.
    function _advance(uint32 party, uint32 revision) private {
        if (_parties[party].status == PartyStatus.None) revert UnknownParty(party);
        _requireCurrent(revision, _registrations[party].revision);
        _registrations[party].revision = revision + 1;
    }

    function _requireCurrent(uint32 named, uint32 current) private pure {
        if (named != current) revert StaleRevision(named, current);
    }

    function _requireAhead(uint40 validUntil) private view {
        if (validUntil <= block.timestamp) revert ValidityInThePast(validUntil, block.timestamp);
    }

    function _pendingRemoval(uint32 party) private view returns (SignerRemoval memory removal) {
        removal = _removals[party];
        // 0 is what storage holds where nobody asked; no block has that time.
        // slither-disable-next-line incorrect-equality
        if (removal.notBefore == 0) revert NoRemovalPending(party);
    }

    function _requireAuthority(uint32 authority, bytes32 structHash, bytes calldata signature) private view {
        requirePower(authority, Powers.AUTHORITY);
        _requireSignedBy(structHash, authority, signature);
    }

    function _requireSignedBy(bytes32 structHash, uint32 party, bytes calldata signature) private view {
        requireSignedBy(_hashTypedDataV4(structHash), party, signature);
    }

    function _requireSignedByTwo(bytes32 structHash, uint32 first, uint32 second, bytes calldata signatures)
        private
        view
    {
        bytes32 digest = _hashTypedDataV4(structHash);
        uint256 offset = _requireNext(digest, first, signatures, 0);
        if (_requireNext(digest, second, signatures, offset) != signatures.length) revert MalformedSignatures();
    }

    function _requireNext(bytes32 digest, uint32 party, bytes calldata signatures, uint256 offset)
        private
        view
        returns (uint256)
    {
        (uint8 index, bytes calldata signature, uint256 end) = Signatures.next(signatures, offset);
        if (end > signatures.length) revert MalformedSignatures();
        bytes storage signer = _signers[_signerKey(party, index)];
        if (Signatures.isOfKey(signer, digest, signature)) return end;
        if (signer.length == 0) revert UnknownSigner(party, index);
        if (!_isSigned(signer, digest, signature)) revert InvalidSignature(party, index);
        return end;
    }

    /// @dev The general ERC-7913 check; the digest is signed by a key that a party has or is about to have.
    function _isSigned(bytes memory signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        return SignatureChecker.isValidSignatureNow(signer, digest, signature);
    }

    function _requireSeat(SeatWord seat, uint160 needed, uint256 asOf) private view returns (uint256) {
        uint32 doctor = seat.doctor();
        uint32 institution = seat.institution();
        uint160 held = _requireLicence(doctor, DOCTOR, asOf);
        if (held & needed != needed) revert SpecialtiesMissing(doctor, held, needed);
        _requireLicence(institution, HOSPITAL, asOf);
        Affiliation storage a = _affiliations[_pair(doctor, institution)];
        (uint40 validUntil, uint40 standingUntil) = (a.validUntil, a.standingUntil);
        if (validUntil < asOf) revert NotAffiliated(doctor, institution, validUntil, asOf);
        return standingUntil;
    }

    /// @param good the kind, and that it is accredited, as they lie in the party's slot
    function _requireLicence(uint32 party, uint256 good, uint256 asOf) private view returns (uint160 specialties) {
        uint256 word = _wordOf(_parties[party]);
        if (!_isLicensed(word, good, asOf)) _refuse(party, PartyKind(uint8(good)), asOf);
        return uint160(word);
    }

    function _isLicensed(uint256 word, uint256 good, uint256 asOf) private pure returns (bool) {
        return uint16(word >> KIND_SHIFT) == good && uint40(word >> VALID_SHIFT) >= asOf;
    }

    /// @dev Names what is wrong with a party, field by field.
    function _refuse(uint32 party, PartyKind kind, uint256 asOf) private view {
        Party storage p = _parties[party];
        if (p.kind != kind) revert KindNotAllowed(p.kind);
        if (p.status != PartyStatus.Accredited) revert NotAccredited(party);
        revert LicenceExpired(party, p.validUntil, asOf);
    }

    /// @dev The one slot of a party: a booking looks at a dozen, and field by field each would cost twice as much.
    function _wordOf(Party storage p) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(p.slot)
        }
    }

    function _requireAgreement(uint32 hospital, uint32 institution, uint256 asOf) private view {
        uint40 validUntil = _agreement(hospital, institution).validUntil;
        if (validUntil < asOf) revert NoAgreement(hospital, institution, validUntil, asOf);
    }

    function _agreement(uint256 a, uint256 b) private view returns (Agreement storage) {
        return _agreements[a < b ? a << 32 | b : b << 32 | a];
    }

    /// @dev Two parties as one key: one hash less at each look.
    function _pair(uint32 a, uint32 b) private pure returns (uint256) {
        return uint256(a) << 32 | b;
    }

    function _signerKey(uint32 party, uint8 index) private pure returns (uint256) {
        return uint256(party) << 8 | index;
    }

    function _contains(uint32[] memory list, uint256 from, uint256 to, uint32 party) private pure returns (bool) {
        for (uint256 i = from; i < to; ++i) {
            if (_at(list, i) == party) return true;
        }
        return false;
    }

    /// @dev Reads and writes of the list of signers are without a look at its length: it is made as long as it can get.
    function _at(uint32[] memory list, uint256 index) private pure returns (uint32 party) {
        assembly ("memory-safe") {
            party := mload(add(add(list, 32), mul(index, 32)))
        }
    }

    function _put(uint32[] memory list, uint256 index, uint32 party) private pure {
        assembly ("memory-safe") {
            mstore(add(add(list, 32), mul(index, 32)), and(party, 0xffffffff))
        }
    }
}
