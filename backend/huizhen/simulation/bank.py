"""The statement that the simulated settlement bank would export: every deposit and payout, and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from huizhen.domain.bank_items import Direction, Expected
from huizhen.domain.bank_references import batch_reference, return_reference
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.finance.bank_writer import Holder, bank_lines, write_csv, write_xlsx
from huizhen.simulation.people import Person
from huizhen.simulation.script import SPAN, Simulation
from huizhen.simulation.stories import account_of

CHINA = ZoneInfo("Asia/Shanghai")
HOLDER = Holder("110900000000888", "会诊平台客户资金存管专户", "海澜结算银行（模拟）")


def statement_files(world: Simulation) -> dict[str, bytes]:
    """The same statement as the bank's two exports, by file name."""
    first, last = _day(world.present - SPAN), _day(world.present)
    lines = bank_lines([*_moves(world), _unexplained(world)], Fen(0), last.strftime("%Y%m%d"))
    return {
        "bank-statement.csv": write_csv(HOLDER, first, last, lines),
        "bank-statement.xlsx": write_xlsx(HOLDER, first, last, lines),
    }


def _moves(world: Simulation) -> Iterator[Expected]:
    seed = world.size.seed
    people: dict[PartyId, Person] = {person.id: person for person in world.people.everyone()}
    for deposit in world.founding.deposits:
        account = account_of(seed, people[deposit.hospital])
        yield Expected(
            deposit.reference, Direction.IN, account.number, account.holder, deposit.amount, _day(deposit.at)
        )
    for paid in world.payouts.paid:
        account = account_of(seed, people[paid.line.party])
        net, batch = Fen(paid.line.gross - paid.line.withheld), batch_reference(paid.batch)
        yield Expected(
            paid.reference, Direction.OUT, account.number, account.holder, net, _day(paid.at), batch
        )
        if paid.returned_at is not None:
            yield Expected(
                return_reference(paid.batch, paid.item),
                Direction.IN,
                account.number,
                account.holder,
                net,
                _day(paid.returned_at),
                batch,
            )


def _unexplained(world: Simulation) -> Expected:
    """A hospital paid in by hand and named no reference: finance has to find out what it is."""
    hospital = world.people.hospitals[0]
    account = account_of(world.size.seed, hospital)
    memo, amount = "会诊费（未注明用途）", Fen(16_860_50)
    return Expected(memo, Direction.IN, account.number, account.holder, amount, _day(world.present))


def _day(moment: int) -> date:
    return datetime.fromtimestamp(moment, UTC).astimezone(CHINA).date()
