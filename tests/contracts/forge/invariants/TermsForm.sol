// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Terms} from "../../../../contracts/types/Terms.sol";

/// @notice The EIP-712 struct hash of terms and of an amendment, from the structs as they are declared.
library TermsForm {
    string private constant DOCUMENTS = "Documents(bytes32 agreement,bytes32 caseFile,bytes32 consent)";
    string private constant POLICY =
        "Policy(uint32 freeBefore,uint32 partialBefore,uint16 partialBps,uint16 lateBps,uint32 deliverWindow,uint32 reviewWindow,uint32 arbiter,uint32 arbiterWindow,uint16 defaultBps)";
    string private constant PRICING =
        "Pricing(uint32 platform,uint16 platformBps,uint16 urgencyBps,uint16 overtimeBps,uint8 overtimeSteps)";
    string private constant SEAT =
        "Seat(uint32 doctor,uint32 institution,uint32 group,uint16 ruleVersion,uint16 institutionBps,uint16 fundBps,bool required,uint128 fee,uint160 specialties)";
    string private constant TERMS =
        "Terms(uint32 hospital,uint32 start,uint8 slots,uint8 lead,uint40 signBy,bytes16 salt,Pricing pricing,Policy policy,Documents documents,Seat[] seats)";

    function structHash(Terms memory t) internal pure returns (bytes32) {
        bytes32[] memory seats = new bytes32[](t.seats.length);
        for (uint256 i; i < seats.length; ++i) {
            seats[i] = keccak256(abi.encode(keccak256(bytes(SEAT)), t.seats[i]));
        }
        bytes memory parts = abi.encode(
            keccak256(abi.encode(keccak256(bytes(PRICING)), t.pricing)),
            keccak256(abi.encode(keccak256(bytes(POLICY)), t.policy)),
            keccak256(abi.encode(keccak256(bytes(DOCUMENTS)), t.documents)),
            keccak256(abi.encodePacked(seats))
        );
        bytes32 form = keccak256(bytes.concat(bytes(TERMS), _parts()));
        bytes memory head = abi.encode(form, t.hospital, t.start, t.slots, t.lead, t.signBy, t.salt);
        return keccak256(bytes.concat(head, parts));
    }

    function amendmentHash(bytes32 replaced, Terms memory to) internal pure returns (bytes32) {
        // The parts of a type stand in alphabetical order, and Terms behind Seat.
        bytes memory form = bytes.concat("Amendment(bytes32 replaced,Terms terms)", _parts(), bytes(TERMS));
        return keccak256(abi.encode(keccak256(form), replaced, structHash(to)));
    }

    function _parts() private pure returns (bytes memory) {
        return bytes.concat(bytes(DOCUMENTS), bytes(POLICY), bytes(PRICING), bytes(SEAT));
    }
}
