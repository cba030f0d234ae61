"""Models and names that cross a wire. Imports pydantic alone; models here only ever grow by fields with defaults."""
