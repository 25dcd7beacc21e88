// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputes} from "../interfaces/IDisputes.sol";
import {SeatWord, TermsCodec} from "./TermsCodec.sol";

/// @title What may differ between booked terms and those that take their place.
library Amendments {
    using TermsCodec for bytes;
    using TermsCodec for SeatWord;

    /// @dev Where the header ends that start, signBy and salt stand in: behind it nothing of a rescheduling differs.
    uint256 private constant COMMON = 32;

    /// @dev Start, signBy and salt may differ.
    function requireOtherHours(bytes calldata terms, bytes calldata to) internal pure {
        _requireSameLength(terms, to);
        bool same = terms.hospital() == to.hospital() && terms.slots() == to.slots() && terms.lead() == to.lead()
            && keccak256(terms[COMMON:]) == keccak256(to[COMMON:]);
        if (!same) revert IDisputes.TermsDiffer();
    }

    /// @dev One seat may go to another doctor, and with it the lead; signBy and salt may differ.
    /// @return leaving the index of that seat in `terms`
    function requireOtherDoctor(bytes calldata terms, bytes calldata to) internal pure returns (uint256 leaving) {
        _requireSameLength(terms, to);
        bool same = terms.hospital() == to.hospital() && terms.start() == to.start() && terms.slots() == to.slots()
            && keccak256(terms[COMMON:TermsCodec.HEADER]) == keccak256(to[COMMON:TermsCodec.HEADER]);
        if (!same) revert IDisputes.TermsDiffer();
        uint256 joining;
        (leaving, joining) = _exchanged(terms, to);
        _requireSameWork(terms, to, leaving, joining);
        uint32 leading = terms.leadingDoctor();
        uint32 next = to.seat(to.lead() < to.seatCount() ? to.lead() : 0).doctor();
        if (leading == terms.seat(leaving).doctor()) leading = to.seat(joining).doctor();
        if (next != leading) revert IDisputes.LeadDiffers(leading, next);
    }

    function _requireSameLength(bytes calldata terms, bytes calldata to) private pure {
        if (terms.length != to.length) revert IDisputes.TermsDiffer();
    }

    /// @dev The one seat of each that the other does not have. Both stand in ascending order of doctor, so without these
    /// two they are the same list.
    function _exchanged(bytes calldata terms, bytes calldata to)
        private
        pure
        returns (uint256 leaving, uint256 joining)
    {
        uint256 count = terms.seatCount();
        while (leaving < count && _sameSeat(terms, leaving, to, leaving)) ++leaving;
        if (leaving == count) revert IDisputes.TermsDiffer();
        joining = leaving;
        // The list without the earlier one of the two is one place ahead until the other's place is reached.
        if (terms.seat(leaving).doctor() < to.seat(leaving).doctor()) {
            while (joining + 1 < count && _sameSeat(terms, joining + 1, to, joining)) ++joining;
        } else {
            while (leaving + 1 < count && _sameSeat(terms, leaving, to, leaving + 1)) ++leaving;
        }
        uint256 behind = (leaving > joining ? leaving : joining) + 1;
        for (; behind < count; ++behind) {
            if (!_sameSeat(terms, behind, to, behind)) {
                revert IDisputes.SeatsDiffer(terms.seat(behind).doctor(), to.seat(behind).doctor());
            }
        }
    }

    function _requireSameWork(bytes calldata terms, bytes calldata to, uint256 leaving, uint256 joining) private pure {
        (SeatWord from, SeatWord next) = (terms.seat(leaving), to.seat(joining));
        bool same = from.doctor() != next.doctor() && from.required() == next.required()
            && terms.fee(leaving) == to.fee(joining) && terms.specialties(leaving) == to.specialties(joining);
        if (!same) revert IDisputes.SeatsDiffer(from.doctor(), next.doctor());
    }

    function _sameSeat(bytes calldata terms, uint256 i, bytes calldata to, uint256 j) private pure returns (bool) {
        return keccak256(_seat(terms, i)) == keccak256(_seat(to, j));
    }

    function _seat(bytes calldata packed, uint256 index) private pure returns (bytes calldata) {
        uint256 first = TermsCodec.HEADER + index * TermsCodec.SEAT;
        return packed[first:first + TermsCodec.SEAT];
    }
}
