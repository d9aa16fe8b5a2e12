"""Files of an office become the tables of a campaign, with every problem found."""
