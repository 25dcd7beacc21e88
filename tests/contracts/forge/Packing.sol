// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Seat, Terms} from "../../../contracts/types/Terms.sol";

/// @notice Terms in their packed form, written field by field: the counterpart of what TermsCodec reads.
library Packing {
    function pack(Terms memory t) internal pure returns (bytes memory packed) {
        packed = abi.encodePacked(uint8(1), t.hospital, t.start, t.slots, t.lead, t.signBy, t.salt);
        packed = bytes.concat(packed, _pricing(t), _policy(t), _documents(t));
        for (uint256 i; i < t.seats.length; ++i) {
            packed = bytes.concat(packed, _seat(t.seats[i]));
        }
    }

    function _pricing(Terms memory t) private pure returns (bytes memory) {
        return abi.encodePacked(
            t.pricing.platform,
            t.pricing.platformBps,
            t.pricing.urgencyBps,
            t.pricing.overtimeBps,
            t.pricing.overtimeSteps
        );
    }

    function _policy(Terms memory t) private pure returns (bytes memory) {
        return abi.encodePacked(
            t.policy.freeBefore,
            t.policy.partialBefore,
            t.policy.partialBps,
            t.policy.lateBps,
            t.policy.deliverWindow,
            t.policy.reviewWindow,
            t.policy.arbiter,
            t.policy.arbiterWindow,
            t.policy.defaultBps
        );
    }

    function _documents(Terms memory t) private pure returns (bytes memory) {
        return abi.encodePacked(t.documents.agreement, t.documents.caseFile, t.documents.consent);
    }

    function _seat(Seat memory s) private pure returns (bytes memory) {
        return abi.encodePacked(
            s.doctor,
            s.institution,
            s.group,
            s.ruleVersion,
            s.institutionBps,
            s.fundBps,
            s.required,
            s.fee,
            s.specialties
        );
    }
}
