// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SeatWord, TermsCodec} from "../../../contracts/libraries/TermsCodec.sol";
import {TermsHash} from "../../../contracts/libraries/TermsHash.sol";
import {Seat, Terms} from "../../../contracts/types/Terms.sol";
import {AnyTerms} from "./AnyTerms.sol";
import {Dice} from "./Dice.sol";
import {ForgeTest} from "./ForgeTest.sol";
import {Packing} from "./Packing.sol";

/// @notice The library reads calldata; this reads memory back through it.
contract Reader {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;

    function requireWellFormed(bytes calldata packed) external pure {
        packed.requireWellFormed();
    }

    function structHash(bytes calldata packed) external pure returns (bytes32) {
        return TermsHash.structHash(packed);
    }

    /// @notice All fields that the contracts read, in the place where the struct has them; the others stay 0.
    function read(bytes calldata packed) external pure returns (Terms memory t) {
        (t.hospital, t.start, t.slots) = (packed.hospital(), uint32(packed.start()), uint8(packed.slots()));
        (t.lead, t.signBy) = (packed.lead(), uint40(packed.signBy()));
        t.pricing.platform = packed.platform();
        t.pricing.platformBps = uint16(packed.platformBps());
        t.pricing.urgencyBps = uint16(packed.urgencyBps());
        t.pricing.overtimeBps = uint16(packed.overtimeBps());
        t.pricing.overtimeSteps = uint8(packed.overtimeSteps());
        t.policy.freeBefore = uint32(packed.freeBefore());
        t.policy.partialBefore = uint32(packed.partialBefore());
        t.policy.partialBps = uint16(packed.partialBps());
        t.policy.lateBps = uint16(packed.lateBps());
        t.policy.deliverWindow = uint32(packed.deliverWindow());
        t.policy.reviewWindow = uint32(packed.reviewWindow());
        t.policy.defaultBps = uint16(packed.defaultBps());
        (t.documents.caseFile, t.documents.consent) = (packed.caseFile(), packed.consent());
        t.seats = new Seat[](packed.seatCount());
        for (uint256 i; i < t.seats.length; ++i) {
            t.seats[i] = _seat(packed, i);
        }
    }

    function requiredSeats(bytes calldata packed) external pure returns (uint256) {
        return packed.requiredSeats();
    }

    function times(bytes calldata packed) external pure returns (uint256, uint256) {
        return (packed.startsAt(), packed.endsAt());
    }

    function doctors(bytes calldata packed) external pure returns (uint32[] memory list, uint32) {
        list = new uint32[](packed.seatCount());
        uint256 place = packed.firstSeat();
        for (uint256 i; i < list.length; ++i) {
            (SeatWord w,) = TermsCodec.seatAt(place);
            list[i] = w.doctor();
            place += TermsCodec.SEAT;
        }
        return (list, packed.leadingDoctor());
    }

    function _seat(bytes calldata packed, uint256 index) private pure returns (Seat memory s) {
        SeatWord w = packed.seat(index);
        (s.doctor, s.institution, s.group) = (w.doctor(), w.institution(), w.group());
        (s.ruleVersion, s.institutionBps, s.fundBps) =
        (w.ruleVersion(), uint16(w.institutionBps()), uint16(w.fundBps()));
        s.required = w.required();
        (s.fee, s.specialties) = (uint128(packed.fee(index)), packed.specialties(index));
    }
}

