// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The SM3 digest, GB/T 32905-2016.
/// @notice A state of eight 32-bit words is one word of the EVM. What makes it cheap:
///
/// - The message schedule stands in memory four bytes a word, so that one load brings eight of its words. Word j needs
///   word j-3 and none later: three words come out of each step of the expansion.
/// - In the rounds each variable holds its 32 bits several times over, side by side. Then a rotation is one shift, and
///   the bits above the lowest 32 matter to nobody: sums are cut to 32 bits and copied anew where a rotation follows.
library SM3 {
    bytes32 internal constant IV = hex"7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e";
    uint256 private constant BLOCK = 64;
    uint256 private constant LOW = 0xffffffff;
    uint256 private constant COPIES = 0x0000000100000001000000010000000100000001000000010000000100000001;

    /// @dev The digest of any message.
    function hash(bytes memory message) internal pure returns (bytes32 state) {
        // A bit 1, as few zeros as fill a block, the length in bits as eight bytes.
        uint256 zeros = (2 * BLOCK - 9 - message.length % BLOCK) % BLOCK;
        bytes memory padded = abi.encodePacked(message, hex"80", new bytes(zeros), uint64(message.length * 8));
        state = IV;
        for (uint256 i; i < padded.length; i += BLOCK) {
            bytes32 first;
            bytes32 second;
            assembly ("memory-safe") {
                let at := add(add(padded, 32), i)
                first := mload(at)
                second := mload(add(at, 32))
            }
            state = absorb(state, first, second);
        }
    }

    /// @dev The state after one more block of 64 bytes.
    function absorb(bytes32 state, bytes32 first, bytes32 second) internal pure returns (bytes32) {
        uint256 schedule;
        assembly ("memory-safe") {
            // Past the free memory: 32 bytes that loads touch, the schedule of 68 words, later the constants.
            schedule := add(mload(0x40), 32)
            mstore(schedule, first)
            mstore(add(schedule, 32), second)
            for {
                let w := schedule
                let end := add(w, 216)
            } lt(w, end) { w := add(w, 12) } {
                // P1(W[j-16] ^ W[j-9] ^ W[j-3] <<< 15) ^ W[j-13] <<< 7 ^ W[j-6], for j, j+1, j+2.
                let x := mload(add(w, 52))
                let high := and(shl(15, x), 0xffff8000ffff8000ffff8000ffff8000ffff8000ffff8000ffff8000ffff8000)
                let low := and(shr(17, x), 0x00007fff00007fff00007fff00007fff00007fff00007fff00007fff00007fff)
                x := xor(xor(mload(w), mload(add(w, 28))), or(high, low))
                high := and(shl(15, x), 0xffff8000ffff8000ffff8000ffff8000ffff8000ffff8000ffff8000ffff8000)
                low := and(shr(17, x), 0x00007fff00007fff00007fff00007fff00007fff00007fff00007fff00007fff)
                let y := xor(x, or(high, low))
                high := and(shl(23, x), 0xff800000ff800000ff800000ff800000ff800000ff800000ff800000ff800000)
                low := and(shr(9, x), 0x007fffff007fffff007fffff007fffff007fffff007fffff007fffff007fffff)
                y := xor(y, or(high, low))
                x := mload(add(w, 12))
                high := and(shl(7, x), 0xffffff80ffffff80ffffff80ffffff80ffffff80ffffff80ffffff80ffffff80)
                low := and(shr(25, x), 0x0000007f0000007f0000007f0000007f0000007f0000007f0000007f0000007f)
                mstore(add(w, 64), xor(y, xor(or(high, low), mload(add(w, 40)))))
            }
        }
        return _compress(state, schedule);
    }

    /// @dev The state after the block that ends a message of 64 bytes: its schedule is always the same.
    function absorbEndOf64(bytes32 state) internal pure returns (bytes32) {
        uint256 schedule;
        assembly ("memory-safe") {
            schedule := add(mload(0x40), 32)
            mstore(schedule, 0x8000000000000000000000000000000000000000000000000000000000000000)
            mstore(add(schedule, 32), 0x0000000000000000000000000000000000000000000000000000000000000200)
            mstore(add(schedule, 64), 0x8040400000000000010080801000500000000000002002a0ac545c0400000000)
            mstore(add(schedule, 96), 0x09582a39a00030000000000000200280a4515804202000405160983830005701)
            mstore(add(schedule, 128), 0xa0002000008200aa6ad525d00a0e0216b0f52042fa7073b020000000008200a8)
            mstore(add(schedule, 160), 0x7a54259022a20044d5d6ebd2820057718a202240b42826aaeaf84e594898eaf9)
            mstore(add(schedule, 192), 0x8207283dee6775faa3e0e0a08828488a23b45a5d628a22c48d6d061538300a7e)
            mstore(add(schedule, 224), 0xe96260e52b60c020502ed5319e878cb9218c38f8dcae3cb72a3e0e0ae9e0c461)
            mstore(add(schedule, 256), 0x8c3e383144aaa228dc60a38b518300f700000000000000000000000000000000)
        }
        return _compress(state, schedule);
    }

    /// @dev 64 rounds, four at a time: after four, each variable is back under its own name.
    function _compress(bytes32 state, uint256 schedule) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            // The constants T[j] <<< j, 320 bytes behind the words that they go with.
            {
                let t := add(schedule, 320)
                mstore(t, 0x79cc4519f3988a32e7311465ce6228cb9cc451973988a32f7311465ee6228cbc)
                mstore(add(t, 32), 0xcc451979988a32f3311465e76228cbcec451979c88a32f3911465e73228cbce6)
                mstore(add(t, 64), 0x9d8a7a873b14f50f7629ea1eec53d43cd8a7a879b14f50f3629ea1e7c53d43ce)
                mstore(add(t, 96), 0x8a7a879d14f50f3b29ea1e7653d43ceca7a879d84f50f3b19ea1e7623d43cec5)
                mstore(add(t, 128), 0x7a879d8af50f3b14ea1e7629d43cec53a879d8a750f3b14fa1e7629e43cec53d)
                mstore(add(t, 160), 0x879d8a7a0f3b14f51e7629ea3cec53d479d8a7a8f3b14f50e7629ea1cec53d43)
                mstore(add(t, 192), 0x9d8a7a873b14f50f7629ea1eec53d43cd8a7a879b14f50f3629ea1e7c53d43ce)
                mstore(add(t, 224), 0x8a7a879d14f50f3b29ea1e7653d43ceca7a879d84f50f3b19ea1e7623d43cec5)
            }
            let a := mul(COPIES, shr(224, state))
            let b := mul(COPIES, and(LOW, shr(192, state)))
            let c := mul(COPIES, and(LOW, shr(160, state)))
            let d := mul(COPIES, and(LOW, shr(128, state)))
            let e := mul(COPIES, and(LOW, shr(96, state)))
            let f := mul(COPIES, and(LOW, shr(64, state)))
            let g := mul(COPIES, and(LOW, shr(32, state)))
            let h := mul(COPIES, and(LOW, state))
            let p := sub(schedule, 28)
            let x
            let s
            for { let end := add(p, 64) } lt(p, end) { p := add(p, 16) } {
                x := shr(20, a)
                s := shr(25, mul(COPIES, and(LOW, add(mload(add(p, 320)), add(x, e)))))
                d := mul(
                    COPIES,
                    and(LOW, add(xor(mload(p), mload(add(p, 16))), add(xor(s, x), add(d, xor(a, xor(b, c))))))
                )
                b := shr(23, b)
                x := mul(COPIES, and(LOW, add(mload(p), add(s, add(h, xor(e, xor(f, g)))))))
                h := xor(x, xor(shr(23, x), shr(15, x)))
                f := shr(13, f)
                x := shr(20, d)
                s := shr(25, mul(COPIES, and(LOW, add(mload(add(p, 324)), add(x, h)))))
                c := mul(
                    COPIES,
                    and(LOW, add(xor(mload(add(p, 4)), mload(add(p, 20))), add(xor(s, x), add(c, xor(d, xor(a, b))))))
                )
                a := shr(23, a)
                x := mul(COPIES, and(LOW, add(mload(add(p, 4)), add(s, add(g, xor(h, xor(e, f)))))))
                g := xor(x, xor(shr(23, x), shr(15, x)))
                e := shr(13, e)
                x := shr(20, c)
                s := shr(25, mul(COPIES, and(LOW, add(mload(add(p, 328)), add(x, g)))))
                b := mul(
                    COPIES,
                    and(LOW, add(xor(mload(add(p, 8)), mload(add(p, 24))), add(xor(s, x), add(b, xor(c, xor(d, a))))))
                )
                d := shr(23, d)
                x := mul(COPIES, and(LOW, add(mload(add(p, 8)), add(s, add(f, xor(g, xor(h, e)))))))
                f := xor(x, xor(shr(23, x), shr(15, x)))
                h := shr(13, h)
                x := shr(20, b)
                s := shr(25, mul(COPIES, and(LOW, add(mload(add(p, 332)), add(x, f)))))
                a := mul(
                    COPIES,
                    and(LOW, add(xor(mload(add(p, 12)), mload(add(p, 28))), add(xor(s, x), add(a, xor(b, xor(c, d))))))
                )
                c := shr(23, c)
                x := mul(COPIES, and(LOW, add(mload(add(p, 12)), add(s, add(e, xor(f, xor(g, h)))))))
                e := xor(x, xor(shr(23, x), shr(15, x)))
                g := shr(13, g)
            }
            for { let end := add(p, 192) } lt(p, end) { p := add(p, 16) } {
                x := shr(20, a)
                s := shr(25, mul(COPIES, and(LOW, add(mload(add(p, 320)), add(x, e)))))
                d := mul(
                    COPIES,
                    and(
                        LOW,
                        add(xor(mload(p), mload(add(p, 16))), add(xor(s, x), add(d, xor(c, and(xor(a, c), xor(b, c))))))
                    )
                )
                b := shr(23, b)
                x := mul(COPIES, and(LOW, add(mload(p), add(s, add(h, xor(g, and(e, xor(f, g))))))))
                h := xor(x, xor(shr(23, x), shr(15, x)))
                f := shr(13, f)
                x := shr(20, d)
                s := shr(25, mul(COPIES, and(LOW, add(mload(add(p, 324)), add(x, h)))))
                c := mul(
                    COPIES,
                    and(
                        LOW,
                        add(
                            xor(mload(add(p, 4)), mload(add(p, 20))),
                            add(xor(s, x), add(c, xor(b, and(xor(d, b), xor(a, b)))))
                        )
                    )
                )
                a := shr(23, a)
                x := mul(COPIES, and(LOW, add(mload(add(p, 4)), add(s, add(g, xor(f, and(h, xor(e, f))))))))
                g := xor(x, xor(shr(23, x), shr(15, x)))
                e := shr(13, e)
                x := shr(20, c)
                s := shr(25, mul(COPIES, and(LOW, add(mload(add(p, 328)), add(x, g)))))
                b := mul(
                    COPIES,
                    and(
                        LOW,
                        add(
                            xor(mload(add(p, 8)), mload(add(p, 24))),
                            add(xor(s, x), add(b, xor(a, and(xor(c, a), xor(d, a)))))
                        )
                    )
                )
                d := shr(23, d)
                x := mul(COPIES, and(LOW, add(mload(add(p, 8)), add(s, add(f, xor(e, and(g, xor(h, e))))))))
                f := xor(x, xor(shr(23, x), shr(15, x)))
                h := shr(13, h)
                x := shr(20, b)
                s := shr(25, mul(COPIES, and(LOW, add(mload(add(p, 332)), add(x, f)))))
                a := mul(
                    COPIES,
                    and(
                        LOW,
                        add(
                            xor(mload(add(p, 12)), mload(add(p, 28))),
                            add(xor(s, x), add(a, xor(d, and(xor(b, d), xor(c, d)))))
                        )
                    )
                )
                c := shr(23, c)
                x := mul(COPIES, and(LOW, add(mload(add(p, 12)), add(s, add(e, xor(h, and(f, xor(g, h))))))))
                e := xor(x, xor(shr(23, x), shr(15, x)))
                g := shr(13, g)
            }
            x := and(LOW, h)
            x := or(x, and(a, 0xffffffff00000000000000000000000000000000000000000000000000000000))
            x := or(x, and(b, 0x00000000ffffffff000000000000000000000000000000000000000000000000))
            x := or(x, and(c, 0x0000000000000000ffffffff0000000000000000000000000000000000000000))
            x := or(x, and(d, 0x000000000000000000000000ffffffff00000000000000000000000000000000))
            x := or(x, and(e, 0x00000000000000000000000000000000ffffffff000000000000000000000000))
            x := or(x, and(f, 0x0000000000000000000000000000000000000000ffffffff0000000000000000))
            x := or(x, and(g, 0x000000000000000000000000000000000000000000000000ffffffff00000000))
            result := xor(state, x)
        }
    }
}
