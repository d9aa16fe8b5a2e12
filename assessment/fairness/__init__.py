"""Mix and impact of the lists by stage, group, scale and method."""
