"""The idempotency keys of a run's effects: which were handed out, and of which nobody can tell what they did."""

from baton.contracts import names
from baton.contracts.wire import JsonObject

from .run_state import Run
from .step import Effect, Step


class EffectKeys:
    """One key a round. A new round begins only when a person has a step done again."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._state = run.state

    def handed_to(self, step: Step) -> JsonObject:
        """What an activity gets to do an effect once: its key, those of earlier rounds, and those in doubt."""
        if step.effect is None:
            return {}
        *earlier, key = self._of(step)
        return {"key": key, "earlier_keys": list(earlier), "unknown_keys": list(self._in_doubt(step))}

    def current(self, step: Step) -> str:
        """The key of this round; empty for a step without an effect."""
        return self._of(step)[-1] if step.effect else ""

    def outcome_unknown(self, step: Step) -> bool:
        """Whether the effect may have been carried out without anybody knowing."""
        return bool(self._in_doubt(step))

    def may_be_done(self, step_key: str, effect: Effect) -> bool:
        """The same of a step that a person had left out."""
        return any(key in self._state.unknown_keys for key in self._of_effect(step_key, effect))

    def doubt(self, step: Step) -> None:
        """The last attempt may have carried the effect out."""
        if self.current(step) not in self._state.unknown_keys:
            self._state.unknown_keys.append(self.current(step))

    def settle(self, step: Step) -> None:
        """What became of every round is known now."""
        mine = self._of(step)
        self._state.unknown_keys = [key for key in self._state.unknown_keys if key not in mine]

    def redo(self, step: Step) -> None:
        """From now on a new round: the old key would answer with what it did before."""
        self._state.redone[step.key] = self._state.redone.get(step.key, 0) + 1

    def _in_doubt(self, step: Step) -> list[str]:
        return [key for key in self._of(step) if key in self._state.unknown_keys]

    def _of(self, step: Step) -> list[str]:
        return self._of_effect(step.key, step.effect) if step.effect else []

    def _of_effect(self, step_key: str, effect: Effect) -> list[str]:
        return [
            names.idempotency_key(self._run.business_id, effect.action_id, effect.revision, number)
            for number in range(self._state.redone.get(step_key, 0) + 1)
        ]
