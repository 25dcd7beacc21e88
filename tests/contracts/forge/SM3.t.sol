// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SM3} from "../../../contracts/libraries/SM3.sol";
import {ForgeTest} from "./ForgeTest.sol";

/// @notice SM3 against the examples of the standard and against OpenSSL.
contract SM3Test is ForgeTest {
    string private constant VECTORS = "tests/vectors/sm3.json";
    uint256 private constant LENGTHS = 201;

    /// @notice GB/T 32905-2016, annex A.1.
    function test_hash__of_abc__is_as_the_standard_says() public pure {
        bytes32 expected = hex"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        vm.assertEq(SM3.hash("abc"), expected, "abc");
    }

    /// @notice GB/T 32905-2016, annex A.2: 64 bytes, so that a whole block is padding.
    function test_hash__of_64_bytes__is_as_the_standard_says() public pure {
        bytes memory message = "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd";
        bytes32 expected = hex"debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
        vm.assertEq(SM3.hash(message), expected, "64 bytes");
    }

    function test_hash__of_each_length_to_200__is_the_same_as_openssl() public view {
        vm.readLine(VECTORS);
        uint256 compared;
        for (string memory line = vm.readLine(VECTORS); bytes(line)[0] == "{"; line = vm.readLine(VECTORS)) {
            line = withoutComma(line);
            bytes memory message = vm.parseJsonBytes(line, ".message");
            vm.assertEq(message.length, compared++, "length");
            vm.assertEq(SM3.hash(message), vm.parseJsonBytes32(line, ".digest"), line);
        }
        vm.assertEq(compared, LENGTHS, "vectors");
    }

    /// @notice The precomputed end of a 64-byte message is the one that the padding would give.
    function testFuzz_absorb_end_of_64__of_any_block__is_its_hash(bytes32 first, bytes32 second) public pure {
        bytes32 state = SM3.absorbEndOf64(SM3.absorb(SM3.IV, first, second));
        vm.assertEq(state, SM3.hash(abi.encodePacked(first, second)), "end");
    }

    /// @notice Whatever stands in memory past its free pointer does not enter a digest.
    function testFuzz_hash__in_dirty_memory__is_the_same(bytes calldata message, bytes32 dirt) public pure {
        bytes32 clean = SM3.hash(message);
        assembly ("memory-safe") {
            let free := mload(0x40)
            for { let i } lt(i, 2048) { i := add(i, 32) } { mstore(add(free, i), dirt) }
        }
        vm.assertEq(SM3.hash(message), clean, "dirty memory");
    }
}
