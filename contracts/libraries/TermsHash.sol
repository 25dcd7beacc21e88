// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SeatWord, TermsCodec} from "./TermsCodec.sol";

/// @title The EIP-712 struct hash of packed terms: what everyone signs to book them.
library TermsHash {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;

    bytes32 private constant DOCUMENTS_TYPEHASH =
        keccak256("Documents(bytes32 agreement,bytes32 caseFile,bytes32 consent)");
    bytes32 private constant POLICY_TYPEHASH = keccak256(
        "Policy(uint32 freeBefore,uint32 partialBefore,uint16 partialBps,uint16 lateBps,uint32 deliverWindow,uint32 reviewWindow,uint32 arbiter,uint32 arbiterWindow,uint16 defaultBps)"
    );
    bytes32 private constant PRICING_TYPEHASH = keccak256(
        "Pricing(uint32 platform,uint16 platformBps,uint16 urgencyBps,uint16 overtimeBps,uint8 overtimeSteps)"
    );
    bytes32 private constant SEAT_TYPEHASH = keccak256(
        "Seat(uint32 doctor,uint32 institution,uint32 group,uint16 ruleVersion,uint16 institutionBps,uint16 fundBps,bool required,uint128 fee,uint160 specialties)"
    );
    /// @dev Literals in a row, not a concatenation of constants, so that the compiler hashes them and not every call.
    bytes32 private constant TERMS_TYPEHASH = keccak256(
        "Terms(uint32 hospital,uint32 start,uint8 slots,uint8 lead,uint40 signBy,bytes16 salt,Pricing pricing,Policy policy,Documents documents,Seat[] seats)"
        "Documents(bytes32 agreement,bytes32 caseFile,bytes32 consent)"
        "Policy(uint32 freeBefore,uint32 partialBefore,uint16 partialBps,uint16 lateBps,uint32 deliverWindow,uint32 reviewWindow,uint32 arbiter,uint32 arbiterWindow,uint16 defaultBps)"
        "Pricing(uint32 platform,uint16 platformBps,uint16 urgencyBps,uint16 overtimeBps,uint8 overtimeSteps)"
        "Seat(uint32 doctor,uint32 institution,uint32 group,uint16 ruleVersion,uint16 institutionBps,uint16 fundBps,bool required,uint128 fee,uint160 specialties)"
    );

    bytes32 private constant AMENDMENT_TYPEHASH = keccak256(
        "Amendment(bytes32 replaced,Terms terms)" "Documents(bytes32 agreement,bytes32 caseFile,bytes32 consent)"
        "Policy(uint32 freeBefore,uint32 partialBefore,uint16 partialBps,uint16 lateBps,uint32 deliverWindow,uint32 reviewWindow,uint32 arbiter,uint32 arbiterWindow,uint16 defaultBps)"
        "Pricing(uint32 platform,uint16 platformBps,uint16 urgencyBps,uint16 overtimeBps,uint8 overtimeSteps)"
        "Seat(uint32 doctor,uint32 institution,uint32 group,uint16 ruleVersion,uint16 institutionBps,uint16 fundBps,bool required,uint128 fee,uint160 specialties)"
        "Terms(uint32 hospital,uint32 start,uint8 slots,uint8 lead,uint40 signBy,bytes16 salt,Pricing pricing,Policy policy,Documents documents,Seat[] seats)"
    );

    /// @dev The EIP-712 struct hash of an Amendment: what everyone signs to put these terms in the place of others. It
    /// differs from that of a booking, so that the signatures on one cannot serve for the other.
    function amendmentHash(bytes calldata packed, bytes32 replaced) internal pure returns (bytes32) {
        return keccak256(abi.encode(AMENDMENT_TYPEHASH, replaced, structHash(packed)));
    }

    /// @dev The EIP-712 struct hash of Terms. One buffer serves all of its parts in turn.
    function structHash(bytes calldata packed) internal pure returns (bytes32) {
        bytes32[11] memory words;
        bytes32 pricing = _pricingHash(packed, words);
        bytes32 policy = _policyHash(packed, words);
        bytes32 documents = _documentsHash(packed, words);
        bytes32 seats = _seatsHash(packed, words);
        words[0] = TERMS_TYPEHASH;
        words[1] = bytes32(uint256(packed.hospital()));
        words[2] = bytes32(packed.start());
        words[3] = bytes32(packed.slots());
        words[4] = bytes32(uint256(packed.lead()));
        words[5] = bytes32(packed.signBy());
        words[6] = bytes32(packed.word(0) << 128);
        (words[7], words[8], words[9], words[10]) = (pricing, policy, documents, seats);
        return _hash(words, 11);
    }

    function _pricingHash(bytes calldata packed, bytes32[11] memory words) private pure returns (bytes32) {
        words[0] = PRICING_TYPEHASH;
        words[1] = bytes32(uint256(packed.platform()));
        words[2] = bytes32(packed.platformBps());
        words[3] = bytes32(packed.urgencyBps());
        words[4] = bytes32(packed.overtimeBps());
        words[5] = bytes32(packed.overtimeSteps());
        return _hash(words, 6);
    }

    function _policyHash(bytes calldata packed, bytes32[11] memory words) private pure returns (bytes32) {
        uint256 policy = packed.word(43);
        words[0] = POLICY_TYPEHASH;
        words[1] = bytes32(policy >> 224);
        words[2] = bytes32(uint256(uint32(policy >> 192)));
        words[3] = bytes32(uint256(uint16(policy >> 176)));
        words[4] = bytes32(uint256(uint16(policy >> 160)));
        words[5] = bytes32(uint256(uint32(policy >> 128)));
        words[6] = bytes32(uint256(uint32(policy >> 96)));
        words[7] = bytes32(uint256(uint32(policy >> 64)));
        words[8] = bytes32(uint256(uint32(policy >> 32)));
        words[9] = bytes32(uint256(uint16(policy >> 16)));
        return _hash(words, 10);
    }

    function _documentsHash(bytes calldata packed, bytes32[11] memory words) private pure returns (bytes32) {
        words[0] = DOCUMENTS_TYPEHASH;
        words[1] = bytes32(packed.word(73));
        words[2] = packed.caseFile();
        words[3] = packed.consent();
        return _hash(words, 4);
    }

    function _seatsHash(bytes calldata packed, bytes32[11] memory words) private pure returns (bytes32 hash) {
        uint256 count = packed.seatCount();
        bytes32[] memory hashes = new bytes32[](count);
        words[0] = SEAT_TYPEHASH;
        uint256 place = packed.firstSeat();
        for (uint256 i; i < count;) {
            (SeatWord s, uint256 fee) = TermsCodec.seatAt(place);
            words[1] = bytes32(uint256(s.doctor()));
            words[2] = bytes32(uint256(s.institution()));
            words[3] = bytes32(uint256(s.group()));
            words[4] = bytes32(uint256(s.ruleVersion()));
            words[5] = bytes32(s.institutionBps());
            words[6] = bytes32(s.fundBps());
            words[7] = bytes32(uint256(uint8(SeatWord.unwrap(s) >> 104)));
            words[8] = bytes32(fee);
            words[9] = bytes32(uint256(TermsCodec.specialtiesAt(place)));
            unchecked {
                ++i;
                place += TermsCodec.SEAT;
            }
            // The first word is the length, so the places are counted from 1.
            assembly ("memory-safe") {
                mstore(add(hashes, mul(i, 32)), keccak256(words, 320))
            }
        }
        assembly ("memory-safe") {
            hash := keccak256(add(hashes, 32), mul(count, 32))
        }
    }

    /// @dev keccak256 of the first words of the buffer.
    function _hash(bytes32[11] memory words, uint256 count) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            hash := keccak256(words, mul(count, 32))
        }
    }
}
