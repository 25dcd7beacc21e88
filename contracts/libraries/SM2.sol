// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SM2Multiples} from "./SM2Multiples.sol";
import {SM3} from "./SM3.sol";

/// @title SM2 signatures on the recommended curve, GB/T 32918.2 and 32918.5, over SM3 and the default user id.
/// @notice For each (r, s) the standard accepts no second pair that follows from it: unlike ECDSA, (r, -s) is no
/// signature, as r + s enters the verification. A signer can sign one digest many times over, as with any scheme that
/// draws a random number; what happens once must be kept from happening twice by the statement and not by the bytes of
/// its signature.
library SM2 {
    /// @dev y² = x³ - 3x + B over the field of P, of N points, N prime.
    uint256 internal constant P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF;
    uint256 internal constant B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93;
    uint256 internal constant N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123;

    uint256 private constant HALF_N = N / 2;
    /// @dev -3/2 in the field.
    uint256 private constant MINUS_THREE_HALVES = 0x7FFFFFFF7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF800000007FFFFFFFFFFFFFFE;

    /// @dev SM3 after the first 128 bytes of what Z is the digest of: the length of the user id in bits (128), the id
    /// 1234567812345678, a, B, the x of G and 14 bytes of its y.
    bytes32 private constant STATE_BEFORE_KEY = hex"adadedb50446043f08a87acee86d22438e232383bfc81fe2cf9117c84707011d";
    /// @dev The 18 bytes that are left of the y of G.
    bytes32 private constant REST_OF_G = hex"2153d0a9877cc62a474002df32e52139f0a0";

    /// @dev Whether (r, s) is the signature of the 32 bytes `message` under the key (x, y). Never reverts.
    function verify(bytes32 message, uint256 r, uint256 s, uint256 x, uint256 y) internal view returns (bool) {
        return isOnCurve(x, y) && verifyDigest(uint256(digest(message, x, y)), r, s, x, y);
    }

    /// @dev Coordinates below P, and the equation: the point at infinity has no such form.
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= P || y >= P) return false;
        return mulmod(y, y, P) == addmod(mulmod(addmod(mulmod(x, x, P), P - 3, P), x, P), B, P);
    }

    /// @dev e = SM3(Z | message).
    function digest(bytes32 message, uint256 x, uint256 y) internal pure returns (bytes32) {
        return SM3.absorbEndOf64(SM3.absorb(SM3.IV, identity(x, y), message));
    }

    /// @dev Z = SM3(length of the id | id | a | B | G | key), 210 bytes in four blocks; the first two never change.
    function identity(uint256 x, uint256 y) internal pure returns (bytes32 z) {
        z = SM3.absorb(STATE_BEFORE_KEY, REST_OF_G | bytes32(x >> 144), bytes32(x << 112 | y >> 144));
        z = SM3.absorb(z, bytes32(y << 112 | 1 << 111), bytes32(uint256(210 * 8)));
    }

    /// @dev The rest of the verification for a digest e and a key on the curve: with t = r + s, the point sG + tQ has
    /// the x that r - e says.
    function verifyDigest(uint256 e, uint256 r, uint256 s, uint256 x, uint256 y) internal view returns (bool) {
        if (r == 0 || r >= N || s == 0 || s >= N) return false;
        uint256 t = addmod(r, s, N);
        if (t == 0) return false;
        (uint256 px, uint256 pz) = _combine(s, t, x, y);
        if (pz == 0) return false;
        // px / pz² is compared without dividing; x and x + N are the same to r where both are in the field.
        uint256 zz = mulmod(pz, pz, P);
        uint256 wanted = addmod(r, N - e % N, N);
        if (mulmod(wanted, zz, P) == px) return true;
        return wanted < P - N && mulmod(wanted + N, zz, P) == px;
    }

    /// @dev x (over z²) and z of sG + tQ in Jacobian coordinates, (0, 0) where that is the point at infinity.
    ///
    /// Both factors are read from the left in digits that may be negative: t four bits at a time (-7 to 8), s eight
    /// (-127 to 128). Between two digits of t the sum is doubled four times.
    function _combine(uint256 s, uint256 t, uint256 x, uint256 y) private view returns (uint256 px, uint256 pz) {
        // Factors in the lower half leave room for such digits. The negative of a point has the same x.
        if (s > HALF_N) (s, t) = (N - s, N - t);
        if (t > HALF_N) (t, y) = (N - t, P - y);
        bytes memory multiples = SM2Multiples.OF_G;
        assembly ("memory-safe") {
            // 2(x, y, z). With z = 0 it is the point at infinity and stays it.
            function double(x1, y1, z1) -> x3, y3, z3 {
                let yy := mulmod(y1, y1, P)
                let minus := sub(P, yy)
                let v := mulmod(x1, minus, P)
                let zz := mulmod(z1, z1, P)
                let m := mulmod(MINUS_THREE_HALVES, mulmod(addmod(x1, zz, P), addmod(x1, sub(P, zz), P), P), P)
                x3 := addmod(mulmod(m, m, P), addmod(v, v, P), P)
                y3 := addmod(mulmod(m, addmod(v, x3, P), P), mulmod(yy, minus, P), P)
                z3 := mulmod(y1, z1, P)
            }
            // (x1, y1, z1) + (x2, y2, 1)
            function plus(x1, y1, z1, x2, y2) -> x3, y3, z3 {
                let zz := mulmod(z1, z1, P)
                let h := addmod(mulmod(x2, zz, P), sub(P, x1), P)
                let m := addmod(y1, sub(P, mulmod(y2, mulmod(z1, zz, P), P)), P)
                if iszero(h) {
                    if iszero(z1) {
                        x3 := x2
                        y3 := y2
                        z3 := 1
                        leave
                    }
                    // Nothing is written over: `leave` follows, which slither does not see in assembly.
                    // slither-disable-next-line write-after-write
                    if iszero(m) { x3, y3, z3 := double(x1, y1, z1) }
                    leave
                }
                zz := sub(P, mulmod(h, h, P))
                let v := mulmod(x1, zz, P)
                zz := mulmod(h, zz, P)
                x3 := addmod(addmod(mulmod(m, m, P), zz, P), addmod(v, v, P), P)
                y3 := addmod(mulmod(m, addmod(v, x3, P), P), mulmod(y1, zz, P), P)
                z3 := mulmod(z1, h, P)
            }
            function store(at, x1, y1) {
                mstore(at, x1)
                mstore(add(at, 32), y1)
            }

            // -7Q to 8Q, x | y each; behind them the z of 1Q to 8Q, and the products of those z.
            let table := mload(0x40)
            let zs := add(table, 1024)
            {
                let at := add(table, 512)
                store(at, x, y)
                mstore(zs, 1)
                mstore(add(zs, 256), 1)
                px := x
                let py := y
                pz := 1
                let product := 1
                for { let k := 2 } lt(k, 9) { k := add(k, 1) } {
                    switch and(k, 1)
                    case 1 { px, py, pz := plus(px, py, pz, x, y) }
                    default {
                        let half := add(table, add(448, shl(5, k)))
                        px, py, pz := double(mload(half), mload(add(half, 32)), mload(add(zs, sub(shl(4, k), 32))))
                    }
                    store(add(table, add(448, shl(6, k))), px, py)
                    let z := add(zs, sub(shl(5, k), 32))
                    mstore(z, pz)
                    product := mulmod(product, pz, P)
                    mstore(add(z, 256), product)
                }
                // One inversion for all: the modexp precompile raises the product to P - 2.
                // It fails for want of gas alone, and then none is left for what follows.
                let request := add(zs, 512)
                mstore(request, 32)
                mstore(add(request, 32), 32)
                mstore(add(request, 64), 32)
                mstore(add(request, 96), product)
                mstore(add(request, 128), sub(P, 2))
                mstore(add(request, 160), P)
                pop(staticcall(gas(), 5, request, 192, 0, 32))
                let inverse := mload(0)
                for { let k := 8 } gt(k, 1) { k := sub(k, 1) } {
                    let z := add(zs, sub(shl(5, k), 32))
                    let one := mulmod(inverse, mload(add(z, 224)), P)
                    inverse := mulmod(inverse, mload(z), P)
                    let two := mulmod(one, one, P)
                    z := add(table, add(448, shl(6, k)))
                    store(z, mulmod(mload(z), two, P), mulmod(mload(add(z, 32)), mulmod(one, two, P), P))
                }
                for { let k := 1 } lt(k, 8) { k := add(k, 1) } {
                    let z := add(table, add(448, shl(6, k)))
                    store(add(table, sub(448, shl(6, k))), mload(z), sub(P, mload(add(z, 32))))
                }
                store(add(table, 448), 0, 0)
            }

            px := 0
            pz := 0
            let py
            s := add(s, 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f)
            t := add(t, 0x7777777777777777777777777777777777777777777777777777777777777777)
            for { let i } 1 { i := add(i, 1) } {
                let digits := byte(i, t)
                let at := add(table, and(0x3c0, shl(2, digits)))
                if mload(add(at, 32)) { px, py, pz := plus(px, py, pz, mload(at), mload(add(at, 32))) }
                px, py, pz := double(px, py, pz)
                px, py, pz := double(px, py, pz)
                px, py, pz := double(px, py, pz)
                px, py, pz := double(px, py, pz)
                at := add(table, and(0x3c0, shl(6, digits)))
                if mload(add(at, 32)) { px, py, pz := plus(px, py, pz, mload(at), mload(add(at, 32))) }
                digits := byte(i, s)
                if gt(digits, 127) {
                    at := add(multiples, sub(shl(6, digits), 8160))
                    px, py, pz := plus(px, py, pz, mload(at), mload(add(at, 32)))
                }
                if lt(digits, 127) {
                    at := sub(add(multiples, 8096), shl(6, digits))
                    px, py, pz := plus(px, py, pz, mload(at), sub(P, mload(add(at, 32))))
                }
                if eq(i, 31) { break }
                px, py, pz := double(px, py, pz)
                px, py, pz := double(px, py, pz)
                px, py, pz := double(px, py, pz)
                px, py, pz := double(px, py, pz)
            }
        }
    }
}
