"""What leaves the engine as files: tables, figures, workbooks."""
