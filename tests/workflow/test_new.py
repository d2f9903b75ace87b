"""A review that was just begun builds, and says what is next."""

from click.testing import CliRunner
from prismake.cli.main import main


def _told(*arguments):
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_new_review_is_well_formed_builds_whole_and_is_not_called_finished(build, tmp_path):
    folder = tmp_path / "review"
    _told("new", folder)
    assert "well formed" in _told("check", "-d", folder)
    build(folder)
    status = _told("status", "-d", folder)
    assert "Not begun: Put the exports into resources/searches/" in status and "Plan the analyses" in status
    assert (folder / "results/report/report.html").is_file() and (folder / "results/bundle/bundle.zip").is_file()
