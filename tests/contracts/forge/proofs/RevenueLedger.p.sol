// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {RevenueLedger} from "../../../../contracts/RevenueLedger.sol";
import {ICredentialRegistry} from "../../../../contracts/interfaces/ICredentialRegistry.sol";
import {IRail} from "../../../../contracts/interfaces/IRail.sol";
import {Party, PartyKind} from "../../../../contracts/types/Parties.sol";
import {Credit, Funds, Leg, Payment, PayoutItem} from "../../../../contracts/types/Payouts.sol";
import {Proof} from "./Proof.sol";

/// @notice A registry to which every signature is good, and a rail that pays everything: the proofs are about sums.
contract Consent {
    function keyReplacement() external view returns (address) {
        return address(this);
    }

    function isPending(uint32) external pure returns (bool) {
        return false;
    }

    function partyOf(uint32) external pure returns (Party memory p) {
        p.kind = PartyKind.Hospital;
    }

    function requirePower(uint32, uint8) external pure {}

    function requireSignedBy(bytes32, uint32, bytes calldata) external pure {}

    function collect(bytes32, uint128) external pure {}

    function reclaim(bytes32, uint128) external pure {}

    function pay(bytes32, Payment[] calldata) external pure returns (uint64) {
        return type(uint64).max;
    }
}

/// @notice I2 and I4 for the ledger. Bounds: any amounts (128 bits); a release of three legs, to three parties, to two or
/// to one; one payout item of any gross and withheld tax, confirmed, returned, or confirmed and returned.
contract RevenueLedgerProof is Proof {
    uint32 private constant HOSPITAL = 7;
    uint32 private constant TAX_OFFICE = 2;
    uint32 private constant DOCTOR = 12;
    bytes32 private constant ACCOUNT = bytes32(uint256(0xACC));

    RevenueLedger private ledger;
    uint40 private deadline;

    struct Sums {
        uint256 available;
        uint256 escrowed;
        uint256 credited;
        uint256 outstanding;
    }

    function setUp() public {
        vm.warp(1_800_000_000);
        deadline = uint40(block.timestamp + 30 days);
        Consent consent = new Consent();
        AccessManager manager = new AccessManager(address(this));
        ledger = new RevenueLedger(
            address(manager), ICredentialRegistry(address(consent)), IRail(address(consent)), TAX_OFFICE
        );
        ledger.setBooker(address(this), true);
    }

    /// @notice I2: what a release takes out of the escrow is credited to its legs or available again, to the fen; one
    /// that would credit more than it takes out is refused.
    function check_I2_release_to_three(uint128 escrowed, uint128 funded, uint128 a, uint128 b, uint128 c) public {
        _checkRelease(escrowed, funded, _legs(_leg(12, a), _leg(13, b), _leg(14, c)), uint256(a) + b + c);
    }

    function check_I2_release_to_two(uint128 escrowed, uint128 funded, uint128 a, uint128 b, uint128 c) public {
        _checkRelease(escrowed, funded, _legs(_leg(12, a), _leg(13, b), _leg(12, c)), uint256(a) + b + c);
    }

    function check_I2_release_to_one(uint128 escrowed, uint128 funded, uint128 a, uint128 b, uint128 c) public {
        _checkRelease(escrowed, funded, _legs(_leg(12, a), _leg(12, b), _leg(12, c)), uint256(a) + b + c);
    }

    /// @notice I4: credited = paid net + withheld + outstanding + still credited, whatever becomes of an item.
    function check_I4_payout_item(uint128 credited, uint128 gross, uint128 withheld, bool confirmed, bool returned)
        public
    {
        _openEscrow(credited);
        Leg[] memory legs = new Leg[](1);
        legs[0] = _leg(DOCTOR, credited);
        ledger.release(1, HOSPITAL, credited, legs);
        ledger.setPayoutAccount(DOCTOR, ACCOUNT, 0, deadline, "");
        vm.warp(block.timestamp + 48 hours);
        PayoutItem[] memory items = new PayoutItem[](1);
        items[0] = PayoutItem(DOCTOR, gross, withheld, ACCOUNT);
        vm.assume(gross != 0 && withheld <= gross);
        ledger.preparePayout(1, items, 1, deadline, "");
        ledger.approvePayout(1, items, 2, deadline, "");
        bool executed = ledger.batchOf(1).outstanding == 1;
        assert(executed == (gross <= credited));
        uint256 paid;
        if (executed && confirmed) {
            ledger.confirmPayout(1, items, 1, "paid", 3, deadline, "");
            paid = gross - withheld;
        }
        if (executed && returned) {
            ledger.returnPayout(1, items, 0, "back", 3, deadline, "");
            paid = 0;
        }
        Credit memory c = ledger.creditOf(DOCTOR);
        uint256 tax = ledger.creditOf(TAX_OFFICE).credited;
        assert(tax == (executed ? withheld : 0));
        assert(uint256(credited) == paid + tax + c.outstanding + c.credited);
    }

    function _checkRelease(uint128 escrowed, uint128 funded, Leg[] memory legs, uint256 sum) private {
        _openEscrow(escrowed);
        if (!_release(funded, legs)) return;
        Sums memory s = _sums(legs);
        assert(sum <= funded && funded <= escrowed);
        assert(s.escrowed == escrowed - funded);
        assert(s.credited == sum);
        assert(s.available == funded - sum);
    }

    function _openEscrow(uint128 amount) private {
        vm.assume(amount != 0);
        ledger.deposit(HOSPITAL, amount, "in", 4, deadline, "");
        ledger.escrow(1, HOSPITAL, amount);
    }

    function _release(uint128 funded, Leg[] memory legs) private returns (bool done) {
        (done,) = address(ledger).call(abi.encodeCall(ledger.release, (1, HOSPITAL, funded, legs)));
    }

    function _leg(uint32 party, uint128 amount) private pure returns (Leg) {
        return Leg.wrap(1 << 160 | uint256(party) << 128 | amount);
    }

    function _legs(Leg a, Leg b, Leg c) private pure returns (Leg[] memory legs) {
        legs = new Leg[](3);
        (legs[0], legs[1], legs[2]) = (a, b, c);
    }

    /// @dev The hospital's funds, and the credit of everybody who has a leg, each once.
    function _sums(Leg[] memory legs) private view returns (Sums memory s) {
        Funds memory f = ledger.fundsOf(HOSPITAL);
        (s.available, s.escrowed) = (f.available, f.escrowed);
        for (uint256 i; i < legs.length; ++i) {
            uint32 party = uint32(Leg.unwrap(legs[i]) >> 128);
            bool seen;
            for (uint256 j; j < i; ++j) {
                seen = seen || uint32(Leg.unwrap(legs[j]) >> 128) == party;
            }
            if (!seen) s.credited += ledger.creditOf(party).credited;
        }
    }
}
