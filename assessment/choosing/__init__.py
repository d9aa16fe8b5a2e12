"""The shortlist and the team: the best under rules, proven, with prices, conflicts and reserves."""
