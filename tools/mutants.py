"""Plants faults in the contracts, one at a time, and counts those that the tests notice: `make mutants`.

    python -m tools.mutants [--count 400] [--seed huizhen] [--only SlotBook,Split] [--resume]

Mutants that no test can notice are argued for one by one in tests/contracts/mutants/equivalent.toml. The exit code is 1
where fewer than 300 were judged or less than 95 % of those not equivalent were killed. Verdicts go to
build/mutants/verdicts.jsonl as they come; `--resume` takes kills from there and judges survivors again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

import orjson

from huizhen.chain.compiler import compile_contracts
from tools.mutation.compiler import Project, compiler
from tools.mutation.judge import Judge, Outcome, Verdict
from tools.mutation.mutants import Mutant, all_mutants, drawn
from tools.mutation.report import Report

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDER = CHECKOUT / "build" / "mutants"
VERDICTS = FOLDER / "verdicts.jsonl"
EQUIVALENT = CHECKOUT / "tests" / "contracts" / "mutants" / "equivalent.toml"
WORKERS = 2
AHEAD = 32


def main() -> int:
    options = _options()
    os.nice(10)
    compile_contracts(CHECKOUT)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ExitStack() as ending:
        first, *others = [ending.enter_context(closing(compiler(CHECKOUT))) for _ in range(WORKERS)]
        project = Project.read(CHECKOUT, FOLDER / "draft", first)
        judges = [Judge(project, each, FOLDER / str(number)) for number, each in enumerate([first, *others])]
        for judge in judges:
            ending.enter_context(closing(judge))
        judges[0].check_baseline()
        mutants = all_mutants(list(project.sources.values()))
        argued = _argued(mutants)
        chosen = [
            each for each in drawn(mutants, options.seed) if not options.only or each.file in options.only
        ]
        verdicts = dict(_judged(chosen, judges, options.count, _remembered() if options.resume else {}))
    report = Report(verdicts, argued)
    said = "\n".join(report.lines())
    (FOLDER / "report.txt").write_text(said + "\n", encoding="utf-8")
    print(said)
    return 0 if report.passes else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=400, help="mutants that compile to other bytecode")
    parser.add_argument("--seed", default="huizhen", help="draws the sample")
    parser.add_argument("--only", type=lambda names: names.split(","), help="files, as Split,SlotBook")
    parser.add_argument("--resume", action="store_true", help="take kills from the last run")
    return parser.parse_args()


def _judged(
    chosen: list[Mutant], judges: list[Judge], count: int, remembered: dict[str, Verdict]
) -> Iterator[tuple[str, tuple[Mutant, Verdict]]]:
    """In the order of the draw, whoever is ready first: up to the mutant that makes `count` that count."""
    idle: SimpleQueue[Judge] = SimpleQueue()
    for judge in judges:
        idle.put(judge)

    def judged(mutant: Mutant) -> Verdict:
        if mutant.identity in remembered:
            return remembered[mutant.identity]
        judge = idle.get()
        try:
            return judge.judge(mutant)
        finally:
            idle.put(judge)

    counted, waiting = 0, iter(chosen)
    pending: deque[tuple[Mutant, Future[Verdict]]] = deque()
    with ThreadPoolExecutor(len(judges)) as pool, VERDICTS.open("ab" if remembered else "wb") as record:
        while counted < count:
            # Ahead of the one that is waited for, so that nobody idles while a slow one is judged.
            ahead = islice(waiting, AHEAD - len(pending))
            pending += [(mutant, pool.submit(judged, mutant)) for mutant in ahead]
            if not pending:
                break
            mutant, future = pending.popleft()
            verdict = future.result()
            counted += verdict.outcome.counts
            line = {"mutant": mutant.identity, "outcome": verdict.outcome, "by": verdict.by}
            record.write(orjson.dumps(line) + b"\n")
            record.flush()
            print(f"{counted:4} {verdict.outcome.value:16} {mutant.operator}: {mutant.identity}", flush=True)
            yield mutant.identity, (mutant, verdict)
        pool.shutdown(cancel_futures=True)


def _remembered() -> dict[str, Verdict]:
    """All but survivors: a test may have come for them."""
    lines = VERDICTS.read_bytes().splitlines() if VERDICTS.exists() else []
    read = [orjson.loads(line) for line in lines]
    return {
        each["mutant"]: Verdict(Outcome(each["outcome"]), each["by"])
        for each in read
        if each["outcome"] != Outcome.SURVIVED
    }


def _argued(mutants: list[Mutant]) -> dict[str, str]:
    """The reasons by identity. An entry that names no mutant has been overtaken by a change of the contracts."""
    entries = (
        tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", []) if EQUIVALENT.exists() else []
    )
    known = {mutant.identity for mutant in mutants}
    argued = {
        f"{each['within']} #{each.get('place', 1)}: {each['was']} -> {each['becomes']}": each["reason"]
        for each in entries
    }
    stale = sorted(argued.keys() - known)
    if stale:
        sys.exit("\n".join(["equivalent.toml argues for mutants that there are not (any more):", *stale]))
    return argued


if __name__ == "__main__":
    sys.exit(main())
