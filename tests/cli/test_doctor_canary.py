from __future__ import annotations

import pytest

from seawarden.cli.program import main


def test_the_doctor_lets_a_simulated_drag_pass(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    main(["doctor"])
    assert "a simulated drag was found" in capsys.readouterr().out
    off = tmp_path / "off.toml"
    off.write_text("[behaviours.drag]\nenabled = false\n")
    assert main(["doctor", "--settings", str(off)]) == 1
    told = capsys.readouterr().out
    assert "NOT WATCHING: the simulated drag was not found: the drag behaviour is switched off" in told
