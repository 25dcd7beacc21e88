// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SM2} from "../../../contracts/libraries/SM2.sol";
import {ERC7913SM2Verifier} from "../../../contracts/verifiers/ERC7913SM2Verifier.sol";
import {ForgeTest} from "./ForgeTest.sol";

/// @notice The library's functions from outside, each call in memory of its own.
contract Curve {
    function verifyDigest(uint256 e, uint256 r, uint256 s, uint256 x, uint256 y) external view returns (bool) {
        return SM2.verifyDigest(e, r, s, x, y);
    }
}

contract SM2Test is ForgeTest {
    string private constant VECTORS = "tests/vectors/sm2.json";
    bytes32 private constant REFUSED = bytes32(bytes4(0xFFFFFFFF));
    // GB/T 32918.5-2017, annex A.2: the key of the example and the signature of "message digest".
    uint256 private constant X = 0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020;
    uint256 private constant Y = 0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13;
    bytes32 private constant Z = 0xB2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3;
    uint256 private constant E = 0xF0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640;
    uint256 private constant R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3;
    uint256 private constant S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA;

    Curve private immutable CURVE = new Curve();
    ERC7913SM2Verifier private immutable VERIFIER = new ERC7913SM2Verifier();

    function test_example_of_the_standard__step_by_step__is_reproduced() public view {
        vm.assertTrue(SM2.isOnCurve(X, Y), "the key is on the curve");
        vm.assertEq(SM2.identity(X, Y), Z, "Z");
        vm.assertTrue(CURVE.verifyDigest(E, R, S, X, Y), "the signature");
        vm.assertTrue(!CURVE.verifyDigest(E ^ 1, R, S, X, Y), "another digest");
        vm.assertTrue(!CURVE.verifyDigest(E, R, SM2.N - S, X, Y), "the other s");
    }

    /// @notice The same point with P added to a coordinate is another key in bytes, and would be a second registration.
    function test_is_on_curve__coordinates_that_are_not_reduced__are_refused() public pure {
        uint256 yAtZero = 0xFD4511E81736A60F07E88A83D6CF5A167FAE6D1A9C9330E76E232E00F5CDC154;
        uint256 yAtOne = 0x9F7A091433A81E3F218F405F792355BF2AA98B5FFA95982F03870800065279A3;
        uint256 xAtOne = 0x9C17043EFFE1A805A74A9A5E70B9D659705D3242094A566DC016F49311178D1F;
        vm.assertTrue(SM2.isOnCurve(0, yAtZero) && SM2.isOnCurve(1, yAtOne) && SM2.isOnCurve(xAtOne, 1), "reduced");
        vm.assertTrue(!SM2.isOnCurve(SM2.P, yAtZero), "x = P");
        vm.assertTrue(!SM2.isOnCurve(SM2.P + 1, yAtOne), "x beyond P");
        vm.assertTrue(!SM2.isOnCurve(xAtOne, SM2.P + 1), "y beyond P");
    }

    /// @notice Every corner of the arithmetic: digits that carry, sums that meet a multiple of the key, or infinity.
    function test_verify_digest__of_the_vectors__says_the_same() public view {
        vm.readLine(VECTORS);
        uint256 compared;
        uint256 turned;
        for (string memory line = vm.readLine(VECTORS); bytes(line)[0] == "{"; line = vm.readLine(VECTORS)) {
            line = withoutComma(line);
            uint256 e = vm.parseJsonUint(line, ".e");
            uint256 r = vm.parseJsonUint(line, ".r");
            uint256 s = vm.parseJsonUint(line, ".s");
            uint256 x = vm.parseJsonUint(line, ".x");
            uint256 y = vm.parseJsonUint(line, ".y");
            vm.assertEq(CURVE.verifyDigest(e, r, s, x, y), vm.parseJsonBool(line, ".holds"), line);
            // The same numbers modulo N, written otherwise.
            if (r <= type(uint256).max - SM2.N) vm.assertTrue(!CURVE.verifyDigest(e, r + SM2.N, s, x, y), line);
            if (s <= type(uint256).max - SM2.N) {
                vm.assertTrue(!CURVE.verifyDigest(e, r, s + SM2.N, x, y), line);
                ++turned;
            }
            ++compared;
        }
        vm.assertEq(compared, 694, "vectors");
        vm.assertLt(50, turned, "vectors with an s that has a second form");
    }

    /// @notice r and s from 1 to N - 1 and r + s no multiple of N, or no signature.
    function testFuzz_verify_digest__out_of_range__refuses(uint256 e, uint256 r, uint256 s) public view {
        uint256 inRange = bound(s, 1, SM2.N - 1);
        uint256 tooHigh = bound(r, SM2.N, type(uint256).max);
        vm.assertTrue(!CURVE.verifyDigest(e, tooHigh, inRange, X, Y), "r");
        vm.assertTrue(!CURVE.verifyDigest(e, 0, inRange, X, Y), "r = 0");
        vm.assertTrue(!CURVE.verifyDigest(e, inRange, tooHigh, X, Y), "s");
        vm.assertTrue(!CURVE.verifyDigest(e, inRange, 0, X, Y), "s = 0");
        vm.assertTrue(!CURVE.verifyDigest(e, SM2.N - inRange, inRange, X, Y), "t = 0");
    }

    function testFuzz_verify__of_any_bytes__refuses_and_never_reverts(
        bytes calldata key,
        bytes32 hash,
        bytes calldata signature
    ) public view {
        vm.assertEq(bytes32(VERIFIER.verify(key, hash, signature)), REFUSED, "accepted");
    }

    /// @notice The same with the right lengths and a key on the curve.
    function testFuzz_verify__of_any_pair__refuses(bytes32 hash, uint256 r, uint256 s) public view {
        bytes memory key = abi.encode(X, Y);
        vm.assertEq(bytes32(VERIFIER.verify(key, hash, abi.encode(r, s))), REFUSED, "accepted");
    }
}
