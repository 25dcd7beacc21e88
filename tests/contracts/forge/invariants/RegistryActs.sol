// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICredentialRegistry} from "../../../../contracts/interfaces/ICredentialRegistry.sol";
import {Affiliation, Agreement, Party, PartyKind, PartyStatus, Powers} from "../../../../contracts/types/Parties.sol";
import {Dice} from "../Dice.sol";
import {Desk} from "./Desk.sol";
import {Forms} from "./Forms.sol";

/// @notice Acts on parties, affiliations and agreements; signing keys are in KeyActs.
abstract contract RegistryActs is Desk {
    using Dice for Dice.Cup;

    struct Accreditation {
        uint32 party;
        uint32 revision;
        uint160 specialties;
        uint40 validUntil;
        uint8 powers;
        uint32 authority;
    }

    /// @dev Of two parties in order: an affiliation or an agreement.
    struct Bond {
        uint32 first;
        uint32 second;
        uint40 validUntil;
        uint40 standingUntil;
        uint32 version;
    }

    bytes32 internal constant PROFILE = keccak256("profile");
    bytes32 internal constant LICENCE = keccak256("licence");
    bytes32 internal constant REASON = keccak256("reason");

    // What the campaign calls

    function applyAs(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        PartyKind kind = PartyKind(cup.roll(6));
        uint256 key = cup.roll(6) == 0 ? FIRST_KEY + 1 + cup.roll(PEOPLE) : _freshKey();
        _applyAs(kind, key, _anyPen(cup));
    }

    function accredit(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Accreditation memory a = _fully(_anyParty(cup));
        a.revision = _near(cup, a.revision);
        if (cup.roll(4) == 0) a.specialties = uint160(cup.roll(8));
        if (cup.roll(8) == 0) a.powers = uint8(cup.roll(64));
        if (cup.roll(8) == 0) a.authority = _anyParty(cup);
        if (cup.roll(4) == 0) a.validUntil = uint40(block.timestamp + cup.rollEdgy(2 days));
        // Without an authority nothing could be mended any more.
        if (a.party == AUTHORITY) (a.validUntil, a.powers) = (type(uint40).max, Powers.AUTHORITY);
        _accredit(a, _anyPen(cup));
    }

    function suspend(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = uint32(AUTHORITY + 1 + cup.roll(partyCount));
        uint32 authority = cup.roll(8) == 0 ? _anyParty(cup) : AUTHORITY;
        if (cup.roll(2) == 0) _heal(party);
        _suspend(party, _near(cup, revisions[party]), authority, _anyPen(cup));
    }

    function reinstate(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        uint32 party = uint32(AUTHORITY + 1 + cup.roll(PEOPLE - AUTHORITY));
        for (uint32 other = 2; other <= PEOPLE && cup.roll(8) != 0; ++other) {
            if (parties[other].status == PartyStatus.Suspended) party = other;
        }
        if (cup.roll(3) == 0 && parties[party].status == PartyStatus.Accredited) {
            _suspend(party, revisions[party], AUTHORITY, _steadyPen());
        }
        uint32 authority = cup.roll(8) == 0 ? _anyParty(cup) : AUTHORITY;
        _reinstate(party, _near(cup, revisions[party]), authority, _anyPen(cup));
    }

    function affiliate(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Bond memory b = _lasting(_anyDoctor(cup), _anyHospital(cup));
        if (cup.roll(3) != 0) _healBoth(b);
        if (cup.roll(10) == 0) (b.first, b.second) = (_anyParty(cup), _anyParty(cup));
        b.version = _near(cup, affiliations[b.first][b.second].version);
        if (cup.roll(4) == 0) b.validUntil = uint40(block.timestamp + cup.rollEdgy(2 days));
        if (cup.roll(2) == 0) b.standingUntil = uint40(block.timestamp + cup.rollEdgy(2 days));
        if (cup.roll(3) == 0) b.standingUntil = 0;
        _affiliate(b, _anyPen(cup));
    }

    function endAffiliation(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Bond memory b = _lasting(_anyDoctor(cup), _anyHospital(cup));
        if (cup.roll(2) == 0) _healBond(b.first, b.second);
        b.version = _near(cup, affiliations[b.first][b.second].version);
        uint32 by = cup.roll(2) == 0 ? b.first : b.second;
        if (cup.roll(10) == 0) by = _anyParty(cup);
        _endAffiliation(b, by, _anyPen(cup));
    }

    function agree(uint256 seed) external {
        Dice.Cup memory cup = Dice.Cup(seed);
        Bond memory b = _lasting(FIRST_HOSPITAL, LAST_HOSPITAL);
        if (cup.roll(3) != 0) _healBoth(b);
        if (cup.roll(10) == 0) (b.first, b.second) = (_anyParty(cup), _anyParty(cup));
        b.version = _near(cup, agreements[b.first][b.second].version);
        if (cup.roll(4) == 0) b.validUntil = uint40(block.timestamp + cup.rollEdgy(2 days));
        _agree(b, _anyPen(cup));
    }

    // What mends, so that a campaign does not come to rest

    /// @dev Accredited for all that the party needs.
    function _heal(uint32 party) internal {
        Party storage p = parties[party];
        if (p.status == PartyStatus.None) return;
        if (p.status == PartyStatus.Suspended) _reinstate(party, revisions[party], AUTHORITY, _steadyPen());
        bool well = p.status == PartyStatus.Accredited && p.validUntil > block.timestamp + 400 days
            && p.specialties == ALL_SPECIALTIES && p.powers == _powersOf(party);
        if (!well) _accredit(_fully(party), _steadyPen());
    }

    function _healBoth(Bond memory b) internal {
        _heal(b.first);
        _heal(b.second);
    }

    function _healBond(uint32 doctor, uint32 institution) internal {
        if (affiliations[doctor][institution].validUntil > block.timestamp + 400 days) return;
        Bond memory b = _lasting(doctor, institution);
        _healBoth(b);
        _affiliate(b, _steadyPen());
    }

    function _healAgreement() internal {
        if (agreements[FIRST_HOSPITAL][LAST_HOSPITAL].validUntil > block.timestamp + 400 days) return;
        Bond memory b = _lasting(FIRST_HOSPITAL, LAST_HOSPITAL);
        b.version = agreements[FIRST_HOSPITAL][LAST_HOSPITAL].version;
        _healBoth(b);
        _agree(b, _steadyPen());
    }

    // Each act: what the book says to it, the call, what is true afterwards

    function _applyAs(PartyKind kind, uint256 key, Pen memory pen) internal returns (uint32 party) {
        party = partyCount + 1;
        bytes memory signer = _signer(key);
        bytes32 statement =
            keccak256(abi.encode(Forms.APPLY_AS, kind, PLATFORM, PROFILE, LICENCE, keccak256(signer), pen.deadline));
        (bytes memory signature, bool good) = _signPlainly(address(registry), statement, key, pen);
        bytes memory refusal = _late(pen);
        if (kind == PartyKind.None) refusal = _or(refusal, _says(ICredentialRegistry.KindNotAllowed.selector, 0));
        refusal = _or(refusal, _taken(key));
        if (!good) {
            refusal = _or(refusal, abi.encodeWithSelector(ICredentialRegistry.InvalidSignature.selector, party, 0));
        }
        bytes memory call_ =
            abi.encodeCall(registry.applyAs, (kind, PLATFORM, PROFILE, LICENCE, signer, pen.deadline, signature));
        if (!_expectOnce(Act.ApplyAs, address(registry), call_, refusal)) return 0;
        partyCount = party;
        _recordParty(party, kind, key);
    }

    function _accredit(Accreditation memory a, Pen memory pen) internal {
        bytes32 statement = keccak256(
            abi.encode(
                Forms.ACCREDIT,
                a.party,
                a.revision,
                a.specialties,
                CITY,
                a.validUntil,
                a.powers,
                a.authority,
                pen.deadline
            )
        );
        (bytes memory signature, bytes memory unsigned) = _sign(address(registry), statement, a.authority, pen);
        bytes memory refusal = _or(_late(pen), _or(_stale(a.party, a.revision), _past(a.validUntil)));
        if (parties[a.party].status == PartyStatus.Suspended) {
            refusal = _or(refusal, _says(ICredentialRegistry.NotAccredited.selector, a.party));
        }
        refusal = _or(refusal, _or(_powerless(a.authority, Powers.AUTHORITY), unsigned));
        bytes memory call_ = _accreditCall(a, pen.deadline, signature);
        if (!_expectOnce(Act.Accredit, address(registry), call_, refusal)) return;
        Party storage p = parties[a.party];
        bool loses = p.specialties & ~a.specialties != 0 || p.validUntil > a.validUntil || p.powers & ~a.powers != 0;
        if (loses) lastLoss = _now();
        ++revisions[a.party];
        (p.status, p.specialties, p.city) = (PartyStatus.Accredited, a.specialties, CITY);
        (p.validUntil, p.powers) = (a.validUntil, a.powers);
    }

    function _suspend(uint32 party, uint32 revision, uint32 authority, Pen memory pen) internal {
        (bytes memory signature, bytes memory unsigned) = _sign(
            address(registry),
            keccak256(abi.encode(Forms.SUSPEND, party, revision, REASON, authority, pen.deadline)),
            authority,
            pen
        );
        bytes memory refusal = _or(_late(pen), _stale(party, revision));
        if (parties[party].status != PartyStatus.Accredited) {
            refusal = _or(refusal, _says(ICredentialRegistry.NotAccredited.selector, party));
        }
        refusal = _or(refusal, _or(_powerless(authority, Powers.AUTHORITY), unsigned));
        bytes memory call_ =
            abi.encodeCall(registry.suspend, (party, revision, REASON, authority, pen.deadline, signature));
        if (!_expectOnce(Act.Suspend, address(registry), call_, refusal)) return;
        ++revisions[party];
        (parties[party].status, lastLoss) = (PartyStatus.Suspended, _now());
    }

    function _reinstate(uint32 party, uint32 revision, uint32 authority, Pen memory pen) internal {
        (bytes memory signature, bytes memory unsigned) = _sign(
            address(registry),
            keccak256(abi.encode(Forms.REINSTATE, party, revision, authority, pen.deadline)),
            authority,
            pen
        );
        bytes memory refusal = _or(_late(pen), _stale(party, revision));
        if (parties[party].status != PartyStatus.Suspended) {
            refusal = _or(refusal, _says(ICredentialRegistry.NotSuspended.selector, party));
        }
        refusal = _or(refusal, _or(_powerless(authority, Powers.AUTHORITY), unsigned));
        bytes memory call_ = abi.encodeCall(registry.reinstate, (party, revision, authority, pen.deadline, signature));
        if (!_expectOnce(Act.Reinstate, address(registry), call_, refusal)) return;
        ++revisions[party];
        parties[party].status = PartyStatus.Accredited;
    }

    function _affiliate(Bond memory b, Pen memory pen) internal {
        bytes32 statement = keccak256(
            abi.encode(Forms.AFFILIATE, b.first, b.second, b.validUntil, b.standingUntil, b.version, pen.deadline)
        );
        (bytes memory list, bytes memory unsigned) = _sign(address(registry), statement, _two(b.first, b.second), pen);
        Affiliation storage a = affiliations[b.first][b.second];
        bytes memory refusal = _or(_late(pen), _unlicensed(b.first, PartyKind.Doctor, block.timestamp));
        refusal = _or(refusal, _unlicensed(b.second, PartyKind.Hospital, block.timestamp));
        refusal = _or(_or(refusal, _past(b.validUntil)), _or(_notCurrent(b.version, a.version), unsigned));
        bytes memory call_ = abi.encodeCall(
            registry.affiliate, (b.first, b.second, b.validUntil, b.standingUntil, b.version, pen.deadline, list)
        );
        if (!_expectOnce(Act.Affiliate, address(registry), call_, refusal)) return;
        if (b.validUntil < a.validUntil) lastLoss = _now();
        affiliations[b.first][b.second] = Affiliation(b.validUntil, b.standingUntil, b.version + 1);
    }

    function _endAffiliation(Bond memory b, uint32 by, Pen memory pen) internal {
        bytes32 statement = keccak256(abi.encode(Forms.END_AFFILIATION, b.first, b.second, by, b.version, pen.deadline));
        (bytes memory signature, bytes memory unsigned) = _sign(address(registry), statement, by, pen);
        Affiliation storage a = affiliations[b.first][b.second];
        bytes memory refusal = _late(pen);
        if (by != b.first && by != b.second) {
            refusal = _or(refusal, _says(ICredentialRegistry.UnknownParty.selector, by));
        }
        refusal = _or(refusal, _notCurrent(b.version, a.version));
        if (a.validUntil < block.timestamp) refusal = _or(refusal, _unaffiliated(b.first, b.second, block.timestamp));
        refusal = _or(refusal, unsigned);
        bytes memory call_ =
            abi.encodeCall(registry.endAffiliation, (b.first, b.second, by, b.version, pen.deadline, signature));
        if (!_expectOnce(Act.EndAffiliation, address(registry), call_, refusal)) return;
        lastLoss = _now();
        affiliations[b.first][b.second] = Affiliation(0, 0, b.version + 1);
    }

    function _agree(Bond memory b, Pen memory pen) internal {
        bytes32 statement =
            keccak256(abi.encode(Forms.AGREE, b.first, b.second, PROFILE, b.validUntil, b.version, pen.deadline));
        (bytes memory list, bytes memory unsigned) = _sign(address(registry), statement, _two(b.first, b.second), pen);
        bytes memory refusal = _late(pen);
        if (b.first >= b.second) refusal = _or(refusal, _says(ICredentialRegistry.SameParty.selector, b.second));
        refusal = _or(refusal, _unlicensed(b.first, PartyKind.Hospital, block.timestamp));
        refusal = _or(refusal, _unlicensed(b.second, PartyKind.Hospital, block.timestamp));
        refusal = _or(refusal, _past(b.validUntil));
        refusal = _or(_or(refusal, _notCurrent(b.version, agreements[b.first][b.second].version)), unsigned);
        bytes memory call_ =
            abi.encodeCall(registry.agree, (b.first, b.second, PROFILE, b.validUntil, b.version, pen.deadline, list));
        if (!_expectOnce(Act.Agree, address(registry), call_, refusal)) return;
        agreements[b.first][b.second] = Agreement(b.validUntil, b.version + 1, PROFILE);
    }

    // Parts

    function _recordParty(uint32 party, PartyKind kind, uint256 key) private {
        Party storage p = parties[party];
        (p.kind, p.status, p.signers) = (kind, PartyStatus.Applied, 1);
        (keys[party][0], ownerOfKey[key]) = (key, party);
    }

    function _freshKey() internal returns (uint256) {
        return 0xF0000 + ++lastKey;
    }

    function _anyParty(Dice.Cup memory cup) internal view returns (uint32) {
        return uint32(cup.roll(partyCount + 2));
    }

    function _anyDoctor(Dice.Cup memory cup) internal pure returns (uint32) {
        return uint32(FIRST_DOCTOR + cup.roll(DOCTORS));
    }

    function _anyHospital(Dice.Cup memory cup) internal pure returns (uint32) {
        return cup.roll(2) == 0 ? FIRST_HOSPITAL : LAST_HOSPITAL;
    }

    /// @dev Accreditation as the party had it from the beginning.
    function _fully(uint32 party) internal view returns (Accreditation memory) {
        uint40 validUntil = party <= TAX_OFFICE ? type(uint40).max : _now() + 3650 days;
        return Accreditation(party, revisions[party], ALL_SPECIALTIES, validUntil, _powersOf(party), AUTHORITY);
    }

    function _powersOf(uint32 party) internal pure returns (uint8) {
        if (party == AUTHORITY) return Powers.AUTHORITY;
        if (party == TAX_OFFICE) return Powers.TAX_AUTHORITY;
        if (party == ARBITER) return Powers.ARBITER;
        if (party == BANK) return Powers.SETTLEMENT_BANK;
        if (party == PREPARER) return Powers.PAYOUT_PREPARER | Powers.PAYOUT_APPROVER;
        return party == APPROVER ? Powers.PAYOUT_APPROVER : 0;
    }

    function _lasting(uint32 first, uint32 second) internal view returns (Bond memory) {
        uint40 until = _now() + 3650 days;
        return Bond(first, second, until, until, affiliations[first][second].version);
    }

    /// @dev Split off because the arguments alone fill the stack.
    function _accreditCall(Accreditation memory a, uint40 deadline, bytes memory signature)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(
            registry.accredit,
            (a.party, a.revision, a.specialties, CITY, a.validUntil, a.powers, a.authority, deadline, signature)
        );
    }

    function _says(bytes4 selector, uint256 what) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, what);
    }

    function _stale(uint32 party, uint32 revision) internal view returns (bytes memory) {
        if (parties[party].status == PartyStatus.None) {
            return _says(ICredentialRegistry.UnknownParty.selector, party);
        }
        return _notCurrent(revision, revisions[party]);
    }

    function _notCurrent(uint32 named, uint32 current) internal pure returns (bytes memory) {
        if (named == current) return "";
        return abi.encodeWithSelector(ICredentialRegistry.StaleRevision.selector, named, current);
    }

    function _past(uint40 validUntil) internal view returns (bytes memory) {
        if (validUntil > block.timestamp) return "";
        return abi.encodeWithSelector(ICredentialRegistry.ValidityInThePast.selector, validUntil, block.timestamp);
    }

    function _taken(uint256 key) internal view returns (bytes memory) {
        if (ownerOfKey[key] == 0) return "";
        return _says(ICredentialRegistry.SignerTaken.selector, ownerOfKey[key]);
    }

    function _unaffiliated(uint32 doctor, uint32 institution, uint256 asOf) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            ICredentialRegistry.NotAffiliated.selector,
            doctor,
            institution,
            affiliations[doctor][institution].validUntil,
            asOf
        );
    }
}
