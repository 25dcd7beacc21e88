// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICaseAccess} from "../../../../contracts/interfaces/ICaseAccess.sol";
import {IConsultations} from "../../../../contracts/interfaces/IConsultations.sol";
import {ICredentialRegistry} from "../../../../contracts/interfaces/ICredentialRegistry.sol";
import {IDoctorGroups} from "../../../../contracts/interfaces/IDoctorGroups.sol";
import {ISlotBook} from "../../../../contracts/interfaces/ISlotBook.sol";
import {IStatements} from "../../../../contracts/interfaces/IStatements.sol";
import {Split} from "../../../../contracts/libraries/Split.sol";
import {TermsCodec} from "../../../../contracts/libraries/TermsCodec.sol";
import {Group} from "../../../../contracts/types/Groups.sol";
import {Affiliation, PartyKind} from "../../../../contracts/types/Parties.sol";
import {Documents, Policy, Pricing, Seat, Terms} from "../../../../contracts/types/Terms.sol";
import {Dice} from "../Dice.sol";
import {Packing} from "../Packing.sol";
import {GroupActs} from "./GroupActs.sol";

/// @notice Terms that people might agree on, and whether the book lets them be booked now.
abstract contract Drafts is GroupActs {
    using Dice for Dice.Cup;
    using Packing for Terms;

    uint256 internal constant SLOT = 900;

    // Drawing up

    function _anyTerms(Dice.Cup memory cup) internal view returns (Terms memory t) {
        t.hospital = _anyHospital(cup);
        t.start = uint32(block.timestamp / SLOT + 1 + cup.rollEdgy(60));
        t.slots = cup.roll(12) == 0 ? uint8(1 + cup.roll(255)) : uint8(1 + cup.roll(6));
        t.signBy = _now() + uint40(cup.rollEdgy(1 days));
        t.salt = bytes16(uint128(cup.roll(1 << 127)));
        t.pricing = Pricing(
            PLATFORM,
            uint16(cup.rollEdgy(3000)),
            uint16(cup.rollEdgy(5000)),
            uint16(cup.rollEdgy(3000)),
            uint8(cup.roll(4))
        );
        t.policy = _anyPolicy(cup);
        uint256 chosen = 1 + cup.roll(2 ** DOCTORS - 1);
        t.seats = new Seat[](_ones(chosen));
        uint256 count;
        for (uint32 i; i < DOCTORS; ++i) {
            if (chosen >> i & 1 == 1) t.seats[count++] = _anySeat(cup, FIRST_DOCTOR + i);
        }
        t.lead = uint8(cup.roll(count));
        t.seats[t.lead].required = true;
    }

    function _anyPolicy(Dice.Cup memory cup) private pure returns (Policy memory p) {
        p.freeBefore = uint32(cup.rollEdgy(20 hours));
        p.partialBefore = uint32(cup.rollEdgy(p.freeBefore));
        p.partialBps = uint16(cup.rollEdgy(BPS));
        p.lateBps = uint16(cup.rollEdgy(BPS));
        p.deliverWindow = uint32(cup.rollEdgy(2 days));
        p.reviewWindow = uint32(cup.rollEdgy(3 days));
        p.arbiter = ARBITER;
        p.arbiterWindow = uint32(cup.rollEdgy(4 days));
        p.defaultBps = uint16(cup.rollEdgy(BPS));
    }

    function _anySeat(Dice.Cup memory cup, uint32 doctor) internal view returns (Seat memory s) {
        s.doctor = doctor;
        s.institution = _anyHospital(cup);
        s.group = cup.roll(3) == 0 ? 0 : _anyGroup(cup);
        if (!_isMember(s.group, doctor)) s.group = 0;
        _setShares(s);
        s.required = cup.roll(2) == 0;
        s.fee = uint128(cup.rollEdgy(1_000_000));
        s.specialties = uint160(cup.roll(ALL_SPECIALTIES + 1));
    }

    function _setShares(Seat memory s) internal view {
        Group storage g = companies[s.group];
        (s.ruleVersion, s.institutionBps, s.fundBps) =
            s.group == 0 ? (0, uint16(BPS), 0) : (g.ruleVersion, g.institutionBps, g.fundBps);
    }

    /// @dev Makes the terms bookable: everyone qualified and affiliated, the patient's consent, money, free hours.
    function _prepare(Terms memory t) internal {
        _heal(t.hospital);
        _heal(PLATFORM);
        for (uint256 i; i < t.seats.length; ++i) {
            _healSeat(t.hospital, t.seats[i]);
        }
        if (_indexOf(t.documents.caseFile, t.documents.consent) == consents.length) {
            Given memory g = _freshConsent(t.hospital);
            _grantConsent(g, _steadyPen());
            t.documents = Documents(PROFILE, g.caseFile, g.consent);
        }
        while (_takenHour(t, 0).length != 0) ++t.start;
    }

    function _healSeat(uint32 hospital, Seat memory s) internal {
        _heal(s.doctor);
        _heal(s.institution);
        _healBond(s.doctor, s.institution);
        if (s.institution != hospital) _healAgreement();
    }

    /// @dev One fault that somebody may have hidden in good terms, or that has come up since.
    function _spoil(Dice.Cup memory cup, Terms memory t) internal {
        uint256 way = cup.roll(17);
        uint256 i = cup.roll(t.seats.length);
        if (way == 0) t.documents.consent = bytes32(cup.roll(9));
        if (way == 1) t.hospital = FIRST_HOSPITAL + LAST_HOSPITAL - t.hospital;
        if (way == 2) _withdrawConsent(consents.length - 1, _steadyPen());
        if (way == 3) t.seats[i].group = _anyGroup(cup);
        if (way == 4) ++t.seats[i].ruleVersion;
        if (way == 5) ++t.seats[i].fundBps;
        if (way == 6) t.start = uint32(block.timestamp / SLOT);
        if (way == 7) t.signBy = _now() - 1;
        if (way == 8) t.start -= uint32(cup.roll(12));
        if (way == 9) t.seats[i].fee = uint128(1 << (60 + cup.roll(60)));
        if (way == 10) t.pricing.platformBps = uint16(BPS + 1);
        if (way == 11) t.policy.lateBps = uint16(BPS + 1);
        if (way == 12) t.slots = 0;
        if (way == 13) t.lead = uint8(cup.roll(5));
        if (way == 14) t.seats[i].specialties = ALL_SPECIALTIES + 1;
        if (way == 15) t.seats[i].doctor = _anyDoctor(cup);
        if (way == 16) _suspend(t.seats[i].doctor, revisions[t.seats[i].doctor], AUTHORITY, _steadyPen());
    }

    // What the book says

    /// @dev Everything `book` asks before it looks at signatures.
    /// @return refusal empty where they may be signed
    /// @return signers who has to, in order
    function _unbookable(Terms memory t) internal view returns (bytes memory refusal, uint32[] memory signers) {
        uint32[] memory leads;
        uint32 id = idOfTerms[keccak256(t.pack())];
        if (id != 0) refusal = _says(IConsultations.AlreadyBooked.selector, id);
        refusal = _or(_or(refusal, _malformed(t)), _untimely(t));
        refusal = _or(_or(refusal, _unsplittable(t)), _unconsented(t));
        if (refusal.length != 0) return (refusal, signers);
        (refusal, leads) = _ungrouped(t);
        if (refusal.length != 0) return (refusal, signers);
        return _signersOf(t, leads);
    }

    function _malformed(Terms memory t) private pure returns (bytes memory) {
        if (t.slots == 0) return abi.encodeWithSelector(TermsCodec.NoLength.selector);
        for (uint256 i = 1; i < t.seats.length; ++i) {
            (uint32 previous, uint32 next) = (t.seats[i - 1].doctor, t.seats[i].doctor);
            if (next <= previous) return _names(TermsCodec.SeatsNotAscending.selector, previous, next);
        }
        if (t.lead < t.seats.length && t.seats[t.lead].required) return "";
        return _names(TermsCodec.LeadNotRequired.selector, t.lead, t.seats.length);
    }

    function _untimely(Terms memory t) private view returns (bytes memory) {
        if (block.timestamp > t.signBy) {
            return _names(IStatements.StatementExpired.selector, t.signBy, block.timestamp);
        }
        if (block.timestamp < _startsAt(t)) return "";
        return _names(IConsultations.StartInThePast.selector, _startsAt(t), block.timestamp);
    }

    function _unsplittable(Terms memory t) private pure returns (bytes memory) {
        uint16[4] memory shares = [t.pricing.platformBps, t.policy.partialBps, t.policy.lateBps, t.policy.defaultBps];
        for (uint256 i; i < 4; ++i) {
            if (shares[i] > BPS) return _names(Split.ShareOutOfRange.selector, shares[i], BPS);
        }
        for (uint256 i; i < t.seats.length; ++i) {
            Seat memory s = t.seats[i];
            uint256 both = uint256(s.institutionBps) + s.fundBps;
            if (both > BPS) return _names(Split.ShareOutOfRange.selector, both, BPS);
            if (s.group == 0 && (s.institutionBps != BPS || s.ruleVersion != 0)) {
                bytes4 fault = Split.SharesWithoutGroup.selector;
                return abi.encodeWithSelector(fault, s.doctor, s.institutionBps, s.fundBps);
            }
        }
        return "";
    }

    function _unconsented(Terms memory t) private view returns (bytes memory) {
        uint256 index = _indexOf(t.documents.caseFile, t.documents.consent);
        if (index == consents.length) {
            return abi.encodeWithSelector(ICaseAccess.NotGranted.selector, t.documents.consent);
        }
        Given storage g = consents[index];
        if (g.hospital != t.hospital) {
            return _names(ICaseAccess.ConsentForOtherHospital.selector, g.hospital, t.hospital);
        }
        if (!g.withdrawn && g.validUntil >= _endsAt(t)) return "";
        return abi.encodeWithSelector(ICaseAccess.ConsentNotInForce.selector, g.consent, g.validUntil, g.withdrawn);
    }

    function _ungrouped(Terms memory t) private view returns (bytes memory refusal, uint32[] memory leads) {
        leads = new uint32[](t.seats.length);
        uint256 count;
        for (uint256 i; i < t.seats.length; ++i) {
            Seat memory s = t.seats[i];
            if (s.group == 0) continue;
            Group storage g = companies[s.group];
            if (!_isMember(s.group, s.doctor)) {
                return (_names(IDoctorGroups.NotMember.selector, s.group, s.doctor), leads);
            }
            if (s.ruleVersion != g.ruleVersion) {
                bytes4 stale = IDoctorGroups.StaleRule.selector;
                return (abi.encodeWithSelector(stale, s.group, s.ruleVersion, g.ruleVersion), leads);
            }
            if (s.institutionBps != g.institutionBps || s.fundBps != g.fundBps) {
                bytes4 differ = IDoctorGroups.SharesDiffer.selector;
                return (abi.encodeWithSelector(differ, s.group, g.institutionBps, g.fundBps), leads);
            }
            if (g.standingUntil < block.timestamp) count = _include(leads, count, 0, g.lead);
        }
        _shorten(leads, count);
    }

    function _signersOf(Terms memory t, uint32[] memory leads)
        private
        view
        returns (bytes memory refusal, uint32[] memory signers)
    {
        uint256 asOf = _endsAt(t);
        refusal = _unlicensed(t.hospital, PartyKind.Hospital, asOf);
        if (t.pricing.platformBps != 0) {
            refusal = _or(refusal, _unlicensed(t.pricing.platform, PartyKind.Platform, block.timestamp));
        }
        signers = new uint32[](1 + 2 * t.seats.length + leads.length);
        signers[0] = t.hospital;
        uint256 first = 1 + t.seats.length;
        uint256 count = first;
        for (uint256 i; i < t.seats.length; ++i) {
            Seat memory s = t.seats[i];
            signers[1 + i] = s.doctor;
            refusal = _or(refusal, _unseated(s, asOf));
            if (s.institution == t.hospital) continue;
            refusal = _or(refusal, _disagreed(t.hospital, s.institution, asOf));
            if (affiliations[s.doctor][s.institution].standingUntil >= block.timestamp) continue;
            count = _include(signers, count, first, s.institution);
        }
        for (uint256 i; i < leads.length; ++i) {
            signers[count++] = leads[i];
        }
        _shorten(signers, count);
    }

    /// @dev What the registry says to a seat at a time.
    function _unseated(Seat memory s, uint256 asOf) internal view returns (bytes memory refusal) {
        refusal = _unlicensed(s.doctor, PartyKind.Doctor, asOf);
        uint160 held = parties[s.doctor].specialties;
        if (held & s.specialties != s.specialties) {
            bytes4 missing = ICredentialRegistry.SpecialtiesMissing.selector;
            refusal = _or(refusal, abi.encodeWithSelector(missing, s.doctor, held, s.specialties));
        }
        refusal = _or(refusal, _unlicensed(s.institution, PartyKind.Hospital, asOf));
        Affiliation storage a = affiliations[s.doctor][s.institution];
        if (a.validUntil < asOf) refusal = _or(refusal, _unaffiliated(s.doctor, s.institution, asOf));
    }

    function _unseated(Terms memory t, uint256 mask) internal view returns (bytes memory refusal) {
        for (uint256 i; i < t.seats.length; ++i) {
            if (mask >> i & 1 == 1) refusal = _or(refusal, _unseated(t.seats[i], _endsAt(t)));
        }
    }

    function _disagreed(uint32 hospital, uint32 institution, uint256 asOf) private view returns (bytes memory) {
        (uint32 a, uint32 b) = hospital < institution ? (hospital, institution) : (institution, hospital);
        uint40 validUntil = agreements[a][b].validUntil;
        if (validUntil >= asOf) return "";
        return abi.encodeWithSelector(ICredentialRegistry.NoAgreement.selector, hospital, institution, validUntil, asOf);
    }

    /// @dev The first hour of these terms that belongs to another consultation than `own`.
    function _takenHour(Terms memory t, uint32 own) internal view returns (bytes memory) {
        for (uint256 i; i < t.seats.length; ++i) {
            for (uint256 slot = t.start; slot < uint256(t.start) + t.slots; ++slot) {
                uint32 id = hours_[t.seats[i].doctor][slot];
                if (id != 0 && id != own) return _names(ISlotBook.SlotTaken.selector, t.seats[i].doctor, slot);
            }
        }
        return "";
    }

    /// @param id the consultation that takes the hours; 0 where they are free again
    function _setHours(Terms memory t, uint32 id) internal {
        for (uint256 i; i < t.seats.length; ++i) {
            uint32 doctor = t.seats[i].doctor;
            for (uint256 slot = t.start; slot < uint256(t.start) + t.slots; ++slot) {
                vm.assertTrue(id == 0 || hours_[doctor][slot] == 0, "I14: a doctor is booked twice for one slot");
                hours_[doctor][slot] = id;
                _setBit(doctor, slot, id != 0);
            }
        }
        if (lastSlot < uint256(t.start) + t.slots) lastSlot = uint256(t.start) + t.slots;
    }

    function _setBit(uint32 doctor, uint256 slot, bool taken) private {
        Calendar storage c = calendars[doctor];
        uint32 word = uint32(slot / 256);
        if (!c.isTouched[word]) c.touched.push(word);
        c.isTouched[word] = true;
        uint256 others = c.bits[word] & ~(1 << slot % 256);
        c.bits[word] = taken ? others | 1 << slot % 256 : others;
    }

    // Parts

    function _startsAt(Terms memory t) internal pure returns (uint256) {
        return t.start * SLOT;
    }

    function _endsAt(Terms memory t) internal pure returns (uint256) {
        return (uint256(t.start) + t.slots) * SLOT;
    }

    function _requiredSeats(Terms memory t) internal pure returns (uint16 mask) {
        for (uint256 i; i < t.seats.length; ++i) {
            if (t.seats[i].required) mask |= uint16(1 << i);
        }
    }

    function _ones(uint256 mask) internal pure returns (uint256 count) {
        for (; mask != 0; mask >>= 1) {
            count += mask & 1;
        }
    }

    function _include(uint32[] memory list, uint256 count, uint256 from, uint32 party) private pure returns (uint256) {
        for (uint256 i = from; i < count; ++i) {
            if (list[i] == party) return count;
        }
        list[count] = party;
        return count + 1;
    }

    function _shorten(uint32[] memory list, uint256 count) private pure {
        assembly ("memory-safe") {
            mstore(list, count)
        }
    }
}
