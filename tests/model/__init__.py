"""The contracts beside their specification. Read in this order:

spec/          what the contracts do, in plain Python: State, Act, and a module for each contract
stage.py       one act on both, and everything that can be seen compared
invariants.py  I1 to I15 of the design, with ghost.py (what happened), rebuilt.py (I13) and epilogue.py (I11)
play/          how calls are drawn, right and wrong on purpose
machine.py     hypothesis draws them; tally.py counts
replay.py      the same again on anvil and py-evm
"""
