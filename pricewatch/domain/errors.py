"""What a user can mend, said so that they can, and the exit codes a scheduler reads.

UserError            what, where, fix: exit 2, nothing was run
+-- Problems         several of them, found in one go
+-- WorkspaceError   the folder is no workspace, or is in use
SourceError          one source failed; the others go on: exit 3 at the end
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every verb; a promise to schedulers and monitors."""

    CLEAN = 0
    """Nothing at or above the asked severity."""
    FINDINGS = 1
    """Findings at or above the asked severity."""
    USER = 2
    """The user's input is wrong: configuration, rules, arguments. Nothing was run."""
    SOURCE = 3
    """A source failed; what came from the others was judged and stored."""
    INTERNAL = 4
    """Our mistake. The traceback was saved, its place is named."""


class UserError(Exception):
    """Something a user can mend: what is wrong, where (`file:line`, a field, a path), and one fix."""

    def __init__(self, what: str, where: str = "", fix: str = "") -> None:
        super().__init__(what, where, fix)
        self.what, self.where, self.fix = what, where, fix

    def __str__(self) -> str:
        """The message as it is printed: `where: what`, then the fix on its own line."""
        message = f"{self.where}: {self.what}" if self.where else self.what
        return f"{message}\n  fix: {self.fix}" if self.fix else message


class Problems(UserError):
    """Several problems found in one go, so that they can be mended in one go."""

    def __init__(self, problems: Sequence[UserError]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Every problem, one after another."""
        return "\n".join(str(problem) for problem in self.problems)

    @staticmethod
    def raise_if_any(problems: Sequence[UserError]) -> None:
        """Raise what was collected; one problem is raised as itself."""
        if len(problems) == 1:
            raise problems[0]
        if problems:
            raise Problems(problems)


class WorkspaceError(UserError):
    """The folder is no workspace, or another run is using it."""


class SourceError(Exception):
    """One source could not be collected: what happened, where, and one fix. The others go on."""

    def __init__(self, what: str, where: str = "", fix: str = "") -> None:
        super().__init__(what, where, fix)
        self.what, self.where, self.fix = what, where, fix

    def __str__(self) -> str:
        """One line, for the source's health record."""
        return f"{self.where}: {self.what}" if self.where else self.what