/// @notice One packed form for one signed form, and every field where the book says.
contract TermsCodecTest is ForgeTest {
    using Dice for Dice.Cup;
    using Packing for Terms;

    bytes32 private constant PRICING = keccak256(
        "Pricing(uint32 platform,uint16 platformBps,uint16 urgencyBps,uint16 overtimeBps,uint8 overtimeSteps)"
    );
    bytes32 private constant POLICY = keccak256(
        "Policy(uint32 freeBefore,uint32 partialBefore,uint16 partialBps,uint16 lateBps,uint32 deliverWindow,uint32 reviewWindow,uint32 arbiter,uint32 arbiterWindow,uint16 defaultBps)"
    );
    bytes32 private constant DOCUMENTS = keccak256("Documents(bytes32 agreement,bytes32 caseFile,bytes32 consent)");
    bytes32 private constant SEAT = keccak256(
        "Seat(uint32 doctor,uint32 institution,uint32 group,uint16 ruleVersion,uint16 institutionBps,uint16 fundBps,bool required,uint128 fee,uint160 specialties)"
    );
    bytes32 private constant TERMS = keccak256(
        "Terms(uint32 hospital,uint32 start,uint8 slots,uint8 lead,uint40 signBy,bytes16 salt,Pricing pricing,Policy policy,Documents documents,Seat[] seats)"
        "Documents(bytes32 agreement,bytes32 caseFile,bytes32 consent)"
        "Policy(uint32 freeBefore,uint32 partialBefore,uint16 partialBps,uint16 lateBps,uint32 deliverWindow,uint32 reviewWindow,uint32 arbiter,uint32 arbiterWindow,uint16 defaultBps)"
        "Pricing(uint32 platform,uint16 platformBps,uint16 urgencyBps,uint16 overtimeBps,uint8 overtimeSteps)"
        "Seat(uint32 doctor,uint32 institution,uint32 group,uint16 ruleVersion,uint16 institutionBps,uint16 fundBps,bool required,uint128 fee,uint160 specialties)"
    );

    Reader private immutable READER = new Reader();

    /// @notice What was packed is read back, field by field.
    function testFuzz_read__what_was_packed__gives_it_back(uint256 seed) public view {
        Terms memory t = AnyTerms.from(Dice.Cup(seed));
        bytes memory packed = t.pack();
        READER.requireWellFormed(packed);
        Terms memory back = READER.read(packed);
        // The contracts have no use for these four: only the hash shows that they are there.
        back.salt = t.salt;
        (back.policy.arbiter, back.policy.arbiterWindow) = (t.policy.arbiter, t.policy.arbiterWindow);
        back.documents.agreement = t.documents.agreement;
        vm.assertEq(keccak256(abi.encode(back)), keccak256(abi.encode(t)), "a field was read in another place");
    }

    function testFuzz_read__derived_values__follow_from_the_fields(uint256 seed) public view {
        Terms memory t = AnyTerms.from(Dice.Cup(seed));
        bytes memory packed = t.pack();
        (uint256 starts, uint256 ends) = READER.times(packed);
        vm.assertEq(starts, uint256(t.start) * 900, "start");
        uint256 end = (uint256(t.start) + t.slots) * 900;
        vm.assertEq(ends, end > type(uint40).max ? type(uint40).max : end, "end");
        (uint32[] memory doctors, uint32 leading) = READER.doctors(packed);
        vm.assertEq(doctors.length, t.seats.length, "doctors");
        vm.assertEq(leading, t.seats[t.lead].doctor, "leading doctor");
        uint256 mask;
        for (uint256 i; i < t.seats.length; ++i) {
            vm.assertEq(doctors[i], t.seats[i].doctor, "doctor");
            if (t.seats[i].required) mask |= 1 << i;
        }
        vm.assertEq(READER.requiredSeats(packed), mask, "required seats");
    }

    /// @notice The hash that is signed is that of EIP-712, as the plain way of writing it gives.
    function testFuzz_hash__is_that_of_the_typed_struct(uint256 seed) public view {
        Terms memory t = AnyTerms.from(Dice.Cup(seed));
        vm.assertEq(READER.structHash(t.pack()), _structHash(t), "struct hash");
    }

    /// @notice Change any byte: either it is no packed form of any terms, or it is signed differently.
    function testFuzz_hash__of_one_byte_changed__differs_or_is_refused(uint256 seed, uint256 place, uint8 change)
        public
        view
    {
        bytes memory packed = AnyTerms.from(Dice.Cup(seed)).pack();
        bytes32 before = READER.structHash(packed);
        place = bound(place, 0, packed.length - 1);
        packed[place] ^= bytes1(uint8(bound(change, 1, 255)));
        if (!_isWellFormed(packed)) return;
        vm.assertTrue(READER.structHash(packed) != before, "one signature for two packed forms");
    }

    function testFuzz_hash__of_other_seats__differs(uint256 seed, uint256 swapped) public view {
        Terms memory t = AnyTerms.from(Dice.Cup(seed));
        bytes32 before = READER.structHash(t.pack());
        Terms memory other = AnyTerms.from(Dice.Cup(seed));
        Seat[] memory fewer = new Seat[](t.seats.length - 1);
        swapped = bound(swapped, 0, fewer.length);
        for (uint256 i; i < fewer.length; ++i) {
            fewer[i] = t.seats[i < swapped ? i : i + 1];
        }
        other.seats = fewer;
        vm.assertTrue(READER.structHash(other.pack()) != before, "a seat that is not signed for");
    }

    /// @notice Any two terms: the same hash only for the same bytes.
    function testFuzz_hash__of_any_two_terms__is_equal_only_if_they_are(uint256 one, uint256 two) public view {
        bytes memory first = AnyTerms.from(Dice.Cup(one)).pack();
        bytes memory second = AnyTerms.from(Dice.Cup(two)).pack();
        vm.assertEq(
            READER.structHash(first) == READER.structHash(second),
            keccak256(first) == keccak256(second),
            "two packed forms share a hash"
        );
    }

    /// @notice What lies behind the terms in calldata is the caller's: a lead just beyond the seats would be anybody.
    function testFuzz_well_formed__lead_beyond_the_seats_before_forged_bytes__is_refused(uint256 seed) public view {
        Terms memory t = AnyTerms.from(Dice.Cup(seed));
        bytes memory packed = t.pack();
        packed[10] = bytes1(uint8(t.seats.length));
        bytes memory forged = new bytes(64);
        for (uint256 i; i < forged.length; ++i) {
            forged[i] = 0x01;
        }
        bytes memory call_ =
            abi.encodePacked(Reader.requireWellFormed.selector, uint256(32), packed.length, packed, forged);
        (bool success, bytes memory answer) = address(READER).staticcall(call_);
        require(!success, "accepted");
        bytes memory expected =
            abi.encodeWithSelector(TermsCodec.LeadNotRequired.selector, uint8(t.seats.length), t.seats.length);
        require(keccak256(answer) == keccak256(expected), "another refusal");
    }

    function testFuzz_well_formed__any_other_length__is_refused(uint256 seed, uint256 length) public {
        bytes memory packed = AnyTerms.from(Dice.Cup(seed)).pack();
        length = bound(length, 0, packed.length - 1);
        bytes memory cut = new bytes(length);
        for (uint256 i; i < length; ++i) {
            cut[i] = packed[i];
        }
        bool possible = length > TermsCodec.HEADER && (length - TermsCodec.HEADER) % TermsCodec.SEAT == 0;
        if (possible) return;
        vm.expectRevert(abi.encodeWithSelector(TermsCodec.TermsMalformed.selector, length));
        READER.requireWellFormed(cut);
    }

    /// @notice Terms with a few bytes changed where the rules look: accepted exactly when all rules hold.
    function testFuzz_well_formed__with_bytes_changed__obeys_the_rules(uint256 seed) public view {
        Dice.Cup memory cup = Dice.Cup(seed);
        bytes memory packed = AnyTerms.from(cup).pack();
        for (uint256 left = cup.roll(4); left > 0; --left) {
            packed[_ruledPlace(cup, packed.length)] = bytes1(uint8(cup.rollEdgy(type(uint8).max)));
        }
        vm.assertEq(_isWellFormed(packed), _obeysTheRules(packed), "a rule is missing or one too many");
    }

    /// @dev Version, length, lead, or a seat's doctor or flag.
    function _ruledPlace(Dice.Cup memory cup, uint256 length) private pure returns (uint256) {
        uint256 seats = (length - TermsCodec.HEADER) / TermsCodec.SEAT;
        uint8[3] memory header = [0, 9, 10];
        if (cup.roll(2) == 0) return header[cup.roll(3)];
        uint8[5] memory inSeat = [0, 1, 2, 3, 18];
        return TermsCodec.HEADER + cup.roll(seats) * TermsCodec.SEAT + inSeat[cup.roll(5)];
    }

    function _obeysTheRules(bytes memory packed) private pure returns (bool) {
        if (packed[0] != 0x01 || packed[9] == 0) return false;
        uint256 lead = uint8(packed[10]);
        uint256 previous;
        bool led;
        for (uint256 seat = TermsCodec.HEADER; seat < packed.length; seat += TermsCodec.SEAT) {
            uint256 doctor;
            for (uint256 i; i < 4; ++i) {
                doctor = doctor << 8 | uint8(packed[seat + i]);
            }
            uint8 flag = uint8(packed[seat + 18]);
            if (doctor <= previous || flag > 1) return false;
            previous = doctor;
            if (flag == 1 && (seat - TermsCodec.HEADER) / TermsCodec.SEAT == lead) led = true;
        }
        return led;
    }

    function _isWellFormed(bytes memory packed) private view returns (bool formed) {
        try READER.requireWellFormed(packed) {
            formed = true;
        } catch {}
    }

    /// @dev As EIP-712 is usually written, to compare the contracts' way with.
    function _structHash(Terms memory t) private pure returns (bytes32) {
        bytes32[] memory seats = new bytes32[](t.seats.length);
        for (uint256 i; i < seats.length; ++i) {
            seats[i] = keccak256(abi.encode(SEAT, t.seats[i]));
        }
        return keccak256(
            bytes.concat(
                abi.encode(TERMS, t.hospital, t.start, t.slots, t.lead, t.signBy, t.salt),
                keccak256(abi.encode(PRICING, t.pricing)),
                keccak256(abi.encode(POLICY, t.policy)),
                keccak256(abi.encode(DOCUMENTS, t.documents)),
                keccak256(abi.encodePacked(seats))
            )
        );
    }
}
