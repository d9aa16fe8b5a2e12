"""What we want, in numbers: weights of the domains, and of the constructs inside each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.campaign import Criteria
from assessment.instruments.reading import Roles


@dataclass(frozen=True)
class Weights:
    """domains : domain -> weight, sum 1; inside : domain -> construct -> share, sum 1 in each domain."""

    domains: Mapping[str, float]
    inside: Mapping[str, Mapping[str, float]]

    @property
    def constructs(self) -> dict[str, float]:
        """Construct -> weight, sum 1."""
        return {c: self.domains[d] * share for d, members in self.inside.items() for c, share in members.items()}

    @property
    def key(self) -> tuple:
        """Equal for equal shares inside the domains: draws of domains can be kept under it."""
        return tuple((d, tuple(sorted(members.items()))) for d, members in self.inside.items())


def resolve_weights(criteria: Criteria, roles: Roles) -> Weights:
    """Weights of domains and constructs from "expert", "equal", a map of domains or a map of constructs.

    A map leaves out what it does not name (weight 0); a map of domains keeps the expert shares inside each domain.
    """
    domains = {d: tuple(c) for d, c in roles.domains.items() if c}
    expert = {c: float(roles.constructs.get(c, 0.0)) for members in domains.values() for c in members}
    given = criteria.weights
    if isinstance(given, str):
        sums = {d: sum(expert[c] for c in members) for d, members in domains.items()}
        outer = sums if given == "expert" else dict.fromkeys(domains, 1.0)
        return Weights(_shares(outer), _inside(domains, expert))
    if set(given) <= set(domains):
        return Weights(_shares({d: float(given.get(d, 0.0)) for d in domains}), _inside(domains, expert))
    chosen = {c: float(given.get(c, 0.0)) for c in expert}
    outer = {d: sum(chosen[c] for c in members) for d, members in domains.items()}
    return Weights(_shares(outer), _inside(domains, chosen))


def _inside(domains: Mapping[str, tuple[str, ...]], weights: Mapping[str, float]) -> dict[str, dict[str, float]]:
    return {d: _shares({c: weights[c] for c in members}) for d, members in domains.items()}


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    if total <= 0:
        return {name: 1.0 / len(weights) for name in weights}
    return {name: weight / total for name, weight in weights.items()}
