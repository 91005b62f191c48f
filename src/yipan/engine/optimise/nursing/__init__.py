"""A ward's week of nurses: who works which shift, and who cares for which rooms in it (弹性排班).

    from yipan.engine.optimise import Stop, solve
    from yipan.engine.optimise.nursing import Nursing, read

    instance = read(Path("ward.toml").read_bytes())
    result = solve(Nursing(instance), Stop(seconds=10))

The model and an example file: docs/reference/nurses.md.
"""

from yipan.engine.optimise.nursing.instance import Guest, Nurse, Prices, Room, Rules, Shift, Week
from yipan.engine.optimise.nursing.problem import Nursing, Roster
from yipan.engine.optimise.nursing.reading import read
from yipan.engine.optimise.nursing.writing import write

__all__ = ["Guest", "Nurse", "Nursing", "Prices", "Room", "Roster", "Rules", "Shift", "Week", "read", "write"]
