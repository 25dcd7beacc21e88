// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IErc20Rail} from "../interfaces/IErc20Rail.sol";
import {IRail} from "../interfaces/IRail.sol";
import {Payment} from "../types/Payouts.sol";

/// @dev The interface IErc20Rail is the book; what stands here says how.
contract Erc20Rail is IErc20Rail, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct PayIn {
        address payer;
        uint128 amount;
    }

    /// @dev What one transfer may burn: several times what tokens with proxies and lists of frozen accounts need.
    uint256 private constant TRANSFER_GAS = 150_000;
    /// @dev A call gets at most 63/64 of the gas that is left (EIP-150).
    uint256 private constant GAS_FOR_TRANSFER = TRANSFER_GAS * 64 / 63 + 5_000;

    IERC20 private immutable TOKEN;
    uint128 public immutable fenUnit;

    uint256 public custody;
    mapping(bytes32 bankRef => bool) public isUsed;
    mapping(bytes32 bankRef => PayIn) private _payIns;

    constructor(address manager, address token_, uint128 fenUnit_) AccessManaged(manager) {
        if (token_.code.length == 0) revert NotAToken(token_);
        if (fenUnit_ == 0) revert UnitMissing();
        (TOKEN, fenUnit) = (IERC20(token_), fenUnit_);
        // Asked only to see that it answers.
        // slither-disable-next-line unused-return
        TOKEN.balanceOf(address(this));
    }

    // Payers

    /// @inheritdoc IErc20Rail
    function payIn(bytes32 bankRef, uint128 amount) external nonReentrant {
        _payIn(bankRef, amount);
    }

    /// @inheritdoc IErc20Rail
    function payInWithPermit(bytes32 bankRef, uint128 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
    {
        // Whoever saw the permit can use it first; the allowance, not this call, says whether it was given.
        // The guard holds off a token that calls back.
        // slither-disable-next-line reentrancy-benign
        try IERC20Permit(address(TOKEN)).permit(msg.sender, address(this), _units(amount), deadline, v, r, s) {}
            catch {}
        _payIn(bankRef, amount);
    }

    /// @inheritdoc IErc20Rail
    function takeBack(bytes32 bankRef) external nonReentrant {
        PayIn memory paidIn = _payIns[bankRef];
        if (paidIn.payer != msg.sender) revert NotThePayer(bankRef, paidIn.payer, msg.sender);

        delete _payIns[bankRef];
        emit TakenBack(bankRef, msg.sender, paidIn.amount);
        _transferExactly(msg.sender, _units(paidIn.amount));
    }

    // The ledger

    /// @inheritdoc IRail
    function collect(bytes32 bankRef, uint128 amount) external restricted nonReentrant {
        emit Collected(bankRef, amount, _record(bankRef, amount));
    }

    /// @inheritdoc IRail
    /// @dev Custody falls by all that was asked for before the first token moves; what stayed comes back to the book.
    function pay(bytes32 bankRef, Payment[] calldata payments) external restricted nonReentrant returns (uint64 paid) {
        _use(bankRef);
        uint128 asked;
        for (uint256 i; i < payments.length; ++i) {
            asked += payments[i].amount;
        }
        uint256 held = custody;
        if (held < asked) revert CustodyTooSmall(held, asked);
        custody = held - asked;

        uint128 made;
        for (uint256 i; i < payments.length; ++i) {
            Payment calldata payment = payments[i];
            if (!_isPaid(payment.account, payment.amount)) continue;
            paid |= uint64(1) << uint8(i);
            made += payment.amount;
        }
        custody = held - made;
        emit Paid(bankRef, made, held - made);
    }

    /// @inheritdoc IRail
    function reclaim(bytes32 bankRef, uint128 amount) external restricted nonReentrant {
        emit Reclaimed(bankRef, amount, _record(bankRef, amount));
    }

    // The rail itself

    /// @inheritdoc IErc20Rail
    function transferExactly(address to, uint256 units) external {
        if (msg.sender != address(this)) revert OnlyTheRailItself(msg.sender);
        _transferExactly(to, units);
    }

    // Views

    /// @inheritdoc IErc20Rail
    function payInOf(bytes32 bankRef) external view returns (address payer, uint128 amount) {
        PayIn storage paidIn = _payIns[bankRef];
        return (paidIn.payer, paidIn.amount);
    }

    /// @inheritdoc IErc20Rail
    function token() external view returns (address) {
        return address(TOKEN);
    }

    // Internal

    function _payIn(bytes32 bankRef, uint128 amount) private {
        if (amount == 0) revert NothingToPayIn();
        if (isUsed[bankRef]) revert ReferenceUsed(bankRef);
        PayIn storage paidIn = _payIns[bankRef];
        if (paidIn.payer != address(0)) revert AlreadyPaidIn(bankRef, paidIn.payer, paidIn.amount);

        (paidIn.payer, paidIn.amount) = (msg.sender, amount);
        emit PaidIn(bankRef, msg.sender, amount);
        uint256 units = _units(amount);
        uint256 held = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), units);
        if (TOKEN.balanceOf(address(this)) != held + units) revert TransferInexact(msg.sender, address(this), units);
    }

    /// @dev What was paid in enters custody; answers what custody is then.
    function _record(bytes32 bankRef, uint128 amount) private returns (uint256) {
        _use(bankRef);
        uint128 paidIn = _payIns[bankRef].amount;
        if (paidIn != amount) revert PaidInDiffers(bankRef, paidIn, amount);
        delete _payIns[bankRef];
        return custody += amount;
    }

    /// @dev Tries one payment. An item of which all was withheld needs no transfer.
    function _isPaid(bytes32 account, uint128 amount) private returns (bool) {
        if (amount == 0) return true;
        address to = address(uint160(uint256(account)));
        if (to == address(0) || bytes32(uint256(uint160(to))) != account || to == address(TOKEN)) return false;
        // Anybody may relay: with too little gas a good payment would fail as if its payee were at fault.
        if (gasleft() < GAS_FOR_TRANSFER) revert GasTooLow(gasleft(), GAS_FOR_TRANSFER);
        // Without its reason, which could be too long to be carried.
        // One call for each payment, so that one that fails is undone alone.
        // slither-disable-next-line calls-loop
        try this.transferExactly{gas: TRANSFER_GAS}(to, _units(amount)) {
            return true;
        } catch {
            return false;
        }
    }

    function _transferExactly(address to, uint256 units) private {
        uint256 held = TOKEN.balanceOf(address(this));
        uint256 had = TOKEN.balanceOf(to);
        TOKEN.safeTransfer(to, units);
        if (TOKEN.balanceOf(address(this)) + units != held || TOKEN.balanceOf(to) != had + units) {
            revert TransferInexact(address(this), to, units);
        }
    }

    function _units(uint128 amount) private view returns (uint256) {
        return uint256(amount) * fenUnit;
    }

    function _use(bytes32 bankRef) private {
        if (isUsed[bankRef]) revert ReferenceUsed(bankRef);
        isUsed[bankRef] = true;
    }
}
